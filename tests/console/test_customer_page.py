"""The page of one customer (huawei:B4): tabs, masks, history, trail, and what is done to it (issue 3, section 1)."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from openpartner.core.access.models import Role
from openpartner.core.access.roles import Preset, joined
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import assign_manager
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.support.pages import told
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

TABS = ("", "information/", "associations/", "trail/")
ACTIONS = {"manager/": "", "tags/": "", "remark/": "", "bill-view/": "", "unbind/ask/": "unbind/"}
"""What is done to a customer, and the page that leads there."""
PERSONAL = ("legal_name", "account_name", "mobile", "email")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return html.unescape(answer.content.decode())


def at(person: Person, rest: str = "") -> str:
    return f"/customers/{person.account_id}/{rest}"


def events(action: Action) -> list[AuditEvent]:
    return list(AuditEvent.objects.everything(reason="test").filter(action=action).order_by("pk"))


def now(person: Person) -> dict[str, Any]:
    return dict(Account.objects.everything(reason="test").filter(pk=person.account_pk).values().get())


# What is shown.


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("who", ["pia", "dora", "rita", "sol", "carl"])
def test_every_tab_is_masked_by_default(world: World, who: str, tab: str) -> None:
    customer = {"pia": "otto", "rita": "carl", "sol": "cato", "carl": "carl"}.get(who, "cora")
    text = page(browser(world[who]), at(world[customer], tab)).partition("<main")[2]
    account = world[customer].account
    assert str(account.uin) in text
    for column in PERSONAL:
        assert getattr(account, column) not in text, column
    if who == "pia":
        assert account.partner is not None
        assert account.partner.legal_name not in text, "a partner's name is masked as in the list"


def test_the_overview_and_the_basic_information_say_who_it_is(world: World) -> None:
    Account.objects.everything(reason="test").filter(pk=world.cora.account_pk).update(labels="Gold,VIP", industry="16")
    client = browser(world.dora)
    overview = page(client, at(world.cora))
    for told_there in ("2024-03-03", "remark of cora", "Gold", "VIP", "139****0008", "c****@example.com", "C****"):
        assert told_there in overview, told_there
    information = page(client, at(world.cora, "information/"))
    for told_there in (world.cora.account_id, "2023-12-01 12:00", "16", "The customer sees its own bills"):
        assert told_there in information, told_there


@pytest.mark.parametrize("tab", TABS)
def test_showing_in_full_is_recorded_with_who_what_and_when(world: World, tab: str) -> None:
    """Issue 3, Masking: each reveal is audited with who, what and when."""
    moment = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    with clock.frozen(moment):
        text = html.unescape(browser(world.dora).post(at(world.cora, tab), {"reveal": "*"}).content.decode())
    assert "This was recorded" in text
    assert world.cora.legal_name in text
    if not tab:
        for column in ("account_name", "mobile", "email"):
            assert getattr(world.cora.account, column) in text
    (event,) = events(Action.REVEALED)
    assert (event.actor_user, event.actor_account, event.at) == (world.dora.user_pk, world.dora.account_pk, moment)
    assert json.loads(event.details) == {
        "columns": sorted(PERSONAL),
        "listing": "customer",
        "subjects": [world.cora.account_pk],
    }
    assert world.cora.legal_name not in page(browser(world.dora), at(world.cora, tab)), "for one look"


def test_nothing_is_shown_in_full_without_the_permission(world: World) -> None:
    client = browser(member(world.dora, "rob", Preset.READ_ONLY))
    assert "Show in full" not in page(client, at(world.cora))
    answer = client.post(at(world.cora), {"reveal": "*"})
    assert answer.status_code == 403
    assert world.cora.legal_name not in html.unescape(answer.content.decode())
    assert events(Action.REVEALED) == []


@pytest.mark.parametrize("asked", ["", "legal_name", "**", "\0"])
def test_only_the_whole_page_is_revealed(world: World, asked: str) -> None:
    answer = browser(world.dora).post(at(world.cora), {"reveal": asked})
    assert answer.status_code == 200
    assert world.cora.legal_name not in html.unescape(answer.content.decode())
    assert events(Action.REVEALED) == []


def test_a_name_that_is_missing_does_not_show_the_other(world: World) -> None:
    """Without a legal name the page is headed by the account name, masked like it; its initials are a name too."""
    rows = Account.objects.everything(reason="test").filter(pk=world.cora.account_pk)
    rows.update(legal_name="", account_name="Quentin Zebedee")
    shown = page(browser(world.dora), at(world.cora)).partition("<main")[2]
    text = re.sub(r"<[^>]*>", " ", shown)  # a form's token may hold any two letters
    assert "Q****" in text
    assert "QZ" not in text
    assert "Zebedee" not in text


# Who sees what.


def test_managers_are_told_to_their_own_partner_alone(world: World) -> None:
    """The customer's account manager is the partner's own staff: nobody above and not the customer reads who."""
    kim = member(world.rita, "kim", Preset.ACCOUNT_MANAGER)
    leo = member(world.rita, "leo", Preset.ACCOUNT_MANAGER)
    for person in (kim, leo):
        assign_manager(world.rita.caller, account_id=world.carl.account_id, manager_id=person.pk)
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    own = page(browser(world.rita), at(world.carl, "information/"))
    names = re.findall(r"<strong>([a-z]+)</strong>", own.partition("<main")[2])
    assert names == ["leo", "kim"], "newest first"
    assert "by rita" in own
    assert "leo" in page(browser(world.rita), at(world.carl))
    for other in ("pia", "dora", "carl"):
        for tab in ("", "information/", "associations/"):
            text = page(browser(world[other]), at(world.carl, tab)).partition("<main")[2]
            assert not re.search(r"\b(kim|leo)\b", text), (other, tab)


def test_a_partners_remark_is_its_own(world: World) -> None:
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    assert "remark of carl" in page(browser(world.rita), at(world.carl))
    for other in ("pia", "dora", "carl"):
        for tab in TABS[:3]:
            assert "remark of carl" not in page(browser(world[other]), at(world.carl, tab)), (other, tab)


@pytest.mark.parametrize("who", ["pia", "dora"])
def test_no_list_tells_a_partners_remark_to_others(world: World, who: str) -> None:
    """What the page keeps, the columns of the list keep too."""
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    client = browser(world[who])
    for tab in ("own", "indirect"):
        assert "remark of carl" not in page(client, f"/customers/?columns=uin,remark&tab={tab}&size=200"), tab
    assert "remark of carl" in page(browser(world.rita), "/customers/?columns=uin,remark")


def test_the_trail_is_for_those_who_may_read_the_audit_log(world: World) -> None:
    may = Role.objects.create(
        account=world.dora.account, name="may", permissions=joined([Permission.CUSTOMER_READ, Permission.AUDIT_READ])
    )
    auditor, reader = member(world.dora, "aud", custom=[may.pk]), member(world.dora, "rob", Preset.READ_ONLY)
    browser(world.dora).post(at(world.cora, "remark/"), {"remark": "x"})
    assert 'trail/"' in page(browser(auditor), at(world.cora))
    assert "The remark" in page(browser(auditor), at(world.cora, "trail/"))
    assert 'trail/"' not in page(browser(reader), at(world.cora))
    assert browser(reader).get(at(world.cora, "trail/")).status_code == 403
    alone = Role.objects.create(account=world.dora.account, name="a", permissions=joined([Permission.AUDIT_READ]))
    assert browser(member(world.dora, "ann", custom=[alone.pk])).get(at(world.cora, "trail/")).status_code == 403


def test_associations_are_told_with_who_bound_and_until_when(world: World) -> None:
    text = page(browser(world.dora), at(world.cora, "associations/"))
    for told_there in ("Dora Distribution Ltd", "2024-03-03 00:00", "Current", "the test"):
        assert told_there in text, told_there


@pytest.mark.parametrize("rest", [*TABS, *ACTIONS])
def test_a_strangers_customer_and_none_are_answered_alike(world: World, rest: str) -> None:
    for who, stranger in (("dora", "otto"), ("dora", "carl"), ("rita", "cora"), ("sol", "su"), ("carl", "cleo")):
        client = browser(world[who])
        answers = set()
        for account_id in (world[stranger].account_id, "f" * 32, "nothing", "%00", "\u4e0a\u6d77"):
            answer = client.get(f"/customers/{account_id}/{rest}")
            answers.add((answer.status_code, told(answer).replace(account_id, "<id>").replace("\0", "<id>")))
        statuses = {status for status, _ in answers}
        assert statuses in ({404}, {403}), (who, statuses)
        if who == "dora":
            assert statuses == {404}


# What is done to it.


@pytest.mark.parametrize("rest", ACTIONS)
def test_what_is_done_needs_its_permission_and_ones_own_customer(world: World, rest: str) -> None:
    reader = browser(member(world.dora, "rob", Preset.READ_ONLY))
    assert reader.get(at(world.cora, rest)).status_code == 403
    assert reader.post(at(world.cora, rest), {"remark": "x"}).status_code == 403
    assert at(world.cora, rest) not in told(reader.get(at(world.cora, ACTIONS[rest])))
    provider, before = browser(world.pia), now(world.cora)
    given = {"uin": str(world.cora.uin), "manager": world.pia.user_pk, "labels": "x", "remark": "x"}
    for answer in (provider.get(at(world.cora, rest)), provider.post(at(world.cora, rest), given)):
        assert answer.status_code == 404, "dora's customer is dora's to change"
    assert now(world.cora) == before
    assert at(world.cora, rest) not in told(provider.get(at(world.cora, ACTIONS[rest])))
    owner = browser(world.dora)
    assert at(world.cora, rest) in page(owner, at(world.cora, ACTIONS[rest]))
    assert page(owner, at(world.cora, rest))


def test_a_manager_is_assigned_and_taken_away(world: World) -> None:
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    client = browser(world.dora)
    assert client.post(at(world.cora, "manager/"), {"manager": kim.pk})["Location"] == at(world.cora)
    assert now(world.cora)["manager_id"] == kim.pk
    assert client.post(at(world.cora, "manager/"), {"manager": "0"}).status_code == 302
    assert now(world.cora)["manager_id"] is None
    assert [json.loads(event.details)["manager"] for event in events(Action.MANAGER_ASSIGNED)] == ["kim", ""]


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 30, "\0", "stranger"])
def test_nobody_elses_person_becomes_the_manager(world: World, given: str) -> None:
    before = now(world.cora)
    person = str(world.olga.user_pk) if given == "stranger" else given
    assert browser(world.dora).post(at(world.cora, "manager/"), {"manager": person}).status_code == 422
    assert now(world.cora) == before


def test_tags_and_remark_are_changed_within_their_limits(world: World) -> None:
    client = browser(world.dora)
    assert client.post(at(world.cora, "tags/"), {"labels": " Gold , VIP,Gold"}).status_code == 302
    assert now(world.cora)["labels"] == "Gold,VIP"
    assert client.post(at(world.cora, "remark/"), {"remark": "pays late"}).status_code == 302
    assert now(world.cora)["remark"] == "pays late"
    before = now(world.cora)
    for rest, data in (
        ("tags/", {"labels": "x" * 65}),
        ("tags/", {"labels": "a\0b"}),
        ("remark/", {"remark": "x" * 10_000}),
        ("remark/", {"remark": "a\0b"}),
    ):
        answer = client.post(at(world.cora, rest), data)
        assert answer.status_code == 422, (rest, data)
        assert now(world.cora) == before
    assert client.post(at(world.cora, "tags/"), {"labels": ""}).status_code == 302
    assert now(world.cora)["labels"] == ""


def test_the_view_of_bills_is_closed_and_opened(world: World) -> None:
    client = browser(world.dora)
    for given, expected in (({"sent": "1"}, False), ({"is_visible": "on"}, True)):
        assert client.post(at(world.cora, "bill-view/"), given).status_code == 302
        assert now(world.cora)["bills_visible"] is expected
