"""Huawei's SDK."""
