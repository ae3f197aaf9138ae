"""Fixtures every test may use: the people, and a live server."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from tests.support import environment, installed, turns
from tests.support.browser import browser, context, tab, troubles  # noqa: F401  # fixtures of every browser test
from tests.support.mail import MailServer
from tests.support.people import Person, World, build_world
from tests.support.server import Server
from tests.support.shared import shared_rows  # noqa: F401  # a fixture of every file that builds much

CAMPAIGN_FRACTION = 50
SEED = int(os.environ.get("OPENPARTNER_TEST_SEED", "20261121"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """--db chooses the engine; tests/support/environment.py has read it already."""
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="database engine")


def pytest_configure() -> None:
    """Look for garbage less often: among the many objects of a long run it took an eighth of the time."""
    gc.set_threshold(50_000, 20, 50)


def pytest_report_header() -> str:
    """Say what is tested, so that a log can be read alone."""
    turn = os.environ.get(turns.TURN)
    cases = "" if turn is None else f", turn {turn} of shared cases"
    return f"openpartner: database {environment.chosen()}, campaign seed {SEED}{cases}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other engine, or its turn; it is no skip, because there is nothing to run."""
    chosen = environment.chosen()
    about = {item for item in items if all(mark.args[0] == chosen for mark in item.iter_markers("engine"))}
    taken = turns.taken(about)
    kept = [item for item in items if item in taken]
    config.hook.pytest_deselected(items=[item for item in items if item not in taken])
    items[:] = kept
    for item in kept:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")  # so that -m "not browser" leaves it out


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where everything is required (CI), a skipped test is a failed one."""
    report: Any = yield
    if report.skipped and os.environ.get("REQUIRE_POSTGRES") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {call.excinfo.value if call.excinfo else ''}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Begin with what has been migrated already; on SQLite in a file, so that threads and processes can open it."""
    from django.conf import settings

    migrated, test = installed.migrated(), settings.DATABASES["default"].setdefault("TEST", {})
    if migrated.database:
        test["TEMPLATE"] = migrated.database
    else:
        file = environment.DATA / "test.sqlite3"
        shutil.copyfile(installed.file_of(migrated.data), file)
        test["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the file is there already. It goes with its folder."""
    return environment.chosen() == "sqlite"


@pytest.fixture(autouse=True, scope="session")
def _flushes_pass_the_triggers() -> None:
    """A transactional test ends by emptying every table, which append-only tables refuse by design.

    So their triggers step aside for the flush; its post_migrate signal brings them back.
    """
    from django.test import TransactionTestCase

    from openpartner.core.base import triggers

    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private, and not in the stubs

    def without_triggers(case: TransactionTestCase) -> None:
        triggers.remove_all()
        flush(case)

    TransactionTestCase._fixture_teardown = without_triggers  # type: ignore[attr-defined]  # for the whole run


@pytest.fixture
def world(db: None) -> World:
    """Everybody, in this test's database."""
    return build_world()


def _person(name: str) -> Callable[[World], Person]:
    @pytest.fixture(name=name)
    def person(world: World) -> Person:
        return world[name]

    return person


pia = _person("pia")
dora = _person("dora")
rita = _person("rita")
carl = _person("carl")
sol = _person("sol")
olga = _person("olga")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One live server for the whole run, rate limits lifted. Tests that change it leave it as it was."""
    with Server(Path(tmp_path_factory.mktemp("server"))) as running:
        yield running


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server of this test's own, to which its mail goes."""
    running = MailServer().start()
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, mail_url=running.url())
    yield running
    running.stop()


@pytest.fixture
def campaign() -> Callable[[int], int]:
    """How many cases of a campaign to run: a fiftieth, or all with OPENPARTNER_CAMPAIGN=full."""

    def size(full: int) -> int:
        return full if os.environ.get("OPENPARTNER_TEST_CAMPAIGN") == "full" else max(1, full // CAMPAIGN_FRACTION)

    return size


@pytest.fixture
def random() -> Random:
    """Seeded; the seed stands in the report's header."""
    return Random(SEED)  # reproducible on purpose
