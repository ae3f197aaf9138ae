"""The pages of verifications: submitted by a partner or a customer, reviewed by the provider (issue 6, huawei:D1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import CustomerType, Verification
from openpartner.core.verification.models import State
from openpartner.core.verification.queries import newest_of, policy_of
from tests.console.test_customers_page import signed_in
from tests.support.people import World

pytestmark = pytest.mark.django_db

LINKS = "https://files.example.com/front.jpg\r\nhttps://files.example.com/back.jpg"
PERSON = {"document": "passport", "name": "Carl Coffee", "number": "G12345678", "pictures": LINKS}
COMPANY = {
    "document": "business-licence",
    "name": "Carl Coffee Co",
    "number": "HRB 4711",
    "pictures": LINKS,
    "region": "de",
    "address": "Bean Street 1",
}


def page(client: Client, address: str, **given: Any) -> str:
    answer = client.post(address, given) if given else client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def send(client: Client, address: str, given: dict[str, Any]) -> str:
    """Send a form that is right, and return where it leads."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def submitted(world: World, who: str = "cora") -> int:
    row = newest_of(world[who].account)
    assert row is not None
    return row.pk


def test_a_partner_submits_and_the_provider_rejects_with_a_reason(world: World) -> None:
    dora, pia, cora = signed_in(world.dora), signed_in(world.pia), world.cora
    base = f"/customers/{cora.account_id}/verification/"
    assert "Nothing has been submitted yet" in page(dora, base)
    assert send(dora, f"{base}company/", COMPANY) == base
    assert "In review" in page(dora, base)
    assert "HRB 4711" not in page(dora, base)
    listed = page(pia, "/verifications/?tab=waiting")
    assert str(cora.uin) in listed
    number = submitted(world)
    shown = page(pia, f"/verifications/{number}/")
    assert 'href="https://files.example.com/front.jpg" target="_blank" rel="noopener noreferrer"' in shown
    assert "4711" not in shown
    revealed = page(pia, f"/verifications/{number}/", reveal="*")
    assert "HRB 4711" in revealed
    assert AuditEvent.objects.everything(reason="test").filter(action="personal.revealed").count() == 1
    assert pia.post(f"/verifications/{number}/reject/", {"opinion": " "}).status_code == 422
    assert send(pia, f"/verifications/{number}/reject/", {"opinion": "Too dark."}) == "/verifications/"
    assert "Too dark." in page(dora, base)
    assert "Too dark." in page(signed_in(cora), "/verification/")
    assert pia.post(f"/verifications/{number}/pass/").status_code == 409


def test_a_customer_verifies_itself_and_becomes_a_company(world: World) -> None:
    carl, pia = signed_in(world.carl), signed_in(world.pia)
    assert send(carl, "/verification/person/", PERSON) == "/verification/"
    send(pia, f"/verifications/{submitted(world, 'carl')}/pass/", {"sent": "1"})
    assert world.carl.account.verification == Verification.VERIFIED
    own = page(carl, "/verification/")
    assert "Verified" in own
    assert "Become a company" in own
    assert send(carl, "/verification/company/", COMPANY) == "/verification/"
    send(pia, f"/verifications/{submitted(world, 'carl')}/pass/", {"sent": "1"})
    account = world.carl.account
    assert (account.customer_type, account.legal_name) == (CustomerType.ENTERPRISE, "Carl Coffee Co")
    assert "Become a company" not in page(carl, "/verification/")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"pictures": "http://files.example.com/a.jpg\nb.jpg"}, "is a path such as"),
        ({"pictures": "a.jpg\nb.jpg"}, "whole https addresses"),
        ({"pictures": "https://a.example/a.exe\nhttps://a.example/b.jpg"}, "A file is a JPG"),
        ({"pictures": "https://a.example/a.jpg"}, "are 2 to 3"),
        ({"number": "---"}, "letters and digits"),
        ({"document": "business-licence"}, "Select a valid choice"),
        ({"name": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(world: World, wrong: dict[str, str], told: str) -> None:
    answer = signed_in(world.carl).post("/verification/person/", {**PERSON, **wrong})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert newest_of(world.carl.account) is None


def test_twice_is_told_above_the_form(world: World) -> None:
    carl = signed_in(world.carl)
    send(carl, "/verification/person/", PERSON)
    again = carl.post("/verification/company/", COMPANY)
    assert again.status_code == 422
    assert "in review" in again.content.decode()


def test_several_are_decided_at_once(world: World) -> None:
    dora, pia = signed_in(world.dora), signed_in(world.pia)
    for who in ("cora", "cyro"):
        send(dora, f"/customers/{world[who].account_id}/verification/company/", {**COMPANY, "number": who})
    rows = [submitted(world, "cora"), submitted(world, "cyro"), 987654]
    asked = pia.post("/verifications/reject/", {"row": rows})
    assert asked.status_code == 200
    assert newest_of(world.cora.account).state == State.IN_REVIEW  # type: ignore[union-attr]  # it is there
    assert pia.post("/verifications/reject/", {"row": rows, "confirm": "1", "opinion": ""}).status_code == 422
    told = page(pia, "/verifications/reject/", row=rows, confirm="1", opinion="Expired.")
    assert "2 verifications were decided" in told
    assert {newest_of(world[who].account).state for who in ("cora", "cyro")} == {State.REJECTED}  # type: ignore[union-attr]  # likewise
    assert pia.post("/verifications/pass/", {"row": ["x"]}).status_code == 404
    assert pia.post("/verifications/pass/").status_code in {400, 422}


def test_the_rules_and_the_folder(world: World) -> None:
    pia, dora = signed_in(world.pia), signed_in(world.dora)
    rules = {"reviews_companies": "on", "attempts_max": "3", "accounts_max": "2"}
    assert send(pia, "/verifications/rules/", rules) == "/verifications/"
    kept = policy_of(world.pia.account_pk)
    assert (kept.reviews_persons, kept.reviews_companies, kept.attempts_max) == (False, True, 3)
    assert pia.post("/verifications/rules/", {**rules, "attempts_max": "0"}).status_code == 422
    assert dora.post("/verification-files/", {"address": "http://files.example.com/"}).status_code == 422
    send(dora, "/verification-files/", {"address": "https://files.example.com/download"})
    address = f"/customers/{world.cora.account_id}/verification/"
    send(dora, f"{address}person/", {**PERSON, "pictures": "a.jpg\nsub/b.pdf"})
    assert 'href="https://files.example.com/download/sub/b.pdf"' in page(dora, address)
    assert world.cora.account.verification == Verification.VERIFIED  # persons are not reviewed now


def test_strangers_see_nothing(world: World) -> None:
    send(signed_in(world.rita), f"/customers/{world.carl.account_id}/verification/person/", PERSON)
    number = submitted(world, "carl")
    for who in ("dora", "rita", "carl", "olga"):
        client = signed_in(world[who])
        assert client.get(f"/verifications/{number}/").status_code in {403, 404}
        assert client.post(f"/verifications/{number}/pass/").status_code in {403, 404}
    for who in ("olga", "sol"):
        for step in ("", "person/", "company/"):
            address = f"/customers/{world.carl.account_id}/verification/{step}"
            assert signed_in(world[who]).get(address).status_code == 404
    assert signed_in(world.dora).get("/verification/").status_code == 404
    assert signed_in(world.carl).get("/verification-files/").status_code in {403, 404}
