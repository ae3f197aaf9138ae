"""One's own profile, second factor, sessions, and showing again who one is."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from openpartner.core.access.models import RecoveryCode, UserSession
from openpartner.core.access.profiles import preferences, set_preference
from openpartner.core.access.roles import Preset
from openpartner.core.access.second_factor import set_second_factor
from openpartner.core.access.signing_in import FAILED_SIGN_INS_MAX
from openpartner.core.access.users import create_user, set_user_active
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid
from openpartner.kit import clock
from tests.console.identity.conftest import is_signed_in, mails, signed_in
from tests.support.people import PASSWORD, Person

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
GOOD = {"name": "Dora Weiss", "language": "ja", "time_zone": "Europe/Berlin", "theme": "dark"}


def member(dora: Person, preset: Preset) -> Client:
    create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[preset])
    client = Client()
    assert client.post("/sign-in/", {"email": "mia@example.com", "password": PASSWORD}).status_code == 302
    return client


def later(client: Client, minutes: int = 15) -> None:
    """Make the last confirmation older."""
    session = client.session
    session["confirmed_at"] -= minutes * 60
    session.save()


def test_the_profile_is_kept(dora: Person) -> None:
    client = signed_in(dora)
    assert client.post("/profile/", GOOD).status_code == 302
    user = dora.user
    assert {field: getattr(user, field) for field in GOOD} == GOOD
    assert b'lang="ja"' in client.get("/profile/").content
    event = AuditEvent.objects.everything(reason="test").get(action="user.profile-changed")
    assert '"time_zone": "Europe/Berlin"' in event.details


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 65),
        ("name", "mia"),
        ("language", "de"),
        ("time_zone", "Europe/Nowhere"),
        ("time_zone", "../../etc/passwd"),
        ("theme", "pink"),
    ],
)
def test_a_bad_value_is_told_beside_its_field_and_changes_nothing(dora: Person, field: str, value: str) -> None:
    create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.FINANCE])
    answer = signed_in(dora).post("/profile/", {**GOOD, field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'aria-describedby="id_{field}' in page or f'id="id_{field}_error"' in page
    assert (dora.user.name, dora.user.theme) == (dora.user.name, "auto")
    assert dora.user.language == "en"


def test_an_administrator_renames_the_account(dora: Person) -> None:
    client = signed_in(dora)
    assert client.post("/profile/account-name/", {"account_name": "dora-channel"}).status_code == 302
    assert dora.account.account_name == "dora-channel"
    assert "dora-channel" in dora.account.search_key
    event = AuditEvent.objects.everything(reason="test").get(action="account.updated")
    assert (event.subject, '"before": "dora_account"' in event.details) == (dora.account_pk, True)


@pytest.mark.parametrize("name", ["", "rita_account", "two words", "x" * 65, "a\u0000b"])
def test_a_bad_account_name_is_refused(dora: Person, rita: Person, name: str) -> None:
    assert signed_in(dora).post("/profile/account-name/", {"account_name": name}).status_code == 422
    assert dora.account.account_name == "dora_account"


def test_only_an_administrator_renames_the_account(dora: Person) -> None:
    client = member(dora, Preset.OPERATIONS)
    assert client.post("/profile/account-name/", {"account_name": "mine"}).status_code == 403
    assert b'name="account_name"' not in client.get("/profile/").content
    assert dora.account.account_name == "dora_account"


def secret_on(client: Client) -> str:
    page = client.get("/profile/second-factor/").content.decode()
    assert "data:image/svg+xml" in page
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert found is not None
    return found[1].replace(" ", "")


def test_an_app_is_enrolled_once_it_has_shown_a_code(dora: Person) -> None:
    client = signed_in(dora)
    secret = secret_on(client)
    assert secret_on(client) == secret  # looking again does not spoil what was scanned
    assert client.post("/profile/second-factor/", {"code": "000000"}).status_code == 422
    assert dora.user.totp_secret == ""
    code = pyotp.TOTP(secret).at(clock.now())
    answer = client.post("/profile/second-factor/", {"code": code})
    assert answer["Location"] == "/profile/recovery-codes/"
    codes = re.findall(r"<li><code>([a-z2-9-]{19})</code>", client.get("/profile/recovery-codes/").content.decode())
    assert len(set(codes)) == 10
    assert secret not in dora.user.totp_secret
    assert not RecoveryCode.objects.filter(code_hash__in=codes).exists()
    assert mails(dora.email) == ["second-factor-changed"]
    # The code that enrolled it does not sign in as well.
    half = Client()
    assert half.post("/sign-in/", {"email": dora.email, "password": PASSWORD})["Location"] == "/sign-in/second-step/"
    assert half.post("/sign-in/second-step/", {"code": code}).status_code == 422


def test_the_secret_is_not_in_the_session_in_clear(dora: Person) -> None:
    client = signed_in(dora)
    secret = secret_on(client)
    assert secret not in str(dict(client.session.items()))


def test_an_app_is_removed_with_its_codes(dora: Person) -> None:
    client = signed_in(dora)
    set_second_factor(dora.caller, secret=SECRET)
    client.post("/profile/recovery-codes/make/")
    assert RecoveryCode.objects.filter(user=dora.user).count() == 10
    client.post("/profile/second-factor/remove/")
    assert dora.user.totp_secret == ""
    assert not RecoveryCode.objects.filter(user=dora.user).exists()


def test_new_recovery_codes_void_the_old_ones(dora: Person) -> None:
    client = signed_in(dora)
    set_second_factor(dora.caller, secret=SECRET)
    client.post("/profile/recovery-codes/make/")
    old = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    client.post("/profile/recovery-codes/make/")
    assert old.isdisjoint(RecoveryCode.objects.values_list("code_hash", flat=True))


def test_there_are_no_recovery_codes_without_a_second_factor(dora: Person) -> None:
    assert signed_in(dora).post("/profile/recovery-codes/make/").status_code == 409
    assert not RecoveryCode.objects.exists()


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/profile/second-factor/"),
        ("get", "/profile/passkeys/new/"),
        ("post", "/profile/second-factor/remove/"),
        ("post", "/profile/recovery-codes/make/"),
        ("post", "/profile/passkeys/ask/"),
        ("post", "/profile/passkeys/1/remove/"),
    ],
)
def test_second_factors_are_touched_only_by_who_has_just_shown_who_they_are(
    dora: Person, method: str, address: str
) -> None:
    client = signed_in(dora)
    set_second_factor(dora.caller, secret=SECRET)
    later(client)
    assert getattr(client, method)(address)["Location"].startswith("/confirm/")
    assert dora.user.totp_secret != ""


def test_confirming_by_password_or_code_is_good_for_a_quarter_of_an_hour(dora: Person) -> None:
    client = signed_in(dora)
    set_second_factor(dora.caller, secret=SECRET)
    for shown in ({"password": PASSWORD}, {"code": pyotp.TOTP(SECRET).at(clock.now())}):
        later(client)
        answer = client.post("/confirm/?next=/profile/second-factor/", shown)
        assert (answer.status_code, answer["Location"]) == (302, "/profile/second-factor/")
        later(client, 14)
        assert client.get("/profile/second-factor/").status_code == 200


@pytest.mark.parametrize("shown", [{}, {"password": "wrong"}, {"code": "000000"}, {"password": "", "code": ""}])
def test_confirming_wrongly_confirms_nothing(dora: Person, shown: dict[str, str]) -> None:
    client = signed_in(dora)
    set_second_factor(dora.caller, secret=SECRET)
    later(client)
    assert client.post("/confirm/", {**shown, "next": "https://evil.example/"}).status_code == 422
    assert client.get("/profile/second-factor/").status_code == 302


def test_confirming_wrongly_locks(dora: Person) -> None:
    client = signed_in(dora)
    for _ in range(FAILED_SIGN_INS_MAX):
        client.post("/confirm/", {"password": "wrong"})
    assert client.post("/confirm/", {"password": PASSWORD}).status_code == 422


def test_sessions_are_listed_with_device_and_source(dora: Person) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    there = Client(headers={"user-agent": agent}, REMOTE_ADDR="192.0.2.5")
    there.post("/sign-in/", {"email": dora.email, "password": PASSWORD})
    page = signed_in(dora).get("/profile/security/").content.decode()
    assert "Firefox, Linux" in page
    assert "192.0.2.5" in page
    assert page.count("This one") == 1


def test_a_session_is_ended_by_its_owner_alone(dora: Person, rita: Person) -> None:
    there = signed_in(dora)
    row = UserSession.objects.within(dora.caller.scope).get()
    stranger = signed_in(rita)
    assert stranger.post(f"/profile/sessions/{row.pk}/end/").status_code == 404
    assert stranger.post("/profile/sessions/x/end/").status_code == 404
    assert is_signed_in(there)
    assert signed_in(dora).post(f"/profile/sessions/{row.pk}/end/").status_code == 302
    assert not is_signed_in(there)


def test_a_colleagues_session_is_not_ones_own(dora: Person) -> None:
    mia = member(dora, Preset.FINANCE)
    row = UserSession.objects.within(dora.caller.scope).get()
    assert signed_in(dora).post(f"/profile/sessions/{row.pk}/end/").status_code == 404
    assert is_signed_in(mia)


def test_all_other_sessions_are_ended_at_once(dora: Person) -> None:
    here, others = signed_in(dora), [signed_in(dora) for _ in range(3)]
    here.post("/profile/other-sessions/end/")
    assert is_signed_in(here)
    assert not any(is_signed_in(other) for other in others)


def test_disabling_a_user_ends_its_sessions_at_once(dora: Person) -> None:
    mia = member(dora, Preset.FINANCE)
    row = UserSession.objects.within(dora.caller.scope).get()
    set_user_active(dora.caller, user_id=row.user_id, active=False)
    assert not is_signed_in(mia)
    set_user_active(dora.caller, user_id=row.user_id, active=True)
    assert not is_signed_in(mia)


def test_signing_out_ends_the_session_for_good(dora: Person) -> None:
    client = signed_in(dora)
    key = client.cookies["sessionid"].value
    client.post("/sign-out/")
    again = Client()
    again.cookies["sessionid"] = key
    assert not is_signed_in(again)
    assert not UserSession.objects.within(dora.caller.scope).exists()


def test_last_seen_is_written_at_most_once_a_minute(dora: Person) -> None:
    client, rows = signed_in(dora), UserSession.objects.within(dora.caller.scope)
    began = rows.get().last_seen_at
    for seconds, seen in [(59, 0), (60, 60), (119, 60), (121, 121)]:
        with clock.frozen(began + timedelta(seconds=seconds)):
            client.get("/profile/")
        assert rows.get().last_seen_at - began == timedelta(seconds=seen)


def test_a_session_ends_after_a_week_however_busy(dora: Person) -> None:
    client = signed_in(dora)
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        assert not is_signed_in(client)


def test_the_cookie_ends_after_twelve_idle_hours_and_is_not_for_scripts(dora: Person) -> None:
    cookie = signed_in(dora).cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (12 * 3600, True, "Lax")


def test_preferences_are_kept_by_key(dora: Person) -> None:
    set_preference(dora.caller, key="customers.columns", value="account,name")
    set_preference(dora.caller, key="customers.density", value="compact")
    set_preference(dora.caller, key="customers.columns", value=None)
    assert preferences(dora.user) == {"customers.density": "compact"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("customers", "x"),
        ("customers.colour", "x"),
        ("Customers.columns", "x"),
        ("customers.columns\n", "x"),
        ("customers.columns", "x" * 4095),
        ("customers.columns", float("nan")),
        ("customers.columns", object()),
    ],
)
def test_preferences_are_bounded(dora: Person, key: str, value: object) -> None:
    with pytest.raises(Invalid):
        set_preference(dora.caller, key=key, value=value)
    assert preferences(dora.user) == {}


def test_preferences_do_not_grow_without_end(dora: Person) -> None:
    for number in range(100):
        set_preference(dora.caller, key=f"list{number}.size", value=50)
    with pytest.raises(Invalid):
        set_preference(dora.caller, key="onemore.size", value=50)
