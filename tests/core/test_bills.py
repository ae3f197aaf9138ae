"""Reading bills: each scope sees exactly its lines, pages and sums agree, and a published month replaces one whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from openpartner.core.billing.models import BillFile, BillVersion, MonthState
from openpartner.core.billing.months import month_of
from openpartner.core.billing.publishing import Stale
from openpartner.core.billing.queries import BillFilter, Dimension, Tag, count_lines, lines, months, stream_lines, sums
from openpartner.core.billing.verifying import verify_lake
from openpartner.kit.slices import Slice
from tests.support.bills import line, month_state, publish_lines
from tests.support.people import World

MONTH = "2026-10"
OCTOBER = BillFilter.month(month_of(MONTH))


@pytest.fixture
def october(world: World) -> World:
    """Lines of customers on each side of every wall: two distributors, a reseller, a second-level reseller."""
    given = [
        line(world[name], date(2026, 10, day), f"{day}.{place}", region_code=str(day % 2))
        for place, name in enumerate(("carl", "cleo", "cora", "otto", "cato"), 1)
        for day in (1, 2, 3)
    ]
    publish_lines(world, MONTH, given, lines_a_file=4)
    return world


@pytest.mark.parametrize(
    ("who", "whose"),
    [
        ("pia", {"carl", "cleo", "cora", "otto", "cato"}),
        ("dora", {"carl", "cleo", "cora"}),
        ("rita", {"carl", "cleo"}),
        ("sol", {"cato"}),
        ("olga", {"otto"}),
        ("ruth", {"otto"}),
        ("carl", {"carl"}),
        ("song", set()),
    ],
)
def test_each_scope_sees_exactly_its_lines(october: World, who: str, whose: set[str]) -> None:
    scope = october[who].caller.scope
    found = lines(scope, OCTOBER, Slice(0, 100), ["customer_id", "bill_day", "total_cost"])
    keys = {october[name].account_pk for name in whose}
    assert {row[0] for row in found.items} == keys
    assert found.total == len(found.items) == 3 * len(whose) == count_lines(scope, OCTOBER)
    grouped = sums(scope, OCTOBER, [Dimension.CUSTOMER], ["total_cost"])
    assert {row[0]: row[2] for row in grouped} == {
        key: sum((row[2] for row in found.items if row[0] == key), Decimal(0)) for key in keys
    }
    assert [one.cloud for one in months(scope)] == (["tencent"] if whose else [])


def test_a_narrowing_never_widens(october: World) -> None:
    scope = october.rita.caller.scope
    for partner, customer in ((october.dora, None), (october.olga, None), (None, october.otto), (None, october.cora)):
        where = BillFilter.month(
            OCTOBER.first_month,
            partner=partner.account_pk if partner else None,
            customer=customer.account_pk if customer else None,
        )
        assert lines(scope, where, Slice(0, 100), ["line_id"]).items == []
        assert sums(scope, where, [], ["total_cost"]) in ([], [(None, None)], [(0, None)])
        assert months(scope, customer=customer.account_pk if customer else None) == [] or customer is None


def test_pages_are_the_list_cut_into_pieces(october: World) -> None:
    scope = october.dora.caller.scope
    for where in (OCTOBER, BillFilter.month(OCTOBER.first_month, equal={"region_code": ("1",)})):
        whole = lines(scope, where, Slice(0, 100), ["line_id", "bill_day"])
        pages = [lines(scope, where, Slice(offset, 2), ["line_id", "bill_day"]) for offset in range(0, 12, 2)]
        assert [row for page in pages for row in page.items] == whole.items
        assert {page.total for page in pages} == {len(whole.items)}


def test_sums_by_summary_and_by_lines_agree(october: World) -> None:
    scope = october.pia.caller.scope
    amounts = ["list_cost", "total_cost"]
    by_summary = sums(scope, OCTOBER, [Dimension.SERVICE, Dimension.REGION], amounts)
    by_line = sums(
        scope, BillFilter.month(OCTOBER.first_month, nonzero=True), [Dimension.SERVICE, Dimension.REGION], amounts
    )
    assert sorted(by_summary) == sorted(by_line)
    assert sum(row[-1] for row in by_summary) == Decimal(5 * 6) + 3 * sum(Decimal(place) / 10 for place in range(1, 6))


def test_tags_and_days_are_read_from_lines(october: World) -> None:
    carl = october.carl
    publish_lines(
        october,
        "2026-09",
        [
            line(carl, date(2026, 9, 1), "2", tags='{"team": "a", "odd \\"key": "1"}'),
            line(carl, date(2026, 9, 2), "3", tags='{"team": "b"}'),
            line(carl, date(2026, 9, 2), "5"),
        ],
        by_day=True,
    )
    where = BillFilter.month(month_of("2026-09"))
    found = {row[0]: row[2] for row in sums(carl.caller.scope, where, [Tag("team")], ["total_cost"])}
    assert found == {"a": 2, "b": 3, None: 5}
    assert {row[0]: row[2] for row in sums(carl.caller.scope, where, [Dimension.DAY], ["total_cost"])} == {
        date(2026, 9, 1): 2,
        date(2026, 9, 2): 8,
    }
    both = BillFilter(first_month=month_of("2026-09"), last_month=month_of(MONTH))
    assert {row[0]: row[1] for row in sums(carl.caller.scope, both, [Dimension.MONTH], ["total_cost"])} == {
        month_of("2026-09"): 3,
        month_of(MONTH): 3,
    }


def test_a_month_is_replaced_whole_and_says_so(october: World) -> None:
    scope = october.carl.caller.scope
    publish_lines(october, MONTH, [line(october.carl, date(2026, 10, 9), "7")], state=MonthState.FINAL)
    assert [row[-1] for row in sums(scope, OCTOBER, [], ["total_cost"])] == [7]
    (info,) = months(scope)
    assert (info.version, info.word) == (2, "final")
    publish_lines(october, MONTH, [line(october.carl, date(2026, 10, 9), "8")], state=MonthState.FINAL)
    assert months(scope)[0].word == "restated"
    assert sums(october.cora.caller.scope, OCTOBER, [Dimension.SERVICE], ["total_cost"]) == []
    gone = BillFile.objects.everything(reason="test").filter(gone_at__isnull=False)
    assert gone.count() > 0


def test_two_publishers_of_one_month_cannot_both_win(october: World) -> None:
    from openpartner.core.billing.models import Reason
    from openpartner.core.billing.publishing import Publication, new_token, publish

    first, second = month_state(october, MONTH), month_state(october, MONTH)
    version = BillVersion.objects.within(october.pia.caller.scope).get(month=first, number=first.version)
    same = (version.summary, version.summary_sha256)
    plan = Publication(token=new_token(), drop=[], summary=same, reason=Reason.IMPORT)
    publish(october.pia.caller, first, plan)
    with pytest.raises(Stale):
        publish(october.pia.caller, second, plan)


def test_a_stream_is_the_list(october: World) -> None:
    scope = october.dora.caller.scope
    for where in (OCTOBER, BillFilter.month(OCTOBER.first_month, equal={"region_code": ("1",)})):
        whole = lines(scope, where, Slice(0, 100), ["line_id", "total_cost"])
        assert [row for batch in stream_lines(scope, where, ["line_id", "total_cost"]) for row in batch] == whole.items


def test_day_files_are_listed_by_day(october: World) -> None:
    """The customers of a day file have other neighbours than those of the next day's."""
    given = [
        line(october[name], date(2026, 8, day)) for day, name in ((1, "cleo"), (2, "carl"), (3, "cora"), (3, "cleo"))
    ]
    publish_lines(october, "2026-08", given, by_day=True)
    found = lines(october.dora.caller.scope, BillFilter.month(month_of("2026-08")), Slice(0, 10), ["bill_day"])
    assert [row[0].day for row in found.items] == [1, 2, 3, 3]


def test_what_was_published_verifies(october: World) -> None:
    publish_lines(october, "2026-08", [line(october.cleo, date(2026, 8, day)) for day in (1, 2)], by_day=True)
    assert list(verify_lake()) == []
