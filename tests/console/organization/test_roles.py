"""Roles: presets are read, roles of one's own are defined, changed and deleted (huawei:A5)."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.utils.html import escape

from openpartner.console.organization.permission_words import GROUPS, WORDS
from openpartner.core.access.models import Role
from openpartner.core.access.roles import BY_KIND, PRESETS, Preset
from openpartner.core.access.users import define_role
from openpartner.core.base.permissions import Permission
from openpartner.listings import organization_words
from tests.console.organization.people import browser, member
from tests.support.people import Person, World

P = Permission


def test_every_permission_has_words_and_stands_in_one_group() -> None:
    assert set(WORDS) == set(Permission)
    assert Counter(one for group in GROUPS for one in group.permissions) == Counter(Permission)
    assert len({str(words) for words in WORDS.values()}) == len(Permission)


def test_every_preset_has_words() -> None:
    assert set(organization_words.PRESETS) == set(organization_words.PRESET_NOTES) == set(Preset)


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="permissions" value="([^"]+)" checked', page))


def offered(page: str) -> set[str]:
    return set(re.findall(r'name="permissions" value="([^"]+)"', page))


def _listed(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="/roles/([^/"]+)/"', page)


def own(person: Person) -> Role:
    return Role.objects.within(person.caller.scope).get()


@pytest.mark.parametrize("who", ["pia", "dora", "rita", "carl"])
def test_presets_say_what_they_allow_to_this_kind_of_account(world: World, who: str) -> None:
    client = browser(world[who])
    for preset in Preset:
        page = client.get(f"/roles/{preset}/").content.decode()
        allowed = PRESETS[preset] & BY_KIND[world[who].caller.kind]
        for permission in BY_KIND[world[who].caller.kind]:
            line = re.search(rf"<span>{re.escape(escape(str(WORDS[permission])))}(.*?)</span></li>", page)
            assert line is not None, permission
            assert ("not allowed" not in line[1]) == (permission in allowed), (preset, permission)
        for permission in set(Permission) - BY_KIND[world[who].caller.kind]:
            assert f"<span>{WORDS[permission]}<" not in page


def test_the_list_shows_presets_and_own_roles_with_their_holders(dora: Person) -> None:
    role = define_role(dora.caller, name="counter", permissions=[P.CUSTOMER_READ, P.PARTNER_READ])
    member(dora, "kim", Preset.FINANCE, custom=[role.pk])
    page = browser(dora).get("/roles/").content.decode()
    assert _listed(page) == [*Preset, str(role.pk)]
    numbers = re.findall(r'<td class="cell-number">(\d+)</td>', page)
    assert numbers[-2:] == ["1", "2"]  # held by kim; allows two things
    page = browser(dora).get("/roles/?origin=own").content.decode()
    assert _listed(page) == [str(role.pk)]


def test_a_role_is_defined_changed_and_deleted(dora: Person) -> None:
    client = browser(dora)
    page = client.get("/roles/new/").content.decode()
    assert offered(page) == {str(one) for one in BY_KIND[dora.caller.kind]}
    # huawei:A5: a new role receives the personal items by itself.
    assert ticked(page) == {"key.manage-own", "profile.read"}
    answer = client.post("/roles/new/", {"name": " Counter  staff ", "permissions": ["customer.read"]})
    role = own(dora)
    assert answer["Location"] == f"/roles/{role.pk}/"
    assert (role.name, role.permissions) == ("Counter staff", "customer.read")
    page = client.get(f"/roles/{role.pk}/edit/").content.decode()
    assert ticked(page) == {"customer.read"}
    client.post(f"/roles/{role.pk}/edit/", {"name": "Desk", "permissions": ["customer.read", "partner.read"]})
    assert (own(dora).name, own(dora).permissions) == ("Desk", "customer.read,partner.read")
    kim = member(dora, "kim", custom=[role.pk])
    refused = client.post(f"/roles/{role.pk}/delete/")
    assert refused.status_code == 422
    assert "Somebody holds this role" in refused.content.decode()
    assert "kim" in client.get(f"/roles/{role.pk}/").content.decode()
    client.post(f"/members/{kim.pk}/roles/", {"roles": ["finance"]})
    assert client.post(f"/roles/{role.pk}/delete/")["Location"] == "/roles/"
    assert not Role.objects.within(dora.caller.scope).exists()


def test_a_custom_role_opens_what_it_allows_and_no_more(dora: Person) -> None:
    role = define_role(dora.caller, name="desk", permissions=[P.CUSTOMER_READ, P.PROFILE_READ])
    kim = member(dora, "kim", custom=[role.pk])
    client = browser(kim)
    page = client.get("/customers/")
    assert page.status_code == 200
    menu = re.findall(r'<li><a href="([^"]+)"', page.content.decode())
    assert "/customers/" in menu
    for address in ("/members/", "/roles/", "/account-managers/", "/keys/", "/audit-log/", "/jobs/", "/mail/"):
        assert address not in menu
        assert client.get(address).status_code == 403
    define_role(dora.caller, role_id=role.pk, name="desk", permissions=[P.AUDIT_READ])
    assert client.get("/audit-log/").status_code == 200
    assert client.get("/customers/").status_code == 403


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "", "permissions": ["customer.read"]}, "This field is required."),
        ({"name": "x", "permissions": []}, "Tick at least one permission."),
        ({"name": "a,b", "permissions": ["customer.read"]}, "taken or has a comma"),
        ({"name": "taken", "permissions": ["customer.read"]}, "taken or has a comma"),
        ({"name": "finance", "permissions": ["customer.read"]}, "taken or has a comma"),
        ({"name": "x", "permissions": ["everything"]}, "Select a valid choice"),
        ({"name": "x", "permissions": ["flag.grant"]}, "Select a valid choice"),  # the provider's alone
        ({"name": "x" * 65, "permissions": ["customer.read"]}, "at most 64 characters"),
    ],
)
def test_a_role_is_refused_beside_its_field(dora: Person, given: dict, message: str) -> None:
    define_role(dora.caller, name="taken", permissions=[P.CUSTOMER_READ])
    answer = browser(dora).post("/roles/new/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert message in page
    assert ticked(page) == set(given["permissions"]) & {"customer.read"}, "what was ticked stays ticked"
    assert Role.objects.within(dora.caller.scope).count() == 1


def test_the_eleventh_role_is_refused(dora: Person) -> None:
    for number in range(10):
        define_role(dora.caller, name=f"role {number}", permissions=[P.CUSTOMER_READ])
    answer = browser(dora).post("/roles/new/", {"name": "one more", "permissions": ["customer.read"]})
    assert answer.status_code == 422
    assert "ten roles of your own" in answer.content.decode()


def test_nobody_defines_a_role_with_rights_they_lack(dora: Person) -> None:
    role = define_role(dora.caller, name="clerks", permissions=[P.MEMBER_MANAGE, P.CUSTOMER_READ])
    strong = define_role(dora.caller, name="strong", permissions=[P.AUDIT_READ])
    clerk = browser(member(dora, "clio", custom=[role.pk]))
    assert offered(clerk.get("/roles/new/").content.decode()) == {"member.manage", "customer.read"}
    assert clerk.post("/roles/new/", {"name": "x", "permissions": ["audit.read"]}).status_code == 422
    for address in (f"/roles/{strong.pk}/edit/", f"/roles/{strong.pk}/delete/"):
        answer = clerk.post(address, {"name": "weak", "permissions": ["customer.read"]})
        assert answer.status_code == 422
        assert "what you may not do yourself" in answer.content.decode()
    strong.refresh_from_db()
    assert (strong.name, strong.permissions) == ("strong", "audit.read")


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl"])
def test_a_strangers_role_is_not_there(world: World, stranger: str) -> None:
    role = define_role(world[stranger].caller, name="theirs", permissions=[P.BILL_READ])
    client = browser(world.dora)
    for form in ("", "edit/", "delete/"):
        assert client.get(f"/roles/{role.pk}/{form}").status_code == 404
    for form in ("edit/", "delete/"):
        assert client.post(f"/roles/{role.pk}/{form}", {"name": "x", "permissions": ["bill.read"]}).status_code == 404
    assert "theirs" not in client.get("/roles/").content.decode()
    assert "theirs" not in client.get("/members/invite/").content.decode()
    given = {"name": "x", "email": "x@example.com", "language": "en", "roles": [str(role.pk)]}
    assert client.post("/members/invite/", given).status_code == 422
    assert own(world[stranger]).name == "theirs"


@pytest.mark.parametrize("form", ["edit", "delete"])
def test_presets_cannot_be_changed(dora: Person, form: str) -> None:
    client = browser(dora)
    assert client.get(f"/roles/finance/{form}/").status_code == 404
    assert f"/roles/finance/{form}/" not in client.get("/roles/finance/").content.decode()


@pytest.mark.parametrize("address", ["/roles/new/", "/roles/{role}/edit/", "/roles/{role}/delete/"])
def test_roles_ask_again_who_one_is(dora: Person, address: str) -> None:
    role = define_role(dora.caller, name="counter", permissions=[P.CUSTOMER_READ])
    client = browser(dora, is_fresh=False)
    given = {"name": "x", "permissions": ["customer.read"]}
    assert client.post(address.format(role=role.pk), given)["Location"].startswith("/confirm/")
    assert own(dora).name == "counter"
