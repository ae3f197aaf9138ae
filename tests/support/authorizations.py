"""An authorization of the people of a live server: rows alone, so that nobody is mailed and nothing is recorded."""

from __future__ import annotations

from openpartner.core.access.models import Delegation
from openpartner.core.access.roles import joined
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import State, Work, permissions_for
from openpartner.core.on_behalf.vocabulary import joined as stored
from openpartner.kit import clock
from tests.support.people import World


def add_authorizations(world: World) -> None:
    """cyro lets dora order and operate for it."""
    customer, now = world.cyro.account, clock.now()
    assert customer.partner_id is not None
    delegation = Delegation.objects.create(
        giver=customer, holder_id=customer.partner_id, permissions=joined(permissions_for(Work)), since=now
    )
    Authorization.objects.create(
        provider_id=customer.provider_id or 0,
        payer_id=customer.payer_id or 0,
        partner_id=customer.partner_id,
        customer=customer,
        works=stored(Work),
        state=State.GRANTED,
        requested_at=now,
        requested_by="the test",
        decided_at=now,
        decided_by="the test",
        delegation=delegation,
    )
