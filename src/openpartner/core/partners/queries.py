"""Reading partners: the resellers of a distributor, one partner, and flags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from openpartner.core.accounts.models import Account, AssociationCount, FeatureFlag, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.compiled import Compiled, marks_for
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind
from openpartner.core.base.scope import Scope
from openpartner.kit.folding import fold_keeping_spaces
from openpartner.kit.slices import Page, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFilter:
    """Conditions on a list of partners; None means no condition."""

    account_name_contains: str | None = None
    legal_name_contains: str | None = None
    remark_contains: str | None = None
    mobile_contains: str | None = None
    email: str | None = None
    account_id: str | None = None
    uin: int | None = None
    customer_uin: int | None = None  # the partner that this customer is bound to
    associated_from: datetime | None = None
    associated_until: datetime | None = None
    kinds: frozenset[AccountKind] = PARTNER_KINDS


def partners(scope: Scope, kinds: Iterable[AccountKind] = PARTNER_KINDS) -> QuerySet[Account]:
    """The partners a scope shows, of these kinds."""
    # Said twice: SQLite takes the index of the partners, who are few, only when the query repeats its condition.
    return Account.objects.within(scope).filter(kind__in=sorted(kinds)).exclude(kind=AccountKind.CUSTOMER)


def search_partners(scope: Scope, where: PartnerFilter, window: Slice, *, oldest_first: bool = False) -> Page[Account]:
    """The partners visible in the scope, by time of association, each with `customer_count`."""
    rows = listed_partners(scope, where)
    total = rows.count()
    if window.offset >= total:
        return Page([], total)
    order = ("associated_at", "id") if oldest_first else ("-associated_at", "-id")
    return Page(list(rows.order_by(*order)[window.offset : window.offset + window.limit]), total)


def listed_partners(scope: Scope, where: PartnerFilter) -> QuerySet[Account]:
    """The same in no order and at any length."""
    counted = (
        AssociationCount.objects.within(scope)
        .filter(partner=OuterRef("pk"))
        .order_by()
        .values("partner")
        .annotate(n=Sum("customers"))
        .values("n")
    )
    count = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return _matching(scope, where).annotate(customer_count=count)


def get_partner(scope: Scope, *, account_id: str) -> Account:
    """The partner with this account id, with `customer_count`.

    NotVisible when the scope does not show it, and for the partner whose scope it is: nobody is its own partner.
    """
    rows = listed_partners(scope, PartnerFilter(account_id=account_id)).exclude(pk=scope.payer or 0)
    found = rows.select_related("partner").first()
    if found is None:
        raise NotVisible("partner")
    return found


def flags_of(partner: Account) -> dict[Flag, FeatureFlag]:
    """The feature flags that a partner, which was read within a scope, holds now."""
    rows = FeatureFlag.objects.everything(reason="the partner was read within the scope").filter(partner=partner)
    return {Flag(row.flag): row for row in rows.filter(until__isnull=True)}


def get_reseller(scope: Scope, *, account_id: str | None = None, uin: int | None = None) -> Account:
    """The second-level reseller with this identifier; NotVisible when the scope does not show it."""
    assert (account_id is None) != (uin is None)
    rows = partners(scope, {AccountKind.SECOND_LEVEL_RESELLER})
    found = (rows.filter(account_id=account_id) if uin is None else rows.filter(uin=uin)).first()
    if found is None:
        raise NotVisible("reseller")
    return found


@dataclass(frozen=True, slots=True)
class FoundReseller:
    """As much of a second-level reseller as a list of its customers needs."""

    pk: int
    legal_name: str


def find_reseller(scope: Scope, *, uin: int) -> FoundReseller:
    """The same by a compiled query, for calls that come thousands of times a second."""
    rows = _reseller_of_uin(scope.shape)(*scope.values, uin)
    if not rows:
        raise NotVisible("reseller")
    return FoundReseller(*rows[0])


def customers_of_reseller(scope: Scope, reseller: Account | FoundReseller) -> Scope:
    """The scope narrowed to the customers of a reseller that was read within it."""
    return scope.narrowed_to_partner(reseller.pk)


@lru_cache(maxsize=16)
def _reseller_of_uin(scope_shape: tuple[str, ...]) -> Compiled:
    def build(*marks: int) -> QuerySet[Account, Any]:
        *values, uin = marks
        scope = Scope(**dict(zip(scope_shape, values, strict=True)))
        rows = partners(scope, {AccountKind.SECOND_LEVEL_RESELLER}).filter(uin=uin)
        return rows.values_list("id", "legal_name")

    return Compiled(build, *marks_for([int] * (len(scope_shape) + 1)))


def has_flag(caller: Caller, flag: Flag) -> bool:
    """Whether the caller's account holds a feature flag now."""
    return (
        FeatureFlag.objects.everything(reason="the caller's own flags")
        .filter(partner_id=caller.account, flag=flag, until__isnull=True)
        .exists()
    )


def viewed(caller: Caller) -> Scope:
    """What the caller may look at in the console: everything in its scope, with one exception.

    A distributor looks at the customers of its second-level resellers only with the feature flag (seed 000,
    tencent:A.4).
    """
    if caller.kind is AccountKind.DISTRIBUTOR and not has_flag(caller, Flag.INDIRECT_CUSTOMER_VIEW):
        return caller.own()
    return caller.scope


def _matching(scope: Scope, where: PartnerFilter) -> QuerySet[Account]:
    rows = partners(scope, where.kinds)
    contains = {
        "account_name_folded": where.account_name_contains and fold_keeping_spaces(where.account_name_contains),
        "legal_name_folded": where.legal_name_contains and fold_keeping_spaces(where.legal_name_contains),
        "remark": where.remark_contains,
        "mobile": where.mobile_contains,
    }
    for column, value in contains.items():
        if value is not None:
            rows = rows.filter(GreaterThan(StrIndex(F(column), Value(value)), 0))
    equal = {
        "email": where.email,
        "account_id": where.account_id,
        "uin": where.uin,
        "associated_at__gte": where.associated_from,
        "associated_at__lte": where.associated_until,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    if where.customer_uin is not None:
        owner = (
            Account.objects.within(scope).filter(uin=where.customer_uin, kind=AccountKind.CUSTOMER).values("partner")
        )
        rows = rows.filter(pk__in=owner)
    return rows
