"""Staging files and making them current: what readers see changes in one small transaction, whatever came before."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.billing import spend
from openpartner.core.billing.followers import FOLLOWERS, Published
from openpartner.core.billing.models import BillFile, BillMonth, BillSpan, BillVersion, MonthState, Reason
from openpartner.core.billing.months import month_text
from openpartner.kit import clock
from openpartner.lake import schema
from openpartner.lake.write import LinesFile, Range

ROWS_AT_ONCE = 5_000
TOKEN_BYTES = 16
INSERT_RANGE = (
    'INSERT INTO bill_range (file_id, payer, partner, customer, first_row, "rows", total)'
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
"""By hand: a customer in a file is a row, and the ORM takes as long for them as the file does."""
STAGED_FOR = timedelta(days=1)
"""Files of an attempt that has not published them by then are swept, so an older attempt may not publish any more."""


class Span(NamedTuple):
    """The lines of one partner in one file: they are neighbours."""

    payer: int
    partner: int
    first_row: int
    rows: int


class Stale(Exception):
    """Somebody else has published the month since it was read, or the attempt is too old: do it once more."""


def month_row(provider: int, cloud: str, month: int) -> BillMonth:
    """The row of a cloud's month, made if there is none."""
    with transaction.atomic():
        row, _is_new = BillMonth.objects.everything(reason="made by whoever publishes").get_or_create(
            provider_id=provider, cloud=cloud, month=month
        )
    return row


def new_token() -> str:
    """A name for one attempt to publish, which tells when it began."""
    return f"{secrets.token_hex(TOKEN_BYTES)}-{clock.epoch_seconds()}"


def current_files(month: BillMonth) -> list[BillFile]:
    """The files of the version that a month row was read at, in the order of their lines."""
    rows = BillFile.objects.everything(reason="of a month that is being written").filter(
        Q(until__isnull=True) | Q(until__gt=month.version), month=month, since__lte=month.version
    )
    return list(rows.order_by("low_payer", "low_partner", "low_customer", "day", "name"))


def stage(month: BillMonth, token: str, files: Iterable[LinesFile]) -> list[BillFile]:
    """Put files into the manifest that belong to no version yet: nobody reads them."""
    staged = []
    for one in files:
        with transaction.atomic():
            row = BillFile.objects.create(
                provider_id=month.provider_id,
                month=month,
                name=one.name,
                staged_at=clock.now(),
                staged_by=token,
                day=one.day,
                low_payer=one.low.payer,
                low_partner=one.low.partner,
                low_customer=one.low.customer,
                high_payer=one.high.payer,
                high_partner=one.high.partner,
                high_customer=one.high.customer,
                lines=one.lines,
                size=one.size,
                sha256=one.sha256,
                totals=_totals_text(one.totals),
            )
            with connection.cursor() as cursor:
                cursor.executemany(INSERT_RANGE, _ranges(row, one))
            spans = [BillSpan(file=row, **span._asdict()) for span in spans_of(one.ranges)]
            BillSpan.objects.bulk_create(spans, batch_size=ROWS_AT_ONCE)
        staged.append(row)
    return staged


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What becomes of a month: what was staged under the token comes, the files that are named go."""

    token: str
    drop: Sequence[int]
    summary: tuple[str, str]
    """Name and SHA-256 of the summary of what is then current."""
    reason: Reason
    job: int | None = None
    changes: dict[str, Any] | None = None
    """What a restatement changed, for people."""
    state: MonthState | None = None
    """What the month is from then on; as before when it is not given."""


def publish(caller: Caller, month: BillMonth, one: Publication) -> BillVersion:
    """Make what was staged under a token current and files that are dropped not. Stale when the month has moved on.

    Part of the caller's transaction if there is one: whatever else must change with the bills is written beside it.
    """
    moment = clock.now()
    begun = int(one.token.rpartition("-")[2])
    if moment.timestamp() - begun > STAGED_FOR.total_seconds() / 2:
        raise Stale
    number = month.version + 1
    with transaction.atomic():
        _move(month, number, one.state)
        files = BillFile.objects.everything(reason="of a month that is being published")
        added = files.filter(month=month, staged_by=one.token, since__isnull=True).update(since=number)
        gone = files.filter(month=month, pk__in=list(one.drop), until__isnull=True).update(until=number, gone_at=moment)
        assert gone == len(one.drop), "a file that is dropped belongs to the version that was read"
        current = list(files.filter(month=month, since__lte=number, until__isnull=True).values_list("lines", "totals"))
        totals = _sum([json.loads(text) for _lines, text in current])
        version = BillVersion.objects.create(
            provider_id=month.provider_id,
            month=month,
            number=number,
            reason=one.reason,
            job=one.job,
            published_at=moment,
            schema=schema.VERSION,
            lines=sum(lines for lines, _text in current),
            totals=_totals_text(totals),
            summary=one.summary[0],
            summary_sha256=one.summary[1],
            changes=json.dumps(one.changes or {}),
        )
        record(
            caller,
            Action.BILLS_PUBLISHED,
            cloud=month.cloud,
            month=month_text(month.month),
            version=number,
            reason=one.reason.value,
            lines=version.lines,
            files_added=added,
            files_dropped=gone,
        )
        was = MonthState(month.state)
        month.refresh_from_db()
        published = Published(month, version, was, spend.keep(month, one.summary[0]))
        for follow in FOLLOWERS:
            follow(caller, published)
    return version


def _move(month: BillMonth, number: int, state: MonthState | None) -> None:
    """Raise the version, if it is still the one that was read."""
    moment = clock.now()
    becomes = state or MonthState(month.state)
    values: dict[str, Any] = {"version": number, "published_at": moment, "state": becomes}
    if becomes is MonthState.FINAL and month.state == MonthState.OPEN:
        values["final_at"] = moment
    elif becomes is MonthState.FINAL:
        values["restated_at"] = moment
    rows = BillMonth.objects.everything(reason="of the month that is being published")
    if rows.filter(pk=month.pk, version=month.version, state=month.state).update(**values) != 1:
        raise Stale


def _ranges(row: BillFile, one: LinesFile) -> list[tuple[int | str, ...]]:
    return [(row.pk, *found.key, found.first_row, found.rows, str(found.total)) for found in one.ranges]


def spans_of(ranges: Iterable[Range]) -> list[Span]:
    """The lines of each partner in one file, given those of each of its customers in the file's order."""
    spans: list[Span] = []
    for one in ranges:
        if spans and (spans[-1].payer, spans[-1].partner) == (one.key.payer, one.key.partner):
            spans[-1] = spans[-1]._replace(rows=spans[-1].rows + one.rows)
        else:
            spans.append(Span(one.key.payer, one.key.partner, one.first_row, one.rows))
    return spans


def _totals_text(totals: dict[str, int]) -> str:
    return json.dumps({name: str(total) for name, total in totals.items() if total})


def _sum(parts: list[dict[str, str]]) -> dict[str, int]:
    return {name: sum(int(part.get(name, 0)) for part in parts) for name in schema.AMOUNTS}
