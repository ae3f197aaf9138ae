"""A real browser against the live server: Debian's Chromium, driven by Playwright.

`tab` is a page of a fresh profile. Its test fails on whatever a person would see in the browser's console: an error of
a script, a breach of the content security policy, an answer of 500 and above, a style or a script that is missing.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.support.people import Person
from tests.support.server import Server

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No test leaves the machine; `localhost`, because passkeys refuse addresses.
    "--host-resolver-rules=MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
WAITS_MS_MAX = 10_000
PARTS = {"stylesheet", "script", "image", "font"}
"""What a page loads of its own; a document or a request of htmx may well be answered by 404 or 422."""
STATUS_IN_CONSOLE = "Failed to load resource: the server responded with a status of "
GIVEN_UP = "net::ERR_ABORTED"
"""A request that a navigation, a download or htmx has overtaken."""
VIOLATIONS = """async () => (await axe.run({ resultTypes: ['violations'] })).violations.flatMap(
  ({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')} (${help})`))"""
"""Told in the page: what axe returns of everything it looked at takes longer to carry over than to find."""


def address(server: Server) -> str:
    """The server as the browser calls it."""
    return f"http://localhost:{server.port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing = (
            f"NOT TESTED IN A BROWSER: none of {', '.join(PROGRAMS)} is installed (Debian: apt-get install chromium)"
        )
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    # Playwright leaves its event loop running in this thread, where Django would take every later test for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong in the browser so far. A test that provokes some looks at them, then clears the list."""
    return []


@pytest.fixture
def context(browser: Browser, server: Server, troubles: list[str]) -> Iterator[BrowserContext]:
    """A fresh profile."""
    made = new_profile(browser, server, troubles)
    yield made
    made.close()
    if troubles:
        pytest.fail("\n".join(["in the browser:", *troubles, "the end of the server's log:", server.log()[-4000:]]))


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """One page of a fresh profile; `tab.goto("/customers/")` is enough."""
    return context.new_page()


def new_profile(
    browser: Browser, server: Server, troubles: list[str], *, java_script_enabled: bool = True
) -> BrowserContext:
    """A profile whose troubles are noted: in English, 1280 by 800, without animation. Its caller closes it."""
    made = browser.new_context(
        base_url=address(server),
        locale="en-GB",
        timezone_id="UTC",
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
        java_script_enabled=java_script_enabled,
    )
    watch(made, troubles)
    return made


def watch(context: BrowserContext, troubles: list[str]) -> None:
    """Note what goes wrong in any page of a context."""
    context.set_default_timeout(WAITS_MS_MAX)

    def on_console(message: ConsoleMessage) -> None:
        # Chromium reports a breach of the content security policy here; an answer's status is judged below.
        if message.type == "error" and not message.text.startswith(STATUS_IN_CONSOLE):
            troubles.append(f"console: {message.text} ({message.location['url']})")

    def on_response(response: Response) -> None:
        part_missing = response.status >= 400 and response.request.resource_type in PARTS
        if part_missing or response.status >= 500:
            troubles.append(f"{response.status}: {response.request.method} {response.url}")

    def on_failure(request: Request) -> None:
        if request.failure != GIVEN_UP:
            troubles.append(f"{request.failure}: {request.method} {request.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: troubles.append(f"script: {error.error}"))
    context.on("response", on_response)
    context.on("requestfailed", on_failure)


SESSION_SECONDS = 600
"""Pages about keys and roles ask for the password again a quarter of an hour after it was given."""
_sessions: dict[tuple[str, str], tuple[str, float]] = {}
"""The session of who has signed in lately, and when, by host and e-mail: hashing a password is slow on purpose."""


def sign_in(tab: Page, person: Person, *, by_form: bool = False) -> None:
    """Sign a person in and open the console's first page, with an earlier test's session if that still holds.

    `by_form` signs in anew, for tests about sessions and for those that change the password or sign out.
    """
    tab.goto("/sign-in/")
    host = urlsplit(tab.url).netloc
    if not by_form and use_session(tab, host, person):
        tab.goto("/")
    if urlsplit(tab.url).path == "/sign-in/":
        tab.locator("input[name=email]").fill(person.email)
        tab.locator("input[name=password]").fill(person.password)
        tab.locator("input[name=password]").press("Enter")
        tab.wait_for_url(lambda url: urlsplit(url).path != "/sign-in/")
        if not by_form:
            cookie = next(cookie["value"] for cookie in tab.context.cookies() if cookie["name"] == "sessionid")
            _sessions[host, person.email] = cookie, time.monotonic()


def use_session(tab: Page, host: str, person: Person) -> bool:
    """Take over the session of who has signed in lately on a host; False when nobody has."""
    session, since = _sessions.get((host, person.email), ("", 0.0))
    if not session or time.monotonic() - since > SESSION_SECONDS:
        return False
    name = host.partition(":")[0]
    tab.context.add_cookies([{"name": "sessionid", "value": session, "domain": name, "path": "/"}])
    return True


def violations(tab: Page) -> list[str]:
    """What axe finds wrong with the page as it is shown now, one line for each place: rule, element, help."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    found: list[str] = tab.evaluate(VIOLATIONS)
    return found
