"""Jobs: what runs for one's own account, how far it is, why it failed, and how it is cancelled."""

from __future__ import annotations

import re
from typing import Any

import pytest

from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.registry import KINDS
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.templates import Template
from openpartner.core.outgoing.models import OutgoingState
from openpartner.kit import clock
from openpartner.listings.organization_words import DELIVERIES, JOB_KINDS, JOB_STATES, MAILS
from tests.console.organization.people import browser
from tests.support.people import Person, World

LIVE = 'hx-trigger="every 2s"'


def job(person: Person | None, **values: Any) -> Job:
    given: Any = {"kind": "accounts.import", "run_at": 0, "created_at": clock.now(), **values}
    if person is not None:
        given |= {"account": person.account_pk, "user": person.user_pk}
    return Job.objects.create(**given)


def test_every_kind_and_state_has_words() -> None:
    mine = {name for name in KINDS if not name.startswith("test")}
    assert mine <= set(JOB_KINDS)
    assert set(JOB_STATES) == set(JobState)
    assert set(MAILS) == set(Template)
    assert set(DELIVERIES) == set(OutgoingState)


def test_the_list_shows_state_progress_and_who(world: World) -> None:
    job(world.dora, state=JobState.RUNNING, done=25, total=200)
    job(world.dora, state=JobState.FAILED, error="the file is no CSV", finished_at=clock.now())
    job(world.dora, state=JobState.QUEUED)
    job(world.dora, kind="listing.export", state=JobState.DONE, finished_at=clock.now())
    job(world.olga, state=JobState.RUNNING)
    job(None, kind="upkeep.prune", state=JobState.RUNNING)
    client = browser(world.dora)
    page = client.get("/jobs/").content.decode()
    assert re.findall(r'<td class="cell-choice"><span class="badge \w+">([^<]*)</span>', page) == [
        "Done",
        "Waiting",
        "Failed",
        "Running",
    ]
    assert re.findall(r"<small>(\d+) %</small>", page) == ["100", "12"]
    assert page.count("Export of a list</span>") == 1
    assert page.count("/cancel/") == 2, "of the running and the waiting one"
    for query, count in (("?state=failed", 1), ("?kind=listing.export", 1), ("?kind=accounts.import", 3)):
        assert f"<strong>{count}</strong>" in client.get(f"/jobs/{query}").content.decode(), query


def test_rows_are_read_again_only_while_something_runs(dora: Person) -> None:
    client, running = browser(dora), job(dora, state=JobState.RUNNING)
    assert LIVE in client.get("/jobs/").content.decode()
    part = client.get("/jobs/", headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode()
    assert '<div class="scroller" id="rows"' in part
    assert "<html" not in part
    assert LIVE in client.get(f"/jobs/{running.pk}/").content.decode()
    Job.objects.within(dora.caller.scope).update(state=JobState.DONE)
    assert LIVE not in client.get("/jobs/").content.decode()
    part = client.get(f"/jobs/{running.pk}/", headers={"HX-Request": "true", "HX-Target": "job"}).content.decode()
    assert part.startswith('<div class="columns" id="job"')
    assert LIVE not in part


def test_a_job_tells_why_it_failed(dora: Person) -> None:
    failed = job(dora, state=JobState.FAILED, error="line 3: <b>no account</b>", finished_at=clock.now(), attempt=5)
    page = browser(dora).get(f"/jobs/{failed.pk}/").content.decode()
    assert "line 3: &lt;b&gt;no account&lt;/b&gt;" in page
    assert "Failed" in page
    assert "/cancel/" not in page


def test_a_waiting_job_is_cancelled(dora: Person) -> None:
    client, waiting = browser(dora), job(dora, state=JobState.QUEUED)
    assert "stays as it is" in client.get(f"/jobs/{waiting.pk}/cancel/").content.decode()
    assert Job.objects.within(dora.caller.scope).get().state == JobState.QUEUED
    assert client.post(f"/jobs/{waiting.pk}/cancel/")["Location"] == f"/jobs/{waiting.pk}/"
    assert Job.objects.within(dora.caller.scope).get().state == JobState.CANCELLED
    again = client.post(f"/jobs/{waiting.pk}/cancel/")
    assert again.status_code == 422
    assert "The job has ended meanwhile." in again.content.decode()


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl", None])
def test_a_strangers_job_is_not_there(world: World, stranger: str | None) -> None:
    theirs = job(world[stranger] if stranger else None, state=JobState.QUEUED)
    client = browser(world.dora)
    assert client.get(f"/jobs/{theirs.pk}/").status_code == 404
    assert client.get(f"/jobs/{theirs.pk}/cancel/").status_code == 404
    assert client.post(f"/jobs/{theirs.pk}/cancel/").status_code == 404
    assert Job.objects.everything(reason="test").get(pk=theirs.pk).state == JobState.QUEUED


def mail(person: Person, **values: Any) -> OutgoingMail:
    number = OutgoingMail.objects.everything(reason="test").count()
    given: Any = {
        "template": Template.INVITATION,
        "language": "en",
        "recipient": "nora@example.com",
        "subject": "Hello",
    }
    given |= {"message_id": f"<{number}@test>", "created_at": clock.now(), "account": person.account_pk, **values}
    return OutgoingMail.objects.create(**given)


def test_the_mail_log_shows_states_and_errors_and_no_text(world: World) -> None:
    mail(world.dora, state=OutgoingState.FAILED, error="550 no such user", text="https://secret-link")
    mail(world.dora, state=OutgoingState.SENT, recipient="kim@example.com", template=Template.KEY_CREATED)
    mail(world.olga, recipient="theirs@example.com")
    client = browser(world.dora)
    page = client.get("/mail/").content.decode()
    assert "550 no such user" in page
    assert "Invitation" in page
    assert "Notice of a new access key" in page
    assert re.findall(r'<span class="badge (?:good|warn|bad)">([^<]*)</span>', page) == ["Sent", "Not sent"]
    assert "secret-link" not in page
    assert "theirs@example.com" not in page
    for query, count in (("?state=failed", 1), ("?recipient_contains=KIM", 1), ("?template=key-created", 1)):
        assert f"<strong>{count}</strong>" in client.get(f"/mail/{query}").content.decode(), query


def test_a_mail_tells_why_it_was_not_sent_and_not_what_it_said(world: World) -> None:
    failed = mail(world.dora, state=OutgoingState.FAILED, error="550 <no> such user", text="https://secret-link")
    page = browser(world.dora).get(f"/mail/{failed.pk}/").content.decode()
    assert "550 &lt;no&gt; such user" in page
    assert "secret-link" not in page
    for stranger in ("olga", "rita", "pia", "carl"):
        assert browser(world[stranger]).get(f"/mail/{failed.pk}/").status_code == 404
