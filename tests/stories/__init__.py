"""Whole stories through the running product: command line, SDKs, console and files, one after the other."""
