"""What tests of exports share: awkward people, every question of a list, and what a worker makes of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import openpyxl
from django import forms
from django.http import QueryDict

from openpartner.core.audit.seal import Sealer
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, CustomerType
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.months import month_of
from openpartner.core.credit.allocations import allocate_credit, allocate_pool
from openpartner.core.credit.confirmations import confirm_bill
from openpartner.core.credit.grants import grant_line
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.results import open_result
from openpartner.core.onboarding.deciding import reject
from openpartner.core.onboarding.inviting import invite
from openpartner.core.parting.migrating import confirm_move, start_migration
from openpartner.core.parting.models import MigrationConsent
from openpartner.core.parting.unbinding import ask_to_leave, ask_to_release, refuse_to_leave
from openpartner.core.sales.opportunities import NewOpportunity, add_opportunity
from openpartner.core.sales.reports import NewReport, report_customer
from openpartner.core.sales.tasks import NewTask, give_task
from openpartner.core.sales.vocabulary import TaskKind
from openpartner.core.verification.commands import reject_submission, submit
from openpartner.core.verification.models import Document
from openpartner.core.verification.rules import Given
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.declare import Cell, Column, Listing, Reader
from openpartner.listings.exports import Export, fetch_export, list_exports, start_export
from openpartner.listings.question import Question, ask
from openpartner.listings.records import NUMBERS, Format
from openpartner.listings.registry import LISTINGS
from openpartner.listings.shown import answer
from openpartner.worker.run import Worker
from tests.support import bills
from tests.support.crowd import crowd
from tests.support.onboarding import RESELLER, applicant
from tests.support.people import World

READER = Reader("UTC")
EXPORTABLE = [listing for listing in LISTINGS.values() if listing.export_permission is not None]
CROWD = 60
# A value for each filter that is not a choice from a list. A new filter without one fails.
SAMPLES: dict[str, str] = {
    "text": "tea",
    "legal_name_contains": "green",
    "account_name_contains": "a",
    "account_contains": "a",
    "uin": "200000000008",
    "account_id": f"{0xA008:032x}",
    "mobile": "13800000007",
    "email": "cora@example.com",
    "tag": "Gold",
    "associated_from": "2024-01-01",
    "associated_until": "2024-02-01",
    "actor_contains": "dora",
    "recipient_contains": "dora",
    "since": "2026-01-01",
    "until": "2026-12-31",
    "subject_uin": "200000000008",
    "customer_uin": "200000000008",
    "customer_name_contains": "green",
    "reseller_uin": "200000000004",
    "reseller": f"{0xA004:032x}",
    "remark_contains": "of",
    "mobile_contains": "139",
    "name_contains": "a",
    "begun_from": "2024-01-01",
    "begun_until": "2024-03-05",
    "requested_from": "2024-01-01",
    "requested_until": "2026-12-31",
    "ended_from": "2024-01-01",
    "ended_until": "2026-12-31",
    "customer": f"{0xA008:032x}",
    "component": "v_cvm",
    "order": "20261001",
    "transaction": "20261002",
    "resource": "ins-1",
    "resource_name": "web",
    "resource_type": "instance",
    "billing_account": "200000000001",
    "sub_account": "200000000008",
    "operator": "200000000008",
    "tag_key": "team",
    "holder": f"{0xA008:032x}",
    "available_from": "0.5",
    "available_until": "50",
    "credit_from": "7",
    "credit_until": "99.999999",
    "spent_from": "0.1",
    "spent_until": "3",
    "used_from": "1",
    "used_until": "75",
    "voucher": "ABCDEFGHIJKLMNOPQRSTUV",
    "quota": "ABCDEFGHIJKLMNOPQRSTUV",
    "created_from": "2026-01-01",
    "created_until": "2026-12-31",
    "applied_from": "2026-01-01",
    "applied_until": "2026-12-31",
    "manager": "1",
    "asked_from": "2026-01-01",
    "asked_until": "2026-12-31",
    "started_from": "2026-01-01",
    "started_until": "2026-12-31",
    "named": "200000000008",
    "closes_from": "2026-01-01",
    "closes_until": "2026-12-31",
}


def furnished(world: World, random: Random) -> World:
    """Everybody, and a crowd whose names begin like formulas, hold quotes, markers and what XML cannot hold."""
    rows = crowd(world, random, CROWD)
    for number, name in enumerate(
        ["=1+1", "+a", '"q",', "a\x1fb\x1e", "<b>&amp;", " x ", "＝1", "-5", "@x", "_x000D_"]
    ):
        row = rows[number]
        row.legal_name = row.account_name = f"{name}{number}"
        row.fold_names()
        row.save()
    give_credit(world)
    bills.publish_lines(world, "2026-11", bill_lines(world))
    paid = [
        bills.line(world["cora"], date(2026, 10, 2), "3.5"),
        bills.line(world["chen"], date(2026, 10, 2), "0.000001"),
    ]
    bills.publish_lines(world, "2026-10", paid, state=MonthState.FINAL)
    confirm_bill(world["dora"].caller, customer=world["cora"].uin, month=month_of("2026-10"), remark="=paid", key="c")
    give_sales(world)
    give_applications(world)
    give_partings(world)
    give_verifications(world)
    while Worker().once():  # what publications ask for, so that the alerts they lead to are there
        pass
    return world


def give_credit(world: World) -> None:
    """A line, a pool, and credit that goes to customers and back, with odd amounts and remarks."""
    dora = world["dora"].caller
    grant_line(world["pia"].caller, partner=world["dora"].account, change=Money.of("1000", "USD"), key="line")
    allocate_pool(dora, reseller=world["rita"].account, change=Money.of("10.01", "USD"), remark='"q",', key="pool")
    changes = (("cora", "100.000001", "=1+1"), ("cora", "-0.000001", "-5"), ("chen", "7", "a,b"))
    for number, (name, change, remark) in enumerate(changes):
        customer = world[name].account
        allocate_credit(dora, customer=customer, change=Money.of(change, "USD"), remark=remark, key=f"a{number}")


def give_applications(world: World) -> None:
    """An invitation and an application of each kind, and one that was rejected."""
    for role, addresses in ((AccountKind.CUSTOMER, ("ann@x.example", "bo@x.example")), (RESELLER, ("cy@x.example",))):
        for address in addresses:
            applicant(world["dora"], role, email=address)
    rejected = applicant(world["dora"], email="di@x.example")
    reject(world["dora"].caller, rejected.uin, "=nobody")
    invite(world["dora"].caller, is_reusable=True)


def give_partings(world: World) -> None:
    """Requests of both sides, answered and not, with odd reasons, and migrations to and away from dora."""
    dora = world["dora"].caller
    row = ask_to_leave(world["cyro"].caller, reason="=1+1")
    refuse_to_leave(dora, number=row.pk, reason='"q",')
    ask_to_leave(world["cyro"].caller, reason="<b>&amp;")
    ask_to_release(dora, account_id=world["chen"].account_id, reason="-5")
    start_migration(dora, named=str(world["cato"].uin), message="@x")
    leaving = start_migration(world["olga"].caller, named=str(world["cyro"].uin))
    consent = MigrationConsent.objects.everything(reason="test").get(migration=leaving)
    confirm_move(world["cyro"].caller, number=consent.pk)


def give_verifications(world: World) -> None:
    """A person and two companies with odd names, one of them rejected for an odd reason."""
    links = ("https://files.example.com/a.jpg", "https://files.example.com/b.jpg")
    for who, by, name in (("cora", "dora", "=1+1 a"), ("cato", "sol", '"q", x'), ("carl", "rita", "<b>&amp;")):
        given = Given(
            customer_type=CustomerType.ENTERPRISE, document=Document.OTHER, name=name, number=who, files=links
        )
        row = submit(world[by].caller, account_id=world[who].account_id, given=given)
    reject_submission(world["pia"].caller, number=row.pk, opinion="-5")


def give_sales(world: World) -> None:
    """Reports, opportunities and tasks of several partners, with texts as odd as the names and days that are not."""
    odd = ["=1+1", 'Tea "q", Ltd', "<b>&amp;", " x ", "-5"]
    pia = world["pia"].caller
    for number, (who, company) in enumerate(zip(["dora", "dora", "rita", "sol", "dora"], odd, strict=True)):
        caller, amount = world[who].caller, Decimal(f"{number}.{number:06}")
        report = report_customer(
            caller, new=NewReport(company=f"{company} new {number}", contact=company, amount=amount)
        )
        new = NewOpportunity(
            name=company,
            report=report.pk,
            amount=amount,
            expected_on=date(2026, 1 + number, 2) if number else None,
            products=(f"p{number}", "ECS"),
        )
        add_opportunity(caller, new=new, is_shared=bool(number % 2))
        asked = NewTask(
            kind=TaskKind.EXPANSION, title=company, company=company, number=f"{number}",
            due_on=date(2026, 1 + number, 3) if number % 2 else None,
        )  # fmt: skip  # a call in two lines
        give_task(pia, partner=world[who].account_id, new=asked)


def bill_lines(world: World) -> list[dict[str, Any]]:
    """Lines whose texts are as odd as the names, under a distributor, its reseller and a reseller."""
    odd = ['"q",', "a\x1fb", "<b>&amp;", " x ", "-5", "=1+1", ""]
    day = date(2026, 11, 2)
    lines = [
        bills.line(world[name], day, f"{number}.{number:08}", resource_name=odd[number % 7], tags='{"team": "web"}')
        for number, name in enumerate(["cora", "chen", "carl", "cato", "cora", "cleo"])
    ]
    back = {"action": "refund", "charge_category": "Usage", "service_code": "sp_cbs", "service_name": "=Disks"}
    return [*lines, bills.line(world["cora"], day, "-0.00000001", **back), bills.line(world["cora"], day, "0")]


def asked(caller: Caller, listing: str, query: str = "", **options: Any) -> Job:
    """An export that is asked for; the audit log tells of it once it is sealed."""
    job = start_export(caller, listing=listing, query=query, **options)
    if listing == "audit":
        Sealer().run()
    return job


def made(caller: Caller, job: Job) -> tuple[Export, bytes]:
    """What a worker makes of an export; its timers are not due for that."""
    worker = Worker()
    assert worker._run_job()
    while worker._run_job():  # what was asked for before it came first
        pass
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    export = list_exports(caller, Slice(0, 1)).items[0]
    with open_result(caller, fetch_export(caller, job_id=job.pk))[1] as file:
        return export, file.read()


def exported(caller: Caller, listing: str, query: str = "", **options: Any) -> tuple[Export, bytes]:
    """What a worker makes of an export that is asked for now."""
    return made(caller, asked(caller, listing, query, **options))


def csv_lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def sheet_lines(content: bytes) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [
        ["" if cell.value is None else str(cell.value).replace("_x005F_", "_") for cell in row]
        for row in book.worksheets[0].iter_rows()
    ]


def question_of(listing: Listing[Any], caller: Caller, query: str) -> Question[Any]:
    return ask(listing, caller, QueryDict(query), reader=READER, size=7)


def shown(listing: Listing[Any], caller: Caller, query: str, *, unmasked: bool) -> list[list[str]]:
    """Every page of the list, as the page's own code shows it, spelled as a file spells it."""
    lines: list[list[str]] = []
    number = 1
    while True:
        question = question_of(listing, caller, f"{query}&page={number}&exact=1")
        masked = frozenset(column.key for column in question.columns if column.mask)
        found = answer(question, READER, revealed=masked if unmasked else frozenset())
        lines += [[plain(str(cell.text)) for cell in row.cells] for row in found.rows]
        if len(lines) >= found.total or not found.rows:
            assert len(lines) == found.total
            return lines
        number += 1


def plain(text: str) -> str:
    """No file holds control characters."""
    return "".join(one for one in text if one in "\t\r\n" or one >= " ")


def as_csv(text: str) -> str:
    return "'" + text if text[:1] and text[0] in "=+-@\t\r\n＝＋－＠" else text


def agree(
    listing: Listing[Any], columns: tuple[Column, ...], page: list[list[str]], file: list[list[str]], form: str
) -> None:
    assert len(page) == len(file)
    for shown_line, line in zip(page, file, strict=True):
        for column, text, cell in zip(columns, shown_line, line, strict=False):
            if column.shows is Cell.AMOUNT and form == Format.XLSX and text:
                assert float(cell) == float(text), column.key  # a sheet's reader makes a number of it
                continue
            if column.shows is Cell.INSTANT:
                # The page shows minutes where its reader is, here UTC; the file seconds and the zone.
                assert (cell[:16].replace("T", " "), cell[16:17], cell[19:]) == (
                    (text, ":", "Z") if text else ("", "", "")
                )
            elif form == Format.CSV and column.shows not in NUMBERS:
                assert cell == as_csv(text), column.key
            else:
                assert cell == text, column.key


def every_column(listing: Listing[Any], caller: Caller) -> str:
    return "columns=" + ",".join(column.key for column in listing.columns if column.is_for(caller))


def some(asked: list[str]) -> list[str]:
    """All columns, and every fourth question: the other forms of a file are written from the same rows."""
    return [asked[0], *asked[1::4]]


def queries(listing: Listing[Any], caller: Caller) -> Iterator[str]:
    """Every tab, every order and every filter, with every choice it has."""
    yield every_column(listing, caller)
    yield ""
    for tab in listing.tabs:
        if tab.is_for(caller) and not tab.closed(caller):
            yield f"tab={tab.key}"
    for column in listing.columns:
        if column.order:
            yield f"sort={column.order}"
            yield f"sort=-{column.order}"
    most = 6 if listing.texts is None else 3  # what is computed has one way to do it
    for one in listing.filters:
        control = one.control(caller)
        if isinstance(control, forms.ChoiceField):
            values = [str(key) for key, _word in list(control.choices)[:most] if key]  # type: ignore[arg-type]  # no groups here
        else:
            assert one.key in SAMPLES, f"{listing.name} has a filter without a sample: {one.key}"
            values = [SAMPLES[one.key]]
        for value in values:
            yield f"{one.key}={value}"
