"""Imports every operation and declares the rest, so that the registry is whole."""

from __future__ import annotations

from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import load
from openpartner.huawei.base import HuaweiRequest
from openpartner.huawei.catalogue import (
    list_conversions,
    list_measure_units,
    list_resource_types,
    list_service_resources,
    list_service_types,
    list_usage_types,
)
from openpartner.huawei.customers import (
    check_user_identity,
    legacy_check_user,
    legacy_list_customer_details,
    legacy_query_customers,
    list_sub_customers,
)
from openpartner.huawei.iam import (
    create_temporary_access_key,
    create_token,
    get_caller_identity,
    list_auth_domains,
    list_projects,
)
from openpartner.huawei.registry import REGISTRY
from openpartner.huawei.resellers import list_indirect_partners

__all__ = [
    "check_user_identity",
    "create_temporary_access_key",
    "create_token",
    "get_caller_identity",
    "legacy_check_user",
    "legacy_list_customer_details",
    "legacy_query_customers",
    "list_auth_domains",
    "list_conversions",
    "list_indirect_partners",
    "list_measure_units",
    "list_projects",
    "list_resource_types",
    "list_service_resources",
    "list_service_types",
    "list_sub_customers",
    "list_usage_types",
]

declare(REGISTRY, (load("huawei_bssintl"), load("huawei_bss"), load("huawei_legacy")), base=HuaweiRequest)
