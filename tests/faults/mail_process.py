"""A worker that dies as soon as the mail server has a mail, before the row says so.

Used as `python -m tests.faults.mail_process post|die|work`: `post` puts a mail into the
outbox, `die` is that worker, `work` one that does not die.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from email.message import EmailMessage

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from openpartner.core.mail import jobs
from openpartner.core.mail.outbox import post
from openpartner.core.mail.sinks import deliver
from openpartner.core.mail.templates import Template
from openpartner.worker.run import Worker

LEASE_SECONDS = 1
WITHIN_SECONDS = 20


def deliver_and_die(message: EmailMessage) -> str:
    deliver(message)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives that")


def work() -> None:
    worker = Worker(lease_seconds=LEASE_SECONDS)
    deadline = time.monotonic() + WITHIN_SECONDS
    while not worker.once():
        assert time.monotonic() < deadline
        time.sleep(0.2)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["post"]:
            post(Template.TEST, {"address": "dora@example.com"}, to="dora@example.com", language="en")
        case ["die"]:
            setattr(jobs, "deliver", deliver_and_die)  # noqa: B010  # the name is imported there, not exported
            work()
        case ["work"]:
            work()
