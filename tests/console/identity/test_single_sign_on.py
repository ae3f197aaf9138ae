"""Single sign-on, over real HTTP with a provider of the tests.

What must be checked is OpenID Connect Core 1.0, 3.1.2.7 and 3.1.3.7 (state, nonce, issuer, audience, signature, times);
whom an identity may sign in is ours: a linked user, or an existing one by a verified e-mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings
from django.test import Client
from joserfc.jwk import RSAKey

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.second_factor import set_second_factor
from openpartner.core.access.users import create_user
from openpartner.core.audit.models import AuditEvent
from openpartner.kit import clock
from tests.console.identity.conftest import Configure, is_signed_in, signed_in
from tests.support.people import PASSWORD, Person
from tests.support.provider import CLIENT_ID, CLIENT_SECRET, Provider


@pytest.fixture
def provider(configure: Configure, dora: Person) -> Iterator[Provider]:
    """The configured provider; unless told otherwise it vouches for dora."""
    with Provider() as running:
        configure(
            oidc_issuer=running.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            oidc_label="Sign in with Acme",
        )
        yield running


def ask(client: Client, query: str = "?next=/profile/") -> str:
    """Begin, and return the path and query with which the provider sends the browser back."""
    begun = client.get(f"/single-sign-on/{query}")
    assert begun.status_code == 302, begun.content
    back = requests.get(begun["Location"], allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith(settings.OPENPARTNER.url)
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def enter(client: Client, query: str = "?next=/profile/") -> tuple[int, str]:
    """The whole way; status, and where it leads or what is told."""
    answer = client.get(ask(client, query))
    return answer.status_code, answer.get("Location") or answer.content.decode()


def refused(client: Client, sentence: str = "") -> None:
    status, page = enter(client)
    assert status == 403
    assert sentence in page
    assert not is_signed_in(client)


def test_it_is_offered_only_where_it_is_configured(dora: Person) -> None:
    assert b"/single-sign-on/" not in Client().get("/sign-in/").content
    assert Client().get("/single-sign-on/").status_code == 404
    assert Client().get("/single-sign-on/callback/?code=x&state=x").status_code == 404


def test_a_verified_e_mail_signs_in_and_is_linked(provider: Provider, dora: Person) -> None:
    client = Client()
    assert b"Sign in with Acme" in client.get("/sign-in/").content
    provider.email = "Dora@Example.com"
    assert enter(client) == (302, "/profile/")
    assert is_signed_in(client)
    assert (dora.user.identity_issuer, dora.user.identity_subject) == (provider.issuer, "subject-1")
    actions = AuditEvent.objects.everything(reason="test").filter(actor_user=dora.user_pk).order_by("id")
    assert [event.action for event in actions] == ["user.identity-linked", "user.signed-in"]


def test_it_asks_with_pkce_state_and_nonce(provider: Provider) -> None:
    ask(Client())
    asked = provider.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    assert asked["redirect_uri"] == f"{settings.OPENPARTNER.url}/single-sign-on/callback/"


def test_a_linked_identity_needs_no_e_mail_any_more(provider: Provider, dora: Person) -> None:
    enter(Client())
    provider.email, client = None, Client()
    assert enter(client)[0] == 302
    assert is_signed_in(client)


def test_the_e_mail_may_come_from_userinfo(provider: Provider) -> None:
    provider.in_userinfo = True
    assert enter(Client())[0] == 302


def test_it_asks_for_nothing_more(provider: Provider, dora: Person) -> None:
    set_second_factor(dora.caller, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client()
    assert enter(client) == (302, "/profile/")
    assert is_signed_in(client)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_unverified_e_mail_takes_nobody_over(provider: Provider, dora: Person, verified: object) -> None:
    provider.email_verified = verified
    refused(Client(), "has not verified your e-mail")
    assert dora.user.identity_subject == ""


def test_it_never_makes_a_user(provider: Provider) -> None:
    provider.email = "stranger@example.com"
    before = User.objects.everything(reason="test").count()
    refused(Client(), "Ask an administrator to invite you")
    assert User.objects.everything(reason="test").count() == before


def test_no_e_mail_finds_nobody(provider: Provider) -> None:
    provider.email = None
    refused(Client(), "did not tell us your e-mail")


def test_a_user_has_one_identity(provider: Provider, dora: Person) -> None:
    """Whoever gets the address later, from the provider, does not get the user with it."""
    enter(Client())
    provider.subject = "subject-2"
    refused(Client(), "belongs to another identity")
    assert dora.user.identity_subject == "subject-1"


def test_a_disabled_user_stays_out(provider: Provider, dora: Person) -> None:
    User.objects.everything(reason="test").filter(pk=dora.user_pk).update(is_active=False)
    refused(Client(), "disabled")


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": None},
        {"aud": "another client", "azp": CLIENT_ID},
        {"exp": 1_000_000_000},
        {"sub": None},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
)
def test_a_token_that_does_not_fit_is_refused(provider: Provider, changes: dict[str, Any]) -> None:
    provider.changes = changes
    refused(Client(), "did not fit")


def test_another_key_signs_nothing(provider: Provider) -> None:
    provider.published = RSAKey.generate_key(2048, {"kid": "one"})
    refused(Client(), "did not fit")


def test_an_unsigned_token_is_refused_though_the_provider_offers_it(provider: Provider) -> None:
    provider.signing = "none"
    refused(Client(), "did not fit")


def test_an_answer_for_another_browser_is_refused(provider: Provider) -> None:
    """The state belongs to the session that asked: else a link could sign a victim in as somebody else."""
    answer = ask(Client())
    victim = Client()
    assert victim.get(answer).status_code == 403
    ask(victim)
    assert victim.get(answer).status_code == 403
    assert not is_signed_in(victim)


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?error=access_denied", "?code=x&state=x&state=y"])
def test_an_answer_nobody_asked_for_is_refused(provider: Provider, query: str) -> None:
    assert Client().get(f"/single-sign-on/callback/{query}").status_code == 403


def test_an_answer_is_good_once(provider: Provider) -> None:
    client = Client()
    answer = ask(client)
    assert client.get(answer).status_code == 302
    client.post("/sign-out/")
    assert client.get(answer).status_code == 403


def test_a_wrong_code_is_refused(provider: Provider) -> None:
    client = Client()
    answer = ask(client).replace("code=", "code=x")
    assert client.get(answer).status_code == 403


def test_a_refusal_of_the_provider_is_a_page(provider: Provider) -> None:
    provider.error = "access_denied"
    refused(Client(), "did not sign you in")


def test_a_provider_that_is_away_is_a_page(provider: Provider, configure: Configure) -> None:
    configure(oidc_issuer="http://localhost:9")
    answer = Client().get("/single-sign-on/")
    assert answer.status_code == 403
    assert b"cannot be reached" in answer.content


def test_a_provider_that_calls_itself_otherwise_is_refused(provider: Provider, configure: Configure) -> None:
    configure(oidc_issuer=f"{provider.issuer}/")
    assert Client().get("/single-sign-on/").status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_goes_on_to_pages_of_ours_only(provider: Provider, target: str) -> None:
    assert enter(Client(), f"?next={target}") == (302, "/")


def old(client: Client) -> None:
    session = client.session
    session["confirmed_at"] -= 15 * 60
    session.save()


def test_it_confirms_who_one_is(provider: Provider, dora: Person) -> None:
    client = Client()
    enter(client)
    old(client)
    assert b"Sign in with Acme" in client.get("/confirm/").content
    assert enter(client, "?purpose=confirm&next=/profile/second-factor/") == (302, "/profile/second-factor/")
    assert (provider.asked["max_age"], provider.asked["prompt"]) == ("0", "login")
    assert client.get("/profile/second-factor/").status_code == 200


@pytest.mark.parametrize("changes", [{"auth_time": None}, {"auth_time": 1_000_000_000}, {"sub": "subject-2"}])
def test_an_old_or_another_identity_confirms_nothing(provider: Provider, changes: dict[str, Any]) -> None:
    client = Client()
    enter(client)
    old(client)
    provider.changes = changes
    assert enter(client, "?purpose=confirm&next=/profile/")[0] == 403
    assert client.get("/profile/second-factor/").status_code == 302


def test_failures_count_for_the_source(provider: Provider, configure: Configure) -> None:
    configure(failed_sign_ins_per_source=2)
    provider.email = "stranger@example.com"
    refused(Client())
    refused(Client())
    provider.email = "dora@example.com"
    refused(Client(), "paused")
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert enter(Client())[0] == 302


def test_an_identity_of_one_is_not_confirmed_by_another(provider: Provider, dora: Person) -> None:
    create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=[Preset.FINANCE])
    enter(Client())
    mia = Client()
    mia.post("/sign-in/", {"email": "mia@example.com", "password": PASSWORD})
    old(mia)
    assert enter(mia, "?purpose=confirm&next=/profile/")[0] == 403
    assert mia.get("/profile/second-factor/").status_code == 302
    assert is_signed_in(signed_in(dora))
