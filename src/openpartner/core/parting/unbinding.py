"""Requests to end an association: one side asks, the other answers, or time does (tencent:A.2, huawei:A3).

What stands in the way is looked at when somebody asks, when somebody agrees, and when time approves.
"""

from __future__ import annotations

from openpartner.core.access.notices import spelled, tell
from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, LimitReached, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.eligibility.bars import bars_to_release
from openpartner.core.mail.templates import Template
from openpartner.core.parting.ending import must_be_free, part, tell_ended
from openpartner.core.parting.models import UnbindRequest
from openpartner.core.parting.moves import clean_reason, lock_request, move_request, name_of
from openpartner.core.parting.places import OWN_PARTNER, REQUESTS
from openpartner.core.parting.policies import parting_policy_of
from openpartner.core.parting.rules import COUNTED_MONTHS, due_after, months_before
from openpartner.core.parting.vocabulary import RequestState, Side
from openpartner.kit import clock

WHY = "of a customer and a partner that are locked"


@command(Action.RELEASE_ASKED, permission=Permission.ASSOCIATION_END)
def ask_to_release(caller: Caller, *, account_id: str, reason: str) -> UnbindRequest:
    """Ask one of the caller's direct customers to agree to end the association, and return the request.

    Barred while something stands in the way, Conflict when there is an open request, LimitReached when the partner has
    asked too often. The customer answers when it likes: time approves nothing.
    """
    customer = lock_account(get_direct_customer(caller, account_id=account_id).pk)
    if customer.partner_id != caller.account:
        raise NotVisible("customer")
    return _ask(caller, customer, Side.PARTNER, reason)


@command(Action.RELEASE_ASKED, permission=Permission.CONSENT)
def ask_to_leave(caller: Caller, *, reason: str) -> UnbindRequest:
    """Ask the calling customer's partner to end the association, and return the request.

    Approved by time when the partner does not answer, where its policy says so. Raises what `ask_to_release` raises;
    NotVisible for who has no partner.
    """
    customer = lock_account(_own(caller))
    if customer.partner_id is None:
        raise NotVisible("partner")
    return _ask(caller, customer, Side.CUSTOMER, reason)


@command(Action.RELEASE_AGREED, permission=Permission.ASSOCIATION_END)
def agree_to_leave(caller: Caller, *, number: int) -> UnbindRequest:
    """Let a customer go that asked for it, at once, and return the request. Barred by what stands in the way."""
    return _agree(caller, number, asked=Side.CUSTOMER)


@command(Action.RELEASE_REFUSED, permission=Permission.ASSOCIATION_END)
def refuse_to_leave(caller: Caller, *, number: int, reason: str) -> UnbindRequest:
    """Refuse a customer's request, with a reason that the customer reads, and return the request."""
    return _refuse(caller, number, reason, asked=Side.CUSTOMER)


@command(Action.RELEASE_WITHDRAWN, permission=Permission.ASSOCIATION_END)
def withdraw_release(caller: Caller, *, number: int) -> UnbindRequest:
    """Take back what the calling partner has asked a customer, and return the request."""
    return _withdraw(caller, number, asked=Side.PARTNER)


@command(Action.RELEASE_AGREED, permission=Permission.CONSENT)
def agree_to_release(caller: Caller, *, number: int) -> UnbindRequest:
    """Leave the partner that asked for it, at once, and return the request. Barred by what stands in the way."""
    _own(caller)
    return _agree(caller, number, asked=Side.PARTNER)


@command(Action.RELEASE_REFUSED, permission=Permission.CONSENT)
def refuse_release(caller: Caller, *, number: int, reason: str) -> UnbindRequest:
    """Refuse what the calling customer's partner has asked, with a reason, and return the request."""
    _own(caller)
    return _refuse(caller, number, reason, asked=Side.PARTNER)


@command(Action.RELEASE_WITHDRAWN, permission=Permission.CONSENT)
def withdraw_leave(caller: Caller, *, number: int) -> UnbindRequest:
    """Take back the calling customer's request, and return it."""
    _own(caller)
    return _withdraw(caller, number, asked=Side.CUSTOMER)


@command(Action.RELEASE_APPROVED_BY_TIME, permission=Permission.ASSOCIATION_END)
def approve_by_time(caller: Caller, *, number: int) -> UnbindRequest:
    """Approve a request whose time to be answered has passed, release the customer if nothing stands in the way.

    The caller is the system in the partner's name; whoever answered first was first. Returns the request.
    """
    row, customer = _locked(caller, number, asked=Side.CUSTOMER)
    if row.due_at is None or row.due_at > clock.now():
        raise Conflict("its time has not come")
    partner = row.partner
    move_request(row, RequestState.APPROVED_BY_TIME, by="")
    record(caller, Action.RELEASE_APPROVED_BY_TIME, subject=customer, request=row.pk)
    causes = bars_to_release(customer, partner)
    if causes:
        move_request(row, RequestState.FAILED, by="", causes=",".join(causes))
        record(caller, Action.RELEASE_FAILED, subject=customer, request=row.pk, causes=[str(one) for one in causes])
        for side in Side:
            _tell(row, side, Template.ASSOCIATION_NOT_ENDED, account=customer.called, partner=partner.called)
        return row
    _end(caller, row, customer)
    return row


def checked_limit(customer: Account, partner: Account, side: Side) -> int:
    """How many requests a side may still make to the other within three months (huawei:A3); LimitReached when none.

    With the partner's policy to wait, a partner makes none for three months after the customer's last (huawei:F15).
    """
    policy, since = parting_policy_of(customer), months_before(clock.now(), COUNTED_MONTHS)
    rows = UnbindRequest.objects.everything(reason=WHY).filter(customer=customer, partner=partner, asked_at__gt=since)
    left = policy.requests_max - rows.filter(side=side).count()
    if left <= 0:
        raise LimitReached("no more requests can be made within three months; ask the provider")
    if side is Side.PARTNER and policy.partner_waits and rows.filter(side=Side.CUSTOMER).exists():
        raise LimitReached("a partner waits for three months after its customer's last request")
    return left


def _ask(caller: Caller, customer: Account, side: Side, reason: str) -> UnbindRequest:
    partner = customer.partner
    assert partner is not None
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    reason = clean_reason("reason", reason)
    current = Association.objects.everything(reason=WHY).get(child=customer, until__isnull=True)
    if UnbindRequest.objects.everything(reason=WHY).filter(association=current, state=RequestState.REQUESTED).exists():
        raise Conflict("a request about this association waits for an answer already")
    must_be_free(customer, partner)
    checked_limit(customer, partner, side)
    moment, days = clock.now(), parting_policy_of(customer).answer_days
    row = UnbindRequest.objects.create(
        provider_id=customer.provider_id,
        payer_id=customer.payer_id,
        partner=partner,
        customer=customer,
        association=current,
        side=side,
        reason=reason,
        asked_at=moment,
        asked_by=name_of(caller),
        due_at=due_after(moment, days) if side is Side.CUSTOMER else None,
    )
    record(caller, Action.RELEASE_ASKED, subject=customer, request=row.pk, side=side, reason=reason)
    values: dict[str, object] = {"account": customer.called, "partner": partner.called, "reason": reason}
    template = Template.ASSOCIATION_END_ASKED
    if row.due_at is not None:
        template, values["due"] = Template.ASSOCIATION_END_DUE, spelled(row.due_at)
    _tell(row, side.other, template, **values)
    return row


def _agree(caller: Caller, number: int, *, asked: Side) -> UnbindRequest:
    row, customer = _locked(caller, number, asked=asked)
    move_request(row, RequestState.AGREED, by=name_of(caller))
    must_be_free(customer, row.partner)
    record(caller, Action.RELEASE_AGREED, subject=customer, request=row.pk)
    _end(caller, row, customer)
    return row


def _refuse(caller: Caller, number: int, reason: str, *, asked: Side) -> UnbindRequest:
    row, customer = _locked(caller, number, asked=asked)
    move_request(row, RequestState.REFUSED, by=name_of(caller), reason=clean_reason("reason", reason))
    record(caller, Action.RELEASE_REFUSED, subject=customer, request=row.pk, reason=row.answer_reason)
    values = {"account": customer.called, "partner": row.partner.called, "reason": row.answer_reason}
    _tell(row, asked, Template.ASSOCIATION_END_REFUSED, **values)
    return row


def _withdraw(caller: Caller, number: int, *, asked: Side) -> UnbindRequest:
    row, customer = _locked(caller, number, asked=asked)
    move_request(row, RequestState.WITHDRAWN, by=name_of(caller))
    record(caller, Action.RELEASE_WITHDRAWN, subject=customer, request=row.pk)
    values = {"account": customer.called, "partner": row.partner.called}
    _tell(row, asked.other, Template.ASSOCIATION_END_WITHDRAWN, **values)
    return row


def _end(caller: Caller, row: UnbindRequest, customer: Account) -> None:
    """Release the customer. The request is done before that: what closes at a release closes open ones alone."""
    moment, partner = clock.now(), row.partner
    move_request(row, RequestState.DONE, by=name_of(caller))
    part(caller, customer, moment)
    tell_ended(customer, partner, moment)


def _tell(row: UnbindRequest, side: Side, template: Template, **values: object) -> None:
    """Tell one side; each is led to where it answers."""
    if side is Side.CUSTOMER:
        tell(row.customer, template, path=OWN_PARTNER, **values)
    else:
        tell(row.partner, template, path=f"{REQUESTS}{row.pk}/", **values)


def _own(caller: Caller) -> int:
    """The calling customer, who speaks for itself: whoever acts for it does not."""
    if caller.kind is not AccountKind.CUSTOMER:
        raise NotVisible("partner")
    if caller.acting is not None:
        raise NotAllowed("a customer decides with whom it stays itself")
    return caller.account


def _locked(caller: Caller, number: int, *, asked: Side) -> tuple[UnbindRequest, Account]:
    """A request of this side and its customer, both locked. Partners and customers answer and withdraw their own."""
    found = UnbindRequest.objects.within(caller.scope).filter(pk=number, side=asked).first()
    own = None if found is None else found.customer_id if caller.kind is AccountKind.CUSTOMER else found.partner_id
    if found is None or own != caller.account:
        raise NotVisible("request")
    customer = lock_account(found.customer_id)
    return lock_request(found.pk), customer
