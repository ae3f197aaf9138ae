"""Reading budgets, their records, quotas and alerts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.budgets.models import (
    Budget,
    BudgetAlert,
    BudgetKind,
    BudgetOperation,
    BudgetRecipient,
    BudgetRecord,
)
from openpartner.core.budgets.rights import Seller
from openpartner.core.budgets.usage import percent_of, used
from openpartner.core.customers.matching import customers
from openpartner.kit.money import Money
from openpartner.kit.slices import Page, Slice


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget and what is used of it."""

    budget: Budget
    used: Money

    @property
    def left(self) -> Money:
        """What remains, which may be below zero."""
        return self.budget.amount - self.used

    @property
    def percent(self) -> int:
        """Whole percents used, rounded down."""
        return percent_of(self.used.micros, self.budget.micros)


def get_budgeted(seller: Seller, account_id: str) -> Account:
    """One of the seller's customers; NotVisible when it has none of this account id."""
    found = customers(seller.scope).select_related("partner").filter(account_id=account_id).first()
    if found is None:
        raise NotVisible("customer")
    return found


def standings(seller: Seller, account_ids: Collection[str]) -> dict[str, Standing]:
    """The budgets of the seller's customers among these account ids; those without one are left out."""
    rows = customers(seller.scope).filter(account_id__in=account_ids, association_kind=AssociationKind.RESALE)
    return standings_of({row.pk: row.account_id for row in rows.only("pk", "account_id")})


def standings_of(names: dict[int, str]) -> dict[str, Standing]:
    """The same for customers that were read within a scope, by primary key and account id."""
    rows = Budget.objects.everything(reason="the customers were read within the scope")
    budgets = list(rows.filter(customer__in=list(names)))
    found = used(budgets)
    return {names[one.customer_id]: Standing(one, Money(one.currency, found[one.customer_id])) for one in budgets}


def records(
    seller: Seller, customer: Account, window: Slice, operation: BudgetOperation | None, kind: BudgetKind | None
) -> Page[BudgetRecord]:
    """What a seller's own people did about a customer's budget, newest first."""
    rows = BudgetRecord.objects.everything(reason="the customer was read within the scope")
    rows = rows.filter(customer=customer, partner=seller.partner)
    if operation is not None:
        rows = rows.filter(operation=operation)
    if kind is not None:
        rows = rows.filter(kind=kind)
    ordered = rows.select_related("partner").order_by("-at", "-id")
    return Page(list(ordered[window.offset : window.offset + window.limit]), rows.count())


def alerts(caller: Caller, window: Slice) -> Page[BudgetAlert]:
    """The alerts about customers that the caller sees, newest first."""
    rows = BudgetAlert.objects.within(caller.scope)
    ordered = rows.select_related("customer").order_by("-at", "-id")
    return Page(list(ordered[window.offset : window.offset + window.limit]), rows.count())


def recipients(partner: int) -> list[str]:
    """The addresses that a partner, which was read within a scope, has its alerts sent to."""
    rows = BudgetRecipient.objects.everything(reason="the partner was read within the scope")
    return sorted(rows.filter(partner=partner).values_list("email", flat=True))
