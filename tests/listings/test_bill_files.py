"""Files of bills: every format adds up to what the page says, FOCUS has its columns, and masks and rights hold."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.listings import lake_files
from openpartner.listings.exports import start_export
from tests.listings.exporting import csv_lines, exported
from tests.support.bills import day_of, line, publish_lines
from tests.support.people import World

MANDATORY = {
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd"),
    *("BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd"),
    *("ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity"),
    *("PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName"),
}
"""Of FOCUS 1.2, section "Columns", feature level Mandatory."""
NOT_EMPTY = MANDATORY - {"BillingAccountName", "ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit"}
BOTH = "month=2026-09&until_month=2026-10"


@pytest.fixture
def bills(world: World) -> World:
    """September 1.5 and 2; October 4.00000001 of cora, 8 of carl, 16 of otto."""
    september = [line(world.cora, day_of("2026-09", 3), "1.5"), line(world.chen, day_of("2026-09", 4), "2")]
    publish_lines(world, "2026-09", september)
    used = {"usage_from": datetime(2026, 10, 2, 16, tzinfo=UTC), "usage_to": datetime(2026, 10, 2, 17, tzinfo=UTC)}
    october = [
        line(
            world.cora, day_of("2026-10", 3), "4.00000001", sub_account_name="Corazón Cafés", partner_cost="3", **used
        ),
        line(world.carl, day_of("2026-10", 1), "8", partner_cost="6"),
        line(world.otto, day_of("2026-10", 1), "16"),
    ]
    publish_lines(world, "2026-10", october)
    return world


def parquet(content: bytes, folder: Path) -> list[dict[str, Any]]:
    file = folder / "file.parquet"
    file.write_bytes(content)
    found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(file)])
    names = [one[0] for one in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_every_format_adds_up_to_the_same(bills: World, tmp_path: Path) -> None:
    # 1.5 + 2 + 4.00000001: dora's own customers.
    total = Decimal("7.50000001")
    caller = bills.dora.caller
    _, content = exported(caller, "bill-lines", f"{BOTH}&columns=total")
    assert sum(Decimal(row[0]) for row in csv_lines(content)[1:]) == total
    export, content = exported(
        caller, "bill-lines", f"{BOTH}&columns=customer,uin,day,service,total", file_format="parquet"
    )
    rows = parquet(content, tmp_path)
    assert sum(row["total"] for row in rows) == total
    assert (export.rows, len(rows), export.name[-8:]) == (3, 3, ".parquet")
    assert {(row["customer"], row["uin"]) for row in rows} == {
        ("C****", str(bills.cora.uin)),
        ("上****", str(bills.chen.uin)),
    }
    _, content = exported(caller, "bill-lines", BOTH, file_format="focus.csv")
    focus = list(csv.DictReader(io.StringIO(content.decode())))
    assert sum(Decimal(row["BilledCost"]) for row in focus) == total
    _, content = exported(caller, "bill-lines", BOTH, file_format="focus.parquet")
    assert sum(row["BilledCost"] for row in parquet(content, tmp_path)) == total


def test_focus_has_its_columns_and_is_utc(bills: World) -> None:
    _, content = exported(bills.dora.caller, "bill-lines", "month=2026-10", file_format="focus.csv")
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert row.keys() >= MANDATORY
    assert [name for name in NOT_EMPTY if not row[name]] == []
    # The bill month of Tencent Cloud begins at midnight UTC+8.
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2026-09-30T16:00:00Z", "2026-10-31T16:00:00Z")
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-10-02T16:00:00Z", "2026-10-02T17:00:00Z")
    assert row["ProviderName"] == "Tencent Cloud"
    assert row["SubAccountName"] == "C****", "masked as lists mask"
    assert not [name for name in row if "partner" in name.lower()]


def test_focus_without_instants_is_the_day_in_the_source_s_zone(bills: World) -> None:
    _, content = exported(bills.carl.caller, "bill-lines", "month=2026-10", file_format="focus.csv")
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-09-30T16:00:00Z", "2026-10-01T16:00:00Z")


def test_a_file_in_full_names_people(bills: World, tmp_path: Path) -> None:
    options: dict[str, Any] = {"file_format": "parquet", "unmasked": True}
    _, content = exported(bills.dora.caller, "bill-lines", "month=2026-10&columns=customer,total", **options)
    assert parquet(content, tmp_path) == [{"customer": "Corazón Cafés", "total": Decimal("4.00000001")}]


@pytest.mark.parametrize("file_format", ["csv", "parquet", "focus.csv"])
def test_each_gets_its_own_lines(bills: World, tmp_path: Path, file_format: str) -> None:
    counts = {}
    for name in ("pia", "dora", "rita", "ruth", "sol", "olga", "carl"):
        export, _content = exported(bills[name].caller, "bill-lines", BOTH, file_format=file_format)
        counts[name] = export.rows
    assert counts == {"pia": 5, "dora": 3, "rita": 1, "ruth": 1, "sol": 0, "olga": 0, "carl": 1}


def test_what_the_payer_owes_is_in_no_file_of_others(bills: World, tmp_path: Path) -> None:
    for name, sees in {"dora": True, "rita": False, "carl": False}.items():
        for file_format in ("csv", "parquet"):
            query = "month=2026-10&columns=total,partner_cost"
            _, content = exported(bills[name].caller, "bill-lines", query, file_format=file_format)
            has = csv_lines(content)[0] if file_format == "csv" else list(parquet(content, tmp_path)[0])
            assert (len(has) == 2) is sees, (name, file_format)
    with pytest.raises(Invalid):
        start_export(bills.rita.caller, listing="costs", query="amount=partner_cost")


@pytest.mark.parametrize("listing", ["bill-sums", "costs"])
def test_sums_are_files_too(bills: World, tmp_path: Path, listing: str) -> None:
    _, content = exported(bills.dora.caller, listing, BOTH, file_format="parquet")
    rows = parquet(content, tmp_path)
    assert sum(row["total" if listing == "bill-sums" else "amount"] for row in rows) == Decimal("7.50000001")


@pytest.mark.parametrize(
    ("listing", "file_format"), [("customers", "parquet"), ("bill-sums", "focus.csv"), ("costs", "pdf")]
)
def test_a_list_has_its_formats(bills: World, listing: str, file_format: str) -> None:
    with pytest.raises(Invalid):
        start_export(bills.dora.caller, listing=listing, query="", file_format=file_format)


def test_a_customer_whose_bills_are_closed_gets_no_file(bills: World) -> None:
    type(bills.carl.account).objects.everything(reason="test").filter(pk=bills.carl.account_pk).update(
        bills_visible=False
    )
    for listing in ("bill-lines", "bill-sums", "costs"):
        with pytest.raises(NotAllowed):
            start_export(bills.carl.caller, listing=listing, query="")


def test_a_file_of_nothing_is_still_a_file(bills: World, tmp_path: Path) -> None:
    for file_format in lake_files.FORMATS:
        export, content = exported(bills.dora.caller, "bill-lines", "month=2026-03", file_format=file_format)
        assert export.rows == 0
        if file_format == "focus.csv":
            assert set(content.decode().strip().split(",")) >= MANDATORY
        else:
            assert parquet(content, tmp_path) == []


def test_a_first_month_without_lines_takes_no_header_away(bills: World) -> None:
    _, content = exported(bills.dora.caller, "bill-lines", "month=2026-08&until_month=2026-09", file_format="focus.csv")
    assert sorted(row["BilledCost"] for row in csv.DictReader(io.StringIO(content.decode()))) == [
        "1.50000000",
        "2.00000000",
    ]


def test_the_whole_history_tells_how_far_it_is(bills: World) -> None:
    export, _content = exported(bills.dora.caller, "bill-lines", BOTH, file_format="focus.csv")
    assert (export.done, export.total) == (3, 3)
