"""Imports every operation, so that the registry is whole; the rest of the inventory is declared."""

from __future__ import annotations

from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import load
from openpartner.tencent.base import TencentRequest
from openpartner.tencent.catalogue import (
    get_country_codes,
    get_trade_config_list,
    query_policy_product_list_by_code,
)
from openpartner.tencent.customers import (
    describe_customer_info,
    describe_customer_uin,
    modify_client_remark,
    query_account_verification_status,
)
from openpartner.tencent.registry import REGISTRY
from openpartner.tencent.resellers import query_sub_agents_detail_v2, query_t1_indirect_customers_detail

__all__ = [
    "describe_customer_info",
    "describe_customer_uin",
    "get_country_codes",
    "get_trade_config_list",
    "modify_client_remark",
    "query_account_verification_status",
    "query_policy_product_list_by_code",
    "query_sub_agents_detail_v2",
    "query_t1_indirect_customers_detail",
]

declare(REGISTRY, [load("tencent_intlpartnersmgt")], base=TencentRequest)
