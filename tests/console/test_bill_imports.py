"""Importing bills in the browser, and saying whose the accounts of clouds are: issue 4, sections 2 and 5."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openpartner.core.audit.models import AuditEvent
from openpartner.core.billing.imports import ImportState, control_totals
from openpartner.core.billing.models import BillImport, BillMonth, CloudAccount
from openpartner.core.billing.queries import sums
from openpartner.core.settlement.models import Mode, SettlementMode
from openpartner.core.settlement.settle import mode_of
from tests.console.test_customers_page import signed_in
from tests.core.test_bill_import import ALL_MONTHS, SAMPLE, SAMPLE_BILLED, work
from tests.support.people import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    """A data folder per test."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path / "data"))
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "data" / "uploads"


def brought(client: Client, content: bytes, name: str, **values: str) -> Any:
    given = {"file": SimpleUploadedFile(name, content), "currency": "USD", **values}
    return client.post("/bill-imports/new/", given)


def test_the_focus_sample_goes_in_whole(world: World) -> None:
    client = signed_in(world.pia)
    answer = brought(client, SAMPLE.read_bytes(), SAMPLE.name)
    assert answer.status_code == 302, answer.content.decode()
    work()
    page = client.get(answer["Location"]).content.decode()
    assert "Nothing is wrong with the file" in page
    assert "FOCUS 1.0" in page
    assert "18.0066386184" in page  # what AWS billed, exactly (tests/data/focus/README.md: 20.520... with the others)
    row = BillImport.objects.everything(reason="test").get()
    assert row.state == ImportState.CHECKED
    assert not BillMonth.objects.everything(reason="test").exists()  # a dry run changes nothing
    applied = client.post(f"{answer['Location']}apply/")
    assert applied.status_code == 302
    work()
    page = client.get(applied["Location"]).content.decode()
    assert "The bills were published" in page
    assert "1000 lines have no customer" in page or "1,000 lines have no customer" in page
    controls = control_totals(world.pia.caller.scope, row.pk)
    assert sum(Decimal(one.billed_delivered) for one in controls) == SAMPLE_BILLED
    assert SAMPLE.name in client.get("/bill-imports/").content.decode()
    assert "Cloud accounts without a customer" in client.get("/").content.decode()


def test_what_is_wrong_is_told_by_row_and_nothing_changes(world: World) -> None:
    client = signed_in(world.pia)
    lines = SAMPLE.read_text().splitlines()
    lines[3] = lines[3].replace('"2024-09-01 00:00:00"', '"2024-13-01 00:00:00"')
    answer = brought(client, "\n".join(lines).encode(), "wrong.csv")
    work()
    page = client.get(answer["Location"]).content.decode()
    assert "1 error; nothing was changed" in page
    assert re.search(r"<td>4</td><td><code>BillingPeriodStart</code></td><td>is not a date", page)
    assert not BillMonth.objects.everything(reason="test").exists()
    file = client.get(f"{answer['Location']}errors/")
    assert b"BillingPeriodStart" in file.content
    assert client.post(f"{answer['Location']}apply/").status_code == 409


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"a,b\n1,2\n", "x.csv", "has none of the columns"),
        (b"\x00\x01\x02\xff\xfe", "x.csv", "is not UTF-8 text"),
        (b"PK\x03\x04nothing", "x.zip", "is a damaged ZIP"),
        (b"\x1f\x8bnothing", "x.csv.gz", "is a damaged gzip file"),
        (b"PAR1nothing", "x.parquet", "is a damaged Parquet file"),
        (b"BilledCost,BillingAccountId\n1,2\n", "x.csv", "looks like FOCUS and has no column"),
        (b"", "x.csv", "The file is empty"),
    ],
)
def test_what_is_no_file_of_bills_is_told_beside_the_field(world: World, content: bytes, name: str, says: str) -> None:
    answer = brought(signed_in(world.pia), content, name)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not BillImport.objects.everything(reason="test").exists()


def test_nobody_but_the_provider_has_these_pages(world: World) -> None:
    for name in ("dora", "rita", "carl"):
        client = signed_in(world[name])
        for address in ("/bill-imports/", "/bill-imports/new/", "/cloud-accounts/", "/cloud-accounts/unassigned/"):
            assert client.get(address).status_code in {403, 404}, (name, address)


def test_an_account_is_assigned_by_a_person_and_its_lines_follow(world: World) -> None:
    client = signed_in(world.pia)
    content = SAMPLE.read_text().replace("Atlas Orion", "Carl Coffee Co")
    brought(client, content.encode(), "named.csv")
    work()
    client.post(f"/bill-imports/{BillImport.objects.everything(reason='test').get().pk}/apply/")
    work()
    assert not any(row[-1] for row in sums(world.carl.caller.scope, ALL_MONTHS, [], ["total_cost"]))
    page = client.get("/cloud-accounts/unassigned/").content.decode()
    proposed = re.search(r'<a href="(/cloud-accounts/new/[^"]*11353890204[^"]*)">Perhaps carl_account</a>', page)
    assert proposed, "a customer with the same name is proposed"
    form = client.get(proposed[1].replace("&amp;", "&")).content.decode()
    values = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', form))
    assert values["customer"] == "carl_account"
    assert not CloudAccount.objects.everything(reason="test").exists()  # nobody has confirmed it yet
    wanted = {name: values.get(name, "") for name in ("cloud", "billing_account", "sub_account", "customer", "since")}
    wrong = client.post("/cloud-accounts/new/", {**wanted, "customer": "nobody"})
    assert wrong.status_code == 422
    assert client.post("/cloud-accounts/new/", wanted).status_code == 302
    work()
    assert sums(world.carl.caller.scope, ALL_MONTHS, [], ["total_cost"])[0][-1] > 13  # 13.616... of that account
    row = CloudAccount.objects.everything(reason="test").get()
    again = client.post("/cloud-accounts/new/", wanted)
    assert again.status_code == 422
    ended = client.post(f"/cloud-accounts/{row.pk}/end/", {"until": "2024-09-15"})
    assert ended.status_code == 302
    work()
    left = sums(world.carl.caller.scope, ALL_MONTHS, [], ["total_cost"])[0][-1]
    assert 0 < left < 13
    assert client.post("/cloud-accounts/999/end/", {"until": "2024-09-15"}).status_code == 404


def test_a_file_of_accounts_is_checked_and_applied(world: World) -> None:
    client = signed_in(world.pia)
    good = (
        b"cloud,billing_account,sub_account,customer,since,until\n"
        b"aws,123,a,carl_account,2024-01-01,\naws,123,,cora_account,2024-01-01,\n"
    )
    answer = client.post("/cloud-accounts/file/", {"file": SimpleUploadedFile("m.csv", good)})
    assert answer.status_code == 200
    assert "New: 2" in answer.content.decode()
    assert not CloudAccount.objects.everything(reason="test").exists()
    bad = good + b"aws,123,b,nobody,2024-01-01,\naws,123,c,carl_account,yesterday,\n"
    answer = client.post("/cloud-accounts/file/", {"file": SimpleUploadedFile("m.csv", bad), "apply": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<td>4</td><td><code>customer</code></td>" in page
    assert "<td>5</td><td><code>since</code></td>" in page
    assert not CloudAccount.objects.everything(reason="test").exists()
    answer = client.post("/cloud-accounts/file/", {"file": SimpleUploadedFile("m.csv", good), "apply": "on"})
    assert answer.status_code == 302
    assert CloudAccount.objects.everything(reason="test").count() == 2
    assert b"aws" in client.get("/cloud-accounts/").content
    assert client.get("/cloud-accounts/template/").content.startswith(b"\xef\xbb\xbfcloud,billing_account")


def test_the_provider_chooses_who_writes_deductions(world: World) -> None:
    """Issue 4, section 1: settlement with its two modes. Tencent's and Huawei's bills begin as they tell themselves."""
    client = signed_in(world.pia)
    page = client.get("/cloud-accounts/settlement/").content.decode()
    assert page.count("As the bill tells them") == 2
    assert page.count("From the start") == 2
    assert "/cloud-accounts/settlement/" in client.get("/cloud-accounts/").content.decode()
    form = client.get("/cloud-accounts/settlement/set/?cloud=tencent").content.decode()
    assert re.search(r'value="given"[^>]* checked', form)
    answer = client.post("/cloud-accounts/settlement/set/", {"cloud": " AWS", "mode": "given"})
    assert answer.status_code == 302
    assert mode_of(world.pia.account_pk, "aws") == Mode.GIVEN
    page = client.get("/cloud-accounts/settlement/").content.decode()
    assert page.count("As the bill tells them") == 3
    assert page.count("Somebody has chosen it") == 1
    event = AuditEvent.objects.everything(reason="test").get(action="bills.settlement-mode-set")
    assert json.loads(event.details) == {"cloud": "aws", "mode": "given"}


@pytest.mark.parametrize(
    "given", [{"cloud": " ", "mode": "ours"}, {"cloud": "aws", "mode": "theirs"}, {"cloud": "aws"}]
)
def test_a_wrong_mode_changes_nothing(world: World, given: dict[str, str]) -> None:
    assert signed_in(world.pia).post("/cloud-accounts/settlement/set/", given).status_code == 422
    assert not SettlementMode.objects.everything(reason="test").exists()


def test_only_the_provider_settles(world: World) -> None:
    for name in ("dora", "rita", "carl"):
        client = signed_in(world[name])
        assert client.get("/cloud-accounts/settlement/").status_code in {403, 404}
        given = {"cloud": "aws", "mode": "given"}
        assert client.post("/cloud-accounts/settlement/set/", given).status_code in {403, 404}
    assert not SettlementMode.objects.everything(reason="test").exists()
