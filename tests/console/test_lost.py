"""Addresses that lead nowhere, forms that cannot be trusted, and our own faults (issue 3: error states)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory
from django.utils import translation

from openpartner.console.lost import broken
from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from tests.console.organization.people import browser
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

NOWHERE = [
    "/nothing/",
    "/customers/x/y/z/",
    "/%00/",
    "/%E4%B8%8A%E6%B5%B7/",
    "/%FF/",
    "/a/../b/",
    "/" + "x" * 3_000 + "/",
    "/.env",
]


@pytest.mark.parametrize("address", NOWHERE)
def test_who_is_signed_in_gets_the_page_with_the_menu(dora: Person, address: str) -> None:
    answer = browser(dora).get(address)
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no such page" in text
    assert 'href="/customers/"' in text or "To the start" in text
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("address", NOWHERE)
def test_who_is_not_is_told_the_same_and_nothing_of_the_console(world: World, address: str) -> None:
    """An address of ours sends to sign in; whether others exist is nobody's business without it."""
    answer = Client().get(address)
    text = answer.content.decode()
    assert answer.status_code == 404
    assert 'href="/sign-in/"' in text
    assert 'href="/customers/"' not in text


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_it_speaks_the_persons_language(dora: Person, language: str) -> None:
    User.objects.everything(reason="test").filter(pk=dora.user_pk).update(language=language)
    assert "There is no such page" not in browser(dora).get("/nothing/").content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(dora: Person, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(dora).cookies
    before = Account.objects.everything(reason="test").get(pk=world.cora.account_pk).remark
    for data in ({"remark": "x"}, {"remark": "x", "csrfmiddlewaretoken": "y" * 64}):
        answer = client.post(f"/customers/{world.cora.account_id}/remark/", data)
        text = answer.content.decode()
        assert answer.status_code == 403
        assert "This form is no longer valid" in text
        assert "Nothing was changed" in text
        assert "CSRF" not in text
    assert Account.objects.everything(reason="test").get(pk=world.cora.account_pk).remark == before


def test_signing_in_without_a_token_says_it_too(world: World) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "dora@example.com", "password": "x"})
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()


def test_a_form_with_its_token_is_taken(dora: Person, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(dora).cookies
    address = f"/customers/{world.cora.account_id}/remark/"
    page: Any = client.get(address)
    assert client.post(address, {"remark": "x", "csrfmiddlewaretoken": page.context["csrf_token"]}).status_code == 302


def test_a_host_that_is_not_ours_is_not_understood(world: World) -> None:
    answer = Client(headers={"host": "evil.example"}).get("/customers/")
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_our_own_fault_is_a_page_that_asks_no_database(
    dora: Person, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0), translation.override("en"):
        answer = broken(RequestFactory().get("/customers/"))
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong" in text
    assert 'href="/"' in text
    assert "Traceback" not in text


def gone(*_: object, **__: object) -> None:
    raise RuntimeError("the disk with the secret name is full")


@pytest.mark.parametrize("what", ["the page", "the database"])
def test_a_fault_shows_that_page_and_not_what_it_was(dora: Person, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    client = browser(dora)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        if what == "the page":
            patch.setattr("openpartner.console.customers.list_page", gone)
        else:
            patch.setattr(BaseDatabaseWrapper, "cursor", gone)
        answer = client.get("/customers/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
    assert "secret name" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/nothing/", "/customers/"])
def test_every_such_page_carries_the_policy(dora: Person, address: str) -> None:
    for client in (browser(dora), Client(), Client(headers={"host": "evil.example"})):
        assert "default-src 'none'" in client.get(address)["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_taken(dora: Person, method: str) -> None:
    for address in ("/", "/customers/", "/customers/tag/", "/search/"):
        answer = getattr(browser(dora), method)(address)
        assert answer.status_code == 405
