"""The end of an association itself: written once, whoever wanted it."""

from __future__ import annotations

from datetime import datetime

from openpartner.core.access.notices import spelled, tell
from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.commands import let_go
from openpartner.core.customers.queries import get_customer
from openpartner.core.eligibility.bars import bars_to_release
from openpartner.core.eligibility.causes import Barred
from openpartner.core.mail.templates import Template
from openpartner.core.parting.moves import name_of
from openpartner.core.parting.places import OWN_PARTNER, REQUESTS
from openpartner.kit import clock


@command(Action.DISASSOCIATED, permission=Permission.ASSOCIATION_END)
def disassociate(caller: Caller, *, account_id: str) -> Association:
    """End a customer's association at once, without the word of either side, and return it: the provider's, by ticket.

    Barred by what bars every release. NotAllowed for partners, who ask their customers.
    """
    if caller.kind is not AccountKind.PROVIDER:
        raise NotAllowed("the provider alone ends an association without asking")
    customer = lock_account(get_customer(caller.scope, account_id=account_id).pk)
    partner = customer.partner
    if partner is None:
        raise NotVisible("customer")
    must_be_free(customer, partner)
    moment = clock.now()
    ended = part(caller, customer, moment)
    tell_ended(customer, partner, moment)
    return ended


def must_be_free(customer: Account, partner: Account) -> None:
    """Raise Barred for the first thing that stands in the way of a locked customer's release."""
    bars = bars_to_release(customer, partner)
    if bars:
        raise Barred(bars[0])


def part(caller: Caller, customer: Account, moment: datetime) -> Association:
    """End the association of a locked customer and record it, while it is still its partner's to read."""
    record(caller, Action.DISASSOCIATED, subject=customer)
    return let_go(customer, moment=moment, by=name_of(caller))


def tell_ended(customer: Account, partner: Account, moment: datetime) -> None:
    """Tell both sides that their association has ended."""
    values = {"account": customer.called, "partner": partner.called, "time": spelled(moment)}
    tell(customer, Template.ASSOCIATION_ENDED, path=OWN_PARTNER, **values)
    tell(partner, Template.ASSOCIATION_ENDED, path=REQUESTS, **values)
