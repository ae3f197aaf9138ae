"""Files of bills: made once for a version, fetched by a link that lives an hour, forgotten afterwards."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, LimitReached, NotAllowed, NotVisible
from openpartner.core.billing import bill_files, downloads
from openpartner.core.billing.columns import COLUMNS, LANGUAGES, Level
from openpartner.core.billing.downloads import (
    Holds,
    Wanted,
    anything_expired,
    file_of,
    final_from,
    forget_expired,
    link_bill_file,
    open_link,
    path_of,
)
from openpartner.core.billing.imports import start_import
from openpartner.core.billing.models import BillDownload, DownloadLink, MonthState
from openpartner.core.billing.months import month_of
from openpartner.core.billing.queries import BillFilter, Dimension, copying, sums
from openpartner.core.customers.commands import assign_manager
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.registry import KINDS
from openpartner.core.jobs.run import run_claimed
from openpartner.kit import clock
from openpartner.worker.callers import rebuild
from tests.support.bills import line, publish_lines
from tests.support.people import World

MONTH = "2026-09"
SEPTEMBER = month_of(MONTH)
LATER = datetime(2026, 11, 20, tzinfo=UTC)
Lines = list[dict[str, str]]


@pytest.fixture
def september(world: World) -> World:
    """Lines of dora's and rita's customers, of a month that is final."""
    given = [
        line(
            world[name],
            date(2026, 9, day),
            f"{day}.00000001",
            resource_id=f"ins-{day % 2}",
            action=action,
            usage="2",
            charged_at=f"2026-09-0{day} 04:00:00",
            duration="3600",
            duration_unit="Second",
            partner_cost=f"{day}",
            partner_tax="0.1",
            partner_voucher_deduction="0.25",
        )
        for name in ("cora", "chen", "carl")
        for day, action in ((1, "usage-hourly"), (2, "usage-hourly"), (3, "usage-hourly"), (4, "purchase"))
    ]
    publish_lines(world, MONTH, given, state=MonthState.FINAL)
    return world


def wanted(*, level: Level = Level.DETAILS, holds: Holds = Holds.ONE, **named: object) -> Wanted:
    return Wanted(month=SEPTEMBER, level=level, holds=holds, **named)  # type: ignore[arg-type]  # keys of accounts


def work() -> None:
    """What a worker does with files of bills."""
    while claimed := claim(process_token(), [downloads.KIND]):
        run_claimed(claimed, rebuild)


def made(caller: Caller, asked: Wanted) -> bytes:
    """The content of a file, once a worker has made it."""
    assert file_of(caller, asked).ready_at is None
    work()
    _, file = open_link(link_bill_file(caller, download=file_of(caller, asked)))
    with file:
        return file.read()


def rows_in(content: bytes) -> Lines:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def total(rows: Lines, column: str = "Total Cost") -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


@pytest.mark.django_db(transaction=True)
class TestFiles:
    """A worker's job writes them, which takes transactions of its own."""

    def test_a_file_holds_the_lines_of_who_is_named(self, september: World) -> None:
        dora, cora = september.dora, september.cora
        rows = rows_in(made(dora.caller, wanted(partner=dora.account_pk, customer=cora.account_pk)))
        assert {row["Owner Account ID"] for row in rows} == {str(cora.uin)}
        assert total(rows) == Decimal("10.00000004")

    def test_a_narrowing_never_widens(self, september: World) -> None:
        """Whoever names a customer that is not in its scope gets a file without lines."""
        for partner, customer in ((september.dora, september.cora), (september.rita, september.cora)):
            asked = wanted(partner=partner.account_pk, customer=customer.account_pk)
            assert rows_in(made(september.rita.caller, asked)) == []

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("level", list(Level))
    def test_every_level_has_the_same_total(self, september: World, level: Level, language: str) -> None:
        asked = wanted(level=level, holds=Holds.EVERYBODY, language=language)
        rows = rows_in(made(september.dora.caller, asked))
        exact = Decimal("30.00000012")
        headers = {"en": "Total Cost", "zh_cn": "总费用"}
        assert total(rows, headers[language]) == (round(exact, 2) if level is Level.RESOURCES else exact)
        assert {column.header(language) for column in COLUMNS[level](language)} - {""} <= set(rows[0])

    def test_a_consolidated_file_adds_up_what_is_charged_by_the_hour(self, september: World) -> None:
        """tencent:E.5: hourly rows of a month are one, over their duration; ids and times are `-`; others stay."""
        rows = rows_in(made(september.sol.caller, wanted(level=Level.MONTHLY, holds=Holds.EVERYBODY)))
        assert rows == []
        rows = rows_in(made(september.rita.caller, wanted(level=Level.MONTHLY, holds=Holds.EVERYBODY)))
        hourly = {row["Instance ID"]: row for row in rows if row["Transaction Type"] == "Hourly settlement"}
        assert {name: row["Total Cost"] for name, row in hourly.items()} == {
            "ins-1": "4.00000002",
            "ins-0": "2.00000001",
        }
        first = hourly["ins-1"]
        assert (first["Component Usage"], first["Usage Duration"], first["Transaction ID"]) == ("2", "7200", "-")
        (bought,) = [row for row in rows if row["Transaction Type"] == "Purchase"]
        assert bought["Transaction ID"] != "-"

    def test_only_payers_are_told_what_they_pay(self, september: World) -> None:
        """tencent:B.7: consolidated files of resellers and distributors carry the partner's cost; no other does."""
        asked = wanted(holds=Holds.EVERYBODY)
        payer = rows_in(made(september.dora.caller, asked))
        assert total(payer, "Partner Amount Before Tax") == 27  # 3 x (1+2+3+4) - 12 x 0.25
        assert total(payer, "Partner Total Cost (Including Tax)") == Decimal("28.2")
        for caller, other in (
            (september.rita.caller, asked),
            (september.carl.caller, wanted()),
            (september.dora.caller, wanted(partner=september.dora.account_pk, customer=september.cora.account_pk)),
        ):
            assert not [name for name in rows_in(made(caller, other))[0] if name.startswith("Partner")]

    def test_a_pack_has_nobody_elses_customers(self, september: World) -> None:
        content = made(september.rita.caller, wanted(holds=Holds.CUSTOMERS))
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            (name,) = pack.namelist()
            assert name.startswith(f"L3-bill_details-{september.carl.uin}-202609-")

    def test_an_account_manager_gets_a_file_of_its_own(self, september: World) -> None:
        """The customers assigned to it, in a file that its colleagues are not given, and the other way round."""
        kim = _manager(september)
        asked = wanted(holds=Holds.EVERYBODY)
        assert {row["Owner Account ID"] for row in rows_in(made(kim, asked))} == {str(september.cora.uin)}
        assert len(rows_in(made(september.dora.caller, asked))) == 12

    def test_the_same_file_is_made_once(self, september: World) -> None:
        caller, asked = september.dora.caller, wanted(holds=Holds.EVERYBODY)
        first = file_of(caller, asked)
        assert file_of(caller, asked).pk == first.pk
        assert Job.objects.everything(reason="test").filter(kind=downloads.KIND).count() == 1
        work()
        assert file_of(caller, asked).stored == first.stored

    def test_another_version_is_another_file(self, september: World) -> None:
        caller, asked = september.dora.caller, wanted(holds=Holds.EVERYBODY)
        first = file_of(caller, asked)
        work()
        publish_lines(september, MONTH, [line(september.cora, date(2026, 9, 1), "5")], state=MonthState.FINAL)
        second = file_of(caller, asked)
        assert (second.pk, second.ready_at) != (first.pk, first.ready_at)
        work()
        with open_link(link_bill_file(caller, download=file_of(caller, asked)))[1] as file:
            assert total(rows_in(file.read())) == 5

    def test_a_file_that_its_month_outran_is_dropped(self, september: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Lines of two versions are never one file."""
        caller, asked = september.dora.caller, wanted(holds=Holds.EVERYBODY)
        row = file_of(caller, asked)

        def outrun(*args: Any, **values: Any) -> Callable[[], int]:
            copy = copying(*args, **values)
            publish_lines(september, MONTH, [line(september.cora, date(2026, 9, 1), "5")], state=MonthState.FINAL)
            return copy

        monkeypatch.setattr(bill_files, "copying", outrun)
        work()
        assert not BillDownload.objects.everything(reason="test").filter(pk=row.pk).exists()
        assert not list(path_of("").glob(f"{row.stored}*"))
        monkeypatch.undo()
        assert total(rows_in(made(caller, asked))) == 5

    def test_a_job_that_was_cancelled_is_asked_for_again(self, september: World) -> None:
        caller, asked = september.dora.caller, wanted(holds=Holds.EVERYBODY)
        first = file_of(caller, asked)
        assert first.job is not None
        cancel_job(caller, job_id=first.job)
        again = file_of(caller, asked)
        assert again.pk == first.pk
        assert again.job != first.job
        work()
        assert file_of(caller, asked).ready_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_can_be_imported_as_it_is(september: World, language: str, tmp_path: Path) -> None:
    """What is written in the vendor's format is read as the vendor's: the same lines, to the last digit."""
    cora = september.cora
    where = BillFilter.month(SEPTEMBER, customer=cora.account_pk)
    amounts = ("list_cost", "cost_after_discount", "total_cost")
    by = (Dimension.CUSTOMER, Dimension.PARTNER, Dimension.DAY, Dimension.SERVICE, Dimension.REGION)
    before = sums(september.pia.caller.scope, where, by, amounts)
    path = tmp_path / "bill.csv"
    asked = wanted(partner=september.dora.account_pk, customer=cora.account_pk, language=language)
    path.write_bytes(made(september.dora.caller, asked))
    publish_lines(september, MONTH, [line(september.otto, date(2026, 9, 1))])
    assert sums(september.pia.caller.scope, where, by, amounts) == []
    row = start_import(september.pia.caller, path, dry_run=False)
    while claimed := claim(process_token(), sorted(KINDS)):
        run_claimed(claimed, rebuild)
    row.refresh_from_db()
    assert (row.lines, row.parked, row.faults) == (4, 0, 0)
    assert sorted(sums(september.pia.caller.scope, where, by, amounts)) == sorted(before)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2026-09", datetime(2026, 10, 4, 17, tzinfo=UTC)),  # the 5th at 01:00 in Beijing (tencent:F.10)
        ("2026-12", datetime(2027, 1, 4, 17, tzinfo=UTC)),
    ],
)
def test_a_month_may_be_final_from_the_fifth(month: str, expected: datetime) -> None:
    assert final_from(month_of(month)) == expected


def test_when_a_month_is_final_is_a_setting(settings: Any) -> None:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, bill_final_day=2, bill_final_hour=0)
    assert final_from(month_of("2026-09")) == datetime(2026, 10, 1, 16, tzinfo=UTC)


@pytest.mark.django_db
def test_a_pack_needs_day_and_state(september: World) -> None:
    caller, asked = september.dora.caller, wanted(holds=Holds.CUSTOMERS)
    with clock.frozen(datetime(2026, 10, 4, 16, 59, tzinfo=UTC)), pytest.raises(Conflict):
        file_of(caller, asked)
    with clock.frozen(datetime(2026, 10, 4, 17, tzinfo=UTC)):
        file_of(caller, asked)
        publish_lines(september, MONTH, [line(september.cora, date(2026, 9, 1))], cloud="huawei")  # which is open
        with pytest.raises(Conflict):
            file_of(caller, asked)
        file_of(september.rita.caller, asked)  # who has nothing of that cloud


@pytest.mark.django_db
def test_a_link_is_a_hash_and_lives_an_hour(september: World) -> None:
    caller = september.dora.caller
    row = _ready(caller)
    with clock.frozen(LATER):
        link = link_bill_file(caller, download=row)
    stored = DownloadLink.objects.everything(reason="test").get()
    assert link not in repr(vars(stored))
    assert stored.expires_at == LATER + timedelta(hours=1)
    with clock.frozen(LATER + timedelta(minutes=59)):
        found, file = open_link(link)
        file.close()
        assert found.pk == row.pk
    with clock.frozen(LATER + timedelta(hours=1)), pytest.raises(NotVisible):
        open_link(link)


@pytest.mark.django_db
def test_a_link_opens_the_file_of_its_account_alone(september: World) -> None:
    row = _ready(september.dora.caller)
    link = link_bill_file(september.dora.caller, download=row)
    DownloadLink.objects.everything(reason="test").update(account=september.olga.account_pk)
    with pytest.raises(NotVisible):
        open_link(link)


@pytest.mark.django_db
def test_a_link_needs_nobody_to_sign_in(september: World, client: Client) -> None:
    row = _ready(september.dora.caller)
    link = link_bill_file(september.dora.caller, download=row)
    answer = client.get(f"/bill-files/{link}/anything.html")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.name}"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert b"".join(answer.streaming_content) == b"content"  # type: ignore[attr-defined]  # of a file's response
    assert client.get(f"/bill-files/{'x' * 43}/{row.name}").status_code == 404


@pytest.mark.django_db
def test_what_has_expired_is_forgotten(september: World) -> None:
    row = _ready(september.dora.caller)
    link_bill_file(september.dora.caller, download=row)
    assert not anything_expired()
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert anything_expired()
        assert forget_expired() == 0
        assert not DownloadLink.objects.everything(reason="test").exists()
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert forget_expired() >= 1  # and whatever other tests left
    assert not path_of(row.stored).exists()
    assert not BillDownload.objects.everything(reason="test").exists()


@pytest.mark.django_db
def test_a_file_that_no_row_names_is_swept(september: World) -> None:
    _ready(september.dora.caller)
    left: Path = path_of("left-over")
    left.write_bytes(b"")
    forget_expired()
    assert left.exists()  # it may belong to a job that has not ended
    with clock.frozen(clock.now() + timedelta(hours=7)):
        forget_expired()
    assert not left.exists()


@pytest.mark.django_db
def test_only_so_many_are_made_at_a_time(september: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "OPEN_MAX", 2)
    caller = september.dora.caller
    for name in ("cora", "chen"):
        file_of(caller, wanted(partner=september.dora.account_pk, customer=september[name].account_pk))
    with pytest.raises(LimitReached):
        file_of(caller, wanted(holds=Holds.EVERYBODY))
    file_of(september.sol.caller, wanted(holds=Holds.EVERYBODY))


@pytest.mark.django_db
def test_asking_needs_the_permission_to_read_bills(september: World) -> None:
    caller = september.dora.caller
    with pytest.raises(NotAllowed):
        file_of(replace(caller, permissions=frozenset()), wanted(holds=Holds.EVERYBODY))


def _ready(caller: Caller) -> BillDownload:
    """A row whose file stands, without a worker."""
    row = file_of(caller, wanted(holds=Holds.EVERYBODY))
    path_of("").mkdir(exist_ok=True)
    path_of(row.stored).write_bytes(b"content")
    row.ready_at = clock.now()
    row.save()
    return row


def _manager(world: World) -> Caller:
    preset = Preset.ACCOUNT_MANAGER
    add_user(account=world.dora.account, name="kim", email="kim@example.com", password=None, presets=[preset])
    kim = User.objects.everything(reason="test").select_related("account").get(email="kim@example.com")
    assign_manager(world.dora.caller, account_id=world.cora.account_id, manager_id=kim.pk)
    return caller_of(kim, via="test")
