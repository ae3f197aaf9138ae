"""A large summary of several files: every question is answered as by the lines, and every file is looked after."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import pytest

from openpartner.core.base.errors import Unavailable
from openpartner.core.billing import remembered
from openpartner.core.billing.lake import reading_lake, working_lake
from openpartner.core.billing.models import BillVersion
from openpartner.core.billing.months import month_of
from openpartner.core.billing.publishing import current_files
from openpartner.core.billing.queries import BillFilter, By, Dimension, sums, sums_page
from openpartner.core.billing.sweeping import Ages, sweep
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.closing.mending import mend_month
from openpartner.kit.slices import Slice
from openpartner.lake import summaries
from openpartner.lake.grains import Grains, grains_of
from openpartner.lake.store import SUMMARIES, Lake
from openpartner.lake.verify import check_summary
from tests.support.bills import line, month_state, publish_lines
from tests.support.people import World

MONTH = "2026-10"
OCTOBER = BillFilter.month(month_of(MONTH))
NAMES = ("carl", "cleo", "cora", "otto", "cato")
D = Dimension
QUESTIONS: list[tuple[Sequence[By], BillFilter]] = [
    ([], OCTOBER),
    ([D.CUSTOMER], OCTOBER),
    ([D.CUSTOMER, D.PARTNER, D.CURRENCY, D.ACTION], OCTOBER),
    ([D.CUSTOMER, D.PROJECT], OCTOBER),
    ([D.SERVICE, D.REGION, D.MONTH], OCTOBER),
    ([D.PARTNER, D.PRODUCT], OCTOBER),
    ([D.PROJECT], BillFilter.month(OCTOBER.first_month, equal={"region_code": ("1",)})),
    ([D.PRODUCT], BillFilter.month(OCTOBER.first_month, equal={"project_id": ("p1", "p2")})),
]


@pytest.fixture
def october(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Customers on each side of every wall, with more groups than a file of a summary is to hold."""
    monkeypatch.setattr(summaries, "AT_ONCE", 20)
    monkeypatch.setattr(summaries, "GROUPS_AT_ONCE", 16)
    monkeypatch.setattr(summaries, "GROUPS_A_FILE", 7)
    remembered.forget()
    publish(world)
    assert len(grains(world).groups) >= 4
    return world


def publish(world: World, of: Sequence[str] = NAMES) -> None:
    given = [
        line(
            world[name],
            date(2026, 10, 1 + number),
            f"{number}.{place}",
            region_code=str(number % 2),
            product_code=f"p{number % 3}",
            project_id=f"p{number}",
        )
        for place, name in enumerate(of, 1)
        for number in range(6)
    ]
    publish_lines(world, MONTH, given, lines_a_file=9)


def grains(world: World) -> Grains:
    row = month_state(world, MONTH)
    version = BillVersion.objects.everything(reason="test").get(month=row, number=row.version)
    return grains_of(working_lake(), version.summary)


@pytest.mark.parametrize("who", ["pia", "dora", "rita", "sol", "olga", "ruth", "carl", "song"])
def test_every_grain_says_what_the_lines_say(october: World, who: str) -> None:
    scope = october[who].caller.scope
    for by, where in [*QUESTIONS, *QUESTIONS]:  # once read and once remembered
        found = {row[:-2]: row[-2:] for row in sums(scope, where, by, ["total_cost"]) if row[-2]}
        # No summary knows days: the same question by day as well is read from the lines.
        expected: dict[tuple[object, ...], tuple[int, Decimal]] = {}
        for *group, _day, count, total in sums(scope, where, [*by, D.DAY], ["total_cost"]):
            lines, cost = expected.get(tuple(group), (0, Decimal(0)))
            expected[tuple(group)] = (lines + count, cost + total)
        assert found == expected
        assert bool(found) is (who != "song")  # who has no lines


def test_pages_of_groups_are_the_groups_cut_into_pieces(october: World) -> None:
    scope = october.pia.caller.scope
    whole = sorted(sums(scope, OCTOBER, [D.CUSTOMER], ["total_cost"]))
    pages = [sums_page(scope, OCTOBER, [D.CUSTOMER], ["total_cost"], Slice(start, 2)) for start in (0, 2, 4, 6)]
    assert [row for page in pages for row in page.items] == whole
    assert {page.total for page in pages} == {len(NAMES)}


def test_one_customer_opens_one_file_whatever_the_month_holds(october: World) -> None:
    parts = grains(october)
    carl = october.carl.caller.scope
    opened: list[str] = []
    lake = reading_lake()
    real = type(lake).addresses

    def addresses(self: Lake, names: list[str] | tuple[str, ...]) -> list[str]:
        opened.extend(names)
        return real(self, names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(lake), "addresses", addresses)
        assert len(sums(carl, OCTOBER, [D.PROJECT], ["total_cost"])) == 6
    assert len(set(opened) - {parts.head}) == 1
    assert set(opened) <= {parts.head, *parts.finest}


@pytest.mark.parametrize("which", ["the head", "a part", "the customers"])
@pytest.mark.parametrize("missing", [False, True])
def test_damage_in_any_file_of_a_summary_is_named_and_mended(october: World, which: str, *, missing: bool) -> None:
    said = grains(october)
    name, by = {
        "the head": (said.head, [D.REGION]),
        "a part": (said.groups[1].name, [D.PROJECT]),
        "the customers": (said.customers[0].name, [D.CUSTOMER]),
    }[which]
    assert list(verify_lake()) == []
    path = working_lake().path(name)
    if missing:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9] + b"\0" * 9)
    faults = list(verify_lake())
    assert [says for says in faults if f"{name} is {'missing' if missing else 'damaged'}" in says], faults
    with pytest.raises(Unavailable):
        sums(october.pia.caller.scope, OCTOBER, by, ["total_cost"])
    mended = mend_month(october.pia.caller, cloud="tencent", month=OCTOBER.first_month)
    assert (mended.version, mended.lost_lines) == (2, 0)
    assert list(verify_lake()) == []
    assert sums(october.pia.caller.scope, OCTOBER, by, ["total_cost"])


def test_a_coarse_sum_that_is_not_that_of_the_lines_is_found(october: World) -> None:
    head = grains(october).head
    publish(october, NAMES[:-1])  # other lines, so another summary
    row = month_state(october, MONTH)
    lake = working_lake()
    with closing(lake.connect()) as connection:
        files = [file.name for file in current_files(row)]
        faults = list(check_summary(lake, connection, head, lake.checksum(head), files))
    said = grains_of(lake, head)
    assert any(says.startswith(f"{head} says more than the lines do") for says in faults), faults
    assert not any(said.customers[0].name in says for says in faults)  # it agrees with its own groups


def test_a_sweep_takes_a_summary_with_its_parts_and_leaves_the_current_one(october: World) -> None:
    old = grains(october)
    publish(october, NAMES[:-1])
    new = grains(october)
    now = timedelta(0)
    sweep(Ages(replaced=now, staged=now, unnamed=now, beside=now), is_cautious=False)
    lake = working_lake()
    left = {str(path.relative_to(lake.root)) for path in lake.path(SUMMARIES).rglob("*.parquet")}
    assert left == {new.head, *(part.name for part in new.parts)}
    assert not left & {old.head, *(part.name for part in old.parts)}
    assert list(verify_lake()) == []
