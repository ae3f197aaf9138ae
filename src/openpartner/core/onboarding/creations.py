"""A partner creates a customer's account: made at once, bound by a job, and asked about until it is (huawei:D1)."""

from __future__ import annotations

import time
from dataclasses import replace

from django.db.models import QuerySet

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.core.eligibility.bars import bars_of_partner, bars_to_association, must_not_be_barred
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.onboarding.models import Creation
from openpartner.core.onboarding.registering import NewAccount, bind_new, lock_provider, register_account
from openpartner.core.onboarding.seen import Seen
from openpartner.core.onboarding.vocabulary import CREATION_MOVES, CreationState, must_move
from openpartner.core.partners.queries import get_reseller
from openpartner.kit import clock

BIND = "onboarding.bind"
WAIT_SECONDS = 3.0
"""How long whoever asks for the result is kept waiting for it."""
LOOK_SECONDS = 0.1
WHY = "the creation names its account and its partner"


class Late(Barred):
    """The account exists, and whether it is bound is not known yet."""

    def __init__(self, creation: Creation) -> None:
        super().__init__(Cause.RESULT_LATE)
        self.creation = creation


class _Repeated(Exception):
    """The partner's own number has an account already."""

    def __init__(self, creation: Creation) -> None:
        super().__init__()
        self.creation = creation


def create_bound(
    caller: Caller,
    new: NewAccount,
    *,
    password: str | None,
    kind: AssociationKind = AssociationKind.RESALE,
    suspend: bool = True,
    reseller: str | None = None,
    wait: bool = False,
) -> Creation:
    """Create an account that becomes the calling partner's customer, and return how that stands, with its `account`.

    With `reseller` it becomes that of a distributor's reseller of this account id; NotVisible for a strange one. The
    same external platform and number again finds the first account. Invalid and Barred as `register_account`, and for
    what bars the partner; with `wait` also Barred with what bars the association, and Late when that takes too long.
    """
    try:
        made = create_account(caller, new=new, password=password, kind=kind, suspend=suspend, reseller=reseller)
    except _Repeated as repeated:
        made = repeated.creation
    return settled(made) if wait else made


def settled(made: Creation) -> Creation:
    """Wait until a worker has bound an account that was created; Barred and Late as `create_bound`.

    Outside of the transaction that created it, which no worker sees before its end.
    """
    until = time.monotonic() + WAIT_SECONDS
    while made.state == CreationState.WAITING and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        made = _creations().get(pk=made.pk)
    if made.state == CreationState.WAITING:
        raise Late(made)
    if made.state == CreationState.FAILED:
        raise Barred(Cause(made.cause))
    return made


@command(Action.ACCOUNT_CREATED, permission=Permission.CUSTOMER_CREATE)
def create_account(
    caller: Caller,
    *,
    new: NewAccount,
    password: str | None,
    kind: AssociationKind,
    suspend: bool,
    reseller: str | None = None,
) -> Creation:
    """Create an account and ask a worker to bind it; as `create_bound`, which also waits and finds it again."""
    lock_provider()  # the same number twice at once: the second finds the first
    partner = _partner(caller, reseller)
    if new.external_id:
        same = _creations().filter(
            partner=partner, external_platform=new.external_platform, external_id=new.external_id
        )
        if (first := same.first()) is not None:
            raise _Repeated(first)
    must_not_be_barred(bars_of_partner(partner, kind))
    account = register_account(new, password=password, by=caller, checks_password=False)
    made = Creation.objects.create(
        provider_id=partner.provider_id or 0,
        payer_id=partner.payer_id or 0,
        partner=partner,
        account=account,
        kind=kind,
        suspend=suspend,
        external_platform=new.external_platform,
        external_id=new.external_id,
        created_at=clock.now(),
        created_by=caller.user_name,
    )
    enqueue(None, BIND, {"creation": made.pk})
    return made


def created_before(caller: Caller, *, platform: str, number: str, reseller: str | None = None) -> Creation | None:
    """The account that the caller created for this number of its own, or None; NotVisible for a strange reseller."""
    rows = _creations().filter(partner=_partner(caller, reseller), external_platform=platform, external_id=number)
    return rows.first()


def creation_of(scope: Scope, account_id: str) -> Creation | None:
    """How an account stands that a partner of the scope created; None for any other."""
    named = Account.objects.everything(reason=WHY).filter(account_id=account_id)
    rows = Creation.objects.within(scope).filter(account__in=named.values("pk"))
    return rows.select_related("account", "partner").first()


def bind_created(key: int) -> CreationState:
    """Bind the account of a creation, or keep what bars it; returns how it stands. Again changes nothing."""
    creation = _creations().get(pk=key)
    if creation.state != CreationState.WAITING:
        return CreationState(creation.state)
    # Whoever created it may be gone by now; that it was to be bound is what the partner has said.
    caller = replace(operator(account=creation.partner, via="job"), user_name=creation.created_by)
    try:
        bind_account(caller, creation=key)
    except Barred as error:
        fail_binding(caller, creation=key, cause=error.cause)
    return CreationState(_creations().get(pk=key).state)


@command(Action.ASSOCIATED, permission=Permission.CUSTOMER_CREATE)
def bind_account(caller: Caller, *, creation: int) -> None:
    """Bind an account that its partner created; a worker's. Barred with what bars it."""
    row = _own(caller, creation)
    kind = AssociationKind(row.kind)
    must_not_be_barred(bars_to_association(row.account, row.partner, kind, is_new=True))
    bind_new(caller, row.account, row.partner_id, kind, suspend=row.suspend)
    _settle(row, CreationState.BOUND)


@command(Action.ASSOCIATION_FAILED, permission=Permission.CUSTOMER_CREATE)
def fail_binding(caller: Caller, *, creation: int, cause: Cause) -> None:
    """Keep why an account that its partner created could not be bound; a worker's."""
    row = _own(caller, creation)
    row.cause = cause
    _settle(row, CreationState.FAILED)
    record(caller, Action.ASSOCIATION_FAILED, subject=Seen.by(row.partner, row.account), cause=cause)


def _own(caller: Caller, key: int) -> Creation:
    """The creation of the caller's own, its partner and account locked in the order in which binding locks them."""
    partner = lock_account(caller.account)
    rows = Creation.objects.everything(reason=WHY).filter(pk=key, partner=partner)
    row = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        raise NotVisible("account")
    row.partner, row.account = partner, lock_account(row.account_id)
    return row


def _settle(row: Creation, state: CreationState) -> None:
    must_move(CREATION_MOVES, row.state, state)
    row.state, row.settled_at = state, clock.now()
    row.save(update_fields=["state", "cause", "settled_at"])


def _partner(caller: Caller, reseller: str | None) -> Account:
    if reseller is not None:
        if caller.kind is not AccountKind.DISTRIBUTOR:
            raise NotVisible("reseller")
        return get_reseller(caller.scope, account_id=reseller)
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    return Account.objects.everything(reason="the caller's own row").get(pk=caller.account)


def _creations() -> QuerySet[Creation]:
    return Creation.objects.everything(reason=WHY).select_related("account", "partner")
