"""Imports every operation and declares the rest, so that the registry is whole."""

from __future__ import annotations

from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import load
from openpartner.huawei.base import HuaweiRequest
from openpartner.huawei.bills import (
    legacy_list_resource_fee_records,
    legacy_list_resource_records,
    legacy_show_monthly_sum,
    legacy_show_postpaid_bill_summary,
    list_consume_sub_customers,
    list_customer_bills_fee_records,
    list_customerself_resource_record_details,
    list_customerself_resource_records,
    list_postpaid_bill_sum,
    list_sub_customer_bill_detail,
    list_subcustomer_monthly_bills,
    show_customer_monthly_sum,
)
from openpartner.huawei.budgets import (
    legacy_set_customer_credit,
    legacy_show_customer_credit,
    list_sub_customer_budget,
    list_sub_customer_budget_records,
    show_partner_consumption_quota,
    show_sub_customer_budget,
    update_sub_customer_budget,
)
from openpartner.huawei.catalogue import (
    list_conversions,
    list_measure_units,
    list_resource_types,
    list_service_resources,
    list_service_types,
    list_usage_types,
)
from openpartner.huawei.costs import list_costs, list_customer_bills_monthly_break_down
from openpartner.huawei.customers import (
    check_user_identity,
    freeze_sub_customers,
    legacy_check_user,
    legacy_freeze_customers,
    legacy_list_customer_details,
    legacy_query_customers,
    legacy_unfreeze_customers,
    list_sub_customers,
    unfreeze_sub_customers,
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
    "freeze_sub_customers",
    "get_caller_identity",
    "legacy_check_user",
    "legacy_freeze_customers",
    "legacy_list_customer_details",
    "legacy_list_resource_fee_records",
    "legacy_list_resource_records",
    "legacy_query_customers",
    "legacy_set_customer_credit",
    "legacy_show_customer_credit",
    "legacy_show_monthly_sum",
    "legacy_show_postpaid_bill_summary",
    "legacy_unfreeze_customers",
    "list_auth_domains",
    "list_consume_sub_customers",
    "list_conversions",
    "list_costs",
    "list_customer_bills_fee_records",
    "list_customer_bills_monthly_break_down",
    "list_customerself_resource_record_details",
    "list_customerself_resource_records",
    "list_indirect_partners",
    "list_measure_units",
    "list_postpaid_bill_sum",
    "list_projects",
    "list_resource_types",
    "list_service_resources",
    "list_service_types",
    "list_sub_customer_bill_detail",
    "list_sub_customer_budget",
    "list_sub_customer_budget_records",
    "list_sub_customers",
    "list_subcustomer_monthly_bills",
    "list_usage_types",
    "show_customer_monthly_sum",
    "show_partner_consumption_quota",
    "show_sub_customer_budget",
    "unfreeze_sub_customers",
    "update_sub_customer_budget",
]

declare(REGISTRY, (load("huawei_bssintl"), load("huawei_bss"), load("huawei_legacy")), base=HuaweiRequest)
