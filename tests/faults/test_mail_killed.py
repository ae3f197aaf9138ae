"""A worker killed between the mail server's word and the row's: a twin, and it is known by its Message-ID."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.test_worker_killed import BIN, ROOT, Installation
from tests.support import cluster, environment
from tests.support.mail import MailServer

pytestmark = pytest.mark.slow  # real processes, and a lease of one second that must run out


def run(here: Installation, *words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.mail_process", *words], env=here.environment, cwd=ROOT, check=False
    ).returncode


def test_a_mail_whose_worker_was_killed_goes_again_under_the_same_message_id(tmp_path: Path) -> None:
    """Mail has no two-phase commit: it may be sent twice or not at all, and twice is the lesser harm."""
    server = MailServer().start()
    given = {name: value for name, value in os.environ.items() if not name.startswith("OPENPARTNER_")}
    given |= {"OPENPARTNER_DATA": str(tmp_path / "data"), "OPENPARTNER_MAIL_URL": server.url()}
    if environment.chosen() == environment.POSTGRES:
        given["OPENPARTNER_DATABASE_URL"] = cluster.new_database("mail_killed")
    here = Installation(given)
    try:
        subprocess.run([BIN / "openpartner", "migrate"], env=given, check=True)
        assert run(here, "post") == 0
        assert run(here, "die") == -signal.SIGKILL
        assert len(server.received) == 1
        assert here.sql("SELECT state, attempts FROM outgoing_mail") == [("waiting", 1)]
        assert run(here, "work") == 0
    finally:
        server.stop()
    assert here.sql("SELECT state, attempts, text FROM outgoing_mail") == [("sent", 2, "")]
    first, twin = server.received
    assert first["Message-ID"] == twin["Message-ID"]
    assert first.as_bytes() == twin.as_bytes()
