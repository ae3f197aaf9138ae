"""Exports: who may, what is told; cancelled, expired and refused ones."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import caller_of, change_roles, create_user, set_user_active
from openpartner.core.accounts.models import Account
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, NotAllowed, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.jobs.results import forget_expired, open_result
from openpartner.kit import clock, xlsx
from openpartner.kit.rows import CsvFile
from openpartner.kit.slices import Slice
from openpartner.kit.xlsx import Workbook
from openpartner.listings import jobs
from openpartner.listings.exports import KIND, OPEN_MAX, fetch_export, list_exports, start_export
from openpartner.worker.run import Worker
from tests.listings.exporting import (
    csv_lines,
    exported,
    furnished,
    sheet_lines,
)
from tests.support.people import PASSWORD, Person, World


@pytest.fixture
def people(world: World, random: Random) -> World:
    """Everybody, with a crowd, money and bills."""
    return furnished(world, random)


def test_values_are_masked_unless_asked_for(people: World) -> None:
    # tests/support/people.py: Cleo Clinics, 13900000011, cleo@example.com
    query = "uin=200000000011&columns=customer,mobile,email"
    caller = people["rita"].caller
    assert csv_lines(exported(caller, "customers", query)[1])[1:] == [["C****", "139****0011", "c****@example.com"]]
    _, content = exported(caller, "customers", query, unmasked=True)
    (line,) = csv_lines(content)[1:]
    assert line[:3] == ["Cleo Clinics", "13900000011", "cleo@example.com"]


def test_a_file_in_full_says_who_has_it(people: World) -> None:
    caller = people["dora"].caller
    export, content = exported(caller, "customers", unmasked=True)
    assert export.name.startswith("customers-2")
    assert export.name.endswith("-UNMASKED-dora.csv")
    header, *lines = csv_lines(content)
    assert header[-1] == "Exported by"
    assert {line[-1].partition(" ")[0] for line in lines} == {"dora_account/dora"}
    export, content = exported(caller, "customers", unmasked=True, file_format="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.properties.creator == "dora_account/dora"
    told = {str(row[0].value): row[1].value for row in book.worksheets[-1].iter_rows()}
    assert told["Exported by"] == "dora_account/dora"
    assert told["Personal data"] == "in full"
    assert told["Rows"] == str(export.rows)


def test_words_are_in_the_language_of_whoever_asked(people: World) -> None:
    """Set in the catalogues by one person at the end; until then both are English, so the mechanism is tested."""
    from django.utils import translation

    before = translation.get_language()
    exported(people["dora"].caller, "customers")
    assert translation.get_language() == before


def test_columns_and_order_are_those_of_the_question(people: World) -> None:
    caller = people["dora"].caller
    options: dict[str, Any] = {"columns": "uin,tags", "order": "-uin"}
    header, *lines = csv_lines(exported(caller, "customers", **options)[1])
    assert header == ["UIN", "Tags"]
    uins = [int(line[0]) for line in lines]
    assert uins == sorted(uins, reverse=True)
    # What the address says itself stands.
    header, *_ = csv_lines(exported(caller, "customers", "columns=uin&sort=uin&page=3&size=20", **options)[1])
    assert header == ["UIN"]


def test_many_rows_are_several_sheets(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "SHEET_ROWS_MAX", 30)
    export, content = exported(people["pia"].caller, "customers", file_format="xlsx")
    assert export.rows is not None
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [sheet.max_row - 1 for sheet in book.worksheets[:-1]]
    assert rows == [29] * (export.rows // 29) + [export.rows % 29]
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert xlsx.SHEET_ROWS_MAX == 1_048_576


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_empty_list_is_a_header(people: World, form: str) -> None:
    export, content = exported(people["dora"].caller, "customers", "uin=1", file_format=form)
    assert export.rows == 0
    assert len(csv_lines(content) if form == "csv" else sheet_lines(content)) == 1


# -------------------------------------------------------------------------------------------- who may, and what is told


def member(dora: Person, *presets: Preset) -> Caller:
    user = create_user(dora.caller, name="mia", email="mia@example.com", password=PASSWORD, presets=list(presets))
    return caller_of(User.objects.everything(reason="test").get(pk=user.pk), via="test")


@pytest.mark.parametrize("preset", [preset for preset in Preset if preset is not Preset.ADMINISTRATOR])
def test_only_administrators_export_customers(dora: Person, preset: Preset) -> None:
    """Seed 003: the customer list is exported by administrators alone."""
    with pytest.raises(NotAllowed):
        start_export(member(dora, preset), listing="customers", query="")
    assert not Job.objects.everything(reason="test").filter(kind=KIND).exists()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"listing": "nothing", "query": ""}, NotVisible),
        ({"listing": "customers", "query": "", "file_format": "json"}, Invalid),
        ({"listing": "customers", "query": "", "file_format": "pdf"}, Invalid),
        ({"listing": "customers", "query": "uin=abc"}, Invalid),
        ({"listing": "customers", "query": "associated_from=yesterday"}, Invalid),
        ({"listing": "customers", "query": "x" * 5000}, Invalid),
    ],
)
def test_a_wrong_question_is_refused_before_there_is_a_job(
    dora: Person, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        start_export(dora.caller, **options)
    assert not Job.objects.everything(reason="test").exists()


def test_a_closed_tab_is_not_exported(dora: Person) -> None:
    """Seed 000: customers of second-level resellers are for those on the allowlist."""
    with pytest.raises(NotAllowed):
        start_export(dora.caller, listing="customers", query="tab=indirect")


def test_a_person_has_few_exports_at_a_time(dora: Person) -> None:
    for _ in range(OPEN_MAX):
        start_export(dora.caller, listing="customers", query="")
    with pytest.raises(LimitReached):
        start_export(dora.caller, listing="customers", query="")


def actions() -> list[tuple[str, Any, str]]:
    return [
        (event.action, json.loads(event.details).get("rows"), event.actor_name)
        for event in AuditEvent.objects.everything(reason="test").filter(action__startswith="list.").order_by("pk")
    ]


@pytest.mark.parametrize(("unmasked", "done"), [(False, "list.exported"), (True, "list.exported-unmasked")])
def test_the_audit_log_tells_who_asked_what_was_made_and_who_fetched_it(
    dora: Person, done: str, *, unmasked: bool
) -> None:
    exported(dora.caller, "customers", unmasked=unmasked)
    who = "dora_account/dora"
    # tests/support/people.py: cora, chen and cyro are dora's own; the default tab shows those.
    assert actions() == [("list.export-asked", None, who), (done, 3, who), ("list.export-fetched", None, who)]


def test_nothing_is_offered_when_the_permission_is_gone(dora: Person) -> None:
    caller = member(dora, Preset.ADMINISTRATOR)
    job = start_export(caller, listing="customers", query="")
    change_roles(dora.caller, user_id=caller.user or 0, presets=[Preset.READ_ONLY])
    assert ended(job) == JobState.FAILED
    assert not ResultFile.objects.everything(reason="test").exists()
    assert parts() == []
    (line,) = list_exports(dora.caller, Slice(0, 10)).items
    assert (line.state, line.can_be_fetched, line.rows) == (JobState.FAILED, False, None)


def test_nothing_is_offered_when_the_person_is_disabled(dora: Person) -> None:
    caller = member(dora, Preset.ADMINISTRATOR)
    job = start_export(caller, listing="customers", query="")
    set_user_active(dora.caller, user_id=caller.user or 0, active=False)
    assert ended(job) == JobState.FAILED
    assert not ResultFile.objects.everything(reason="test").exists()


def test_the_scope_is_the_one_of_now(world: World) -> None:
    """A customer that has left the reseller meanwhile is not in its file."""
    rita = world["rita"]
    start_export(rita.caller, listing="customers", query="")
    cleo = Account.objects.everything(reason="test").get(pk=world["cleo"].account_pk)
    Account.objects.everything(reason="test").filter(pk=cleo.pk).update(
        partner=None, payer=None, manager=None, association_kind=None, associated_at=None
    )
    assert Worker().once() >= 1  # and perhaps what is due by the clock
    (line,) = list_exports(rita.caller, Slice(0, 1)).items
    assert line.rows == 1  # carl


def ended(job: Job) -> str:
    assert Worker().once() >= 1  # and perhaps what is due by the clock
    job.refresh_from_db()
    return job.state


def parts() -> list[Path]:
    folder = jobs.parts_folder()
    return list(folder.iterdir()) if folder.exists() else []


# --------------------------------------------------------------------------------------- history, links, cancelling


def test_history_shows_what_an_account_exported(people: World) -> None:
    dora = people["dora"]
    export, content = exported(dora.caller, "customers", "tab=own&sort=uin", file_format="xlsx")
    (line,) = list_exports(dora.caller, Slice(0, 10)).items
    assert (line.title, line.file_format, line.user_name) == ("Customers", "xlsx", "dora")
    assert line.size == len(content)
    assert line.rows == line.done == line.total == export.rows
    assert line.can_be_fetched
    assert not line.can_be_cancelled
    assert "sort=uin" in line.query
    assert line.expires_at is not None
    assert timedelta(days=6, hours=23) < line.expires_at - clock.now() <= timedelta(days=7)
    for stranger in ("olga", "rita", "pia"):
        assert list_exports(people[stranger].caller, Slice(0, 10)).items == []


@pytest.mark.parametrize("stranger", ["olga", "rita", "pia", "carl"])
def test_another_account_fetches_nothing(people: World, stranger: str) -> None:
    export, _ = exported(people["dora"].caller, "customers")
    with pytest.raises(NotVisible):
        fetch_export(people[stranger].caller, job_id=export.job)
    with pytest.raises(NotVisible):
        open_result(people[stranger].caller, fetch_export(people["dora"].caller, job_id=export.job))


def test_a_colleague_sees_it_and_does_not_fetch_it(dora: Person) -> None:
    export, _ = exported(dora.caller, "customers")
    mia = member(dora, Preset.ADMINISTRATOR)
    (line,) = list_exports(mia, Slice(0, 10)).items
    assert not line.can_be_fetched
    with pytest.raises(NotVisible):
        fetch_export(mia, job_id=export.job)


def test_a_new_link_ends_the_one_before(dora: Person) -> None:
    export, _ = exported(dora.caller, "customers")
    first, second = (fetch_export(dora.caller, job_id=export.job) for _ in range(2))
    with pytest.raises(NotVisible):
        open_result(dora.caller, first)
    open_result(dora.caller, second)[1].close()


def test_it_expires_after_a_week(dora: Person) -> None:
    export, _ = exported(dora.caller, "customers")
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        (line,) = list_exports(dora.caller, Slice(0, 10)).items
        assert (line.is_expired, line.can_be_fetched) == (True, False)
        with pytest.raises(NotVisible):
            fetch_export(dora.caller, job_id=export.job)
        assert forget_expired() >= 1
        (line,) = list_exports(dora.caller, Slice(0, 10)).items
        assert (line.is_expired, line.rows, line.name) == (True, export.rows, export.name)


def test_a_cancelled_export_leaves_nothing(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dora = people["dora"]
    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 5)
    monkeypatch.setattr(jobs, "CHECKPOINT_SECONDS", 0)
    job = start_export(dora.caller, listing="customers", query="")
    seen: list[int] = []
    real = CsvFile.write

    def write(file: Any, text: bytes, rows: int) -> None:
        real(file, text, rows)
        seen.append(rows)
        if len(seen) == 2:
            assert len(parts()) == 1
            cancel_job(dora.caller, job_id=job.pk)

    monkeypatch.setattr(CsvFile, "write", write)
    assert ended(job) == JobState.CANCELLED
    assert seen == [5, 5]
    assert parts() == []
    assert not ResultFile.objects.everything(reason="test").exists()
    assert ("list.exported", 10, "dora_account/dora") not in actions()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_that_fails_goes_on_where_it_was(people: World, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 5)
    monkeypatch.setattr(jobs, "CHECKPOINT_SECONDS", 0)
    caller = people["pia"].caller
    expected = exported(caller, "customers", file_format=form)[1]
    job = start_export(caller, listing="customers", query="", file_format=form)
    real, seen = CsvFile.write if form == "csv" else Workbook.write, []

    def write(file: Any, text: bytes, rows: int) -> None:
        seen.append(rows)
        if len(seen) in {3, 6}:
            raise OSError("the disk is full")
        real(file, text, rows)

    monkeypatch.setattr(CsvFile if form == "csv" else Workbook, "write", write)
    for _ in range(3):
        Job.objects.everything(reason="test").filter(pk=job.pk).update(run_at=0)
        Worker().once()
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 3)
    total = list_exports(caller, Slice(0, 1)).items[0].rows
    assert total is not None
    assert sum(seen) == total + 2 * 5  # every row once, but for the two batches that failed
    with open_result(caller, fetch_export(caller, job_id=job.pk))[1] as file:
        content = file.read()
    assert (csv_lines if form == "csv" else sheet_lines)(content) == (csv_lines if form == "csv" else sheet_lines)(
        expected
    )
    assert parts() == []


def test_parts_of_the_dead_are_swept(dora: Person) -> None:
    folder = jobs.parts_folder()
    folder.mkdir(parents=True, exist_ok=True)
    job = start_export(dora.caller, listing="customers", query="")
    remembered, forgotten = folder / f"{job.pk}-aa", folder / f"{job.pk}-bb"
    for part in (remembered, forgotten):
        part.write_bytes(b"x")
    Job.objects.everything(reason="test").filter(pk=job.pk).update(cursor=json.dumps({"part": remembered.name}))
    jobs.sweep()
    assert set(parts()) == {remembered, forgotten}  # young
    with clock.frozen(clock.now() + timedelta(hours=2)):
        jobs.sweep()
        assert parts() == [remembered]
        cancel_job(dora.caller, job_id=job.pk)
        jobs.sweep()
    assert parts() == []


def test_the_unmasked_permission_is_its_own(dora: Person) -> None:
    from dataclasses import replace

    without = replace(dora.caller, permissions=dora.caller.permissions - {Permission.EXPORT_UNMASKED})
    start_export(without, listing="customers", query="")
    with pytest.raises(NotAllowed):
        start_export(without, listing="customers", query="", unmasked=True)
