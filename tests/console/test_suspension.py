"""Pages that suspend customers and let them go on: effects spelt out, a reason, ten minutes to undo (huawei:B6, E2)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.accounts.models import Flag
from openpartner.core.base.kinds import Suspension
from openpartner.core.customers.models import SuspensionRecord
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.support.people import World

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')
ACCOUNT, RESOURCES = str(Suspension.ACCOUNT.value), str(Suspension.ACCOUNT_AND_RESOURCES.value)


def sent(client: Client, address: str, **given: object) -> tuple[int, str]:
    """Status and text of a form that is sent as a browser sends it."""
    key = KEY.findall(client.get(address).content.decode())[-1]
    answer = client.post(address, {"form_key": key, **given})
    return answer.status_code, answer.content.decode()


def level(world: World, name: str) -> Suspension:
    return Suspension(world[name].account.suspension)


def suspend(world: World, name: str, **given: object) -> tuple[int, str]:
    values = {"level": ACCOUNT, "reason": "unpaid since May", **given}
    return sent(browser(world.dora), f"/customers/{world[name].account_id}/suspend/", **values)


def test_effects_are_spelt_out_before_anything_happens(world: World) -> None:
    """huawei:E2: a frozen account neither buys nor renews; pay-per-use goes on costing unless resources stop too."""
    status, text = suspend(world, "cora")
    assert status == 200
    assert "refused: buying, renewing" in text
    assert "Pay-as-you-go goes on costing." in text
    _status, text = suspend(world, "cora", level=RESOURCES)
    assert "costs nothing meanwhile" in text
    assert "retention period" in text
    assert level(world, "cora") is Suspension.NONE


def test_suspended_and_let_go_on(world: World) -> None:
    status, _ = suspend(world, "cora", confirm="1")
    assert (status, level(world, "cora")) == (302, Suspension.ACCOUNT)
    record = SuspensionRecord.objects.everything(reason="test").get()
    assert (record.reason, record.begun_by) == ("unpaid since May", world.dora.user.name)
    address = f"/customers/{world.cora.account_id}/resume/"
    status, _ = sent(browser(world.dora), address, reason="paid", confirm="1")
    assert (status, level(world, "cora")) == (302, Suspension.NONE)


def test_a_reason_is_needed(world: World) -> None:
    """huawei:B6: the reason is mandatory."""
    status, text = suspend(world, "cora", reason="  ", confirm="1")
    assert status == 422
    assert "This field is required" in text
    assert level(world, "cora") is Suspension.NONE


def test_an_account_freeze_is_raised_and_never_lowered(world: World) -> None:
    suspend(world, "cora", confirm="1")
    status, text = suspend(world, "cora", level=ACCOUNT, confirm="1")
    assert status == 422
    assert level(world, "cora") is Suspension.ACCOUNT
    assert f'value="{RESOURCES}"' in text
    suspend(world, "cora", level=RESOURCES, confirm="1")
    assert level(world, "cora") is Suspension.ACCOUNT_AND_RESOURCES
    assert browser(world.dora).get(f"/customers/{world.cora.account_id}/suspend/").status_code == 409


def test_undone_within_ten_minutes_and_only_once(world: World) -> None:
    moment = clock.now()
    page, undo = f"/customers/{world.cora.account_id}/", f"/customers/{world.cora.account_id}/suspension/undo/"
    with clock.frozen(moment):
        suspend(world, "cora", level=RESOURCES, confirm="1")
    with clock.frozen(moment + timedelta(minutes=9)):
        client = browser(world.dora)
        assert undo in client.get(page).content.decode()
        assert client.post(undo).status_code == 302
        assert level(world, "cora") is Suspension.NONE
        assert client.post(undo).status_code == 302  # what was lifted just now is put back as it was
        assert level(world, "cora") is Suspension.ACCOUNT_AND_RESOURCES
    with clock.frozen(moment + timedelta(minutes=30)):
        assert undo not in browser(world.dora).get(page).content.decode()
        assert browser(world.dora).post(undo).status_code == 409
        assert level(world, "cora") is Suspension.ACCOUNT_AND_RESOURCES


def test_a_colleague_cannot_undo_it(world: World) -> None:
    suspend(world, "cora", confirm="1")
    other = member(world.dora, "colleague", Preset.OPERATIONS)
    assert browser(other).post(f"/customers/{world.cora.account_id}/suspension/undo/").status_code == 409
    assert level(world, "cora") is Suspension.ACCOUNT


@pytest.mark.parametrize("who", ["otto", "oona", "cato", "rita", "dora"])
def test_others_are_not_there(world: World, who: str) -> None:
    client = browser(world.dora)
    for word in ("suspend", "resume"):
        answer = client.get(f"/customers/{world[who].account_id}/{word}/")
        absent = client.get(f"/customers/{'f' * 32}/{word}/")
        assert (answer.status_code, absent.status_code) == (404, 404)


def test_a_distributor_stops_a_resellers_customer(world: World) -> None:
    """huawei:B19: without a grant to the reseller this is the distributor's to do, where it sees the customer."""
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    status, _ = suspend(world, "carl", confirm="1")
    assert (status, level(world, "carl")) == (302, Suspension.ACCOUNT)


def test_several_at_once_are_told_one_by_one(world: World) -> None:
    suspend(world, "chen", level=RESOURCES, confirm="1")
    rows = [world[name].account_id for name in ("cora", "chen", "otto")]
    answer = browser(world.dora).post(
        "/customers/suspend/", {"confirm": "1", "row": rows, "level": ACCOUNT, "reason": "all"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "1 customer was changed" in text
    assert "lift that first" in text
    assert "Not one of your own customers" in text
    assert (level(world, "cora"), level(world, "otto")) == (Suspension.ACCOUNT, Suspension.NONE)
    answer = browser(world.dora).post(
        "/customers/resume/", {"confirm": "1", "row": rows, "level": ACCOUNT, "reason": "all"}
    )
    assert level(world, "cora") is Suspension.NONE
    assert level(world, "chen") is Suspension.ACCOUNT_AND_RESOURCES
    assert "It is not suspended at this level." in answer.content.decode()


def test_without_the_permission_there_is_no_button_and_no_page(world: World) -> None:
    reader = browser(member(world.dora, "reader", Preset.READ_ONLY))
    assert "/suspend/" not in reader.get(f"/customers/{world.cora.account_id}/").content.decode()
    assert reader.get(f"/customers/{world.cora.account_id}/suspend/").status_code == 403
