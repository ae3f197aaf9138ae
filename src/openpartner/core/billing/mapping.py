"""Whose an account of a cloud is: the dated table that leads a line to its customer, and who may change it.

A row is never changed but ended. Whatever is added or ended, the lines of that account are placed anew by a job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.models import CloudAccount
from openpartner.core.billing.placing import LAST, Source
from openpartner.core.command import command
from openpartner.core.jobs.enqueue import enqueue
from openpartner.kit import clock

PLACE_KIND = "bill.place"
TEXT_MAX = 128
CLOUD_MAX = 64
PLACED_AT_ONCE = 500
"""Accounts that one job names; of more, every account is looked at."""
CANDIDATES_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """An account of a cloud and the customer it belongs to, from a day on and before another."""

    cloud: str
    billing_account: str
    sub_account: str = ""
    customer: str
    """The uin, account id or account name."""
    since: date
    until: date | None = None

    @property
    def source(self) -> Source:
        return Source(self.cloud, self.billing_account, self.sub_account)


@command(Action.CLOUD_ACCOUNT_ADDED, permission=Permission.IMPORT)
def add_cloud_account(caller: Caller, *, mapping: Mapping) -> CloudAccount:
    """Assign an account of a cloud to a customer; its lines find it by a job that is enqueued.

    Invalid when a value is none or there is no such customer; Conflict when somebody has the account on one of these
    days already.
    """
    provider = must_be_provider(caller)
    lock_account(provider)
    checked, customer = _checked(caller, mapping)
    if overlapping(provider, checked.source, checked.since, checked.until).exists():
        raise Conflict("the account belongs to a customer on some of these days already; end that first")
    row = insert(caller, checked, customer.pk)
    place(caller, [checked.source])
    record(caller, Action.CLOUD_ACCOUNT_ADDED, subject=customer, **told(row))
    return row


@command(Action.CLOUD_ACCOUNT_ENDED, permission=Permission.IMPORT)
def end_cloud_account(caller: Caller, *, key: int, until: date) -> CloudAccount:
    """Say on which day an account is no longer its customer's; its later lines have none by a job that is enqueued.

    NotVisible when there is no such row; Conflict when it has ended; Invalid when it would end before it began.
    """
    provider = must_be_provider(caller)
    lock_account(provider)
    row = CloudAccount.objects.within(Scope(provider=provider)).filter(pk=key).select_related("customer").first()
    if row is None:
        raise NotVisible("account of a cloud")
    if row.until is not None:
        raise Conflict("it has ended already")
    if until <= row.since:
        raise Invalid("until", "is not after the first day")
    row.until = until
    row.save(update_fields=["until"])
    place(caller, [Source(row.cloud, row.billing_account, row.sub_account)])
    record(caller, Action.CLOUD_ACCOUNT_ENDED, subject=row.customer, **told(row))
    return row


def find_customer(caller: Caller, text: str) -> Account:
    """The customer of a uin, an account id or an account name. Invalid when there is none."""
    rows = Account.objects.within(caller.scope).filter(kind=AccountKind.CUSTOMER.value)
    text = text.strip()
    named = Q(account_id=text) | Q(account_name=text)
    if text.isascii() and text.isdigit() and len(text) < 19:
        named |= Q(uin=int(text))
    found = list(rows.filter(named)[:2])
    if len(found) != 1:
        raise Invalid("customer", "is no customer's uin, account id or account name")
    return found[0]


def overlapping(provider: int, source: Source, since: date, until: date | None) -> QuerySet[CloudAccount]:
    """The rows of the same account that have one of these days."""
    rows = CloudAccount.objects.within(Scope(provider=provider)).filter(
        cloud=source.cloud, billing_account=source.billing_account, sub_account=source.sub_account
    )
    return rows.filter(Q(until__isnull=True) | Q(until__gt=since), since__lt=until or LAST)


def insert(caller: Caller, mapping: Mapping, customer: int) -> CloudAccount:
    """The row; no checks and no record."""
    return CloudAccount.objects.create(
        provider_id=caller.account,
        cloud=mapping.cloud,
        billing_account=mapping.billing_account,
        sub_account=mapping.sub_account,
        customer_id=customer,
        since=mapping.since,
        until=mapping.until,
        added_at=clock.now(),
        added_by=caller.user_name[:TEXT_MAX],
    )


def place(caller: Caller, sources: Sequence[Source]) -> None:
    """Enqueue the job that places the lines of these accounts anew."""
    some = [list(one) for one in sources] if len(sources) <= PLACED_AT_ONCE else None
    enqueue(caller, PLACE_KIND, {"accounts": some, "clouds": sorted({one.cloud for one in sources})})


def told(row: CloudAccount) -> dict[str, Any]:
    """What the audit log says of a row."""
    return {
        "cloud": row.cloud,
        "billing_account": row.billing_account,
        "sub_account": row.sub_account,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }


def proposals(caller: Caller, names: Sequence[str]) -> dict[str, list[Account]]:
    """Customers that are called as an account of a cloud is: proposals, which a person confirms or not."""
    must_be_provider(caller)
    folded = {name: "".join(name.casefold().split()) for name in names if name.strip()}
    by_name: dict[str, list[Account]] = defaultdict(list)
    plain = {name.casefold().strip() for name in folded}
    rows = Account.objects.within(caller.scope).filter(kind=AccountKind.CUSTOMER.value)
    for account in rows.filter(Q(legal_name_folded__in=plain) | Q(account_name_folded__in=plain)).order_by("pk"):
        for called in {account.legal_name, account.account_name}:
            by_name["".join(called.casefold().split())].append(account)
    return {name: by_name[key][:CANDIDATES_MAX] for name, key in folded.items() if by_name.get(key)}


def _checked(caller: Caller, mapping: Mapping) -> tuple[Mapping, Account]:
    cleaned = clean(mapping)
    return cleaned, find_customer(caller, cleaned.customer)


def clean(mapping: Mapping) -> Mapping:
    """The same, spelled as bill lines spell it. Invalid when a value cannot be one."""
    cloud = mapping.cloud.strip().casefold()
    billing, sub = mapping.billing_account.strip(), mapping.sub_account.strip()
    for field, text, length, is_needed in (
        ("cloud", cloud, CLOUD_MAX, True),
        ("billing_account", billing, TEXT_MAX, True),
        ("sub_account", sub, TEXT_MAX, False),
    ):
        if is_needed and not text:
            raise Invalid(field, "is needed")
        if "\0" in text:
            raise Invalid(field, "is no text")
        if len(text) > length:
            raise Invalid(field, f"is longer than {length} characters")
    if mapping.until is not None and mapping.until <= mapping.since:
        raise Invalid("until", "is not after the first day")
    return Mapping(
        cloud=cloud,
        billing_account=billing,
        sub_account=sub,
        customer=mapping.customer,
        since=mapping.since,
        until=mapping.until,
    )
