"""Setting and ending marks, and asking for them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.core.eligibility.models import AccountMark, Mark
from openpartner.kit import clock

NOTE_MAX = 255
WHY = "what the provider knows of an account decides for every partner, and is shown to none"


@command(Action.MARK_SET, permission=Permission.FLAG_GRANT)
def set_mark(caller: Caller, *, account_id: str, mark: Mark, note: str = "") -> AccountMark:
    """Set a mark on an account of the provider's channel and return it; setting it twice changes nothing."""
    if len(note) > NOTE_MAX:
        raise Invalid("note", f"is longer than {NOTE_MAX} characters")
    account = _account(caller, account_id)
    current = _current(account, mark) or AccountMark.objects.create(
        account=account,
        provider_id=caller.account,
        mark=mark,
        note=note,
        since=clock.now(),
        set_by=caller.user_name,
    )
    record(caller, Action.MARK_SET, subject=account, mark=mark, note=note)
    return current


@command(Action.MARK_ENDED, permission=Permission.FLAG_GRANT)
def end_mark(caller: Caller, *, account_id: str, mark: Mark) -> AccountMark:
    """End a mark of an account and return it; Conflict when it is not set."""
    account = _account(caller, account_id)
    current = _current(account, mark)
    if current is None:
        raise Conflict("the mark is not set")
    current.until, current.ended_by = max(clock.now(), current.since), caller.user_name
    current.save(update_fields=["until", "ended_by"])
    record(caller, Action.MARK_ENDED, subject=account, mark=mark)
    return current


def marks(scope: Scope, account: Account) -> list[AccountMark]:
    """All marks of an account that the provider's scope shows, those that hold first, then newest first."""
    rows = AccountMark.objects.within(scope).filter(account=account)
    return sorted(rows.order_by("-since", "-id"), key=lambda one: one.until is not None)


def marks_of(accounts: Iterable[int]) -> dict[int, set[Mark]]:
    """The marks that hold for accounts, by primary key; accounts without any are not in it."""
    rows = AccountMark.objects.everything(reason=WHY).filter(account__in=list(accounts), until__isnull=True)
    found: dict[int, set[Mark]] = {}
    for account, mark in rows.values_list("account_id", "mark"):
        found.setdefault(account, set()).add(Mark(mark))
    return found


def is_lead(*, email: str, country_code: str, mobile: str) -> bool:
    """Whether the provider has marked an account with this address or number as its own lead (huawei:C8)."""
    same = Q(pk__in=())
    if email:
        same |= Q(email__in={email, email.casefold()})
    if mobile:
        same |= Q(country_code=country_code, mobile=mobile)
    leads = AccountMark.objects.everything(reason=WHY).filter(mark=Mark.LEAD, until__isnull=True)
    accounts = Account.objects.everything(reason=WHY).filter(same, pk__in=leads.values("account"))
    return accounts.exists()


def _account(caller: Caller, account_id: str) -> Account:
    """Any account of the channel, bound or not; the provider alone asks."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("account")
    found = Account.objects.within(caller.scope).filter(account_id=account_id).exclude(pk=caller.account).first()
    if found is None:
        raise NotVisible("account")
    return lock_account(found.pk)


def _current(account: Account, mark: Mark) -> AccountMark | None:
    return AccountMark.objects.everything(reason=WHY).filter(account=account, mark=mark, until__isnull=True).first()
