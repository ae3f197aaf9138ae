"""A worker killed between the mail server's word and the row's: a twin, and it is known by its Message-ID."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.test_worker_killed import ROOT, Installation
from tests.support.installed import install
from tests.support.mail import MailServer

pytestmark = pytest.mark.slow  # real processes, and a lease of one second that must run out


def run(here: Installation, *words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.mail_process", *words], env=here.environment, cwd=ROOT, check=False
    ).returncode


def test_a_mail_whose_worker_was_killed_goes_again_under_the_same_message_id(tmp_path: Path) -> None:
    """Mail has no two-phase commit: it may be sent twice or not at all, and twice is the lesser harm."""
    server = MailServer().start()
    given, _told = install(tmp_path / "data", "mail_killed")
    here = Installation({**given, "OPENPARTNER_MAIL_URL": server.url()})
    try:
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
