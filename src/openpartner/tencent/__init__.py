"""Tencent Cloud's intlpartnersmgt API."""
