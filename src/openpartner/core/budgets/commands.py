"""Setting budgets, one or many; granting resellers quotas of them; saying who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.base.recipients import clean_recipients
from openpartner.core.budgets.models import (
    Budget,
    BudgetKind,
    BudgetOperation,
    BudgetQuota,
    BudgetRecipient,
    BudgetRecord,
    Exhaustion,
)
from openpartner.core.budgets.rights import Seller, must_fit, must_set, quotas_of, seller_of
from openpartner.core.budgets.usage import current_month, percent_of, spent_this_month
from openpartner.core.command import command
from openpartner.core.credit.purses import currency_of
from openpartner.core.customers.bulk import AT_ONCE_MAX, Outcome, RowResult
from openpartner.core.customers.matching import customers
from openpartner.core.customers.suspension import end_suspension
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.ledger.amounts import checked
from openpartner.core.partners.queries import get_reseller
from openpartner.kit import clock
from openpartner.kit.money import Money

CHECK = "budget.check"
RAISED = "a budget was set"


class WrongAssociation(Conflict):
    """Only customers of the resale association have budgets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A budget as it shall be. Without `exhaustion` what holds is kept; of the first setting it is by hand."""

    amount: Decimal
    kind: BudgetKind = BudgetKind.MONTHLY
    exhaustion: Exhaustion | None = None
    is_resuming: bool = False
    """Lift a suspension too (huawei:E1, `cancel_partner_frozen`)."""


@command(Action.BUDGET_SET, permission=Permission.CREDIT_WRITE)
def set_budget(caller: Caller, *, customer: str, wanted: Wanted, reseller: str | None = None) -> Budget:
    """Replace the budget of a customer (its account id) and return it; one of a distributor's reseller with that.

    Invalid for an amount outside of (0, 2147483647] or finer than two decimals, NotVisible for strangers,
    WrongAssociation, NotAllowed and LimitReached as in `rights`.
    """
    seller = seller_of(caller, reseller)
    must_set(caller, seller)
    lock_account(seller.partner)  # before its customers, as everywhere
    row = customers(seller.scope).select_for_update(of=("self",)).filter(account_id=customer).first()
    if row is None:
        raise NotVisible("customer")
    budget = _set(caller, row, wanted)
    enqueue(None, CHECK, {"customers": [row.pk]})
    return budget


@command(Action.BUDGETS_SET, permission=Permission.CREDIT_WRITE)
def set_budgets(
    caller: Caller, *, account_ids: Sequence[str], wanted: Wanted, reseller: str | None = None
) -> list[RowResult]:
    """Replace the budgets of several customers by the same, and return a result for each account id.

    A customer that cannot be changed leaves the others alone; errors of the request itself are raised as by
    `set_budget`.
    """
    distinct = list(dict.fromkeys(account_ids))
    if not 1 <= len(distinct) <= AT_ONCE_MAX:
        raise Invalid("account_ids", f"from one to {AT_ONCE_MAX} customers are changed at once")
    seller = seller_of(caller, reseller)
    must_set(caller, seller)
    checked("amount", wanted.amount, "")
    results = _set_each(caller, seller, distinct, wanted)
    counts = {str(outcome): sum(1 for one in results if one.outcome is outcome) for outcome in Outcome}
    record(caller, Action.BUDGETS_SET, counts=counts)
    return results


@command(Action.BUDGET_QUOTA_SET, permission=Permission.CREDIT_WRITE)
def grant_quota(caller: Caller, *, reseller: str, kind: BudgetKind, amount: Decimal) -> BudgetQuota:
    """Replace a reseller's quota of one kind of budgets and return it."""
    row = lock_account(get_reseller(caller.scope, account_id=reseller).pk)
    assert row.payer_id is not None
    money = checked("amount", amount, currency_of(row))
    _end_quota(caller, row, kind)
    record(caller, Action.BUDGET_QUOTA_SET, subject=row, kind=kind.label, amount=str(money))
    return BudgetQuota.objects.create(
        payer_id=row.payer_id,
        partner=row,
        kind=kind,
        currency=money.currency,
        micros=money.micros,
        since=clock.now(),
        granted_by=caller.user_name,
    )


@command(Action.BUDGET_QUOTA_REVOKED, permission=Permission.CREDIT_WRITE)
def revoke_quota(caller: Caller, *, reseller: str, kind: BudgetKind) -> BudgetQuota:
    """End a reseller's quota of one kind and return it; its customers' budgets stay. Conflict when there is none."""
    row = lock_account(get_reseller(caller.scope, account_id=reseller).pk)
    ended = _end_quota(caller, row, kind)
    if ended is None:
        raise Conflict("the reseller has no such quota")
    record(caller, Action.BUDGET_QUOTA_REVOKED, subject=row, kind=kind.label)
    return ended


@command(Action.BUDGET_RECIPIENTS_SET, permission=Permission.CREDIT_WRITE)
def set_recipients(caller: Caller, *, emails: Sequence[str]) -> list[BudgetRecipient]:
    """Say who is told of the calling partner's budgets, instead of those before, and return them."""
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    wanted = clean_recipients(emails)
    lock_account(caller.account)
    BudgetRecipient.objects.everything(reason="the caller's own").filter(partner=caller.account).delete()
    record(caller, Action.BUDGET_RECIPIENTS_SET, recipients=len(wanted))
    return BudgetRecipient.objects.bulk_create(BudgetRecipient(partner_id=caller.account, email=one) for one in wanted)


def _set_each(caller: Caller, seller: Seller, account_ids: Sequence[str], wanted: Wanted) -> list[RowResult]:
    lock_account(seller.partner)
    rows = customers(seller.scope).filter(account_id__in=account_ids).order_by("pk")
    found = {row.account_id: row for row in rows.select_for_update(of=("self",))}
    results = {}
    for one, row in found.items():
        try:
            _set(caller, row, wanted)
        except ChannelError as error:
            results[one] = RowResult(one, Outcome.REFUSED, error.message)
        else:
            results[one] = RowResult(one, Outcome.DONE)
    changed = sorted(found[one].pk for one, result in results.items() if result.outcome is Outcome.DONE)
    if changed:
        enqueue(None, CHECK, {"customers": changed})
    return [results.get(one, RowResult(one, Outcome.NOT_VISIBLE)) for one in account_ids]


def _set(caller: Caller, customer: Account, wanted: Wanted) -> Budget:
    """Set the budget of a locked customer. Everything that may be refused is, before anything is written."""
    assert customer.partner is not None
    money = checked("budget_amount", wanted.amount, currency_of(customer.partner))
    if customer.association_kind != AssociationKind.RESALE:
        raise WrongAssociation("only customers of the resale association have budgets")
    must_fit(caller, customer, wanted.kind, money)
    rows = Budget.objects.everything(reason="the customer is locked")
    held = rows.filter(customer=customer).first()
    exhaustion = wanted.exhaustion
    if exhaustion is None:
        exhaustion = Exhaustion(held.exhaustion) if held is not None else Exhaustion.MANUAL
    setting = recorded(caller.user_name, customer, BudgetOperation.SETTING, wanted.kind, exhaustion, money)
    if held is not None:
        held.delete()
    is_package, spent = (
        wanted.kind is BudgetKind.PACKAGE,
        spent_this_month(customer.pk, setting.partner_id, money.currency),
    )
    budget = Budget.objects.create(
        provider_id=setting.provider_id,
        payer_id=setting.payer_id,
        partner_id=setting.partner_id,
        customer=customer,
        currency=money.currency,
        micros=money.micros,
        kind=wanted.kind,
        exhaustion=exhaustion,
        setting=setting,
        since_month=current_month(),
        base_micros=spent if is_package else 0,
        used_percent=0 if is_package else percent_of(spent, money.micros),
        used_month=current_month(),
    )
    if wanted.is_resuming and customer.suspension != Suspension.NONE:
        end_suspension(caller, customer, RAISED)
    record(
        caller,
        Action.BUDGET_SET,
        subject=customer,
        amount=str(money),
        kind=wanted.kind.label,
        exhaustion=exhaustion.label,
    )
    return budget


def recorded(
    operator: str,
    customer: Account,
    operation: BudgetOperation,
    kind: BudgetKind,
    exhaustion: Exhaustion,
    money: Money,
) -> BudgetRecord:
    """The record of a setting or a deletion, inserted."""
    assert customer.provider_id is not None
    assert customer.payer_id is not None
    assert customer.partner_id is not None
    return BudgetRecord.objects.create(
        provider_id=customer.provider_id,
        payer_id=customer.payer_id,
        partner_id=customer.partner_id,
        customer=customer,
        currency=money.currency,
        micros=money.micros,
        operation=operation,
        kind=kind,
        exhaustion=exhaustion,
        at=clock.now(),
        operator=operator,
    )


def _end_quota(caller: Caller, reseller: Account, kind: BudgetKind) -> BudgetQuota | None:
    assert reseller.kind == AccountKind.SECOND_LEVEL_RESELLER
    held = quotas_of(reseller.pk).get(kind)
    if held is None:
        return None
    held.until, held.ended_by = max(clock.now(), held.since), caller.user_name
    held.save(update_fields=["until", "ended_by"])
    return held
