"""Imports every operation, so that the registry is whole; the rest of the inventory is declared."""

from __future__ import annotations

from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import load
from openpartner.tencent.base import TencentRequest
from openpartner.tencent.bills import (
    describe_bill_detail,
    describe_bill_download_url,
    describe_bill_summary,
    describe_bill_summary_by_pay_mode,
    describe_bill_summary_by_product,
    describe_bill_summary_by_region,
    describe_customer_bill_detail,
    describe_customer_bill_detail_by_day,
    describe_customer_bill_download_url,
    describe_customer_bill_summary,
    describe_customer_own_cost_explorer_filter,
    describe_customer_own_cost_explorer_summary,
)
from openpartner.tencent.catalogue import (
    get_country_codes,
    get_trade_config_list,
    query_policy_product_list_by_code,
)
from openpartner.tencent.credit import (
    allocate_credit_pool,
    allocate_customer_credit,
    query_credit_allocation_history,
    query_credit_by_uin_list,
    query_customer_billing_quota,
    query_customers_credit,
    query_direct_customers_credit,
    query_partner_credit,
)
from openpartner.tencent.customers import (
    describe_customer_info,
    describe_customer_uin,
    force_qn,
    modify_client_remark,
    query_account_verification_status,
)
from openpartner.tencent.onboarding import (
    approve_client_apply,
    approve_sub_agent_apply,
    create_account,
    create_and_send_client_invitation_mail,
    query_invitation_info,
    query_pending_clients_v2,
    query_pending_sub_agents_v2,
    send_verify_code,
)
from openpartner.tencent.registry import REGISTRY
from openpartner.tencent.resellers import query_sub_agents_detail_v2, query_t1_indirect_customers_detail
from openpartner.tencent.vouchers import (
    describe_customer_own_voucher_list,
    describe_customer_own_voucher_usage_details,
    describe_customer_voucher_list,
    describe_customer_voucher_usage_details,
    query_voucher_amount_by_uin,
    query_voucher_list_by_uin,
    query_voucher_pool,
)

__all__ = [
    "allocate_credit_pool",
    "allocate_customer_credit",
    "approve_client_apply",
    "approve_sub_agent_apply",
    "create_account",
    "create_and_send_client_invitation_mail",
    "describe_bill_detail",
    "describe_bill_download_url",
    "describe_bill_summary",
    "describe_bill_summary_by_pay_mode",
    "describe_bill_summary_by_product",
    "describe_bill_summary_by_region",
    "describe_customer_bill_detail",
    "describe_customer_bill_detail_by_day",
    "describe_customer_bill_download_url",
    "describe_customer_bill_summary",
    "describe_customer_info",
    "describe_customer_own_cost_explorer_filter",
    "describe_customer_own_cost_explorer_summary",
    "describe_customer_own_voucher_list",
    "describe_customer_own_voucher_usage_details",
    "describe_customer_uin",
    "describe_customer_voucher_list",
    "describe_customer_voucher_usage_details",
    "force_qn",
    "get_country_codes",
    "get_trade_config_list",
    "modify_client_remark",
    "query_account_verification_status",
    "query_credit_allocation_history",
    "query_credit_by_uin_list",
    "query_customer_billing_quota",
    "query_customers_credit",
    "query_direct_customers_credit",
    "query_invitation_info",
    "query_partner_credit",
    "query_pending_clients_v2",
    "query_pending_sub_agents_v2",
    "query_policy_product_list_by_code",
    "query_sub_agents_detail_v2",
    "query_t1_indirect_customers_detail",
    "query_voucher_amount_by_uin",
    "query_voucher_list_by_uin",
    "query_voucher_pool",
    "send_verify_code",
]

declare(REGISTRY, [load("tencent_intlpartnersmgt")], base=TencentRequest)
