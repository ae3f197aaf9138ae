"""Reading requests, migrations and what is asked of whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.eligibility.causes import Cause
from openpartner.core.parting.models import Migration, MigrationConsent, UnbindRequest
from openpartner.core.parting.vocabulary import ConsentState, EndedBy, MigrationState, RequestState, Side

NEWEST = 20
OF_ASSOCIATION = "of an association that was read within a scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests to end an association; None means no condition."""

    state: RequestState | None = None
    side: Side | None = None
    uin: int | None = None
    asked_from: datetime | None = None  # inclusive, like the next
    asked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFilter:
    """Which migrations, as receivers and the provider see them; None means no condition."""

    state: MigrationState | None = None
    named: str | None = None
    started_from: datetime | None = None  # inclusive, like the next
    started_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFilter:
    """Which migrations of the caller's own customers; None means no condition."""

    state: ConsentState | None = None
    uin: int | None = None


def unbind_requests(scope: Scope, where: RequestFilter) -> QuerySet[UnbindRequest]:
    """Requests that the scope shows, in no order."""
    equal = {
        "state": where.state,
        "side": where.side,
        "customer__uin": where.uin,
        "asked_at__gte": where.asked_from,
        "asked_at__lte": where.asked_until,
    }
    rows = UnbindRequest.objects.within(scope)
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def get_request(scope: Scope, number: int) -> UnbindRequest:
    """One request with its customer and partner. NotVisible outside the scope."""
    found = UnbindRequest.objects.within(scope).select_related("customer", "partner").filter(pk=number).first()
    if found is None:
        raise NotVisible("request")
    return found


def open_request(customer: Account) -> UnbindRequest | None:
    """The request that waits for an answer about a customer, which was read within a scope."""
    rows = UnbindRequest.objects.everything(reason="of a customer that was read within a scope")
    return rows.filter(customer=customer, state=RequestState.REQUESTED).first()


def own_requests(caller: Caller) -> list[UnbindRequest]:
    """The calling customer's newest requests, both sides', with whichever partner it had then."""
    rows = UnbindRequest.objects.within(caller.scope).filter(customer_id=caller.account).select_related("partner")
    return list(rows.order_by("-asked_at", "-pk")[:NEWEST])


def migrations(scope: Scope, where: MigrationFilter) -> QuerySet[Migration]:
    """Migrations to the partners that the scope shows, in no order."""
    equal = {
        "state": where.state,
        "named": where.named,
        "started_at__gte": where.started_from,
        "started_at__lte": where.started_until,
    }
    rows = Migration.objects.within(scope)
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def get_migration(scope: Scope, number: int) -> Migration:
    """One migration as its receiver or the provider sees it. NotVisible outside the scope."""
    rows = Migration.objects.within(scope).select_related("partner", "customer", "association__partner")
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotVisible("migration")
    return found


def departures(scope: Scope, where: ConsentFilter) -> QuerySet[MigrationConsent]:
    """Migrations that partners of the scope were asked to let happen, in no order."""
    equal = {"state": where.state, "customer__uin": where.uin}
    rows = MigrationConsent.objects.within(scope).filter(side=Side.PARTNER)
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def get_departure(scope: Scope, number: int) -> MigrationConsent:
    """One of them, with its customer and migration. NotVisible outside the scope."""
    rows = departures(scope, ConsentFilter()).select_related("customer", "partner", "migration")
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotVisible("migration")
    return found


def own_moves(caller: Caller) -> list[MigrationConsent]:
    """What the calling customer was asked about moving, newest first, with the partners that would receive it."""
    if caller.kind is not AccountKind.CUSTOMER:
        return []
    rows = MigrationConsent.objects.within(caller.scope).filter(side=Side.CUSTOMER, customer_id=caller.account)
    return list(rows.select_related("migration__partner", "partner").order_by("-asked_at", "-pk")[:NEWEST])


def get_own_move(caller: Caller, number: int) -> MigrationConsent:
    """One of them. NotVisible for anybody else's."""
    rows = MigrationConsent.objects.within(caller.scope).filter(side=Side.CUSTOMER, customer_id=caller.account)
    found = rows.select_related("migration__partner", "partner", "customer").filter(pk=number).first()
    if found is None or caller.kind is not AccountKind.CUSTOMER:
        raise NotVisible("migration")
    return found


def consents_of(migration: Migration) -> dict[Side, MigrationConsent]:
    """What customer and partner have answered to a migration that was read within a scope."""
    rows = MigrationConsent.objects.everything(reason="of a migration that was read within a scope")
    return {Side(one.side): one for one in rows.filter(migration=migration)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ended an association: a request, or what its partner was asked about a migration, or neither."""

    request: UnbindRequest | None = None
    departure: MigrationConsent | None = None


def outcome_of(association: Association) -> Outcome:
    """What ended an association that was read within a scope."""
    requests = UnbindRequest.objects.everything(reason=OF_ASSOCIATION).filter(association=association)
    moves = MigrationConsent.objects.everything(reason=OF_ASSOCIATION).filter(
        side=Side.PARTNER, migration__association=association, migration__state=MigrationState.DONE
    )
    return Outcome(requests.filter(state=RequestState.DONE).first(), moves.first())


def arrival_of(association: Association) -> Migration | None:
    """The migration by which an association, which was read within a scope, began."""
    rows = Migration.objects.everything(reason=OF_ASSOCIATION)
    return rows.filter(new_association=association).first()


def way_of_ending() -> Case:
    """A column for lists of associations: by which of ENDED_BY each has ended, empty for one that holds."""
    requests = UnbindRequest.objects.everything(reason=OF_ASSOCIATION).filter(
        association=OuterRef("pk"), state=RequestState.DONE
    )
    moves = Migration.objects.everything(reason=OF_ASSOCIATION).filter(
        association=OuterRef("pk"), state=MigrationState.DONE
    )
    return Case(
        When(until__isnull=True, then=Value("")),
        When(Exists(moves), then=Value(str(EndedBy.MIGRATION))),
        When(Exists(requests.filter(answer=RequestState.APPROVED_BY_TIME)), then=Value(str(EndedBy.TIME))),
        When(Exists(requests), then=Value(str(EndedBy.AGREEMENT))),
        default=Value(str(EndedBy.OTHERWISE)),
        output_field=CharField(),
    )


def causes_in(text: str) -> list[Cause]:
    """The causes that a row remembers."""
    return [Cause(one) for one in _known(text.split(","))]


def _known(names: Iterable[str]) -> list[str]:
    return [one for one in names if one in set(Cause)]
