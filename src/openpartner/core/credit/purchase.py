"""What a purchase asks of credit (tencent:E.2), and the amounts that orders hold back until they are delivered.

Not commands: an order's own command calls them in its transaction, with the customer locked (`lock_account`).
"""

from __future__ import annotations

from enum import StrEnum

from django.db.models import F, Sum

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.credit import purses
from openpartner.core.credit.allocations import total_of
from openpartner.core.credit.models import KEY_MAX, CreditReservation, Hold, Purchase
from openpartner.core.credit.policies import rules_of
from openpartner.core.credit.queries import credit_of
from openpartner.core.credit.standing import reassess_after
from openpartner.core.credit.usable import is_barred, usable_of
from openpartner.core.ledger.models import Kind, LedgerAccount, Phase, Transfer, Use
from openpartner.core.ledger.transfers import Cause, Order, post_one
from openpartner.kit import clock
from openpartner.kit.money import Money

TABLE = "credit_reservation"
WHY = "of a customer that the order's command has locked"


class Refusal(StrEnum):
    """Why an order stays unpaid."""

    SUSPENDED = "the account is suspended"
    ARREARS = "the account is in arrears"
    NOT_COVERED = "credit and vouchers do not cover it"
    PAYER = "the credit of the paying partner does not cover it"
    BARRED = "the paying partner owes more than its consumption quota"


class NotAccepted(LimitReached):
    """An order asks for more than there is; it stays pending, and is accepted once there is enough."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def refusal_of(customer: Account, purchase: Purchase, amount: Money) -> Refusal | None:
    """Why a customer, which was read within a scope, cannot buy for so much now; None when it can.

    The customer's own credit, less what is held back, counts with its usable vouchers; and the credit of the partner
    that pays: of a second-level reseller's customer its distributor (tencent:E.1), which must not owe more than it may.
    """
    if customer.partner_id is None or customer.payer_id is None:
        raise NotVisible("customer")
    if customer.suspension != Suspension.NONE:
        return Refusal.SUSPENDED
    one = credit_of(customer)
    available = one.available - one.reserved
    (rules,) = rules_of({customer.pk: customer.partner_id}).values()
    if available < 0 or rules.stops(one.available):
        return Refusal.ARREARS
    if available + usable_of([customer.pk])[customer.pk] < amount.micros:
        return Refusal.NOT_COVERED
    payer = Account.objects.everything(reason=WHY).get(pk=customer.payer_id)
    if customer.association_kind == AssociationKind.RESALE and is_barred(payer):
        return Refusal.BARRED  # huawei:E3: those who pay the provider themselves are not concerned
    left = payer_credit(payer)
    if left < amount.micros or (purchase is Purchase.POSTPAID and left < 0):
        return Refusal.PAYER
    return None


def payer_credit(payer: Account) -> int:
    """What a paying partner has left of its line, in millionths: less all that its customers have spent or hold back.

    The line itself, not what is left to allocate: credit that was given to one customer and not spent still covers what
    another buys (tencent:E.2 looks at the payer's credit, not at its allocations).
    """
    selling = Account.objects.everything(reason=WHY).filter(payer=payer).exclude(kind=AccountKind.CUSTOMER)
    rows = LedgerAccount.objects.everything(reason=WHY).filter(
        partner__in=selling.values("pk"), payer=payer, use=Use.USED, currency=purses.currency_of(payer)
    )
    spent = rows.aggregate(n=Sum(F("credits") - F("debits") + F("arriving")))["n"] or 0
    assert payer.partner_id is not None
    return total_of(payer.pk, payer.partner_id) - int(spent)


def reserve(customer: Account, purchase: Purchase, amount: Money, *, key: str) -> CreditReservation | None:
    """Hold back what an order of a locked customer takes from its credit, and return the row.

    Vouchers pay a prepaid order first, so only the rest is held back: None when nothing is. An activation holds back
    all of it, because vouchers cover no frozen amount (tencent:E.1). NotAccepted when `refusal_of` says why. A repeat
    of the key gets the first row.
    """
    if amount.micros <= 0:
        raise Invalid("amount", "must be above zero")
    if not key or len(key) > KEY_MAX:
        raise Invalid("key", f"must have 1 to {KEY_MAX} characters")
    first = CreditReservation.objects.everything(reason=WHY).filter(key=key).first()
    if first is not None:
        if (first.customer_id, first.purchase) != (customer.pk, purchase):
            raise Conflict("this key was used for another order")
        return first
    if customer.partner_id is None or customer.payer_id is None:
        raise NotVisible("customer")
    payer = Account.objects.everything(reason=WHY).get(pk=customer.payer_id)
    # The payer's line is locked as well: two of its customers must not both get what is there once.
    _, available, used = purses.hold(purses.line(payer), purses.available(customer), purses.used(customer))
    if amount.currency != available.currency:
        raise Invalid("amount", f"is not in {available.currency}")
    refusal = refusal_of(customer, purchase, amount)
    if refusal is not None:
        raise NotAccepted(refusal)
    by_vouchers = usable_of([customer.pk])[customer.pk] if purchase is Purchase.PREPAID else 0
    micros = max(amount.micros - by_vouchers, 0)
    if not micros:
        return None
    assert customer.provider_id is not None
    row = CreditReservation.objects.create(
        key=key,
        provider_id=customer.provider_id,
        payer=payer,
        partner_id=customer.partner_id,
        customer=customer,
        purchase=purchase,
        currency=amount.currency,
        micros=micros,
        at=clock.now(),
    )
    post_one(
        Order(
            key=f"{TABLE}:{row.pk}",
            kind=Kind.RESERVATION,
            debit=available.pk,
            credit=used.pk,
            micros=micros,
            covered=False,  # looked at above, with the vouchers
            phase=Phase.RESERVED,
            cause=Cause(table=TABLE, row=row.pk),
        )
    )
    return row


def settle(customer: Account, reservation: CreditReservation, micros: int | None = None) -> CreditReservation:
    """Charge what was held back of a locked customer's credit, or less of it; the rest is free again.

    Conflict when the reservation has ended already.
    """
    taken = reservation.micros if micros is None else micros
    if not 0 <= taken <= reservation.micros:
        raise Invalid("amount", "is more than was held back")
    if not taken:
        return void(customer, reservation)
    _end(reservation, Phase.SETTLED, taken)
    before = credit_of(customer, reservation.partner_id).available + taken
    reassess_after(customer.pk, before=before, after=before - taken)
    return reservation


def void(_customer: Account, reservation: CreditReservation) -> CreditReservation:
    """Free what was held back: the locked customer's order is cancelled. Conflict when it has ended already."""
    _end(reservation, Phase.VOIDED, reservation.micros)
    return reservation


def _end(reservation: CreditReservation, phase: Phase, micros: int) -> None:
    if reservation.state != Hold.HELD:
        raise Conflict("this reservation has ended")
    held = Transfer.objects.get(cause=TABLE, cause_id=reservation.pk, phase=Phase.RESERVED)
    is_settled = phase is Phase.SETTLED
    post_one(
        Order(
            key=f"{TABLE}:{reservation.pk}:end",
            kind=Kind.CHARGE if is_settled else Kind.RESERVATION,
            debit=held.debit_id,
            credit=held.credit_id,
            micros=micros,
            covered=False,
            phase=phase,
            ends=held,
            cause=Cause(table=TABLE, row=reservation.pk),
        )
    )
    reservation.state = Hold.SETTLED if is_settled else Hold.VOIDED
    reservation.settled = micros if is_settled else 0
    reservation.ended_at = clock.now()
    reservation.save(update_fields=["state", "settled", "ended_at"])
