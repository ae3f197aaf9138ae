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
from functools import partial

from django.db.models import Sum

from openpartner.core.billing.composing import Composer
from openpartner.core.billing.intact import check
from openpartner.core.billing.models import BillFile, BillMonth, BillRange
from openpartner.core.billing.publishing import current_files, stage
from openpartner.lake.summaries import write_summary
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
    names = [one.name for one in written]
    summary = composer.run(partial(write_summary, lake, connection, names, composer.month))
    _compare(files, written)
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


def _compare(files: Sequence[BillFile], written: Sequence[LinesFile]) -> None:
    """Compare the sums of every amount, and the numbers of lines, of what was and what is to be."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for file in files:
        before["lines"] += file.lines
        before.update({name: int(amount) for name, amount in json.loads(file.totals).items()})
    for one in written:
        after["lines"] += one.lines
        after.update(one.totals)
    for name in {*before, *after}:
        if before[name] != after[name]:
            raise NotTheSame(f"{name} was {before[name]} and became {after[name]}")
