"""One's own access keys: the secret is shown once, and nobody else's key is in reach."""

from __future__ import annotations

import re

import pytest

from openpartner.core.access.keys import create_key, set_key_active
from openpartner.core.access.models import AccessKey
from openpartner.core.access.roles import Preset
from openpartner.core.access.signers import find_signer
from openpartner.core.audit.models import AuditEvent
from openpartner.core.mail.models import OutgoingMail
from tests.console.organization.people import browser, member
from tests.support.people import Person, World

FORMS = ("disable", "enable", "delete")


def keys_of(person: Person) -> set[str]:
    rows = AccessKey.objects.within(person.caller.scope).filter(user_id=person.user_pk)
    return set(rows.values_list("access_key", flat=True))


@pytest.mark.parametrize("who", ["pia", "dora", "sol", "rita", "carl"])
def test_ones_own_keys_are_listed_without_their_secret(world: World, who: str) -> None:
    person = world[who]
    kim = member(person, "kim", Preset.ADMINISTRATOR)
    other = create_key(person.caller, user_id=kim.pk)
    page = browser(person).get("/keys/").content.decode()
    assert person.access_key in page
    assert person.secret_key not in page
    assert other.access_key not in page, "of a colleague"
    sealed = AccessKey.objects.everything(reason="test").get(access_key=person.access_key).secret
    assert sealed not in page


def test_a_secret_is_shown_once_and_signs(dora: Person) -> None:
    client = browser(dora)
    answer = client.post("/keys/new/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    (made,) = keys_of(dora) - {dora.access_key}
    signer = find_signer(made)
    assert signer is not None
    # Once to be read, and in the two programs that follow.
    assert page.count(signer.secret) == 3
    assert f"<code>{signer.secret}</code>" in page
    later = client.get("/keys/").content.decode()
    assert made in later
    assert signer.secret not in later
    mail = OutgoingMail.objects.within(dora.caller.scope).get()
    assert (mail.template, mail.recipient) == ("key-created", dora.email)
    assert signer.secret not in mail.text
    recorded = AuditEvent.objects.within(dora.caller.scope).get(action="key.created")
    assert made in recorded.details
    assert signer.secret not in recorded.details


def test_a_third_key_is_refused(dora: Person) -> None:
    client = browser(dora)
    client.post("/keys/new/")
    assert 'href="/keys/new/"' not in client.get("/keys/").content.decode()
    answer = client.post("/keys/new/")
    assert answer.status_code == 422
    assert "You have two keys already" in answer.content.decode()
    assert len(keys_of(dora)) == 2


def test_a_key_is_disabled_enabled_and_deleted(dora: Person) -> None:
    client, address = browser(dora), f"/keys/{dora.access_key}"

    def usable() -> bool:
        found = find_signer(dora.access_key)
        return found is not None and found.usable

    page = client.get(f"{address}/disable/").content.decode()
    assert "The next request it signs is refused." in page
    assert usable(), "asking changes nothing"
    assert "The key was disabled." in client.post(f"{address}/disable/", follow=True).content.decode()
    assert not usable()
    client.post(f"{address}/enable/")
    assert usable()
    client.post(f"{address}/delete/")
    assert keys_of(dora) == set()
    assert "No key yet" in client.get("/keys/").content.decode()


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl", "colleague"])
def test_somebody_elses_key_is_not_there(world: World, stranger: str) -> None:
    dora = world.dora
    if stranger == "colleague":
        theirs = create_key(dora.caller, user_id=member(dora, "kim", Preset.FINANCE).pk).access_key
    else:
        theirs = world[stranger].access_key
    client = browser(dora)
    for form in FORMS:
        assert client.get(f"/keys/{theirs}/{form}/").status_code == 404
        assert client.post(f"/keys/{theirs}/{form}/").status_code == 404
    signer = find_signer(theirs)
    assert signer is not None
    assert signer.usable


@pytest.mark.parametrize("form", ["new", "{key}/disable", "{key}/enable", "{key}/delete"])
def test_keys_ask_again_who_one_is(dora: Person, form: str) -> None:
    set_key_active(dora.caller, access_key=dora.access_key, active=False)
    address = f"/keys/{form.format(key=dora.access_key)}/"
    client = browser(dora, is_fresh=False)
    for ask in (client.get, client.post):
        assert ask(address)["Location"].startswith("/confirm/?next=")
    assert keys_of(dora) == {dora.access_key}


def test_the_program_names_the_key_that_can_sign(dora: Person) -> None:
    client = browser(dora)
    page = client.get("/keys/").content.decode()
    assert len(re.findall(rf"(?:GlobalCredentials|Credential)\(&quot;{dora.access_key}&quot;", page)) == 2
    set_key_active(dora.caller, access_key=dora.access_key, active=False)
    page = client.get("/keys/").content.decode()
    assert f"&quot;{dora.access_key}&quot;" not in page
    assert "HUAWEICLOUD_SDK_AK" in page
