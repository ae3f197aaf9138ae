"""Authorizations of the tests' people: rita is dora's second-level reseller and carl's partner, dora is cora's."""

from __future__ import annotations

from openpartner.core.access.acting import acting_as
from openpartner.core.base.caller import Caller
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import grant_right
from openpartner.core.on_behalf.commands import grant_authorization, request_authorization
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import Work
from tests.support.people import Person

BOTH = (Work.ORDERS, Work.OPERATIONS)


def allow(distributor: Person, reseller: Person, *rights: Right) -> None:
    """Let a reseller work on behalf of its customers."""
    for right in rights or (Right.ORDERS_ON_BEHALF, Right.OPERATIONS_ON_BEHALF):
        grant_right(distributor.caller, reseller=reseller.account_id, right=right)


def authorize(partner: Person, customer: Person, *works: Work) -> Authorization:
    """Ask and grant."""
    made = request_authorization(partner.caller, account_id=customer.account_id, works=works or BOTH)
    return grant_authorization(customer.caller, authorization=made.pk)


def acting(partner: Person, row: Authorization) -> Caller | None:
    """The partner's administrator acting on behalf of the customer, as of now."""
    assert row.delegation_id is not None
    return acting_as(partner.caller, row.delegation_id)
