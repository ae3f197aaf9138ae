"""Tencent's operations on bills, through the official SDK."""
