"""Vouchers meet bills before these are published: which line is paid by which voucher, and how much of it.

Only customers that have something on a voucher are looked at: their lines are read in the order of time and paid in
pick order (`core.vouchers.rules`), in whole millionths; what is finer stays with credit. The deductions wait in a table
of the connection, from which the lines take them, and as staged uses, which are posted with the publication.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from openpartner.core.billing.composing import Composer, covered_lines
from openpartner.core.billing.formats.projection import whole
from openpartner.core.billing.models import BillFile, BillMonth
from openpartner.core.vouchers.models import VoucherUse
from openpartner.core.vouchers.rules import Charge, Purse, take
from openpartner.core.vouchers.using import Draft, Line, purses, stage_undoing, stage_uses, standing_lines
from openpartner.kit.money import MICROS_PER_UNIT
from openpartner.lake import schema
from openpartner.lake.schema import ADJUSTMENTS, REFUNDS, Charging
from openpartner.lake.store import quoted

if TYPE_CHECKING:
    import duckdb

DEDUCTIONS = "voucher_deductions"
ROWS_AT_ONCE = 2_000
NEVER_PAID = (*REFUNDS, *ADJUSTMENTS)
FACTS = (
    *("customer_id", "partner_id", "line_id", "cost_after_discount", "currency", "charging"),
    *("service_code", "service_name", "product_code", "product_name", "transaction_id", "order_id"),
)
AT = "coalesce(charged_at, CAST(bill_day AS TIMESTAMP) + INTERVAL 16 HOUR)"
"""A line that tells no instant counts as charged when its day ends in UTC+8."""


def undo_replaced(
    composer: Composer, attempt: Attempt, files: Sequence[BillFile], replaces: Sequence[str]
) -> list[VoucherUse]:
    """Stage that the uses of the lines to be replaced are taken back, and return these uses."""
    month = attempt.month
    standing = standing_lines(month.provider_id, month.cloud, month.month)
    if not standing or not files:
        return []
    composer.connection.execute(
        "CREATE OR REPLACE TEMP TABLE voucher_lines AS SELECT unnest($1::BIGINT[]) AS line_id", [list(standing)]
    )
    replaced = covered_lines(composer, files, replaces)
    rows = composer.run(
        lambda: composer.connection.execute(
            f"SELECT line_id FROM ({replaced}) WHERE line_id IN (SELECT line_id FROM voucher_lines)"  # noqa: S608  # of ours
        ).fetchall()
    )
    undone = [use for (line,) in rows for use in standing[line]]
    stage_undoing(attempt.token, undone)
    return undone


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """SQL of placed lines, and the columns that they have."""

    sql: str
    columns: Collection[str]
    texts: str = ""
    """SQL of lines with the same texts that is quicker to read, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What an attempt to publish a month has staged so far."""

    month: BillMonth
    token: str
    beside: Sequence[str] = ()
    """Tokens of what is published together with it: the same vouchers are not used twice."""


def deduct(composer: Composer, attempt: Attempt, lines: Lines, undone: Sequence[VoucherUse]) -> Lines | None:
    """The lines with what vouchers pay of each as their `voucher_deduction`; None when none pays anything.

    The uses are staged under the attempt's token.
    """
    month, token = attempt.month, attempt.token
    able = purses(month.provider_id, undone, attempt.beside)
    if not able:
        return None
    found: list[tuple[int, int]] = []
    drafts = _drafts(composer, whole(lines.sql, lines.columns), able, found)
    stage_uses(month.provider_id, month.cloud, month.month, token, drafts)
    if not found:
        return None
    _keep(composer.connection, found)
    rest = "l.* EXCLUDE (voucher_deduction)" if "voucher_deduction" in lines.columns else "l.*"
    sql = (
        f"SELECT {rest}, coalesce(d.deduction, 0) AS voucher_deduction FROM ({lines.sql}) l"  # noqa: S608  # of ours
        f" LEFT JOIN {DEDUCTIONS} d ON d.line_id = l.line_id"
    )
    return Lines(sql=sql, columns={*lines.columns, "voucher_deduction"}, texts=lines.texts)


def _drafts(
    composer: Composer, lines: str, able: dict[int, list[Purse]], found: list[tuple[int, int]]
) -> Iterator[Draft]:
    """What is used, line by line in the order of time; `found` gets line and millionths."""
    never = ", ".join(quoted(one) for one in NEVER_PAID)
    composer.connection.execute(
        "CREATE OR REPLACE TEMP TABLE voucher_customers AS SELECT unnest($1::BIGINT[]) AS customer_id", [sorted(able)]
    )
    sql = (
        f"SELECT {', '.join(FACTS)}, {AT} AS moment FROM ({lines})"  # noqa: S608  # of ours
        " WHERE customer_id IN (SELECT customer_id FROM voucher_customers)"
        f" AND cost_after_discount > 0 AND action NOT IN ({never}) ORDER BY customer_id, moment, line_id"
    )
    for row in _rows(composer, sql):
        facts = dict(zip((*FACTS, "moment"), row, strict=True))
        charge = _charge(facts)
        parts = take(able[facts["customer_id"]], charge)
        if not parts:
            continue
        found.append((facts["line_id"], sum(part.micros for part in parts)))
        line = _line(facts, charge)
        yield from (Draft(part.key, part.micros, line) for part in parts)


def _rows(composer: Composer, sql: str) -> Iterator[tuple[Any, ...]]:
    reader = composer.run(lambda: composer.connection.execute(sql))
    while rows := composer.run(lambda: reader.fetchmany(ROWS_AT_ONCE)):
        yield from rows


def _charge(facts: dict[str, Any]) -> Charge:
    cost: Decimal = facts["cost_after_discount"]
    return Charge(
        micros=int((cost * MICROS_PER_UNIT).to_integral_value(ROUND_DOWN)),
        at=facts["moment"].replace(tzinfo=UTC),
        is_prepaid=facts["charging"] == Charging.PREPAID,
        service=facts["service_code"] or "",
        product=facts["product_code"] or "",
        partner=facts["partner_id"],
        currency=facts["currency"],
    )


def _line(facts: dict[str, Any], charge: Charge) -> Line:
    return Line(
        line_id=facts["line_id"],
        bill_id=(facts["transaction_id"] or "")[:256],
        order_id=(facts["order_id"] or "")[:256],
        charging=facts["charging"] or "",
        service_code=(facts["service_code"] or "")[:256],
        service_name=(facts["service_name"] or "")[:256],
        product_code=(facts["product_code"] or "")[:256],
        product_name=(facts["product_name"] or "")[:256],
        charged_at=charge.at,
    )


def _keep(connection: duckdb.DuckDBPyConnection, found: list[tuple[int, int]]) -> None:
    exact = f"CAST(CAST(micros AS DECIMAL(18,0)) * 0.000001::DECIMAL(7,6) AS {schema.BOOKED})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {DEDUCTIONS} AS SELECT line_id, {exact} AS deduction FROM"  # noqa: S608  # of ours
        " (SELECT unnest($1::BIGINT[]) AS line_id, unnest($2::BIGINT[]) AS micros)",
        [[line for line, _ in found], [micros for _, micros in found]],
    )
