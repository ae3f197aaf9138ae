"""Vouchers meet bills (issue 5, section 4): in pick order, before publication, taken back when lines are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from openpartner.core.base.errors import Conflict
from openpartner.core.billing.imports import ImportState
from openpartner.core.billing.mapping import end_cloud_account
from openpartner.core.ledger.models import Use
from openpartner.core.ledger.verify import faults
from openpartner.core.settlement import importing
from openpartner.core.settlement.models import Mode
from openpartner.core.settlement.modes import set_settlement_mode
from openpartner.core.vouchers.ending import reclaim_voucher, withdraw_voucher
from openpartner.core.vouchers.expiry import expire_due
from openpartner.core.vouchers.models import Voucher, VoucherUse
from openpartner.core.vouchers.queries import list_uses, pool_of_partner, usable_balance
from openpartner.core.vouchers.vocabulary import Reach, VoucherState
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from tests.core.test_bill_import import assign, bring, focus, rows_of, work, written
from tests.support.people import World
from tests.vouchers.support import UNIT, again, balance, fill, give

pytestmark = pytest.mark.django_db
START, NINTH, LATER = (datetime(2026, 10, day, tzinfo=UTC) for day in (1, 9, 20))


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    """A data folder per test."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path / "data"))


@pytest.fixture
def channel(world: World) -> Iterator[World]:
    """dora has a pool, and cora pays the AWS account 111/a; today is the first of October."""
    with clock.frozen(START):
        fill(world, 1000)
        assign(world, world.cora, "a")
        yield world
    assert list(faults()) == []


def day(number: int, cost: str, **more: str) -> dict[str, str]:
    moment = f"2026-10-{number:02}T00:00:00Z"
    return {"BilledCost": cost, "ChargePeriodStart": moment, "ChargePeriodEnd": moment, **more}


def paid(world: World, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(rows_of(world.dora, "bill_day", "cost_after_discount", "voucher_deduction", "total_cost", *columns))


def amounts(world: World) -> list[tuple[str, ...]]:
    return [tuple(f"{value:f}".rstrip("0").rstrip(".") for value in row[1:]) for row in paid(world)]


def left(voucher: Voucher) -> int:
    return balance(Use.VOUCHER, voucher.pk)


def test_the_worked_example_settles_a_bill(channel: World, tmp_path: Path) -> None:
    """tencent:E.4: a charge of 20 takes 5 of A, 8 of B and 7 of C; then credit pays what vouchers leave."""
    a, b = (give(channel.dora, channel.cora, units, until=NINTH) for units in (5, 8))
    c = give(channel.dora, channel.cora, 10, until=LATER)
    bring(channel, written(tmp_path, focus(day(5, "20"), day(6, "4.5"))))
    assert amounts(channel) == [("20", "20", "0"), ("4.5", "3", "1.5")]
    assert [left(one) for one in (a, b, c)] == [0, 0, 0]
    assert [again(one).state for one in (a, b, c)] == [VoucherState.USED] * 3
    uses = list_uses(channel.dora.caller.scope, c, Slice(0, 10)).items
    assert sorted(use.micros for use in uses) == [3 * UNIT, 7 * UNIT]
    lines = dict(rows_of(channel.dora, "bill_day", "line_id"))
    assert {use.line_id for use in uses} == set(lines.values())
    assert [row[-1] for row in paid(channel, "credit_paid")] == [0, Decimal("1.5")]


def test_a_refund_takes_and_gives_nothing(channel: World, tmp_path: Path) -> None:
    voucher = give(channel.dora, channel.cora, 10, until=LATER)
    bring(channel, written(tmp_path, focus(day(5, "4"), day(6, "-3"))))
    assert amounts(channel) == [("4", "4", "0"), ("-3", "0", "-3")]
    assert left(voucher) == 6


def test_validity_reach_and_issuer_are_kept(channel: World, tmp_path: Path) -> None:
    """A line after the end, of another product, or of another partner's time is not paid."""
    until = give(channel.dora, channel.cora, 10, until=NINTH)
    listed = give(channel.dora, channel.cora, 10, until=LATER, reach=Reach.LISTED, products=("Storage",))
    bring(
        channel,
        written(tmp_path, focus(day(8, "1"), day(9, "2"), day(10, "4", ServiceName="Storage"), day(21, "8"))),
    )
    assert amounts(channel) == [("1", "1", "0"), ("2", "0", "2"), ("4", "4", "0"), ("8", "0", "8")]
    assert (left(until), left(listed)) == (9, 6)


def test_a_restatement_takes_back_and_settles_again(channel: World, tmp_path: Path) -> None:
    voucher = give(channel.dora, channel.cora, 10, until=LATER)
    bring(channel, written(tmp_path, focus(day(5, "6"), day(6, "3"))))
    assert left(voucher) == 1
    bring(channel, written(tmp_path, focus(day(5, "2"), day(6, "30")), "second.csv"))
    assert amounts(channel) == [("2", "2", "0"), ("30", "8", "22")]
    assert again(voucher).state == VoucherState.USED
    bring(channel, written(tmp_path, focus(day(5, "1")), "third.csv"))
    assert left(voucher) == 9
    assert again(voucher).state == VoucherState.ISSUED
    assert usable_balance(channel.cora.account_pk) == 9 * UNIT
    (use,) = list_uses(channel.dora.caller.scope, voucher, Slice(0, 10)).items
    assert use.micros == UNIT


def test_two_months_of_one_file_use_a_voucher_once(channel: World, tmp_path: Path) -> None:
    voucher = give(channel.dora, channel.cora, 10, until=datetime(2026, 12, 1, tzinfo=UTC))
    november = {
        "BillingPeriodStart": "2026-11-01T00:00:00Z",
        **dict.fromkeys(("ChargePeriodStart", "ChargePeriodEnd"), "2026-11-03T00:00:00Z"),
    }
    with clock.frozen(datetime(2026, 11, 5, tzinfo=UTC)):
        row = bring(channel, written(tmp_path, focus(day(5, "7"), {**day(5, "7"), **november})))
    assert row.state == ImportState.PUBLISHED
    assert sum(one[2] for one in paid(channel)) == 10
    assert left(voucher) == 0


def test_what_comes_back_to_a_voucher_that_is_over_returns_to_its_quota(channel: World, tmp_path: Path) -> None:
    voucher = give(channel.dora, channel.cora, 10, until=NINTH)
    bring(channel, written(tmp_path, focus(day(5, "6"))))
    with clock.frozen(NINTH):
        assert expire_due() == 1
        assert pool_of_partner(channel.dora.account_pk).left_micros == 994 * UNIT
        bring(channel, written(tmp_path, focus(day(5, "2")), "second.csv"))
    assert amounts(channel) == [("2", "2", "0")]
    assert (left(voucher), pool_of_partner(channel.dora.account_pk).left_micros) == (0, 998 * UNIT)


def test_a_line_that_comes_after_the_end_is_not_paid(channel: World, tmp_path: Path) -> None:
    """Used until balance 0 or expiry (tencent:E.4), deducted when the bill is made (huawei:E4): both moments count.

    What the line before has given back pays that line again, and no other: the rest went to the quota at the end.
    """
    voucher = give(channel.dora, channel.cora, 10, until=NINTH)
    bring(channel, written(tmp_path, focus(day(5, "6"))))
    with clock.frozen(NINTH):
        assert expire_due() == 1
        bring(channel, written(tmp_path, focus(day(5, "6"), day(6, "3")), "late.csv"))
    assert amounts(channel) == [("6", "6", "0"), ("3", "0", "3")]
    assert (left(voucher), pool_of_partner(channel.dora.account_pk).left_micros) == (0, 994 * UNIT)


def test_a_used_voucher_is_reclaimed_and_not_withdrawn(channel: World, tmp_path: Path) -> None:
    """tencent:E.4: withdrawn while unused; huawei:E4: a reclaim takes all that is left."""
    voucher = give(channel.dora, channel.cora, 10, until=LATER)
    bring(channel, written(tmp_path, focus(day(5, "6"))))
    with pytest.raises(Conflict):
        withdraw_voucher(channel.dora.caller, code=voucher.code)
    reclaim_voucher(channel.dora.caller, code=voucher.code)
    assert (left(voucher), pool_of_partner(channel.dora.account_pk).left_micros) == (0, 994 * UNIT)


def test_a_voucher_taken_meanwhile_is_picked_anew(
    channel: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between staging and publication somebody withdraws it: the month is written again without it."""
    voucher = give(channel.dora, channel.cora, 10, until=LATER)
    real, withdrawn = importing.stage_month, list[Voucher]()  # type: ignore[attr-defined]  # where it is called from

    def stage(*args: Any, **values: Any) -> Any:
        plan = real(*args, **values)
        if not withdrawn:
            withdrawn.append(withdraw_voucher(channel.dora.caller, code=voucher.code))
        return plan

    monkeypatch.setattr(importing, "stage_month", stage)
    bring(channel, written(tmp_path, focus(day(5, "6"))))
    assert amounts(channel) == [("6", "0", "6")]
    assert pool_of_partner(channel.dora.account_pk).left_micros == 1000 * UNIT


def test_given_deductions_are_mirrored(channel: World, tmp_path: Path) -> None:
    """Where the source says what vouchers paid, ours pay nothing."""
    voucher = give(channel.dora, channel.cora, 10, until=LATER)
    set_settlement_mode(channel.pia.caller, cloud="aws", mode=Mode.GIVEN)
    bring(channel, written(tmp_path, focus(day(5, "6"))))
    assert amounts(channel) == [("6", "0", "6")]
    assert left(voucher) == 10
    assert not VoucherUse.objects.everything(reason="a test").exists()


def test_lines_that_come_to_a_customer_later_are_paid_then(world: World, tmp_path: Path) -> None:
    """Placing an account anew settles its lines as an import does, and takes back what another customer's paid."""
    with clock.frozen(START):
        fill(world, 1000)
        mine, other = (give(world.dora, world[name], 10, until=LATER) for name in ("cora", "chen"))
        bring(world, written(tmp_path, focus(day(5, "4"))))
        row = assign(world, world.cora, "a")
        assert (left(mine), left(other)) == (6, 10)
        end_cloud_account(world.pia.caller, key=row.pk, until=START.date().replace(day=2))
        work()
        assign(world, world.chen, "a", since="2026-10-02")
    assert (left(mine), left(other)) == (10, 6)
    assert list(faults()) == []


def test_millionths_are_paid_and_finer_parts_stay(channel: World, tmp_path: Path) -> None:
    """Vouchers count in millionths (tencent:D.0.1); what is finer is on credit."""
    give(channel.dora, channel.cora, 10, until=LATER)
    bring(channel, written(tmp_path, focus(day(5, "0.00358512"))))
    assert amounts(channel) == [("0.00358512", "0.003585", "0.00000012")]
