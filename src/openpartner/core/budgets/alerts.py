"""Looking whether budgets have reached their thresholds: telling, and suspending where that was asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Suspension
from openpartner.core.budgets.models import Budget, BudgetAlert, BudgetKind, Exhaustion
from openpartner.core.budgets.queries import recipients
from openpartner.core.budgets.usage import current_month, remember, used
from openpartner.core.customers.models import SuspensionCause
from openpartner.core.customers.suspension import freeze
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock
from openpartner.kit.money import plain

THRESHOLDS = (75, 90, 100)
"""Percent of a budget (huawei:E1)."""
EXHAUSTED = 100
SYSTEM = "system"
REASON = "the budget is used up"
LEVELS = {
    Exhaustion.ACCOUNT: Suspension.ACCOUNT,
    Exhaustion.ACCOUNT_AND_RESOURCES: Suspension.ACCOUNT_AND_RESOURCES,
}
WHY = "of customers whose budgets are looked at"


def check(keys: Collection[int]) -> int:
    """Look at the budgets of these customers, within a transaction, and return how many alerts are new."""
    rows = Account.objects.everything(reason=WHY).select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    customers = {row.pk: row for row in rows}
    budgets = Budget.objects.everything(reason=WHY).select_for_update(of=("self",)).filter(customer__in=customers)
    held = list(budgets.select_related("partner", "payer").order_by("customer"))
    spent = used(held)
    remember(held, spent)
    return sum(_check(one, customers[one.customer_id], spent[one.customer_id]) for one in held)


def _check(budget: Budget, customer: Account, spent: int) -> int:
    period = current_month() if budget.kind == BudgetKind.MONTHLY else 0
    reached = [percent for percent in THRESHOLDS if spent * 100 >= percent * budget.micros]
    known = BudgetAlert.objects.everything(reason=WHY).filter(setting=budget.setting_id, period=period)
    fresh = sorted(set(reached) - set(known.values_list("percent", flat=True)))
    if not fresh:
        return 0
    suspended = EXHAUSTED in fresh and _suspend(budget, customer)
    BudgetAlert.objects.bulk_create(
        BudgetAlert(
            provider_id=budget.provider_id,
            payer_id=budget.payer_id,
            partner_id=budget.partner_id,
            customer=customer,
            currency=budget.currency,
            micros=budget.micros,
            setting_id=budget.setting_id,
            period=period,
            percent=percent,
            used_micros=spent,
            at=clock.now(),
            is_mailed=percent == fresh[-1],
            has_suspended=suspended and percent == EXHAUSTED,
        )
        for percent in fresh
    )
    _mail(budget, customer, fresh[-1], spent)
    return len(fresh)


def _suspend(budget: Budget, customer: Account) -> bool:
    """Suspend as the budget says; once, because the alert of 100 % is told once."""
    level = LEVELS.get(Exhaustion(budget.exhaustion))
    if level is None:
        return False
    # In the name of whoever pays the provider: what a reseller may do itself does not bound its distributor's rule.
    payer = _system(budget.payer)
    reseller = budget.partner.account_id if budget.partner.kind == AccountKind.SECOND_LEVEL_RESELLER else None
    (result,) = freeze(
        payer,
        account_ids=[customer.account_id],
        level=level,
        reason=REASON,
        reseller=reseller,
        cause=SuspensionCause.BUDGET,
    )
    return result.is_changed


def _system(account: Account) -> Caller:
    return replace(operator(account=account, via="job"), user_name=SYSTEM)


def _mail(budget: Budget, customer: Account, percent: int, spent: int) -> None:
    """Tell the partner and its distributor (huawei:B16); each address once."""
    told: set[str] = set()
    for account in dict.fromkeys((budget.partner, budget.payer)):
        for address in recipients(account.pk) or [account.email]:
            if not address or address in told:
                continue
            told.add(address)
            user = User.objects.everything(reason=WHY).filter(email=address).first()
            values = {
                "account": customer.called,
                "uin": customer.uin,
                "percent": percent,
                "used": f"{plain(spent)} {budget.currency}",
                "amount": f"{plain(budget.micros)} {budget.currency}",
                "link": f"{settings.OPENPARTNER.url}/customers/{customer.account_id}/",
            }
            language = user.language if user is not None else "en"
            post(Template.BUDGET_REACHED, values, to=address, language=language, account=account.pk)
