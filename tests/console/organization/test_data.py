"""Every list is also data: the same rows at the same address with .csv or .json, and no formula in them."""

from __future__ import annotations

import csv
import json

import pytest

from openpartner.core.access.roles import Preset
from openpartner.core.base.permissions import Permission
from tests.console.organization.people import browser, member
from tests.support.people import Person

FORMULA = '=HYPERLINK("http://example.com")'
ADDRESSES = ("/members", "/account-managers", "/audit-log", "/mail")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_list_is_also_data(dora: Person, address: str) -> None:
    member(dora, "kim", Preset.FINANCE)
    client = browser(dora)
    client.post("/keys/new/")  # which is told by mail
    answer = client.get(f"{address}.json")
    assert answer.status_code == 200
    found = json.loads(answer.content)
    assert found["total"] > 0
    rows = list(csv.reader(client.get(f"{address}.csv").content.decode("utf-8-sig").splitlines()))
    assert len(rows) == found["total"] + 1
    assert client.get(f"{address}.xlsx").content.startswith(b"PK")


@pytest.mark.parametrize("address", ["/members", "/audit-log"])
def test_a_name_is_no_formula_in_a_file(dora: Person, address: str) -> None:
    kim = member(dora, FORMULA, Preset.ADMINISTRATOR)
    theirs = browser(kim)
    theirs.post("/keys/new/")
    lines = theirs.get(f"{address}.csv").content.decode("utf-8-sig").splitlines()
    cells = [cell for row in csv.reader(lines) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t"}]


@pytest.mark.parametrize("address", ADDRESSES)
def test_data_needs_what_the_page_needs(dora: Person, address: str) -> None:
    from openpartner.core.access.users import define_role

    role = define_role(dora.caller, name="nothing", permissions=[Permission.PROFILE_READ])
    client = browser(member(dora, "kim", custom=[role.pk]))
    assert client.get(f"{address}.csv").status_code == 403
