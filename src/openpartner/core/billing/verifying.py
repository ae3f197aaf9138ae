"""Checking the lake against its manifest: every file, every range, every summary and every recorded total."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from openpartner.core.billing import spend
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillFile, BillMonth, BillRange, BillSpan, BillVersion
from openpartner.core.billing.months import month_text
from openpartner.core.billing.publishing import Span, current_files, spans_of
from openpartner.lake.store import Lake
from openpartner.lake.verify import Recorded, check_file, check_summary, totals_of
from openpartner.lake.write import Key, Range

if TYPE_CHECKING:
    import duckdb

Tell = Callable[[int, int], None]
"""Told how many files of how many have been looked at."""


def verify_lake(tell: Tell = lambda _done, _total: None) -> Iterator[str]:
    """What is wrong with what is current, in sentences; nothing when all is as recorded."""
    lake = working_lake()
    months = list(BillMonth.objects.everything(reason="verifying").filter(version__gt=0).order_by("month", "cloud"))
    total = sum(len(current_files(month)) for month in months)
    done = 0
    with closing(lake.connect()) as connection:
        for month in months:
            told = f"{month.cloud} {month_text(month.month)}"
            whole = True
            names: list[str] = []
            for file in current_files(month):
                for fault in _check(lake, connection, file):
                    whole = False
                    yield f"{told}: {fault}"
                names.append(file.name)
                done += 1
                tell(done, total)
            if whole:  # sums over damaged files would only repeat what was said
                yield from (f"{told}: {fault}" for fault in _check_version(lake, connection, month, names))


def _check(lake: Lake, connection: duckdb.DuckDBPyConnection, file: BillFile) -> Iterator[str]:
    rows = BillRange.objects.everything(reason="verifying").filter(file=file).order_by("first_row")
    ranges = tuple(
        Range(Key(row.payer, row.partner, row.customer), row.first_row, row.rows, int(row.total)) for row in rows
    )
    said = Recorded(
        name=file.name,
        day=file.day,
        lines=file.lines,
        size=file.size,
        sha256=file.sha256,
        totals={name: int(total) for name, total in json.loads(file.totals).items()},
        ranges=ranges,
    )
    yield from check_file(lake, connection, said)
    ends = (
        Key(file.low_payer, file.low_partner, file.low_customer),
        Key(file.high_payer, file.high_partner, file.high_customer),
    )
    if not ranges or ends != (ranges[0].key, ranges[-1].key):
        yield f"{file.name}: its first or last customer is not the one recorded"
    if _spans(file) != spans_of(ranges):
        yield f"{file.name}: the rows of its partners are not those of their customers"


def _spans(file: BillFile) -> list[Span]:
    rows = BillSpan.objects.everything(reason="verifying").filter(file=file).order_by("first_row")
    return [Span(*values) for values in rows.values_list("payer", "partner", "first_row", "rows")]


def _check_version(
    lake: Lake, connection: duckdb.DuckDBPyConnection, month: BillMonth, names: list[str]
) -> Iterator[str]:
    version = BillVersion.objects.everything(reason="verifying").filter(month=month, number=month.version).first()
    if version is None:
        yield f"version {month.version} is not recorded"
        return
    wrong = list(check_summary(lake, connection, version.summary, version.summary_sha256, names))
    yield from wrong
    lines, totals = totals_of(lake, connection, names)
    if lines != version.lines:
        yield f"version {version.number} has {lines} lines, recorded {version.lines}"
    recorded = {name: int(total) for name, total in json.loads(version.totals).items()}
    for amount, found in totals.items():
        if found != recorded.get(amount, 0):
            yield f"version {version.number}: {amount} adds up to {found}e-8, recorded {recorded.get(amount, 0)}e-8"
    if not wrong:  # what is kept is compared with the summary
        yield from spend.faults(lake, month, version.summary)
