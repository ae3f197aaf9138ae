"""A customer moves to another partner: the receiver starts, customer, partner and provider agree (tencent:A.2).

Nobody learns of another what it does not know: a receiver that names an account that does not exist, is its own or
cannot move is answered alike, and the partner that lets go is not told who receives.
"""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.access.notices import NOTHING, spelled, tell
from openpartner.core.access.throttle import count, counted
from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import bind, lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, LimitReached, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.credit.queries import credit_of, credit_of_partner
from openpartner.core.eligibility.bars import bars_to_association, bars_to_release
from openpartner.core.eligibility.causes import Cause
from openpartner.core.mail.templates import Template
from openpartner.core.parting.ending import must_be_free, part, tell_ended
from openpartner.core.parting.models import Migration, MigrationConsent
from openpartner.core.parting.moves import (
    clean_reason,
    in_name_of,
    lock_migration,
    move_consent,
    move_migration,
    name_of,
)
from openpartner.core.parting.places import MIGRATIONS, OUTGOING, OWN_PARTNER
from openpartner.core.parting.policies import parting_policy_of
from openpartner.core.parting.rules import MIGRATION_DAYS
from openpartner.core.parting.vocabulary import OPEN, ConsentState, MigrationState, Side
from openpartner.kit import clock
from openpartner.kit.ids import UIN_MAX

ATTEMPTS_MAX = 50
"""So many accounts may a partner name in a day: whoever guesses at numbers is stopped."""
ATTEMPTS_WITHIN = timedelta(days=1)
ATTEMPTS = "migration"
NAMED_MAX = 32
WHY = "whether an account may move is asked across partners, and answered alike for all"
EXPECTED = frozenset({Cause.ALREADY_CUSTOMER})
"""What a migration ends itself."""


def count_attempt(caller: Caller) -> None:
    """Count that the calling partner names an account, before its migration is started; LimitReached after fifty a day.

    Not part of the command, because the count must stay when that refuses.
    """
    if counted(ATTEMPTS, str(caller.account)) >= ATTEMPTS_MAX:
        raise LimitReached("too many customers were named today; try again tomorrow")
    count(ATTEMPTS, str(caller.account), window=ATTEMPTS_WITHIN)


@command(Action.MIGRATION_STARTED, permission=Permission.ASSOCIATION_END)
def start_migration(caller: Caller, *, named: str, message: str = "") -> Migration:
    """Ask a customer of another partner, by its uin or account id, to move to the caller, and return the migration.

    NotVisible, whatever the reason, when there is no such account or it cannot move.
    """
    if not caller.kind.is_partner:
        raise NotVisible("customer")
    message = clean_reason("message", message, is_required=False)
    receiver = lock_account(caller.account)
    customer = _movable(receiver, named.strip())
    assert customer.association_kind is not None
    assert receiver.provider_id is not None
    assert receiver.payer_id is not None
    moment = clock.now()
    row = Migration.objects.create(
        provider_id=receiver.provider_id,
        payer_id=receiver.payer_id,
        partner=receiver,
        customer=customer,
        association=_current(customer),
        kind=customer.association_kind,
        named=named.strip(),
        message=message,
        started_at=moment,
        started_by=name_of(caller),
        expires_at=moment + timedelta(days=MIGRATION_DAYS),
    )
    _ask(row, customer, Side.CUSTOMER)
    record(caller, Action.MIGRATION_STARTED, subject=receiver, migration=row.pk, customer=row.named)
    tell(
        customer,
        Template.MIGRATION_ASKED,
        path=OWN_PARTNER,
        account=customer.called,
        partner=receiver.called,
        message=message or NOTHING,
        due=spelled(row.expires_at),
    )
    return row


@command(Action.MIGRATION_CONFIRMED, permission=Permission.CONSENT)
def confirm_move(caller: Caller, *, number: int) -> MigrationConsent:
    """Agree, as the customer, to move: its partner is asked next. Returns the answer; Barred as an unbinding is."""
    consent, row, customer = _asked(caller, number, Side.CUSTOMER)
    move_consent(consent, ConsentState.GIVEN, by=name_of(caller))
    must_be_free(customer, consent.partner)
    move_migration(row, MigrationState.WAITS_FOR_PARTNER, by=name_of(caller))
    _ask(row, customer, Side.PARTNER)
    record(caller, Action.MIGRATION_CONFIRMED, subject=customer, migration=row.pk, side=Side.CUSTOMER)
    due = spelled(row.expires_at)
    tell(consent.partner, Template.MIGRATION_TO_CONFIRM, path=OUTGOING, account=customer.called, due=due)
    return consent


@command(Action.MIGRATION_CONFIRMED, permission=Permission.ASSOCIATION_END)
def confirm_departure(caller: Caller, *, number: int) -> MigrationConsent:
    """Let a customer move that has agreed to, as its partner, and return the answer. Barred as an unbinding is.

    It moves at once unless the provider reviews it.
    """
    consent, row, customer = _asked(caller, number, Side.PARTNER)
    move_consent(consent, ConsentState.GIVEN, by=name_of(caller))
    must_be_free(customer, consent.partner)
    record(caller, Action.MIGRATION_CONFIRMED, subject=customer, migration=row.pk, side=Side.PARTNER)
    if not parting_policy_of(row.partner).reviews_migrations:
        _complete(caller, row, customer)
        return consent
    move_migration(row, MigrationState.WAITS_FOR_PROVIDER, by=name_of(caller))
    tell(
        row.provider,
        Template.MIGRATION_TO_REVIEW,
        path=f"{MIGRATIONS}{row.pk}/",
        account=customer.called,
        partner=row.partner.called,
        due=spelled(row.expires_at),
    )
    return consent


@command(Action.MIGRATION_REFUSED, permission=Permission.CONSENT)
def refuse_move(caller: Caller, *, number: int, reason: str = "") -> MigrationConsent:
    """Stay where one is, as the customer, and return the answer."""
    return _refuse(caller, number, reason, Side.CUSTOMER)


@command(Action.MIGRATION_REFUSED, permission=Permission.ASSOCIATION_END)
def refuse_departure(caller: Caller, *, number: int, reason: str) -> MigrationConsent:
    """Keep the customer, as its partner, for a reason that the customer reads, and return the answer."""
    return _refuse(caller, number, clean_reason("reason", reason), Side.PARTNER)


@command(Action.MIGRATION_WITHDRAWN, permission=Permission.ASSOCIATION_END)
def withdraw_migration(caller: Caller, *, number: int) -> Migration:
    """Take back what the calling partner has started, while it waits for somebody, and return it."""
    found = Migration.objects.within(caller.scope).filter(pk=number, partner_id=caller.account).first()
    if found is None:
        raise NotVisible("migration")
    row, customer = _locked(found)
    asked = _open_consents(row)
    move_migration(row, MigrationState.WITHDRAWN, by=name_of(caller))
    record(caller, Action.MIGRATION_WITHDRAWN, subject=row.partner, migration=row.pk)
    _tell_stopped(row, customer, {Side.CUSTOMER, *asked}, to_receiver=False)
    return row


@command(Action.MIGRATION_APPROVED, permission=Permission.ASSOCIATION_END)
def approve_migration(caller: Caller, *, number: int) -> Migration:
    """Let a customer move on which customer and partner agree: the provider's word. Returns the migration.

    Barred while something bars the release; FAILED in the row when the receiver cannot take the customer.
    """
    row, customer = _reviewed(caller, number)
    row.approved_at, row.approved_by = clock.now(), name_of(caller)
    record(caller, Action.MIGRATION_APPROVED, subject=row.partner, migration=row.pk)
    _complete(caller, row, customer)
    return row


@command(Action.MIGRATION_REFUSED, permission=Permission.ASSOCIATION_END)
def reject_migration(caller: Caller, *, number: int, reason: str) -> Migration:
    """Turn a migration down as the provider, for a reason that the receiver reads, and return it."""
    row, customer = _reviewed(caller, number)
    move_migration(row, MigrationState.REFUSED, by=name_of(caller), reason=clean_reason("reason", reason))
    record(caller, Action.MIGRATION_REFUSED, subject=row.partner, migration=row.pk, reason=row.end_reason)
    _tell_stopped(row, customer, set(Side))
    return row


@command(Action.MIGRATION_EXPIRED, permission=Permission.ASSOCIATION_END)
def expire_migration(caller: Caller, *, number: int) -> Migration:
    """End a migration whose time is over, and return it. The caller is the system in the receiver's name."""
    found = Migration.objects.within(caller.scope).filter(pk=number, expires_at__lte=clock.now()).first()
    if found is None:
        raise NotVisible("migration")
    row, customer = _locked(found)
    asked = _open_consents(row)
    move_migration(row, MigrationState.EXPIRED, by="")
    record(caller, Action.MIGRATION_EXPIRED, subject=row.partner, migration=row.pk)
    _tell_stopped(row, customer, {Side.CUSTOMER, *asked})
    return row


def _movable(receiver: Account, named: str) -> Account:
    """The locked customer that is named; NotVisible for every reason for which it does not move."""
    rows = Account.objects.everything(reason=WHY).filter(
        kind=AccountKind.CUSTOMER, provider=receiver.provider_id, partner__isnull=False
    )
    is_uin = named.isascii() and named.isdigit() and 0 < len(named) < NAMED_MAX and int(named) <= UIN_MAX
    found = rows.filter(uin=int(named)).first() if is_uin else None
    if found is None and len(named) == NAMED_MAX:
        found = rows.filter(account_id=named.lower()).first()
    if found is None:
        raise NotVisible("customer")
    customer = lock_account(found.pk)
    partner = customer.partner
    if partner is None or partner.pk == receiver.pk or _bars_to_receiver(receiver, customer):
        raise NotVisible("customer")
    if Migration.objects.everything(reason=WHY).filter(customer=customer, state__in=OPEN).exists():
        raise NotVisible("customer")
    if bars_to_release(customer, partner):
        raise NotVisible("customer")
    return customer


def _bars_to_receiver(receiver: Account, customer: Account) -> list[Cause]:
    """Why a partner cannot take over a customer of another; a second-level reseller may, though it is not new."""
    kind = AssociationKind(customer.association_kind or 0)
    causes = bars_to_association(customer, receiver, kind, is_new=True)
    return [cause for cause in causes if cause not in EXPECTED]


def _is_credit_short(receiver: Account, customer: Account) -> bool:
    """Whether a second-level reseller could not give what the customer has now (tencent:A.2)."""
    if receiver.kind != AccountKind.SECOND_LEVEL_RESELLER:
        return False
    return credit_of_partner(receiver).remaining.micros <= credit_of(customer).total


def _complete(caller: Caller, row: Migration, customer: Account) -> None:
    """Release and bind at one instant, or fail when the receiver cannot take the customer."""
    partner, receiver = customer.partner, row.partner
    assert partner is not None
    must_be_free(customer, partner)
    # The receiver reads who did it: the provider, or nobody it could know.
    doer = caller if caller.kind is AccountKind.PROVIDER else in_name_of(receiver)
    causes = _bars_to_receiver(receiver, customer)
    if _is_credit_short(receiver, customer):
        causes.append(Cause.RECEIVER_CREDIT_SHORT)
    if causes:
        move_migration(row, MigrationState.FAILED, by=name_of(doer), causes=",".join(causes))
        told = [str(one) for one in causes]
        record(doer, Action.MIGRATION_FAILED, subject=receiver, migration=row.pk, causes=told)
        _tell_stopped(row, customer, set(Side))
        return
    moment, kind, by = clock.now(), AssociationKind(row.kind), name_of(doer)
    # Done before the release: what closes at a release closes open ones alone.
    move_migration(row, MigrationState.DONE, by=by)
    part(caller, customer, moment)
    row.new_association = bind(customer, receiver, kind=kind, since=moment, by=by)
    row.save(update_fields=["new_association"])
    record(doer, Action.ASSOCIATED, subject=customer, partner=receiver.uin, kind=kind.label)
    record(doer, Action.MIGRATION_DONE, subject=customer, migration=row.pk)
    tell_ended(customer, partner, moment)
    values = {"account": customer.called, "partner": receiver.called, "time": spelled(moment)}
    tell(customer, Template.MIGRATION_DONE, path=OWN_PARTNER, **values)
    tell(receiver, Template.MIGRATION_DONE, path=f"{MIGRATIONS}{row.pk}/", **values)


def _refuse(caller: Caller, number: int, reason: str, side: Side) -> MigrationConsent:
    reason = clean_reason("reason", reason, is_required=False)
    consent, row, customer = _asked(caller, number, side)
    move_consent(consent, ConsentState.REFUSED, by=name_of(caller), reason=reason)
    # The receiver is told by whom, not why: that is between the customer and its partner.
    move_migration(row, MigrationState.REFUSED, by="")
    # A partner need not know that its customer was asked, and stayed.
    subject = customer if side is Side.PARTNER else None
    record(caller, Action.MIGRATION_REFUSED, subject=subject, migration=row.pk, side=side, reason=reason)
    _tell_stopped(row, customer, {Side.CUSTOMER} if side is Side.PARTNER else set())
    return consent


def _ask(row: Migration, customer: Account, side: Side) -> MigrationConsent:
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    assert customer.partner_id is not None
    return MigrationConsent.objects.create(
        provider_id=customer.provider_id,
        payer_id=customer.payer_id,
        partner_id=customer.partner_id,
        customer=customer,
        migration=row,
        side=side,
        asked_at=clock.now(),
    )


def _asked(caller: Caller, number: int, side: Side) -> tuple[MigrationConsent, Migration, Account]:
    """What the caller is asked, its migration and the customer, all locked."""
    if side is Side.CUSTOMER and caller.acting is not None:
        raise NotAllowed("a customer decides with whom it stays itself")
    found = MigrationConsent.objects.within(caller.scope).filter(pk=number, side=side).first()
    own = None if found is None else found.customer_id if side is Side.CUSTOMER else found.partner_id
    if found is None or own != caller.account:
        raise NotVisible("migration")
    row, customer = _locked(found.migration)
    rows = MigrationConsent.objects.everything(reason="read within the scope").select_for_update(no_key=True)
    return rows.get(pk=found.pk), row, customer


def _reviewed(caller: Caller, number: int) -> tuple[Migration, Account]:
    """A migration that waits for the provider, and its customer, locked."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("migration")
    rows = Migration.objects.within(caller.scope).filter(pk=number)
    # Before that it is nothing to the provider: moving on from an earlier state would pass over somebody's word.
    found = rows.exclude(state__in=OPEN - {MigrationState.WAITS_FOR_PROVIDER}).first()
    if found is None:
        raise NotVisible("migration")
    row, customer = _locked(found)
    if row.state != MigrationState.WAITS_FOR_PROVIDER:
        raise Conflict("this migration has ended, or waits for somebody else")
    return row, customer


def _locked(found: Migration) -> tuple[Migration, Account]:
    """The migration and its customer, locked in the one order: partners by their keys, customer, migration."""
    for key in sorted({found.partner_id, found.association.partner_id}):
        lock_account(key)
    customer = lock_account(found.customer_id)
    return lock_migration(found.pk), customer


def _open_consents(row: Migration) -> set[Side]:
    rows = MigrationConsent.objects.everything(reason="of a locked migration").filter(
        migration=row, state=ConsentState.WAITING
    )
    return {Side(one) for one in rows.values_list("side", flat=True)}


def _current(customer: Account) -> Association:
    return Association.objects.everything(reason="of a locked customer").get(child=customer, until__isnull=True)


def _tell_stopped(row: Migration, customer: Account, sides: set[Side], *, to_receiver: bool = True) -> None:
    """Tell the customer and its partner, if they were asked, and the receiver, which knows the number it named."""
    if Side.CUSTOMER in sides:
        tell(customer, Template.MIGRATION_STOPPED, path=OWN_PARTNER, account=customer.called)
    if Side.PARTNER in sides and row.association.partner is not None:
        tell(row.association.partner, Template.MIGRATION_STOPPED, path=OUTGOING, account=customer.called)
    if to_receiver:
        tell(row.partner, Template.MIGRATION_STOPPED, path=f"{MIGRATIONS}{row.pk}/", account=row.named)
