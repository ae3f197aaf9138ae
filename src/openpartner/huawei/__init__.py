"""Huawei Cloud's BSS partner and customer API."""
