"""A list as a file at its own address equals the page on screen, masked, for those who may export it."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from tests.console.organization.people import browser, member
from tests.support.people import World

pytestmark = pytest.mark.django_db

QUERIES = [
    "columns=uin,customer,email",
    "columns=uin,customer,email&sort=uin",
    "columns=email,uin,customer&sort=-uin&size=20",
    "columns=uin,customer,email&text=cora",
    "columns=uin,customer,email&associated_from=2024-03-04",
    "columns=uin,customer,email&uin=299999999999",
    "columns=uin,customer,email&page=99",
]


def on_screen(client: Client, query: str) -> list[list[str]]:
    text = client.get(f"/customers/?{query}").content.decode()
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = []
    for part in body.split("</tr>")[:-1]:
        row = re.sub(
            r'<t[dh][^>]*class="(pick|more)".*?</t[dh]>|<span class="avatar.*?</span>', "", part, flags=re.DOTALL
        )
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        rows.append([re.sub(r"<[^>]*>|\s+", "", cell) for cell in cells])
    return rows


def as_csv(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def as_xlsx(answer: Any) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [[str(cell) for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True)]


def as_json(answer: Any) -> list[list[str]]:
    return [[str(cell) for cell in row.values()] for row in json.loads(answer.content)["rows"]]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("who", ["pia", "dora", "rita", "sol"])
def test_every_format_is_the_page(world: World, who: str, query: str) -> None:
    client = browser(world[who])
    expected = on_screen(client, query)
    for file_format, read in (("csv", as_csv), ("xlsx", as_xlsx), ("json", as_json)):
        answer = client.get(f"/customers.{file_format}?{query}")
        assert answer.status_code == 200
        assert read(answer) == expected, file_format
        for name in world:
            assert world[name].account.email not in answer.content.decode("utf-8", "replace")
    if query == QUERIES[0]:
        assert expected, "CAST gives each of them a customer"


def test_a_pages_total_is_told(world: World) -> None:
    told = json.loads(browser(world.dora).get("/customers.json?size=20").content)
    assert (told["total"], told["total_is_at_least"], told["page"], told["size"]) == (3, False, 1, 20)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
def test_it_needs_the_permission_to_export(world: World, file_format: str) -> None:
    """Seed 003: the list of customers is exported by administrators alone."""
    address = f"/customers.{file_format}"
    for preset in Preset:
        if preset is not Preset.ADMINISTRATOR:
            assert browser(member(world.dora, f"p-{preset}", preset)).get(address).status_code == 403, preset
    assert Client().get(address).status_code == 302
    assert browser(world.dora).get(address).status_code == 200
    assert browser(world.dora).get(f"{address}?tab=indirect").status_code == 403
    assert browser(world.dora).get(f"{address}?uin=x").status_code == 422


@pytest.mark.parametrize(
    "address", ["/customers.pdf", "/customers.csv/", "/customers.", "/customers.CSV", "/search.csv"]
)
def test_there_is_no_other_format(world: World, address: str) -> None:
    assert browser(world.dora).get(address).status_code == 404
