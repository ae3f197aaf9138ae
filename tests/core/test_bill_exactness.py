"""Random bills: integers kept beside them = lines = summary = pages = every dimension = stream = copied file.

The truth is sums of Python integers of 10^-8 that were never in the lake.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillVersion, MonthState
from openpartner.core.billing.months import month_of, month_text
from openpartner.core.billing.queries import (
    BillFilter,
    Dimension,
    Tag,
    copy_lines,
    count_lines,
    lines,
    stream_lines,
    sums,
)
from openpartner.core.billing.verifying import verify_lake
from openpartner.kit.slices import Slice
from openpartner.lake import schema
from openpartner.lake.schema import BOOKED_MAX
from tests.conftest import SEED
from tests.proofs.record import count as record
from tests.support.bills import line, month_state, publish_lines
from tests.support.people import World

EXAMPLES = 200
MONTH = "2026-10"
CLOUDS = ("tencent", "huawei", "aws")
CUSTOMERS = ("carl", "cleo", "cora", "chen", "otto", "oona", "cato", "su")
MOVED = "carl"
"""The customer that passed from rita to sol on the sixteenth: its lines stand under both."""
AMOUNTS = ("list_cost", "cost_after_discount", "voucher_deduction", "total_cost", "tax", "partner_cost")
SCOPES = ("pia", "dora", "rita", "sol", "olga", "carl", "otto", "song")

amounts = st.one_of(
    st.integers(-BOOKED_MAX, BOOKED_MAX),  # ten thousand millions and eight decimals, either way
    st.integers(-(10**9), 10**9),
    st.sampled_from([0, 1, -1, BOOKED_MAX, -BOOKED_MAX, 99_999_999, 100_000_000]),
)
bill_lines = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(CUSTOMERS),
        "day": st.integers(1, 31),
        "cloud": st.sampled_from(CLOUDS),
        "amounts": st.fixed_dictionaries(dict.fromkeys(AMOUNTS, amounts)),
        "region_code": st.sampled_from([None, "", "1", "ap-southeast-1"]),
        "product_code": st.sampled_from(["sp_a", "sp_b", None]),
        "charging": st.sampled_from([one.value for one in schema.Charging]),
        "action": st.sampled_from([one.value for one in schema.Action]),
        "resource_id": st.sampled_from(["r-1", "r-2", None]),
        "currency": st.sampled_from(["USD", "CNY"]),
        "tags": st.sampled_from([None, '{"team": "a"}', '{"team": "b", "x": "\\u00e9"}']),
        "is_unassigned": st.sampled_from([False] * 9 + [True]),
    }
)
Line = Mapping[str, Any]
_numbers = count(1)


def money(units: int) -> str:
    """An amount of 10^-8 as a decimal text."""
    return str(Decimal(units).scaleb(-8))


def units(amount: Decimal) -> int:
    """The other way, exactly."""
    scaled = amount.scaleb(8)
    assert scaled == int(scaled)
    return int(scaled)


def placed(world: World, one: Line) -> dict[str, Any]:
    """The line as the lake takes it: whose it is on its day, its amounts as text."""
    day = date(2026, 10, one["day"])
    texts = ("region_code", "product_code", "charging", "action", "resource_id", "currency", "tags", "cloud")
    values = {name: one[name] for name in texts}
    found = line(world[one["customer"]], day, **values)
    found |= {name: money(amount) for name, amount in one["amounts"].items()}
    found["line_id"] = next(_numbers)
    if one["customer"] == MOVED and one["day"] >= 16:
        found |= {"payer_id": world.sol.account_pk, "partner_id": world.sol.account_pk}
    if one["is_unassigned"]:
        found |= {"payer_id": 0, "partner_id": 0, "customer_id": 0}
    return found


def is_seen(world: World, who: str, one: Mapping[str, Any]) -> bool:
    """Whether a person's account may read a line: the rule of bills, written down anew."""
    key = world[who].account_pk
    return who == "pia" or key in (one["payer_id"], one["partner_id"], one["customer_id"])


Total = tuple[int, ...]


def total(given: list[dict[str, Any]]) -> Total:
    """How many lines, and the sum of each amount in integers."""
    return (len(given), *(sum(units(Decimal(one[name])) for one in given) for name in AMOUNTS))


def by(given: list[dict[str, Any]], code: Callable[[Mapping[str, Any]], Any]) -> dict[Any, Total]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in given:
        groups[code(one)].append(one)
    return {key: total(some) for key, some in groups.items()}


def told(rows: list[tuple[Any, ...]], codes: int) -> dict[Any, Total]:
    """Rows of sums as `by` has them: by their code, whatever its name is."""
    found = {row[0]: (int(row[codes]), *(units(amount) for amount in row[codes + 1 :])) for row in rows}
    assert len(found) == len(rows)
    return found


def check(world: World, who: str, given: list[dict[str, Any]]) -> None:
    """Every way of reading gives what the integers say."""
    scope = world[who].caller.scope
    where = BillFilter.month(month_of(MONTH))
    seen = [one for one in given if is_seen(world, who, one)]
    expected = total(seen)
    # Pages of seven, and their total.
    columns = ["line_id", *AMOUNTS]
    paged: list[tuple[Any, ...]] = []
    for offset in range(0, len(seen) + 1, 7):
        page = lines(scope, where, Slice(offset, 7), columns)
        assert page.total == len(seen)
        paged += page.items
    assert sorted(row[0] for row in paged) == sorted(one["line_id"] for one in seen)
    assert _sum(row[1:] for row in paged) == expected
    # A filtered list, a stream and a file.
    filtered = lines(scope, replace(where, without={"region_code": ("nowhere",)}), Slice(0, 1_000), columns)
    assert filtered.items == paged
    streamed = [row for batch in stream_lines(scope, where, columns) for row in batch]
    assert streamed == paged
    assert count_lines(scope, where) == len(seen)
    target = working_lake().others[0] / "exact.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    written = copy_lines(scope, where, ", ".join(AMOUNTS), str(target), "FORMAT csv, HEADER false")
    assert written == len(seen)
    if written:
        with target.open(encoding="utf-8", newline="") as file:
            assert _sum(tuple(map(Decimal, row)) for row in csv.reader(file)) == expected
    target.unlink(missing_ok=True)  # other tests look into this folder
    # Sums by each dimension: of lines, of the summary, and of a condition that only lines can answer.
    for dimension in Dimension:
        rows = sums(scope, where, [dimension], AMOUNTS)
        assert told(rows, 2 if dimension.is_named else 1) == by(seen, partial(_code, dimension)), dimension
    assert told(sums(scope, where, [Tag("team")], AMOUNTS), 1) == by(seen, _team)
    by_lines = sums(scope, replace(where, text={"charging": ""}), [Dimension.CLOUD], AMOUNTS)
    assert told(by_lines, 1) == by(seen, lambda one: one["cloud"])


def _sum(rows: Any) -> Total:
    found = [0] * (len(AMOUNTS) + 1)
    for row in rows:
        found[0] += 1
        for place, amount in enumerate(row, 1):
            found[place] += units(amount)
    return tuple(found)


def _code(dimension: Dimension, one: Mapping[str, Any]) -> Any:
    return month_of(MONTH) if dimension is Dimension.MONTH else one.get(dimension.value)


def _team(one: Mapping[str, Any]) -> str | None:
    return {None: None, '{"team": "a"}': "a"}.get(one["tags"], "b")


@pytest.mark.campaign
def test_every_way_of_reading_agrees_with_integers(world: World, campaign: Callable[[int], int]) -> None:
    tally = {"bills": 0, "lines": 0, "scopes": 0}

    @seed(SEED)
    @settings(
        max_examples=max(6, campaign(EXAMPLES)),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        given=st.lists(bill_lines, min_size=5, max_size=40),
        by_day=st.booleans(),
        lines_a_file=st.sampled_from([1, 3, 10, 600_000]),
        state=st.sampled_from(list(MonthState)),
        who=st.sampled_from(SCOPES),
    )
    def agree(given: list[Line], *, by_day: bool, lines_a_file: int, state: MonthState, who: str) -> None:
        bills = [placed(world, one) for one in given]
        for cloud in CLOUDS:
            of_cloud = [one for one in bills if one["cloud"] == cloud]
            publish_lines(world, MONTH, of_cloud, cloud=cloud, state=state, by_day=by_day, lines_a_file=lines_a_file)
            row = month_state(world, MONTH, cloud)
            version = BillVersion.objects.everything(reason="test").get(month=row, number=row.version)
            assert version.lines == len(of_cloud), month_text(row.month)
        for person in {"pia", who}:
            check(world, person, bills)
        assert list(verify_lake()) == []
        tally["bills"] += 1
        tally["lines"] += len(bills)
        tally["scopes"] += 2

    agree()
    record("bills that agree with integers", seed=SEED, **tally, differences=0)


def test_the_largest_amounts_add_up(world: World) -> None:
    """A sum that no line could hold, and one that a float would lose."""
    most = money(BOOKED_MAX)
    given = [line(world.carl, date(2026, 10, 1), most) for _ in range(300)]
    given.append(line(world.carl, date(2026, 10, 1), "0.00000001"))
    publish_lines(world, MONTH, given)
    ((_, found),) = sums(world.carl.caller.scope, BillFilter.month(month_of(MONTH)), [], ["total_cost"])
    assert units(found) == 300 * BOOKED_MAX + 1
