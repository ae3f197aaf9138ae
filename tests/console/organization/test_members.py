"""Members: who is listed, and what their administrator does to them. The rules of roles are huawei:A5."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from openpartner.core.access.models import User
from openpartner.core.access.passwords import change_password
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import caller_of, define_role, role_names, set_user_active
from openpartner.core.base.permissions import Permission
from openpartner.core.mail.models import OutgoingMail
from tests.console.organization.people import browser, member
from tests.support.people import PASSWORD, Person, World

FORMS = ("roles", "disable", "enable", "invite")


@pytest.fixture
def kim(dora: Person) -> User:
    return member(dora, "kim", Preset.FINANCE)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def names(client: Client, query: str = "") -> list[str]:
    """The names in the list, in its order."""
    return re.findall(r'<span class="stacked"><span>([^<]*)</span>', text_of(client, f"/members/{query}"))


@pytest.mark.parametrize("who", ["pia", "dora", "sol", "olga", "rita", "carl"])
def test_everybody_sees_the_people_of_the_own_account_alone(world: World, who: str) -> None:
    member(world[who], "kim", Preset.ADMINISTRATOR)
    assert names(browser(world[who])) == sorted(["kim", who])


def test_it_filters_and_sorts(dora: Person, kim: User) -> None:
    client = browser(dora)
    role = define_role(dora.caller, name="counter", permissions=[Permission.CUSTOMER_READ])
    member(dora, "lea", Preset.FINANCE, custom=[role.pk])
    set_user_active(dora.caller, user_id=kim.pk, active=False)
    assert names(client) == ["dora", "kim", "lea"]
    assert names(client, "?sort=-name") == ["lea", "kim", "dora"]
    assert names(client, "?text=KIM@") == ["kim"]
    assert names(client, "?role=finance") == ["kim", "lea"]
    assert names(client, f"?role={role.pk}") == ["lea"]
    assert names(client, "?state=disabled") == ["kim"]
    assert names(client, "?state=invited") == ["lea"]
    assert names(client, "?state=active") == ["dora"]
    User.objects.everything(reason="test").filter(name="dora").update(totp_secret="sealed")
    assert names(client, "?has_second_factor=yes") == ["dora"]
    assert names(client, "?has_second_factor=no") == ["kim", "lea"]
    page = text_of(client, "/members/?text=lea")
    assert ">Finance<" in page
    assert ">counter<" in page


@pytest.mark.parametrize("query", ["?role=nonsense", "?state=7", "?has_second_factor=maybe"])
def test_bad_filters_are_told(dora: Person, query: str) -> None:
    assert browser(dora).get(f"/members/{query}").status_code == 422


def test_names_are_shown_as_text(dora: Person) -> None:
    member(dora, "<b>=1+1</b>", Preset.FINANCE)
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in text_of(browser(dora), "/members/")


def test_the_last_sign_in_is_known(dora: Person) -> None:
    client = Client()
    client.post("/sign-in/", {"email": dora.email, "password": PASSWORD})
    assert dora.user.last_login is not None
    assert f"{dora.user.last_login:%Y-%m-%d %H:%M}" in text_of(client, "/members/")


def test_an_invitation_makes_a_member_and_a_mail(dora: Person) -> None:
    client = browser(dora)
    given = {"name": "nora", "email": "Nora@example.com", "language": "ja", "roles": ["finance", "operations"]}
    answer = client.post("/members/invite/", given)
    made = User.objects.within(dora.caller.scope).get(name="nora")
    assert answer["Location"] == f"/members/{made.pk}/"
    assert (made.email, made.language, role_names(made)) == ("nora@example.com", "ja", ["finance", "operations"])
    mail = OutgoingMail.objects.within(dora.caller.scope).get(user=made.pk)
    assert (mail.template, mail.language, mail.recipient) == ("invitation-to-organization", "ja", "nora@example.com")
    page = text_of(client, answer["Location"])
    assert "The invitation was mailed." in page
    assert "Invited" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "OLGA@example.com"}, "Somebody has this already."),  # of another account: addresses sign in
        ({"name": "dora"}, "Somebody has this already."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 65}, "at most 64 characters"),
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["king"]}, "Select a valid choice"),
        ({"roles": ["999999"]}, "Select a valid choice"),
        ({"roles": ["administrator", "finance"]}, "has no second role"),
        ({"roles": ["account-manager", "account-director"]}, "exclude each other"),
        ({"roles": ["finance", "operations", "read-only", "account-manager"]}, "at most three roles"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_an_invitation_is_refused_beside_its_field(dora: Person, world: World, change: dict, message: str) -> None:
    given = {"name": "nora", "email": "nora@example.com", "language": "en", "roles": ["finance"], **change}
    before = User.objects.everything(reason="test").count()
    answer = browser(dora).post("/members/invite/", given)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert User.objects.everything(reason="test").count() == before
    assert not OutgoingMail.objects.everything(reason="test").exists()


def test_roles_are_changed(dora: Person, kim: User) -> None:
    role = define_role(dora.caller, name="counter", permissions=[Permission.CUSTOMER_READ])
    client = browser(dora)
    page = text_of(client, f"/members/{kim.pk}/roles/")
    assert re.search(r'value="finance"[^>]*checked', page)
    assert not re.search(r'value="operations"[^>]*checked', page)
    client.post(f"/members/{kim.pk}/roles/", {"roles": ["operations", str(role.pk)]})
    assert role_names(kim) == ["counter", "operations"]
    page = text_of(client, f"/members/{kim.pk}/")
    assert "The roles were changed." in page
    assert "Operations" in page


def test_nobody_takes_administration_from_themselves(dora: Person) -> None:
    answer = browser(dora).post(f"/members/{dora.user_pk}/roles/", {"roles": ["finance"]})
    assert answer.status_code == 422
    assert role_names(dora.user) == ["administrator"]


def test_who_manages_members_without_being_administrator_makes_none(dora: Person, kim: User) -> None:
    role = define_role(dora.caller, name="clerks", permissions=[Permission.MEMBER_MANAGE, Permission.CUSTOMER_READ])
    clerk = browser(member(dora, "clio", custom=[role.pk]))
    for address, given in (
        (f"/members/{kim.pk}/roles/", {"roles": ["administrator"]}),
        (f"/members/{dora.user_pk}/roles/", {"roles": [str(role.pk)]}),
        (f"/members/{dora.user_pk}/disable/", {}),
        ("/members/invite/", {"name": "x", "email": "x@example.com", "language": "en", "roles": ["administrator"]}),
    ):
        answer = clerk.post(address, given)
        assert answer.status_code == 422, address
        assert "rights that you do not have yourself" in answer.content.decode()
    assert role_names(dora.user) == ["administrator"]
    assert dora.user.is_active


def test_disabling_ends_what_the_person_holds_and_can_be_undone(dora: Person, kim: User) -> None:
    theirs, client = browser(kim), browser(dora)
    assert theirs.get("/profile/").status_code == 200
    assert "stop working at once" in text_of(client, f"/members/{kim.pk}/disable/")
    assert "The member was disabled." in client.post(f"/members/{kim.pk}/disable/", follow=True).content.decode()
    assert theirs.get("/profile/").status_code == 302
    client.post(f"/members/{kim.pk}/enable/")
    assert User.objects.within(dora.caller.scope).get(pk=kim.pk).is_active


def test_nobody_disables_themselves(dora: Person) -> None:
    answer = browser(dora).post(f"/members/{dora.user_pk}/disable/")
    assert answer.status_code == 422
    assert "Nobody disables themselves" in answer.content.decode()
    assert dora.user.is_active


def test_a_new_link_goes_to_who_has_no_password_yet(dora: Person, kim: User) -> None:
    client = browser(dora)
    client.post(f"/members/{kim.pk}/invite/")
    assert OutgoingMail.objects.within(dora.caller.scope).filter(user=kim.pk).count() == 1
    change_password(caller_of(kim, via="test"), old="", new="a long and unusual password")
    assert client.post(f"/members/{kim.pk}/invite/").status_code == 422
    assert "Send a new link" not in text_of(client, f"/members/{kim.pk}/")


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl"])
def test_a_strangers_member_is_not_there(world: World, stranger: str) -> None:
    client, theirs = browser(world.dora), world[stranger].user_pk
    for address in ("", *(f"{form}/" for form in FORMS)):
        assert client.get(f"/members/{theirs}/{address}").status_code == 404
    for form in FORMS:
        assert client.post(f"/members/{theirs}/{form}/", {"roles": ["finance"]}).status_code == 404
    user = world[stranger].user
    assert user.is_active
    assert role_names(user) == ["administrator"]


@pytest.mark.parametrize("number", ["nobody", "0", "-1", "99999999999999999999", "١"])
def test_no_number_is_no_member(dora: Person, number: str) -> None:
    assert browser(dora).get(f"/members/{number}/").status_code == 404


@pytest.mark.parametrize("address", ["/members/invite/", "/members/{kim}/roles/"])
def test_roles_ask_again_who_one_is(dora: Person, kim: User, address: str) -> None:
    client, address = browser(dora, is_fresh=False), address.format(kim=kim.pk)
    assert client.get(address)["Location"].startswith("/confirm/?next=")
    given = {"name": "x", "email": "x@example.com", "language": "en", "roles": ["operations"]}
    assert client.post(address, given)["Location"].startswith("/confirm/?next=")
    assert role_names(kim) == ["finance"]
    assert not User.objects.everything(reason="test").filter(name="x").exists()
