"""Showing personal data in full: who may, and what is kept of it (seed 003; issue 3, Masking)."""

from __future__ import annotations

import json

import pytest

from openpartner.core.access.deriving import rederive_permissions
from openpartner.core.access.reveals import REVEALED_AT_ONCE, record_reveal
from openpartner.core.access.roles import PRESETS, Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.audit.events import Action
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from tests.support.people import World


def test_a_reveal_tells_who_what_and_which_rows(world: World) -> None:
    event = record_reveal(world.dora.caller, listing="customers", columns=["email", "customer"], subjects=[9, 3])
    assert event.action == Action.REVEALED.value == "personal.revealed"
    assert (event.actor_user, event.partner) == (world.dora.user_pk, world.dora.account_pk)
    assert json.loads(event.details) == {"columns": ["customer", "email"], "listing": "customers", "subjects": [3, 9]}


def test_it_refuses_a_reveal_of_nothing_or_of_too_much(world: World) -> None:
    with pytest.raises(Invalid):
        record_reveal(world.dora.caller, listing="customers", columns=[], subjects=[1])
    with pytest.raises(Invalid):
        record_reveal(world.dora.caller, listing="c", columns=["a"], subjects=list(range(REVEALED_AT_ONCE + 1)))


def test_only_people_who_work_with_customers_reveal_and_only_administrators_export_unmasked() -> None:
    """The brief of the console: reveal for all presets but read-only, unmasked exports for the administrator."""
    assert {role for role in Preset if Permission.CUSTOMER_REVEAL not in PRESETS[role]} == {Preset.READ_ONLY}
    assert {role for role in Preset if Permission.EXPORT_UNMASKED in PRESETS[role]} == {Preset.ADMINISTRATOR}


def test_a_reader_reveals_nothing(world: World) -> None:
    user = add_user(
        account=world.dora.account, name="rea", email="rea@example.com", password=None, presets=[Preset.READ_ONLY]
    )
    with pytest.raises(NotAllowed):
        record_reveal(caller_of(user, via="test"), listing="customers", columns=["email"], subjects=[])


def test_an_upgrade_gives_roles_their_new_permissions(world: World) -> None:
    user = world.dora.user
    due, user.permissions = user.permissions, "customer.read"
    user.save(update_fields=["permissions"])
    assert rederive_permissions() == 1
    assert world.dora.user.permissions == due
    assert rederive_permissions() == 0
