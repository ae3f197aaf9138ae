"""Huawei's bill operations where the SDK cannot go: nulls, members of enterprises, closed bills, the clock.

Expectations: huawei:A4, B15, B20, C8, C9, E6 and the lines each test publishes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.accounts.placing import bind, release
from openpartner.core.base.kinds import AccountingMode, AssociationKind
from openpartner.core.billing.models import MonthState
from openpartner.core.customers import bill_shares
from openpartner.huawei.bills import own
from openpartner.kit import clock
from tests.support.bills import day_of, line, publish_lines
from tests.support.people import Person, World
from tests.wire.huawei import Reply, ask, get

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MONTH = "2026-10"
DAYS = (1, 9, 10, 20)
SUM = "/v2/bills/customer-bills/monthly-sum"
FEES = "/v2/bills/customer-bills/res-fee-records"
USAGE = "/v2/bills/customer-bills/res-records/query"
COSTS = "/v4/costs/cost-analysed-bills/query"
POSTPAID = "/v2/bills/partner-bills/postpaid-bill-summary"
PARTNERS = "/v2/bills/subcustomer-bills/res-fee-records"


@pytest.fixture(autouse=True)
def _still(settings: Any, tmp_path: Path) -> Any:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path))
    with clock.frozen(NOW):
        yield


def month_sum(person: Person, **query: str) -> Reply:
    return get(person, {"bill_cycle": MONTH, **query}, path=SUM)


def fees(person: Person, **query: str) -> Reply:
    return get(person, {"cycle": MONTH, **query}, path=FEES)


def usage(person: Person, **body: object) -> Reply:
    return ask(person, {"cycle": MONTH, "statistic_type": 3, **body}, path=USAGE)


def join(master: Person, member: Person, mode: AccountingMode, since: str, until: str | None = None) -> None:
    EnterpriseMember.objects.create(
        master=master.account,
        member=member.account,
        mode=mode,
        since=datetime.fromisoformat(since).replace(tzinfo=clock.BEIJING),
        until=datetime.fromisoformat(until).replace(tzinfo=clock.BEIJING) if until else None,
    )


def enterprise(world: World) -> None:
    """cora is the master of chen, unified since the 10th, and of cyro, independent since before; 1 on each of DAYS."""
    join(world.cora, world.chen, AccountingMode.UNIFIED, "2026-10-10T09:00")
    join(world.cora, world.cyro, AccountingMode.INDEPENDENT, "2026-01-01T00:00")
    people = (world.cora, world.chen, world.cyro, world.carl)
    lines = [line(person, day_of(MONTH, day)) for person in people for day in DAYS]
    publish_lines(world, MONTH, lines, state=MonthState.FINAL)


def counts(reply: Reply) -> dict[str, int]:
    """How many records each customer has in a page of everything."""
    body = reply.json
    records = body.get("fee_records", body.get("monthly_records", []))
    assert body["total_count"] == len(records)
    found: dict[str, int] = {}
    for record in records:
        found[record["account_name"]] = found.get(record["account_name"], 0) + 1
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"cora_account": 4, "chen_account": 2, "cyro_account": 4}),
        ({"method": "oneself"}, {"cora_account": 4}),
        ({"method": "sub_customer", "sub_customer_id": "chen"}, {"chen_account": 2}),
        ({"method": "sub_customer", "sub_customer_id": "carl"}, {}),
        ({"method": "oneself", "sub_customer_id": "chen"}, {"cora_account": 4}),  # then it says nothing
    ],
)
def test_a_master_sees_members_while_they_are_so(world: World, query: dict[str, str], expected: dict[str, int]) -> None:
    enterprise(world)
    asked = {name: world[value].account_id if value in world else value for name, value in query.items()}
    assert counts(fees(world.cora, limit="100", **asked)) == expected
    total = month_sum(world.cora, **asked).json
    assert total["consume_amount"] == sum(expected.values())
    assert {one["account_name"] for one in total["bill_sums"]} == expected.keys()


def test_a_page_runs_across_shares(world: World) -> None:
    enterprise(world)
    seen = []
    for offset in range(0, 12, 3):
        page = fees(world.cora, limit="3", offset=str(offset)).json
        assert page["total_count"] == 10
        seen += [one["id"] for one in page["fee_records"]]
    assert len(seen) == len(set(seen)) == 10


@pytest.mark.parametrize(
    ("who", "payer", "expected"),
    [
        ("cora", None, 10),
        ("cora", "cora", 6),  # its own and its unified member's
        ("cora", "cyro", 4),  # an independent member pays itself
        ("cora", "carl", 0),
        ("chen", None, 4),
        ("chen", "chen", 2),  # from before it joined
        ("chen", "cora", 2),  # since then
        ("cyro", "cyro", 4),
        ("cyro", "cora", 0),
    ],
)
def test_who_pays_decides_what_is_seen(world: World, who: str, payer: str | None, expected: int) -> None:
    """huawei:A4."""
    enterprise(world)
    body = {} if payer is None else {"payer_account_id": world[payer].account_id}
    reply = usage(world[who], limit=100, **body).json
    assert reply["total_count"] == expected == len(reply["monthly_records"])
    if payer is not None:
        assert {one["payer_account_id"] for one in reply["monthly_records"]} <= {world[payer].account_id}


def test_a_member_that_left_or_changed_its_mode_has_shares_by_day(world: World) -> None:
    join(world.cora, world.chen, AccountingMode.UNIFIED, "2026-10-03T00:00", "2026-10-06T00:00")
    join(world.cora, world.chen, AccountingMode.INDEPENDENT, "2026-10-06T00:00", "2026-10-08T12:00")
    publish_lines(world, MONTH, [line(world.chen, day_of(MONTH, day)) for day in range(1, 11)])
    seen = usage(world.cora, limit=100).json["monthly_records"]
    assert len(seen) == 5  # the 3rd to the 7th
    assert [one["payer_account_id"] for one in seen].count(world.cora.account_id) == 3
    own_lines = usage(world.chen, limit=100).json["monthly_records"]
    assert len(own_lines) == 10
    assert [one["payer_account_id"] for one in own_lines].count(world.cora.account_id) == 3


def test_costs_of_members_are_grouped_by_account(world: World) -> None:
    enterprise(world)
    body = {
        "time_condition": {"time_measure_id": 2, "begin_time": MONTH, "end_time": MONTH},
        "groupby": [
            {"type": "dimension", "key": "ASSOCIATED_ACCOUNT"},
            {"type": "dimension", "key": "PAYER_ACCOUNT_ID"},
        ],
        "cost_type": "ORIGINAL_COST",
        "amount_type": "NET_AMOUNT",
        "filters": None,
    }
    reply = ask(world.cora, body, path=COSTS).json
    ids = {world[name].account_id: name for name in ("cora", "chen", "cyro")}
    found = {
        tuple(ids[one["value"]] for one in data["dimensions"]): Decimal(data["amount_by_costs"])
        for data in reply["cost_data"]
    }
    assert found == {("cora", "cora"): 4, ("chen", "cora"): 2, ("cyro", "cyro"): 4}
    assert reply["total_count"] == 3


def test_too_many_independent_members_must_be_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """huawei:A4: more than 1000; here more than none."""
    enterprise(world)
    monkeypatch.setattr(own, "INDEPENDENT_MAX", 0)
    assert fees(world.cora).code == (400, "CBC.18000048")
    assert fees(world.cora, method="sub_customer", sub_customer_id=world.cyro.account_id).json["total_count"] == 4


@pytest.mark.parametrize(
    "question",
    [
        month_sum,
        fees,
        usage,
        lambda person: get(person, {"bill_cycle": MONTH}, path="/v2/bills/customer-bills/fee-records"),
        lambda person: get(person, {"shared_month": MONTH}, path="/v2/costs/cost-analysed-bills/monthly-breakdown"),
        lambda person: get(person, {"cycle": MONTH}, path="/v1.0/x/customer/account-mgr/bill/monthly-sum"),
        lambda person: get(person, {"cycle": MONTH}, path="/v1.0/x/customer/account-mgr/bill/res-records"),
        lambda person: get(
            person,
            {"startTime": "2026-10-01", "endTime": "2026-10-02"},
            path="/v1.0/x/customer/account-mgr/bill/res-fee-records",
        ),
        lambda person: ask(
            person,
            {
                "time_condition": {"begin_time": "2026-10-01", "end_time": "2026-10-02"},
                "groupby": [{"type": "dimension", "key": "REGION_CODE"}],
                "cost_type": "ORIGINAL_COST",
                "amount_type": "PAYMENT_AMOUNT",
            },
            path=COSTS,
        ),
    ],
)
def test_a_customer_whose_partner_closed_the_bills_sees_none(world: World, question: Callable[[Person], Reply]) -> None:
    """huawei:B20, C8: CBC.18000016."""
    assert question(world.carl).status == 200
    Account.objects.everything(reason="test").filter(pk=world.carl.account_pk).update(bills_visible=False)
    assert question(world.carl).code == (400, "CBC.18000016")
    assert question(world.cora).status == 200


def test_its_partner_reads_them_all_the_same(world: World) -> None:
    publish_lines(world, MONTH, [line(world.carl, day_of(MONTH, 1))])
    Account.objects.everything(reason="test").filter(pk=world.carl.account_pk).update(bills_visible=False)
    query = {
        "bill_cycle": MONTH,
        "customer_id": world.carl.account_id,
        "indirect_partner_id": world.rita.account_id,
    }
    assert get(world.dora, query, path=PARTNERS).json["total_count"] == 1


def test_history_is_eighteen_months_by_setting(world: World, settings: Any) -> None:
    """huawei:B15: the calendar month, up to 18 months back; in Beijing it is November on the 31st of October."""
    for cycle, status in (("2025-05", 200), ("2025-04", 400), ("2026-12", 400)):
        assert get(world.carl, {"bill_cycle": cycle}, path=SUM).status == status
    with clock.frozen(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)):
        assert get(world.carl, {"bill_cycle": "2026-11"}, path=SUM).status == 200
    with clock.frozen(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)):
        assert get(world.carl, {"bill_cycle": "2026-11"}, path=SUM).status == 400
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, bill_history_months=1)
    assert get(world.carl, {"bill_cycle": "2026-09"}, path=SUM).status == 400


def test_a_partners_month_is_ready_at_noon_of_the_fifth(world: World) -> None:
    """huawei:E6: before 12:00 Beijing time, which is 04:00 UTC; sooner when the provider has closed the month."""
    publish_lines(world, MONTH, [line(world.carl, day_of(MONTH, 1), "5", partner_cost="4", partner_tax="1")])

    def status(moment: datetime) -> int:
        with clock.frozen(moment):
            return get(world.dora, {"bill_cycle": MONTH}, path=POSTPAID).status

    early, ready = datetime(2026, 11, 5, 3, 59, 59, tzinfo=UTC), datetime(2026, 11, 5, 4, 0, tzinfo=UTC)
    assert (status(early), status(ready)) == (400, 200)
    publish_lines(world, MONTH, [line(world.carl, day_of(MONTH, 1), "5", partner_cost="4")], state=MonthState.FINAL)
    assert status(early) == 200


def test_a_distributor_owes_for_its_resellers_customers_and_a_reseller_sees_no_bill(
    world: World, settings: Any
) -> None:
    publish_lines(world, MONTH, [line(world.carl, day_of(MONTH, 1), "5", partner_cost="4")])
    assert get(world.dora, {"bill_cycle": MONTH}, path=POSTPAID).json["initial_amount_due"] == 4
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, serve_second_level_resellers=True)
    assert get(world.rita, {"bill_cycle": MONTH}, path=POSTPAID).code == (403, "CBC.0151")
    query = {"bill_cycle": MONTH, "customer_id": world.carl.account_id}
    answer = get(world.rita, query, path=PARTNERS)
    assert answer.json["total_count"] == 1
    assert "partner_cost" not in answer.body.decode()


def test_a_customer_that_left_is_told_for_the_time_it_was_there(world: World) -> None:
    """D7a: even if since disassociated; and its new partner sees nothing of before."""
    lines = [line(world.carl, day_of(MONTH, 1))]
    publish_lines(world, MONTH, lines)
    release(world.carl.account, until=NOW, by="the test")
    carl = world.carl.account
    bind(carl, world.sol.account, kind=AssociationKind.RESALE, since=NOW, by="the test")
    query = {"bill_cycle": MONTH, "customer_id": carl.account_id}
    before = get(world.dora, {**query, "indirect_partner_id": world.rita.account_id}, path=PARTNERS).json
    assert before["total_count"] == 1
    assert "account_manager_id" not in before["fee_records"][0]
    assert get(world.sol, query, path=PARTNERS).json["total_count"] == 0
    assert get(world.olga, query, path=PARTNERS).code == (400, "CBC.99000035")


def test_one_currency_is_told_and_the_others_are_not_added_to_it(world: World) -> None:
    lines = [
        line(world.carl, day_of(MONTH, 1), "5"),
        line(world.carl, day_of(MONTH, 2), "700", currency="JPY"),
        line(world.carl, day_of(MONTH, 3), "800", currency="JPY"),
    ]
    publish_lines(world, MONTH, lines)
    assert (month_sum(world.carl).json["consume_amount"], month_sum(world.carl).json["currency"]) == (5, "USD")
    page = fees(world.carl).json
    assert (page["total_count"], page["currency"]) == (1, "USD")
    publish_lines(world, MONTH, lines[1:])
    assert (fees(world.carl).json["total_count"], fees(world.carl).json["currency"]) == (2, "JPY")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (dict.fromkeys(("cloud_service_type", "resource_type", "region", "res_instance_id"), None), 200),
        (dict.fromkeys(("charge_mode", "bill_type", "include_zero_record", "method", "query_type"), None), 200),
        ({"enterprise_project_id": None, "statistic_type": None, "offset": None, "limit": None}, 200),
        ({"include_zero_record": "", "method": "", "query_type": "", "sub_customer_id": ""}, 200),
        ({"charge_mode": ""}, 400),
        ({"bill_type": ""}, 400),
        ({"statistic_type": ""}, 400),
        ({"include_zero_record": "no"}, 400),
        ({"cycle": None}, 400),
    ],
)
def test_nulls_and_blanks_of_usage(world: World, body: dict[str, object], status: int) -> None:
    """huawei:C9."""
    publish_lines(world, MONTH, [line(world.carl, day_of(MONTH, 1))])
    reply = usage(world.carl, **body)
    assert reply.status == status
    if status == 200:
        assert reply.json["total_count"] == 1


def test_shares_read_no_more_statements_with_more_members(world: World, django_assert_max_num_queries: Any) -> None:
    """Two statements, whatever the number of members, and one more for each kind of share."""
    enterprise(world)
    caller = world.cora.caller
    with django_assert_max_num_queries(2):
        bill_shares.visible_bills(caller, day_of(MONTH, 1), day_of(MONTH, 31))
