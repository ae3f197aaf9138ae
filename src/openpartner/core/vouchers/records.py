"""What lists of vouchers are read from: vouchers with what is left on each, and what they have paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BigIntegerField, Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from openpartner.core.base.scope import Scope
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.vouchers.models import Voucher, VoucherUse
from openpartner.core.vouchers.queries import (
    REFUSED,
    STANDING,
    TAKEN_BACK,
    VoucherFilter,
    VoucherRow,
    find_voucher,
    voucher_rows,
    vouchers,
)
from openpartner.core.vouchers.vocabulary import Standing, VoucherKind, VoucherState
from openpartner.kit import clock
from openpartner.kit.money import Money

SOON = timedelta(days=7)
PARTNERS_COST = (VoucherKind.PARTNER, VoucherKind.TRIAL)
SELLERS = frozenset({VoucherKind.CUSTOMER, *PARTNERS_COST})
CUSTOMERS = frozenset({VoucherKind.CUSTOMER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFilter:
    """Conditions on the vouchers of a list; None means no condition."""

    holder: str | None = None
    """The account id of the customer."""
    uin: int | None = None
    standing: int | None = None
    usage: str | None = None
    payment_mode: str | None = None
    kind: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsesFilter:
    """Which voucher's uses, by its code; None: of all."""

    voucher: str | None = None


@dataclass(frozen=True, slots=True)
class Usable:
    """What a customer can use now, and what of it ends within a week, in one currency."""

    amount: Money
    number: int
    soon: Money
    soon_number: int


def kinds_of(scope: Scope) -> frozenset[VoucherKind]:
    """The kinds that a scope lists: a customer's own, but not those that pay its partner's cost for it."""
    return CUSTOMERS if scope.customer is not None else SELLERS


def listed_vouchers(scope: Scope, where: ListedFilter) -> QuerySet[Voucher]:
    """Vouchers with their `standing`, `shown` (left, or left when it ended, in millionths) and `whom` it is for."""
    kinds = kinds_of(scope)
    if where.kind is not None:
        kinds &= {VoucherKind(where.kind)}
    conditions = VoucherFilter(
        kinds=kinds,
        customer_account_id=where.holder,
        customer_uin=where.uin,
        usage=where.usage,
        payment_mode=where.payment_mode,
        standings=frozenset({Standing(where.standing)}) if where.standing is not None else None,
    )
    moment = clock.now()
    number: BigIntegerField[int, int] = BigIntegerField()
    running, over = Q(state=VoucherState.ISSUED), Q(valid_until__lte=moment)
    accounts = LedgerAccount.objects.everything(reason="of vouchers within the scope").filter(
        use=Use.VOUCHER, holder=OuterRef("held_by"), subject=OuterRef("pk")
    )
    rows = vouchers(scope, conditions).annotate(
        held_by=Case(When(kind__in=PARTNERS_COST, then=F("partner_id")), default=F("customer_id"), output_field=number)
    )
    free = accounts.annotate(rest=F("credits") - F("debits") - F("reserved")).values("rest")[:1]
    return rows.annotate(
        shown=Coalesce(F("left_micros"), Subquery(free, output_field=number), 0, output_field=number),
        whom=Coalesce("customer_id", "partner_id"),
        standing=Case(
            When(running & over, then=Value(Standing.EXPIRED.value)),
            When(running & Q(valid_from__gt=moment), then=Value(Standing.INACTIVE.value)),
            When(running, then=Value(Standing.USABLE.value)),
            When(state=VoucherState.UNDER_REVIEW, then=Value(Standing.UNDER_REVIEW.value)),
            When(state=VoucherState.USED, then=Value(Standing.USED.value)),
            When(state=VoucherState.EXPIRED, then=Value(Standing.EXPIRED.value)),
            When(state__in=TAKEN_BACK, then=Value(Standing.TAKEN_BACK.value)),
            When(state__in=REFUSED, then=Value(Standing.REFUSED.value)),
            output_field=IntegerField(),
        ),
    )


def listed_uses(scope: Scope, where: UsesFilter) -> QuerySet[VoucherUse]:
    """What vouchers of the scope have paid of the bills that are current."""
    found = vouchers(scope, VoucherFilter(kinds=kinds_of(scope), code=where.voucher))
    return VoucherUse.objects.within(scope).filter(STANDING, voucher__in=found.values("pk"))


def get_listed(scope: Scope, code: str) -> VoucherRow | None:
    """The voucher with this code that the scope's lists have, or None."""
    return find_voucher(scope, VoucherFilter(kinds=kinds_of(scope), code=code))


def usable_of(scope: Scope, customer: int) -> Usable | None:
    """What a customer that was read within the scope can use now; None when there is nothing."""
    where = VoucherFilter(customer=customer, standings=frozenset({Standing.USABLE}))
    rows = [row for row in voucher_rows(list(vouchers(scope, where))) if row.left_micros]
    if not rows:
        return None
    currency, moment = rows[0].voucher.currency, clock.now()
    rows = [row for row in rows if row.voucher.currency == currency]
    soon = [row for row in rows if row.voucher.valid_until <= moment + SOON]
    return Usable(
        Money(currency, sum(row.left_micros for row in rows)),
        len(rows),
        Money(currency, sum(row.left_micros for row in soon)),
        len(soon),
    )
