"""Jobs: enqueued, claimed, checkpointed, taken over, cancelled, retried and scheduled."""

from __future__ import annotations

import json
import select
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from openpartner.core.access.models import AuthToken
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import change_roles, set_user_active
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible, TooSoon
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs import bell, schedule
from openpartner.core.jobs.claim import (
    ATTEMPTS_MAX,
    BACKOFF_SECONDS,
    DIED,
    LEASE_SECONDS,
    Cancelled,
    Claim,
    Lost,
    anything_due,
    claim,
)
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState, Tick
from openpartner.core.jobs.queries import JobFilter, get_job
from openpartner.core.jobs.registry import KINDS, job
from openpartner.core.jobs.run import run_claimed
from openpartner.core.jobs.work import Work
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from openpartner.listings.work import JOBS
from openpartner.worker.callers import rebuild
from openpartner.worker.run import Worker
from tests.support.people import Person, World

STEPS = "test.steps"
NOTES = "test-step"
START = datetime(2026, 1, 1, tzinfo=UTC)
stop_after: list[int] = []
seen: list[Caller] = []
errors: list[Exception] = []


def note(number: int) -> None:
    """What a step writes: rows of a table that takes any number of them."""
    Tick.objects.create(name=NOTES, slot=number)


def noted() -> list[int]:
    return list(Tick.objects.filter(name=NOTES).order_by("slot").values_list("slot", flat=True))


def one_step(work: Work, number: int) -> None:
    with work.step():
        note(number)
        work.checkpoint(str(number), done=number, total=work.args["count"])


@job(STEPS)
def steps(work: Work) -> None:
    """Write the numbers from the checkpoint to args["count"], one in a step."""
    for number in range(int(work.cursor or 0) + 1, work.args["count"] + 1):
        one_step(work, number)
    work.result = {"last": work.cursor}


@job("test.import", permission=Permission.IMPORT)
def guarded(work: Work) -> None:
    seen.append(work.caller)


@job("test.error")
def failing(work: Work) -> None:
    raise errors[-1]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    for remembered in (stop_after, seen, errors):
        remembered.clear()


@pytest.fixture
def at() -> Iterator[Callable[[int], None]]:
    """Puts the clock at so many seconds after the start of the test."""
    with clock.frozen(START):

        def move(seconds: int) -> None:
            clock._frozen.set(START + timedelta(seconds=seconds))

        yield move


def take(process: str = "worker") -> Claim:
    claimed = claim(process, sorted(KINDS))
    assert claimed is not None
    return claimed


def now(row: Job) -> Job:
    return Job.objects.everything(reason="test").get(pk=row.pk)


def run_next(stopping: Callable[[], bool] = lambda: False) -> JobState | None:
    return run_claimed(take(), rebuild, stopping)


def test_it_runs_to_its_end(db: None) -> None:
    row = enqueue(None, STEPS, {"count": 3})
    assert run_next() is JobState.DONE
    row = now(row)
    assert (row.state, row.done, row.total, row.cursor, row.attempt) == (JobState.DONE, 3, 3, "3", 1)
    assert json.loads(row.result) == {"last": "3"}
    assert row.finished_at is not None
    assert noted() == [1, 2, 3]
    assert claim("worker", sorted(KINDS)) is None


def test_the_worker_runs_what_is_due(db: None) -> None:
    enqueue(None, STEPS, {"count": 2})
    enqueue(None, STEPS, {"count": 1}, run_at=clock.now() + timedelta(hours=1))
    assert Worker().once() == 1
    assert noted() == [1, 2]


# Enqueueing.


def test_a_job_lives_and_dies_with_its_transaction(db: None) -> None:
    with transaction.atomic():
        enqueue(None, STEPS, {"count": 1})
        transaction.set_rollback(True)
    assert not anything_due(sorted(KINDS))


def test_the_bell_rings_when_the_transaction_commits(
    db: None, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    ear = bell.listen()
    assert ear is not None
    assert bell.listen() is None  # a second worker on this machine looks every second instead
    with ear:
        with django_capture_on_commit_callbacks(execute=True):
            enqueue(None, STEPS, {"count": 1})
            assert select.select([ear], [], [], 0)[0] == []
        assert select.select([ear], [], [], 1)[0] == [ear]
        bell.hush(ear)
        assert select.select([ear], [], [], 0)[0] == []
    bell.ring()  # nobody hears it, and nothing happens


def test_it_refuses_who_lacks_the_permission(carl: Person) -> None:
    with pytest.raises(NotAllowed):
        enqueue(carl.caller, "test.import", {})


def test_it_refuses_an_unknown_kind(db: None) -> None:
    with pytest.raises(KeyError):
        enqueue(None, "test.nobody-knows", {})


# The caller.


def test_the_caller_is_rebuilt(dora: Person) -> None:
    enqueue(dora.caller, "test.import", {})
    assert run_next() is JobState.DONE
    (caller,) = seen
    assert (caller.account, caller.user, caller.via) == (dora.account_pk, dora.user_pk, "job")
    assert caller.scope == dora.caller.scope
    assert caller.permissions == dora.caller.permissions


def test_the_operator_is_rebuilt(pia: Person) -> None:
    import dataclasses

    enqueue(dataclasses.replace(pia.caller, user=None, via="cli"), "test.import", {})
    assert run_next() is JobState.DONE
    assert (seen[0].user, seen[0].scope) == (None, pia.caller.scope)


def second_user(person: Person, preset: Preset) -> Caller:
    from openpartner.core.access.users import caller_of, create_user

    user = create_user(
        person.caller, name="second", email="second@example.com", password="long enough to do", presets=[preset]
    )
    return caller_of(user, via="test")


def test_a_disabled_user_runs_nothing(dora: Person) -> None:
    caller = second_user(dora, Preset.OPERATIONS)
    row = enqueue(caller, "test.import", {})
    set_user_active(dora.caller, user_id=caller.user or 0, active=False)
    assert run_next() is JobState.FAILED
    assert "disabled" in now(row).error
    assert seen == []


def test_the_permission_is_checked_again(dora: Person) -> None:
    caller = second_user(dora, Preset.OPERATIONS)
    row = enqueue(caller, "test.import", {})
    change_roles(dora.caller, user_id=caller.user or 0, presets=[Preset.READ_ONLY])
    assert run_next() is JobState.FAILED
    assert Permission.IMPORT in now(row).error
    assert seen == []


# Claiming.


def test_the_oldest_due_job_is_claimed_once(db: None, at: Callable[[int], None]) -> None:
    late = enqueue(None, STEPS, {"count": 1}, run_at=START + timedelta(seconds=20))
    early = enqueue(None, STEPS, {"count": 1}, run_at=START + timedelta(seconds=10))
    assert claim("worker", sorted(KINDS)) is None
    at(30)
    assert [take().id, take().id] == [early.pk, late.pk]
    assert claim("worker", sorted(KINDS)) is None


def test_a_kind_this_release_does_not_know_is_left_alone(db: None) -> None:
    row = enqueue(None, STEPS, {"count": 1})
    assert not anything_due(["another"])
    assert claim("worker", ["another"]) is None
    assert claim("worker", []) is None
    assert now(row).attempt == 0


def test_an_idle_worker_asks_one_question(db: None, django_assert_num_queries: Callable[..., object]) -> None:
    worker = Worker()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert not worker._run_job()


def test_another_takes_over_when_the_lease_ends(db: None, at: Callable[[int], None]) -> None:
    enqueue(None, STEPS, {"count": 3})
    first = Work(take("first"), None, lambda: False)
    one_step(first, 1)
    at(LEASE_SECONDS)
    assert claim("second", sorted(KINDS)) is None
    at(LEASE_SECONDS + 1)
    second = take("second")
    assert (second.cursor, second.attempt) == ("1", 2)

    with pytest.raises(Lost):
        one_step(first, 2)
    assert noted() == [1]
    assert first.cursor == "1"
    with pytest.raises(Lost):
        first.heartbeat()

    assert run_claimed(second, rebuild) is JobState.DONE
    assert noted() == [1, 2, 3]
    assert run_claimed(first._claim, rebuild) is None


def test_a_checkpoint_and_a_heartbeat_renew_the_lease(db: None, at: Callable[[int], None]) -> None:
    enqueue(None, STEPS, {"count": 1})
    work = Work(take(), None, lambda: False)
    at(LEASE_SECONDS - 1)
    work.checkpoint("1")
    at(2 * LEASE_SECONDS - 2)
    work.heartbeat()
    at(3 * LEASE_SECONDS - 3)
    assert claim("second", sorted(KINDS)) is None


def test_the_same_process_cannot_pass_for_its_earlier_self(db: None, at: Callable[[int], None]) -> None:
    enqueue(None, STEPS, {"count": 1})
    first = Work(take("same"), None, lambda: False)
    at(LEASE_SECONDS + 1)
    take("same")
    with pytest.raises(Lost):
        first.checkpoint("1")


# Cancelling.


def test_a_waiting_job_is_cancelled_at_once(dora: Person) -> None:
    row = enqueue(dora.caller, "test.import", {})
    assert cancel_job(dora.caller, job_id=row.pk).state == JobState.CANCELLED
    assert claim("worker", sorted(KINDS)) is None
    event = AuditEvent.objects.everything(reason="test").get(action=Action.JOB_CANCELLED)
    assert json.loads(event.details) == {"job": row.pk, "kind": "test.import"}


def test_a_running_job_is_cancelled_at_its_checkpoint(dora: Person) -> None:
    row = enqueue(dora.caller, STEPS, {"count": 3})
    claimed = take()
    work = Work(claimed, dora.caller, lambda: False)
    work.checkpoint("1", 1, 3)
    assert cancel_job(dora.caller, job_id=row.pk).state == JobState.RUNNING
    with pytest.raises(Cancelled):
        one_step(work, 2)
    assert noted() == []
    assert run_claimed(claimed, rebuild) is JobState.CANCELLED
    assert (now(row).state, now(row).cursor) == (JobState.CANCELLED, "1")


def test_a_job_cancelled_while_nobody_had_it_does_not_run(dora: Person, at: Callable[[int], None]) -> None:
    row = enqueue(dora.caller, STEPS, {"count": 3})
    take("dead")
    cancel_job(dora.caller, job_id=row.pk)
    at(LEASE_SECONDS + 1)
    assert run_next() is JobState.CANCELLED
    assert noted() == []


def test_it_refuses_to_cancel_what_has_ended(dora: Person) -> None:
    row = enqueue(dora.caller, STEPS, {"count": 1})
    run_next()
    with pytest.raises(Conflict):
        cancel_job(dora.caller, job_id=row.pk)


def test_it_refuses_to_cancel_anothers(world: World) -> None:
    row = enqueue(world.dora.caller, STEPS, {"count": 1})
    for stranger in (world.olga, world.rita, world.carl, world.pia):
        with pytest.raises(NotVisible):
            cancel_job(stranger.caller, job_id=row.pk)
    assert now(row).state == JobState.QUEUED


# Failing.


def test_an_error_is_kept_and_the_job_tried_again_later(db: None, at: Callable[[int], None]) -> None:
    row = enqueue(None, "test.error", {})
    moment = 0
    for attempt in range(1, ATTEMPTS_MAX):
        errors.append(RuntimeError(f"number {attempt}"))
        assert run_next() is JobState.QUEUED
        assert now(row).error == f"RuntimeError: number {attempt}"
        at(moment + BACKOFF_SECONDS[attempt - 1] - 1)
        assert claim("worker", sorted(KINDS)) is None
        moment += BACKOFF_SECONDS[attempt - 1]
        at(moment)
    assert run_next() is JobState.FAILED
    at(moment + 86_400)
    assert claim("worker", sorted(KINDS)) is None
    assert now(row).finished_at is not None


def test_a_refusal_is_final(db: None) -> None:
    row = enqueue(None, "test.error", {})
    errors.append(Invalid("rows", "are too many"))
    assert run_next() is JobState.FAILED
    assert now(row).error == "rows: are too many"


def test_too_soon_is_tried_again_when_it_is_time(db: None, at: Callable[[int], None]) -> None:
    row = enqueue(None, "test.error", {})
    errors.append(TooSoon("once an hour", 3600))
    assert run_next() is JobState.QUEUED
    assert now(row).run_at == int(START.timestamp()) + 3600


def test_a_job_that_kills_its_workers_fails_in_the_end(db: None, at: Callable[[int], None]) -> None:
    row = enqueue(None, STEPS, {"count": 1})
    for attempt in range(ATTEMPTS_MAX):
        assert take().attempt == attempt + 1
        at((attempt + 1) * (LEASE_SECONDS + 1))
    assert anything_due(sorted(KINDS))
    assert claim("worker", sorted(KINDS)) is None
    assert (now(row).state, now(row).error) == (JobState.FAILED, DIED)
    assert not anything_due(sorted(KINDS))


def test_a_stopping_worker_gives_the_job_back(db: None) -> None:
    row = enqueue(None, STEPS, {"count": 3})
    assert run_next(stopping=lambda: len(noted()) == 2) is JobState.QUEUED
    assert (now(row).cursor, now(row).attempt) == ("2", 0)
    assert run_next() is JobState.DONE
    assert noted() == [1, 2, 3]


# Seeing.


def test_jobs_are_seen_by_their_own_account(world: World) -> None:
    rows = [enqueue(world.dora.caller, STEPS, {"count": n}) for n in range(3)]
    enqueue(world.rita.caller, STEPS, {"count": 9})
    enqueue(None, STEPS, {"count": 9})
    listed = JOBS.source(("pk",))

    def page(who: Person, size: int) -> tuple[int, list[int]]:
        found = listed.page(who.caller.scope, JobFilter(), Slice(0, size), order=JOBS.order, exact=True)
        return found.total, [key for (key, *_) in found.items]

    assert page(world.dora, 2) == (3, [rows[2].pk, rows[1].pk])
    assert get_job(world.dora.caller.scope, rows[0].pk) == rows[0]
    for stranger in (world.olga, world.rita, world.carl, world.pia):
        with pytest.raises(NotVisible):
            get_job(stranger.caller.scope, rows[0].pk)
    assert page(world.olga, 10) == (0, [])


# The timetable.


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Makes a function the only recurring work, once a minute."""

    def set_only(run: Callable[[], None]) -> None:
        monkeypatch.setattr(schedule, "RECURRING", {"test": schedule.Recurring("test", 60, run)})

    return set_only


def test_each_slot_runs_once_for_all_workers(
    db: None, at: Callable[[int], None], only: Callable[[Callable[[], None]], None]
) -> None:
    only(lambda: note(clock.epoch_seconds()))
    one, two = schedule.Timetable(), schedule.Timetable()
    assert (one.run_due(), two.run_due(), one.run_due()) == (["test"], [], [])
    at(59)
    assert (one.run_due(), two.run_due()) == ([], [])
    at(60)
    assert (two.run_due(), one.run_due()) == (["test"], [])
    assert len(noted()) == 2


def test_a_slot_that_failed_is_left_to_another_worker(
    db: None, at: Callable[[int], None], only: Callable[[Callable[[], None]], None]
) -> None:
    def fail() -> None:
        note(1)
        raise RuntimeError

    only(fail)
    one = schedule.Timetable()
    assert one.run_due() == []
    assert noted() == []
    only(lambda: note(2))
    assert one.run_due() == []
    assert schedule.Timetable().run_due() == ["test"]
    assert noted() == [2]


def test_old_slots_are_forgotten(
    db: None, at: Callable[[int], None], only: Callable[[Callable[[], None]], None]
) -> None:
    only(lambda: None)
    timetable = schedule.Timetable()
    for minute in range(schedule.TICKS_KEPT + 20):
        at(60 * minute)
        assert timetable.run_due() == ["test"]
    assert Tick.objects.filter(name="test").count() == schedule.TICKS_KEPT + 1


def test_what_has_expired_is_pruned(dora: Person, at: Callable[[int], None]) -> None:
    worker = Worker()
    worker.once()
    assert Job.objects.everything(reason="test").count() == 0
    for number, hours in enumerate((-1, 1)):
        AuthToken.objects.create(
            user_id=dora.user_pk,
            token_hash=str(number),
            issued_at=START,
            expires_at=START + timedelta(hours=hours),
        )
    at(600)
    assert worker.once() == 1
    assert list(AuthToken.objects.values_list("token_hash", flat=True)) == ["1"]
    assert Job.objects.everything(reason="test").get().state == JobState.DONE
    at(600 + 8 * 86_400)
    assert worker.once() == 1
    assert Job.objects.everything(reason="test").count() == 1
