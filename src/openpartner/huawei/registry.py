"""The operations of this dialect, and the decorator that registers one."""

from __future__ import annotations

from openpartner.apikit.operation import Registry

REGISTRY = Registry("huawei")
operation = REGISTRY.operation
PER_SECOND = 10
"""huawei:C11: ten requests a second per operation and account."""
