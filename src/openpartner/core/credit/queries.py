"""Reading credit: a partner's figures, those of many customers at once, pools, and who was given what when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.compiled import Compiled, marks_for
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.sqltext import comparison
from openpartner.core.credit import purses
from openpartner.core.credit.models import CreditAllocation, CreditNotice, CreditReservation, Given, Hold, Purchase
from openpartner.core.customers.matching import customers
from openpartner.core.customers.search import keys_value
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.kit.money import Money
from openpartner.kit.slices import Page, Slice

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PartnerCredit:
    """A partner's credit in figures (tencent:E.1); `remaining` is what it may still give."""

    total: Money
    allocated: Money
    remaining: Money
    customers_total: Money
    customers_available: Money


@dataclass(frozen=True, slots=True)
class Credit:
    """A customer's credit with one partner, in millionths."""

    total: int
    available: int
    reserved: int = 0


NONE = Credit(0, 0)


def partner_credit(caller: Caller) -> PartnerCredit:
    """The figures of the calling partner. NotVisible for everybody else."""
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    return credit_of_partner(
        Account.objects.everything(reason="the caller's own account").select_related("partner").get(pk=caller.account)
    )


def credit_of_partner(partner: Account) -> PartnerCredit:
    """The same of a partner that was read within a scope."""
    currency = purses.currency_of(partner)
    given = CreditAllocation.objects.everything(reason=purses.WHY).filter(holder=partner, giver=partner.partner_id)
    total = given.order_by("-id").values_list("total_after", flat=True).first() or 0
    own = LedgerAccount.objects.everything(reason=purses.WHY).filter(
        holder=partner, use=Use.ALLOCABLE, giver=partner.partner_id, currency=currency, subject=0
    )
    remaining = own.annotate(left=F("credits") - F("debits")).values_list("left", flat=True).first() or 0
    sums = _sums(partner.pk, currency)
    available, used = sums.get(Use.AVAILABLE, 0), sums.get(Use.USED, 0)
    amounts = (total, total - remaining, remaining, available + used, available)
    return PartnerCredit(*(Money(currency, one) for one in amounts))


def credits_of(holders: Mapping[int, int]) -> dict[int, Credit]:
    """The credit of customers, each with the partner beside it: primary keys that were read within a scope.

    Whoever was never given anything is left out. One statement for each five thousand.
    """
    found: dict[int, list[int]] = {}
    keys = list(holders)
    for start in range(0, len(keys), AT_ONCE):
        for holder, giver, use, balance, reserved in _balances()(keys_value(keys[start : start + AT_ONCE])):
            if holders[holder] != giver:
                continue
            sums = found.setdefault(holder, [0, 0, 0])
            sums[0] += balance
            if use == Use.AVAILABLE:
                sums[1] += balance
                sums[2] += reserved
    return {holder: Credit(*sums) for holder, sums in found.items()}


def credit_of(customer: Account, partner: int | None = None) -> Credit:
    """The credit of a customer that was read within a scope, with its present partner or another."""
    giver = partner or customer.partner_id
    return credits_of({customer.pk: giver}).get(customer.pk, NONE) if giver is not None else NONE


def direct_credits(caller: Caller) -> list[tuple[int, Credit]]:
    """The uins of all direct customers, ascending, each with its credit."""
    rows = customers(caller.own()).filter(associated_at__isnull=False).order_by().values_list("uin", "pk")
    found = _all_of(caller.account)
    return sorted(
        ((uin, found.get(key, NONE)) for uin, key in rows.iterator(chunk_size=AT_ONCE)), key=lambda one: one[0]
    )


def available_of() -> Coalesce:
    """A column for lists of customers: what each may still spend of its present partner's credit, in millionths."""
    return _balance(Use.AVAILABLE)


def used_of() -> Coalesce:
    """A column likewise: what each has spent. With `available_of` it makes the total."""
    return _balance(Use.USED)


def allocations(customer: Account, partner: int, window: Slice) -> Page[CreditAllocation]:
    """What a customer, which was read within a scope, was given by a partner, newest first."""
    rows = CreditAllocation.objects.everything(reason=purses.WHY).filter(holder=customer, giver=partner)
    return _page(rows.order_by("-id"), window)


def pool_allocations(reseller: Account, distributor: int, window: Slice) -> Page[CreditAllocation]:
    """The same of a reseller's pool, and of a partner's line when `distributor` is the provider."""
    rows = CreditAllocation.objects.everything(reason=purses.WHY).filter(holder=reseller, giver=distributor)
    return _page(rows.exclude(given=Given.CUSTOMER).order_by("-id"), window)


def pools_of(distributor: int, resellers: Collection[int]) -> dict[int, Credit]:
    """The pools of resellers, which were read within a scope: total, and what is not given to customers yet."""
    own = LedgerAccount.objects.everything(reason=purses.WHY).filter(
        holder__in=list(resellers), use=Use.ALLOCABLE, giver=distributor
    )
    left = {one.holder_id: one for one in own}
    newest = (
        CreditAllocation.objects.everything(reason=purses.WHY)
        .filter(holder=OuterRef("holder"), giver=distributor)
        .order_by("-id")
        .values("total_after")
    )
    totals = dict(own.annotate(total=Subquery(newest[:1])).values_list("holder", "total"))
    return {key: Credit(totals[key] or 0, one.balance.micros, one.reserved) for key, one in left.items()}


def frozen_of(customer: int, partner: int) -> dict[Purchase, int]:
    """What is held back of a customer's credit, by what for, in millionths (tencent:E.1)."""
    rows = CreditReservation.objects.everything(reason=purses.WHY).filter(
        customer=customer, partner=partner, state=Hold.HELD
    )
    sums = rows.order_by().values("purchase").annotate(n=Sum("micros")).values_list("purchase", "n")
    return {Purchase(purchase): n for purchase, n in sums}


def notices(customer: Account, partner: int, window: Slice) -> Page[CreditNotice]:
    """What customer and partner were told about the customer's credit, newest first."""
    rows = CreditNotice.objects.everything(reason=purses.WHY).filter(customer=customer, partner=partner)
    return _page(rows.order_by("-id"), window)


def in_arrears_or_empty(partner: int, currency: str) -> Iterable[tuple[int, int]]:
    """The customers of a partner with nothing available, and how much that is: candidates of every stop."""
    rows = LedgerAccount.objects.everything(reason="the partner asks about its own customers").filter(
        partner=partner, use=Use.AVAILABLE, currency=currency, giver=partner, debits__gte=F("credits")
    )
    return rows.order_by("holder").values_list("holder", F("credits") - F("debits")).iterator(chunk_size=AT_ONCE)


def _page(rows: QuerySet[Any], window: Slice) -> Page[Any]:
    found: Sequence[Any] = list(rows[window.offset : window.offset + window.limit])
    return Page(list(found), rows.count())


def _sums(partner: int, currency: str) -> dict[int, int]:
    """What the customers of a partner have together, by use: read from an index alone."""
    rows = LedgerAccount.objects.everything(reason="the partner's own customers").filter(
        partner=partner, use__in=purses.OF_CUSTOMER, currency=currency
    )
    return dict(rows.order_by().values("use").annotate(n=Sum("credits") - Sum("debits")).values_list("use", "n"))


def _all_of(partner: int) -> dict[int, Credit]:
    rows = LedgerAccount.objects.everything(reason="the partner's own customers").filter(
        partner=partner, use__in=purses.OF_CUSTOMER, giver=partner
    )
    found: dict[int, Credit] = {}
    columns = rows.order_by().values_list("holder", "use", F("credits") - F("debits"), "reserved")
    for holder, use, balance, reserved in columns.iterator(chunk_size=AT_ONCE):
        one = found.get(holder, NONE)
        extra = (balance, reserved) if use == Use.AVAILABLE else (0, 0)
        found[holder] = Credit(one.total + balance, one.available + extra[0], one.reserved + extra[1])
    return found


_of_keys = comparison(
    "holder_id", "{0} IN (SELECT value FROM json_each({v}))", "{0} IN (SELECT unnest(({v})::bigint[]))"
)


@lru_cache(maxsize=1)
def _balances() -> Compiled:
    def build(mark: str) -> QuerySet[Any, Any]:
        rows = LedgerAccount.objects.everything(reason=purses.WHY).filter(_of_keys(mark), use__in=purses.OF_CUSTOMER)
        return rows.order_by().values_list("holder_id", "giver_id", "use", F("credits") - F("debits"), "reserved")

    return Compiled(build, *marks_for([str]), plan_anew=True)


def _balance(use: Use) -> Coalesce:
    rows = LedgerAccount.objects.everything(reason="the customer is read within the scope").filter(
        holder=OuterRef("pk"), use=use, giver=OuterRef("partner"), subject=0
    )
    left = rows.order_by().values(left=F("credits") - F("debits"))
    return Coalesce(Subquery(left[:1], output_field=BigIntegerField()), Value(0, output_field=BigIntegerField()))
