"""A partner's month as its bill tells it: what it owes the provider at its own price (huawei:E6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.months import first_day
from openpartner.core.billing.queries import BillFilter, By, Dimension, months
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.amounts import NOTHING
from openpartner.huawei.bills.reading import Group, Source, groups_of, in_one_currency
from openpartner.huawei.bills.wire import CURRENCIES, cycle_month
from openpartner.kit import clock

NOON = 12
AMOUNTS = ("partner_cost", "partner_tax", "cost_after_discount", "total_cost")
BY: tuple[By, ...] = (Dimension.CURRENCY, Dimension.ACTION, Dimension.ACTION_CODE)


@dataclass(frozen=True, slots=True)
class PartnerMonth:
    """Amounts in one currency, without tax but for `tax`; refunds and most adjustments are negative."""

    groups: list[Group]
    currency: str

    @property
    def due(self) -> Decimal:
        return self.spent + self.refunded + self.adjusted

    @property
    def spent(self) -> Decimal:
        return self._sum(codes.SPENT)

    @property
    def refunded(self) -> Decimal:
        return self._sum(codes.REFUNDED)

    @property
    def adjusted(self) -> Decimal:
        return self._sum(codes.ADJUSTED)

    @property
    def tax(self) -> Decimal:
        return sum((group.sums[1] for group in self.groups), NOTHING) or NOTHING

    def _sum(self, bill_type: int) -> Decimal:
        return sum((group.sums[0] for group in self.groups if sum_type_of(group) == bill_type), NOTHING) or NOTHING


def partner_month(caller: Caller, field: str, cycle: str, by: tuple[By, ...] = ()) -> PartnerMonth:
    """The month of the whole paying partner. Invalid until its bill is ready, NotAllowed for who does not see it all.

    The bill of a month is ready when the provider has closed it, at the latest at noon in Beijing on the day the
    settings name.
    """
    if not caller.kind.pays:
        raise NotAllowed("only who pays the provider has a bill")
    if caller.scope.manager is not None:
        raise NotAllowed("an account manager sees customers' bills, not the partner's")
    month = cycle_month(field, cycle)
    if not _is_ready(caller, month):
        raise Invalid(field, "is a month whose bill is not ready yet")
    groups = groups_of([Source(caller.scope, BillFilter.month(month))], (*BY, *by), AMOUNTS)
    return PartnerMonth(*in_one_currency(groups, CURRENCIES[caller.site]))


def sum_type_of(group: Group) -> int:
    """Spent, refunded or adjusted."""
    return codes.sum_type(group.codes[Dimension.ACTION], group.codes[Dimension.ACTION_CODE])


def _is_ready(caller: Caller, month: int) -> bool:
    latest = first_day(month + 1).replace(day=settings.OPENPARTNER.partner_bill_day)
    if clock.now() >= datetime(latest.year, latest.month, latest.day, NOON, tzinfo=clock.BEIJING).astimezone(UTC):
        return True
    held = months(caller.scope, first=month, last=month)
    return bool(held) and all(one.state is MonthState.FINAL for one in held)
