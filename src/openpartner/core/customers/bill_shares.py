"""Whose bill lines a customer may read: its own, and as an enterprise master those of its members while they are so.

huawei:A4. A unified member's lines are paid by the master from the day it joined, so they are a share of their own;
an independent member pays itself. A day belongs to one side as a whole, in the zone of bill days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from openpartner.core.access.scopes import scope_for
from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.base.caller import Caller
from openpartner.core.base.compiled import SQLITE, execute, this_connection
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountingMode, AccountKind, AssociationKind
from openpartner.core.base.scope import Scope
from openpartner.kit.clock import BEIJING

ONE_DAY = timedelta(days=1)
_OWN = (
    "SELECT a.provider_id, a.bills_visible, EXISTS (SELECT 1 FROM enterprise_member m"
    " WHERE m.master_id = a.id OR m.member_id = a.id) FROM account a WHERE a.id = ?"
)
"""Of the caller alone. Few customers are of an enterprise: the others need no second statement."""


@dataclass(frozen=True, slots=True)
class Named:
    """How an account is known."""

    account_id: str
    account_name: str


@dataclass(frozen=True, slots=True)
class BillShare:
    """Lines of one way of paying: of whom, of which days, and who pays for them."""

    scope: Scope
    customers: frozenset[int]
    since: date | None = None
    until: date | None = None
    """Days, both included; None where the asked days bound it anyway."""
    payer: str = ""
    """The account id of the master that pays; empty where each pays for itself."""
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Visible:
    """All shares of a caller in some days, and the names of everybody in them by primary key."""

    shares: tuple[BillShare, ...]
    names: Mapping[int, Named]
    independent: int
    """How many independent members there are."""


def visible_bills(caller: Caller, first: date, last: date) -> Visible:
    """What a customer may read of some days. NotAllowed when its partner has closed the view of bills (huawei:B20)."""
    assert caller.scope.customer == caller.account, "asked of customers alone"
    found = execute(_OWN if this_connection().vendor == SQLITE else _OWN.replace("?", "%s"), (caller.account,))
    if not found or not found[0][1]:
        raise NotAllowed("the partner has closed the view of bills: ask the associated partner")
    provider, _, is_of_enterprise = found[0]
    rows = _memberships(caller.account, first, last) if is_of_enterprise else []
    names = {caller.account: Named(caller.account_id, caller.account_name)}
    shares = list(_own(caller, [row for row in rows if row.member_id == caller.account], first, last))
    members: dict[tuple[date | None, date | None, str], set[int]] = {}
    independent = set()
    for row in rows:
        if row.master_id != caller.account:
            continue
        begin, end = _days(row)
        if begin > last or end < first:
            continue
        names[row.member_id] = Named(row.member.account_id, row.member.account_name)
        is_unified = row.mode == AccountingMode.UNIFIED
        if not is_unified:
            independent.add(row.member_id)
        key = (begin if begin > first else None, end if end < last else None, caller.account_id if is_unified else "")
        members.setdefault(key, set()).add(row.member_id)
    if members:
        # Members share the master's provider (add_member sees to it). The names of the members narrow it to them.
        wide = scope_for(account=provider, kind=AccountKind.PROVIDER)
        shares += [
            BillShare(wide, frozenset(customers), since, until, payer, is_own=False)
            for (since, until, payer), customers in members.items()
        ]
    return Visible(tuple(shares), names, len(independent))


def is_sold_by_partner(caller: Caller) -> bool:
    """Whether a partner pays the provider for a customer: bound by resale or agency sale, not by referral."""
    kind = Account.objects.within(caller.scope).values_list("association_kind", flat=True).first()
    return kind in {AssociationKind.RESALE, AssociationKind.AGENCY}


def _memberships(account: int, first: date, last: date) -> list[EnterpriseMember]:
    """Those that touch the days, as master or as member, oldest first."""
    begin = datetime.combine(first, time.min, BEIJING)
    end = datetime.combine(last + ONE_DAY, time.min, BEIJING)
    rows = EnterpriseMember.objects.everything(reason="the caller is the master or the member").filter(
        Q(master=account) | Q(member=account), since__lt=end
    )
    return list(rows.exclude(until__lte=begin).select_related("member", "master").order_by("since", "id"))


def _own(caller: Caller, rows: list[EnterpriseMember], first: date, last: date) -> Iterator[BillShare]:
    """The caller's own lines: paid by itself, but for the days on which a master paid."""
    customers = frozenset({caller.account})
    day = first
    for row in rows:
        begin, end = _days(row)
        if row.mode != AccountingMode.UNIFIED or end < day or begin > last:
            continue
        if begin > day:
            yield BillShare(caller.scope, customers, day if day > first else None, begin - ONE_DAY)
        since, until = max(begin, day), min(end, last)
        yield BillShare(
            caller.scope,
            customers,
            since if since > first else None,
            until if until < last else None,
            row.master.account_id,
        )
        day = until + ONE_DAY
    if day <= last:
        yield BillShare(caller.scope, customers, day if day > first else None)


def _days(row: EnterpriseMember) -> tuple[date, date]:
    """The first and the last day of a membership; what ended within its first day has none."""
    begin = row.since.astimezone(BEIJING).date()
    end = date.max if row.until is None else row.until.astimezone(BEIJING).date() - ONE_DAY
    return begin, end
