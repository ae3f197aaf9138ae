"""The demo's budgets, quotas and balances since the first day of the open month, and the records of its suspensions."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet, Sum

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.balances.commands import top_up, transfer_to_reseller
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.billing.models import BillMonth, CustomerMonth
from openpartner.core.billing.months import first_day
from openpartner.core.budgets.commands import Wanted, grant_quota, set_budget
from openpartner.core.budgets.consumption import set_consumption_quota
from openpartner.core.budgets.models import BudgetKind, Exhaustion
from openpartner.core.credit.purses import currency_of
from openpartner.core.customers.models import Right, SuspensionCause, SuspensionRecord
from openpartner.core.customers.rights import grant_right
from openpartner.core.loading import derive
from openpartner.demo import plan
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.kit.money import MICROS_PER_UNIT

WHY = "the demo has just made it"
CUSTOMERS_A_PARTNER = 20
"""Those who spent most are given a budget."""
PERCENTS = (45, 70, 85, 110, 180, 300)
"""Of what they spent in the month before: some use theirs up, most do not."""
ROUNDED_TO = 50
TRUSTED = plan.PARTNERS[1].account_name
"""The reseller that sets the budgets of its customers itself."""


def record_suspensions(by: str) -> None:
    """Insert the record of every suspension that the channel was built with."""
    derive.begin_suspensions(by, SuspensionCause.MANUAL, "does not pay")
    kept = timedelta(days=settings.OPENPARTNER.freeze_retention_days)
    rows = SuspensionRecord.objects.everything(reason=WHY).filter(level=Suspension.ACCOUNT_AND_RESOURCES)
    changed = list(rows)
    for row in changed:
        row.resources_kept_until = row.since + kept
    rows.bulk_update(changed, ["resources_kept_until"], batch_size=200)


def give(caller: Caller, month: int) -> int:
    """Set budgets for an open month and return how many. The month before it is published."""
    rows = CustomerMonth.objects.everything(reason=WHY).filter(
        month__in=BillMonth.objects.everything(reason=WHY).filter(month=month - 1).values("pk")
    )
    spent = rows.values_list("partner_id", "customer_id").annotate(listed=Sum("list_micros")).order_by("-listed")
    by_partner: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for partner, customer, micros in spent:
        if micros > 0 and len(by_partner[partner]) < CUSTOMERS_A_PARTNER:
            by_partner[partner].append((customer, micros))
    partners = Account.objects.everything(reason=WHY).select_related("partner").in_bulk(by_partner)
    with clock.frozen(datetime.combine(first_day(month), time(9), BEIJING)):
        _trust(partners.values(), {one: sum(micros for _, micros in given) for one, given in by_partner.items()})
        _pay(caller, rows)
        return sum(_budgets(partners[one], given) for one, given in sorted(by_partner.items()))


def _trust(partners: Iterable[Account], sums: dict[int, int]) -> None:
    """Let one reseller set budgets, within quotas of both kinds."""
    for row in partners:
        if row.account_name == TRUSTED:
            above = operator(account=row.partner)
            grant_right(above, reseller=row.account_id, right=Right.SET_BUDGET)
            grant_right(above, reseller=row.account_id, right=Right.FREEZE_ACCOUNT)
            for kind in BudgetKind:
                grant_quota(above, reseller=row.account_id, kind=kind, amount=_units(sums[row.pk] * 4))


def _budgets(partner: Account, given: list[tuple[int, int]]) -> int:
    is_own = partner.kind != AccountKind.SECOND_LEVEL_RESELLER or partner.account_name == TRUSTED
    setter = operator(account=partner if is_own else partner.partner)
    customers = Account.objects.everything(reason=WHY).in_bulk([customer for customer, _ in given])
    count = 0
    for pk, micros in given:
        customer = customers[pk]
        if customer.partner_id != partner.pk or customer.association_kind != AssociationKind.RESALE:
            continue
        chance = zlib.crc32(customer.account_id.encode())
        wanted = Wanted(
            amount=_units(micros * PERCENTS[chance % len(PERCENTS)] // 100),
            kind=BudgetKind.PACKAGE if chance % 5 == 0 else BudgetKind.MONTHLY,
            exhaustion=Exhaustion.ACCOUNT if chance % 7 == 0 else Exhaustion.MANUAL,
        )
        reseller = None if is_own else partner.account_id
        set_budget(setter, customer=customer.account_id, wanted=wanted, reseller=reseller)
        count += 1
    return count


def _pay(caller: Caller, rows: QuerySet[CustomerMonth]) -> None:
    """A quota for each payer of three months' cost, and half a month's paid in, of which its resellers get some."""
    costs = rows.values_list("payer_id").annotate(cost=Sum("partner_micros"))
    payers = Account.objects.everything(reason=WHY).in_bulk([payer for payer, _ in costs])
    for pk, micros in sorted(costs):
        payer = payers[pk]
        paid = _units(micros // 2)
        set_consumption_quota(caller, partner=payer.account_id, amount=_units(micros * 3))
        top_up(caller, partner=payer.account_id, amount=paid, memo=f"bank transfer, {currency_of(payer)}")
        resellers = Account.objects.everything(reason=WHY).filter(partner=payer, kind=AccountKind.SECOND_LEVEL_RESELLER)
        for reseller in resellers.order_by("pk"):
            amount = Decimal(int(paid / 20))
            if amount:
                transfer_to_reseller(operator(account=payer), reseller=reseller.account_id, amount=amount)


def _units(micros: int) -> Decimal:
    """Whole units, rounded up to fifty."""
    return Decimal(-(-micros // (MICROS_PER_UNIT * ROUNDED_TO)) * ROUNDED_TO or ROUNDED_TO)
