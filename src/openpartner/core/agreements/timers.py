"""What time does to contracts: they are announced, renew themselves, or end (tencent:A.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from openpartner.core.access.models import User
from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.agreements.models import Acceptance
from openpartner.core.agreements.queries import text_of
from openpartner.core.agreements.rules import Phase, Terms, phase, settled_from
from openpartner.core.agreements.signing import TERMS, follow, move
from openpartner.core.agreements.vocabulary import OPEN, PARTIES, AcceptanceState, Agreement
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

AT_ONCE = 200
SYSTEM = "system"
LEFT = "the account is no partner any more"
WHY = "time passes for everybody"


def anything_due() -> bool:
    """Whether a contract is to be looked at now: one indexed query."""
    return _due().exists()


def look_at_due(limit: int = AT_ONCE) -> int:
    """Look at contracts whose time has come, each in a transaction of its own; returns how many."""
    looked = 0
    for key, account in list(_due().values_list("pk", "account_id")[:limit]):
        with transaction.atomic():
            holder = lock_account(account)
            rows = Acceptance.objects.everything(reason=WHY).select_related("version").filter(pk=key, state__in=OPEN)
            row = rows.first()
            if row is not None and row.due_at is not None and row.due_at <= clock.now():
                _look_at(row, holder)
                looked += 1
    return looked


def _look_at(row: Acceptance, holder: Account) -> None:
    """Do what the present phase of a contract asks for; what a stopped worker missed is made up for."""
    terms, until = TERMS[Agreement(row.agreement)], row.valid_until
    assert until is not None
    now = phase(until, terms, clock.now())
    if holder.partner_id is None or AccountKind(holder.kind) not in PARTIES[Agreement(row.agreement)]:
        _end(row, holder, reason=LEFT)
    elif now in {Phase.RUNNING, Phase.RENEWABLE}:
        _announce(row, holder, terms, until)
    elif row.state == AcceptanceState.IN_FORCE:
        _renew(row, holder)
    elif now is Phase.SETTLED:
        _wait(row, until)
        _tell(Template.CONTRACT_ENDING, row, holder, until)
    else:
        _end(row, holder, reason=row.reason)
        _tell(Template.CONTRACT_ENDED, row, holder, until)


def _announce(row: Acceptance, holder: Account, terms: Terms, until: datetime) -> None:
    """Tell that it can be renewed, once."""
    settles = settled_from(until, terms)
    if row.state == AcceptanceState.IN_FORCE and row.told_at is None:
        row.told_at = clock.now()
        _tell(Template.CONTRACT_RENEWABLE, row, holder, until, settled=f"{settles:%F}")
    _wait(row, settles)


def _renew(row: Acceptance, holder: Account) -> None:
    """Let it renew itself, by the version that was accepted: nobody has agreed to another."""
    made = follow(holder, row, row.version, by=SYSTEM, language=row.language)
    until = made.valid_until
    assert until is not None
    record(_system(holder), Action.CONTRACT_RENEWED, subject=holder, version=made.version.number, until=f"{until:%F}")
    _tell(Template.CONTRACT_RENEWED, made, holder, until)


def _end(row: Acceptance, holder: Account, *, reason: str) -> None:
    move(row, AcceptanceState.ENDED, by=SYSTEM, reason=reason)
    record(_system(holder), Action.CONTRACT_ENDED, subject=holder, reason=reason)


def _wait(row: Acceptance, until: datetime) -> None:
    row.due_at = until
    row.save(update_fields=["due_at", "told_at"])


def _tell(template: Template, row: Acceptance, holder: Account, until: datetime, **more: str) -> None:
    user = User.objects.everything(reason="in the language of whoever reads it").filter(email=holder.email).first()
    language = user.language if user is not None else row.language
    values = {
        "account": holder.called,
        "title": text_of(row.version, language).title,
        "until": f"{until:%F}",
        "link": f"{settings.OPENPARTNER.url}/agreements/",
        **more,
    }
    post(template, values, to=holder.email, language=language, account=holder.pk)


def _system(holder: Account) -> Caller:
    return replace(operator(account=holder, via="job"), user_name=SYSTEM)


def _due() -> QuerySet[Acceptance]:
    rows = Acceptance.objects.everything(reason=WHY).filter(state__in=OPEN, due_at__lte=clock.now())
    return rows.order_by("due_at", "pk")
