"""Signing in: two steps, lockout by account and by source, and no way around either.

The rules are ours: five failures lock a user for fifteen minutes, and failures are counted for a source as well.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from openpartner.console.page import PAGES
from openpartner.core.access.roles import Preset
from openpartner.core.access.second_factor import make_recovery_codes, set_second_factor
from openpartner.core.access.signing_in import FAILED_SIGN_INS_MAX, LOCKED_FOR
from openpartner.core.access.users import create_user, set_user_active
from openpartner.core.audit.models import AuditEvent
from openpartner.kit import clock
from tests.console.identity.conftest import Configure, is_signed_in, mails, signed_in
from tests.support.people import PASSWORD, Person, World

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def attempt(client: Client, email: str, password: str, source: str = "127.0.0.1") -> int:
    return client.post("/sign-in/", {"email": email, "password": password}, REMOTE_ADDR=source).status_code


def code_now() -> str:
    return pyotp.TOTP(SECRET).at(clock.now())


@pytest.fixture
def guarded(dora: Person) -> Person:
    """dora with a second factor."""
    set_second_factor(dora.caller, secret=SECRET)
    return dora


def half_way(person: Person) -> Client:
    client = Client()
    answer = client.post("/sign-in/", {"email": person.email, "password": PASSWORD, "next": "/profile/"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second-step/")
    return client


def test_it_signs_in(dora: Person) -> None:
    assert is_signed_in(signed_in(dora))


def test_e_mails_are_read_without_case(dora: Person) -> None:
    client = Client()
    assert attempt(client, dora.email.upper(), PASSWORD) == 302
    assert is_signed_in(client)


def test_what_was_wrong_is_not_told(guarded: Person, rita: Person, pia: Person) -> None:
    mia = create_user(pia.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.READ_ONLY])
    set_user_active(pia.caller, user_id=mia.pk, active=False)
    answers = [
        Client().post("/sign-in/", {"email": email, "password": password})
        for email, password in [
            (guarded.email, "wrong"),
            (rita.email, "wrong"),
            ("nobody@example.com", "wrong"),
            ("mia@example.com", PASSWORD),
        ]
    ]
    texts = {answer.content.decode().split('class="errorlist', 1)[1].split("</ul>", 1)[0] for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(texts) == 1
    assert "The e-mail or the password is wrong" in texts.pop()


def test_a_stranger_costs_as_much_as_a_wrong_password(dora: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time would tell whose e-mail is known: the costly part, hashing, is done once for either."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed: list[str] = []
    verify = Argon2PasswordHasher.verify

    def counted(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        hashed.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counted)
    attempt(Client(), dora.email, "wrong")
    attempt(Client(), "nobody@example.com", "wrong")
    assert hashed == ["wrong", "wrong"]


def test_five_failures_lock_the_account_and_tell_its_owner(dora: Person) -> None:
    for _ in range(FAILED_SIGN_INS_MAX):
        attempt(Client(), dora.email, "wrong")
    assert attempt(Client(), dora.email, PASSWORD) == 422
    events = AuditEvent.objects.everything(reason="test").filter(actor_user=dora.user_pk)
    assert events.filter(action="user.locked").count() == 1
    assert mails(dora.email) == ["sign-in-locked"]
    with clock.frozen(clock.now() + LOCKED_FOR + timedelta(seconds=1)):
        assert attempt(Client(), dora.email, PASSWORD) == 302


def test_failures_bar_a_source_for_all_accounts(world: World, configure: Configure) -> None:
    configure(failed_sign_ins_per_source=3)
    for number in range(3):
        attempt(Client(), f"nobody{number}@example.com", "wrong", "192.0.2.7")
    assert attempt(Client(), world.dora.email, PASSWORD, "192.0.2.7") == 422
    assert attempt(Client(), world.dora.email, PASSWORD, "192.0.2.8") == 302
    event = AuditEvent.objects.everything(reason="test").get(action="source.barred")
    # The provider, who runs the installation, reads of it.
    assert event.actor_account == world.pia.account_pk
    assert '"source": "192.0.2.7"' in event.details
    with clock.frozen(clock.now() + LOCKED_FOR + timedelta(seconds=1)):
        assert attempt(Client(), world.dora.email, PASSWORD, "192.0.2.7") == 302


def test_a_source_of_ipv6_is_its_network(world: World, configure: Configure) -> None:
    configure(failed_sign_ins_per_source=2)
    attempt(Client(), "nobody@example.com", "wrong", "2001:db8:1:2::a")
    attempt(Client(), "nobody@example.com", "wrong", "2001:db8:1:2:ffff::b")
    assert attempt(Client(), world.dora.email, PASSWORD, "2001:db8:1:2:3::c") == 422
    assert attempt(Client(), world.dora.email, PASSWORD, "2001:db8:1:3::a") == 302


def test_audit_rows_carry_the_request_the_source_and_the_way(dora: Person) -> None:
    attempt(Client(), dora.email, "wrong", "192.0.2.9")
    signed_in(dora)
    refused, entered = AuditEvent.objects.everything(reason="test").filter(actor_user=dora.user_pk).order_by("id")
    assert (refused.action, entered.action) == ("user.sign-in-refused", "user.signed-in")
    assert len(refused.request_id) == len(entered.request_id) == 36
    assert refused.request_id != entered.request_id
    assert '"source": "192.0.2.9"' in refused.details
    assert '"by": "password"' in entered.details


def test_the_second_step_signs_in(guarded: Person) -> None:
    client = half_way(guarded)
    answer = client.post("/sign-in/second-step/", {"code": code_now()})
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert is_signed_in(client)


def test_half_signed_in_reaches_no_page(guarded: Person) -> None:
    client = half_way(guarded)
    assert PAGES
    for page in PAGES:
        address = "/" + re.sub("<[^>]*>", "1", page.route)
        method = client.post if page.methods == ("POST",) else client.get
        answer = method(address)
        sent_away = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
        assert sent_away or answer.status_code == 404, (page.route, answer.status_code)


def test_the_second_step_needs_the_first(guarded: Person) -> None:
    client = Client()
    assert client.get("/sign-in/second-step/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/second-step/", {"code": code_now()})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_the_first_step_is_good_for_ten_minutes(guarded: Person) -> None:
    client = half_way(guarded)
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert client.post("/sign-in/second-step/", {"code": code_now()})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_a_new_password_voids_the_first_step(guarded: Person) -> None:
    client = half_way(guarded)
    user = guarded.user
    user.set_password("another long password")
    user.save(update_fields=["password"])
    assert client.post("/sign-in/second-step/", {"code": code_now()})["Location"] == "/sign-in/"


def test_a_code_is_good_once(guarded: Person) -> None:
    code = code_now()
    assert half_way(guarded).post("/sign-in/second-step/", {"code": code}).status_code == 302
    again = half_way(guarded)
    assert again.post("/sign-in/second-step/", {"code": code}).status_code == 422
    assert not is_signed_in(again)


@pytest.mark.parametrize("code", ["", "000000", "abc", "１２３４５６", "0" * 41, "-" * 16])
def test_a_wrong_code_stays_on_the_page(guarded: Person, code: str) -> None:
    client = half_way(guarded)
    assert client.post("/sign-in/second-step/", {"code": code}).status_code == 422
    assert not is_signed_in(client)


def test_wrong_codes_lock_like_wrong_passwords(guarded: Person) -> None:
    client = half_way(guarded)
    for _ in range(FAILED_SIGN_INS_MAX):
        client.post("/sign-in/second-step/", {"code": "000000"})
    assert client.post("/sign-in/second-step/", {"code": code_now()}).status_code == 422
    assert attempt(Client(), guarded.email, PASSWORD) == 422


def test_a_right_password_does_not_forget_wrong_codes(guarded: Person) -> None:
    """Else whoever has the password could try codes without end, four at a time."""
    for _ in range(FAILED_SIGN_INS_MAX):
        client = half_way(guarded)
        client.post("/sign-in/second-step/", {"code": "000000"})
    assert attempt(Client(), guarded.email, PASSWORD) == 422


def test_a_recovery_code_is_good_once(guarded: Person) -> None:
    codes = make_recovery_codes(guarded.caller)
    assert len(set(codes)) == 10
    first = half_way(guarded)
    assert first.post("/sign-in/second-step/", {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert is_signed_in(first)
    assert half_way(guarded).post("/sign-in/second-step/", {"code": codes[0]}).status_code == 422
    assert half_way(guarded).post("/sign-in/second-step/", {"code": codes[1]}).status_code == 302


@pytest.mark.parametrize(
    ("given", "reached"),
    [
        ("/profile/?a=1", "/profile/?a=1"),
        ("http://testserver/profile/", "/profile/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("///evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
        ("\t//evil.example/", "/"),
        ("profile", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
def test_it_goes_on_to_pages_of_ours_only(
    dora: Person, given: str, reached: str, settings: pytest.FixtureRequest
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]  # type: ignore[attr-defined]  # pytest-django's
    answer = Client().post("/sign-in/", {"email": dora.email, "password": PASSWORD, "next": given})
    assert (answer.status_code, answer["Location"]) == (302, reached)


def test_who_is_signed_in_goes_straight_on(dora: Person) -> None:
    client = signed_in(dora)
    assert client.get("/sign-in/?next=/profile/")["Location"] == "/profile/"
    assert client.get("/sign-in/?next=https://evil.example/")["Location"] == "/"


def test_signing_in_gives_the_session_a_new_key(dora: Person) -> None:
    """Whoever had planted the old key in the browser would else be signed in too."""
    client = Client()
    client.post("/sign-in/passkey/ask/")  # an anonymous session
    before = client.cookies["sessionid"].value
    client.post("/sign-in/", {"email": dora.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != before


def test_pages_are_not_stored(dora: Person) -> None:
    client = signed_in(dora)
    for address in ("/profile/", "/profile/security/"):
        assert "no-store" in client.get(address)["Cache-Control"]
    assert "no-store" in Client().get("/sign-in/")["Cache-Control"]


def test_forms_need_their_token(dora: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/", {"email": dora.email, "password": PASSWORD}).status_code == 403
    assert client.post("/sign-in/passkey/", "{}", content_type="application/json").status_code == 403
