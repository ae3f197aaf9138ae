"""The pages of parting: pre-checks, forms, lists, what each side reads, and a customer that is nobody's."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest
from django.test import Client

from openpartner.console.page import PAGES
from openpartner.core.access.critical import switch_codes
from openpartner.core.access.roles import Preset
from openpartner.core.base.kinds import Suspension
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.grants import grant_line
from openpartner.core.customers.contacts import contacts_of
from openpartner.core.customers.suspension import freeze
from openpartner.core.parting.ending import disassociate
from openpartner.core.parting.models import Migration, UnbindRequest
from openpartner.core.parting.unbinding import ask_to_leave, ask_to_release
from openpartner.core.parting.vocabulary import MigrationState, RequestState, Side
from openpartner.kit.money import Money
from openpartner.project.reference.whole import pages
from tests.console.organization.people import browser, member
from tests.parting.support import WHY, asked, migration, request, started
from tests.support.people import Person, World
from tests.vouchers.support import fill, give

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')


def text(client: Client, address: str, status: int = 200) -> str:
    """What a page says."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return html.unescape(answer.content.decode())


def send(client: Client, address: str, **given: object) -> tuple[int, str, str]:
    """A form filled in, looked at and confirmed: status, where it leads, and what it says."""
    key = KEY.findall(client.get(address).content.decode())[-1]
    answer = client.post(address, {"form_key": key, "confirm": "1", **given})
    return answer.status_code, answer.headers.get("Location", ""), html.unescape(answer.content.decode())


def at(person: Person, part: str) -> str:
    return f"/customers/{person.account_id}/{part}"


def only_request() -> UnbindRequest:
    return UnbindRequest.objects.everything(reason="test").get()


def test_a_partner_asks_after_the_pre_check(world: World) -> None:
    client = browser(world.dora)
    assert at(world.cora, "unbind/") in text(client, at(world.cora, ""))
    assert "Nothing stands in the way." in text(client, at(world.cora, "unbind/"))
    form = at(world.cora, "unbind/ask/")
    assert send(client, form, reason=WHY)[0] == 422, "huawei:A3: the tick is needed"
    assert send(client, form, is_settled="on", reason=" ")[0] == 422
    assert client.post(form, {"reason": WHY, "is_settled": "on"}).status_code == 200, "a preview"
    assert not UnbindRequest.objects.everything(reason="test").exists()
    assert send(client, form, reason=WHY, is_settled="on")[:2] == (302, "/unbind-requests/")
    row = only_request()
    assert client.get(at(world.cora, "unbind/")).headers["Location"] == f"/unbind-requests/{row.pk}/"
    assert "Waiting for an answer" in text(client, "/unbind-requests/")
    page = text(client, f"/unbind-requests/{row.pk}/")
    assert WHY in page
    assert world.cora.legal_name not in page, "names are masked"

    mine = browser(world.cora)
    assert f"/my-partner/requests/{row.pk}/" in text(mine, "/my-partner/")
    assert WHY in text(mine, f"/my-partner/requests/{row.pk}/")
    status, leads, _ = send(mine, f"/my-partner/requests/{row.pk}/agree/")
    assert (status, leads) == (302, "/my-partner/")
    assert world.cora.account.partner_id is None
    assert "Association ended" in text(client, f"/unbind-requests/{row.pk}/")


def test_a_customer_asks_and_is_refused(world: World) -> None:
    mine, client = browser(world.cora), browser(world.dora)
    assert "10 days" in text(mine, "/my-partner/end/")
    assert send(mine, "/my-partner/end/ask/", reason=WHY, is_settled="on")[:2] == (302, "/my-partner/")
    row = only_request()
    page = text(client, f"/unbind-requests/{row.pk}/")
    assert "within 10 days" in page
    refuse = f"/unbind-requests/{row.pk}/refuse/"
    assert send(client, refuse, reason="")[0] == 422
    assert send(client, refuse, reason="Bills are open")[0] == 302
    assert "Bills are open" in text(mine, f"/my-partner/requests/{row.pk}/")
    assert client.post(refuse, {"reason": "again"}).status_code == 409


def test_a_failing_pre_check_says_what_to_do(world: World) -> None:
    freeze(world.dora.caller, account_ids=[world.cora.account_id], level=Suspension.ACCOUNT, reason="r")
    page = text(browser(world.dora), at(world.cora, "unbind/"))
    assert "Lift the suspension on the customer's page first." in page
    assert "Continue" not in page
    page = text(browser(world.cora), "/my-partner/end/")
    assert "Ask your partner to lift the suspension." in page
    status, _, said = send(browser(world.cora), "/my-partner/end/ask/", reason=WHY, is_settled="on")
    assert status == 422
    assert "The account is suspended; that is lifted first." in said


def test_withdrawing_is_the_askers(world: World) -> None:
    row = ask_to_leave(world.cora.caller, reason=WHY)
    mine, client = browser(world.cora), browser(world.dora)
    assert client.get(f"/unbind-requests/{row.pk}/withdraw/").status_code == 404
    assert mine.get(f"/my-partner/requests/{row.pk}/agree/").status_code == 404
    assert send(mine, f"/my-partner/requests/{row.pk}/withdraw/")[:2] == (302, "/my-partner/")
    assert request(row.pk).state == RequestState.WITHDRAWN


def test_the_provider_ends_one_without_asking(world: World) -> None:
    client = browser(world.pia)
    address = at(world.cora, "disassociate/")
    assert browser(world.dora).get(address).status_code == 404
    for typed in ("", "200000000009", "cora"):
        assert client.post(address, {"uin": typed}).status_code == 422
    assert client.post(address, {"uin": f" {world.cora.uin} "}).headers["Location"] == "/customers/"
    assert world.cora.account.partner_id is None
    assert client.post(address, {"uin": str(world.cora.uin)}).status_code == 404


def test_only_an_administrator_ends_associations(world: World) -> None:
    """huawei:B7 and huawei:F16: a permission that the administrator alone has by default."""
    row = ask_to_leave(world.cora.caller, reason=WHY)
    for preset in set(Preset) - {Preset.ADMINISTRATOR}:
        client = browser(member(world.dora, f"some-{preset}", preset))
        for address in ("/unbind-requests/", f"/unbind-requests/{row.pk}/", "/migrations/", at(world.cora, "unbind/")):
            assert client.get(address).status_code == 403, (preset, address)
    reader = browser(member(world.cora, "reader", Preset.READ_ONLY))
    assert "Withdraw" not in text(reader, f"/my-partner/requests/{row.pk}/")
    assert reader.get("/my-partner/end/").status_code == 403


def test_what_is_anothers_is_not_there(world: World) -> None:
    row = ask_to_leave(world.cora.caller, reason=WHY)
    move = started(world, "sol", "chen", MigrationState.WAITS_FOR_PARTNER)
    theirs = {
        "olga": [f"/unbind-requests/{row.pk}/", f"/migrations/{move.pk}/"],
        "rita": [f"/unbind-requests/{row.pk}/agree/", f"/migrations/outgoing/{asked(move, Side.PARTNER)}/"],
        "dora": [f"/migrations/{move.pk}/", f"/migrations/outgoing/{asked(move, Side.CUSTOMER)}/"],
        "sol": [f"/migrations/outgoing/{asked(move, Side.PARTNER)}/", f"/migrations/{move.pk}/approve/"],
        "chen": [f"/my-partner/requests/{row.pk}/", f"/my-partner/moves/{asked(move, Side.PARTNER)}/"],
        "cora": [f"/my-partner/moves/{asked(move, Side.CUSTOMER)}/", "/unbind-requests/", "/contacts/"],
    }
    for name, addresses in theirs.items():
        for address in addresses:
            assert browser(world[name]).get(address).status_code in {403, 404}, (name, address)


def test_a_code_is_asked_for_where_it_is_switched_on(world: World) -> None:
    """huawei:A3: if it is enabled."""
    switch_codes(world.dora.caller, is_on=True)
    client, form = browser(world.dora), at(world.cora, "unbind/ask/")
    status, _, said = send(client, form, reason=WHY, is_settled="on", verification_code="000000")
    assert status == 422
    assert 'name="verification_code"' in said
    assert not UnbindRequest.objects.everything(reason="test").exists()


def test_a_customer_moves_through_the_pages(world: World) -> None:
    receiver, mine, holder, provider = (browser(world[name]) for name in ("sol", "cora", "dora", "pia"))
    unknown = send(receiver, "/migrations/new/", named="299999999999", message="x")
    freeze(world.dora.caller, account_ids=[world.chen.account_id], level=Suspension.ACCOUNT, reason="r")
    barred = send(receiver, "/migrations/new/", named=str(world.chen.uin), message="x")
    assert unknown[0] == barred[0] == 422
    said = "No customer of this number can be moved to you."
    assert said in unknown[2]
    assert said in barred[2]
    assert send(receiver, "/migrations/new/", named=str(world.cora.uin), message="Join us")[0] == 302
    row = Migration.objects.everything(reason="test").get()
    page = text(receiver, f"/migrations/{row.pk}/")
    assert "Waiting for the customer" in page
    for hidden in (world.cora.legal_name, world.cora.account_name, world.dora.legal_name):
        assert hidden not in page + text(receiver, "/migrations/")
    assert "Another partner would like you" in text(mine, "/my-partner/")
    move = f"/my-partner/moves/{asked(row, Side.CUSTOMER)}/"
    assert world.sol.legal_name in text(mine, move)
    assert send(mine, f"{move}agree/")[0] == 302
    departure = f"/migrations/outgoing/{asked(row, Side.PARTNER)}/"
    page = text(holder, departure) + text(holder, "/migrations/outgoing/")
    assert "Sol" not in page
    assert str(world.sol.uin) not in page
    assert send(holder, f"{departure}confirm/")[0] == 302
    assert world.dora.legal_name not in text(receiver, f"/migrations/{row.pk}/")
    assert "Waiting for the provider" in text(provider, "/migrations/")
    assert send(provider, f"/migrations/{row.pk}/approve/")[0] == 302
    assert migration(row.pk).state == MigrationState.DONE
    assert "Moved" in text(receiver, f"/migrations/{row.pk}/")
    assert world.sol.legal_name in text(mine, "/my-partner/")
    assert "Requests" in text(mine, "/my-partner/")


def test_contacts_are_published_and_fall_back_to_the_administrator(world: World) -> None:
    mine, client = browser(world.cora), browser(world.dora)
    assert world.dora.email in text(mine, "/my-partner/")
    assert "dora@example.com" in text(client, "/contacts/")
    given = {"contact1-name": "Ann <b>", "contact1-email": "ann@example.com", "contact3-name": "Bo"}
    wrong = client.post("/contacts/", given)
    assert wrong.status_code == 422
    assert "neither an e-mail address nor a telephone number" in wrong.content.decode()
    assert client.post("/contacts/", {**given, "contact3-telephone": "+49 30 1234"}).status_code == 302
    assert [one.name for one in contacts_of(world.dora.account_pk)] == ["Ann <b>", "Bo"]
    page = mine.get("/my-partner/").content.decode()
    assert "Ann &lt;b&gt;" in page
    assert "+49 30 1234" in page
    assert world.dora.email not in page
    assert world.dora.email not in text(browser(world.carl), "/my-partner/"), "another's customer"
    for bad in ("javascript:alert(1)", "a@b@c", "x"):
        assert client.post("/contacts/", {"contact1-name": "A", "contact1-email": bad}).status_code == 422
    assert client.post("/contacts/", {}).status_code == 302
    assert world.dora.email in text(mine, "/my-partner/")


def test_the_provider_sets_the_rules(world: World) -> None:
    client = browser(world.pia)
    address = f"/resellers/{world.dora.account_id}/parting/"
    assert 'value="10"' in text(client, address)
    assert client.post(address, {"answer_days": "0", "requests_max": "3"}).status_code == 422
    assert client.post(address, {"answer_days": "", "requests_max": "1"}).status_code == 302
    assert "Nothing ends before it agrees." in text(browser(world.carl), "/my-partner/end/")
    assert client.get(f"/resellers/{world.rita.account_id}/parting/").status_code == 404
    assert browser(world.dora).get(address).status_code in {403, 404}


def test_a_released_customer_goes_on_as_a_plain_account(world: World) -> None:
    """Every page of its menu opens, and its own history stays readable."""
    grant_line(world.pia.caller, partner=world.dora.account_id, change=Money.of("100", "USD"), key="line")
    allocate_credit(world.dora.caller, customer=world.cora.uin, change=Money.of("60", "USD"), key="credit")
    fill(world, 50)
    give(world.dora, world.cora, Decimal(20))
    mine = browser(world.cora)
    before = set(re.findall(r'href="(/[a-z-]+/(?:[a-z-]+/)?)"', text(mine, "/")))
    disassociate(world.pia.caller, account_id=world.cora.account_id)
    pages()
    lists = {f"/{one.route}" for one in PAGES if one.menu is not None and one.is_for(world.cora.caller)}
    own = {at(world.cora, part) for part in ("", "information/", "associations/", "credit/", "trail/")}
    for address in sorted(before | lists | own):
        answer = mine.get(address)
        assert answer.status_code in {200, 302, 403}, (address, answer.status_code)
    assert "bound to no partner" in text(mine, "/my-partner/")
    assert world.dora.legal_name in text(mine, "/my-partner/")
    assert mine.get("/my-partner/end/").status_code == 404


def test_requests_of_an_earlier_time_stay_readable(world: World) -> None:
    row = ask_to_release(world.dora.caller, account_id=world.cora.account_id, reason=WHY)
    disassociate(world.pia.caller, account_id=world.cora.account_id)
    for name, address in (("dora", f"/unbind-requests/{row.pk}/"), ("cora", f"/my-partner/requests/{row.pk}/")):
        assert "Ended otherwise" in text(browser(world[name]), address)
    listed = text(browser(world.pia), "/association-records/?state=ended")
    assert str(world.cora.uin) in listed


def test_an_association_record_leads_to_what_ended_it(world: World) -> None:
    """huawei:B7: the history, with the request's outcome."""
    row = ask_to_leave(world.cora.caller, reason=WHY)
    client, provider = browser(world.dora), browser(world.pia)
    assert send(client, f"/unbind-requests/{row.pk}/agree/")[0] == 302
    move = started(world, "sol", "chen", MigrationState.WAITS_FOR_PROVIDER)
    assert send(provider, f"/migrations/{move.pk}/approve/")[0] == 302
    disassociate(world.pia.caller, account_id=world.cyro.account_id)
    listed = text(client, "/association-records/?state=ended")
    for word in ("By a request", "By a migration", "Otherwise"):
        assert word in listed
    record = f"/association-records/{row.association_id}/"
    assert record in listed
    assert f"/unbind-requests/{row.pk}/" in text(client, record)
    left = f"/association-records/{move.association_id}/"
    assert f"/migrations/outgoing/{asked(move, Side.PARTNER)}/" in text(client, left)
    assert f"/migrations/{move.pk}/" in text(provider, left)
    arrived = migration(move.pk).new_association_id
    assert f"/migrations/{move.pk}/" in text(browser(world.sol), f"/association-records/{arrived}/")
    assert client.get(f"/association-records/{arrived}/").status_code == 404
