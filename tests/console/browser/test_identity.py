"""Signing in as people do: a code of an app, a recovery code, a passkey, a provider, a mailed link, and their profile.

The passkey is kept by Chromium's own virtual authenticator (W3C WebAuthn, section 11), the identity by a provider of
the tests. This module has a server of its own: it changes passwords and second factors, which others count on.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import sign_in, violations
from tests.support.people import Person
from tests.support.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a server with its worker, and a browser
NEW = "a different long password"
MAILED_WITHIN_SECONDS = 20
STEP_SECONDS = 30


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The provider that the server is told of."""
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Server]:
    """A server of this module's own, whose worker writes mail to files."""
    settings = {
        "OPENPARTNER_OIDC_ISSUER": provider.issuer,
        "OPENPARTNER_OIDC_CLIENT_ID": CLIENT_ID,
        "OPENPARTNER_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OPENPARTNER_OIDC_LABEL": "Sign in with Acme",
    }
    with Server(Path(tmp_path_factory.mktemp("identity")), settings, worker=True) as running:
        yield running


def enter(tab: Page, person: Person, password: str | None = None) -> None:
    """Fill in the form of the first step."""
    tab.goto("/sign-in/")
    tab.get_by_label("E-mail").fill(person.email)
    tab.get_by_label("Password").fill(password or person.password)
    tab.get_by_role("button", name="Sign in", exact=True).click()


def leave(tab: Page) -> None:
    """Forget that anybody is signed in."""
    tab.context.clear_cookies()


def fresh_code(secret: str) -> str:
    """A code that was not used before: of the next step, which is accepted a little early."""
    return pyotp.TOTP(secret).at(time.time() + STEP_SECONDS)


def test_an_app_and_recovery_codes(tab: Page, server: Server) -> None:
    rita = server.world.rita
    sign_in(tab, rita, by_form=True)
    tab.goto("/profile/security/")
    tab.get_by_role("link", name="Set up an app").click()
    expect(tab.get_by_role("img", name="QR code")).to_be_visible()
    assert violations(tab) == []
    secret = (tab.locator(".secret code").text_content() or "").replace(" ", "")
    tab.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    tab.get_by_role("button", name="Turn it on").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert violations(tab) == []
    codes = tab.locator("main li code").all_text_contents()
    assert len(set(codes)) == 10

    for code in (fresh_code(secret), codes[0]):
        leave(tab)
        enter(tab, rita)
        expect(tab.get_by_role("heading", level=1)).to_have_text("Second step")
        assert violations(tab) == []
        tab.get_by_label("Code").fill(code)
        tab.get_by_role("button", name="Go on").click()
        tab.goto("/profile/security/")
        expect(tab.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
    expect(tab.get_by_text("9 codes are left")).to_be_visible()


def test_a_passkey_alone_and_after_a_password(tab: Page, server: Server) -> None:
    olga = server.world.olga
    device = tab.context.new_cdp_session(tab)
    device.send("WebAuthn.enable")
    facts = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": facts})
    sign_in(tab, olga, by_form=True)
    tab.goto("/profile/passkeys/new/")
    assert violations(tab) == []
    tab.get_by_label("Name").fill("Office laptop")
    tab.get_by_role("button", name="Make the passkey").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    tab.get_by_role("link", name="I have kept them").click()
    expect(tab.get_by_label("Name of the passkey")).to_have_value("Office laptop")
    assert violations(tab) == []

    leave(tab)
    tab.goto("/sign-in/?next=/profile/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab).to_have_url(re.compile(r":\d+/profile/$"))

    leave(tab)
    enter(tab, olga)
    tab.get_by_role("button", name="Use a passkey").click()
    tab.wait_for_url(lambda url: "/sign-in/" not in url)
    tab.goto("/confirm/?next=/profile/security/")
    assert violations(tab) == []
    tab.get_by_role("button", name="Use a passkey").click()
    expect(tab).to_have_url(re.compile(r":\d+/profile/security/$"))
    tab.get_by_role("button", name="Remove Office laptop").click()
    expect(tab.get_by_label("Name of the passkey")).to_have_count(0)


def test_a_passkey_that_is_not_there_is_told(tab: Page, server: Server) -> None:
    device = tab.context.new_cdp_session(tab)
    device.send("WebAuthn.enable")
    facts = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": facts})
    tab.goto("/sign-in/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("alert")).to_have_text("Nothing was signed. Try again, or use your password.")


def test_a_provider_signs_in(tab: Page, server: Server, provider: Provider) -> None:
    provider.email, provider.email_verified = server.world.dora.email, True
    tab.goto("/sign-in/?next=/profile/security/")
    assert violations(tab) == []
    tab.get_by_role("link", name="Sign in with Acme").click()
    expect(tab).to_have_url(re.compile(r":\d+/profile/security/$"))
    expect(tab.get_by_text("You can also sign in through Sign in with Acme.")).to_be_visible()

    leave(tab)
    provider.subject, provider.email = "stranger", "stranger@example.com"
    tab.goto("/sign-in/")
    tab.get_by_role("link", name="Sign in with Acme").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Not signed in")
    assert violations(tab) == []


def test_a_forgotten_password_is_set_through_the_mail(tab: Page, server: Server) -> None:
    sol = server.world.sol
    tab.goto("/sign-in/")
    tab.get_by_role("link", name="Forgot the password?").click()
    assert violations(tab) == []
    tab.get_by_label("E-mail").fill(sol.email)
    tab.get_by_role("button", name="Mail me a link").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    assert violations(tab) == []
    tab.goto(_link_mailed_to(server, sol.email))
    assert violations(tab) == []
    tab.get_by_label("New password", exact=True).fill(NEW)
    tab.get_by_label("New password again").fill(NEW)
    tab.get_by_role("button", name="Set the password").click()
    expect(tab.get_by_text("The password was set.")).to_be_visible()
    enter(tab, sol, NEW)
    tab.wait_for_url(lambda url: "/sign-in/" not in url)


def test_the_profile_speaks_the_chosen_language(tab: Page, server: Server) -> None:
    song = server.world.song
    sign_in(tab, song, by_form=True)
    tab.goto("/profile/")
    assert violations(tab) == []
    tab.get_by_label("Language", exact=True).select_option("ja")
    tab.get_by_label("Time zone").select_option("Asia/Tokyo")
    tab.get_by_label("Theme", exact=True).select_option("dark")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.locator("html")).to_have_attribute("lang", "ja")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    assert violations(tab) == []


def test_a_critical_operation_with_a_mailed_code(tab: Page, server: Server) -> None:
    """huawei:B2: the switch is off by default; while it is on, a freeze asks for a code."""
    dora, cora = server.world.dora, server.world.cora
    sign_in(tab, dora, by_form=True)
    tab.goto("/profile/")
    tab.get_by_role("button", name="Switch on").click()
    expect(tab.get_by_text("Critical operations ask for a code now.")).to_be_visible()
    assert violations(tab) == []

    tab.goto(f"/customers/{cora.account_id}/suspend/")
    tab.get_by_label("Reason").fill("unpaid since May")
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("button", name="Send code").click()
    expect(tab.get_by_role("status")).to_contain_text(f"A code was sent to {dora.email}.")
    code = _mailed_to(server, dora.email, r"\b\d{6}\b")
    field = tab.get_by_label("Verification code")
    field.fill(f"{(int(code) + 1) % 10**6:06}")
    field.press("Enter")
    expect(tab.get_by_text("This is not the code that was sent. Look again.")).to_be_visible()
    assert violations(tab) == []
    field.fill(code)
    field.press("Enter")
    expect(tab.get_by_text("The customer was suspended.")).to_be_visible()
    expect(tab.get_by_role("button", name="Undo")).to_have_count(0)


def _link_mailed_to(server: Server, address: str) -> str:
    """The path of the link in the newest mail to an address."""
    return _mailed_to(server, address, r"/password/\S+")


def _mailed_to(server: Server, address: str, pattern: str) -> str:
    """What of a mail to an address fits the pattern, once the worker has written it."""
    deadline = time.monotonic() + MAILED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for path in (server.folder / "data" / "mail").glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body()
            found = re.search(pattern, body.get_content()) if body is not None else None
            if mail["To"] == address and found is not None:
                return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}: {server.log()}")
