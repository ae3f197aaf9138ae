"""Every console write carries a key minted with its form: sent twice, it has one effect (issue 5, section 5)."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from openpartner import console
from openpartner.core.access.expiry import expired_rows
from openpartner.core.access.models import SentForm
from openpartner.core.audit.models import AuditEvent
from openpartner.kit import clock
from tests.console.organization.people import browser
from tests.support.people import World

TEMPLATES = Path(console.__file__).parent / "templates" / "console"
WITHOUT_KEY = {
    "identity/": "sign-in and the confirmation of who it is change nothing of the channel",
    "sign_in.html": "sign-in",
    "reveal": "shows what is masked and keeps a record of each time",
    "'fetch'": "fetches a file",
    "'fetch_bill_file'": "fetches a file",
    'id="bulk"': "opens the page that asks for the rest",
    "'sign-out'": "ends the session, which cannot end twice",
    "'switch_back'": "ends the acting for another, which cannot end twice",
    'name="link"': "shows the link of an invitation and keeps a record of each time",
    "joining/address.html": "nobody is signed in yet; it mails a code, and those are counted",
    "joining/register.html": "nobody is signed in yet; its code is good once, and so is the address",
}
KEY = re.compile(r'name="form_key" value="([0-9a-f-]{36})"')


def key_in(client: Client, address: str) -> str:
    """The key of the form of a page; the frame's own form for the language comes before it."""
    return KEY.findall(client.get(address).content.decode())[-1]


def remarks(text: str) -> int:
    found = AuditEvent.objects.everything(reason="test").filter(action="customer.remark-changed")
    return sum(text in event.details for event in found)


def test_every_form_that_writes_carries_a_key() -> None:
    forms = [
        (str(path.relative_to(TEMPLATES)), form)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text("utf-8"), re.DOTALL)
    ]
    assert len(forms) > 20
    bare = [f"{name}: {form[:80]}" for name, form in forms if "{% form_key %}" not in form]
    excused = [one for one in bare if any(reason in one or reason in form_of(one, forms) for reason in WITHOUT_KEY)]
    assert bare == excused


def form_of(line: str, forms: list[tuple[str, str]]) -> str:
    return next(form for name, form in forms if f"{name}: {form[:80]}" == line)


@pytest.mark.django_db
def test_a_form_has_a_key_of_its_own_each_time(world: World) -> None:
    client = browser(world.dora)
    address = f"/customers/{world.cora.account_id}/remark/"
    assert key_in(client, address) != key_in(client, address)


@pytest.mark.django_db
def test_sent_twice_it_has_one_effect_and_shows_the_first_result(world: World) -> None:
    client = browser(world.dora)
    address = f"/customers/{world.cora.account_id}/remark/"
    form = {"remark": "sent twice", "form_key": key_in(client, address)}
    first = client.post(address, form)
    again = client.post(address, form)
    assert (first.status_code, first["Location"]) == (302, f"/customers/{world.cora.account_id}/")
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert remarks("sent twice") == 1
    assert "The remark was changed." in client.get(again["Location"]).content.decode()


@pytest.mark.django_db
def test_sent_with_something_else_it_is_refused(world: World) -> None:
    client = browser(world.dora)
    address = f"/customers/{world.cora.account_id}/remark/"
    key = key_in(client, address)
    assert client.post(address, {"remark": "one", "form_key": key}).status_code == 302
    refused = client.post(address, {"remark": "another", "form_key": key})
    assert refused.status_code == 409
    assert (
        client.post(f"/customers/{world.chen.account_id}/remark/", {"remark": "one", "form_key": key}).status_code
        == 409
    )
    assert "open it anew" in refused.content.decode()
    assert remarks("another") == 0


@pytest.mark.django_db
def test_what_was_refused_may_be_corrected_under_the_same_key(world: World) -> None:
    client = browser(world.dora)
    address = f"/customers/{world.cora.account_id}/remark/"
    key = key_in(client, address)
    assert client.post(address, {"remark": "x" * 256, "form_key": key}).status_code == 422
    assert not SentForm.objects.exists()
    assert client.post(address, {"remark": "corrected", "form_key": key}).status_code == 302
    assert remarks("corrected") == 1


@pytest.mark.django_db
def test_the_key_counts_for_one_person_and_page(world: World) -> None:
    dora, rita = browser(world.dora), browser(world.rita)
    form = {"remark": "shared", "form_key": "0" * 36}
    assert dora.post(f"/customers/{world.cora.account_id}/remark/", form).status_code == 302
    assert rita.post(f"/customers/{world.cleo.account_id}/remark/", form).status_code == 302
    assert remarks("shared") == 2


@pytest.mark.django_db
def test_what_was_filled_in_cannot_be_read_from_what_is_kept(world: World) -> None:
    client = browser(world.dora)
    address = f"/customers/{world.cora.account_id}/remark/"
    client.post(address, {"remark": "not in clear", "form_key": key_in(client, address)})
    row = SentForm.objects.get()
    assert "customers" not in row.result
    assert row.expires_at > clock.now()
    SentForm.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert any(rows.model is SentForm and rows.exists() for rows in expired_rows())


@pytest.mark.django_db(transaction=True)
def test_a_double_click_waits_for_the_first(world: World) -> None:
    """Both are on their way at once, as two clicks are."""
    address = f"/customers/{world.cora.account_id}/remark/"
    clients = [browser(world.dora) for _ in range(8)]
    form = {"remark": "clicked", "form_key": key_in(clients[0], address)}
    answers: list[tuple[int, str]] = []

    def click(client: Client) -> None:
        try:
            answer = client.post(address, form)
            answers.append((answer.status_code, answer.get("Location", "")))
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(302, f"/customers/{world.cora.account_id}/")] * len(clients)
    assert remarks("clicked") == 1
