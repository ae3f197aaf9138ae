"""Passkeys: made, shown instead of a password or after it, and refused whenever anything about them is not right.

Refusals follow the WebAuthn standard, 7.1 and 7.2: challenge, origin, relying party, user verification, sign count,
signature and user handle are checked.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from openpartner.core.access.models import Passkey, RecoveryCode
from openpartner.core.access.signing_in import FAILED_SIGN_INS_MAX, SignInRefused, sign_in
from openpartner.kit import clock
from tests.console.identity.conftest import Configure, is_signed_in, mails, signed_in
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.people import PASSWORD, Person


def post(client: Client, address: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client.post(address, json.dumps(body), content_type="application/json")
    return answer.status_code, json.loads(answer.content)


def add(client: Client, device: Authenticator, name: str = "Laptop") -> tuple[int, dict[str, Any]]:
    asked = post(client, "/profile/passkeys/ask/", {})[1]
    return post(client, "/profile/passkeys/add/", {"answer": device.make(asked), "name": name})


def show(client: Client, device: Authenticator, **changes: Any) -> tuple[int, dict[str, Any]]:
    asked = post(client, "/sign-in/passkey/ask/", {})[1]
    answer = device.show({**asked, **changes})
    return post(client, "/sign-in/passkey/", {"answer": answer, "next": "/profile/"})


def signed_in_by(device: Authenticator) -> Client:
    """A browser that was signed in by an authenticator which does not count."""
    client = Client()
    device.count = -1
    assert show(client, device)[0] == 200
    return client


@pytest.fixture
def device(dora: Person) -> Authenticator:
    """dora's authenticator, with a passkey that was just added."""
    made = Authenticator(origin=settings.OPENPARTNER.url)
    assert add(signed_in(dora), made) == (200, {"next": "/profile/recovery-codes/"})
    return made


def test_it_signs_in_without_a_password(dora: Person, device: Authenticator) -> None:
    client = Client()
    assert show(client, device) == (200, {"next": "/profile/"})
    assert is_signed_in(client)
    row = Passkey.objects.within(dora.caller.scope).get()
    assert (row.name, row.sign_count, row.transports) == ("Laptop", 1, "internal")
    assert row.last_used_at is not None


def test_the_first_second_factor_brings_recovery_codes_once(dora: Person) -> None:
    client = signed_in(dora)
    add(client, Authenticator(origin=settings.OPENPARTNER.url))
    first, second = client.get("/profile/recovery-codes/"), client.get("/profile/recovery-codes/")
    assert first.content.count(b"<li><code>") == 10
    assert second.content.count(b"<li><code>") == 0
    another = Authenticator(origin=settings.OPENPARTNER.url)
    assert add(client, another, "Phone") == (200, {"next": "/profile/security/"})
    assert mails(dora.email) == ["second-factor-changed", "second-factor-changed"]


def test_it_is_asked_for_after_the_password(dora: Person, device: Authenticator) -> None:
    client = Client()
    answer = client.post("/sign-in/", {"email": dora.email, "password": PASSWORD, "next": "/profile/"})
    assert answer["Location"] == "/sign-in/second-step/"
    assert not is_signed_in(client)
    assert b"data-passkey" in client.get("/sign-in/second-step/").content
    device.flags = PRESENT  # after a password, a touch is enough
    assert show(client, device) == (200, {"next": "/profile/"})
    assert is_signed_in(client)


def test_a_touch_alone_is_not_enough_without_a_password(device: Authenticator) -> None:
    device.flags = PRESENT
    client = Client()
    assert show(client, device)[0] == 422
    assert not is_signed_in(client)


def test_a_token_is_not_given_for_the_password_alone(dora: Person, device: Authenticator) -> None:
    """Else the vendors' door would be a way around the passkey."""
    with pytest.raises(SignInRefused):
        sign_in(dora.user, PASSWORD, None, via="huawei")


def test_somebody_elses_passkey_is_no_second_step(dora: Person, rita: Person, device: Authenticator) -> None:
    other = Authenticator(origin=settings.OPENPARTNER.url)
    add(signed_in(rita), other)
    client = Client()
    client.post("/sign-in/", {"email": dora.email, "password": PASSWORD})
    assert show(client, other)[0] == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("wrong", ["challenge", "rpId", "origin", "key", "handle", "count", "number"])
def test_an_answer_that_does_not_fit_is_refused(device: Authenticator, wrong: str) -> None:
    show(Client(), device)
    changes: dict[str, Any] = {}
    match wrong:
        case "challenge":
            changes = {"challenge": "AAAA"}
        case "rpId":
            changes = {"rpId": "evil.example"}
        case "origin":
            device.origin = "https://evil.example"
        case "key":
            device.key = Authenticator(origin="").key
        case "handle":
            device.handle = b"somebody else"
        case "count":
            device.count = 0  # a copy that has not seen the uses of the other
        case "number":
            device.number = b"unknown"
    client = Client()
    status, told = show(client, device, **changes)
    assert status == 422
    assert "not accepted" in told["error"]
    assert not is_signed_in(client)


def test_an_answer_is_good_once(device: Authenticator) -> None:
    client = Client()
    asked = post(client, "/sign-in/passkey/ask/", {})[1]
    body = {"answer": device.show(asked)}
    assert post(client, "/sign-in/passkey/", body)[0] == 200
    for again in (client, Client()):
        again.post("/sign-out/")
        assert post(again, "/sign-in/passkey/", body)[0] == 422


def test_a_question_is_good_once(dora: Person, device: Authenticator) -> None:
    """Many passkeys do not count their uses: then the question alone tells a copy of an answer from a new one."""
    client = signed_in_by(device)
    device.count = -1
    asked = post(client, "/confirm/passkey/ask/", {})[1]
    body = {"answer": device.show(asked)}
    assert [post(client, "/confirm/passkey/", body)[0] for _ in range(2)] == [200, 422]


def test_a_question_is_good_for_five_minutes(device: Authenticator) -> None:
    client = Client()
    asked = post(client, "/sign-in/passkey/ask/", {})[1]
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert post(client, "/sign-in/passkey/", {"answer": device.show(asked)})[0] == 422


def test_failures_lock_the_user(dora: Person, device: Authenticator) -> None:
    right, device.key = device.key, Authenticator(origin="").key
    for _ in range(FAILED_SIGN_INS_MAX):
        show(Client(), device)
    device.key = right
    assert show(Client(), device)[0] == 422
    assert dora.user.locked_until is not None


@pytest.mark.parametrize(
    "body", ["", "[]", "{", "null", '{"answer": 1}', '{"answer": {"id": 7}}', '{"answer": {"id": "x", "response": []}}']
)
def test_nonsense_is_refused(dora: Person, body: str) -> None:
    client = Client()
    post(client, "/sign-in/passkey/ask/", {})
    assert client.post("/sign-in/passkey/", body, content_type="application/json").status_code == 422
    member = signed_in(dora)
    post(member, "/profile/passkeys/ask/", {})
    assert member.post("/profile/passkeys/add/", body, content_type="application/json").status_code == 422
    assert not Passkey.objects.within(dora.caller.scope).exists()


def test_a_passkey_made_for_another_question_is_refused(dora: Person) -> None:
    client = signed_in(dora)
    device = Authenticator(origin=settings.OPENPARTNER.url)
    asked = post(client, "/profile/passkeys/ask/", {})[1]
    made = device.make({**asked, "challenge": "AAAA"})
    assert post(client, "/profile/passkeys/add/", {"answer": made, "name": "x"})[0] == 422


def test_a_question_to_sign_in_adds_nothing(dora: Person) -> None:
    client = signed_in(dora)
    asked = post(client, "/confirm/passkey/ask/", {})[1]
    registration = {**asked, "rp": {"id": asked["rpId"]}, "user": {"id": "AAAA"}}
    made = Authenticator(origin=settings.OPENPARTNER.url).make(registration)
    assert post(client, "/profile/passkeys/add/", {"answer": made, "name": "x"})[0] == 422


def test_it_is_renamed_and_removed_by_its_owner_alone(dora: Person, rita: Person, device: Authenticator) -> None:
    row = Passkey.objects.within(dora.caller.scope).get()
    stranger = signed_in(rita)
    for what in ("rename", "remove"):
        assert stranger.post(f"/profile/passkeys/{row.pk}/{what}/", {"name": "mine"}).status_code == 404
    owner = Client()
    show(owner, device)
    owner.post(f"/profile/passkeys/{row.pk}/rename/", {"name": "<b>Phone</b>"})
    assert b"&lt;b&gt;Phone" in owner.get("/profile/security/").content
    owner.post(f"/profile/passkeys/{row.pk}/remove/")
    assert not Passkey.objects.within(dora.caller.scope).exists()
    # Codes that stand in for nothing would be passwords.
    assert not RecoveryCode.objects.filter(user=dora.user).exists()
    assert is_signed_in(signed_in(dora))


def test_it_confirms_who_one_is(dora: Person, device: Authenticator) -> None:
    client = Client()
    show(client, device)
    with clock.frozen(clock.now() + timedelta(minutes=15)):
        assert client.get("/profile/second-factor/")["Location"].startswith("/confirm/?next=")
        asked = post(client, "/confirm/passkey/ask/", {})[1]
        body = {"answer": device.show(asked), "next": "https://evil.example/"}
        assert post(client, "/confirm/passkey/", body) == (200, {"next": "/"})
        assert client.get("/profile/second-factor/").status_code == 200


def test_they_need_a_name_and_tls(dora: Person, configure: Configure) -> None:
    """The standard, 5.1.2: a relying party is a name, never an address; browsers allow http on localhost alone."""
    for url, offered in [
        ("http://192.0.2.1:8000", False),
        ("http://partners.example.com", False),
        ("https://partners.example.com", True),
        ("http://localhost:8000", True),
    ]:
        configure(base_url=url)
        assert (b"data-passkey" in Client().get("/sign-in/").content) is offered, url
