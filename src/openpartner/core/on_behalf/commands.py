"""Authorizations: requested by a partner, decided and revoked by its customer, given back, and used (huawei:B10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from openpartner.core.access.acting import acting_as
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.agreements.models import AgreementVersion
from openpartner.core.agreements.queries import needed
from openpartner.core.agreements.signing import accept
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.customers.rights import rights_of
from openpartner.core.mail.templates import Template
from openpartner.core.on_behalf.models import REASON_MAX, TEXT_MAX, Authorization
from openpartner.core.on_behalf.moves import delegate, move, open_rows, tell_customer, tell_partner
from openpartner.core.on_behalf.queries import askable, get_authorization, granted_to
from openpartner.core.on_behalf.vocabulary import RIGHTS, EndCause, State, Work, joined
from openpartner.kit import clock

REQUEST_LASTS = timedelta(days=30)
"""vendor doc silent: how long a request waits for its answer; as long as an invitation does."""


class LetterNeeded(Conflict):
    """A letter has to be accepted first, by somebody who speaks for the account."""


@command(Action.AUTHORIZATION_REQUESTED, permission=Permission.ON_BEHALF)
def request_authorization(caller: Caller, *, account_id: str, works: Collection[Work], text: str = "") -> Authorization:
    """Ask a direct customer for the authorization to do these works in its name, and return the request.

    The customer's administrators are told by mail. Invalid for no work at all and for a text of more than 500
    characters; NotAllowed for a work that the distributor of a second-level reseller has not granted it; LetterNeeded
    before the commitment letter is accepted; Conflict for customers who buy from the provider themselves, while a
    request waits, and when the customer has authorized all of it already.
    """
    wanted = frozenset(works)
    if not wanted:
        raise Invalid("works", "choose at least one")
    if len(text) > TEXT_MAX:
        raise Invalid("text", f"has at most {TEXT_MAX} characters")
    partner = lock_account(caller.account)
    customer = lock_account(get_direct_customer(caller, account_id=account_id).pk)
    if not wanted <= askable(caller):
        raise NotAllowed("the distributor has not let this reseller do this on behalf of customers")
    if customer.association_kind != AssociationKind.RESALE:
        raise Conflict("only customers of the resale association authorize their partner")
    if needed(partner, Agreement.COMMITMENT_LETTER) is not None:
        raise LetterNeeded("the commitment letter has to be accepted first")
    for row in open_rows(customer):
        if row.state == State.REQUESTED:
            raise Conflict("the customer has not answered an earlier request yet")
        if wanted <= row.allowed:
            raise Conflict("the customer has authorized this already")
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    moment = clock.now()
    made = Authorization.objects.create(
        provider_id=customer.provider_id,
        payer_id=customer.payer_id,
        partner=partner,
        customer=customer,
        works=joined(wanted),
        text=text,
        requested_at=moment,
        requested_by=caller.user_name,
        requested_user=caller.user,
        due_at=moment + REQUEST_LASTS,
    )
    record(caller, Action.AUTHORIZATION_REQUESTED, subject=customer, works=made.works, text=text)
    tell_customer(made, days=REQUEST_LASTS.days)
    return made


@command(Action.AUTHORIZATION_ENDED, permission=Permission.ON_BEHALF)
def give_back(caller: Caller, *, authorization: int) -> Authorization:
    """Withdraw the caller's own request, or give back what was granted, and return it; Conflict when it has ended."""
    row = _of_partner(caller, authorization)
    cause = EndCause.WITHDRAWN if row.state == State.REQUESTED else EndCause.GIVEN_BACK
    move(row, State.ENDED, by=caller.user_name, cause=cause)
    record(caller, Action.AUTHORIZATION_ENDED, subject=row.customer, works=row.works, cause=cause.label)
    return row


@command(Action.AUTHORIZATION_GRANTED, permission=Permission.CONSENT)
def grant_authorization(
    caller: Caller, *, authorization: int, letter: AgreementVersion | None = None, source: str = ""
) -> Authorization:
    """Grant what the caller's own partner asked for, once the caller has confirmed it with a code; return it.

    `letter` is the authorization letter that was read; LetterNeeded when there is another, or one and it was not.
    An earlier authorization is replaced. Conflict when the request is no longer open, and when the partner may not do
    this any more.
    """
    row = _of_customer(caller, authorization)
    partner, customer = lock_account(row.partner_id), lock_account(row.customer_id)
    row = get_authorization(caller.scope, authorization)
    if row.state != State.REQUESTED:
        raise Conflict("this request is no longer open")
    if customer.partner_id != partner.pk or not row.allowed <= _held(partner):
        raise Conflict("the partner may not do this on behalf of its customers any more")
    about = f"authorization {row.pk}"
    wanted = needed(customer, Agreement.AUTHORIZATION_LETTER, about=about)
    if wanted is not None:
        if letter is None or letter.pk != wanted.pk:
            raise LetterNeeded("the authorization letter has to be read and accepted")
        row.letter = accept(caller, wanted, about=about, source=source)
    for other in open_rows(customer):
        if other.state == State.GRANTED:
            move(other, State.ENDED, by=caller.user_name, cause=EndCause.REPLACED)
    delegate(row)
    move(row, State.GRANTED, by=caller.user_name)
    record(caller, Action.AUTHORIZATION_GRANTED, subject=customer, partner=partner.uin, works=row.works)
    tell_partner(row, Template.AUTHORIZATION_GRANTED)
    return row


@command(Action.AUTHORIZATION_REFUSED, permission=Permission.CONSENT)
def refuse_authorization(caller: Caller, *, authorization: int, reason: str) -> Authorization:
    """Refuse what the caller's own partner asked for and return it. Invalid without a reason; Conflict when decided."""
    row = _locked(caller, authorization, reason)
    if row.state != State.REQUESTED:
        raise Conflict("this request is no longer open")
    move(row, State.REFUSED, by=caller.user_name, reason=reason)
    record(caller, Action.AUTHORIZATION_REFUSED, subject=row.customer, works=row.works, reason=reason)
    tell_partner(row, Template.AUTHORIZATION_REFUSED, reason=reason)
    return row


@command(Action.AUTHORIZATION_REVOKED, permission=Permission.CONSENT)
def revoke_authorization(caller: Caller, *, authorization: int, reason: str) -> Authorization:
    """Revoke what the caller granted, once it has confirmed that with a code, and return it.

    Whatever was made from it stops working at once. Invalid without a reason; Conflict when it is not in force.
    """
    row = _locked(caller, authorization, reason)
    move(row, State.REVOKED, by=caller.user_name, reason=reason)
    record(caller, Action.AUTHORIZATION_REVOKED, subject=row.customer, works=row.works, reason=reason)
    tell_partner(row, Template.AUTHORIZATION_REVOKED, reason=reason)
    return row


@command(Action.ROLE_SWITCHED, permission=Permission.ON_BEHALF)
def switch_role(caller: Caller, *, account_id: str) -> Caller:
    """Begin to act on behalf of a direct customer: the caller to go on with. Conflict without its authorization."""
    customer = get_direct_customer(caller, account_id=account_id)
    found = granted_to(caller, customer)
    acting = acting_as(caller, found.delegation_id) if found is not None and found.delegation_id else None
    if acting is None:
        raise Conflict("the customer has not authorized you to act on its behalf")
    record(acting, Action.ROLE_SWITCHED)
    return acting


@command(Action.ROLE_SWITCHED_BACK, permission=Permission.ON_BEHALF)
def switch_back(caller: Caller, *, delegation: int) -> None:
    """Cease to act on behalf of a customer; the authorization may have ended meanwhile."""
    record(acting_as(caller, delegation) or caller, Action.ROLE_SWITCHED_BACK)


def _held(partner: Account) -> frozenset[Work]:
    """What a partner, which is locked, may do on behalf of its customers."""
    if partner.kind != AccountKind.SECOND_LEVEL_RESELLER:
        return frozenset(Work)
    held = rights_of(partner.pk)
    return frozenset(work for work, right in RIGHTS.items() if right in held)


def _of_partner(caller: Caller, authorization: int) -> Authorization:
    """The caller's own request or authorization, its customer locked."""
    found = get_authorization(caller.scope, authorization)
    if found.partner_id != caller.account:
        raise NotVisible("authorization")
    lock_account(found.customer_id)
    return get_authorization(caller.scope, authorization)


def _of_customer(caller: Caller, authorization: int) -> Authorization:
    """What the caller was asked for; a partner's people see it too, and do not answer it."""
    found = get_authorization(caller.scope, authorization)
    if found.customer_id != caller.account:
        raise NotVisible("authorization")
    return found


def _locked(caller: Caller, authorization: int, reason: str) -> Authorization:
    if not reason.strip():
        raise Invalid("reason", "say why")
    if len(reason) > REASON_MAX:
        raise Invalid("reason", f"has at most {REASON_MAX} characters")
    lock_account(_of_customer(caller, authorization).customer_id)
    return _of_customer(caller, authorization)
