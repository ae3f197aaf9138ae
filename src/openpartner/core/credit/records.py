"""What lists of credit are read from: allocations, the statement of a ledger account, and one of its postings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import BigIntegerField, Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.billing.models import BillMonth, CustomerMonth, MonthState
from openpartner.core.billing.months import month_of_day
from openpartner.core.credit.confirmations import BillState
from openpartner.core.credit.models import BillConfirmation, CreditAllocation, CreditNotice, CreditStanding, Given
from openpartner.core.credit.purses import OF_CUSTOMER, currency_of
from openpartner.core.credit.queries import NONE, credits_of
from openpartner.core.customers.matching import customers
from openpartner.core.ledger.balances import MOVING
from openpartner.core.ledger.models import LedgerAccount, Transfer, Use
from openpartner.core.partners.queries import partners
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.kit.money import Money

Row = TypeVar("Row", bound=ScopedModel)
WHY = "narrowed to the customers that the scope shows"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationFilter:
    """Conditions on records of allocations; None means no condition."""

    holder: str | None = None
    """The account id of who was given something."""
    uin: int | None = None
    is_reclaim: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFilter:
    """Conditions on a statement. Without a holder there is nothing on it."""

    holder: str | None = None
    kind: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledFilter:
    """Conditions on the customers that have a bill of a month. None: the last whole month, and no other condition."""

    month: int | None = None
    state: str | None = None
    uin: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationFilter:
    """Conditions on records of confirmations; None means no condition."""

    holder: str | None = None
    uin: int | None = None
    month: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def last_whole_month() -> int:
    """The month before the one that is running in UTC+8, where bill months begin."""
    return month_of_day(clock.now().astimezone(BEIJING).date()) - 1


def billed(scope: Scope, where: BilledFilter) -> QuerySet[Account]:
    """The customers a partner has a bill of a month for, also those that have left it since.

    Each with the `total` over all clouds in the partner's currency, what is `paid` of it, in millionths, when that was
    confirmed `last`, and the `state` it is in. Nobody's but a partner's.
    """
    rows = Account.objects.everything(reason="those that the partner has bills for")
    partner = rows.filter(pk=scope.partner or 0).first()
    month = last_whole_month() if where.month is None else where.month
    months = BillMonth.objects.everything(reason="of the partner's provider").filter(
        month=month, provider=partner.provider_id if partner is not None else None
    )
    costs = of_customers(CustomerMonth, scope).filter(month__in=months.values("pk"))
    costs = costs.none() if partner is None else costs.filter(currency=currency_of(partner))
    kept = of_customers(BillConfirmation, scope).filter(month=month, customer=OuterRef("pk"))
    number: BigIntegerField[int, int] = BigIntegerField()
    total = costs.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(n=Sum("total_micros"))
    paid = kept.order_by().values("customer").annotate(n=Sum("paid"))
    found = rows.filter(pk__in=costs.values("customer")).annotate(
        total=Coalesce(Subquery(total.values("n"), output_field=number), 0, output_field=number),
        paid=Coalesce(Subquery(paid.values("n"), output_field=number), 0, output_field=number),
        last=Subquery(kept.order_by("-id").values("at")[:1]),
    )
    found = found.annotate(
        state=Case(
            When(last__isnull=True, then=Value(str(BillState.UNCONFIRMED))),
            When(total=F("paid"), then=Value(str(BillState.CONFIRMED))),
            default=Value(str(BillState.RESTATED)),
            output_field=CharField(),
        )
    )
    conditions = {"state": where.state, "uin": where.uin}
    return found.filter(**{name: value for name, value in conditions.items() if value is not None})


def is_final(partner: Account, month: int) -> bool:
    """Whether a month of all clouds has ended for good, so that its bills can be confirmed."""
    rows = BillMonth.objects.everything(reason="of the partner's provider").filter(
        month=month, provider=partner.provider_id
    )
    states = list(rows.values_list("state", flat=True))
    return bool(states) and all(state == MonthState.FINAL for state in states)


def confirmation_records(scope: Scope, where: ConfirmationFilter) -> QuerySet[BillConfirmation]:
    """What was confirmed as paid of customers in the scope."""
    rows = of_customers(BillConfirmation, scope)
    conditions = {"month": where.month, "at__gte": where.since, "at__lte": where.until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    named = {"account_id": where.holder, "uin": where.uin}
    for column, value in named.items():
        if value is not None:
            keys = Account.objects.everything(reason="the record is read within the scope").filter(**{column: value})
            rows = rows.filter(customer__in=keys.values("pk"))
    return rows


def customer_allocations(scope: Scope, where: AllocationFilter) -> QuerySet[CreditAllocation]:
    """What customers in the scope were given and what was taken back from them."""
    return _matching(of_customers(CreditAllocation, scope).filter(given=Given.CUSTOMER), where)


def partner_allocations(scope: Scope, where: AllocationFilter) -> QuerySet[CreditAllocation]:
    """How the credit lines and pools in the scope were changed; nothing for somebody with assigned customers."""
    if scope.manager is not None:
        return CreditAllocation.objects.everything(reason="none of them").none()
    return _matching(CreditAllocation.objects.within(scope).exclude(given=Given.CUSTOMER), where)


def statement(scope: Scope, where: StatementFilter) -> QuerySet[Transfer]:
    """The transfers of an account's credit, each with its `change` and the balance `after` it, in millionths."""
    account = stated_account(scope, where.holder or "")
    rows = Transfer.objects.filter(phase__in=MOVING)
    rows = rows.none() if account is None else rows.filter(Q(debit=account) | Q(credit=account))
    conditions = {"kind": where.kind, "at__gte": where.since, "at__lte": where.until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    number: BigIntegerField[int, int] = BigIntegerField()
    return rows.annotate(
        change=Case(When(debit=account, then=F("micros") * -1), default=F("micros"), output_field=number),
        after=Case(When(debit=account, then=F("debit_after")), default=F("credit_after"), output_field=number),
    )


def stated_account(scope: Scope, holder: str) -> LedgerAccount | None:
    """The ledger account behind the statement of a customer or partner in the scope, or of the partner whose it is.

    None before the first credit.
    """
    found = Account.objects.within(scope).filter(account_id=holder).first()
    if found is None and scope.manager is None:
        own = [key for key in (scope.payer, scope.partner) if key is not None]
        rows = Account.objects.everything(reason="the scope's own account").filter(account_id=holder, pk__in=own)
        found = rows.first()
    if found is None:
        return None
    use = Use.AVAILABLE if found.kind == AccountKind.CUSTOMER else Use.ALLOCABLE
    accounts = LedgerAccount.objects.everything(reason="its holder was read within the scope")
    return accounts.filter(holder=found, use=use, giver=found.partner_id, subject=0).first()


def get_posting(scope: Scope, of_partners: Scope, number: int) -> tuple[Transfer, list[LedgerAccount]]:
    """A transfer, and those of its two accounts that may be seen. NotVisible when neither may.

    `scope` shows customers' accounts, `of_partners` those of partners: a distributor sees its resellers' pools, and
    what these gave to their customers only where it may look at those.
    """
    transfer = Transfer.objects.filter(pk=number, phase__in=MOVING).first()
    if transfer is not None:
        sides = Q(pk__in=(transfer.debit_id, transfer.credit_id))
        found = list(of_customers(LedgerAccount, scope).filter(sides, use__in=OF_CUSTOMER))
        if of_partners.manager is None:
            found += LedgerAccount.objects.within(of_partners).filter(sides, use=Use.ALLOCABLE)
        if found:
            return transfer, found
    raise NotVisible("posting")


@dataclass(frozen=True, slots=True)
class Granted:
    """What a provider has granted in one currency, and what its partners have not given to customers yet."""

    granted: Money
    remaining: Money

    @property
    def given_on(self) -> Money:
        """What customers have got of it."""
        return self.granted - self.remaining


def granted(scope: Scope) -> list[Granted]:
    """The credit lines of a provider's partners together, by currency."""
    rows = LedgerAccount.objects.within(scope)
    lines = rows.filter(holder=scope.provider, use=Use.ISSUED).order_by("currency")
    holders = partners(scope).values("pk")
    left = rows.filter(holder__in=holders, use=Use.ALLOCABLE).order_by().values("currency")
    sums = dict(left.annotate(n=Sum("credits") - Sum("debits")).values_list("currency", "n"))
    return [Granted(-line.balance, Money(line.currency, sums.get(line.currency, 0))) for line in lines]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFilter:
    """Conditions on what was told about customers' credit; None means no condition."""

    notice: int | None = None
    uin: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def notice_records(scope: Scope, where: NoticeFilter) -> QuerySet[CreditNotice]:
    """What was told about customers in the scope."""
    rows = of_customers(CreditNotice, scope)
    conditions = {"notice": where.notice, "at__gte": where.since, "at__lte": where.until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    if where.uin is not None:
        keys = Account.objects.everything(reason="the notice is read within the scope").filter(uin=where.uin)
        rows = rows.filter(customer__in=keys.values("pk"))
    return rows


def newest_notices(scope: Scope, most: int) -> list[CreditNotice]:
    """The last things that were told about customers in the scope, each with its customer."""
    return list(of_customers(CreditNotice, scope).select_related("customer").order_by("-id")[:most])


def in_arrears_now(scope: Scope, most: int) -> list[tuple[Account, int]]:
    """Customers in arrears, longest first, each with what is available now in millionths: below zero as a rule."""
    rows = of_customers(CreditStanding, scope).filter(until__isnull=True).select_related("customer")
    found = list(rows.order_by("since", "id")[:most])
    credits_now = credits_of({row.customer_id: row.partner_id for row in found})
    return [(row.customer, credits_now.get(row.customer_id, NONE).available) for row in found]


def of_customers(model: type[Row], scope: Scope) -> QuerySet[Row]:
    """The rows of a table that speak of customers in the scope, which may be those of one account manager."""
    manager: ScopedManager[Row] = model.objects  # type: ignore[attr-defined]  # every scoped model has it
    if scope.manager is None:
        return manager.within(scope)
    given = zip(scope.shape, scope.values, strict=True)
    levels = {f"{level}_id": value for level, value in given if level != "manager"}
    return manager.everything(reason=WHY).filter(**levels, customer__in=customers(scope).values("pk"))


def _matching(rows: QuerySet[CreditAllocation], where: AllocationFilter) -> QuerySet[CreditAllocation]:
    conditions: dict[str, Any] = {"at__gte": where.since, "at__lte": where.until}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    named = {"account_id": where.holder, "uin": where.uin}
    for column, value in named.items():
        if value is not None:
            keys = Account.objects.everything(reason="the record is read within the scope").filter(**{column: value})
            rows = rows.filter(holder__in=keys.values("pk"))
    if where.is_reclaim is not None:
        rows = rows.filter(micros__lt=0) if where.is_reclaim else rows.filter(micros__gt=0)
    return rows
