"""Whose an event is: what an account's own people do is read by them, and by nobody above or below."""

from __future__ import annotations

import pytest

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import create_user
from openpartner.core.audit.events import Action
from openpartner.core.audit.queries import EventFilter, search_events
from openpartner.core.customers.commands import change_remark
from openpartner.kit.slices import Slice
from tests.support.people import World

EVERYBODY = ("pia", "dora", "sol", "olga", "rita", "carl")


def readers(world: World, action: Action) -> set[str]:
    """Who of everybody reads an event of this kind."""
    where = EventFilter(action=action)
    return {name for name in EVERYBODY if search_events(world[name].caller.scope, where, Slice(0, 9)).total}


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_concerns_an_accounts_people_is_its_own(world: World, who: str) -> None:
    create_user(world[who].caller, name="new", email="new@example.com", password=None, presets=[Preset.ADMINISTRATOR])
    assert readers(world, Action.USER_CREATED) == {who}


def test_what_is_done_to_a_customer_is_read_along_its_partners_and_not_by_itself(world: World) -> None:
    """A remark is the partner's own note: its text stands in the event."""
    change_remark(world.rita.caller, uin=world.carl.uin, remark="new")
    assert readers(world, Action.REMARK_CHANGED) == {"pia", "dora", "rita"}
