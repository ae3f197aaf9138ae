"""The bills that the tests of this folder read: two clouds, two months, every kind of line."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import Any, TypeVar

Row = dict[str, Any]
Key = TypeVar("Key", bound=Hashable)

FINAL, OPEN = "2026-09", "2026-10"
"""One month that is closed, and one whose figures are estimates."""

DISK: Row = {
    # The worked example of tencent:D.0.2: 0.00000003 x 250 x 478 = 0.003585.
    "service_code": "p_cbs",
    "service_name": "cloud block storage",
    "product_code": "sp_cbs_premium",
    "product_name": "HDD cloud block storage",
    "component_type_code": "v_cbs_memspace",
    "component_type_name": "volume size",
    "component_code": "sv_cbs_memspace_premium",
    "component_name": "HDD cloud block storage-volume size",
    "list_unit_price": "0.00000003",
    "pricing_unit": "USD/GB/Second",
    "usage": "250",
    "usage_unit": "GB",
    "duration": "478",
    "duration_unit": "Second",
    "total": "0.003585",
    "region_code": "4",
    "region_name": "East China (Shanghai)",
    "zone_code": "200001",
    "zone_name": "Shanghai Zone 1",
    "resource_id": "disk-4jrmzpvk",
    "resource_name": "the name",
    "action_code": "postpay_deduct_h",
    "transaction_id": "20230228722000247298552",
    "charged_at": "2026-08-31 16:01:02",
    "usage_from": "2026-08-31 16:00:00",
    "usage_to": "2026-08-31 16:07:57",
    "operator": "200000000999",
    "tags": '{"env": "prod"}',
}
MACHINE: Row = {"resource_id": "ins-1", "resource_name": "=cmd|' /C calc'!A1", "tags": '{"env": "test"}'}
SEPTEMBER: list[Row] = [
    {"customer": "cora", "bill_day": "2026-09-01", **DISK},
    {"customer": "cora", "bill_day": "2026-09-02", **DISK, "total": "0.01234567"},
    {
        "customer": "cora",
        "bill_day": "2026-09-02",
        **MACHINE,
        "total": "100",
        "list_cost": "120.5",
        "cost_after_discount": "120.5",
        "voucher_deduction": "20.5",
        "charging": "prepaid",
        "action": "purchase",
        "action_code": "pre_purchase",
        "project_id": "1001",
        "project_name": "web",
    },
    {
        "customer": "cora",
        "bill_day": "2026-09-03",
        **MACHINE,
        "total": "-30.00000001",
        "charging": "prepaid",
        "action": "refund",
        "action_code": "prepay_return",
    },
    {
        "customer": "cora",
        "bill_day": "2026-09-04",
        "total": "55.55555555",
        "charging": "reserved",
        "action": "reservation-fee",
        "action_code": "ripay_purchase",
    },
    {
        "customer": "cora",
        "bill_day": "2026-09-05",
        **MACHINE,
        "total": "0.9",
        "list_cost": "1.5",
        "reservation_deduction": "0.5",
        "cost_after_discount": "0.9",
        "customer_discount_rate": "0.9",
        "action_code": "postpay_deduct_h",
    },
    {"customer": "cora", "bill_day": "2026-09-30", "total": "7", "action": "spot", "action_code": "postpay_deduct_s"},
    {"customer": "chen", "bill_day": "2026-09-09", "total": "2.5", "action_code": "postpay_deduct_h"},
    {"customer": "carl", "bill_day": "2026-09-09", "total": "3.25", "action_code": "postpay_deduct_h"},
    {"customer": "cleo", "bill_day": "2026-09-10", "total": "4.125", "action_code": "postpay_deduct_h"},
    {"customer": "cato", "bill_day": "2026-09-11", "total": "5", "action_code": "postpay_deduct_h"},
    {"customer": "otto", "bill_day": "2026-09-12", "total": "6", "action_code": "postpay_deduct_h"},
]
ELSEWHERE: list[Row] = [
    # Lines of another cloud stand in the same book, with codes that this vendor does not know.
    {
        "customer": "cora",
        "bill_day": "2026-09-06",
        "total": "11.5",
        "service_code": "hws.service.type.ec2",
        "service_name": "Elastic Cloud Server",
        "region_code": "ap-southeast-1",
        "region_name": "CN-Hong Kong",
        "action_code": "3",
    },
    {
        "customer": "cora",
        "bill_day": "2026-09-07",
        "total": "21",
        "service_code": "hws.service.type.ec2",
        "service_name": "Elastic Cloud Server",
        "region_code": "ap-southeast-1",
        "region_name": "CN-Hong Kong",
        "charging": "prepaid",
        "action": "purchase",
        "action_code": None,
    },
]
OCTOBER: list[Row] = [
    {"customer": "cora", "bill_day": "2026-10-01", **DISK, "total": "8.00000008"},
    {"customer": "cora", "bill_day": "2026-10-15", "total": "0.25", "action_code": "postpay_deduct_h"},
    {"customer": "carl", "bill_day": "2026-10-15", "total": "1", "action_code": "postpay_deduct_h"},
]


def rows_of(customer: str, *books: list[Row]) -> list[Row]:
    """The rows of one customer, amounts filled in as `tests.support.bills.line` does."""
    whole = []
    for book in books or (SEPTEMBER, ELSEWHERE):
        for row in book:
            if row["customer"] == customer:
                same = dict.fromkeys(("list_cost", "cost_after_discount", "total_cost"), row["total"])
                whole.append({"voucher_deduction": "0", "reservation_deduction": "0", **same, **row})
    return whole


def total(rows: list[Row], amount: str = "total_cost") -> Decimal:
    """The exact sum of one amount."""
    return sum((Decimal(row[amount]) for row in rows), Decimal(0))


def grouped(rows: list[Row], by: Callable[[Row], Key], amount: str = "total_cost") -> dict[Key, Decimal]:
    """The exact sums of one amount by anything."""
    found: dict[Key, Decimal] = {}
    for row in rows:
        found[by(row)] = found.get(by(row), Decimal(0)) + Decimal(row[amount])
    return found
