"""Sign-in and the plain list of customers."""

from __future__ import annotations

import pytest
from django.test import Client

from openpartner.core.access.users import set_user_active
from tests.support.people import PASSWORD, Person, World


def signed_in(person: Person) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def test_it_works(dora: Person) -> None:
    page = signed_in(dora).get("/customers/").content.decode()
    assert "5 customers" in page
    assert "200000000011" in page


def test_strangers_are_sent_to_sign_in(world: World) -> None:
    answer = Client().get("/customers/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")


def test_names_are_masked(dora: Person) -> None:
    page = signed_in(dora).get("/customers/").content.decode()
    assert "Cleo Clinics" not in page
    assert "cleo_account" not in page


@pytest.mark.parametrize(("who", "total"), [("pia", "9 customers"), ("rita", "2 customers"), ("carl", "1 customer<")])
def test_each_sees_its_own(world: World, who: str, total: str) -> None:
    assert total in signed_in(world[who]).get("/customers/").content.decode()


def test_it_filters_and_pages(dora: Person) -> None:
    client = signed_in(dora)
    assert "1 customer<" in client.get("/customers/?customer=clinics").content.decode()
    assert client.get("/customers/?page=99").status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999999999999999999999", "account_name=" + "x" * 200])
def test_bad_values_are_no_server_error(dora: Person, query: str) -> None:
    assert signed_in(dora).get(f"/customers/?{query}").status_code == 200


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
