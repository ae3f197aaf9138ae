"""Reading invitations, their history, and applications."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.scope import Scope
from openpartner.core.onboarding.models import Application, Invitation, InvitationEvent
from openpartner.core.onboarding.tokens import TOKEN, hash_of
from openpartner.core.onboarding.vocabulary import ApplicationState, Happening, InvitationState
from openpartner.kit import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFilter:
    """Conditions that must all hold; None means no condition."""

    text: str | None = None  # part of the address
    role: AccountKind | None = None
    state: InvitationState | None = None
    kind: AssociationKind | None = None
    is_open_link: bool | None = None
    manager: int | None = None
    created_from: datetime | None = None  # inclusive, like the next
    created_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFilter:
    """Conditions that must all hold; None means no condition."""

    text: str | None = None  # part of the name or the address, or the uin
    role: AccountKind | None = None
    state: ApplicationState | None = None
    manager: int | None = None
    applied_from: datetime | None = None  # inclusive, like the next
    applied_until: datetime | None = None


def invitations(scope: Scope, where: InvitationFilter) -> QuerySet[Invitation]:
    """The invitations a scope shows, with partner, account and manager, in no order."""
    rows = Invitation.objects.within(scope)
    if where.text:
        rows = rows.filter(email__icontains=where.text.strip().casefold())
    if where.role is not None:
        rows = rows.filter(role=where.role)
    if where.kind is not None:
        rows = rows.filter(kind=where.kind)
    if where.is_open_link is not None:
        rows = rows.filter(email="") if where.is_open_link else rows.exclude(email="")
    if where.manager is not None:
        rows = rows.filter(manager=where.manager)
    if where.created_from is not None:
        rows = rows.filter(created_at__gte=where.created_from)
    if where.created_until is not None:
        rows = rows.filter(created_at__lte=where.created_until)
    # The job comes by once an hour; the clock decides before it.
    is_over = Q(state=InvitationState.EXPIRED) | Q(state=InvitationState.OPEN, expires_at__lte=clock.now())
    match where.state:
        case None:
            pass
        case InvitationState.EXPIRED:
            rows = rows.filter(is_over)
        case InvitationState.OPEN:
            rows = rows.filter(state=InvitationState.OPEN).exclude(is_over)
        case state:
            rows = rows.filter(state=state)
    return rows.select_related("partner", "account", "manager")


def shown_state(invitation: Invitation) -> InvitationState:
    """The state of an invitation by the clock, whether or not the job has come by."""
    is_over = invitation.state == InvitationState.OPEN and invitation.expires_at <= clock.now()
    return InvitationState.EXPIRED if is_over else InvitationState(invitation.state)


def by_tokens(scope: Scope, tokens: Iterable[str]) -> dict[str, Invitation]:
    """The invitations of the scope that have these tokens; those that are unknown or foreign are left out."""
    hashes = {hash_of(token): token for token in tokens if TOKEN.fullmatch(token)}
    rows = Invitation.objects.within(scope).filter(token_hash__in=list(hashes)).select_related("account")
    return {hashes[row.token_hash]: row for row in rows}


def history(scope: Scope, invitation: Invitation) -> list[InvitationEvent]:
    """What happened to an invitation, oldest first."""
    rows = InvitationEvent.objects.within(scope).filter(invitation=invitation).select_related("account")
    return list(rows.order_by("id"))


def failures(scope: Scope) -> QuerySet[InvitationEvent]:
    """Every attempt that failed, with its invitation and account, in no order (huawei:A3)."""
    rows = InvitationEvent.objects.within(scope).filter(what=Happening.FAILED)
    return rows.select_related("invitation", "account")


def applications(scope: Scope, where: ApplicationFilter) -> QuerySet[Application]:
    """The applications a scope shows, with account, partner and manager, in no order."""
    rows = Application.objects.within(scope)
    if where.text:
        text = where.text.strip()
        matching = Q(legal_name__icontains=text) | Q(email__icontains=text)
        if text.isascii() and text.isdigit() and len(text) <= 18:  # the longest uin
            named = Account.objects.everything(reason="of applications within the scope").filter(uin=int(text))
            matching |= Q(account__in=named.values("pk"))
        rows = rows.filter(matching)
    if where.role is not None:
        rows = rows.filter(role=where.role)
    if where.state is not None:
        rows = rows.filter(state=where.state)
    if where.manager is not None:
        rows = rows.filter(manager=where.manager)
    if where.applied_from is not None:
        rows = rows.filter(applied_at__gte=where.applied_from)
    if where.applied_until is not None:
        rows = rows.filter(applied_at__lte=where.applied_until)
    return rows.select_related("account", "partner", "manager", "invitation")


def is_waiting(account: int) -> bool:
    """Whether an account, by its primary key, waits for an answer, whoever gives it."""
    rows = Application.objects.everything(reason="an account waits for one answer, whoever gives it")
    return rows.filter(account=account, state=ApplicationState.REVIEWING).exists()


def pending(scope: Scope, role: AccountKind) -> QuerySet[Application]:
    """The applications in review, newest first."""
    where = ApplicationFilter(role=role, state=ApplicationState.REVIEWING)
    return applications(scope, where).order_by("-applied_at", "-id")


def rejections(scope: Scope, role: AccountKind | None = None) -> QuerySet[Application]:
    """The applications that were rejected, with the reason, newest decision first."""
    where = ApplicationFilter(role=role, state=ApplicationState.REJECTED)
    return applications(scope, where).order_by("-decided_at", "-id")


def get_application(scope: Scope, key: int) -> Application:
    """The application with this key; NotVisible outside the scope."""
    rows = Application.objects.within(scope).filter(pk=key)
    found = rows.select_related("account", "partner", "manager", "invitation").first()
    if found is None:
        raise NotVisible("application")
    return found
