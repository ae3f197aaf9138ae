"""Importing bills (issue 4, section 2): exact, whole, mapped by the dated table alone, replaced exactly."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed
from openpartner.core.billing import composing, dealing
from openpartner.core.billing.imports import Asked, ImportState, apply_import, control_totals, faults_of, start_import
from openpartner.core.billing.mapping import Mapping, add_cloud_account, end_cloud_account
from openpartner.core.billing.models import BillFile, BillImport, BillMonth, BillVersion, ControlTotal
from openpartner.core.billing.queries import BillFilter, lines
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.registry import KINDS
from openpartner.core.jobs.run import run_claimed
from openpartner.core.settlement.models import Mode
from openpartner.core.settlement.modes import set_settlement_mode
from openpartner.kit.slices import Slice
from openpartner.lake import schema
from openpartner.lake.schema import Action
from openpartner.worker.callers import rebuild
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[1] / "data" / "focus" / "focus_sample_1000.csv"
SAMPLE_BILLED = Decimal("20.52022672899")
"""sum(BilledCost), as tests/data/focus/README.md says."""
ALL_MONTHS = BillFilter(first_month=0, last_month=99_999)
SMALLEST = Decimal("0.00000001")
ROUNDING = {"action": (Action.ROUNDING.value,)}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    """A data folder per test."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path / "data"))


def work() -> None:
    """Do every job that waits, as a worker would."""
    while (claimed := claim(process_token(), sorted(KINDS))) is not None:
        run_claimed(claimed, rebuild)


def bring(world: World, path: Path, *, asked: Asked | None = None) -> BillImport:
    """Import a file as the provider and return its row when it is done."""
    row = start_import(world.pia.caller, path, dry_run=False, asked=asked)
    work()
    row.refresh_from_db()
    return row


def focus(*rows: dict[str, str]) -> str:
    """A FOCUS file of these lines; what a line does not say is as in the first line of a small bill."""
    base = {
        "ProviderName": "AWS",
        "BillingAccountId": "111",
        "SubAccountId": "a",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-10-01T00:00:00Z",
        "ChargePeriodStart": "2026-10-05T00:00:00Z",
        "ChargePeriodEnd": "2026-10-31T00:00:00Z",
        "ChargeCategory": "Usage",
        "BilledCost": "1",
        "ListCost": "1",
        "ServiceName": "Compute",
        "Tags": "NULL",
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, list(base))
    writer.writeheader()
    writer.writerows({**base, **row} for row in rows)
    return text.getvalue()


def written(folder: Path, content: str | bytes, name: str = "bill.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(person: Person, *columns: str, where: BillFilter = ALL_MONTHS) -> list[tuple[Any, ...]]:
    return lines(person.caller.scope, where, Slice(0, 100_000), columns).items


def booked(person: Person) -> Decimal:
    return sum((row[0] for row in rows_of(person, "total_cost")), Decimal(0))


def assign(
    world: World, customer: Person, sub: str, since: str = "2020-01-01", until: str | None = None, **values: str
) -> Any:
    mapping = Mapping(
        cloud=values.get("cloud", "aws"),
        billing_account=values.get("billing_account", "111"),
        sub_account=sub,
        customer=str(customer.uin),
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
    )
    row = add_cloud_account(world.pia.caller, mapping=mapping)
    work()
    return row


def test_the_focus_sample_goes_in_whole(world: World) -> None:
    row = bring(world, SAMPLE)
    assert (row.state, row.lines, row.parked, row.faults) == (ImportState.PUBLISHED, 1000, 1000, 0)
    controls = control_totals(world.pia.caller.scope, row.pk)
    assert sum(Decimal(one.billed_delivered) for one in controls) == SAMPLE_BILLED
    assert {(one.cloud, one.lines) for one in controls} == {
        ("aws", 942),
        ("microsoft", 51),
        ("oracle", 6),
        ("oracle", 1),
    }
    for one in controls:
        assert Decimal(one.billed_delivered) == Decimal(one.billed_booked) + Decimal(one.left_over)
        assert abs(Decimal(one.left_over)) < SMALLEST
    found = rows_of(world.pia, "billed_delivered", "total_cost", "action")
    assert sum(one[0] for one in found) == SAMPLE_BILLED
    assert sum(one[1] for one in found) == sum(Decimal(one.billed_booked) for one in controls)
    assert len([one for one in found if one[2] != Action.ROUNDING]) == 1000
    assert rows_of(world.dora, "line_id") == []  # nobody is billed for what nobody has mapped


def test_one_line_is_as_it_was_delivered(world: World) -> None:
    bring(world, SAMPLE)
    first = next(csv.DictReader(io.StringIO(SAMPLE.read_text())))
    where = BillFilter(first_month=0, last_month=99_999, equal={"source_line": (first["Id"],)})
    (found,) = rows_of(
        world.pia,
        *("cloud", "bill_day", "billed_delivered", "list_unit_price", "usage", "sub_account_name", "tags"),
        where=where,
    )
    day = date.fromisoformat(first["ChargePeriodStart"][:10])
    amounts = tuple(Decimal(first[name]) for name in ("BilledCost", "ListUnitPrice", "ConsumedQuantity"))
    assert found == ("aws", day, *amounts, first["SubAccountName"], None)


def test_parquet_and_gzip_and_zip_are_the_same_bill(world: World, tmp_path: Path) -> None:
    parquet = tmp_path / "bill.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{SAMPLE}', nullstr = 'NULL')) TO '{parquet}'")
    packed = tmp_path / "bill.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(SAMPLE, "folder/one.csv")
    expected = None
    for path in (SAMPLE, written(tmp_path, gzip.compress(SAMPLE.read_bytes()), "bill.csv.gz"), parquet, packed):
        row = bring(world, path)
        assert row.state == ImportState.PUBLISHED, path
        found = sorted(
            map(
                repr,
                rows_of(world.pia, "cloud", "billed_delivered", "list_delivered", "usage_from", "charge_description"),
            )
        )
        expected = expected or found
        assert found == expected, path


AMOUNTS = st.decimals(min_value=-9999, max_value=9999, places=15, allow_nan=False, allow_infinity=False)
LINES = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from(["111", "222"]), st.integers(1, 28), AMOUNTS),
    min_size=1,
    max_size=40,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bill=LINES, corrected=LINES)
def test_what_was_delivered_is_in_the_lake_and_in_the_control_totals(
    world: World, tmp_path: Path, bill: list[Any], corrected: list[Any]
) -> None:
    for given_lines in (bill, corrected):
        content = focus(
            *(
                {
                    "SubAccountId": sub,
                    "BillingAccountId": account,
                    "BilledCost": f"{amount:f}",
                    "ChargePeriodStart": f"2026-10-{day:02}T00:00:00Z",
                    "ChargePeriodEnd": f"2026-10-{day:02}T01:00:00Z",
                }
                for sub, account, day, amount in given_lines
            )
        )
        before = _by_account(world)
        row = bring(world, written(tmp_path, content))
        if row.state == ImportState.SAME:
            continue
        delivered: dict[str, Decimal] = defaultdict(Decimal)
        for _sub, account, _day, amount in given_lines:
            delivered[account] += amount
        # Exactly what the file has lines of is replaced; the other account stays as it was.
        after = _by_account(world)
        assert after == {**before, **after} or set(delivered) >= set(after)
        for account, amount in delivered.items():
            assert after[account][0] == amount
            (control,) = ControlTotal.objects.everything(reason="test").filter(source=row, billing_account=account)
            assert Decimal(control.billed_delivered) == amount
            assert Decimal(control.billed_booked) == after[account][1]
            assert Decimal(control.billed_booked) + Decimal(control.left_over) == amount
            assert abs(Decimal(control.left_over)) < SMALLEST
        for account in set(before) - set(delivered):
            assert after[account] == before[account]


def _by_account(world: World) -> dict[str, tuple[Decimal, Decimal]]:
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for account, as_delivered, as_booked in rows_of(world.pia, "billing_account", "billed_delivered", "total_cost"):
        first, second = found.get(account, (Decimal(0), Decimal(0)))
        found[account] = (first + as_delivered, second + as_booked)
    return found


def test_the_same_file_twice_changes_nothing(world: World, tmp_path: Path) -> None:
    first = written(tmp_path, focus({}))
    bring(world, first)
    versions = BillVersion.objects.everything(reason="test").count()
    again = bring(world, first)
    assert again.state == ImportState.SAME
    assert BillVersion.objects.everything(reason="test").count() == versions
    # A correction, and then the first file on purpose: it is a correction too.
    bring(world, written(tmp_path, focus({"BilledCost": "2"}), "second.csv"))
    assert booked(world.pia) == 2
    assert bring(world, first).state == ImportState.PUBLISHED
    assert booked(world.pia) == 1


def test_a_corrected_file_replaces_exactly_the_months_of_its_accounts(world: World, tmp_path: Path) -> None:
    september = {"BillingPeriodStart": "2026-09-01T00:00:00Z", "ChargePeriodStart": "2026-09-05T00:00:00Z"}
    bring(world, written(tmp_path, focus({"BilledCost": "1"}, {"BilledCost": "2", "BillingAccountId": "222"})))
    bring(world, written(tmp_path, focus({"BilledCost": "4", **september})))
    untouched = {file.name for file in BillFile.objects.everything(reason="test").filter(month__month=2026 * 12 + 8)}
    bring(world, written(tmp_path, focus({"BilledCost": "8"}, {"BilledCost": "16", "ChargePeriodStart": "2026-10-02"})))
    assert booked(world.pia) == 2 + 4 + 8 + 16
    left = BillFile.objects.everything(reason="test").filter(until__isnull=True, month__month=2026 * 12 + 8)
    assert {file.name for file in left} == untouched


def test_by_days_only_the_days_of_the_file_are_replaced(world: World, tmp_path: Path) -> None:
    fifth, sixth = {"ChargePeriodStart": "2026-10-05"}, {"ChargePeriodStart": "2026-10-06"}
    bring(world, written(tmp_path, focus({"BilledCost": "1", **fifth}, {"BilledCost": "2", **sixth})))
    bring(world, written(tmp_path, focus({"BilledCost": "8", **sixth})), asked=Asked(is_by_days=True))
    assert booked(world.pia) == 9


def test_an_account_is_mapped_by_day_cloud_and_billing_account_alone(world: World, tmp_path: Path) -> None:
    assign(world, world.carl, "a", "2026-10-01", "2026-10-10")
    assign(world, world.cora, "a", "2026-10-10")
    days = [{"ChargePeriodStart": f"2026-10-{day:02}", "BilledCost": str(day)} for day in (9, 10, 11)]
    # The same number with another cloud or billing account is another account; so is carl's uin in a bill of AWS.
    others = [
        {"ProviderName": "Oracle", "BilledCost": "100"},
        {"BillingAccountId": "222", "BilledCost": "200"},
        {"SubAccountId": str(world.carl.uin), "BilledCost": "400"},
        {"SubAccountId": world.carl.account_id, "BilledCost": "800"},
        {"ProviderName": "Tencent Cloud", "SubAccountId": str(world.carl.uin), "BilledCost": "1600"},
    ]
    row = bring(world, written(tmp_path, focus(*days, *others)))
    assert (row.lines, row.parked) == (8, 5)
    assert booked(world.carl) == 9
    assert booked(world.cora) == 21
    assert booked(world.pia) == 9 + 21 + 100 + 200 + 400 + 800 + 1600
    assert booked(world.dora) == 30


def test_a_billing_account_speaks_for_sub_accounts_without_a_row_of_their_own(world: World, tmp_path: Path) -> None:
    assign(world, world.cora, "")
    assign(world, world.carl, "a", "2026-10-01", "2026-10-10")
    rows = [{"SubAccountId": sub, "BilledCost": cost} for sub, cost in (("a", "1"), ("b", "2"), ("", "4"))]
    late = {"SubAccountId": "a", "BilledCost": "8", "ChargePeriodStart": "2026-10-20"}
    bring(world, written(tmp_path, focus(*rows, {**late, "ChargePeriodEnd": "2026-10-21"})))
    assert [booked(world.carl), booked(world.cora)] == [1, 6]  # the 8 are parked: carl's row has ended


def test_lines_stand_under_the_partner_of_their_day(world: World, tmp_path: Path) -> None:
    carl = Account.objects.everything(reason="test").get(pk=world.carl.account_pk)
    old = Association.objects.everything(reason="test").get(child=carl)
    assert old.partner_id == world.rita.account_pk
    moment = "2026-10-10T12:00:00Z"
    Association.objects.everything(reason="test").filter(pk=old.pk).update(until=moment)
    Association.objects.create(
        provider=old.provider,
        payer_id=world.sol.account_pk,
        partner_id=world.sol.account_pk,
        child=carl,
        kind=1,
        since=moment,
    )
    assign(world, world.carl, "a")
    days = [
        {"ChargePeriodStart": f"2026-10-{day:02}", "BilledCost": str(2**place)} for place, day in enumerate((9, 10, 11))
    ]
    early = {"ChargePeriodStart": "2019-01-01", "ChargePeriodEnd": "2019-01-02", "BilledCost": "64"}
    row = bring(world, written(tmp_path, focus(*days, early)))
    assert booked(world.rita) == booked(world.dora) == 1
    assert booked(world.sol) == 6  # the day of the change belongs to whoever has it at its end
    assert row.parked == 1  # before 2020 the account was nobody's


def test_lines_find_their_customer_when_somebody_says_whose_they_are(world: World, tmp_path: Path) -> None:
    thirds = [{"BilledCost": "0.333333333333333", "SubAccountId": sub} for sub in "aaabbbccc"]
    row = bring(world, written(tmp_path, focus(*thirds)))
    before = {one.billing_account: one.billed_booked for one in control_totals(world.pia.caller.scope, row.pk)}
    whole = booked(world.pia)
    mapped = assign(world, world.carl, "a")
    row.refresh_from_db()
    assert row.parked == 6
    assert abs(booked(world.carl) - Decimal("0.999999999999999")) <= SMALLEST
    assert booked(world.pia) == whole  # nothing is lost by it, and nothing added
    assert {one.billing_account: one.billed_booked for one in control_totals(world.pia.caller.scope, row.pk)} == before
    end_cloud_account(world.pia.caller, key=mapped.pk, until=date(2026, 10, 5))
    work()
    assert booked(world.carl) == 0
    assert booked(world.pia) == whole
    row.refresh_from_db()
    assert row.parked == 9
    ids = [one[0] for one in rows_of(world.pia, "line_id")]
    assert len(ids) == len(set(ids))
    with pytest.raises(Conflict):
        end_cloud_account(world.pia.caller, key=mapped.pk, until=date(2026, 10, 6))


TENCENT = (
    "Payer Account ID,Owner Account ID,Product Name,Subproduct Name,Billing Mode,Region,Transaction Type,"
    "Transaction ID,Transaction Time,Usage Start Time,Usage End Time,Component Type,Component Name,Component Usage,"
    "Original Cost,Currency,Total Amount After Discount,Voucher Deduction,Total Cost,Tags\n"
)
CHINESE = (
    "支付者 UIN,使用者 UIN,产品名称,子产品名称,计费模式,地域,交易类型,"
    "交易 ID,扣费时间,开始使用时间,结束使用时间,组件类型,组件名称,组件用量,"
    "原价,币种,优惠后总价,代金券抵扣,总费用,标签\n"
)


def tencent(world: World, header: str, mode: str, kind: str, region: str, owner: str | int) -> str:
    return (
        f"{header}{world.dora.uin},{owner},Cloud Virtual Machine (CVM),CVM Standard S5,{mode},{region},{kind},2026,"
        "2026-11-01 00:30:00,2026-10-31 23:00:00,2026-10-31 23:59:59,CPU,S5 CPU,1,"
        "0.003585,USD,0.003585,0.001,0.002585,team:a;env:b\n"
    )


@pytest.mark.parametrize(
    ("header", "mode", "kind", "region"),
    [
        (TENCENT, "Pay-As-You-Go resources", "Hourly settlement", "North China (Beijing)"),
        (CHINESE, "按量计费", "按量计费小时结", "华北地区(北京)"),
    ],
)
def test_tencents_detail_files_in_both_languages(
    world: World, tmp_path: Path, header: str, mode: str, kind: str, region: str
) -> None:
    """tencent:D.0.2 (0.00000003 x 250 x 478 = 0.003585), E.5 (UTC+8), E.6 (names of codes)."""
    row = bring(world, written(tmp_path, tencent(world, header, mode, kind, region, world.carl.uin)))
    assert (row.format, row.state, row.parked) == ("tencent-l3", ImportState.PUBLISHED, 0), row.summary
    (found,) = rows_of(
        world.carl,
        *("bill_day", "charging", "action", "action_code", "list_cost", "cost_after_discount", "voucher_deduction"),
        *("total_cost", "usage_from", "tags", "credit_paid"),
    )
    assert found[:4] == (date(2026, 11, 1), "postpaid", "usage-hourly", "postpay_deduct_h")
    assert found[4:8] == tuple(map(Decimal, ("0.003585", "0.003585", "0.001", "0.002585")))
    assert found[8].isoformat() == "2026-10-31T15:00:00"
    assert json.loads(found[9]) == {"team": "a", "env": "b"}
    assert found[10] == Decimal("0.002585")
    assert {month.month for month in BillMonth.objects.everything(reason="test")} == {2026 * 12 + 10}
    # An owner that is nobody's uin waits, and a month that is asked for counts.
    other = tencent(world, header, mode, kind, region, "999999999999")
    row = bring(world, written(tmp_path, other), asked=Asked(month="2026-10"))
    assert row.parked == 1
    assert booked(world.carl) == Decimal("0.002585")


def test_huaweis_records(world: World, tmp_path: Path) -> None:
    """The columns of res-fee-records (huawei:D6), the identity of E6, the codes of E5."""
    names = "bill_date,bill_type,customer_id,region,cloud_service_type,resource_type,charge_mode,amount,cash_amount,"
    names += "credit_amount,coupon_amount,official_amount,id,trade_id,usage,usage_measure_id,effective_time\n"
    good = (
        f"2026-10-31,5,{world.carl.account_id},ap-southeast-1,hws.service.type.ec2,hws.resource.type.vm,3,"
        "10.5,2,8,0.5,12,1,t1,4,10,2026-10-31T15:00:00Z\n"
    )
    wrong = good.replace(",10.5,2,8,0.5,", ",10.5,2,8,0.4,")
    row = bring(world, written(tmp_path, names + wrong))
    assert row.state == ImportState.REFUSED
    assert [fault.column for fault in faults_of(world.pia.caller.scope, row)] == ["amount"]
    row = bring(world, written(tmp_path, names + good))
    assert (row.format, row.state, row.parked) == ("huawei-records", ImportState.PUBLISHED, 0)
    (found,) = rows_of(
        world.carl,
        *("charging", "action", "action_code", "list_cost", "cost_after_discount", "voucher_deduction", "total_cost"),
        *("cash_paid", "credit_paid"),
    )
    assert found == ("postpaid", "usage", "5", *map(Decimal, ("12", "10.5", "0.5", "10", "2", "8")))


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"BilledCost": "1,5"}, "BilledCost", "is not a number: '1,5'"),
        ({"BilledCost": ""}, "BilledCost", "is needed"),
        ({"BilledCost": "12345678901"}, "BilledCost", "is beyond 9,999,999,999.99999999: '12345678901'"),
        (
            {"BilledCost": "9999999999.999999995"},
            "BilledCost",
            "is beyond 9,999,999,999.99999999: '9999999999.999999995'",
        ),
        ({"BilledCost": "nan"}, "BilledCost", "is not a number: 'nan'"),
        ({"ChargePeriodStart": "2026-13-01"}, "ChargePeriodStart", "is not a date: '2026-13-01'"),
        ({"ChargePeriodStart": "1026-10-01"}, "ChargePeriodStart", "is not between 2000 and 2100: '1026-10-01'"),
        ({"ChargePeriodEnd": "2026-10-01"}, "ChargePeriodEnd", "ends before it begins: '2026-10-01'"),
        ({"BillingPeriodStart": "soon"}, "BillingPeriodStart", "is not a date: 'soon'"),
        ({"Tags": "[1]"}, "Tags", "is not a JSON object: '[1]'"),
        ({"BillingAccountId": "NULL"}, "BillingAccountId", "is needed"),
        ({"ProviderName": ""}, "ProviderName", "is needed"),
    ],
)
def test_a_wrong_cell_is_told_and_nothing_is_imported(
    world: World, tmp_path: Path, row: dict[str, str], column: str, says: str
) -> None:
    found = bring(world, written(tmp_path, focus({}, row, {})))
    assert (found.state, found.faults >= 1) == (ImportState.REFUSED, True)
    told = {(fault.line, fault.column, fault.says) for fault in faults_of(world.pia.caller.scope, found)}
    assert (3, column, says) in told
    assert not BillMonth.objects.everything(reason="test").exists()


def test_lines_that_are_no_lines_are_told(world: World, tmp_path: Path) -> None:
    given_lines = focus({}, {}, {}).splitlines()
    given_lines[2] = "only,two"
    given_lines[3] += ",one more"
    row = bring(world, written(tmp_path, "\n".join(given_lines)))
    told = [(fault.line, fault.says) for fault in faults_of(world.pia.caller.scope, row)]
    assert told == [(3, "has fewer cells than the first line"), (4, "has more cells than the first line")]
    content = focus(*({"BilledCost": "x"} for _ in range(1_500)))
    row = bring(world, written(tmp_path, content))
    assert row.faults == 1_500  # all are counted
    assert len(faults_of(world.pia.caller.scope, row)) == 1_000  # and the first thousand told


@pytest.mark.parametrize("stripes_max", [100, 1])
def test_many_lines_are_as_they_would_be_one_by_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stripes_max: int
) -> None:
    assign(world, world.carl, "a")
    assign(world, world.cora, "b")
    rows = [
        {
            "SubAccountId": "abc"[n % 3],
            "ChargePeriodStart": f"2026-10-{1 + n % 9:02}T00:00:00Z",
            "BilledCost": f"{n}.0000000{n % 100:02}",
            "ServiceName": f"Service {n % 7}" if n % 11 else "NULL",
            "ChargeCategory": f"Kind {n}",  # more values than are made numbers of one byte
        }
        for n in range(600)
    ]
    columns = [name for name in schema.NAMES if name not in {"line_id", "import_id"}]
    bring(world, written(tmp_path, focus(*rows)))
    plain = sorted(map(repr, rows_of(world.pia, *columns)))
    monkeypatch.setattr(composing, "PLAIN_MAX", 10)
    monkeypatch.setattr(dealing, "LINES_A_FILE", 60)
    monkeypatch.setattr(dealing, "ONE_FILE_MAX", 120)
    monkeypatch.setattr(dealing, "STRIPE", 150)
    monkeypatch.setattr(dealing, "STRIPES_MAX", stripes_max)
    # Written again under other lines' ends, so that it is another file with the same lines.
    row = bring(world, written(tmp_path, focus(*rows).replace("\r\n", "\n")))
    assert (row.state, row.lines) == (ImportState.PUBLISHED, 600)
    assert sorted(map(repr, rows_of(world.pia, *columns))) == plain
    files = BillFile.objects.everything(reason="test").filter(until__isnull=True)
    assert files.count() > 8
    assert {line for (line,) in rows_of(world.pia, "import_id")} == {row.pk}
    assert list(verify_lake()) == []  # the order of lines among them
    for person in (world.carl, world.cora):
        ordered = rows_of(person, "bill_day", "line_id")
        assert len(ordered) > 190


def test_a_dry_run_changes_nothing_until_it_is_applied(world: World, tmp_path: Path) -> None:
    path = written(tmp_path, focus({}))
    row = start_import(world.pia.caller, path, dry_run=True, to_apply=True)
    work()
    row.refresh_from_db()
    assert row.state == ImportState.CHECKED
    assert not BillMonth.objects.everything(reason="test").exists()
    assert apply_import(world.pia.caller, row.pk).pk == apply_import(world.pia.caller, row.pk).pk
    work()
    assert booked(world.pia) == 1
    with pytest.raises(NotAllowed):
        start_import(world.dora.caller, path, dry_run=True)
    with pytest.raises(Invalid):
        start_import(world.pia.caller, path, dry_run=True, asked=Asked(month="2026-13"))


def test_deductions_are_written_by_whoever_the_source_says(world: World, tmp_path: Path) -> None:
    """Vouchers and credit are zero so far, so `ours` drops a voucher that was delivered and `given` keeps it."""
    content = tencent(world, TENCENT, "Pay-As-You-Go resources", "Hourly settlement", "8", world.carl.uin)
    columns = ("cost_after_discount", "voucher_deduction", "total_cost", "credit_paid", "cash_paid")
    bring(world, written(tmp_path, content))
    assert rows_of(world.carl, *columns) == [tuple(map(Decimal, ("0.003585", "0.001", "0.002585", "0.002585", "0")))]
    set_settlement_mode(world.pia.caller, cloud="tencent", mode=Mode.OURS)
    bring(world, written(tmp_path, content.replace("team:a", "team:z")))
    assert rows_of(world.carl, *columns) == [tuple(map(Decimal, ("0.003585", "0", "0.003585", "0.003585", "0")))]


def test_stopped_after_any_step_it_goes_on_and_is_whole(world: World, tmp_path: Path) -> None:
    bring(world, written(tmp_path, focus({"BilledCost": "1"}, {"BilledCost": "2", "BillingAccountId": "222"})))
    september = {"BillingPeriodStart": "2026-09-01", "ChargePeriodStart": "2026-09-05", "ChargePeriodEnd": "2026-09-06"}
    path = written(tmp_path, focus({"BilledCost": "8"}, {"BilledCost": "16", **september}), "second.csv")
    row = start_import(world.pia.caller, path, dry_run=False)
    seen, stops = set(), 0
    while (claimed := claim(process_token(), sorted(KINDS))) is not None:
        run_claimed(claimed, rebuild, lambda: True)  # each step is committed, and then the worker is stopped
        stops += 1
        seen.add(booked(world.pia))
        assert stops < 50
    assert seen == {Decimal(3), Decimal(2 + 8 + 16)}  # the old truth or the new one
    assert stops > 3
    row.refresh_from_db()
    assert row.state == ImportState.PUBLISHED
    assert Job.objects.everything(reason="test").get(pk=row.job or 0).state == "done"
