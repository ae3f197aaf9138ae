"""Money on the accounts of the live server's people, so that what moves money has some to move."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from openpartner.core.balances.commands import top_up, transfer, transfer_to_reseller
from openpartner.core.balances.enterprise import transfer_to_member
from openpartner.core.balances.models import MovementKind
from openpartner.core.balances.moving import Move, move
from openpartner.core.base.kinds import AccountingMode
from openpartner.core.customers.enterprise import add_member
from openpartner.kit.money import Money
from tests.support.people import World

PAID = Decimal(1_000_000)
GIVEN = Decimal(10_000)


def add_money(world: World) -> None:
    """Pay in for dora and song, and pass some on to rita, su, and cyro with its member chen."""
    with transaction.atomic():
        for payer in (world.dora, world.song):
            top_up(world.pia.caller, partner=payer.account_id, amount=PAID)
        transfer(world.song.caller, customer=world.su.account_id, amount=GIVEN)
        transfer_to_reseller(world.dora.caller, reseller=world.rita.account_id, amount=GIVEN)
        # Commands give money to agency customers alone; this one has brought its own.
        move(
            Move(
                kind=MovementKind.TRANSFER,
                source=world.dora.account,
                target=world.cyro.account,
                amount=Money.of(GIVEN, "USD"),
                operator="the test",
            )
        )
        add_member(world.cyro.caller, account_id=world.chen.account_id, mode=AccountingMode.INDEPENDENT)
        transfer_to_member(world.cyro.caller, member=world.chen.account_id, amount=Decimal(100))
