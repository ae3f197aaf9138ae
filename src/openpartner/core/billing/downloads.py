"""Files of bills: asked for, made by a job, and fetched by a link that needs nobody to sign in and lives an hour.

A file is of one version of its month: asking again gives the same one, and after a republished month another. The
link is random, only its hash is stored, and it opens one file of one account.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, LimitReached, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.columns import ENGLISH, LANGUAGES, Level
from openpartner.core.billing.models import BillDownload, DownloadLink, MonthState
from openpartner.core.billing.months import first_day, month_text
from openpartner.core.billing.queries import months
from openpartner.core.command import command
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.results import LINK_BYTES, link_hash
from openpartner.kit import clock

KIND = "bill.file"
FOLDER = "bill-files"
KEPT_FOR = timedelta(days=7)
LINK_LIVES_FOR = timedelta(hours=1)
OPEN_MAX = 200
"""Files of one account that are being made at a time."""


class Holds(StrEnum):
    """Whose lines a file has, and whether they are in one piece."""

    ONE = "one"
    """Those of the customer or partner that is named; of a customer's own account, its own. A CSV file."""
    CUSTOMERS = "customers"
    """A CSV file for each direct customer, in a ZIP file."""
    RESELLERS = "resellers"
    """One for each second-level reseller, in a ZIP file."""
    RESELLERS_CUSTOMERS = "reseller-customers"
    """One for each customer of a second-level reseller, in a ZIP file."""
    EVERYBODY = "everybody"
    """All that the account may see, in one CSV file; with what it costs the payer."""

    @property
    def is_pack(self) -> bool:
        """Whether it is a ZIP file."""
        return self in {Holds.CUSTOMERS, Holds.RESELLERS, Holds.RESELLERS_CUSTOMERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file somebody asks for. Whoever names a customer or partner has read it within its scope."""

    month: int
    level: Level
    holds: Holds = Holds.ONE
    partner: int | None = None
    customer: int | None = None
    language: str = ENGLISH

    def __post_init__(self) -> None:
        assert self.language in LANGUAGES


def final_from(month: int) -> datetime:
    """From when on a month's bills may be final: some days into the next month, UTC+8."""
    config = settings.OPENPARTNER
    day = first_day(month + 1).replace(day=config.bill_final_day)
    return datetime(day.year, day.month, day.day, config.bill_final_hour, tzinfo=clock.BEIJING)


def is_final(scope: Scope, month: int) -> bool:
    """Whether all that a scope has of a month is final, and there is any."""
    found = months(scope, first=month, last=month)
    return clock.now() >= final_from(month) and bool(found) and all(one.state is MonthState.FINAL for one in found)


def file_of(caller: Caller, wanted: Wanted) -> BillDownload:
    """The file somebody wants, of the current version of its month; asked for if nobody has yet.

    It can be fetched once `ready_at` is set. Conflict when it is a pack of a month that is not final; LimitReached
    while too many files of the account are being made.
    """
    if wanted.holds.is_pack and not is_final(caller.scope, wanted.month):
        raise Conflict(f"the bills of {month_text(wanted.month)} are not final yet")
    versions = versions_of(caller.scope, wanted.month)
    found = _asked(caller, wanted, versions).first()
    if found is None or (found.ready_at is None and not _is_open(caller, found)):
        return ask_bill_file(caller, wanted=wanted, versions=versions)
    return found


@command(Action.BILL_FILE_ASKED, permission=Permission.BILL_READ)
def ask_bill_file(caller: Caller, *, wanted: Wanted, versions: str) -> BillDownload:
    """Have a file made, or made again after its job failed; returns the row that will say when it is ready."""
    open_ones = Job.objects.within(caller.scope).filter(kind=KIND, state__in=(JobState.QUEUED, JobState.RUNNING))
    if open_ones.count() >= OPEN_MAX:
        raise LimitReached("wait until some of the files that are being made are ready")
    moment = clock.now()
    stored = secrets.token_hex(16)
    row, is_new = _asked(caller, wanted, versions).get_or_create(
        defaults={
            "stored": stored,
            "name": _name(caller, wanted, stored[:6]),
            "asked_at": moment,
            "expires_at": moment + KEPT_FOR,
        },
        **_key(caller, wanted, versions),
    )
    if row.ready_at is None and (is_new or not _is_open(caller, row)):
        row.job = enqueue(caller, KIND, {"download": row.pk}).pk
        row.save(update_fields=["job"])
    record(caller, Action.BILL_FILE_ASKED, month=month_text(wanted.month), file=row.name, job=row.job)
    return row


@command(Action.BILL_FILE_FETCHED, permission=Permission.BILL_READ)
def link_bill_file(caller: Caller, *, download: BillDownload) -> str:
    """A new link to a file that is ready: for an hour, for whoever has it. It is never readable again."""
    assert download.account == caller.account
    assert download.ready_at is not None
    link = secrets.token_urlsafe(LINK_BYTES)
    moment = clock.now()
    DownloadLink.objects.create(
        account=caller.account, download=download, link_hash=link_hash(link), expires_at=moment + LINK_LIVES_FOR
    )
    rows = BillDownload.objects.within(caller.scope).filter(pk=download.pk)
    rows.filter(expires_at__lt=moment + KEPT_FOR / 2).update(expires_at=moment + KEPT_FOR)
    record(caller, Action.BILL_FILE_FETCHED, month=month_text(download.month), file=download.name)
    return link


def bill_files_of(caller: Caller, limit: int) -> list[tuple[BillDownload, JobState | None]]:
    """The files that the caller's account has asked for, newest first, each with the state of its job."""
    rows = list(_own(caller).order_by("-asked_at", "-pk")[:limit])
    jobs = Job.objects.everything(reason="another of the account's people may have asked first").filter(
        account=caller.account, pk__in=[row.job for row in rows if row.job is not None]
    )
    states = {key: JobState(state) for key, state in jobs.values_list("pk", "state")}
    return [(row, states.get(row.job or 0)) for row in rows]


def get_bill_file(caller: Caller, key: int) -> BillDownload:
    """A file of the caller's account that is ready; NotVisible for any other."""
    row = _own(caller).filter(pk=key, ready_at__isnull=False, expires_at__gt=clock.now()).first()
    if row is None:
        raise NotVisible("file")
    return row


def open_link(link: str) -> tuple[BillDownload, BinaryIO]:
    """The file behind a link, open for reading. NotVisible when it is unknown, expired or gone."""
    links = DownloadLink.objects.everything(reason="whoever has the link is who it was given to")
    row = links.filter(link_hash=link_hash(link), expires_at__gt=clock.now()).first()
    if row is None:
        raise NotVisible("file")
    files = BillDownload.objects.everything(reason="of the account that the link is bound to")
    found = files.filter(pk=row.download_id, account=row.account, ready_at__isnull=False).first()
    if found is None:
        raise NotVisible("file")
    try:
        return found, path_of(found.stored).open("rb")
    except FileNotFoundError as error:
        raise NotVisible("file") from error


def versions_of(scope: Scope, month: int) -> str:
    """A name for the versions of a month that a scope sees: it changes whenever one of them does."""
    found = [f"{one.cloud}:{one.version}" for one in months(scope, first=month, last=month)]
    return hashlib.sha256(",".join(sorted(found)).encode()).hexdigest()


def path_of(stored: str) -> Path:
    """Where the file of a generated name stands."""
    folder: Path = settings.OPENPARTNER.data_path
    return folder.resolve() / FOLDER / stored


def anything_expired() -> bool:
    """Whether a file or a link has expired."""
    expired = Q(expires_at__lte=clock.now())
    return any(
        model.objects.everything(reason="expired ones are nobody's").filter(expired).exists()
        for model in (BillDownload, DownloadLink)
    )


def forget_expired() -> int:
    """Delete expired links, expired files with their rows, and files that no row names; returns how many files went."""
    moment = clock.now()
    DownloadLink.objects.everything(reason="expired ones are nobody's").filter(expires_at__lte=moment).delete()
    gone = 0
    for row in BillDownload.objects.everything(reason="expired ones are nobody's").filter(expires_at__lte=moment):
        row.delete()
        path_of(row.stored).unlink(missing_ok=True)
        gone += 1
    named = set(BillDownload.objects.everything(reason="sweeping").values_list("stored", flat=True))
    # A younger one may belong to a job that has not ended.
    settled = moment.timestamp() - timedelta(hours=6).total_seconds()
    folder = path_of("")
    for file in folder.iterdir() if folder.exists() else ():
        if file.name not in named and file.stat().st_mtime < settled:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _own(caller: Caller) -> QuerySet[BillDownload]:
    rows = BillDownload.objects.within(caller.scope)
    return rows.filter(account=caller.account, manager=caller.scope.manager or 0)


def _asked(caller: Caller, wanted: Wanted, versions: str) -> QuerySet[BillDownload]:
    return BillDownload.objects.within(caller.scope).filter(**_key(caller, wanted, versions))


def _key(caller: Caller, wanted: Wanted, versions: str) -> dict[str, object]:
    return {
        "account": caller.account,
        "manager": caller.scope.manager or 0,
        "month": wanted.month,
        "versions": versions,
        "level": wanted.level,
        "holds": wanted.holds,
        "partner": wanted.partner or 0,
        "customer": wanted.customer or 0,
        "language": wanted.language,
    }


def _is_open(caller: Caller, row: BillDownload) -> bool:
    """Whether its job may still end well."""
    jobs = Job.objects.everything(reason="another of the account's people may have asked first").filter(pk=row.job or 0)
    state = jobs.filter(account=caller.account).values_list("state", flat=True).first()
    return state in {JobState.QUEUED, JobState.RUNNING}


STEMS = {
    Level.SUMMARY: "L1-bill_summary",
    Level.RESOURCES: "L2-bill_by_Instance",
    Level.DETAILS: "L3-bill_details",
    Level.MONTHLY: "L3-bill_details_by_Month",
}
"""tencent:D.5: what the vendor's files are called."""
PACKS = {
    Holds.CUSTOMERS: "-AllCustomersBills",
    Holds.RESELLERS: "-AllResellersBills",
    Holds.RESELLERS_CUSTOMERS: "-AllResellersBills",
    Holds.EVERYBODY: "-AllBills",
}


def name_of(level: Level, uin: int, month: int, mark: str, *, among: str = "", suffix: str = "csv") -> str:
    """The name of a file as its reader sees it."""
    return f"{STEMS[level]}-{uin}{among}-{month_text(month).replace('-', '')}-{mark}.{suffix}"


def _name(caller: Caller, wanted: Wanted, mark: str) -> str:
    uin, named = caller.uin, wanted.customer or wanted.partner
    if wanted.holds is Holds.ONE and named and named != caller.account:
        accounts = Account.objects.everything(reason="read within the caller's scope by whoever asks for the file")
        uin = accounts.values_list("uin", flat=True).get(pk=named)
    suffix = "zip" if wanted.holds.is_pack else "csv"
    return name_of(wanted.level, uin, wanted.month, mark, among=PACKS.get(wanted.holds, ""), suffix=suffix)
