"""Suspending customers and letting them go on. Both vendors' freezes are this one state.

Effects stand in `effects.py`; how each vendor's words map, in docs/explanation/suspension.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.core.customers.effects import RETAINED
from openpartner.core.customers.matching import customers
from openpartner.core.customers.models import REASON_MAX, SuspensionCause, SuspensionRecord
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.customers.rights import may_force, may_freeze
from openpartner.core.partners.queries import customers_of_reseller, get_reseller
from openpartner.kit import clock

AT_ONCE_MAX = 1_000
FORCED = "forced suspension"
WHY = "the customer is locked"

Arrears = Callable[[Collection[int]], set[int]]
"""Which of these customers owe more than they were given: asked by primary key."""
ARREARS: list[Arrears] = []
"""Filled by the capability that counts credit, when its app is ready; nobody is in arrears where there is none."""


class Fault(StrEnum):
    """Why one customer of several was left as it is."""

    NOT_VISIBLE = "no such customer"
    NOT_RESALE = "only customers of the resale association are suspended"
    HIGHER = "it is suspended with its resources already; that is lifted first"
    OTHER_LEVEL = "this is not the level at which it is suspended"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one account id: changed, left as it was wanted already, or a fault."""

    account_id: str
    fault: Fault | None = None
    is_changed: bool = False


@command(Action.CUSTOMERS_CHANGED, Action.SUSPENDED, permission=Permission.FREEZE)
def freeze(
    caller: Caller,
    *,
    account_ids: Sequence[str],
    level: Suspension,
    reason: str,
    reseller: str | None = None,
    cause: SuspensionCause = SuspensionCause.MANUAL,
) -> list[Result]:
    """Suspend customers at a level and return a result for each account id.

    They are the caller's direct customers, or with `reseller` those of a distributor's reseller of this account id. A
    customer at this level already stays as it is; one with frozen resources is not thawed to a mere account freeze.
    Invalid for a reason that is empty or too long, NotVisible for a strange reseller, NotAllowed where the distributor
    has not let a reseller do it.
    """
    assert level is not Suspension.NONE
    _check_reason(reason)
    if not may_freeze(caller, level):
        raise NotAllowed("the distributor has not let this reseller suspend customers so")
    rows, results = _locked(caller, account_ids, reseller), {}
    for one, row in rows.items():
        if row.association_kind != AssociationKind.RESALE:
            results[one] = Result(one, Fault.NOT_RESALE)
        elif row.suspension > level:
            results[one] = Result(one, Fault.HIGHER)
        elif row.suspension == level:
            results[one] = Result(one)
        else:
            begin_suspension(caller, row, level, reason, cause)
            results[one] = Result(one, is_changed=True)
    return _told(caller, account_ids, results)


@command(Action.CUSTOMERS_CHANGED, Action.RESUMED, permission=Permission.FREEZE)
def unfreeze(
    caller: Caller, *, account_ids: Sequence[str], level: Suspension, reason: str, reseller: str | None = None
) -> list[Result]:
    """Lift suspensions of exactly this level and return a result for each account id; otherwise as `freeze`."""
    assert level is not Suspension.NONE
    _check_reason(reason)
    if not may_freeze(caller, level):
        raise NotAllowed("the distributor has not let this reseller suspend customers so")
    rows, results = _locked(caller, account_ids, reseller), {}
    for one, row in rows.items():
        if row.association_kind != AssociationKind.RESALE:
            results[one] = Result(one, Fault.NOT_RESALE)
        elif row.suspension != level:
            results[one] = Result(one, Fault.OTHER_LEVEL)
        else:
            end_suspension(caller, row, reason)
            results[one] = Result(one, is_changed=True)
    return _told(caller, account_ids, results)


@command(Action.FORCED_SUSPENSION_SET, permission=Permission.FREEZE)
def force(caller: Caller, *, uin: int, is_forced: bool) -> Account:
    """Suspend a direct customer by force, or lift whatever suspends it, and return it; again changes nothing.

    In arrears the account alone stops, because its resources follow the rule of arrears already; otherwise the
    resources stop too (tencent:B.2). Lifting leaves arrears as they are. NotAllowed without the feature flag.
    """
    if not may_force(caller):
        raise NotAllowed("forced suspension is not switched on for this account")
    customer = _lock(get_direct_customer(caller, uin=uin))
    if is_forced and customer.suspension == Suspension.NONE:
        level = Suspension.ACCOUNT if is_in_arrears(customer) else Suspension.ACCOUNT_AND_RESOURCES
        begin_suspension(caller, customer, level, FORCED, SuspensionCause.MANUAL)
    elif not is_forced and customer.suspension != Suspension.NONE:
        end_suspension(caller, customer, FORCED)
    record(caller, Action.FORCED_SUSPENSION_SET, subject=customer, forced=is_forced)
    return customer


def is_in_arrears(customer: Account) -> bool:
    """Whether a customer, which was read within a scope, owes more than it was given."""
    return any(customer.pk in asked([customer.pk]) for asked in ARREARS)


def suspensions(scope: Scope, customer: Account) -> list[SuspensionRecord]:
    """The suspensions of a customer that the scope shows, newest first."""
    return list(SuspensionRecord.objects.within(scope).filter(customer=customer).order_by("-since", "-id"))


def end_suspension(caller: Caller, customer: Account, reason: str) -> None:
    """Let a locked customer go on, within a command that records something of its own."""
    moment, was = clock.now(), Suspension(customer.suspension)
    current = SuspensionRecord.objects.everything(reason=WHY).filter(customer=customer, until__isnull=True).first()
    if current is not None:  # an imported suspension has no record
        _end(current, caller, reason)
    customer.suspension, customer.suspended_at = Suspension.NONE, None
    customer.save(update_fields=["suspension", "suspended_at"])
    record(caller, Action.RESUMED, subject=customer, level=was.label, reason=reason, at=clock.utc_second(moment))


def begin_suspension(caller: Caller, customer: Account, level: Suspension, reason: str, cause: SuspensionCause) -> None:
    """Stop a locked customer, within a command that records something of its own."""
    moment = clock.now()
    current = SuspensionRecord.objects.everything(reason=WHY).filter(customer=customer, until__isnull=True).first()
    if current is not None:
        _end(current, caller, reason)
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    assert customer.partner_id is not None
    kept = timedelta(days=settings.OPENPARTNER.freeze_retention_days) if RETAINED[level] else None
    SuspensionRecord.objects.create(
        provider_id=customer.provider_id,
        payer_id=customer.payer_id,
        partner_id=customer.partner_id,
        customer=customer,
        level=level,
        cause=cause,
        reason=reason,
        since=moment,
        begun_by=caller.user_name,
        resources_kept_until=moment + kept if kept is not None else None,
    )
    customer.suspension, customer.suspended_at = level, moment
    customer.save(update_fields=["suspension", "suspended_at"])
    record(caller, Action.SUSPENDED, subject=customer, level=level.label, reason=reason, cause=cause)


def _end(current: SuspensionRecord, caller: Caller, reason: str) -> None:
    current.until = max(clock.now(), current.since)
    current.ended_by, current.end_reason = caller.user_name, reason
    current.save(update_fields=["until", "ended_by", "end_reason"])


def _locked(caller: Caller, account_ids: Sequence[str], reseller: str | None) -> dict[str, Account]:
    """The customers meant among these account ids, locked in one order, so that two calls never deadlock."""
    wanted = set(account_ids)
    if not 1 <= len(wanted) <= AT_ONCE_MAX:
        raise Invalid("account_ids", f"from one to {AT_ONCE_MAX} customers are changed at once")
    rows = customers(scope_of(caller, reseller)).filter(account_id__in=wanted).order_by("pk")
    return {row.account_id: row for row in rows.select_for_update(of=("self",))}


def scope_of(caller: Caller, reseller: str | None) -> Scope:
    """The caller's direct customers, or those of the reseller with this account id that a distributor names.

    NotVisible for a strange reseller, and for everybody who is no partner.
    """
    if not caller.kind.is_partner:
        raise NotVisible("customer")  # customers are their partner's: nobody else writes about them
    if reseller is None or caller.kind is not AccountKind.DISTRIBUTOR:
        return caller.own()
    return customers_of_reseller(caller.scope, get_reseller(caller.scope, account_id=reseller))


def _lock(customer: Account) -> Account:
    return Account.objects.everything(reason="read within the scope").select_for_update(no_key=True).get(pk=customer.pk)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason", "is empty")
    if len(reason) > REASON_MAX:
        raise Invalid("reason", f"is longer than {REASON_MAX} characters")


def _told(caller: Caller, account_ids: Sequence[str], results: dict[str, Result]) -> list[Result]:
    """The results in the order asked for, each account once, and an event about all of them."""
    told = [results.get(one, Result(one, Fault.NOT_VISIBLE)) for one in dict.fromkeys(account_ids)]
    counts = {
        "changed": sum(1 for one in told if one.is_changed),
        "refused": sum(1 for one in told if one.fault is not None),
    }
    record(caller, Action.CUSTOMERS_CHANGED, changed="suspension", counts=counts)
    return told
