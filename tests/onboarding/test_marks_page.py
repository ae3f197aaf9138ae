"""The provider's page of an account's marks, and the addresses that mails name."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from django.urls import resolve

from openpartner.core.eligibility.marks import marks_of
from openpartner.core.eligibility.models import Mark
from openpartner.core.eligibility.quotas import customers_max_of
from openpartner.core.onboarding.mails import APPLICATIONS_PATH, PORTAL_PATH, RESELLER_APPLICATIONS_PATH
from openpartner.core.onboarding.tokens import JOIN_PATH
from tests.console.organization.people import browser
from tests.support.people import World


def test_marks_are_set_and_taken_off_by_a_person(world: World) -> None:
    client: Client = browser(world.pia)
    address = f"/accounts/{world.cora.account_id}/marks/"
    page = client.get(address)
    assert "Owns a savings plan" in page.content.decode()
    given = {"marks": ["savings-plan", "lead"], "seen": "", "note": "told by telephone"}
    assert client.post(address, given).status_code == 302
    assert marks_of([world.cora.account_pk]) == {world.cora.account_pk: {Mark.SAVINGS_PLAN, Mark.LEAD}}
    # A page from before that leaves alone what it has not seen.
    assert client.post(address, {"marks": ["key-account"], "seen": ""}).status_code == 302
    assert client.post(address, {"marks": [], "seen": "lead,what"}).status_code == 302
    assert marks_of([world.cora.account_pk]) == {world.cora.account_pk: {Mark.SAVINGS_PLAN, Mark.KEY_ACCOUNT}}
    for wrong in ({"marks": ["barred-partner"]}, {"marks": ["x"]}, {"note": "x" * 256}):
        assert client.post(address, wrong).status_code == 422
    dora = f"/accounts/{world.dora.account_id}/marks/"
    assert client.post(dora, {"marks": ["barred-partner"], "customers_max": "7"}).status_code == 302
    assert customers_max_of(world.dora.account_pk) == 7
    assert (
        client.post(dora, {"marks": ["barred-partner"], "seen": "barred-partner", "customers_max": "-1"}).status_code
        == 422
    )
    assert client.get(f"/accounts/{world.pia.account_id}/marks/").status_code == 404
    assert client.get(f"/accounts/{'0' * 32}/marks/").status_code == 404
    assert browser(world.dora).get(address).status_code in {403, 404}


def test_what_mails_link_to_is_there() -> None:
    for path in (JOIN_PATH.format(token="0" * 32), APPLICATIONS_PATH, RESELLER_APPLICATIONS_PATH, PORTAL_PATH):
        assert resolve(path, settings.ROOT_URLCONF).func is not None
