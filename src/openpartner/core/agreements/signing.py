"""Accepting agreements, renewing contracts, and asking that a contract ends."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.agreements.models import Acceptance, AgreementVersion
from openpartner.core.agreements.queries import current
from openpartner.core.agreements.rules import YEARLY, Phase, Terms, period_end, phase, renewable_from
from openpartner.core.agreements.vocabulary import (
    EACH_TIME,
    HOLDING,
    OPEN,
    PARTIES,
    TRANSITIONS,
    AcceptanceState,
    Agreement,
)
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.kit import clock
from openpartner.kit.wording import spoken

TERMS: dict[Agreement, Terms] = {Agreement.PARTNER_CONTRACT: YEARLY}
"""Agreements that end, and their calendar; the others hold until they are replaced."""
WHY = "of the account that is locked"


class AlreadyAccepted(Conflict):
    """The account has accepted this version, and it holds."""


@command(Action.AGREEMENT_ACCEPTED, permission=Permission.CONSENT)
def accept(
    caller: Caller, version: AgreementVersion, *, about: str = "", source: str = "", language: str = ""
) -> Acceptance:
    """Accept the version in force for the caller's account and return the acceptance.

    What was accepted of the same agreement before is replaced; of a contract whose period lasts, only the text is.
    `about` names the one thing that an authorization letter is for, `source` is the address of the caller (kept as
    a digest), `language` the one it was read in. Conflict for another version than the one in force,
    AlreadyAccepted when nothing changes, NotAllowed for accounts of a kind that is not asked.
    """
    agreement = version.kind
    _check_about(agreement, about)
    account = lock_account(caller.account)
    if AccountKind(account.kind) not in PARTIES[agreement]:
        raise NotAllowed(f"the {agreement.label} is not for accounts of this kind")
    newest = current(agreement)
    if newest is None or newest.pk != version.pk:
        raise Conflict("another version is in force now; read that one")
    moment = clock.now()
    held = list(_rows(account, agreement, about).filter(state__in=HOLDING).order_by("id"))
    lasting = [row for row in held if row.valid_until is None or row.valid_until > moment]
    if any(row.version_id == version.pk and row.valid_from <= moment for row in lasting):
        raise AlreadyAccepted("this version is accepted already")
    for row in held:
        move(row, AcceptanceState.REPLACED if row in lasting else AcceptanceState.ENDED, by=caller.user_name)
    ends = [row.valid_until for row in lasting if row.valid_until is not None]
    made = _insert(
        account,
        version,
        about=about,
        language=spoken(language or caller.language),
        by=caller.user_name,
        user=caller.user,
        source=digest(source),
        since=moment,
        until=max(ends, default=None),
    )
    record(
        caller,
        Action.AGREEMENT_ACCEPTED,
        subject=account,
        agreement=agreement.label,
        version=version.number,
        about=about,
    )
    return made


@command(Action.CONTRACT_RENEWED, permission=Permission.CONSENT)
def renew(caller: Caller, *, acceptance: int, source: str = "") -> Acceptance:
    """Renew a contract of the caller's account by another period, and return that.

    It begins when the present one ends, and is one of the version in force now. Conflict before it can be renewed,
    when it was renewed already and when its time is over; NotVisible for what is not the caller's.
    """
    account = lock_account(caller.account)
    row, terms = _contract(account, acceptance)
    if phase(_end(row), terms, clock.now()) not in {Phase.RENEWABLE, Phase.SETTLED}:
        raise Conflict(f"a contract is renewed in the last {terms.renewable_days} days of its period")
    version = current(row.version.kind)
    assert version is not None  # what was accepted was in force, and nothing takes the last version away
    made = follow(
        account, row, version, by=caller.user_name, user=caller.user, source=digest(source), language=caller.language
    )
    record(caller, Action.CONTRACT_RENEWED, subject=account, version=version.number, until=f"{made.valid_until:%F}")
    return made


@command(Action.CONTRACT_RENEWAL_DECLINED, permission=Permission.CONSENT)
def decline_renewal(caller: Caller, *, acceptance: int, reason: str = "") -> Acceptance:
    """Ask that a contract of the caller's account ends with its period, and return it.

    Conflict in the last 30 days (tencent:A.1) and when that was asked already.
    """
    row = _before_settled(caller, acceptance)
    move(row, AcceptanceState.ENDING, by=caller.user_name, reason=reason)
    record(caller, Action.CONTRACT_RENEWAL_DECLINED, subject=row.account, until=f"{row.valid_until:%F}", reason=reason)
    return row


@command(Action.CONTRACT_RENEWAL_RESTORED, permission=Permission.CONSENT)
def restore_renewal(caller: Caller, *, acceptance: int) -> Acceptance:
    """Take back that a contract of the caller's account shall end, and return it. Conflict in the last 30 days."""
    row = _before_settled(caller, acceptance)
    move(row, AcceptanceState.IN_FORCE, by=caller.user_name)
    record(caller, Action.CONTRACT_RENEWAL_RESTORED, subject=row.account, until=f"{row.valid_until:%F}")
    return row


def follow(
    account: Account,
    row: Acceptance,
    version: AgreementVersion,
    *,
    by: str,
    language: str,
    user: int | None = None,
    source: str = "",
) -> Acceptance:
    """The next period of a contract, inserted. For `renew` and the work on contracts, which check and record."""
    move(row, AcceptanceState.RENEWED, by=by)
    return _insert(
        account,
        version,
        about=row.about,
        language=spoken(language),
        by=by,
        user=user,
        source=source,
        since=_end(row),
        until=None,
        previous=row,
    )


def move(row: Acceptance, state: AcceptanceState, *, by: str, reason: str = "") -> None:
    """Move an acceptance to a state. Conflict when it does not lead there."""
    if state not in TRANSITIONS[AcceptanceState(row.state)]:
        raise Conflict(f"this is {AcceptanceState(row.state).label} already")
    row.state, row.state_at, row.state_by, row.reason = state, clock.now(), by, reason
    if state not in OPEN:
        row.due_at = None
    row.save(update_fields=["state", "state_at", "state_by", "reason", "due_at"])


def withdraw(account: Account, agreement: Agreement, *, about: str, by: str, reason: str = "") -> int:
    """End what a locked account has accepted for one thing; returns how many that were. For commands, which record."""
    rows = list(_rows(account, agreement, about).filter(state__in=OPEN))
    for row in rows:
        move(row, AcceptanceState.WITHDRAWN, by=by, reason=reason)
    return len(rows)


def digest(source: str) -> str:
    """A keyed digest of an address; empty for none. Nobody reads the address out of it."""
    return salted_hmac("openpartner.core.agreements.source", source, algorithm="sha256").hexdigest() if source else ""


def _insert(  # noqa: PLR0913  # an acceptance is these facts; a struct of them would be the model again
    account: Account,
    version: AgreementVersion,
    *,
    about: str,
    language: str,
    by: str,
    user: int | None,
    source: str,
    since: datetime,
    until: datetime | None,
    previous: Acceptance | None = None,
) -> Acceptance:
    terms, moment = TERMS.get(version.kind), clock.now()
    if terms is not None and until is None:
        until = period_end(since, terms)
    return Acceptance.objects.create(
        provider_id=version.provider_id,
        account=account,
        version=version,
        agreement=version.agreement,
        about=about,
        language=language,
        accepted_at=moment,
        accepted_by=by,
        user_id=user,
        source=source,
        previous=previous,
        valid_from=since,
        valid_until=until,
        due_at=renewable_from(until, terms) if terms is not None and until is not None else None,
        state_at=moment,
        state_by=by,
    )


def _rows(account: Account, agreement: Agreement, about: str) -> QuerySet[Acceptance]:
    return Acceptance.objects.everything(reason=WHY).filter(account=account, agreement=agreement, about=about)


def _contract(account: Account, key: int) -> tuple[Acceptance, Terms]:
    """An open contract of a locked account and its calendar."""
    rows = Acceptance.objects.everything(reason=WHY).filter(account=account).select_related("version", "account")
    row = rows.filter(pk=key).first()
    terms = TERMS.get(Agreement(row.agreement)) if row is not None else None
    if row is None or terms is None:
        raise NotVisible("contract")
    if row.state not in OPEN:
        raise Conflict(f"this is {AcceptanceState(row.state).label} already")
    return row, terms


def _before_settled(caller: Caller, key: int) -> Acceptance:
    row, terms = _contract(lock_account(caller.account), key)
    if phase(_end(row), terms, clock.now()) not in {Phase.RUNNING, Phase.RENEWABLE}:
        raise Conflict(f"in the last {terms.settled_days} days of its period a contract's renewal is settled")
    return row


def _end(row: Acceptance) -> datetime:
    assert row.valid_until is not None
    return row.valid_until


def _check_about(agreement: Agreement, about: str) -> None:
    if (agreement in EACH_TIME) != bool(about):
        raise Invalid("about", "names the one thing that a letter is for, and nothing else has one")
