"""An export whose worker is killed: another worker finishes it, the file is whole and it is listed once."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.faults.test_import_killed import here, run
from tests.faults.test_worker_killed import ROOT, Installation, hear

__all__ = ["here"]  # the fixture
pytestmark = pytest.mark.slow  # real processes on a database of their own

KILLED_AT = [
    # the point, how often it is passed before, whether it is a second worker that is killed there as well, the format
    ("written", 0, False, "csv"),
    ("written", 7, False, "csv"),
    ("saved", 0, False, "csv"),
    ("saved", 5, False, "csv"),
    ("saved", 5, True, "xlsx"),
    ("copied", 0, True, "xlsx"),
    ("moved", 0, False, "csv"),
    ("told", 0, False, "xlsx"),
    ("listed", 0, False, "csv"),
]
ASK = """
import sys, django
django.setup()
from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.listings.exports import start_export
users = User.objects.everything(reason="test").select_related("account").filter(account__kind=AccountKind.PROVIDER)
callers = [caller_of(user, via="test") for user in users]
caller = next(one for one in callers if Permission.CUSTOMER_EXPORT in one.permissions)
start_export(caller, listing="customers", query="columns=uin,customer&sort=uin", file_format=sys.argv[1])
"""


def kill_at(here: Installation, point: str, passes: int, seconds: float) -> None:
    words = ["-m", "tests.faults.export_process", point, str(passes), str(seconds)]
    process = subprocess.Popen(
        [sys.executable, *words], env=here.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    hear(process, f"at {point}")
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    here.sql("UPDATE job SET lease = 0 WHERE state = 'running'")  # as it is a minute later


def uins(path: Path, form: str) -> list[str]:
    if form == "csv":
        lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True))
        return [line[0] for line in lines[1:]]
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return [str(row[0].value) for row in book.worksheets[0].iter_rows(min_row=2)]


@pytest.mark.parametrize(("point", "passes", "twice", "form"), KILLED_AT)
def test_another_worker_finishes_the_file(
    here: Installation, tmp_path: Path, form: str, point: str, passes: int, *, twice: bool
) -> None:
    expected = [
        str(row[0])
        for row in here.sql("SELECT uin FROM account WHERE kind = 5 AND partner_id IS NOT NULL ORDER BY uin")
    ]
    assert len(expected) > 30  # the fixture's demo
    subprocess.run(
        [sys.executable, "-c", ASK, form],
        env={**here.environment, "DJANGO_SETTINGS_MODULE": "openpartner.project.settings"},
        cwd=ROOT,
        check=True,
    )
    if twice:
        kill_at(here, "saved", 3, 0)
    kill_at(here, point, passes, 0 if point != "written" else 600)
    committed = point == "listed"
    assert here.sql("SELECT count(*) FROM result_file") == [(int(committed),)]
    assert here.sql("SELECT state FROM job WHERE kind = 'listing.export'") == [("running",)]

    run(here, "worker", "--once")
    run(here, "worker", "--once")
    state, result, attempt = here.sql("SELECT state, result, attempt FROM job WHERE kind = 'listing.export'")[0]
    assert (state, attempt) == ("done", 3 if twice else 2)
    assert json.loads(result)["rows"] == len(expected)
    stored, size = here.sql("SELECT stored, size FROM result_file")[0]
    folder = tmp_path / "data" / "results"
    assert (folder / stored).stat().st_size == size
    # A file that was moved and never listed stays for the sweep, under a name nobody was told.
    assert len(list(folder.iterdir())) == 1 + (point in {"moved", "told"})
    assert not list((tmp_path / "data" / "exports").iterdir())
    assert uins(folder / stored, form) == expected
    made = here.sql("SELECT count(*) FROM audit_event WHERE action = 'list.exported'")
    assert made == [(1,)]
