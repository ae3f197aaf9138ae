"""Imports every operation, so that the registry is whole."""

from __future__ import annotations

from openpartner.huawei.customers import list_sub_customers

__all__ = ["list_sub_customers"]
