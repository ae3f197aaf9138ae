"""Laying out a month's lines anew: from files by day or by import to files by payer, one at a time.

Nothing here is published. Whatever the size of the month, one file's lines are sorted at a time; which lines go into
which file is told by the manifest, without reading one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import Sum

from openpartner.core.billing.composing import Composer
from openpartner.core.billing.intact import check
from openpartner.core.billing.models import BillFile, BillMonth, BillRange, BillVersion
from openpartner.core.billing.publishing import current_files, stage
from openpartner.lake import schema
from openpartner.lake.summaries import carry_summary, write_summary
from openpartner.lake.write import LINES_A_FILE, Cut, Key, LinesFile, cuts, lines_of, rewrite, within

Tell = Callable[[int, int], None]
"""Told how many lines of how many stand in their new place."""
READ_AT_ONCE = 5_000


class NotTheSame(Exception):
    """The new files do not hold exactly what the old ones do: a bug, which must not be published."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction has staged, and what it replaces."""

    token: str
    drop: tuple[int, ...]
    files: int
    lines: int
    summary: tuple[str, str]


def compact(composer: Composer, month: BillMonth, token: str, tell: Tell, *, lines: int = LINES_A_FILE) -> Compacted:
    """Stage a month's current lines under a token in files of about so many lines, and write their summary.

    Unavailable when a current file is damaged or missing, before anything is written: a copy would hide it for good.
    NotTheSame when lines or amounts have changed on the way.
    """
    lake, connection = composer.lake, composer.connection
    files = current_files(month)
    check(lake, [file.name for file in files], again=True)
    total = sum(file.lines for file in files)
    tell(0, total)
    written: list[LinesFile] = []
    done = 0
    for cut, count in _cuts(files, lines):
        names = [file.name for file in files if _overlaps(file, cut)]
        for condition, part in _parts(composer, names, cut, count, lines):
            one = composer.run(partial(rewrite, lake, connection, names, condition, month=composer.month, part=part))
            stage(month, token, [one])
            written.append(one)
            done += one.lines
            tell(done, total)
    _compare(files, written)
    versions = BillVersion.objects.everything(reason="of a month that is being written").filter(
        month=month, number=month.version
    )
    version = versions.values_list("summary", "summary_sha256").first()
    summary = composer.run(partial(_summary, composer, version, files, [one.name for one in written]))
    return Compacted(token, tuple(file.pk for file in files), len(written), done, summary)


def _cuts(files: Sequence[BillFile], lines: int) -> list[tuple[Cut, int]]:
    """Whose lines go into which file, and how many they are."""
    rows = BillRange.objects.everything(reason="of a month that is being written").filter(
        file__in=[file.pk for file in files]
    )
    grouped = rows.values_list("payer", "partner", "customer").annotate(count=Sum("rows"))
    counts: dict[Key, int] = {
        Key(*row[:3]): row[3] for row in grouped.order_by("payer", "partner", "customer").iterator(READ_AT_ONCE)
    }
    found: list[tuple[Cut, int]] = []
    rest = iter(counts.items())
    for cut in cuts(counts.items(), lines=lines):
        held = 0
        for key, count in rest:
            held += count
            if key == cut.high:
                break
        found.append((cut, held))
    return found


def _overlaps(file: BillFile, cut: Cut) -> bool:
    """Whether a file may hold lines of a cut."""
    low, high = cut
    return (file.low_payer, file.low_partner, file.low_customer) <= high and (
        file.high_payer,
        file.high_partner,
        file.high_customer,
    ) >= low


def _parts(composer: Composer, names: Sequence[str], cut: Cut, count: int, lines: int) -> Iterator[tuple[str, int]]:
    """What a file's lines have in common and 0, or several files' and their places where a customer has too many."""
    if count <= 2 * lines:
        yield within(cut), 0
        return
    source = f"SELECT * FROM ({lines_of(composer.lake, names)}) WHERE {within(cut)}"  # noqa: S608  # of ours
    for part, (first, last) in enumerate(_stretches(composer, source, lines), 1):
        yield f"{within(cut)} AND bill_day BETWEEN DATE '{first}' AND DATE '{last}'", part


def _stretches(composer: Composer, source: str, lines: int) -> list[tuple[date, date]]:
    """Days, both ends included, that hold about so many lines each; they have no gap and no day twice."""
    days = f"SELECT bill_day, count(*) FROM ({source}) GROUP BY 1 ORDER BY 1"  # noqa: S608  # of ours
    counted = composer.run(lambda: composer.connection.execute(days).fetchall())
    found: list[tuple[date, date]] = []
    first, held = counted[0][0], 0
    for day, count in counted:
        if held and held + count > lines:
            found.append((first, day - timedelta(days=1)))
            first, held = day, 0
        held += count
    return [*found, (first, counted[-1][0])]


def _summary(
    composer: Composer, version: tuple[str, str] | None, files: Sequence[BillFile], written: Sequence[str]
) -> tuple[str, str]:
    """The summary of the version that was read, because the lines are the same; made anew where that cannot be."""
    lake, connection, month = composer.lake, composer.connection, composer.month
    if version and not lake.spark:
        before = _totals(files)
        totals = {name: Decimal(before[name]).scaleb(-schema.BOOKED_DECIMALS) for name in schema.AMOUNTS}
        lines = sum(file.lines for file in files)
        if carried := carry_summary(lake, connection, *version, month, lines=lines, totals=totals):
            return carried
    return write_summary(lake, connection, written, month)


def _totals(files: Sequence[BillFile]) -> Counter[str]:
    found: Counter[str] = Counter()
    for file in files:
        found.update({name: int(amount) for name, amount in json.loads(file.totals).items()})
    return found


def _compare(files: Sequence[BillFile], written: Sequence[LinesFile]) -> None:
    """Compare the sums of every amount, and the numbers of lines, of what was and what is to be."""
    before, after = _totals(files), Counter[str]()
    before["lines"] = sum(file.lines for file in files)
    for one in written:
        after["lines"] += one.lines
        after.update(one.totals)
    for name in {*before, *after}:
        if before[name] != after[name]:
            raise NotTheSame(f"{name} was {before[name]} and became {after[name]}")
