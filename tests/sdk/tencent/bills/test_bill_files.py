"""Files of bills through the official SDK and plain HTTP. Expectations: tencent:D.5, tencent:D.6, tencent:B.7."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sdk.tencent.bills.book import DISK, FINAL, OCTOBER, OPEN, grouped, rows_of, total
from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal
from tests.support.live_bills import publish
from tests.support.server import Server

ACTION = "DescribeCustomerBillDownloadUrl"
OWN = "DescribeBillDownloadUrl"
READY_WITHIN_SECONDS = 30
Lines = list[dict[str, str]]


def wait_for(client: Any, action: str, **given: object) -> str:
    """Ask until the file is ready, as a caller of the vendor does; the first answers have no address."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        answer = ask(client, action, **given)
        assert answer.Ready in {0, 1}
        if answer.Ready:
            return str(answer.DownloadUrl)
        assert answer.DownloadUrl == ""
        time.sleep(0.1)
    raise AssertionError("the file did not become ready")


def fetch(url: str) -> tuple[str, bytes]:
    """Name and content, without a session."""
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 200
    (name,) = re.findall(r'attachment; filename="([^"]+)"', answer.headers["Content-Disposition"])
    assert url.endswith(f"/{name}")
    return name, answer.content


def rows_in(content: bytes) -> Lines:
    """The rows of a CSV file by header; the byte order mark is there for spreadsheets."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def given_for(people: People, name: str | None, **changed: object) -> Mode:
    given: Mode = {"Month": FINAL, "FileType": "billDetail", "CustomerUinType": "Customer", **changed}
    return given if name is None else {"CustomerUin": people[name].uin, **given}


@pytest.mark.parametrize("mode", MODES)
def test_details_add_up_to_what_the_api_says(tencent: Tencent, people: People, mode: Mode) -> None:
    client = tencent(people["dora"], **mode)
    name, content = fetch(wait_for(client, ACTION, **given_for(people, "cora")))
    assert re.fullmatch(rf"L3-bill_details-{people['cora'].uin}-202609-[0-9a-f]+\.csv", name)  # tencent:D.5
    rows = rows_in(content)
    assert len(rows) == len(rows_of("cora"))
    told = ask(client, "DescribeCustomerBillSummary", CustomerUin=people["cora"].uin, Month=FINAL).TotalCost
    assert sum(Decimal(row["Total Cost"]) for row in rows) == total(rows_of("cora")) == Decimal(str(told))
    assert sum(Decimal(row["Original Cost"]) for row in rows) == total(rows_of("cora"), "list_cost")
    assert all(re.fullmatch(r"-?[0-9]+\.[0-9]{8}", row["Total Cost"]) for row in rows)  # tencent:E.5: 8 decimals
    lines = ask(client, "DescribeCustomerBillDetail", CustomerUin=people["cora"].uin, Month=FINAL, Page=1, PageSize=200)
    by_id = {line.Id: line for line in lines.DetailSet}
    for row in rows:
        line = by_id[row["ID"]]
        assert row["Billing Mode"] == line.BillingMode
        assert row["Transaction Type"] == line.TransactionType
        assert row["Usage Start Time"] == line.UsageStartTime
        assert Decimal(row["Total Cost"]) == Decimal(line.TotalCost)


def test_a_line_is_told_in_full(tencent: Tencent, people: People) -> None:
    """tencent:D.0.2: the worked example; a resource's name that reads like a formula is made a text."""
    rows = rows_in(fetch(wait_for(tencent(people["dora"]), ACTION, **given_for(people, "cora")))[1])
    disk = next(row for row in rows if row["Total Cost"] == "0.00358500")
    assert disk["Payer Account ID"] == disk["Reseller Account ID"] == str(people["dora"].uin)
    assert (disk["Owner Account ID"], disk["Operator Account ID"]) == (str(people["cora"].uin), "200000000999")
    assert (disk["Product Name"], disk["Region"]) == (DISK["service_name"], DISK["region_name"])
    assert (disk["Component List Price"], disk["Component Usage"], disk["Usage Duration"]) == (
        "0.00000003",
        "250",
        "478",
    )
    assert (disk["Transaction ID"], disk["Transaction Time"]) == ("20230228722000247298552", "2026-09-01 00:01:02")
    assert disk["Project Name"] == "default"
    assert {row["Instance Name"] for row in rows if row["Instance ID"] == "ins-1"} == {"'=cmd|' /C calc'!A1"}
    assert [row["Total Cost"] for row in rows if row["Total Cost"].startswith("-")] == ["-30.00000001"]  # a number
    assert not any("Partner" in header for header in disk)


def test_a_file_by_resource_has_two_decimals_and_the_same_total(tencent: Tencent, people: People) -> None:
    """tencent:E.5: L2 has two decimals. What is cut off a row goes into the next, so that rounding is not added up."""
    client = tencent(people["dora"])
    name, content = fetch(wait_for(client, ACTION, **given_for(people, "cora", FileType="billResource")))
    assert name.startswith(f"L2-bill_by_Instance-{people['cora'].uin}-202609-")
    rows = rows_in(content)
    assert all(re.fullmatch(r"-?[0-9]+\.[0-9]{2}", row["Total Cost"]) for row in rows)
    assert sum(Decimal(row["Total Cost"]) for row in rows) == round(total(rows_of("cora")), 2)
    exact = grouped(rows_of("cora"), lambda row: row.get("resource_id", ""))
    for row in rows:
        if row["Instance ID"] == "disk-4jrmzpvk":
            assert abs(Decimal(row["Total Cost"]) - exact["disk-4jrmzpvk"]) < Decimal("0.01")
            assert (row["Usage Start Time"], row["Usage End Time"]) == ("2026-09-01 00:00:00", "2026-09-01 00:07:57")


def test_a_file_in_chinese_has_the_same_figures(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    url = wait_for(client, ACTION, **given_for(people, "cora", FileLanguage="zh_cn"))
    rows = rows_in(fetch(url)[1])
    assert sum(Decimal(row["总费用"]) for row in rows) == total(rows_of("cora"))
    assert {"包年包月", "按量计费", "标准预留实例"} == {row["计费模式"] for row in rows}  # tencent:E.6
    english = rows_in(fetch(wait_for(client, ACTION, **given_for(people, "cora", FileLanguage="en")))[1])
    assert [row["明细 ID"] for row in rows] == [row["ID"] for row in english]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("level", ["L2", "L3"])
def test_a_customer_fetches_its_own(tencent: Tencent, people: People, mode: Mode, level: str) -> None:
    name, content = fetch(wait_for(tencent(people["carl"], **mode), OWN, Month=FINAL, FileType=level))
    assert name.startswith(f"{level}-bill_")
    (row,) = rows_in(content)
    assert Decimal(row["Total Cost"]) == total(rows_of("carl"))
    assert row["Owner Account ID"] == str(people["carl"].uin)


def test_the_first_call_has_the_file_made(tencent: Tencent, people: People) -> None:
    """tencent:D.5: Ready 0 and no address, then 1."""
    given = given_for(people, "cyro", FileLanguage="zh_cn")
    answer = ask(tencent(people["dora"]), ACTION, **given)
    assert (answer.Ready, answer.DownloadUrl) == (0, "")
    assert wait_for(tencent(people["dora"]), ACTION, **given)


def test_asking_again_gives_the_same_file_by_another_link(tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    urls = {wait_for(client, ACTION, **given_for(people, "chen")) for _ in range(2)}
    assert len(urls) == 2
    assert len({fetch(url) for url in urls}) == 1


@pytest.mark.parametrize("file_type", ["billDetailPack", "billResourcePack"])
def test_a_pack_has_a_file_for_each_direct_customer(tencent: Tencent, people: People, file_type: str) -> None:
    name, content = fetch(wait_for(tencent(people["dora"]), ACTION, **given_for(people, None, FileType=file_type)))
    level = "L3-bill_details" if file_type == "billDetailPack" else "L2-bill_by_Instance"
    assert re.fullmatch(rf"{level}-{people['dora'].uin}-AllCustomersBills-202609-[0-9a-f]+\.zip", name)
    found = _unpacked(content)
    assert found.keys() == {people["cora"].uin, people["chen"].uin}
    for who in ("cora", "chen"):
        rows = found[people[who].uin]
        assert sum(Decimal(row["Total Cost"]) for row in rows) == round(
            total(rows_of(who)), 8 if file_type == "billDetailPack" else 2
        )


@pytest.mark.parametrize(("kind", "whose"), [("Reseller", {"rita"}), ("ResellerCustomer", {"carl", "cleo"})])
def test_a_distributor_gets_packs_of_its_resellers(
    tencent: Tencent, people: People, kind: str, whose: set[str]
) -> None:
    given = given_for(people, None, FileType="billDetailPack", CustomerUinType=kind)
    name, content = fetch(wait_for(tencent(people["dora"]), ACTION, **given))
    assert f"-{people['dora'].uin}-AllResellersBills-202609-" in name
    found = _unpacked(content)
    assert found.keys() == {people[one].uin for one in whose}
    told = [Decimal(row["Total Cost"]) for rows in found.values() for row in rows]
    assert sorted(told) == sorted([total(rows_of("carl")), total(rows_of("cleo"))])


def _unpacked(content: bytes) -> dict[int, Lines]:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        assert pack.testzip() is None
        return {int(name.split("-")[2]): rows_in(pack.read(name)) for name in pack.namelist()}


@pytest.mark.parametrize(
    ("kind", "name", "expected"), [("Reseller", "rita", ["carl", "cleo"]), ("ResellerCustomer", "carl", ["carl"])]
)
def test_a_distributor_gets_files_of_its_resellers(
    tencent: Tencent, people: People, kind: str, name: str, expected: list[str]
) -> None:
    url = wait_for(tencent(people["dora"]), ACTION, **given_for(people, name, CustomerUinType=kind))
    rows = rows_in(fetch(url)[1])
    assert {row["Owner Account ID"] for row in rows} == {str(people[one].uin) for one in expected}
    assert {row["Reseller Account ID"] for row in rows} == {str(people["rita"].uin)}
    assert sum(Decimal(row["Total Cost"]) for row in rows) == sum(total(rows_of(one)) for one in expected)


def test_a_republished_month_makes_a_new_file(server: Server, tencent: Tencent, people: People) -> None:
    client = tencent(people["dora"])
    given = given_for(people, "cora", Month=OPEN)
    before = wait_for(client, ACTION, **given)
    publish(server, OPEN, [*OCTOBER, {"customer": "cora", "bill_day": "2026-10-20", "total": "0.75"}])
    try:
        after = wait_for(client, ACTION, **given)
        assert sum(Decimal(row["Total Cost"]) for row in rows_in(fetch(after)[1])) == Decimal("9.00000008")
        assert sum(Decimal(row["Total Cost"]) for row in rows_in(fetch(before)[1])) == Decimal("8.25000008")
    finally:
        publish(server, OPEN, OCTOBER, by_day=True)


def test_packs_wait_until_the_month_is_final(tencent: Tencent, people: People) -> None:
    """tencent:D.5: not before the 5th, 01:00; and not while the month itself is open."""
    for month in (OPEN, "2026-11"):
        given = given_for(people, None, FileType="billDetailPack", Month=month)
        assert refusal(tencent(people["dora"]), ACTION, **given)[0] == "FailedOperation"


@pytest.mark.parametrize("kind", ["Reseller", "ResellerCustomer"])
@pytest.mark.parametrize("who", ["sol", "rita"])
def test_only_a_distributor_has_resellers(tencent: Tencent, people: People, who: str, kind: str) -> None:
    for given in (
        given_for(people, None, FileType="billDetailPack", CustomerUinType=kind),
        given_for(people, "carl", CustomerUinType=kind),
    ):
        assert refusal(tencent(people[who]), ACTION, **given)[0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Customer", "carl"),
        ("Customer", "otto"),
        ("Customer", "rita"),
        ("Reseller", "ruth"),
        ("Reseller", "carl"),
        ("ResellerCustomer", "cora"),
        ("ResellerCustomer", "otto"),
        ("ResellerCustomer", "rita"),
    ],
)
def test_it_refuses_strangers_like_absent_ones(tencent: Tencent, people: People, kind: str, name: str) -> None:
    client = tencent(people["dora"])
    given = given_for(people, name, CustomerUinType=kind)
    seen = [refusal(client, ACTION, **{**given, "CustomerUin": uin}) for uin in (people[name].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Month": "2022-05"}, "InvalidParameter"),  # tencent:E.5: L3 from 2022-06
        ({"Month": "2023-10", "FileType": "billResource"}, "InvalidParameter"),  # L2 from 2023-11
        ({"Month": "2026-9"}, "InvalidParameter"),
        ({"Month": None}, "MissingParameter"),
        ({"FileType": "L3"}, "InvalidParameter"),
        ({"FileType": "billDetailPack"}, "InvalidParameter"),  # a pack names nobody
        ({"CustomerUin": None}, "InvalidParameter"),  # a single file does
        ({"CustomerUin": 0}, "InvalidParameter"),
        ({"CustomerUinType": "Client"}, "InvalidParameter"),
        ({"CustomerUinType": None}, "MissingParameter"),
        ({"FileLanguage": "ja"}, "InvalidParameter"),
    ],
)
def test_it_refuses_what_there_is_no_file_for(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    assert refusal(tencent(people["dora"]), ACTION, **{**given_for(people, "cora"), **changed})[0] == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Month": "2022-05"}, "InvalidParameter"),
        ({"Month": "2023-10", "FileType": "L2"}, "InvalidParameter"),
        ({"FileType": "L1"}, "InvalidParameter"),
        ({"FileType": None}, "MissingParameter"),
    ],
)
def test_a_customer_is_refused_what_there_is_no_file_for(
    tencent: Tencent, people: People, changed: Mode, code: str
) -> None:
    assert refusal(tencent(people["carl"]), OWN, **{"Month": FINAL, "FileType": "L3", **changed})[0] == code


def test_a_month_without_lines_is_a_header(tencent: Tencent, people: People) -> None:
    _, content = fetch(wait_for(tencent(people["dora"]), ACTION, **given_for(people, "cyro")))
    assert rows_in(content) == []
    assert content.decode("utf-8-sig").startswith("Bill Month,Payer Account ID,Owner Account ID,")


@pytest.mark.parametrize("spoil", ["link", "short", "account"])
def test_a_link_that_is_not_one_leads_nowhere(server: Server, tencent: Tencent, people: People, spoil: str) -> None:
    url = wait_for(tencent(people["dora"]), ACTION, **given_for(people, "cora"))
    *_, link, name = url.split("/")
    other = {"link": link[:-1] + ("A" if link[-1] != "A" else "B"), "short": link[:8], "account": "x" * 43}[spoil]
    assert requests.get(f"{server.url}/bill-files/{other}/{name}", timeout=10).status_code == 404
    assert requests.post(url, timeout=10).status_code in {403, 405}
