"""Importing a file in the browser: issue 3, section 3 (upload, dry run, errors by row, apply, history, limits)."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.run import run_claimed
from openpartner.core.loading import imports, jobs, uploads
from openpartner.core.loading.columns import COLUMNS
from openpartner.kit import clock
from openpartner.worker.callers import rebuild
from tests.console.test_customers_page import signed_in
from tests.support.pages import told
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

GOOD = "account_name,legal_name\nnewcomer,New Comer Ltd\nlatecomer,Late Comer Ltd\n"
BAD = "account_name,uin,email\nnewcomer,x1,a@b.example\nlatecomer,77,no address\n"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Callable[..., None]:
    """A data folder per test, and a way to set limits."""

    def change(**values: Any) -> None:
        settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, **values)

    change(data=str(tmp_path / "data"))
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "data" / "uploads"
    return change


def post(client: Client, content: str | bytes, name: str = "channel.csv", address: str = "/imports/new/") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post(address, {"file": SimpleUploadedFile(name, raw)})


def work() -> None:
    """What a worker does."""
    while claimed := claim(process_token(), [jobs.KIND]):
        run_claimed(claimed, rebuild)


def bring(client: Client, content: str | bytes, name: str = "channel.csv") -> str:
    """Upload, let a worker check, and return the address of the result."""
    answer = post(client, content, name)
    assert answer.status_code == 302, answer.content
    work()
    return str(answer["Location"])


def names() -> set[str]:
    found = Account.objects.everything(reason="test").filter(account_name__in=["newcomer", "latecomer"])
    return set(found.values_list("account_name", flat=True))


def kept() -> list[Path]:
    folder = uploads.path_of("0" * 32).parent
    return list(folder.glob("*")) if folder.exists() else []


def workbook(rows: list[list[str]]) -> bytes:
    book, file = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def test_choose_check_apply_and_find_it_again(dora: Person) -> None:
    client = signed_in(dora)
    answer = post(client, GOOD)
    waiting = client.get(answer["Location"]).content.decode()
    assert "Waiting for a worker" in waiting
    assert 'hx-trigger="every 1s"' in waiting, "the page looks again by itself"
    work()
    checked = client.get(answer["Location"]).content.decode()
    assert "Nothing is wrong with the file" in checked
    assert 'hx-trigger="every 1s"' not in checked
    assert names() == set(), "a dry run changes nothing"
    applied = client.post(answer["Location"] + "apply/")
    assert applied.status_code == 302
    work()
    assert names() == {"newcomer", "latecomer"}
    assert "The file was imported" in client.get(applied["Location"]).content.decode()
    assert kept() == [], "no copy of the file stays"
    history = client.get("/imports/").content.decode()
    assert history.count("channel.csv") >= 2
    assert ">Done<" in history
    event = AuditEvent.objects.everything(reason="test").get(action=Action.ACCOUNTS_IMPORTED)
    assert (event.actor_user, json.loads(event.details)["file"]) == (dora.user_pk, "channel.csv")


def test_a_workbook_is_imported_like_a_csv(dora: Person) -> None:
    client = signed_in(dora)
    address = bring(client, workbook([["account_name"], ["newcomer"]]), "Channel.XLSX")
    client.post(address + "apply/")
    work()
    assert names() == {"newcomer"}


def test_errors_are_shown_by_row_with_column_and_value(dora: Person) -> None:
    client = signed_in(dora)
    address = bring(client, BAD)
    page = client.get(address).content.decode()
    assert "2 errors; nothing was changed" in page
    assert "<code>uin</code></td><td>x1</td><td>is not a number of 1 to 18 digits</td>" in page
    assert "<tr><td>3</td><td><code>email</code></td><td>no address</td>" in page
    assert client.post(address + "apply/").status_code == 409
    assert names() == set()


def test_errors_are_paged_and_downloaded_whole(dora: Person) -> None:
    client = signed_in(dora)
    rows = "".join(f"a{number},=cmd{number}\n" for number in range(120))
    address = bring(client, "account_name,email\n" + rows)
    first, last = (client.get(f"{address}?page={number}").content.decode() for number in (1, 3))
    assert "=cmd49" in first
    assert "=cmd50" not in first
    assert "=cmd119" in last
    file = client.get(address + "errors/")
    assert "attachment" in file["Content-Disposition"]
    header, *lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert header == ["Row", "Column", "Value", "What is wrong"]
    assert len(lines) == 120
    assert lines[0] == ["2", "email", "'=cmd0", "is not an e-mail address"], "no cell is a formula"


def test_the_file_waits_a_day_to_be_applied(dora: Person) -> None:
    client = signed_in(dora)
    address = bring(client, GOOD)
    imports.sweep()
    assert len(kept()) == 1
    old = kept()[0].stat().st_mtime - timedelta(hours=25).total_seconds()
    os.utime(kept()[0], (old, old))
    imports.sweep()
    assert kept() == []
    assert "gone now" in client.get(address).content.decode()
    assert client.post(address + "apply/").status_code == 409


def test_applying_twice_imports_once(dora: Person) -> None:
    client = signed_in(dora)
    address = bring(client, GOOD)
    first, second = (client.post(address + "apply/")["Location"] for _ in range(2))
    assert first == second
    page = client.get(address).content.decode()
    assert "Show what was imported" in page
    assert "/apply/" not in page


def test_errors_are_told_for_a_week(dora: Person) -> None:
    client = signed_in(dora)
    address = bring(client, BAD)
    bring(client, GOOD)
    imports.sweep()
    assert "2 errors" in client.get(address).content.decode()
    job = Job.objects.everything(reason="test").filter(kind=jobs.KIND)
    job.update(finished_at=clock.now() - timedelta(days=8))
    imports.sweep()
    assert "2 errors" not in client.get(address).content.decode()


def test_the_history_is_narrowed_by_name_step_and_state(dora: Person) -> None:
    client = signed_in(dora)
    bring(client, BAD, "bad.csv")
    client.post(bring(client, GOOD, "good.csv") + "apply/")
    work()

    def found(query: str) -> tuple[int, int]:
        page = client.get(f"/imports/?{query}").content.decode()
        return page.count(">bad.csv<"), page.count(">good.csv<")

    assert found("") == (1, 2)
    assert found("name_contains=GOOD") == (0, 2)
    assert found("step=1") == (0, 1)
    assert found("state=failed") == (1, 0)


def test_another_import_leaves_what_waits_to_be_applied(dora: Person) -> None:
    client = signed_in(dora)
    address = bring(client, GOOD)
    bring(client, BAD)
    client.post(address + "apply/")
    post(client, "account_name\nthird\n")  # while the file is being applied
    work()
    assert names() == {"newcomer", "latecomer"}


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (3 * 2**20))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "empty.csv", "The file is empty."),
        (b"account_name\nx\n", "channel.pdf", "ends in .csv or .xlsx"),
        (b"account_name\nx\n", "channel", "ends in .csv or .xlsx"),
        (b"account_name\nx\n", "channel.xlsx", "not an Excel workbook"),
        (b"PK\x03\x04 and so on", "channel.csv", "not CSV, whatever its name says"),
        (b"PK\x03\x04 and so on", "channel.xlsx", "is a damaged workbook"),
        (bomb(), "bomb.xlsx", "expands to more than 1 MB"),
        (b"\xff\xfe\x00", "channel.csv", "is not UTF-8 text"),
        (b"nothing,known\n1,2\n", "channel.csv", "has no column account_name"),
        (b"account_name\n", "channel.csv", "has no line below the header"),
        (b"account_name\n" + b"x" * 2**20, "channel.csv", "larger than 1 MB"),
    ],
)
def test_what_is_no_import_file_is_refused_beside_the_field(
    dora: Person, data: Callable[..., None], content: bytes, name: str, says: str
) -> None:
    data(import_megabytes=1)
    answer = post(signed_in(dora), content, name)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Job.objects.everything(reason="test").filter(kind=jobs.KIND).exists()
    assert kept() == []


def test_no_file_at_all_is_said(dora: Person) -> None:
    answer = signed_in(dora).post("/imports/new/", {})
    assert (answer.status_code, "Choose a file." in answer.content.decode()) == (422, True)


def test_too_many_rows_are_refused_by_the_check(dora: Person, data: Callable[..., None]) -> None:
    data(import_rows=1)
    client = signed_in(dora)
    page = client.get(bring(client, GOOD)).content.decode()
    assert "The file was refused" in page
    assert "has more than 1 rows" in page


@pytest.mark.parametrize("address", ["/sign-in/", "/customers/", "/appearance/"])
def test_files_are_thrown_away_everywhere_else(dora: Person, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may not import cannot fill the disk, and who may cannot by another address."""
    made: list[object] = []
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", made.append)
    for client in (Client(), signed_in(dora)):
        assert post(client, "x" * 2**20, address=address).status_code < 500
    assert made == []
    assert kept() == []


def test_a_stranger_leaves_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", made.append)
    assert post(Client(), GOOD).status_code == 302
    assert made == []


def test_an_upload_needs_the_token(dora: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(dora.user, backend="openpartner.console.backend.SessionBackend")
    assert post(client, GOOD).status_code == 403
    client.get("/imports/new/")
    token = client.cookies["csrftoken"].value
    file = SimpleUploadedFile("channel.csv", GOOD.encode())
    assert client.post("/imports/new/", {"csrfmiddlewaretoken": token, "file": file}).status_code == 302


def test_others_imports_are_as_absent_ones(dora: Person, olga: Person) -> None:
    address = bring(signed_in(dora), BAD)
    client = signed_in(olga)
    for part in ("", "errors/"):
        foreign, absent = client.get(address + part), client.get(f"/imports/987654321/{part}")
        assert foreign.status_code == absent.status_code == 404
        assert told(foreign) == told(absent)
    assert client.post(address + "apply/").status_code == 404
    assert client.post(address + "cancel/").status_code == 404
    assert "channel.csv" not in client.get("/imports/").content.decode()


@pytest.mark.parametrize("number", ["x", "-1", "9" * 40, "1.5"])
def test_bad_numbers_are_no_server_error(dora: Person, number: str) -> None:
    assert signed_in(dora).get(f"/imports/{number}/").status_code == 404


def test_a_waiting_import_is_cancelled(dora: Person) -> None:
    client = signed_in(dora)
    address = post(client, GOOD)["Location"]
    assert client.post(address + "cancel/").status_code == 302
    work()
    assert "nothing was changed" in client.get(address).content.decode()
    assert Job.objects.everything(reason="test").get(kind=jobs.KIND).state == JobState.CANCELLED


def test_who_may_not_import_sees_nothing_of_it(dora: Person) -> None:
    add_user(account=dora.account, name="rob", email="rob@example.com", password=None, presets=[Preset.READ_ONLY])
    client = Client()
    user = type(dora.user).objects.everything(reason="test").get(email="rob@example.com")
    client.force_login(user, backend="openpartner.console.backend.SessionBackend")
    assert client.get("/imports/").status_code == 403
    assert post(client, GOOD).status_code == 403
    assert "/imports/" not in client.get("/customers/").content.decode()


def test_the_template_has_every_column_and_imports(dora: Person) -> None:
    client = signed_in(dora)
    content = client.get("/imports/template/").content
    assert content.decode("utf-8-sig").strip().split(",") == [column.name for column in COLUMNS]
    assert content.startswith("\ufeff".encode()), "spreadsheets read it as UTF-8"
    line = ",".join("newcomer" if column.name == "account_name" else "" for column in COLUMNS)
    assert "Nothing is wrong" in client.get(bring(client, content + line.encode())).content.decode()


def test_the_browser_changes_what_the_command_line_would(dora: Person, tmp_path: Path) -> None:
    """The same rules: the dry run tells the same numbers as the one of the command."""
    client = signed_in(dora)
    bring(client, GOOD)
    path = tmp_path / "channel.csv"
    path.write_text(GOOD, "utf-8")
    started = imports.start_import(dora.caller, path, dry_run=True)
    work()
    here, there = Job.objects.everything(reason="test").filter(kind=jobs.KIND).order_by("id")
    assert started.pk == there.pk
    assert json.loads(here.result) == json.loads(there.result)
