"""The consumption quota of a partner: the most it may owe, and what of it is used (huawei:E3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.models import ConsumptionQuota
from openpartner.core.command import command
from openpartner.core.credit.purses import currency_of
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.ledger.amounts import checked
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.partners.queries import partners
from openpartner.kit import clock
from openpartner.kit.money import Money

WHY = "the partner is the caller, or was read within the scope"
DEBTS = (Use.DUE, Use.UNBILLED)
CHECK_CONSUMPTION = "consumption.check"


@dataclass(frozen=True, slots=True)
class Consumption:
    """A partner's quota and what stands against it."""

    quota: Money
    """0 where the provider has set none."""
    balance: Money
    coupons: Money
    due: Money
    unbilled: Money

    @property
    def used(self) -> Money:
        """Due and unbilled, less balance and coupons; may be below zero."""
        return self.due + self.unbilled - self.balance - self.coupons

    @property
    def left(self) -> Money:
        """What may still be owed; below zero when too much is."""
        return self.quota - self.used

    @property
    def percent(self) -> int | None:
        """Whole percents of the quota that are used, rounded down; None without a quota."""
        return self.used.micros * 100 // self.quota.micros if self.quota.micros > 0 else None

    @property
    def is_over(self) -> bool:
        """Whether the partner is restricted, and its customers of the resale association cannot buy."""
        return self.quota.micros > 0 and self.used > self.quota


@command(Action.CONSUMPTION_QUOTA_SET, permission=Permission.CREDIT_WRITE)
def set_consumption_quota(caller: Caller, *, partner: str, amount: Decimal) -> ConsumptionQuota:
    """Replace the quota of one of the provider's distributors or resellers (its account id) and return it; 0 ends it.

    NotVisible for everybody but the provider.
    """
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("partner")
    paying = partners(caller.scope, {AccountKind.DISTRIBUTOR, AccountKind.RESELLER})
    found = paying.filter(account_id=partner).values_list("pk", flat=True).first()
    if found is None:
        raise NotVisible("partner")
    row = lock_account(found)
    money = checked("amount", amount, currency_of(row), from_zero=True)
    rows = ConsumptionQuota.objects.everything(reason=WHY).filter(partner=row, until__isnull=True)
    rows.update(until=clock.now())
    record(caller, Action.CONSUMPTION_QUOTA_SET, subject=row, amount=str(money))
    enqueue(None, CHECK_CONSUMPTION, {"partners": [row.pk]})
    return ConsumptionQuota.objects.create(
        provider_id=caller.account,
        partner=row,
        currency=money.currency,
        micros=money.micros,
        since=clock.now(),
        set_by=caller.user_name,
    )


def consumption(partner: Account) -> Consumption:
    """The figures of a partner that is the caller or was read within the scope."""
    currency = currency_of(partner)
    held = ConsumptionQuota.objects.everything(reason=WHY).filter(partner=partner, until__isnull=True).first()
    rows = LedgerAccount.objects.everything(reason=WHY).filter(
        holder=partner, currency=currency, use__in=(Use.BALANCE, Use.VOUCHER, *DEBTS)
    )
    sums = dict(rows.values_list("use").annotate(sum=Sum(F("credits") - F("debits"))))
    return Consumption(
        quota=Money(currency, held.micros if held is not None else 0),
        balance=Money(currency, sums.get(Use.BALANCE, 0)),
        coupons=Money(currency, sums.get(Use.VOUCHER, 0)),
        # Debts stand below zero in the ledger.
        due=Money(currency, -sums.get(Use.DUE, 0)),
        unbilled=Money(currency, -sums.get(Use.UNBILLED, 0)),
    )


def own_consumption(caller: Caller) -> Consumption:
    """The figures of the calling partner."""
    return consumption(Account.objects.everything(reason="the caller itself").get(pk=caller.account))
