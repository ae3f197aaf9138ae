"""Imports every operation, so that the registry is whole; the rest of the inventory is declared."""

from __future__ import annotations

from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import load
from openpartner.tencent.base import TencentRequest
from openpartner.tencent.registry import REGISTRY
from openpartner.tencent.resellers import query_t1_indirect_customers_detail

__all__ = ["query_t1_indirect_customers_detail"]

declare(REGISTRY, [load("tencent_intlpartnersmgt")], base=TencentRequest)
