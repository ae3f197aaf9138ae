"""Tencent's SDK."""
