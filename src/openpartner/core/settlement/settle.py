"""The step between import and publication: the deduction columns of a line, and how what is left was paid.

Whatever the mode, `total_cost = cost_after_discount - voucher_deduction` and the paid columns add up to `total_cost`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpartner.core.catalogue.entries import HUAWEI, TENCENT
from openpartner.core.settlement.models import Mode, SettlementMode
from openpartner.lake import schema
from openpartner.lake.schema import Charging

if TYPE_CHECKING:
    import duckdb

GIVEN_FROM_START = frozenset({TENCENT, HUAWEI})
"""Clouds whose bills tell the deductions; those of other clouds know nothing of our vouchers."""
PAID = ("cash_paid", "credit_paid", "bonus_paid", "stored_card_paid", "flexible_coupon_paid", "unpaid", "adjusted")


class Unsettled(Exception):
    """Lines whose deductions do not add up after settlement: a bug, which must not be published."""


def mode_of(provider: int, cloud: str) -> Mode:
    """By which mode the bills of a cloud are settled."""
    rows = SettlementMode.objects.everything(reason="settling").filter(provider=provider, cloud=cloud)
    found = rows.values_list("mode", flat=True).first()
    return Mode(found) if found else Mode.GIVEN if cloud in GIVEN_FROM_START else Mode.OURS


def settled(lines: str, mode: Mode, *, is_deducted: bool = False) -> str:
    """SQL of the lines, settled: every column of a line and nothing else.

    With `is_deducted` the lines carry what vouchers of ours pay of them; without, no voucher does.
    """
    columns = _given() if mode is Mode.GIVEN else _ours(_money("voucher_deduction") if is_deducted else _money("0"))
    chosen = ", ".join(f"{columns[name]} AS {name}" if name in columns else name for name in schema.NAMES)
    return f"SELECT {chosen} FROM ({lines})"  # noqa: S608  # of ours


def check(connection: duckdb.DuckDBPyConnection, lines: str) -> None:
    """Unsettled when a settled line does not add up."""
    paid = " + ".join(PAID)
    found = connection.execute(
        f"SELECT count(*) FROM ({lines}) WHERE total_cost <> cost_after_discount - voucher_deduction"  # noqa: S608  # of ours
        f" OR total_cost <> {paid}"
    ).fetchone()
    assert found is not None
    if found[0]:
        raise Unsettled(f"{found[0]} lines do not add up")


def _given() -> dict[str, str]:
    """As delivered; where a source does not say how it was paid, by the way of charging."""
    says = " OR ".join(f"{name} <> 0" for name in PAID)
    rest = f"total_cost - ({' + '.join(PAID)})"
    return {
        # What the source's parts leave open is below its own rounding.
        "cash_paid": _money(f"CASE WHEN {says} THEN cash_paid + ({rest}) WHEN {_prepaid()} THEN total_cost ELSE 0 END"),
        "credit_paid": _money(f"CASE WHEN {says} THEN credit_paid WHEN {_prepaid()} THEN 0 ELSE total_cost END"),
    }


def _ours(deduction: str) -> dict[str, str]:
    """Vouchers and credit are ours to take: what vouchers leave is paid at once where it is prepaid, else on credit."""
    nothing, rest = _money("0"), f"cost_after_discount - {deduction}"
    return {
        "voucher_deduction": deduction,
        "total_cost": _money(rest),
        **dict.fromkeys(PAID, nothing),
        "cash_paid": _money(f"CASE WHEN {_prepaid()} THEN {rest} ELSE 0 END"),
        "credit_paid": _money(f"CASE WHEN {_prepaid()} THEN 0 ELSE {rest} END"),
    }


def _prepaid() -> str:
    return f"charging = '{Charging.PREPAID}'"


def _money(sql: str) -> str:
    return f"CAST({sql} AS {schema.BOOKED})"
