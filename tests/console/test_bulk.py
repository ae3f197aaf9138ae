"""What is done to several customers at once: a preview, a result for each, and nothing for strangers.

Issue 3, section 1: bulk assign account manager, bulk tag.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import set_user_active
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.customers.bulk import AT_ONCE_MAX
from openpartner.core.customers.commands import assign_manager
from tests.console.organization.people import browser, member
from tests.support.pages import told
from tests.support.people import World

pytestmark = pytest.mark.django_db

TAG, ASSIGN = "/customers/tag/", "/customers/assign-managers/"
ABSENT = "f" * 32


def ids(world: World, *names: str) -> list[str]:
    return [ABSENT if name == "nobody" else world[name].account_id for name in names]


def results(answer: Any) -> list[tuple[str, str]]:
    """Each row's account id and what is said of it."""
    table = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    found = []
    for row in table.split("</tr>")[:-1]:
        account_id = re.search(r'href="/customers/([^/"]*)/"|<th scope="row">([^<]*)</th>', row)
        badge = re.search(r'<span class="badge [a-z]*">([^<]*)</span>', row)
        assert account_id, row
        found.append((account_id[1] or account_id[2], html.unescape(badge[1]) if badge else ""))
    return found


def labels(world: World) -> dict[str, str]:
    rows = Account.objects.everything(reason="test").values_list("account_id", "labels")
    by_id = dict(rows)
    return {name: by_id[person.account_id] for name, person in world.items()}


def managers(world: World) -> dict[str, int | None]:
    by_id = dict(Account.objects.everything(reason="test").values_list("account_id", "manager_id"))
    return {name: by_id[person.account_id] for name, person in world.items()}


def tag(client: Client, rows: list[str], label: str = "VIP", how: str = "add") -> Any:
    return client.post(TAG, {"confirm": "1", "row": rows, "label": label, "how": how})


def test_the_preview_says_whom_it_is_about_and_changes_nothing(world: World) -> None:
    before, client = labels(world), browser(world.dora)
    for address in (TAG, ASSIGN):
        answer = client.post(address, {"row": ids(world, "cora", "chen")})
        assert answer.status_code == 200
        assert results(answer) == [(one, "") for one in ids(world, "cora", "chen")]
        text = answer.content.decode()
        assert "For 2 customers:" in text
        assert world.cora.legal_name not in text, "masked"
        assert str(world.cora.uin) in text
    assert labels(world) == before
    assert not AuditEvent.objects.everything(reason="test").filter(action=Action.CUSTOMERS_CHANGED).exists()


def test_each_row_has_its_own_result(world: World) -> None:
    rows = Account.objects.everything(reason="test")
    rows.filter(pk=world.cora.account_pk).update(labels="")
    rows.filter(pk=world.chen.account_pk).update(labels="VIP")
    rows.filter(pk=world.cyro.account_pk).update(labels="x" * 62)
    answer = tag(browser(world.dora), ids(world, "cyro", "chen", "cora", "carl", "otto", "nobody", "cora"))
    assert results(answer) == [
        (world.cyro.account_id, "Refused"),
        (world.chen.account_id, "Was so already"),
        (world.cora.account_id, "Done"),
        (world.carl.account_id, "Not one of your own customers"),
        (world.otto.account_id, "Not one of your own customers"),
        (ABSENT, "Not one of your own customers"),
    ], "in the order asked for, each once; a reseller's customer is the reseller's"
    text = html.unescape(answer.content.decode())
    assert "1 customer was changed." in text
    assert "longer than 64 characters" in text
    after = labels(world)
    assert (after["cora"], after["chen"], after["cyro"]) == ("VIP", "VIP", "x" * 62)


def test_strangers_and_nobody_are_told_alike_and_left_alone(world: World) -> None:
    before = labels(world)
    client = browser(world.dora)
    answers = []
    for stranger in ("otto", "carl", "su", "olga", "rita", "dora", "nobody"):
        (account_id,) = ids(world, stranger)
        answer = tag(client, [world.chen.account_id, account_id], label="once")
        text = told(answer)
        answers.append(text.replace(account_id, "<id>"))
        if stranger != "nobody":
            for secret in (world[stranger].legal_name, world[stranger].account.email, str(world[stranger].uin)):
                assert secret not in text.partition("<main")[2], stranger
    assert len(set(answers[1:])) == 1, "the first changed chen, all others found it so"
    after = labels(world)
    assert {name for name in world if after[name] != before[name]} == {"chen"}


def test_tags_are_added_and_removed(world: World) -> None:
    client, chosen = browser(world.dora), ids(world, "cora", "chen")
    tag(client, chosen, "b")
    tag(client, chosen, "a")
    assert labels(world)["cora"] == ",".join(sorted({*filter(None, ["Gold" if world.cora.uin % 2 else ""]), "a", "b"}))
    before = labels(world)["chen"]
    tag(client, [world.cora.account_id], "a", how="remove")
    assert "a" not in labels(world)["cora"].split(",")
    assert labels(world)["chen"] == before
    assert results(tag(client, [world.cora.account_id], "a", how="remove")) == [
        (world.cora.account_id, "Was so already")
    ]


@pytest.mark.parametrize("label", ["", "   ", "a,b", "x" * 65, "a\0b"])
@pytest.mark.parametrize("how", ["add", "remove"])
def test_what_is_no_tag_is_refused_beside_its_field(world: World, label: str, how: str) -> None:
    before = labels(world)
    answer = tag(browser(world.dora), ids(world, "cora"), label, how)
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    assert labels(world) == before


def test_what_is_neither_adding_nor_removing_is_refused(world: World) -> None:
    before = labels(world)
    assert tag(browser(world.dora), ids(world, "cora"), how="burn").status_code == 422
    assert labels(world) == before


@pytest.mark.parametrize("address", [TAG, ASSIGN])
@pytest.mark.parametrize(
    "rows", [[], ["x"], ["", " ", "\0"], ["'; --"], ["%"], [f"{number:032x}" for number in range(AT_ONCE_MAX + 1)]]
)
def test_one_to_a_thousand_are_changed_at_once(world: World, address: str, rows: list[str]) -> None:
    before = labels(world)
    data = {"confirm": "1", "label": "VIP", "how": "add", "manager": "0", "row": rows}
    answer = browser(world.dora).post(address, data)
    assert answer.status_code == 422
    assert "from one to a thousand" in answer.content.decode()
    assert labels(world) == before


def test_a_thousand_are(world: World) -> None:
    rows = [world.cora.account_id, *(f"{0xC0000 + number:032x}" for number in range(AT_ONCE_MAX - 1))]
    answer = tag(browser(world.dora), rows)
    assert answer.status_code == 200
    told = results(answer)
    assert len(told) == AT_ONCE_MAX
    assert [outcome for _, outcome in told].count("Done") == 1


def test_a_manager_is_given_and_taken(world: World) -> None:
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    client, before = browser(world.dora), managers(world)
    answer = client.post(ASSIGN, {"confirm": "1", "manager": kim.pk, "row": ids(world, "cora", "carl", "chen")})
    assert results(answer) == list(
        zip(ids(world, "cora", "carl", "chen"), ["Done", "Not one of your own customers", "Done"], strict=True)
    )
    assert managers(world) == {**before, "cora": kim.pk, "chen": kim.pk}
    again = client.post(ASSIGN, {"confirm": "1", "manager": kim.pk, "row": ids(world, "cora")})
    assert results(again) == [(world.cora.account_id, "Was so already")]
    client.post(ASSIGN, {"confirm": "1", "manager": "0", "row": ids(world, "cora")})
    assert managers(world) == {**before, "chen": kim.pk}
    assigned = AuditEvent.objects.everything(reason="test").filter(action=Action.MANAGER_ASSIGNED).order_by("pk")
    assert [(event.subject, json.loads(event.details)["manager"]) for event in assigned] == [
        (world.cora.account_pk, "kim"),
        (world.chen.account_pk, "kim"),
        (world.cora.account_pk, ""),
    ]


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 30, "olga", "gone"])
def test_a_manager_is_somebody_active_of_ones_own(world: World, given: str) -> None:
    gone = member(world.dora, "gone", Preset.ACCOUNT_MANAGER)
    set_user_active(world.dora.caller, user_id=gone.pk, active=False)
    person = {"olga": str(world.olga.user_pk), "gone": str(gone.pk)}.get(given, given)
    before = managers(world)
    answer = browser(world.dora).post(ASSIGN, {"confirm": "1", "manager": person, "row": ids(world, "cora")})
    assert answer.status_code == 422
    assert managers(world) == before


def test_an_account_manager_tags_assigned_customers_alone(world: World) -> None:
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    assign_manager(world.dora.caller, account_id=world.cora.account_id, manager_id=kim.pk)
    answer = tag(browser(kim), ids(world, "cora", "chen"))
    assert [outcome for _, outcome in results(answer)] == ["Done", "Not one of your own customers"]
    assert browser(kim).post(ASSIGN, {"row": ids(world, "cora")}).status_code == 403


def test_who_may_not_is_refused_and_offered_nothing(world: World) -> None:
    reader = browser(member(world.dora, "rob", Preset.READ_ONLY))
    before = labels(world)
    for address in (TAG, ASSIGN):
        data = {"confirm": "1", "label": "x", "how": "add", "manager": "0", "row": ids(world, "cora")}
        assert reader.post(address, data).status_code == 403
        assert browser(world.dora).get(address).status_code == 405
        assert Client().post(address, data).status_code == 302
        assert address not in reader.get("/customers/").content.decode()
        assert address in browser(world.dora).get("/customers/").content.decode()
    assert labels(world) == before


def test_the_provider_changes_no_partners_customers(world: World) -> None:
    before = (labels(world), managers(world))
    client = browser(world.pia)
    assert {outcome for _, outcome in results(tag(client, ids(world, "cora", "carl")))} == {
        "Not one of your own customers"
    }
    client.post(ASSIGN, {"confirm": "1", "manager": world.pia.user_pk, "row": ids(world, "cora")})
    assert (labels(world), managers(world)) == before
