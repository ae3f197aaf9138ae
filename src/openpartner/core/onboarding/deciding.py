"""Deciding about applications: passed, rejected, one or many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.models import ManagerAssignment
from openpartner.core.eligibility.bars import bars_to_association, must_not_be_barred
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.onboarding import mails
from openpartner.core.onboarding.log import note
from openpartner.core.onboarding.models import REASON_MAX, Application
from openpartner.core.onboarding.registering import bind_new
from openpartner.core.onboarding.seen import Seen
from openpartner.core.onboarding.vocabulary import APPLICATION_MOVES, ApplicationState, Happening, must_move
from openpartner.kit import clock

AT_ONCE_MAX = 100
NOTHING_THERE = {
    AccountKind.CUSTOMER: Cause.NO_APPLICATION,
    AccountKind.SECOND_LEVEL_RESELLER: Cause.NO_RESELLER_APPLICATION,
}
WHY = "the application was made to the caller"


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one application of several: its uin, and why it was left as it is, if it was."""

    uin: int
    error: ChannelError | None = None


def approve(
    caller: Caller, uin: int, *, role: AccountKind = AccountKind.CUSTOMER, suspend: bool = False
) -> Application:
    """Pass the application of the account with this uin to the calling partner, and return it.

    The account is bound at once, a reseller's changes its kind. Everything that could bar it is asked again: Barred
    with the first cause, or with NO_APPLICATION or NO_RESELLER_APPLICATION when none waits. `suspend` stops a customer
    by resale at once. The account manager whose link it was looks after it.
    """
    if role is AccountKind.SECOND_LEVEL_RESELLER:
        return approve_reseller(caller, uin=uin)
    return approve_customer(caller, uin=uin, suspend=suspend)


def reject(caller: Caller, uin: int, reason: str, *, role: AccountKind = AccountKind.CUSTOMER) -> Application:
    """Reject the application of the account with this uin, and return it; it may apply again.

    Invalid for a reason that is empty or too long, Barred when none waits.
    """
    if role is AccountKind.SECOND_LEVEL_RESELLER:
        return reject_reseller(caller, uin=uin, reason=reason)
    return reject_customer(caller, uin=uin, reason=reason)


def approve_many(
    caller: Caller, uins: Sequence[int], *, role: AccountKind = AccountKind.CUSTOMER, suspend: bool = False
) -> list[Decided]:
    """Pass several applications, each for itself, and return what became of each. Invalid beyond a hundred."""
    return [_one(one, lambda uin: approve(caller, uin, role=role, suspend=suspend)) for one in _bounded(uins)]


def reject_many(
    caller: Caller, uins: Sequence[int], reason: str, *, role: AccountKind = AccountKind.CUSTOMER
) -> list[Decided]:
    """Reject several applications for one reason, each for itself, and return what became of each."""
    _checked(reason)
    return [_one(one, lambda uin: reject(caller, uin, reason, role=role)) for one in _bounded(uins)]


@command(Action.APPLICATION_PASSED, permission=Permission.CUSTOMER_CREATE)
def approve_customer(caller: Caller, *, uin: int, suspend: bool = False) -> Application:
    """Pass the application of a customer; as `approve`."""
    row, partner, account = _waiting(caller, uin, AccountKind.CUSTOMER)
    kind = AssociationKind(row.kind)
    must_not_be_barred(bars_to_association(account, partner, kind, is_new=row.is_new))
    _decide(caller, row, ApplicationState.PASSED)
    bind_new(caller, account, partner.pk, kind, suspend=suspend)
    if row.manager_id is not None:
        _assign(caller, account, row.manager_id)
    return _passed(caller, row, partner, account)


@command(Action.APPLICATION_PASSED, permission=Permission.PARTNER_WRITE)
def approve_reseller(caller: Caller, *, uin: int) -> Application:
    """Pass the application of a second-level reseller; as `approve`."""
    role = AccountKind.SECOND_LEVEL_RESELLER
    row, partner, account = _waiting(caller, uin, role)
    kind = AssociationKind(row.kind)
    must_not_be_barred(bars_to_association(account, partner, kind, as_role=role, is_new=row.is_new))
    _decide(caller, row, ApplicationState.PASSED)
    account.kind = role
    account.save(update_fields=["kind"])
    bind_new(caller, account, partner.pk, kind, suspend=False)
    return _passed(caller, row, partner, account)


@command(Action.APPLICATION_REJECTED, permission=Permission.CUSTOMER_CREATE)
def reject_customer(caller: Caller, *, uin: int, reason: str) -> Application:
    """Reject the application of a customer; as `reject`."""
    return _reject(caller, uin, AccountKind.CUSTOMER, reason)


@command(Action.APPLICATION_REJECTED, permission=Permission.PARTNER_WRITE)
def reject_reseller(caller: Caller, *, uin: int, reason: str) -> Application:
    """Reject the application of a second-level reseller; as `reject`."""
    return _reject(caller, uin, AccountKind.SECOND_LEVEL_RESELLER, reason)


def _reject(caller: Caller, uin: int, role: AccountKind, reason: str) -> Application:
    said = _checked(reason)
    row, partner, account = _waiting(caller, uin, role)
    row.reason = said
    _decide(caller, row, ApplicationState.REJECTED)
    if row.invitation is not None:
        note(row.invitation, Happening.REJECTED, by=caller.user_name, account=account.pk, reason=said)
    mails.tell_applicant(row, partner, account)
    record(caller, Action.APPLICATION_REJECTED, subject=Seen.by(partner, account), role=role.label, reason=said)
    return row


def _waiting(caller: Caller, uin: int, role: AccountKind) -> tuple[Application, Account, Account]:
    """The application in review, the partner and the account, locked in the order in which binding locks them."""
    if not caller.kind.is_partner:
        raise NotVisible("application")
    partner = lock_account(caller.account)
    rows = Application.objects.within(caller.own()).filter(
        account__in=Account.objects.everything(reason=WHY).filter(uin=uin).values("pk"),
        role=role,
        state=ApplicationState.REVIEWING,
    )
    row = rows.select_for_update(no_key=True, of=("self",)).select_related("invitation").first()
    if row is None:
        raise Barred(_why_none(partner, uin, role))
    return row, partner, lock_account(row.account_id)


def _why_none(partner: Account, uin: int, role: AccountKind) -> Cause:
    """Nothing waits; a distributor that was asked before is told that another partner is asked now (tencent:D.1)."""
    account = Account.objects.everything(reason=WHY).filter(uin=uin).values("pk")[:1]
    rows = Application.objects.everything(reason="whom it is made to is not told").filter(account__in=account)
    asked = rows.filter(partner=partner, role=role).exists()
    if (
        role is AccountKind.SECOND_LEVEL_RESELLER
        and asked
        and rows.filter(state=ApplicationState.REVIEWING).exclude(partner=partner).exists()
    ):
        return Cause.ALREADY_APPLIED
    return NOTHING_THERE[role]


def _decide(caller: Caller, row: Application, state: ApplicationState) -> None:
    must_move(APPLICATION_MOVES, row.state, state)
    row.state, row.decided_at, row.decided_by = state, clock.now(), caller.user_name
    row.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def _passed(caller: Caller, row: Application, partner: Account, account: Account) -> Application:
    invitation = row.invitation
    if invitation is not None:
        invitation.bound_at, invitation.account = clock.now(), account
        invitation.save(update_fields=["bound_at", "account"])
        note(invitation, Happening.PASSED, by=caller.user_name, account=account.pk)
    mails.tell_applicant(row, partner, account)
    record(caller, Action.APPLICATION_PASSED, subject=account, partner=partner.uin, role=AccountKind(row.role).label)
    return row


def _assign(caller: Caller, customer: Account, manager: int) -> None:
    """Give a locked customer the account manager whose link it used, if that person is still there."""
    people = User.objects.everything(reason="chosen by the partner when it invited")
    person = people.filter(pk=manager, account=caller.account, is_active=True).first()
    if person is None:
        return
    ManagerAssignment.objects.create(
        partner_id=caller.account,
        customer=customer,
        manager=person,
        since=clock.now(),
        assigned_by=caller.user_name,
    )
    customer.manager = person
    customer.save(update_fields=["manager"])
    record(caller, Action.MANAGER_ASSIGNED, subject=customer, manager=person.name)


def _bounded(uins: Sequence[int]) -> list[int]:
    found = list(dict.fromkeys(uins))
    if not 1 <= len(found) <= AT_ONCE_MAX:
        raise Invalid("uins", f"from one to {AT_ONCE_MAX} applications are decided at once")
    return found


def _one(uin: int, decide: Callable[[int], Application]) -> Decided:
    try:
        decide(uin)
    except ChannelError as error:
        return Decided(uin, error)
    return Decided(uin)


def _checked(reason: str) -> str:
    line = " ".join(reason.split())
    if not line:
        raise Invalid("reason", "is empty")
    if len(line) > REASON_MAX:
        raise Invalid("reason", f"is longer than {REASON_MAX} characters")
    return line
