"""Importing an existing channel from CSV and XLSX: issue 2, sections 4 and 6."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner, Result
from django.db import connection

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import bind, release
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension, Verification
from openpartner.core.customers.models import ManagerAssignment, SuspensionCause, SuspensionRecord
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.run import run_claimed
from openpartner.core.loading import applying, jobs, matching, staging, uploads
from openpartner.core.loading.columns import COLUMNS
from openpartner.core.loading.imports import faults_of, start_import
from openpartner.core.loading.models import ImportFault, StagedAccount
from openpartner.core.loading.verify import verify
from openpartner.project.commands.imports import command
from openpartner.worker.callers import rebuild
from tests.support.people import Person, World
from tests.tidy.tree import ROOT

pytestmark = pytest.mark.django_db

HEADER = "kind,uin,account_name,legal_name,partner,associated_at,country_code,mobile,email,labels,account_manager\n"
CHANNEL = (
    HEADER
    + 'customer,9,shop,Shop & Söhne,sub,2024-05-06T07:08:09Z,+86,139 1234-5678,a@b.example,"b, a",\n'
    + "second-level reseller,,sub,Sub KK,7,2024-02-01,,,,,\n"
    + "distributor,7,dist,Dist GmbH,,2024-01-01,0049,151222333,,,\n"
    + ",123456789012345678,firm,上海某某科技,dora_account,2024-03-01 10:00:00,,,,,mira@example.com\n"
)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Callable[..., None]:
    """A data folder per test, and a way to set limits."""

    def change(**values: Any) -> None:
        settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, **values)

    change(data=str(tmp_path / "data"))
    return change


def staff(person: Person, name: str, preset: Preset) -> User:
    return add_user(account=person.account, name=name, email=f"{name}@example.com", password=None, presets=[preset])


@pytest.fixture
def mira(world: World) -> int:
    """An account manager of dora's."""
    return add_user(
        account=world.dora.account,
        name="mira",
        email="mira@example.com",
        password=None,
        presets=[Preset.ACCOUNT_MANAGER],
    ).pk


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Job]:
    """Import a file (text, bytes or a path) as a worker would, and return its job as it ended."""

    def run(caller: Caller, content: str | bytes | Path, *, dry_run: bool = False) -> Job:
        path = content if isinstance(content, Path) else tmp_path / "channel.csv"
        if isinstance(content, str):
            path.write_text(content, "utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        started = start_import(caller, path, dry_run=dry_run)
        claimed = claim(process_token(), [jobs.KIND])
        assert claimed is not None
        run_claimed(claimed, rebuild)
        ended = Job.objects.everything(reason="test").get(pk=started.pk)
        assert not StagedAccount.objects.everything(reason="test").exists()
        assert not list(uploads.path_of("0" * 32).parent.iterdir()), "the copy is removed"
        return ended

    return run


Put = Callable[..., Job]


def result(job: Job) -> dict[str, Any]:
    assert job.state == JobState.DONE, job.error
    found: dict[str, Any] = json.loads(job.result)
    return found


def faults(caller: Caller, job: Job) -> list[tuple[int, str]]:
    assert job.state == JobState.FAILED
    assert "nothing was imported" in job.error
    return [(fault.line, fault.column) for fault in faults_of(caller.scope, job.pk)]


def account(**where: Any) -> Account:
    return Account.objects.everything(reason="test").get(**where)


def total() -> int:
    return Account.objects.everything(reason="test").count()


def sound() -> bool:
    return not any(report.count for report in verify(everything=True))


def test_it_imports_a_channel_in_any_order_of_rows(world: World, mira: int, put: Put) -> None:
    assert result(put(world.pia.caller, CHANNEL)) == {
        "rows": 4, "new": 4, "changed": 0, "bound": 0, "unchanged": 0, "dry_run": False,
    }  # fmt: skip  # one line of counts
    dist, sub, shop, firm = account(uin=7), account(account_name="sub"), account(uin=9), account(account_name="firm")
    assert (dist.kind, dist.partner_id, dist.payer_id) == (AccountKind.DISTRIBUTOR, world.pia.account_pk, dist.pk)
    assert (sub.kind, sub.partner_id, sub.payer_id) == (AccountKind.SECOND_LEVEL_RESELLER, dist.pk, dist.pk)
    assert (shop.partner_id, shop.payer_id, shop.provider_id) == (sub.pk, dist.pk, world.pia.account_pk)
    assert (shop.country_code, shop.mobile, shop.labels) == ("0086", "13912345678", "a,b")
    assert shop.associated_at == shop.registered_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert len(str(sub.uin)) == 12
    assert (firm.uin, firm.manager_id) == (123456789012345678, mira)
    assert ManagerAssignment.objects.everything(reason="test").get(customer=firm).manager_id == mira
    assert sound()


def test_the_second_run_changes_nothing(world: World, mira: int, put: Put) -> None:
    put(world.pia.caller, CHANNEL)
    before = [list(Account.objects.everything(reason="test").order_by("id").values_list())]
    again = result(put(world.pia.caller, CHANNEL))
    assert (again["unchanged"], again["new"], again["changed"]) == (4, 0, 0)
    assert [list(Account.objects.everything(reason="test").order_by("id").values_list())] == before
    assert Association.objects.everything(reason="test").filter(child__account_name="shop").count() == 1


def test_it_changes_what_the_file_says_and_nothing_else(world: World, mira: int, put: Put) -> None:
    carl = world.carl.account
    text = "account_name,legal_name,remark,verification,suspension\ncarl_account,Carl Tea Co,,verified,account\n"
    assert result(put(world.pia.caller, text))["changed"] == 1
    after = account(pk=carl.pk)
    assert (after.legal_name, after.remark, after.mobile) == ("Carl Tea Co", carl.remark, carl.mobile)
    assert (after.verification, after.suspension) == (Verification.VERIFIED, Suspension.ACCOUNT)
    assert after.verified_at is not None
    assert after.suspended_at is not None
    assert sound()


def test_suspensions_are_begun_and_ended_with_history(world: World, put: Put) -> None:
    """huawei:E2: the state of a customer and its history never say different things."""
    for level in ("account", "account and resources", "account and resources", "not suspended"):
        put(world.pia.caller, f"account_name,suspension\ncarl_account,{level}\n")
    carl = account(account_name="carl_account")
    rows = SuspensionRecord.objects.everything(reason="test").filter(customer=carl).order_by("pk")
    assert [(row.level, row.cause, row.until is None) for row in rows] == [
        (Suspension.ACCOUNT, SuspensionCause.IMPORT, False),
        (Suspension.ACCOUNT_AND_RESOURCES, SuspensionCause.IMPORT, False),
    ]
    assert (carl.suspension, carl.suspended_at) == (Suspension.NONE, None)


def test_an_account_manager_is_replaced_with_history(world: World, mira: int, put: Put) -> None:
    other = add_user(
        account=world.dora.account,
        name="otis",
        email="otis@example.com",
        password=None,
        presets=[Preset.ACCOUNT_MANAGER],
    ).pk
    put(world.dora.caller, "account_name,account_manager\ncora_account,mira@example.com\n")
    put(world.dora.caller, "account_name,account_manager\ncora_account,OTIS@example.com\n")
    rows = ManagerAssignment.objects.everything(reason="test").filter(customer=world.cora.account_pk).order_by("id")
    assert [(row.manager_id, row.until is None) for row in rows] == [(mira, False), (other, True)]
    assert sound()


def test_an_unbound_account_is_bound_again(world: World, put: Put) -> None:
    cleo = world.cleo.account
    assert cleo.associated_at is not None
    release(cleo, until=cleo.associated_at + timedelta(days=1), by="test")
    text = "account_name,partner,associated_at\ncleo_account,dora_account,2025-01-01\n"
    assert result(put(world.pia.caller, text))["bound"] == 1
    assert account(pk=cleo.pk).partner_id == world.dora.account_pk
    assert result(put(world.pia.caller, text))["unchanged"] == 1
    assert sound()


def test_a_bound_account_is_never_moved(world: World, put: Put) -> None:
    text = "account_name,partner,association_type,associated_at\ncarl_account,dora_account,referral,2020-01-01\n"
    refused = put(world.pia.caller, text)
    assert faults(world.pia.caller, refused) == [(2, "partner"), (2, "association_type"), (2, "associated_at")]
    assert world.carl.account.partner_id == world.rita.account_pk


def test_a_dry_run_writes_nothing(world: World, mira: int, put: Put) -> None:
    before = total()
    assert result(put(world.pia.caller, CHANNEL, dry_run=True))["new"] == 4
    assert total() == before
    assert not AuditEvent.objects.everything(reason="test").filter(action=Action.ACCOUNTS_IMPORTED).exists()


def test_it_is_audited(world: World, mira: int, put: Put) -> None:
    ended = put(world.pia.caller, CHANNEL)
    (event,) = AuditEvent.objects.everything(reason="test").filter(action=Action.ACCOUNTS_IMPORTED)
    details = json.loads(event.details)
    assert (details["job"], details["new"], details["file"]) == (ended.pk, 4, "channel.csv")
    assert event.actor_user == world.pia.user_pk


BAD_ROWS = [
    # cells by column, the column that is told
    ({"kind": "provider"}, "kind"),
    ({"uin": "0"}, "uin"),
    ({"uin": "1234567890123456789"}, "uin"),
    ({"uin": "１２"}, "uin"),
    ({"account_id": "zz"}, "account_id"),
    ({"account_name": ""}, "account_name"),
    ({"account_name": "x" * 129}, "account_name"),
    ({"account_name": "nul\x00"}, "account_name"),
    ({"partner": "nobody"}, "partner"),
    ({"partner": ""}, "partner"),
    ({"partner": "carl_account"}, "partner"),
    ({"partner": "pia_account"}, "partner"),
    ({"association_type": "marriage"}, "association_type"),
    ({"associated_at": "yesterday"}, "associated_at"),
    ({"associated_at": "2999-01-01"}, "associated_at"),
    ({"associated_at": "1970-01-01"}, "associated_at"),
    ({"country_code": "9999"}, "country_code"),
    ({"mobile": "+49 151"}, "mobile"),
    ({"email": "not an address"}, "email"),
    ({"region": "XX"}, "region"),
    ({"industry": "kghy_99"}, "industry"),
    ({"customer_type": "robot"}, "customer_type"),
    ({"customer_level": "gold"}, "customer_level"),
    ({"verification": "maybe"}, "verification"),
    ({"verified_at": "2024-01-01"}, "verified_at"),
    ({"suspended_at": "2024-01-01"}, "suspended_at"),
    ({"labels": "x" * 65}, "labels"),
    ({"remark": "x" * 256}, "remark"),
    ({"bills_visible": "perhaps"}, "bills_visible"),
    ({"site": "cn"}, "site"),
    ({"account_manager": "nobody@example.com"}, "account_manager"),
    ({"account_manager": "olga@example.com"}, "account_manager"),
    ({"kind": "reseller", "partner": "", "account_manager": "mira@example.com"}, "account_manager"),
    ({"kind": "reseller"}, "partner"),
    ({"uin": "200000000001"}, "kind"),
    ({"account_name": "olga_account"}, "kind"),
]


def table(*rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(["account_name", "partner", *(name for row in rows for name in row)]))
    file = io.StringIO()
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({"account_name": "new", "partner": "dora_account"} | row)
    return file.getvalue()


@pytest.mark.parametrize(("cells", "column"), BAD_ROWS)
def test_a_bad_cell_is_told_with_line_and_column(
    world: World, mira: int, put: Put, cells: dict[str, str], column: str
) -> None:
    before = total()
    good = {"account_name": "good"}
    told = faults(world.pia.caller, put(world.pia.caller, table(good, cells)))
    assert told == [(3, column)]
    assert total() == before, "all or nothing: the good row is not there either"
    assert result(put(world.pia.caller, table(good)))["new"] == 1


def test_all_faults_of_a_file_are_told_at_once(world: World, put: Put) -> None:
    text = table({"mobile": "1"}, {"account_name": "b", "partner": "nobody"}, {"account_name": "c", "email": "x"})
    assert faults(world.pia.caller, put(world.pia.caller, text)) == [(2, "mobile"), (3, "partner"), (4, "email")]


def test_faults_are_told_up_to_a_limit_and_counted(world: World, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "FAULTS_MAX", 3)
    monkeypatch.setattr(staging, "LINES_AT_ONCE", 2)
    ended = put(world.pia.caller, table(*({"account_name": f"a{n}", "mobile": "1"} for n in range(7))))
    assert len(faults(world.pia.caller, ended)) == 3
    assert "7 faults" in ended.error


@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        ({"account_name": "a"}, {"account_name": "a"}, "account_name"),
        ({"account_name": "a", "uin": "5"}, {"account_name": "b", "uin": "5"}, "uin"),
        ({"account_name": "a", "account_id": "A" * 32}, {"account_name": "b", "account_id": "a" * 32}, "account_id"),
        ({"account_name": "carl_account", "partner": "rita_account"},
         {"account_name": "renamed", "uin": "200000000006", "partner": "rita_account"}, ""),
    ],
)  # fmt: skip  # two rows of one account each
def test_an_account_stands_in_a_file_once(
    world: World, put: Put, first: dict[str, str], second: dict[str, str], column: str
) -> None:
    assert faults(world.pia.caller, put(world.pia.caller, table(first, second))) == [(3, column)]


def test_identifiers_never_change(world: World, put: Put) -> None:
    carl = {"partner": "rita_account", "account_name": "carl_account"}
    text = table(carl | {"uin": "5"}, carl | {"account_name": "x", "uin": str(world.carl.uin), "account_id": "f" * 32})
    assert faults(world.pia.caller, put(world.pia.caller, text)) == [(2, "account_name"), (3, "account_id")]


def test_a_renamed_account_is_found_by_its_uin(world: World, put: Put) -> None:
    text = f"uin,account_name\n{world.carl.uin},Carl-New\n"
    assert result(put(world.pia.caller, text))["changed"] == 1
    assert account(uin=world.carl.uin).account_name_folded == "carl-new"
    assert faults(world.pia.caller, put(world.pia.caller, f"uin,account_name\n{world.carl.uin},cleo_account\n")) == [
        (2, "account_name")
    ]


def test_a_distributor_imports_below_itself_only(world: World, put: Put) -> None:
    """Everything else is told as if it were not there: olga's accounts, the provider, a distributor."""
    dora: Person = world.dora
    mine = table({"account_name": "mine", "partner": ""}, {"account_name": "hers", "partner": "rita_account"})
    assert result(put(dora.caller, mine))["new"] == 2
    assert account(account_name="mine").partner_id == dora.account_pk
    strangers = [
        {"account_name": "a", "partner": "ruth_account"},
        {"account_name": "b", "partner": "no_such_account"},
        {"account_name": "otto_account", "partner": ""},
        {"account_name": "c", "partner": "", "uin": str(world.otto.uin)},
        {"account_name": "d", "kind": "distributor", "partner": "pia_account"},
        {"account_name": "e", "partner": "", "account_manager": "olga@example.com"},
    ]
    ended = put(dora.caller, table(*strangers))
    assert faults(dora.caller, ended) == [
        (2, "partner"), (3, "partner"), (4, "account_name"), (5, "uin"), (6, "partner"), (7, "account_manager"),
    ]  # fmt: skip  # one line of findings
    told = {fault.line: fault.says for fault in faults_of(dora.caller.scope, ended.pk)}
    assert told[2] == told[3]
    assert faults_of(world.olga.caller.scope, ended.pk) == [], "another account's import is not visible"


def test_it_needs_the_permission(world: World, tmp_path: Path) -> None:
    reader = staff(world.dora, "r", Preset.READ_ONLY)
    path = tmp_path / "a.csv"
    path.write_text("account_name\nx\n")
    with pytest.raises(NotAllowed):
        start_import(caller_of(reader, via="test"), path, dry_run=True)
    assert not Job.objects.everything(reason="test").exists()


# Files.


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_it_reads_a_workbook(world: World, put: Put, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["Account Name", "Partner", "UIN", "Associated at", "Mobile", "Bills visible", "legal_name"],
        ["one", "dora_account", 77, datetime(2024, 5, 6, 7, 8, 9), 13912345678, False, "東京 KK"],  # noqa: DTZ001  # as spreadsheets hold them
        [None, None, None, None, None, None, None],
        ["two", "dora_account", "123456789012345678", "2024-05-06", None, None, None],
    )
    assert result(put(world.pia.caller, path))["new"] == 2
    one = account(uin=77)
    assert (one.associated_at, one.mobile, one.bills_visible, one.legal_name) == (
        datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        "13912345678",
        False,
        "東京 KK",
    )
    assert account(uin=123456789012345678).account_name == "two"


def test_a_number_that_lost_digits_is_refused(world: World, put: Put, tmp_path: Path) -> None:
    """A spreadsheet keeps 15 digits of a number; a uin may have 18 and must be text there."""
    path = workbook(
        tmp_path / "a.xlsx", ["account_name", "partner", "uin"], ["one", "dora_account", 123456789012345678]
    )
    assert faults(world.pia.caller, put(world.pia.caller, path)) == [(2, "uin")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_finds_the_delimiter_and_takes_a_byte_order_mark(world: World, put: Put, delimiter: str) -> None:
    text = f'account_name{delimiter}partner{delimiter}legal_name\nx{delimiter}dora_account{delimiter}"a,b;c\td"\n'
    assert faults(world.pia.caller, put(world.pia.caller, text)) == [(2, "legal_name")], "a tab is a control character"
    text = text.replace("c\td", "c d")
    assert result(put(world.pia.caller, b"\xef\xbb\xbf" + text.encode()))["new"] == 1
    assert account(account_name="x").legal_name == "a,b;c d"


def test_lines_are_counted_as_an_editor_counts_them(world: World, put: Put) -> None:
    text = 'account_name,partner,remark\na,dora_account,"two\nlines"\n\nb,nobody,\n'
    assert faults(world.pia.caller, put(world.pia.caller, text)) == [(2, "remark"), (5, "partner")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column account_name"),
        (b"account_name\n", "no line below"),
        (b"legal_name\nx\n", "no column account_name"),
        (b"account_name,shoe size\nx,1\n", "nobody knows: 'shoe_size'"),
        (b"account_name,account_name\nx,y\n", "twice"),
        (b"account_name\n\xff\xfe\n", "not UTF-8"),
        (b'account_name\n"open\n', "not CSV"),
        (b"PK\x03\x04 nothing", "damaged workbook"),
    ],
)
def test_a_file_that_is_no_table_is_refused(world: World, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=says):
        start_import(world.pia.caller, path, dry_run=False)
    assert not list(uploads.path_of("0" * 32).parent.iterdir())
    assert not Job.objects.everything(reason="test").exists()


def test_a_file_that_breaks_later_changes_nothing(world: World, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "LINES_AT_ONCE", 1)
    before = total()
    content = b"account_name,partner\ngood,dora_account\ngood2,dora_account\n" + b"x" * 20_000 + b"\n\xff\n"
    ended = put(world.pia.caller, content)
    assert ended.state == JobState.FAILED
    assert "not UTF-8" in ended.error
    assert total() == before


def test_size_and_rows_have_limits(world: World, put: Put, tmp_path: Path, data: Callable[..., None]) -> None:
    data(import_rows=3, import_megabytes=1)
    ended = put(world.pia.caller, table(*({"account_name": f"a{n}"} for n in range(4))))
    assert ended.state == JobState.FAILED
    assert "more than 3 rows" in ended.error
    assert result(put(world.pia.caller, table(*({"account_name": f"a{n}"} for n in range(3)))))["new"] == 3
    large = tmp_path / "large.csv"
    large.write_bytes(b"account_name\n" + b"x\n" * 2**20)
    with pytest.raises(Invalid, match="larger than 1 MB"):
        start_import(world.pia.caller, large, dry_run=True)


def test_a_workbook_that_expands_is_refused(world: World, tmp_path: Path, data: Callable[..., None]) -> None:
    """A zip bomb: a few kilobytes that become more than a file may have."""
    data(import_megabytes=1)
    path = workbook(tmp_path / "bomb.xlsx", ["account_name"], ["x"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", b"\x00" * 2**22)
    assert path.stat().st_size < 2**20
    with pytest.raises(Invalid, match="expands to more than 1 MB"):
        start_import(world.pia.caller, path, dry_run=True)


def test_a_workbook_with_an_entity_bomb_is_refused(world: World, tmp_path: Path) -> None:
    path = workbook(tmp_path / "laughs.xlsx", ["account_name"], ["x"])
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts["xl/worksheets/sheet1.xml"] = (bomb + sheet.replace("<sheetData>", "<sheetData><!-- &b; -->")).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(Invalid, match="workbook"):
        start_import(world.pia.caller, path, dry_run=True)


def test_a_workbook_with_a_far_row_is_bounded(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One cell in row 1,000,000,000 would be a billion empty rows to whoever reads on."""
    path = workbook(tmp_path / "far.xlsx", ["account_name"], ["x"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'r="A2"', b'r="A1000000000"').replace(b'<row r="2"', b'<row r="1000000000"')
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    with pytest.raises(Invalid, match="far apart"):
        start_import(world.pia.caller, path, dry_run=True)


# What happens between comparing and applying.


def test_it_compares_again_when_accounts_changed_meanwhile(
    world: World, mira: int, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody creates one of the file's accounts after it was compared: it is then changed instead."""
    real, calls = applying.apply, list[int]()

    def late(basis: staging.Basis, by: str) -> Any:
        calls.append(1)
        if len(calls) == 1:
            row = Account(
                kind=AccountKind.CUSTOMER, account_name="shop", registered_at=basis.at, provider_id=world.pia.account_pk
            )
            row.fold_names()
            row.save()
            bind(row, world.rita.account, kind=AssociationKind.RESALE, since=basis.at, by="somebody")
            return real(basis, by)
        return real(basis, by)

    monkeypatch.setattr(applying, "apply", late)
    # The step of the intruder is rolled back with the stale one, so the second comparison finds all as before.
    assert result(put(world.pia.caller, CHANNEL))["new"] == 4
    assert len(calls) == 2
    assert sound()


def test_minted_numbers_that_are_taken_are_minted_again(
    world: World, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([world.carl.uin, 111_111_111_111, 111_111_111_111, 222_222_222_222, 333_333_333_333])
    monkeypatch.setattr(staging, "mint_uin", lambda: next(numbers))
    monkeypatch.setattr(matching, "mint_uin", lambda: next(numbers))
    text = table({"account_name": "a"}, {"account_name": "b"}, {"account_name": "c"})
    assert result(put(world.pia.caller, text))["new"] == 3
    assert {account(account_name=name).uin for name in "abc"} == {111_111_111_111, 222_222_222_222, 333_333_333_333}


def test_a_large_import_builds_the_indexes_once(world: World, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "DEFERRED_FROM", 10)
    text = table(*({"account_name": f"customer {n}", "legal_name": "Müller"} for n in range(40)))

    def indexes() -> list[str]:
        with connection.cursor() as cursor:
            return sorted(connection.introspection.get_constraints(cursor, "account"))

    before = indexes()
    assert result(put(world.pia.caller, text))["new"] == 40
    assert indexes() == before
    assert sound()


# The command line.


def run(*words: str) -> Result:
    return CliRunner().invoke(command, ["customers", *words])


def test_the_command_imports_and_tells(world: World, mira: int, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(CHANNEL, "utf-8")
    done = run(str(path), "--dry-run")
    assert (done.exit_code, "4 new" in done.output, "Nothing was written" in done.output) == (0, True, True)
    assert "4 new" in run(str(path)).output
    again = run(str(path), "--as", "pia@example.com")
    assert (again.exit_code, "4 unchanged" in again.output) == (0, True)


def test_the_command_tells_what_is_wrong(world: World, tmp_path: Path) -> None:
    path, told = tmp_path / "c.csv", tmp_path / "e.csv"
    path.write_text(table({"account_name": "=cmd|x", "partner": "[bold]no", "mobile": "=1"}), "utf-8")
    done = run(str(path), "--errors", str(told))
    assert done.exit_code == 1
    assert "1 faults; nothing was imported" in done.output
    rows = list(csv.reader(told.read_text("utf-8").splitlines()))
    assert rows[0] == ["line", "column", "problem"]
    assert rows[1][:2] == ["2", "mobile"]
    assert ImportFault.objects.everything(reason="test").count() == 1


def test_the_command_refuses_strangers(world: World, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("account_name\nx\n")
    assert "no active user" in run(str(path), "--as", "nobody@example.com").output
    done = run(str(path), "--as", "carl@example.com")
    assert (done.exit_code, "permission" in done.output) == (1, True)


def test_every_column_is_documented() -> None:
    page = (ROOT / "docs/how-to/import-customers.md").read_text("utf-8")
    assert [column.name for column in COLUMNS if f"| `{column.name}` |" not in page] == []
