"""Page and file of the lists of bills: filters that narrow, workbooks to the last digit, Parquet, and names in full."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django import forms

from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import assign_manager
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from openpartner.listings.declare import Cell, Listing
from openpartner.listings.question import Question
from openpartner.listings.records import CONTENT_TYPES, NUMBERS, Format, as_data
from openpartner.listings.registry import LISTINGS
from openpartner.listings.shown import answer
from tests.listings.exporting import (
    READER,
    SAMPLES,
    agree,
    csv_lines,
    every_column,
    exported,
    plain,
    question_of,
    sheet_lines,
    shown,
)
from tests.support.bills import line, publish_lines
from tests.support.people import World

BILLS = [LISTINGS[name] for name in ("bill-lines", "bill-sums", "costs")]
MANY_DIGITS = Decimal("-9876543210.21098765")
"""More than a double holds, and what a sheet makes of it must not become the file's."""
DAYS = {"since": "since=2026-11-05", "until": "until=2026-11-04"}
SHOWN_ELSE = {"by", "tag_key", "per", "amount", "top", "chart", "compare"}
"""How costs are summed and drawn, which leaves nothing out."""


@pytest.fixture
def _now() -> Iterator[None]:
    """In the month of the lines, which is one of those that can be asked for."""
    with clock.frozen(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def bills(_now: None, world: World) -> World:
    """Lines in which everything that can be asked for occurs, and something else."""
    grant_flag(world["pia"].caller, account_id=world["dora"].account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    assign_manager(world["dora"].caller, account_id=world["cora"].account_id, manager_id=world["dora"].user_pk)
    chen = Account.objects.everything(reason="test").filter(pk=world["chen"].account_pk)
    chen.update(association_kind=AssociationKind.AGENCY)
    # The values are those of SAMPLES.
    told = {
        "order_id": SAMPLES["order"],
        "transaction_id": SAMPLES["transaction"],
        "resource_id": SAMPLES["resource"],
        "resource_name": SAMPLES["resource_name"],
        "resource_type_code": SAMPLES["resource_type"],
        "resource_type_name": '"Instance", <big>',
        "component_code": SAMPLES["component"],
        "operator": SAMPLES["operator"],
        "billing_account": SAMPLES["billing_account"],
        "tags": json.dumps({SAMPLES["tag"]: "1", SAMPLES["tag_key"]: "web"}),
        "charged_at": datetime(2026, 11, 5, 23, 59, 59, tzinfo=UTC),
        "usage_from": datetime(2026, 11, 5, 22, tzinfo=UTC),
        "usage": "0.00000001",
    }
    other = {
        "cloud": "aws",
        "currency": "EUR",
        "charge_category": "Purchase",
        "charging": "prepaid",
        "action": "refund",
        "service_category": "Storage",
        "service_code": "p_cbs",
        "service_name": "=Disks",
        "product_code": "sp_cbs",
        "product_name": "+Disks\x1f",
        "region_code": "1",
        "region_name": "-Guangzhou",
        "zone_code": "2",
        "zone_name": "Zone 2",
        "project_id": "7",
        "project_name": "@seven",
        "charge_description": "a\r\nb\t' ＝1",
    }
    first, second = date(2026, 11, 3), date(2026, 11, 5)
    zoned = {"zone_code": "1", "zone_name": "Zone 1", "project_id": "0", "service_category": "Compute"}
    tencent = [
        line(world.cora, second, "1.00000001", partner_cost="0.5", **told, **zoned),
        line(world.chen, first, str(MANY_DIGITS), **zoned),
        line(world.carl, first, "0.1"),
        line(world.cora, first, "0"),
    ]
    publish_lines(world, "2026-10", [line(world.cora, date(2026, 10, 31), "3")])
    publish_lines(world, "2026-11", tencent)
    publish_lines(world, "2026-11", [line(world.cora, first, "-7.5", **other)], cloud="aws")
    return world


def values_of(listing: Listing[Any], world: World) -> dict[str, list[str]]:
    """The queries of every filter of dora's."""
    found: dict[str, list[str]] = {}
    for one in listing.filters:
        if not one.is_for(world.dora.caller):
            continue
        control = one.control(world.dora.caller)
        if one.key in SHOWN_ELSE:
            continue
        if one.key in DAYS:
            found[one.key] = [DAYS[one.key]]
        elif one.key == "text":
            found[one.key] = [f"text={world.chen.uin}"]
        elif isinstance(control, forms.ChoiceField):
            choices: list[tuple[Any, Any]] = list(control.choices)  # type: ignore[arg-type]  # no groups here
            found[one.key] = [f"{one.key}={key}" for key, _word in choices if str(key)]
        else:
            found[one.key] = [f"{one.key}={SAMPLES[one.key]}"]
    return found


def amount_texts(content: bytes) -> list[list[str]]:
    """The numbers of a sheet as its XML has them, line by line below the header."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    rows = re.findall(r"<row[^>]*>(.*?)</row>", sheet, re.DOTALL)
    return [re.findall(r"<v>([^<]*)</v>", row) for row in rows[1:]]


def parquet_lines(content: bytes, file: Path) -> list[list[Any]]:
    file.write_bytes(content)
    return [list(row) for row in duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchall()]


def as_page(question: Question[Any], row: list[Any]) -> list[str]:
    """Values of a Parquet file as the page shows them to a reader in UTC."""
    return [
        "" if value is None
        else value.strftime("%Y-%m-%d %H:%M") if column.shows is Cell.INSTANT
        else f"{value:f}" if column.shows is Cell.AMOUNT
        else plain(str(value))
        for column, value in zip(question.columns, row, strict=True)
    ]  # fmt: skip  # one condition a line


@pytest.mark.parametrize("listing", BILLS, ids=lambda listing: listing.name)
def test_every_filter_leaves_some_in_and_some_out(bills: World, listing: Listing[Any]) -> None:
    """Else that page and file agree under it would say nothing."""
    caller = bills.dora.caller
    all_rows = shown(listing, caller, "month=2026-11", unmasked=False)
    for key, queries in values_of(listing, bills).items():
        within = "" if "month" in key else "month=2026-11&"
        pages = [shown(listing, caller, within + query, unmasked=False) for query in queries]
        assert any(page != all_rows and page for page in pages), (key, queries)


@pytest.mark.slow  # a file for every kind of reader and list
@pytest.mark.parametrize("unmasked", [False, True])
@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX, Format.PARQUET])
@pytest.mark.parametrize("listing", BILLS, ids=lambda listing: listing.name)
def test_page_and_file_agree_for_everybody(
    bills: World, tmp_path: Path, listing: Listing[Any], form: Format, *, unmasked: bool
) -> None:
    callers = [bills[name].caller for name in ("pia", "dora", "rita", "carl")]
    for caller in [one for one in callers if not unmasked or Permission.EXPORT_UNMASKED in one.permissions]:
        query = every_column(listing, caller)
        page = shown(listing, caller, query, unmasked=unmasked)
        assert page, caller.account_name
        _export, content = exported(caller, listing.name, query, file_format=form, unmasked=unmasked)
        question = question_of(listing, caller, query)
        if form is Format.PARQUET:
            keys = [column.key for column in question.columns]
            rows = parquet_lines(content, tmp_path / caller.account_name)
            # Several threads write it, in no order.
            of_file = sorted(as_page(question, row) for row in rows)
            for shown_row, row in zip(sorted(page), of_file, strict=True):
                assert [*zip(keys, shown_row, strict=True)] == [*zip(keys, row, strict=True)]
            continue
        lines = csv_lines(content) if form is Format.CSV else sheet_lines(content)
        agree(listing, question.columns, page, lines[1:], form)


@pytest.mark.parametrize("listing", BILLS, ids=lambda listing: listing.name)
def test_a_workbook_holds_amounts_to_the_last_digit(bills: World, listing: Listing[Any]) -> None:
    caller = bills.dora.caller
    query = every_column(listing, caller)
    question = question_of(listing, caller, query)
    places = [n for n, column in enumerate(question.columns) if column.shows in NUMBERS]
    page = [[row[n] for n in places] for row in shown(listing, caller, query, unmasked=False)]
    assert any(len(text) == len(str(MANY_DIGITS)) for row in page for text in row)
    content = exported(caller, listing.name, query, file_format=Format.XLSX)[1]
    sheet = amount_texts(content)
    assert [[text for text in row if text] for row in page] == sheet


@pytest.mark.parametrize("form", sorted(CONTENT_TYPES))
@pytest.mark.parametrize("listing", BILLS, ids=lambda listing: listing.name)
def test_a_page_of_bills_is_also_data(bills: World, listing: Listing[Any], form: Format) -> None:
    caller = bills.dora.caller
    question = question_of(listing, caller, every_column(listing, caller))
    content = as_data(question, form).content
    texts = [[str(cell.text) for cell in row.cells] for row in answer(question, READER).rows]
    if form is Format.JSON:
        lines = [[str(value) for value in row.values()] for row in json.loads(content)["rows"]]
    else:
        texts = [[one.replace("\x1f", "") for one in row] for row in texts]
        lines = (_read(content) if form is Format.CSV else sheet_lines(content))[1:]
    agree(listing, question.columns, texts, lines, form)


def _read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
