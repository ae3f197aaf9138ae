"""A real worker with jobs of the tests: `python -m tests.faults.worker_process run|enqueue|parent ...`.

It says on its standard output where it is, so that a test can kill it at a chosen moment.
"""

from __future__ import annotations

import os
import sys
import time

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from django.db import connection, transaction

from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work
from openpartner.kit import clock
from openpartner.worker.run import Worker
from openpartner.worker.supervise import Supervisor

LEASE_SECONDS = 2


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


@job("test.slow")
def slow(work: Work) -> None:
    """Apply steps 1 to args["count"]; `writing n` is said between the write of step n and its checkpoint."""
    for number in range(int(work.cursor or 0) + 1, work.args["count"] + 1):
        with work.step():
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO applied (job, step) VALUES (%s, %s)", [work.id, number])
            say("writing", work.id, number)
            time.sleep(work.args["pause"])
            AuditEvent.objects.create(at=clock.now(), action=Action.SIGNED_IN, via="test", details=str(number))
            work.checkpoint(str(number), number, work.args["count"])
        say("written", work.id, number)
        time.sleep(work.args["pause"])


def run() -> None:
    say("started")
    clean = Worker(lease_seconds=LEASE_SECONDS).run()
    say("ended", "clean" if clean else "in a hurry")


def put(jobs: int, count: int, pause: float) -> None:
    with transaction.atomic():
        Job.objects.everything(reason="test").all().delete()
    with transaction.atomic():
        for _ in range(jobs):
            say(enqueue(None, "test.slow", {"count": count, "pause": pause}).pk)


def parent() -> None:
    """Supervise the product's own worker, as `serve` does, until killed."""
    supervisor = Supervisor()
    supervisor.start()
    known = None
    while True:
        if supervisor.pid not in {None, known}:
            known = supervisor.pid
            say("worker", known)
        time.sleep(0.05)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run"]:
            run()
        case ["parent"]:
            parent()
        case ["enqueue", jobs, count, pause]:
            put(int(jobs), int(count), float(pause))
