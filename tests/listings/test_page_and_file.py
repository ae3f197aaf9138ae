"""Page and file of every list agree, in both forms, masked and in full, under every order, tab and filter."""

from __future__ import annotations

import csv
import io
import json
from random import Random
from typing import Any

import pytest

from openpartner.core.accounts.models import Flag
from openpartner.core.partners.commands import grant_flag
from openpartner.listings import jobs
from openpartner.listings.declare import Listing
from openpartner.listings.records import CONTENT_TYPES, Format, as_data
from openpartner.listings.registry import LISTINGS
from openpartner.listings.shown import answer
from tests.conftest import SEED
from tests.listings.exporting import (
    CROWD,
    EXPORTABLE,
    READER,
    agree,
    asked,
    csv_lines,
    furnished,
    made,
    plain,
    queries,
    question_of,
    sheet_lines,
    shown,
    some,
)
from tests.support import turns
from tests.support.people import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def people(shared_rows: None) -> World:
    """Everybody with a crowd, money and bills, built once: no test changes more than its own transaction."""
    return furnished(build_world(), Random(SEED))


def test_there_are_lists_to_export() -> None:
    assert {listing.name for listing in EXPORTABLE} >= {"customers"}


@pytest.mark.slow  # a file for every filter, tab and order
@pytest.mark.parametrize("unmasked", [False, True])
@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
@pytest.mark.parametrize("listing", EXPORTABLE, ids=lambda listing: listing.name)
def test_page_and_file_agree(
    people: World, listing: Listing[Any], form: Format, monkeypatch: pytest.MonkeyPatch, *, unmasked: bool
) -> None:
    monkeypatch.setattr(jobs, "ROWS_AT_ONCE", 9)
    # Lists of second-level resellers' customers are closed without it (seed 000).
    grant_flag(people["pia"].caller, account_id=people["dora"].account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    for name in ("pia", "dora") if not unmasked else ("dora",):
        caller = people[name].caller
        if listing.export_permission not in caller.permissions:
            continue
        asking = list(queries(listing, caller))
        for query in turns.every_other(asking) if form is Format.CSV and not unmasked else some(asking):
            columns = question_of(listing, caller, query).columns
            # Asking and making are events of the audit log themselves: page and file are both of the moment between.
            job = asked(caller, listing.name, query, file_format=form, unmasked=unmasked)
            page = shown(listing, caller, query, unmasked=unmasked)
            export, content = made(caller, job)
            header, *file = csv_lines(content) if form is Format.CSV else sheet_lines(content)
            assert header[: len(columns)] == [str(column.label) for column in columns], query
            agree(listing, columns, page, file, form)
            assert export.rows == len(page)
            if unmasked and form is Format.CSV:
                assert {line[-1].partition(" ")[0] for line in file} <= {f"{caller.account_name}/{caller.user_name}"}


def test_the_crowd_is_not_all_the_same(people: World) -> None:
    """That filters and pages agree says something only where filters leave some rows out and keep some."""
    customers = LISTINGS["customers"]
    caller = people["pia"].caller
    found = {query: len(shown(customers, caller, query, unmasked=False)) for query in queries(customers, caller)}
    assert found[""] > CROWD
    narrowed = [query for query, count in found.items() if 0 < count < found[""]]
    assert len(narrowed) > 10


@pytest.mark.parametrize("form", sorted(CONTENT_TYPES))
def test_a_page_is_also_data(people: World, form: Format) -> None:
    customers, caller = LISTINGS["customers"], people["dora"].caller
    query = "columns=customer,uin,associated,status,mobile,email&page=2&sort=uin"
    question = question_of(customers, caller, query)
    page = answer(question, READER)
    data = as_data(question, form)
    assert data.name.endswith(form)
    if form is Format.JSON:
        told = json.loads(data.content)
        assert (told["page"], told["size"], len(told["rows"])) == (2, 7, 7)
        lines = [[str(value) for value in row.values()] for row in told["rows"]]
        assert list(told["rows"][0]) == ["customer", "uin", "associated", "status", "mobile", "email"]
    elif form is Format.CSV:
        lines = list(csv.reader(io.StringIO(data.content.decode(), newline=""), strict=True))[1:]
    else:
        lines = sheet_lines(data.content)[1:]
    texts = [[plain(str(cell.text)) for cell in row.cells] for row in page.rows]
    if form is Format.JSON:
        texts = [[str(cell.text) for cell in row.cells] for row in page.rows]
    agree(customers, question.columns, texts, lines, form)
