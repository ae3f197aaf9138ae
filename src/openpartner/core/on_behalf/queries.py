"""Reading authorizations: the list of a partner, what a customer has to answer, and by what one may act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.customers.rights import rights_of
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import RIGHTS, State, Work
from openpartner.kit.folding import fold_keeping_spaces

WHY = "the customer was read within the scope, or is the caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationFilter:
    """Which authorizations; None means no condition."""

    text: str | None = None  # part of the customer's name, or its UIN or ID
    state: State | None = None
    work: Work | None = None
    requested_from: datetime | None = None
    requested_until: datetime | None = None


def authorizations(scope: Scope, where: AuthorizationFilter) -> QuerySet[Authorization]:
    """The authorizations that the scope shows, in no order."""
    rows = Authorization.objects.within(scope)
    if where.text:
        folded = fold_keeping_spaces(where.text)
        named = Q(customer__legal_name_folded__contains=folded) | Q(customer__account_name_folded__contains=folded)
        named |= Q(customer__account_id=where.text)
        if where.text.isascii() and where.text.isdigit() and len(where.text) < 19:
            named |= Q(customer__uin=int(where.text))
        rows = rows.filter(named)
    if where.work is not None:
        rows = rows.filter(works__contains=where.work)
    equal = {
        "state": where.state,
        "requested_at__gte": where.requested_from,
        "requested_at__lte": where.requested_until,
    }
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def get_authorization(scope: Scope, authorization: int) -> Authorization:
    """The authorization with this key and its customer and partner; NotVisible when the scope does not show it."""
    rows = Authorization.objects.within(scope).select_related("customer", "partner")
    found = rows.filter(pk=authorization).first()
    if found is None:
        raise NotVisible("authorization")
    return found


def authorizations_of(customer: Account) -> list[Authorization]:
    """Every authorization of a customer that was read within a scope, or is the caller, newest first."""
    rows = Authorization.objects.everything(reason=WHY).filter(customer=customer).select_related("partner")
    return list(rows.order_by("-requested_at", "-id"))


def in_state(customer: Account, state: State) -> Authorization | None:
    """The one authorization of such a customer that is requested, or granted, now."""
    rows = Authorization.objects.everything(reason=WHY).filter(customer=customer, state=state)
    return rows.select_related("partner", "delegation", "customer").first()


def granted_to(caller: Caller, customer: Account) -> Authorization | None:
    """The authorization by which the people of a partner act for its customer now; None when there is none."""
    found = in_state(customer, State.GRANTED)
    return found if found is not None and found.partner_id == caller.account else None


def askable(caller: Caller) -> frozenset[Work]:
    """What the caller may ask its customers for: a second-level reseller what its distributor lets it."""
    if not caller.kind.is_partner:
        return frozenset()
    if caller.kind is not AccountKind.SECOND_LEVEL_RESELLER:
        return frozenset(Work)
    held = rights_of(caller.account)
    return frozenset(work for work, right in RIGHTS.items() if right in held)


def find_giver(caller: Caller, *, account_id: str | None, account_name: str | None) -> Authorization | None:
    """The authorization of the customer that a program names, by id, by name or by both; None when there is none.

    None too for a customer that is somebody else's or that somebody who manages customers does not manage.
    """
    if not caller.kind.is_partner or (account_id, account_name) == (None, None):
        return None
    rows = Authorization.objects.within(caller.own()).filter(state=State.GRANTED, partner=caller.account)
    if account_id is not None:
        rows = rows.filter(customer__account_id=account_id)
    if account_name is not None:
        rows = rows.filter(customer__account_name=account_name)
    return rows.select_related("customer", "delegation").first()
