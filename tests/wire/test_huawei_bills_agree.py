"""Random bills: every operation tells the same money, to the last digit of integers that were added up beside them.

huawei:E6 is the vendor's rule for a record; that pages, days, cycles, months and costs agree is ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from openpartner.huawei.bills import codes
from openpartner.kit import clock
from openpartner.lake.schema import Action, Charging
from tests.proofs.record import count
from tests.support.bills import day_of, line, publish_lines
from tests.support.people import Person, World
from tests.wire.huawei import Reply, ask, get

pytestmark = pytest.mark.campaign

MONTH = "2026-10"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
UNITS = 10**8
PAID = {
    "voucher_deduction": "coupon_amount",
    "flexible_coupon_paid": "flexipurchase_coupon_amount",
    "cash_paid": "cash_amount",
    "credit_paid": "credit_amount",
    "bonus_paid": "bonus_amount",
}
"""Columns of the lake and the fields of records that tell them."""
GROUPS = (
    "CLOUD_SERVICE_TYPE",
    "RESOURCE_TYPE",
    "REGION_CODE",
    "CHARGING_MODE",
    "BILL_TYPE",
    "RESOURCE_ID",
    "USAGE_TYPE",
)


@pytest.fixture(autouse=True)
def _still(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path), rate_limit_scale=0)
    with clock.frozen(NOW):
        yield


def text(units: int) -> str:
    """Units of 10^-8 as the lake takes them."""
    return f"{Decimal(units) / UNITS:f}"


def units(amount: Any) -> int:
    """The same back, exactly."""
    whole = Decimal(amount) * UNITS
    assert whole == int(whole)
    return int(whole)


def random_line(random: Random, person: Person) -> tuple[dict[str, Any], dict[str, int]]:
    """A line and its amounts in units: how it was paid may leave something owed, or be too much."""
    listed = random.choice((0, random.randrange(1, 200), random.randrange(10**6, 10**13))) * random.choice(
        (1, 1, 1, -1)
    )
    payable = random.choice((0, listed, random.randrange(-(10**12), 10**12)))
    paid = {column: random.choice((0, random.randrange(-(10**9), 10**9))) for column in PAID}
    amounts = {"list_cost": listed, "cost_after_discount": payable, **paid}
    amounts["total_cost"] = payable - paid["voucher_deduction"]
    kept = random.choice([None, None, *codes.ACTIONS])  # a line of Huawei's own keeps its code, and has its action
    values = {
        "service_code": random.choice((None, "hws.service.type.ec2", "p_cvm", "o'hara")),
        "resource_type_code": random.choice((None, "hws.resource.type.vm", "x")),
        "product_code": random.choice((None, "a", "b")),
        "component_type_code": random.choice((None, "duration")),
        "region_code": random.choice((None, "ap-southeast-1", "8")),
        "resource_id": random.choice((None, "r-1", "r-2", "r-3")),
        "project_id": random.choice((None, "0", "p")),
        "charging": str(random.choice(list(Charging))),
        "action": str(codes.ACTIONS[kept] if kept else random.choice(list(Action))),
        "action_code": str(kept) if kept else random.choice((None, "postpay_deduct_h")),
        "order_id": random.choice((None, "CS1")),
        "transaction_id": random.choice((None, "T1", "T2")),
    }
    amount_texts = {column: text(value) for column, value in amounts.items()}
    return line(person, day_of(MONTH, random.randrange(1, 32)), "0", **{**values, **amount_texts}), amounts


def body_of(reply: Reply) -> Any:
    assert reply.status == 200, reply.body
    return json.loads(reply.body, parse_float=Decimal)


def records_of(call: Callable[[int, int], Reply], name: str, limit: int) -> list[Any]:
    """Every record of a paged list, page by page."""
    found: list[Any] = []
    while True:
        page = body_of(call(len(found), limit))
        found += page[name]
        total = page.get("total_count", page.get("count"))
        if not page[name]:
            assert len(found) == total
            return found


def check_records(records: list[Any], truth: Mapping[str, int], payable: str) -> None:
    """The fields of all records add up to the truth, and each record to itself (huawei:E6)."""
    assert sum(units(one[payable]) for one in records) == truth["cost_after_discount"]
    assert sum(units(one["official_amount"]) for one in records) == truth["list_cost"]
    for column, field in PAID.items():
        assert sum(units(one[field]) for one in records) == truth[column]
    for one in records:
        written_off = one.get("adjustment_amount", one.get("writeoff_amount"))
        stored = one.get("stored_card_amount", one.get("stored_value_card_amount"))
        paid = sum(units(one[field]) for field in PAID.values())
        assert units(one[payable]) == paid + units(written_off) + units(stored) + units(one["debt_amount"])


def check_everything(world: World, truth: Mapping[str, int], number: int, limit: int) -> None:
    carl = world.carl

    def fees(offset: int, size: int, **query: str) -> Reply:
        asked = {"cycle": MONTH, "offset": str(offset), "limit": str(size), **query}
        return get(carl, asked, path="/v2/bills/customer-bills/res-fee-records")

    def usage(offset: int, size: int, kind: int = 3) -> Reply:
        asked = {"cycle": MONTH, "offset": offset, "limit": size, "statistic_type": kind}
        return ask(carl, asked, path="/v2/bills/customer-bills/res-records/query")

    def deductions(offset: int, size: int) -> Reply:
        asked = {"bill_cycle": MONTH, "offset": str(offset), "limit": str(size)}
        return get(carl, asked, path="/v2/bills/customer-bills/fee-records")

    def theirs(offset: int, size: int) -> Reply:
        asked = {"bill_cycle": MONTH, "offset": str(offset), "limit": str(size), "customer_id": carl.account_id}
        return get(
            world.dora,
            {**asked, "indirect_partner_id": world.rita.account_id},
            path="/v2/bills/subcustomer-bills/res-fee-records",
        )

    lines = records_of(fees, "fee_records", limit)
    assert len(lines) == number == len({one["id"] for one in lines})
    check_records(lines, truth, "amount")
    for kind in "12":
        check_records(records_of(partial(fees, statistic_type=kind), "fee_records", limit), truth, "amount")
    check_records(records_of(usage, "monthly_records", limit), truth, "consume_amount")
    check_records(records_of(deductions, "records", limit), truth, "consume_amount")
    partners = records_of(theirs, "fee_records", limit)
    assert sum(units(one["payment_amount"]) for one in partners) == truth["cost_after_discount"]
    # A filter and what it leaves out are together the whole.
    by_type = [body_of(fees(0, 1, bill_type=str(code)))["total_count"] for code in codes.ACTIONS]
    assert sum(by_type) == number
    by_mode = [body_of(fees(0, 1, charge_mode=str(code)))["total_count"] for code in codes.CHARGINGS]
    assert sum(by_mode) == number


def check_sums(world: World, truth: Mapping[str, int], limit: int) -> None:
    def month(offset: int, size: int) -> Reply:
        asked = {"bill_cycle": MONTH, "offset": str(offset), "limit": str(size)}
        return get(world.carl, asked, path="/v2/bills/customer-bills/monthly-sum")

    whole = body_of(month(0, 1))
    assert units(whole["consume_amount"]) == truth["cost_after_discount"]
    records = records_of(month, "bill_sums", limit)
    assert sum(units(one["consume_amount"]) for one in records) == truth["cost_after_discount"]
    assert sum(units(one["official_amount"]) for one in records) == truth["list_cost"]
    for key in GROUPS:
        for measure, (begin, end) in enumerate(((f"{MONTH}-01", f"{MONTH}-31"), (MONTH, MONTH)), 1):
            asked = {
                "time_condition": {"time_measure_id": measure, "begin_time": begin, "end_time": end},
                "groupby": [{"type": "dimension", "key": key}],
                "cost_type": "ORIGINAL_COST",
                "amount_type": "PAYMENT_AMOUNT",
                "limit": 1000,
            }
            data = body_of(ask(world.carl, asked, path="/v4/costs/cost-analysed-bills/query"))["cost_data"]
            assert sum(units(one["amount_by_costs"]) for one in data) == truth["cost_after_discount"]
            assert sum(units(one["official_amount_by_costs"]) for one in data) == truth["list_cost"]
            assert sum(units(cost["amount"]) for one in data for cost in one["costs"]) == truth["cost_after_discount"]


def test_everything_tells_the_same_money(world: World, random: Random, campaign: Callable[[int], int]) -> None:
    cases = campaign(50)
    total = 0
    for _ in range(cases):
        truth = dict.fromkeys(("list_cost", "cost_after_discount", "total_cost", *PAID), 0)
        number = 0
        for cloud in ("huawei", "tencent"):
            lines = []
            for _ in range(random.randrange(1, 30)):
                one, amounts = random_line(random, world.carl)
                lines.append({**one, "cloud": cloud})
                number += 1
                for column, value in amounts.items():
                    truth[column] += value
            lines.append({**random_line(random, world.cleo)[0], "cloud": cloud})  # a neighbour, who must not be seen
            publish_lines(world, MONTH, lines, cloud=cloud, by_day=random.random() < 0.5)
        check_everything(world, truth, number, random.randrange(1, 40))
        check_sums(world, truth, random.randrange(1, 40))
        total += number
    count("Huawei's bills agree", cases=cases, lines=total)
