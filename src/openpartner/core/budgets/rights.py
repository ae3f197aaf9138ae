"""Who may set budgets of whose customers, and up to how much (huawei:B2, huawei:B19, huawei:D3, huawei:E1)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import LimitReached, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.budgets.models import Budget, BudgetKind, BudgetQuota
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import rights_of
from openpartner.core.partners.queries import customers_of_reseller, get_reseller
from openpartner.kit.money import Money

WHY = "the reseller is the caller, or was read within the scope"


class GivenAway(NotAllowed):
    """The distributor lets the reseller do this itself, and therefore does not."""


@dataclass(frozen=True, slots=True)
class Seller:
    """Whose customers are meant, and the scope that shows them."""

    partner: int
    scope: Scope


def seller_of(caller: Caller, reseller: str | None) -> Seller:
    """The reseller that a distributor names, otherwise the caller. NotVisible for a strange one."""
    if not caller.kind.is_partner:
        raise NotVisible("customer")
    if reseller is None or caller.kind is not AccountKind.DISTRIBUTOR:
        return Seller(caller.account, caller.own())
    row = get_reseller(caller.scope, account_id=reseller)
    return Seller(row.pk, customers_of_reseller(caller.scope, row))


def must_set(caller: Caller, seller: Seller) -> None:
    """NotAllowed for a reseller without the right, GivenAway for a distributor that has given it away."""
    if caller.kind is AccountKind.SECOND_LEVEL_RESELLER:
        if not may_set(caller):
            raise NotAllowed("the distributor has not let this reseller set budgets")
    elif seller.partner != caller.account and Right.SET_BUDGET in rights_of(seller.partner):
        raise GivenAway("this reseller sets the budgets of its customers itself")


def may_set(caller: Caller) -> bool:
    """Whether the caller is a partner that sets the budgets of its own customers."""
    if caller.kind is AccountKind.SECOND_LEVEL_RESELLER:
        return Right.SET_BUDGET in rights_of(caller.account)
    return caller.kind.is_partner


def must_fit(caller: Caller, customer: Account, kind: BudgetKind, amount: Money) -> None:
    """LimitReached when a reseller's budgets of a kind would be above its quota, as without a quota they always are.

    The reseller's row is locked, so that two settings never pass together what one may not pass.
    """
    if caller.kind is not AccountKind.SECOND_LEVEL_RESELLER:
        return
    quota = quotas_of(caller.account).get(kind)
    if quota is None:
        raise LimitReached(f"the distributor has not granted this reseller a quota of {kind.label} budgets")
    rows = Budget.objects.everything(reason=WHY).filter(partner=caller.account, kind=kind).exclude(customer=customer)
    others = rows.aggregate(sum=Sum("micros"))["sum"] or 0
    if others + amount.micros > quota.micros:
        raise LimitReached(f"the budgets of this reseller's customers would be above its quota of {quota.amount}")


def quotas_of(partner: int) -> dict[BudgetKind, BudgetQuota]:
    """The quotas that a reseller, which was read within a scope, holds now."""
    rows = BudgetQuota.objects.everything(reason=WHY).filter(partner=partner, until__isnull=True)
    return {BudgetKind(one.kind): one for one in rows}
