"""A damaged or missing file of bills at a live server: both vendors' operations refuse, and the console says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from openpartner.core.billing.intact import WORDS
from tests.proofs.record import count
from tests.proofs.requests import MONTH, Ask, Signers, passing
from tests.proofs.wire import Answer, Wire
from tests.support.live_bills import publish
from tests.support.people import PASSWORD
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a server of its own, whose files are spoilt

CUSTOMERS = ("carl", "cora", "cleo")
BILL = re.compile(r"Bill|MonthlySum|Resource(Fee)?Record|ListCosts|CostExplorer|ConsumeSubCustomers")
NO_BILLS = {"tencent QueryCustomerBillingQuota"}
"""Named after bills, and told by the ledger."""
NARROWING = {"method", "sub_customer_id", "payer_account_id"}
INTERNAL = {"tencent": (200, "InternalError"), "huawei": (500, "CBC.0999")}
"""What both vendors' documents name for what is no fault of the request (tencent:C.7, huawei:C8)."""


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as running:
        for month in {MONTH, "2026-10"}:
            rows = [
                {"customer": name, "bill_day": f"{month}-0{day}", "total": "1.5"}
                for name in CUSTOMERS
                for day in (1, 2, 3)
            ]
            publish(running, month, rows, state="final")
        yield running


def asks(server: Server) -> list[Ask]:
    """A request of every operation on bills that is answered, by whoever may send it; also without what narrows it."""
    found = [
        ask
        for key, some in passing(server.world).items()
        for ask in some
        if BILL.search(key) and key not in NO_BILLS and "DownloadUrl" not in key
    ]
    plain = [
        replace(ask, parameters={name: value for name, value in ask.parameters.items() if name not in NARROWING})
        for ask in found
        if NARROWING & ask.parameters.keys()
    ]
    return [*found, *plain]


def send(server: Server, wire: Wire, found: list[Ask]) -> list[Answer]:
    signers = Signers(server)
    return [wire.send(signers.raw(ask)) for ask in found]


def spoil(server: Server) -> dict[Path, bytes]:
    """Flip a bit in the middle of each file, so that some would still be read without an error; every third goes."""
    whole = {}
    for number, path in enumerate(sorted((server.folder / "data" / "lake").rglob("*.parquet"))):
        data = path.read_bytes()
        whole[path] = data
        if number % 3 == 2:
            path.unlink()
        else:
            path.write_bytes(data[: len(data) // 3] + bytes([data[len(data) // 3] ^ 4]) + data[len(data) // 3 + 1 :])
    return whole


def test_no_operation_sums_around_damage(damaged: Server) -> None:
    wire, found = Wire(damaged), asks(damaged)
    assert len(found) >= 25
    whole = spoil(damaged)
    spoilt = send(damaged, wire, found)
    for path, data in whole.items():
        path.write_bytes(data)
    sound = send(damaged, wire, found)
    wire.close()
    refused: list[str] = []
    for ask, before, after in zip(found, spoilt, sound, strict=True):
        assert after.code == "", (ask.key, after.body)
        if (before.status, before.code) == INTERNAL[ask.dialect]:
            assert before.message == WORDS, ask.key
            refused.append(ask.key)
        else:  # nothing is within its reach, which the manifest knows without a file
            assert before.without_ids() == after.without_ids(), ask.key
    assert set(refused) == {ask.key for ask in found}
    count("operations on damaged bills", operations=len(set(refused)), refused=len(refused), summed_around=0)


def test_the_console_says_that_bills_cannot_be_read(damaged: Server) -> None:
    session = requests.Session()
    address = f"http://localhost:{damaged.port}"
    form = session.get(f"{address}/sign-in/", timeout=10).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token is not None
    who = {"email": damaged.world.carl.email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    session.post(f"{address}/sign-in/", data=who, headers={"Referer": f"{address}/sign-in/"}, timeout=10)
    whole = spoil(damaged)
    page = session.get(f"{address}/costs/", timeout=10)
    assert page.status_code == 503, page.text
    assert WORDS in page.text
    assert "Traceback" not in page.text
    for path, data in whole.items():
        path.write_bytes(data)
    assert session.get(f"{address}/costs/", timeout=10).status_code == 200
