"""A year of bills for the demo's customers, in two clouds: published month by month, as imports would have.

Lines are made by DuckDB and never pass through Python, file by file, so that their number costs time and no memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from openpartner.core.base.caller import Caller
from openpartner.core.billing.imports import ImportState
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillImport, BillMonth, MonthState, Reason
from openpartner.core.billing.months import last_day, month_of_day, month_text
from openpartner.core.billing.publishing import Publication, month_row, new_token, publish, stage
from openpartner.core.catalogue.entries import HUAWEI, TENCENT
from openpartner.demo import bills_focus, bills_lines, bills_lots, bills_tables, budgets, credit, plan, vouchers
from openpartner.demo.bills_lots import Span
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.lake.store import Lake
from openpartner.lake.summaries import write_summary
from openpartner.lake.write import LinesFile, write_file

if TYPE_CHECKING:
    import duckdb

MONTHS = 13
FORMATS = {TENCENT: "tencent-l3", HUAWEI: "huawei-records"}
LINES_A_MONTH = 30_000
LINES_A_CUSTOMER = 15
"""A small channel has small bills."""
TENCENT_PERCENT = 60
FINAL_ON, FINAL_AT = 5, time(1, 0)
"""When a month is final: in the month after it, in the vendors' zone."""
RESTATED_MONTHS_AGO, RESTATED_AFTER = 3, timedelta(days=9)
SAMPLED = 40
"""One line in so many was priced wrongly in the month that is restated."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Bills:
    """What bills are made with."""

    caller: Caller
    lake: Lake
    connection: duckdb.DuckDBPyConnection
    seed: int
    tell: Callable[[int], None]


def build(caller: Caller, *, customers: int, seed: int, lines: int | None, tell: Tell, money: bool = True) -> int:
    """Bill the channel until yesterday and return the number of lines.

    `lines` is about how many the largest month shall have, nothing for as many as suit the channel: more than usual go
    into the last whole month of one cloud. With `money` customers have credit, budgets and vouchers for them.
    """
    spans = _spans(customers, lines)
    total = sum(span.lines for span in spans)
    lake, done = working_lake(), 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        tell("bill lines", min(done, total), total)

    tell("bill lines", 0, total)
    with closing(lake.connect()) as connection:
        for macro in bills_lines.MACROS:
            connection.execute(macro)
        for cloud in (TENCENT, HUAWEI):
            bills_tables.create(connection, cloud)
        bills_lots.read_channel(connection, caller.account, seed)
        bills = Bills(caller, lake, connection, seed, told)
        newest = spans[-1].month
        for span in spans:
            if money and span.month == newest and span.cloud == TENCENT:
                tell("credit", 0, 0)
                credit.confirm(newest - 2)
                credit.give(caller, newest)
                budgets.give(caller, newest)
                vouchers.give(caller, newest)
            _bill(bills, span)
        if money:
            credit.cover(newest)
        bills_focus.build(caller, lake, connection, month=spans[-1].month - 1, seed=seed)
    return done


def _spans(customers: int, lines: int | None) -> list[Span]:
    """The months of both clouds, oldest first; business grows from month to month."""
    yesterday = max(clock.now(), plan.ENDS).astimezone(BEIJING).date() - timedelta(days=1)
    usual = min(LINES_A_MONTH, customers * LINES_A_CUSTOMER)
    if lines is not None:
        usual = min(usual, lines)
    newest = month_of_day(yesterday)
    spans = []
    for ago in reversed(range(MONTHS)):
        month = newest - ago
        for cloud, percent in ((TENCENT, TENCENT_PERCENT), (HUAWEI, 100 - TENCENT_PERCENT)):
            count = usual * percent * (100 - 3 * ago) // 10_000
            if lines is not None and lines > usual and ago == 1 and cloud == TENCENT:
                count = lines
            spans.append(Span(cloud, month, min(yesterday, last_day(month)), count))
    return spans


def _bill(bills: Bills, span: Span) -> None:
    """Publish one month of one cloud: day files while it is open, and once more where it is restated."""
    count = bills_lots.draw(bills.connection, span, bills.seed)
    if not count:
        return
    month = month_row(bills.caller.account, span.cloud, span.month)
    brought = _import(bills, span, count)
    if not span.is_whole:
        with clock.frozen(datetime.combine(span.until + timedelta(days=1), time(3, 0), BEIJING)):
            _publish(bills, month, _day_files(bills, span, brought.pk), MonthState.OPEN, Reason.IMPORT)
        return
    final = datetime.combine(last_day(span.month) + timedelta(days=FINAL_ON), FINAL_AT, BEIJING)
    newest = month_of_day(max(clock.now(), plan.ENDS).astimezone(BEIJING).date())
    is_restated = span.cloud == TENCENT and span.month == newest - RESTATED_MONTHS_AGO
    with clock.frozen(min(final, clock.now())):
        first = _publish(bills, month, _files(bills, span, brought.pk, wrong=is_restated), MonthState.FINAL,
                         Reason.IMPORT)  # fmt: skip  # a list to look over
    if is_restated:
        with clock.frozen(final + RESTATED_AFTER):
            files = _files(bills, span, brought.pk)
            _publish(bills, month, files, MonthState.FINAL, Reason.RESTATE, drop=first)


def _import(bills: Bills, span: Span, count: int) -> BillImport:
    """The row of the import that would have brought the month: its lines are numbered and placed by it."""
    name = f"{span.cloud}-{month_text(span.month)}-demo.csv"
    moment = datetime.combine(span.until + timedelta(days=1), time(3, 0), BEIJING)
    return BillImport.objects.create(
        provider_id=bills.caller.account,
        name=name,
        sha256=hashlib.sha256(f"{name} of seed {bills.seed}".encode()).hexdigest(),
        format=FORMATS[span.cloud],
        state=ImportState.PUBLISHED,
        lines=count,
        created_at=moment,
        published_at=moment,
        summary=json.dumps({}),
    )


def _files(bills: Bills, span: Span, import_id: int, *, wrong: bool = False) -> Iterator[LinesFile]:
    for first, last, count in list(bills_lots.cuts(bills.connection)):
        source = bills_lines.lines_sql(
            cloud=span.cloud, month=span.month, seed=bills.seed, import_id=import_id, first=first, last=last
        )
        if wrong:
            source = _mispriced(source)
        yield write_file(bills.lake, bills.connection, source, month=month_text(span.month))
        bills.tell(count)


def _day_files(bills: Bills, span: Span, import_id: int) -> Iterator[LinesFile]:
    """A file for each day. The lines of an open month are few enough to stand in a table meanwhile."""
    source = bills_lines.lines_sql(
        cloud=span.cloud, month=span.month, seed=bills.seed, import_id=import_id, first=1, last=2**62
    )
    bills.connection.execute(f"CREATE OR REPLACE TEMP TABLE open_month AS {source}")
    for (day,) in bills.connection.execute("SELECT DISTINCT bill_day FROM open_month ORDER BY 1").fetchall():
        lines = f"SELECT * FROM open_month WHERE bill_day = DATE '{day}'"  # noqa: S608  # a date
        one = write_file(bills.lake, bills.connection, lines, month=month_text(span.month), day=day)
        yield one
        bills.tell(one.lines)
    bills.connection.execute("DROP TABLE open_month")


def _mispriced(source: str) -> str:
    """Lines as they were delivered first: some of them without their discount."""
    paid = {"cash_paid": "prepaid", "credit_paid": "postpaid"}
    changed = dict.fromkeys((*bills_lines.COSTS, "billed_delivered"), "list_cost - reservation_deduction")
    changed |= {
        name: f"CASE WHEN (charging = 'prepaid') = ('{charging}' = 'prepaid') THEN list_cost - reservation_deduction"
        " ELSE 0 END"
        for name, charging in paid.items()
    }
    changed["customer_discount_rate"] = "1"
    replaced = ", ".join(
        f"CAST(CASE WHEN line_id % {SAMPLED} = 0 THEN {sql} ELSE {name} END"
        f" AS {'DECIMAL(38,15)' if name.endswith('delivered') else 'DECIMAL(18,8)'}) AS {name}"
        for name, sql in changed.items()
    )
    return f"SELECT * REPLACE ({replaced}) FROM ({source})"  # noqa: S608  # of ours


def _publish(
    bills: Bills,
    month: BillMonth,
    files: Iterator[LinesFile],
    state: MonthState,
    reason: Reason,
    *,
    drop: list[int] | None = None,
) -> list[int]:
    """Stage and publish; returns the keys of the files."""
    token = new_token()
    staged = stage(month, token, files)
    summary = write_summary(bills.lake, bills.connection, [one.name for one in staged], month_text(month.month))
    lines = sum(one.lines for one in staged)
    changes = {"lines_replaced": lines, "lines_written": lines} if drop else {}
    one = Publication(token=token, drop=drop or [], summary=summary, reason=reason, state=state, changes=changes)
    publish(bills.caller, month, one)
    return [row.pk for row in staged]
