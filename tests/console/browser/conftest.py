"""One live server with its worker, one stage, and quick ways into it, for every test in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.console.browser.stage import Stage, build_stage
from tests.support.browser import new_profile, sign_in, use_session
from tests.support.people import Person
from tests.support.server import Server

Enter = Callable[[Person], Page]
Open = Callable[..., Page]


def host_of(server: Server) -> str:
    """The server as the browser's addresses name it."""
    return f"localhost:{server.port}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In place of the whole run's: this one has a worker, and more to look at."""
    with Server(Path(tmp_path_factory.mktemp("browser")), worker=True) as running:
        yield running


@pytest.fixture(scope="session")
def stage(server: Server) -> Stage:
    """What the pages show; also adds dora's colleagues to the world."""
    return build_stage(server)


@pytest.fixture
def enter(tab: Page, server: Server, stage: Stage) -> Enter:
    """The tab, signed in as a person: by form the first time, later by the cookie of that time."""
    del stage

    def signed_in(person: Person) -> Page:
        tab.context.clear_cookies()  # of whoever was signed in
        if not use_session(tab, host_of(server), person):
            sign_in(tab, person)
        return tab

    return signed_in


@pytest.fixture
def plain(browser: Browser, server: Server, enter: Enter, troubles: list[str]) -> Iterator[Enter]:
    """A tab without JavaScript, signed in as a person."""
    made = new_profile(browser, server, troubles, java_script_enabled=False)

    def signed_in(person: Person) -> Page:
        enter(person)
        page = made.new_page()
        assert use_session(page, host_of(server), person)
        return page

    yield signed_in
    made.close()


@pytest.fixture
def open_tab(browser: Browser, server: Server) -> Iterator[Open]:
    """A tab of somebody's own browser; whatever goes wrong in one fails the test."""
    troubles: list[str] = []
    profiles = []

    def opened(person: Person | None = None, *, java_script: bool = True) -> Page:
        profile = new_profile(browser, server, troubles, java_script_enabled=java_script)
        profiles.append(profile)
        tab = profile.new_page()
        if person is not None:
            sign_in(tab, person)
        return tab

    yield opened
    for profile in profiles:
        profile.close()
    assert troubles == [], server.log()[-4000:]
