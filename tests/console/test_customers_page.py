"""Sign-in and the list of customers."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from openpartner.core.access.users import set_user_active
from tests.support.people import PASSWORD, Person, World


def signed_in(person: Person) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def total_in(page: str) -> int:
    """What the list says it found."""
    found = re.search(r'<p class="total"[^>]*>(?:<[^>]*>)*([0-9,]+)', page)
    assert found, page
    return int(found[1].replace(",", ""))


def test_it_works(world: World) -> None:
    page = signed_in(world["dora"]).get("/customers/").content.decode()
    assert str(world["cora"].uin) in page
    assert total_in(page) == 3, "her own; those of her resellers stand in the other tab"


def test_strangers_are_sent_to_sign_in(world: World) -> None:
    answer = Client().get("/customers/?text=a")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fcustomers%2F%3Ftext%3Da")


def test_names_are_masked(dora: Person) -> None:
    page = signed_in(dora).get("/customers/").content.decode()
    assert "Cleo Clinics" not in page
    assert "cleo_account" not in page


@pytest.mark.parametrize(("who", "total"), [("pia", 9), ("rita", 2), ("olga", 1)])
def test_each_sees_its_own(world: World, who: str, total: int) -> None:
    assert total_in(signed_in(world[who]).get("/customers/").content.decode()) == total


def test_a_customer_has_no_customers(world: World) -> None:
    assert signed_in(world["carl"]).get("/customers/").status_code == 404


def test_it_filters_and_pages(dora: Person) -> None:
    client = signed_in(dora)
    assert total_in(client.get("/customers/?legal_name_contains=caf").content.decode()) == 1
    assert client.get("/customers/?page=99").status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999999999999999999999", "sort=x", "columns=x,y", "tab=x"])
def test_what_means_nothing_is_passed_over(dora: Person, query: str) -> None:
    assert signed_in(dora).get(f"/customers/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["account_name_contains=" + "x" * 200, "uin=x", "uin=0", "associated_from=1999-01-01"]
)
def test_a_bad_value_is_told_beside_its_field(dora: Person, query: str) -> None:
    answer = signed_in(dora).get(f"/customers/?{query}")
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()


def test_a_wrong_password_says_nothing_more(dora: Person) -> None:
    client = Client()
    wrong = client.post("/sign-in/", {"email": dora.email, "password": "wrong"})
    unknown = client.post("/sign-in/", {"email": "nobody@example.com", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 422
    text = "The e-mail or the password is wrong"
    assert text in wrong.content.decode()
    assert text in unknown.content.decode()


def test_a_disabled_user_is_signed_out(dora: Person, world: World) -> None:
    from openpartner.core.access.roles import Preset
    from openpartner.core.access.users import create_user

    mia = create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.READ_ONLY])
    client = Client()
    client.post("/sign-in/", {"email": "mia@example.com", "password": PASSWORD})
    assert client.get("/customers/").status_code == 200
    set_user_active(dora.caller, user_id=mia.pk, active=False)
    assert client.get("/customers/").status_code == 302


def test_every_answer_carries_the_policy(world: World) -> None:
    policy = Client().get("/sign-in/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_foreign_host_is_refused(world: World) -> None:
    assert Client(headers={"host": "evil.example"}).get("/sign-in/").status_code == 400


def test_signing_out_needs_a_post(dora: Person) -> None:
    client = signed_in(dora)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/customers/").status_code == 302
