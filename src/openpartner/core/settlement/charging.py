"""Bills meet credit: what a publication changed in a customer's month is taken from its credit, in one transaction.

Charged is the customer's price after vouchers (tencent:E.1), once per customer, bill month and publication, rounded
half to even to millionths. A publication that only adds lines charges what is more; one that replaces lines reverses
what stood and charges the month anew. Credit is charged where the payer has a credit line; customers by referral pay
the provider themselves and are not charged.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence

from django.db.models import Sum

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.billing.followers import Published
from openpartner.core.billing.models import Reason
from openpartner.core.billing.spend import KEYS, Changed, Key
from openpartner.core.ledger.models import Kind, LedgerAccount, Transfer, Use
from openpartner.core.ledger.opening import Name, accounts
from openpartner.core.ledger.transfers import Cause, Order, post, undo
from openpartner.core.settlement.models import Charge
from openpartner.core.settlement.owing import owe

CHARGES = Charge._meta.db_table
AT_ONCE = 400


def charge(_caller: Caller, published: Published) -> None:
    """Post what a publication changed. Part of its transaction."""
    resold = _resold([one for one in published.changed if _moves(one)])
    people = _people(resold)
    owe(published, resold, people)
    lined = _with_a_line({one.key.payer for one in resold})
    charged = [one for one in resold if (one.key.payer, one.key.currency) in lined]
    charged = [one for one in charged if one.after.total_micros != one.before.total_micros]
    if not charged:
        return
    names = {one.key: _names(one.key, people) for one in charged}
    opened = accounts([name for both in names.values() for name in both])
    purses = {key: (opened[available].pk, opened[used].pk) for key, (available, used) in names.items()}
    if _replaces(published):
        orders, new = _again(published, charged)
    else:
        stands = _sums(published, charged)
        orders, new = [], [_charge(published, one, one.after.total_micros - stands[one.key]) for one in charged]
    made = Charge.objects.bulk_create([one for one in new if one.micros], batch_size=AT_ONCE)
    orders += [_order(one, *purses[_key(one)]) for one in made]
    post(orders)


def _moves(one: Changed) -> bool:
    return (one.before.total_micros, one.before.partner_micros) != (one.after.total_micros, one.after.partner_micros)


def _replaces(published: Published) -> bool:
    changes = json.loads(published.version.changes)
    return published.version.reason == Reason.RESTATE or bool(changes.get("lines_replaced"))


def _resold(changed: Sequence[Changed]) -> list[Changed]:
    """Without the customers that their partner only refers."""
    customers = sorted({one.key.customer for one in changed})
    kinds: dict[tuple[int, int], int] = {}
    for start in range(0, len(customers), AT_ONCE):
        rows = Association.objects.everything(reason="of customers whose bills are published").filter(
            child__in=customers[start : start + AT_ONCE]
        )
        # The newest of a pair decides: whoever went from one kind to the other is charged by what it is now.
        kinds.update(
            ((partner, child), kind)
            for partner, child, kind in rows.order_by("since").values_list("partner_id", "child_id", "kind")
        )
    return [one for one in changed if kinds.get((one.key.partner, one.key.customer)) != AssociationKind.REFERRAL]


def _with_a_line(payers: Collection[int]) -> set[tuple[int, str]]:
    """Payers to whom the provider has given credit, and in which currency."""
    rows = LedgerAccount.objects.everything(reason="of payers whose bills are published")
    found = rows.filter(use=Use.ALLOCABLE, holder__in=list(payers)).values_list("holder_id", "currency")
    return set(found)


def _people(changed: Sequence[Changed]) -> dict[int, Account]:
    wanted = sorted({pk for one in changed for pk in one.key[:3]})
    rows = Account.objects.everything(reason="of bills that are published").only("pk", "kind", "provider", "payer")
    found: dict[int, Account] = {}
    for start in range(0, len(wanted), AT_ONCE):
        found.update(rows.in_bulk(wanted[start : start + AT_ONCE]))
    return found


def _names(key: Key, people: dict[int, Account]) -> tuple[Name, Name]:
    customer, partner = people[key.customer], people[key.partner]
    return (
        Name(use=Use.AVAILABLE, holder=customer, giver=partner, currency=key.currency),
        Name(use=Use.USED, holder=customer, giver=partner, currency=key.currency),
    )


def _key(one: Charge) -> Key:
    return Key(one.payer_id, one.partner_id, one.customer_id, one.currency)


def _charge(published: Published, one: Changed, micros: int, reverses: Charge | None = None) -> Charge:
    return Charge(
        month=published.month,
        version=published.version,
        provider_id=published.month.provider_id,
        payer_id=one.key.payer,
        partner_id=one.key.partner,
        customer_id=one.key.customer,
        currency=one.key.currency,
        micros=micros,
        reverses=reverses,
    )


def _again(published: Published, charged: Sequence[Changed]) -> tuple[list[Order], list[Charge]]:
    """Orders that reverse what stands of the month for these customers, and charges of the whole month anew."""
    by_key = {one.key: one for one in charged}
    standing = _standing(published, by_key)
    transfers = _transfers([one.pk for one in standing])
    orders = []
    for start in range(0, len(standing), AT_ONCE):
        some = standing[start : start + AT_ONCE]
        backs = [_charge(published, by_key[_key(one)], -one.micros, reverses=one) for one in some]
        for one, back in zip(some, Charge.objects.bulk_create(backs), strict=True):
            orders.append(undo(transfers[one.pk], key=f"charge:{back.pk}", cause=Cause(table=CHARGES, row=back.pk)))
    return orders, [_charge(published, one, one.after.total_micros) for one in charged]


def _sums(published: Published, charged: Sequence[Changed]) -> Counter[Key]:
    """What the month has taken so far, by customer: nothing, where the credit line is younger than its first lines."""
    found: Counter[Key] = Counter()
    customers = sorted({one.key.customer for one in charged})
    rows = Charge.objects.everything(reason="of the month that is published").filter(month=published.month)
    for start in range(0, len(customers), AT_ONCE):
        some = rows.filter(customer__in=customers[start : start + AT_ONCE]).order_by()
        for *key, micros in some.values_list(*KEYS).annotate(n=Sum("micros")):
            found[Key(*key)] = micros
    return found


def _standing(published: Published, wanted: Collection[Key]) -> list[Charge]:
    rows = Charge.objects.everything(reason="of the month that is published").filter(month=published.month)
    reversed_ones = set(rows.filter(reverses__isnull=False).values_list("reverses", flat=True))
    found: list[Charge] = []
    customers = sorted({key.customer for key in wanted})
    for start in range(0, len(customers), AT_ONCE):
        some = rows.filter(customer__in=customers[start : start + AT_ONCE], reverses__isnull=True).order_by("pk")
        found += [one for one in some if one.pk not in reversed_ones and _key(one) in wanted]
    return found


def _transfers(charges: Sequence[int]) -> dict[int, Transfer]:
    found: dict[int, Transfer] = {}
    for start in range(0, len(charges), AT_ONCE):
        rows = Transfer.objects.filter(cause=CHARGES, cause_id__in=charges[start : start + AT_ONCE])
        found.update((one.cause_id, one) for one in rows if one.cause_id is not None)
    return found


def _order(one: Charge, available: int, used: int) -> Order:
    taken = one.micros > 0
    return Order(
        key=f"charge:{one.pk}",
        kind=Kind.CHARGE if taken else Kind.REFUND,
        debit=available if taken else used,
        credit=used if taken else available,
        micros=abs(one.micros),
        covered=False,
        cause=Cause(table=CHARGES, row=one.pk),
    )
