"""The bills that the tests of this folder read: what carl, cora, cato and su had, in Huawei's codes and in Tencent's.

Months count from the present one, because the operations answer for eighteen months only (huawei:B15).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from openpartner.core.billing.months import month_of_day, month_text
from openpartner.kit import clock

Row = dict[str, Any]

NOW = month_of_day(clock.now().astimezone(clock.BEIJING).date())
FINAL, OPEN = month_text(NOW - 2), month_text(NOW)
"""A closed month whose partner bills are ready, and the one that is running."""

ECS: Row = {
    "service_code": "hws.service.type.ec2",
    "service_name": "ECS",
    "resource_type_code": "hws.resource.type.vm",
    "resource_type_name": "VM",
    "product_code": "00301-110023-0--0",
    "product_name": "s6.large.2",
    "component_type_code": "duration",
    "component_code": "s6.large.2.linux",
    "component_name": "General computing s6.large.2 | 2 vCPUs | 4 GiB",
    "resource_id": "2f1c07a5-61d3-4d2b-9b56-3a1f0a6e2c11",
    "resource_name": "ecs-shop",
    "region_code": "ap-southeast-3",
    "region_name": "AP-Singapore",
    "zone_code": "ap-southeast-3a",
    "project_id": "0",
    "project_name": "default",
    "charging": "postpaid",
    "action": "usage",
    "action_code": "5",
    "transaction_id": "T-1",
    "charged_at": f"{FINAL}-01 02:10:00",
    "usage_from": f"{FINAL}-01 01:00:00",
    "usage_to": f"{FINAL}-01 02:00:00",
    "usage": "1",
    "usage_unit": "hour",
    "list_unit_price": "10",
    "pricing_unit": "USD/hour",
    "tags": '{"env": "prod"}',
}
EVS: Row = {
    "service_code": "hws.service.type.ebs",
    "service_name": "EVS",
    "resource_type_code": "hws.resource.type.volume",
    "resource_type_name": "Volume",
    "product_code": "00301-GPSSD",
    "product_name": "GPSSD",
    "component_code": "GPSSD",
    "resource_id": "volume-1",
    "region_code": "ap-southeast-1",
    "project_id": "p-7",
    "charging": "prepaid",
}
CARL: list[Row] = [
    {
        # official 10 = discount 2 + truncated 0.00000001 + payable 7.99999999 = coupon 1 + cash 2 + credit 4.99999999
        **ECS,
        "bill_day": f"{FINAL}-01",
        "total": "6.99999999",
        "list_cost": "10",
        "truncated": "0.00000001",
        "cost_after_discount": "7.99999999",
        "voucher_deduction": "1",
        "cash_paid": "2",
        "credit_paid": "4.99999999",
    },
    {**ECS, "bill_day": f"{FINAL}-02", "total": "3", "list_cost": "4", "transaction_id": "T-2", "unpaid": "3"},
    {
        **EVS,
        "bill_day": f"{FINAL}-03",
        "total": "80",
        "list_cost": "100",
        "cash_paid": "25",
        "flexible_coupon_paid": "30",
        "stored_card_paid": "20",
        "bonus_paid": "5",
        "action": "purchase",
        "action_code": "1",
        "order_id": "CS-1",
        "duration": "1",
        "duration_unit": "month",
        "effective_cost": "50",
    },
    {
        **EVS,
        "bill_day": f"{FINAL}-04",
        "total": "-20",
        "cash_paid": "-20",
        "action": "refund",
        "action_code": "4",
        "order_id": "CS-2",
        "effective_cost": "-20",
    },
    {**EVS, "bill_day": f"{FINAL}-05", "total": "12", "action": "renewal", "action_code": "8", "order_id": "CS-3"},
    {**ECS, "bill_day": f"{FINAL}-06", "total": "-1.5", "action": "adjustment-credit", "action_code": "9"},
    {**ECS, "bill_day": f"{FINAL}-07", "total": "0", "list_cost": "5", "transaction_id": "T-7"},
    {
        **ECS,
        "bill_day": f"{FINAL}-08",
        "total": "0.00000001",
        "charging": "savings-plan",
        "action": "savings-plan-hourly",
        "action_code": "23",
        "region_code": None,
        "project_id": None,
        "resource_id": None,
        "resource_name": None,
        "transaction_id": None,
        "tags": None,
    },
]
CARL_IN_TENCENT: list[Row] = [{"bill_day": f"{FINAL}-09", "total": "2.5", "action_code": "postpay_deduct_h"}]
"""A line of another cloud: it is in the same book, under the codes of its neutral action."""
PAYABLE = [Decimal(row.get("cost_after_discount", row["total"])) for row in (*CARL, *CARL_IN_TENCENT)]
SPENT = Decimal("84.00000000")
"""7.99999999 + 3 + 80 - 20 + 12 - 1.5 + 0 + 0.00000001 + 2.5."""

# The vendor's example answer (mb_00003): due 90 = 140 - 30 - 20, and a tax of 10 beside it.
CATO: list[Row] = [
    {**ECS, "bill_day": f"{FINAL}-01", "total": "200", "partner_cost": "140", "partner_tax": "10"},
    {**EVS, "bill_day": f"{FINAL}-02", "total": "-40", "action": "refund", "action_code": "4", "partner_cost": "-30"},
    {
        **ECS,
        "bill_day": f"{FINAL}-03",
        "total": "-25",
        "action": "adjustment-credit",
        "action_code": "9",
        "partner_cost": "-20",
    },
]
SU: list[Row] = [{**ECS, "bill_day": f"{FINAL}-01", "total": "3", "currency": "CNY", "partner_cost": "2"}]
CORA: list[Row] = [{**ECS, "bill_day": f"{FINAL}-0{day}", "total": f"{day}.25"} for day in range(1, 10)]


def rows() -> list[Row]:
    """All lines of Huawei's own in the closed month."""
    whose = {"carl": CARL, "cato": CATO, "su": SU, "cora": CORA}
    return [{"customer": name, **row} for name, lines in whose.items() for row in lines]
