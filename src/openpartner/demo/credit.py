"""The demo's credit: lines, pools and customers' credit since the first day of the open month; bills before are paid.

What customers spent in the last whole month decides what they are given. Most have enough, a few run low, and fewer
still are in arrears: alerts and stops have something to show.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Sum

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.models import BillMonth, CustomerMonth
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.credit.allocations import POOL_CHANGE_MAX, allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.models import BillConfirmation
from openpartner.core.credit.purses import currency_of
from openpartner.core.credit.queries import credits_of
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.kit.money import MICROS_PER_UNIT, Money

WHY = "the demo has just made it"
ROOM_PERCENT = 130
"""Lines and pools are larger than what is given out of them."""
SHORT_EVERY, SHORT_PERCENT = 29, 45
"""One customer in so many gets this part of a month's spend, the others between one and a half and four months'."""
ROUNDED_TO = 50
POOL_UNITS_MAX = POOL_CHANGE_MAX // MICROS_PER_UNIT
"""What one change of a pool may add: with millions of bill lines a reseller needs several."""
PAID_AFTER = timedelta(days=12)
AT_ONCE = 2_000


def give(caller: Caller, month: int) -> int:
    """Give credit for an open month and return to how many customers. The month before it is published."""
    found = list(_spent(month - 1))
    partners = _partners({partner for partner, _, _ in found})
    gifts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for partner, customer, micros in found:
        gifts[partner].append((customer, _amount(customer, micros)))
    uins = _uins([customer for _, customer, _ in found])
    with clock.frozen(datetime.combine(first_day(month), time(9), BEIJING)):
        _fill(caller, partners, {partner: sum(units for _, units in given) for partner, given in gifts.items()})
        for partner, given in sorted(gifts.items()):
            _allocate(partners[partner], {uins[customer]: units for customer, units in given}, "monthly budget")
    return len(found)


def cover(month: int) -> None:
    """Give those something who were billed in the open month and had nothing; a day after it began."""
    found = {(partner, customer) for partner, customer, _ in _spent(month)}
    credits_now = credits_of({customer: partner for partner, customer in found})
    short = {
        (partner, customer): -one.available
        for partner, customer in found
        if (one := credits_now.get(customer)) is not None and one.total == 0 and one.available < 0
    }
    partners, uins = _partners({partner for partner, _ in short}), _uins([customer for _, customer in short])
    for (partner, customer), micros in sorted(short.items()):
        _allocate(partners[partner], {uins[customer]: _rounded(micros * 2)}, "first month")


def confirm(month: int) -> None:
    """Confirm the bills of a month and of all before it as paid; nothing had been taken from credit for them."""
    rows = CustomerMonth.objects.everything(reason=WHY).filter(
        month__in=BillMonth.objects.everything(reason=WHY).filter(month__lte=month).values("pk")
    )
    months = dict(BillMonth.objects.everything(reason=WHY).values_list("pk", "month"))
    paid: dict[tuple[int, ...], int] = defaultdict(int)
    columns = rows.values_list(
        "provider_id", "payer_id", "partner_id", "customer_id", "month_id", "total_micros", "currency"
    )
    currencies = {
        one.pk: currency_of(one) for one in _partners(set(rows.values_list("partner_id", flat=True))).values()
    }
    for *tenants, of, micros, currency in columns.iterator(chunk_size=AT_ONCE):
        if currencies.get(tenants[2]) == currency:
            paid[(*tenants, months[of])] += micros
    BillConfirmation.objects.bulk_create(
        (_paid(tenants, micros, currencies[tenants[2]]) for tenants, micros in sorted(paid.items())), batch_size=AT_ONCE
    )


def _paid(tenants: tuple[int, ...], micros: int, currency: str) -> BillConfirmation:
    provider, payer, partner, customer, month = tenants
    return BillConfirmation(
        key=f"demo:{partner}:{customer}:{month}",
        provider_id=provider,
        payer_id=payer,
        partner_id=partner,
        customer_id=customer,
        month=month,
        currency=currency,
        paid=micros,
        micros=0,
        total_after=0,
        at=datetime.combine(last_day(month) + PAID_AFTER, time(10), BEIJING),
        operator="demo",
    )


def _fill(caller: Caller, partners: dict[int, Account], given: dict[int, int]) -> None:
    """Grant every paying partner a line for its customers and its resellers' pools, and fill those."""
    pools = {
        key: _with_room(units)
        for key, units in sorted(given.items())
        if partners[key].kind == AccountKind.SECOND_LEVEL_RESELLER
    }
    lines: dict[int, int] = defaultdict(int)
    for key, units in given.items():
        account = partners[key]
        assert account.payer_id is not None
        lines[account.payer_id] += pools.get(key, units)
    payers = _partners(set(lines))
    for key, units in sorted(lines.items()):
        money = Money.of(_with_room(units), currency_of(payers[key]))
        grant_line(caller, partner=payers[key].account_id, change=money, remark="annual line", key=f"demo:{key}")
    for key, units in pools.items():
        reseller = partners[key]
        assert reseller.payer_id is not None
        payer = operator(account=payers[reseller.payer_id])
        for place, first in enumerate(range(0, units, POOL_UNITS_MAX)):
            money = Money.of(min(POOL_UNITS_MAX, units - first), currency_of(reseller))
            allocate_pool(
                payer, reseller=reseller.uin, change=money, key=f"demo:{key}:{place}" if place else f"demo:{key}"
            )


def _allocate(partner: Account, given: dict[int, int], remark: str) -> None:
    caller, currency = operator(account=partner), currency_of(partner)
    gifts = list(given.items())
    for start in range(0, len(gifts), AT_ONCE):
        with transaction.atomic():  # nobody else writes yet, and the disk is waited for once
            for uin, units in gifts[start : start + AT_ONCE]:
                change, key = Money.of(units, currency), f"demo:{remark}:{uin}"
                allocate_credit(caller, customer=uin, change=change, remark=remark, key=key)


def _spent(month: int) -> Iterator[tuple[int, int, int]]:
    """Who spent how much in a month under its present partner, in that one's currency."""
    months = BillMonth.objects.everything(reason=WHY).filter(month=month).values("pk")
    rows = CustomerMonth.objects.everything(reason=WHY).filter(month__in=months).order_by("partner", "customer")
    sums = rows.values("partner", "customer", "currency").annotate(n=Sum("total_micros"))
    found = list(sums.values_list("partner_id", "customer_id", "currency", "n"))
    currencies = {one.pk: currency_of(one) for one in _partners({row[0] for row in found}).values()}
    bound = _bound([row[1] for row in found])
    for partner, customer, currency, micros in found:
        if currencies.get(partner) == currency and bound.get(customer) == partner and micros > 0:
            yield partner, customer, micros


def _amount(customer: int, micros: int) -> int:
    """What a customer is given, in whole units: the same in every build."""
    draw = zlib.crc32(f"credit of {customer}".encode())
    percent = SHORT_PERCENT if draw % SHORT_EVERY == 0 else 150 + draw % 250
    return _rounded(micros * percent // 100)


def _rounded(micros: int) -> int:
    return (micros // (MICROS_PER_UNIT * ROUNDED_TO) + 1) * ROUNDED_TO


def _with_room(units: int) -> int:
    return (units * ROOM_PERCENT // 100 // 1_000 + 1) * 1_000


def _partners(keys: set[int]) -> dict[int, Account]:
    rows = Account.objects.everything(reason=WHY).filter(pk__in=keys).select_related("partner")
    return {one.pk: one for one in rows}


def _bound(customers: list[int]) -> dict[int, int | None]:
    return {key: partner for key, partner, _ in _accounts(customers)}


def _uins(customers: list[int]) -> dict[int, int]:
    return {key: uin for key, _, uin in _accounts(customers)}


def _accounts(customers: list[int]) -> Iterator[tuple[int, int | None, int]]:
    rows = Account.objects.everything(reason=WHY).filter(kind=AccountKind.CUSTOMER)
    for start in range(0, len(customers), AT_ONCE):
        yield from rows.filter(pk__in=customers[start : start + AT_ONCE]).values_list("pk", "partner_id", "uin")
