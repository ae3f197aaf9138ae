"""The cost explorer: sums worked out by hand, groups, periods, comparison, drill-down, and what it refuses."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from openpartner.core.billing.models import MonthState
from openpartner.core.customers.commands import assign_manager
from openpartner.listings.costs import GROUPINGS
from tests.console.organization.people import browser
from tests.support.bills import day_of, line, publish_lines
from tests.support.people import Person, World, build_world

DISKS = {"service_code": "p_cbs", "service_name": "Cloud Block Storage"}


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def costs(shared_rows: None) -> World:
    """September: cora 4 for machines. October: cora 10 for machines and 3 for disks, chen 1 for disks, carl 7.

    Published once: what a test publishes besides is taken back with it.
    """
    world = build_world()
    first, second = day_of("2026-10", 1), day_of("2026-10", 2)
    publish_lines(world, "2026-09", [line(world.cora, day_of("2026-09", 9), "4")], state=MonthState.FINAL)
    lines = [
        line(world.cora, first, "10", partner_cost="6", tags=json.dumps({"team": "web"})),
        line(world.cora, second, "3", partner_cost="2", tags=json.dumps({"team": "data"}), **DISKS),
        line(world.chen, second, "1", **DISKS),
        line(world.carl, second, "7", partner_cost="5"),
    ]
    publish_lines(world, "2026-10", lines)
    return world


def page(person: Person, query: str, status: int = 200) -> str:
    answer = browser(person).get(f"/costs/?{query}")
    assert answer.status_code == status, (query, answer.status_code)
    return html.unescape(answer.content.decode())


def rows(person: Person, query: str) -> list[tuple[str, str, str]]:
    """Period, group and amount of each row of the same as data."""
    answer = browser(person).get(f"/costs.json?size=200&{query}")
    assert answer.status_code == 200, answer.content[:300]
    return [(row["period"], row["group"], row["amount"]) for row in answer.json()["rows"]]


def drawing(person: Person, query: str) -> dict[str, Any]:
    """What the chart is drawn from."""
    found = re.search(r'<script id="drawing" type="application/json">(.*?)</script>', page(person, query), re.DOTALL)
    assert found
    drawn: dict[str, Any] = json.loads(found[1])
    return drawn


BOTH = "month=2026-09&until_month=2026-10"
CVM, CBS = "Cloud Virtual Machine (CVM)", "Cloud Block Storage"


def test_costs_by_month_and_service(costs: World) -> None:
    assert rows(costs.dora, f"by=service&{BOTH}") == [
        ("2026-09", CVM, "4.00000000"),
        ("2026-10", CVM, "10.00000000"),
        ("2026-10", CBS, "4.00000000"),
    ]


def test_costs_by_day(costs: World) -> None:
    assert rows(costs.dora, "by=service&per=day&month=2026-10") == [
        ("2026-10-01", CVM, "10.00000000"),
        ("2026-10-02", CBS, "4.00000000"),
    ]
    assert drawing(costs.dora, "by=service&per=day&month=2026-10")["labels"] == ["2026-10-01", "2026-10-02"]


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("by=charging", {("Pay as you go", "14.00000000")}),
        ("by=action", {("Hourly usage", "14.00000000")}),
        ("by=association", {("Resale", "14.00000000")}),
        ("by=tag&tag_key=team", {("web", "10.00000000"), ("data", "3.00000000"), ("No value", "1.00000000")}),
        ("by=cloud", {("Tencent Cloud", "14.00000000")}),
        ("by=service&service=p_cbs", {(CBS, "4.00000000")}),
        ("by=service&tag=team%3Dweb", {(CVM, "10.00000000")}),
        ("by=service&amount=partner_cost", {(CVM, "6.00000000"), (CBS, "2.00000000")}),
        ("by=region", {("North China (Beijing)", "14.00000000")}),
    ],
)
def test_groups_and_filters(costs: World, query: str, groups: set[tuple[str, str]]) -> None:
    assert {(group, amount) for _period, group, amount in rows(costs.dora, f"{query}&month=2026-10")} == groups


def test_customers_are_masked_and_told_apart_by_uin(costs: World) -> None:
    assert {(group, amount) for _p, group, amount in rows(costs.dora, "by=customer&month=2026-10")} == {
        (f"C**** {costs.cora.uin}", "13.00000000"),
        (f"上**** {costs.chen.uin}", "1.00000000"),
    }


def test_account_managers_are_known_to_their_partner(costs: World) -> None:
    assign_manager(costs.dora.caller, account_id=costs.chen.account_id, manager_id=costs.dora.user_pk)
    assert {(group, amount) for _p, group, amount in rows(costs.dora, "by=manager&month=2026-10")} == {
        (costs.dora.user.name, "1.00000000"),
        ("No value", "13.00000000"),
    }
    page(costs.pia, "by=manager", 422)


@pytest.mark.parametrize(("who", "total"), [("pia", 21), ("dora", 14), ("rita", 7), ("carl", 7)])
def test_each_sees_its_own(costs: World, who: str, total: int) -> None:
    found = sum(float(amount) for _p, _g, amount in rows(costs[who], "by=cloud&month=2026-10"))
    assert found == total


@pytest.mark.parametrize("who", ["sol", "olga", "ruth", "otto"])
def test_others_see_nothing(costs: World, who: str) -> None:
    for by in ("service", "region"):
        assert rows(costs[who], f"by={by}&{BOTH}") == []
    assert CVM not in page(costs[who], BOTH), "nor among the choices of a filter"


@pytest.mark.parametrize("who", ["rita", "carl"])
def test_partner_cost_is_refused_to_whoever_does_not_pay(costs: World, who: str) -> None:
    assert "errorlist" in page(costs[who], "amount=partner_cost", 422)
    assert browser(costs[who]).get("/costs.json?amount=partner_cost").status_code == 422


@pytest.mark.parametrize(
    "query", ["by=nothing", "per=year", "top=7", "amount=margin", "month=2026-99", "chart=pie", "by=customer", "by=tag"]
)
def test_a_bad_question_is_told(costs: World, query: str) -> None:
    assert "errorlist" in page(costs.carl, query, 422)


def test_every_grouping_opens(costs: World) -> None:
    for by in GROUPINGS:
        page(costs.dora, f"by={by}&{BOTH}&compare=yes&tag_key=team")
        page(costs.dora, f"by={by}&per=day&month=2026-10&chart=lines&tag_key=team")


def test_the_period_before(costs: World) -> None:
    """October's 14 against September's 4: 250 % more."""
    text = page(costs.dora, "by=service&month=2026-10&compare=yes")
    assert "250.0 %" in text
    assert "before: " in text


def test_the_top_and_the_others(costs: World) -> None:
    lines = [
        line(costs.cora, day_of("2026-08", 1), str(n), service_code=f"s{n}", service_name=f"Service {n}")
        for n in range(1, 9)
    ]
    publish_lines(costs, "2026-08", lines)
    drawn = drawing(costs.dora, "month=2026-08&top=5")
    # 8 + 7 + 6 + 5 + 4 are shown; 3 + 2 + 1 are the others.
    assert [one["name"] for one in drawn["series"]] == [
        "Service 8",
        "Service 7",
        "Service 6",
        "Service 5",
        "Service 4",
        "Others",
    ]
    assert drawn["series"][-1]["values"] == [6.0]
    text = page(costs.dora, "month=2026-08&top=5")
    assert "3 others" in text
    assert len(rows(costs.dora, "month=2026-08&top=5")) == 8, "a file has them all"


def test_a_bar_leads_to_its_lines(costs: World) -> None:
    """Every figure of the table is what the list of lines behind its link adds up to."""
    text = page(costs.dora, "by=service&month=2026-10")
    links = re.findall(r'<a href="(/expenditure/details/\?[^"]+)"><span title="([0-9.]+)">', text)
    assert len(links) >= 3
    for address, amount in links:
        parts = urlsplit(address)
        answer = browser(costs.dora).get(f"/expenditure/details.json?{parts.query}&columns=total&size=200")
        assert sum(float(row["total"]) for row in answer.json()["rows"]) == float(amount), address
        assert parse_qs(parts.query)["month"] == ["2026-10"]


def test_every_group_leads_to_its_lines(costs: World) -> None:
    for by in GROUPINGS:
        for series in drawing(costs.pia, f"by={by}&month=2026-10&tag_key=team")["series"] if by != "manager" else []:
            if not series["address"]:
                continue
            answer = browser(costs.pia).get(
                series["address"].replace("/details/?", "/details.json?columns=total&size=200&")
            )
            assert answer.status_code == 200, (by, series["address"])
            found = sum(float(row["total"]) for row in answer.json()["rows"])
            assert found == sum(series["values"]), (by, series["name"])


def test_figures_say_their_state_and_age(costs: World) -> None:
    text = page(costs.dora, BOTH)
    assert "Estimated" in text
    assert "Final" in text
    assert "as of" in text


def test_too_many_days_are_shown_by_month(costs: World) -> None:
    assert "shown by month" in page(costs.dora, "per=day&month=2026-05&until_month=2026-10")


def test_currencies_are_not_added_up(costs: World) -> None:
    day = day_of("2026-08", 1)
    lines = [line(costs.cora, day, "1"), line(costs.cora, day, "2"), line(costs.cora, day, "5", currency="EUR")]
    publish_lines(costs, "2026-08", lines)
    assert rows(costs.dora, "month=2026-08") == [("2026-08", CVM, "3.00000000")]
    assert rows(costs.dora, "month=2026-08&currency=EUR") == [("2026-08", CVM, "5.00000000")]


def test_a_report_is_kept_and_shared(costs: World) -> None:
    client = browser(costs.dora)
    query = "by=customer&per=day"
    answer = client.post(
        "/keep/costs/", {"view": "By customer", "next": query}, headers={"referer": "http://testserver/costs/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/costs/?{query}")
    assert "By customer" in client.get("/costs/").content.decode()


def test_a_republished_month_is_read_anew(costs: World) -> None:
    assert rows(costs.dora, "month=2026-10&by=cloud") == [("2026-10", "Tencent Cloud", "14.00000000")]
    publish_lines(costs, "2026-10", [line(costs.cora, day_of("2026-10", 1), "2")])
    assert rows(costs.dora, "month=2026-10&by=cloud") == [("2026-10", "Tencent Cloud", "2.00000000")]
