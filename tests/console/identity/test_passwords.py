"""Passwords through mailed links and changed by their owner.

The rules are ours: a link is good once and for thirty minutes (an invitation's for a week), what is answered does not
tell whether an address is known, and a new password ends every other session and every token.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import resolve

from openpartner.core.access.models import PasswordLink, User
from openpartner.core.access.passwords import LINK_PATH, invite_again, invite_user
from openpartner.core.access.roles import Preset
from openpartner.core.access.signers import caller_by_token
from openpartner.core.access.signing_in import FAILED_SIGN_INS_MAX
from openpartner.core.access.tokens import issue_token
from openpartner.core.access.users import set_user_active
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.mail.models import OutgoingMail
from openpartner.kit import clock
from tests.console.identity.conftest import is_signed_in, link_in_last_mail, mails, signed_in
from tests.support.people import PASSWORD, Person

NEW = "a different long password"


def ask(email: str, source: str = "192.0.2.1") -> bytes:
    answer = Client().post("/password/", {"email": email}, REMOTE_ADDR=source)
    assert answer.status_code == 200
    return answer.content


def set_new(link: str, new: str = NEW, again: str | None = None) -> int:
    return Client().post(link, {"new": new, "again": new if again is None else again}).status_code


def is_password(person: Person, password: str) -> bool:
    return Client().post("/sign-in/", {"email": person.email, "password": password}).status_code == 302


def test_a_link_sets_a_new_password(dora: Person) -> None:
    ask(dora.email)
    link = link_in_last_mail(dora.email)
    assert Client().get(link).status_code == 200
    assert set_new(link) == 302
    assert is_password(dora, NEW)
    assert not is_password(dora, PASSWORD)
    assert mails(dora.email) == ["password-reset", "password-changed"]
    actions = AuditEvent.objects.everything(reason="test").filter(actor_user=dora.user_pk).order_by("id")
    assert [event.action for event in actions][:2] == ["user.password-reset-asked", "user.password-changed"]


def test_the_path_in_mails_is_the_page(dora: Person) -> None:
    assert resolve(LINK_PATH.format(token="x")).url_name == "password-link"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(dora: Person, pia: Person) -> None:
    mia = invite_user(pia.caller, name="mia", email="mia@example.com", presets=[Preset.READ_ONLY])
    set_user_active(pia.caller, user_id=mia.pk, active=False)
    OutgoingMail.objects.everything(reason="test").all().delete()
    assert ask(dora.email) == ask("nobody@example.com") == ask("mia@example.com")
    assert list(OutgoingMail.objects.everything(reason="test").values_list("recipient", flat=True)) == [dora.email]


def test_the_link_is_kept_as_a_hash(dora: Person) -> None:
    ask(dora.email)
    token = link_in_last_mail(dora.email).split("/")[2]
    assert len(token) >= 43  # 256 bits
    assert not PasswordLink.objects.filter(token_hash=token).exists()
    assert PasswordLink.objects.count() == 1


def test_a_link_is_good_once_and_so_are_its_elder_brothers(dora: Person) -> None:
    ask(dora.email)
    elder = link_in_last_mail(dora.email)
    ask(dora.email)
    link = link_in_last_mail(dora.email)
    assert elder != link
    assert set_new(link) == 302
    for used in (link, elder):
        assert Client().get(used).status_code == 404
        assert set_new(used, "yet another long password") == 404
    assert is_password(dora, NEW)


def test_a_link_is_good_for_half_an_hour(dora: Person) -> None:
    ask(dora.email)
    link, asked = link_in_last_mail(dora.email), clock.now()
    with clock.frozen(asked + timedelta(minutes=29, seconds=59)):
        assert Client().get(link).status_code == 200
    with clock.frozen(asked + timedelta(minutes=30)):
        assert Client().get(link).status_code == 404
        assert set_new(link) == 404


@pytest.mark.parametrize("link", ["/password/x/", "/password/" + "A" * 43 + "/", "/password/%00/", "/password/密/"])
def test_an_unknown_link_is_not_good(dora: Person, link: str) -> None:
    assert Client().get(link).status_code == 404


def test_a_disabled_users_link_is_not_good(pia: Person) -> None:
    mia = invite_user(pia.caller, name="mia", email="mia@example.com", presets=[Preset.READ_ONLY])
    link = link_in_last_mail("mia@example.com")
    set_user_active(pia.caller, user_id=mia.pk, active=False)
    assert set_new(link) == 404


@pytest.mark.parametrize(
    ("new", "again"),
    [("short", None), ("password1234", None), ("", None), (NEW, "not the same password"), ("x" * 600, None)],
)
def test_a_bad_password_is_refused_and_uses_nothing_up(dora: Person, new: str, again: str | None) -> None:
    ask(dora.email)
    link = link_in_last_mail(dora.email)
    assert set_new(link, new, again) == 422
    assert set_new(link) == 302


def test_it_ends_sessions_and_tokens_and_lifts_the_lock(dora: Person) -> None:
    browser, token = signed_in(dora), issue_token(dora.user, PASSWORD, None)[0]
    for _ in range(FAILED_SIGN_INS_MAX):
        is_password(dora, "wrong")
    ask(dora.email)
    set_new(link_in_last_mail(dora.email))
    assert not is_signed_in(browser)
    assert caller_by_token(token, via="test", request_id="") is None
    assert is_password(dora, NEW)


def test_an_address_is_mailed_three_times_an_hour(dora: Person, rita: Person) -> None:
    for number in range(5):
        ask(dora.email, f"192.0.2.{number}")
    assert len(mails(dora.email)) == 3
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        ask(dora.email)
    assert len(mails(dora.email)) == 4


def test_a_source_asks_twenty_times_an_hour(dora: Person, rita: Person) -> None:
    for number in range(20):
        ask(f"nobody{number}@example.com")
    ask(dora.email)
    assert mails(dora.email) == []
    ask(dora.email, "192.0.2.2")
    assert mails(dora.email) == ["password-reset"]


def test_an_invited_user_sets_the_first_password(dora: Person) -> None:
    mia = invite_user(dora.caller, name="mia", email="Mia@Example.com", presets=[Preset.FINANCE], language="ja")
    assert not User.objects.within(dora.caller.scope).get(pk=mia.pk).has_usable_password()
    assert Client().post("/sign-in/", {"email": "mia@example.com", "password": ""}).status_code == 422
    mail = OutgoingMail.objects.everything(reason="test").get(recipient="mia@example.com")
    assert (mail.template, mail.language) == ("invitation-to-organization", "ja")
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert set_new(link_in_last_mail("mia@example.com")) == 302
    assert Client().post("/sign-in/", {"email": "mia@example.com", "password": NEW}).status_code == 302
    with pytest.raises(Conflict):
        invite_again(dora.caller, user_id=mia.pk)


def test_an_invitation_lasts_a_week_and_can_be_sent_again(dora: Person, olga: Person) -> None:
    mia = invite_user(dora.caller, name="mia", email="mia@example.com", presets=[Preset.FINANCE])
    first = link_in_last_mail("mia@example.com")
    with clock.frozen(clock.now() + timedelta(days=7)):
        assert set_new(first) == 404
        invite_again(dora.caller, user_id=mia.pk)
        assert set_new(link_in_last_mail("mia@example.com")) == 302
    with pytest.raises(NotVisible):
        invite_again(olga.caller, user_id=mia.pk)
    with pytest.raises(Invalid):
        invite_user(olga.caller, name="mia", email="mia@example.com", presets=[Preset.FINANCE])


def test_only_member_managers_invite(dora: Person) -> None:
    from openpartner.core.access.users import caller_of, create_user

    mia = create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.FINANCE])
    with pytest.raises(NotAllowed):
        invite_user(caller_of(mia, via="test"), name="x", email="x@example.com", presets=[Preset.FINANCE])


def change(client: Client, old: str, new: str = NEW) -> int:
    return client.post("/profile/password/", {"old": old, "new": new, "again": new}).status_code


def test_changing_it_keeps_this_session_and_ends_the_others(dora: Person) -> None:
    here, there, token = signed_in(dora), signed_in(dora), issue_token(dora.user, PASSWORD, None)[0]
    before = here.cookies["sessionid"].value
    assert change(here, PASSWORD) == 302
    assert is_signed_in(here)
    assert here.cookies["sessionid"].value != before
    assert not is_signed_in(there)
    assert caller_by_token(token, via="test", request_id="") is None
    assert is_password(dora, NEW)
    assert mails(dora.email) == ["password-changed"]


def test_the_old_password_is_asked_for_and_guessing_it_locks(dora: Person) -> None:
    client = signed_in(dora)
    for _ in range(FAILED_SIGN_INS_MAX):
        assert change(client, "wrong") == 422
    assert change(client, PASSWORD) == 422
    assert dora.user.check_password(PASSWORD)


def test_a_user_without_a_password_sets_the_first_after_confirming(dora: Person) -> None:
    client = signed_in(dora)
    user = dora.user
    user.set_unusable_password()
    user.save(update_fields=["password"])
    from openpartner.console.identity.sessions import BACKEND

    client.force_login(dora.user, backend=BACKEND)
    assert client.get("/profile/password/")["Location"].startswith("/confirm/")
    session = client.session
    session["confirmed_at"] = clock.epoch_seconds()
    session.save()
    assert b"Present password" not in client.get("/profile/password/").content
    assert client.post("/profile/password/", {"new": NEW, "again": NEW}).status_code == 302
    assert is_password(dora, NEW)
