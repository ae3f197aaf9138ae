"""Finding by the slash and by the palette: name, uin, account id, mobile and e-mail (issue 3, section 1)."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from openpartner.core.access.models import Role
from openpartner.core.access.roles import Preset, joined
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import assign_manager
from openpartner.core.partners.commands import grant_flag
from tests.console.organization.people import browser, member
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

COLUMNS = ("uin", "account_id", "legal_name", "account_name", "email", "mobile")
PALETTE = {"HX-Target": "palette-found"}


def value(person: Person, column: str) -> str:
    return str(getattr(person.account, column))


def hits(text: str) -> list[tuple[str, str]]:
    """Where each hit leads, and what it says."""
    found = re.findall(r'<a class="hit" href="([^"]*)"><span class="avatar.*?<small>(.*?)</small>', text, re.DOTALL)
    return [(html.unescape(address), html.unescape(told)) for address, told in found]


def search(client: Client, text: str) -> str:
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200, (text, answer.headers.get("Location"))
    return str(answer.content.decode())


@pytest.mark.parametrize("column", COLUMNS)
def test_one_customer_opens_at_once(world: World, column: str) -> None:
    answer = browser(world.dora).get("/search/", {"q": value(world.cora, column)})
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{world.cora.account_id}/")
    assert browser(world.dora).get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("column", COLUMNS)
def test_one_reseller_opens_at_once(world: World, column: str) -> None:
    answer = browser(world.dora).get("/search/", {"q": value(world.rita, column)})
    assert (answer.status_code, answer["Location"]) == (302, f"/resellers/{world.rita.account_id}/")
    assert browser(world.dora).get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("flag", [False, True])
@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_finds_themselves_where_there_is_no_page(world: World, column: str, flag: bool) -> None:  # noqa: FBT001  # of two worlds
    """Whatever is found opens: a hit for one's own account would be a page that is not there."""
    if flag:
        grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    for name in ("dora", "rita", "sol", "pia"):
        client = browser(world[name])
        answer = client.get("/search/", {"q": value(world[name], column)})
        assert answer.status_code == 200, (name, answer.headers.get("Location"))
        assert hits(answer.content.decode()) == []


def test_several_are_listed_and_each_opens(world: World) -> None:
    """`c` begins carl_account, cora_account and so on; a part of a name finds every one."""
    client = browser(world.pia)
    found = hits(search(client, "_account"))
    assert len(found) == len(world) - 1, "everybody but the provider"
    assert len(found) == len(set(found))
    kinds = [address.split("/")[1] for address, _ in found]
    assert kinds == sorted(kinds, reverse=True), "partners first: they are few"
    for address, _ in found:
        assert client.get(address).status_code == 200, address


def test_what_is_found_is_masked(world: World) -> None:
    """A name by its first character, mobile and e-mail as everywhere else (kit.masks)."""
    text = search(browser(world.pia), "example.co") + search(browser(world.pia), "_account")
    for name in set(world) - {"pia"}:
        account = world[name].account
        for secret in (account.legal_name, account.account_name, account.mobile, account.email):
            assert secret not in text, (name, secret)
    assert f"{world.cora.uin} · 139****0008 · c****@example.com" in text


def test_a_palette_suggests_and_never_redirects(world: World) -> None:
    client = browser(world.dora)
    answer = client.get("/search/", {"q": str(world.cora.uin)}, headers=PALETTE)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "<html" not in text
    assert [address for address, _ in hits(text)] == [f"/customers/{world.cora.account_id}/"]
    assert world.cora.legal_name not in text
    many = browser(world.pia).get("/search/", {"q": "_account"}, headers=PALETTE).content.decode()
    assert len(hits(many)) == 6


def test_a_palette_finds_the_pages_one_may_open(world: World) -> None:
    def pages(client: Client, text: str) -> list[str]:
        shown = client.get("/search/", {"q": text}, headers=PALETTE).content.decode()
        return re.findall(r'<a class="hit" href="([^"]*)"><svg', shown)

    assert pages(browser(world.dora), "AUDIT") == ["/audit-log/"]
    assert pages(browser(member(world.dora, "rob", Preset.READ_ONLY)), "audit") == []
    assert pages(browser(world.dora), "resellers") == ["/resellers/"]
    assert pages(browser(world.pia), "partners") == ["/partners/"]
    assert pages(browser(world.dora), "zzz") == []


def test_without_the_flag_a_distributor_finds_no_indirect_customer(world: World) -> None:
    """Seed 000 (prerequisites), tencent:A.4."""
    for column in COLUMNS:
        text = search(browser(world.dora), value(world.carl, column))
        assert hits(text) == []
        assert "Nothing was found" in text
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    for column in COLUMNS:
        answer = browser(world.dora).get("/search/", {"q": value(world.carl, column)})
        assert answer.headers.get("Location") == f"/customers/{world.carl.account_id}/", column


def test_an_account_manager_finds_assigned_customers(world: World) -> None:
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    assign_manager(world.dora.caller, account_id=world.cora.account_id, manager_id=kim.pk)
    client = browser(kim)
    for column in COLUMNS:
        assert client.get("/search/", {"q": value(world.cora, column)})["Location"].startswith("/customers/")
        for name in ("chen", "rita", "carl", "otto"):
            assert hits(search(client, value(world[name], column))) == [], (name, column)


def test_who_may_not_see_partners_finds_none(world: World) -> None:
    role = Role.objects.create(account=world.dora.account, name="c", permissions=joined([Permission.CUSTOMER_READ]))
    client = browser(member(world.dora, "bob", custom=[role.pk]))
    assert hits(search(client, str(world.rita.uin))) == []
    assert client.get("/search/", {"q": str(world.cora.uin)}).status_code == 302
    nobody = Role.objects.create(account=world.dora.account, name="n", permissions=joined([Permission.PROFILE_READ]))
    assert browser(member(world.dora, "nic", custom=[nobody.pk])).get("/search/?q=cora").status_code == 403


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=%E3%80%80", "q=zzzz"])
def test_nothing_says_what_to_do(world: World, query: str) -> None:
    answer = browser(world.dora).get(f"/search/?{query}")
    assert answer.status_code == 200
    assert "Search by part of a name" in answer.content.decode()


STRANGE = [
    "%00", "a%00b", "%FF%FE", "%ED%A0%80", "9" * 5_000, "x" * 20_000, "%25", "_", "%5C", "%27", "%22", "%0D%0A",
    "%F0%9F%8D%B5", "-1", "%D9%A1%D9%A2%D9%A3", "%C2%B2", "AND", "OR*", "NEAR(", "%22%22%22", "*",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("headers", [{}, PALETTE])
def test_strange_texts_are_answered(world: World, text: str, headers: dict[str, str]) -> None:
    for name in ("pia", "dora", "carl"):
        assert browser(world[name]).get(f"/search/?q={text}", headers=headers).status_code in {200, 302}


def test_what_was_typed_is_shown_as_text(world: World) -> None:
    text = search(browser(world.dora), "<script>alert(1)</script>")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_customer_that_left_is_no_longer_found(world: World) -> None:
    from openpartner.core.parting.ending import disassociate

    disassociate(world.pia.caller, account_id=world.cora.account_id)
    assert Account.objects.everything(reason="test").get(pk=world.cora.account_pk).partner_id is None
    for column in COLUMNS:
        assert hits(search(browser(world.dora), value(world.cora, column))) == []
