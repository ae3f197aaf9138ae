"""Closing a bill month: its files are laid out for good, and its figures become final."""
