"""Imports every operation and declares the rest, so that the registry is whole."""

from __future__ import annotations

from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import load
from openpartner.huawei.base import HuaweiRequest
from openpartner.huawei.customers import list_sub_customers
from openpartner.huawei.registry import REGISTRY

__all__ = ["list_sub_customers"]

declare(REGISTRY, (load("huawei_bssintl"), load("huawei_bss"), load("huawei_legacy")), base=HuaweiRequest)
