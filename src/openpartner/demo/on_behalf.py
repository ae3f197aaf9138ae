"""The demo's authorizations: some granted, refused, revoked, and one that the customer persona is left to answer."""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.agreements.queries import current
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import grant_right
from openpartner.core.on_behalf.commands import (
    grant_authorization,
    refuse_authorization,
    request_authorization,
    revoke_authorization,
)
from openpartner.core.on_behalf.vocabulary import Work
from openpartner.kit import clock

WHY = "the demo has just made it"
CUSTOMERS_A_PARTNER = 4
DAYS_AGO = (60, 45, 30, 20)
TEXT = "To renew your servers before they expire, and to look after them."


def build(personas: list[str], customer: str) -> int:
    """Ask some customers of the partners with these account names, and the one of that name; returns how many."""
    asked = 0
    partners = Account.objects.everything(reason=WHY).filter(account_name__in=personas).order_by("pk")
    for partner in partners.select_related("partner"):
        if partner.kind == AccountKind.SECOND_LEVEL_RESELLER:
            _let(partner)
        customers = Account.objects.everything(reason=WHY).filter(
            partner=partner, kind=AccountKind.CUSTOMER, association_kind=AssociationKind.RESALE
        )
        chosen = customers.exclude(account_name=customer).order_by("pk")[:CUSTOMERS_A_PARTNER]
        for number, one in enumerate(chosen):
            _ask_and_answer(operator(account=partner), one, number)
            asked += 1
        for one in customers.filter(account_name=customer):
            request_authorization(operator(account=partner), account_id=one.account_id, works=[*Work], text=TEXT)
            asked += 1
    return asked


def _let(reseller: Account) -> None:
    """What the distributor lets its reseller ask for."""
    assert reseller.partner is not None
    above = operator(account=reseller.partner)
    for right in (Right.ORDERS_ON_BEHALF, Right.OPERATIONS_ON_BEHALF):
        with clock.frozen(clock.now() - timedelta(days=max(DAYS_AGO) + 1)):
            grant_right(above, reseller=reseller.account_id, right=right)


def _ask_and_answer(partner: Caller, customer: Account, number: int) -> None:
    """One granted for both works, one for orders alone, one refused, one revoked."""
    moment, own = clock.now() - timedelta(days=DAYS_AGO[number]), operator(account=customer)
    works = [Work.ORDERS] if number == 1 else [*Work]
    with clock.frozen(moment):
        made = request_authorization(partner, account_id=customer.account_id, works=works, text=TEXT)
    with clock.frozen(moment + timedelta(days=1)):
        if number == 2:  # the third
            refuse_authorization(own, authorization=made.pk, reason="We order ourselves.")
            return
        grant_authorization(own, authorization=made.pk, letter=current(Agreement.AUTHORIZATION_LETTER))
    if number == CUSTOMERS_A_PARTNER - 1:
        with clock.frozen(moment + timedelta(days=9)):
            revoke_authorization(own, authorization=made.pk, reason="The project has ended.")
