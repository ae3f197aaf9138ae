"""What the browser tests find beside the people: a crowd to page through, colleagues, roles, jobs, files and mail.

Built in a live server's database by a process of its own, while the server and its worker run. The crowd was bound in
2023 and 2024's first months, before anybody in tests/support/people.py, so that these stand first in every list.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from django.contrib.auth.hashers import make_password
from django.db import transaction

from openpartner.core.access.keys import create_key, set_key_active
from openpartner.core.access.models import User
from openpartner.core.access.passwords import invite_user
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, define_role, set_user_active
from openpartner.core.accounts.models import Account, Association
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import start_import as start_bill_import
from openpartner.core.billing.mapping import Mapping, add_cloud_account
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.months import month_of
from openpartner.core.credit.allocations import allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.customers.commands import assign_manager
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import grant_right
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.ledger.models import Transfer
from openpartner.core.loading.imports import start_import
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.on_behalf.commands import grant_authorization, request_authorization
from openpartner.core.on_behalf.vocabulary import Work
from openpartner.core.onboarding.inviting import invite
from openpartner.core.onboarding.models import Application
from openpartner.core.parting.migrating import confirm_departure, confirm_move, start_migration
from openpartner.core.parting.models import Migration, MigrationConsent, UnbindRequest
from openpartner.core.parting.unbinding import ask_to_leave, ask_to_release
from openpartner.core.parting.vocabulary import Side
from openpartner.core.sales.opportunities import NewOpportunity, add_opportunity, offer_opportunity
from openpartner.core.sales.reports import NewReport, note_fact, report_customer
from openpartner.core.sales.tasks import NewTask, give_task, report_progress, start_task
from openpartner.core.sales.vocabulary import TaskKind
from openpartner.core.verification.commands import submit
from openpartner.core.verification.folders import set_folder
from openpartner.core.verification.models import Document
from openpartner.core.verification.rules import Given
from openpartner.core.vouchers.approvals import apply_for_voucher
from openpartner.core.vouchers.issuing import Terms, issue_vouchers
from openpartner.core.vouchers.models import Voucher, VoucherUse
from openpartner.core.vouchers.quotas import NewQuota, change_pool, grant_quota, share_quota
from openpartner.core.vouchers.templates import TemplateValues, save_template
from openpartner.core.vouchers.using import Draft, post_uses, stage_uses
from openpartner.core.vouchers.vocabulary import QuotaKind, Reach, Usage
from openpartner.kit import clock
from openpartner.kit.money import Money
from openpartner.listings.exports import fetch_export, start_export
from tests.support.agreements import agreements
from tests.support.bills import day_of, line, publish_lines
from tests.support.crowd import crowd
from tests.support.onboarding import applicant
from tests.support.people import PASSWORD, Person, World
from tests.support.server import Server
from tests.vouchers.support import bill_line

CROWD, CROWD_MONTHS, SEED = 150, 11, 20261121
COLLEAGUES = {
    "kim": ("dora", Preset.ACCOUNT_MANAGER),
    "rosa": ("dora", Preset.READ_ONLY),
    "abel": ("dora", Preset.ADMINISTRATOR),
    "bea": ("dora", Preset.ADMINISTRATOR),
    "paul": ("pia", Preset.ADMINISTRATOR),
    "clara": ("carl", Preset.ADMINISTRATOR),
}
"""kim sees cora alone, rosa only reads, abel keeps how his lists look; bea, paul and clara speak many languages."""
FAULTY = "account_name,uin,email\nnewcomer,x1,a@b.example\nlatecomer,77,no address\n"
FAULTY_BILL = (
    "ProviderName,BillingAccountId,SubAccountId,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,"
    "ChargeCategory,ServiceName,BilledCost,ListCost,EffectiveCost,ContractedCost,BillingCurrency\n"
    "AWS,111,222,2026-10-01,2026-11-01,2026-10-05,2026-10-06,Usage,S3,many,1,1,1,USD\n"
)
DONE_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Facts:
    """One customer as it was made: what lists are compared with."""

    uin: int
    account_id: str
    legal_name: str
    email: str
    suspension: int
    since: int
    """Unix seconds."""


class Stage:
    """The people with dora's colleagues, and what addresses are filled in with, by the name of the placeholder."""

    def __init__(self, facts: dict[str, Any], world: World) -> None:
        self.ids: dict[str, str] = facts["ids"]
        self.own = [Facts(**row) for row in facts["own"]]
        """Dora's own customers."""
        world.update({name: Person(**person) for name, person in facts["people"].items()})


def build_stage(server: Server) -> Stage:
    """Add everything to a live server whose worker runs."""
    built = subprocess.run(
        [sys.executable, "-m", "tests.console.browser.stage"],
        env=server.environment,
        input=json.dumps({name: asdict(person) for name, person in server.world.items()}).encode(),
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr.decode()
    return Stage(json.loads(built.stdout), server.world)


def build(world: World) -> dict[str, Any]:
    """Do it, and tell what addresses need to know."""
    rows = crowd(world, Random(SEED), CROWD, months=CROWD_MONTHS)
    publish_bills(world)
    dora = world.dora
    people = {name: _colleague(world[of], name, preset) for name, (of, preset) in COLLEAGUES.items()}
    assign_manager(dora.caller, account_id=world.cora.account_id, manager_id=people["kim"].user_pk)
    posting = give_credit(world)
    vouchers = give_vouchers(world)
    beside = own_vouchers(world, vouchers[0])
    disabled = invite_user(dora.caller, name="dan", email="dan@example.com", presets=[Preset.FINANCE])
    set_user_active(dora.caller, user_id=disabled.pk, active=False)
    invited = invite_user(dora.caller, name="ivy", email="ivy@example.com", presets=[Preset.FINANCE])
    role = define_role(dora.caller, name="Desk", permissions=[Permission.CUSTOMER_READ, Permission.PROFILE_READ])
    key = create_key(dora.caller, user_id=dora.user_pk)
    set_key_active(dora.caller, access_key=key.access_key, active=False)
    expired, ready = (start_export(dora.caller, listing="customers", query="uin=" + uin) for uin in ("1", "2"))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(FAULTY)
        file.flush()
        brought = start_import(dora.caller, Path(file.name), dry_run=True, name="channel.csv", to_apply=True)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(FAULTY_BILL)
        file.flush()
        billed = start_bill_import(world.pia.caller, Path(file.name), dry_run=True, name="bill.csv")
    mapping = Mapping(cloud="aws", billing_account="111", customer=str(world.cora.uin), since=day_of("2026-10", 1))
    mapped = add_cloud_account(world.pia.caller, mapping=mapping)
    wait_for(expired.pk, ready.pk, brought.pk, billed.job or 0)
    result = json.loads(Job.objects.everything(reason="test").get(pk=expired.pk).result)
    ResultFile.objects.everything(reason="test").filter(pk=result["file"]).update(
        expires_at=clock.now() - timedelta(days=1)
    )
    with transaction.atomic():  # before a worker sees them
        waiting = start_export(dora.caller, listing="customers", query="uin=3")
        to_cancel = start_export(dora.caller, listing="customers", query="uin=4")
        put_off(waiting.pk, to_cancel.pk)
    events = AuditEvent.objects.everything(reason="test").filter(actor_user=dora.user_pk)
    own = [row for row in rows if row.partner_id == dora.account_pk]
    suspended = next(row for row in own if row.suspension and row.association_kind == AssociationKind.RESALE)
    own += [world[name].account for name in ("cora", "chen", "cyro")]
    return {
        "own": [_facts(row) for row in own],
        "people": {name: asdict(person) for name, person in people.items()},
        "ids": {
            "customer": world.cora.account_id,
            "suspended": suspended.account_id,
            "unasked": world.cyro.account_id,
            "reseller": world.rita.account_id,
            "partner": dora.account_id,
            "posting": str(posting),
            "voucher": vouchers[0].code,
            "trial": vouchers[1].code,
            **beside,
            **own_sales(world),
            **joining(world),
            **parting(world),
            **authorizations(world),
            **agreements(world),
            "user": str(people["kim"].user_pk),
            "disabled": str(disabled.pk),
            "invited": str(invited.pk),
            "role": str(role.pk),
            "access_key": dora.access_key,
            "disabled_key": key.access_key,
            "event": str(events.latest("pk").pk),
            "job": str(ready.pk),
            "waiting": str(waiting.pk),
            "to_cancel": str(to_cancel.pk),
            "expired": str(expired.pk),
            "import": str(brought.pk),
            "bill_import": str(billed.pk),
            "cloud_account": str(mapped.pk),
            "mail": str(OutgoingMail.objects.everything(reason="test").filter(account=dora.account_pk).latest("pk").pk),
            "link": fetch_export(dora.caller, job_id=ready.pk),
            "submission": verification(world),
        },
    }


def publish_bills(world: World) -> None:
    """A final month that was restated and the running one, with a dozen services, days and odd amounts."""
    for month, state in (("2026-10", MonthState.FINAL), ("2026-10", MonthState.FINAL), ("2026-11", MonthState.OPEN)):
        lines = []
        for number in range(48):
            customer = world[("cora", "chen", "carl", "cato")[number % 4]]
            service = {"service_code": f"p_{number % 12}", "service_name": f"Service {number % 12}"}
            amount = f"{number * 37 % 101}.{number:04}"
            lines.append(line(customer, day_of(month, 1 + number % 20), amount, partner_cost="3", **service))
        lines.append(line(world.cora, day_of(month, 9), "-7.5", action="refund", partner_cost="-6"))
        publish_lines(world, month, lines, state=state)


def wait_for(*jobs: int) -> None:
    """Until the live worker has ended them."""
    deadline = time.monotonic() + DONE_WITHIN_SECONDS
    rows = Job.objects.everything(reason="test").filter(pk__in=jobs)
    while not {row.state for row in rows.all()} <= {JobState.DONE, JobState.FAILED}:  # a faulty import fails
        assert time.monotonic() < deadline, [(str(row), row.error) for row in rows.all()]
        time.sleep(0.1)


def put_off(*jobs: int) -> None:
    """So that jobs are neither begun nor ended while anybody looks at them."""
    rows = Job.objects.everything(reason="test").filter(pk__in=jobs, state=JobState.QUEUED)
    assert rows.update(run_at=clock.epoch_seconds() + 86_400, total=100, done=25) == len(jobs)


def _facts(row: Account) -> dict[str, Any]:
    assert row.associated_at is not None
    since = int(row.associated_at.timestamp())
    return asdict(Facts(row.uin, row.account_id, row.legal_name, row.email, row.suspension, since))


def give_credit(world: World) -> int:
    """A line for dora, a pool for rita, and credit that goes to cora and back; returns the last posting."""
    grant_line(world.pia.caller, partner=world.dora.account, change=Money.of("1050.1", "USD"), key="line")
    allocate_pool(world.dora.caller, reseller=world.rita.account, change=Money.of("100", "USD"), key="pool")
    for key, amount in (("given", "50"), ("back", "-20.000001")):
        change = Money.of(amount, "USD")
        allocate_credit(world.dora.caller, customer=world.cora.account, change=change, remark="Frame", key=key)
    last = Transfer.objects.order_by("-pk").first()
    assert last is not None
    return last.pk


def give_vouchers(world: World) -> tuple[Voucher, Voucher]:
    """Pools for dora and rita; a voucher for cora, and one for her trial that waits for the provider's word."""
    dora, end = world.dora.caller, clock.now() + timedelta(days=5)
    change_pool(world.pia.caller, partner=world.dora.account_id, amount=Decimal(1000))
    change_pool(dora, partner=world.rita.account_id, amount=Decimal(100))
    terms = Terms(valid_until=end, reach=Reach.LISTED, products=("p_cvm",), reason="Frame")
    (issued,) = issue_vouchers(dora, customers=[world.cora.account_id], amount=Decimal(50), terms=terms)
    assert issued.voucher is not None
    trial = Terms(valid_until=end, usage=Usage.TRIAL)
    return issued.voucher, apply_for_voucher(dora, customer=world.cora.account_id, amount=Decimal(20), terms=trial)


def own_vouchers(world: World, issued: Voucher) -> dict[str, str]:
    """Quotas of dora's and of rita's out of it, a template open to changes, and a line that the voucher has paid."""
    dora = world.dora.caller
    new = NewQuota(kind=QuotaKind.CASH, amount=Decimal(200), valid_until=clock.now() + timedelta(days=30))
    quota = grant_quota(world.pia.caller, partner=world.dora.account_id, new=new, remark="Frame")
    (shared,) = share_quota(dora, quota=quota.code, resellers=[world.rita.account_id], amount=Decimal(20))
    assert shared.quota is not None
    values = TemplateValues(name="Frame", usage=Usage.TRIAL, amount=Decimal(20), valid_days=30)
    template = save_template(dora, values=values)
    with transaction.atomic():
        drafts = [Draft(issued.pk, 7_000_000, bill_line(1, clock.now()))]
        stage_uses(world.pia.account_pk, "tencent", month_of("2026-11"), "stage", drafts)
        post_uses("stage")
    use = VoucherUse.objects.everything(reason="test").get(voucher=issued)
    made = {"quota": quota.code, "shared_quota": shared.quota.code}
    return {**made, "voucher_template": str(template.pk), "use": str(use.pk)}


def own_sales(world: World) -> dict[str, str]:
    """A customer that dora has reported, what she may sell, what she is offered, and two tasks of hers."""
    dora, pia = world.dora.caller, world.pia.caller
    report = report_customer(dora, new=NewReport(company="Quayside Foods", contact="Ann Lee", email="ann@quay.example"))
    note_fact(dora, report=report.pk, part="cloud", label="Website", text="a shop", link="https://quay.example/")
    own = add_opportunity(dora, new=NewOpportunity(name="Move the shop", report=report.pk, amount=Decimal(1200)))
    offered = NewOpportunity(name="Renew", customer=world.cora.account_id)
    offer = offer_opportunity(pia, partner=world.dora.account_id, new=offered)
    asked = NewTask(kind=TaskKind.EXPANSION, title="Sell more", customer=world.cora.account_id, amount=Decimal(90))
    waiting, begun = (give_task(pia, partner=world.dora.account_id, new=asked) for _ in range(2))
    start_task(dora, task=begun.pk, text="on it")
    report_progress(dora, task=begun.pk, percent=40, text="met them")
    passed_on = NewTask(kind=TaskKind.EXPANSION, title="Sell more", customer=world.carl.account_id, amount=Decimal(90))
    given = give_task(dora, partner=world.rita.account_id, new=passed_on)
    return {
        "report": str(report.pk),
        "opportunity": str(own.pk),
        "offer": str(offer.pk),
        "new_task": str(waiting.pk),
        "task": str(begun.pk),
        "given_task": str(given.pk),
    }


def verification(world: World) -> str:
    """What dora submitted for a customer, with files in her folder and elsewhere; it waits for the provider."""
    set_folder(world.dora.caller, address="https://files.example.com/download/")
    given = Given(
        customer_type=CustomerType.ENTERPRISE,
        document=Document.BUSINESS_LICENCE,
        name="東京クラウド株式会社",
        number="0104-01-12345",
        files=("licence.pdf", "https://files.example.com/back.jpg"),
        region="JP",
        address="1-2-3 Chiyoda",
    )
    return str(submit(world.dora.caller, account_id=world.cyro.account_id, given=given).pk)


def authorizations(world: World) -> dict[str, str]:
    """What dora asked a customer for; of carl, what he has granted rita and what she asks for besides."""
    asked = request_authorization(world.dora.caller, account_id=world.chen.account_id, works=[Work.ORDERS])
    for right in (Right.ORDERS_ON_BEHALF, Right.OPERATIONS_ON_BEHALF):
        grant_right(world.dora.caller, reseller=world.rita.account_id, right=right)
    granted = request_authorization(world.rita.caller, account_id=world.carl.account_id, works=[Work.ORDERS])
    grant_authorization(world.carl.caller, authorization=granted.pk)
    wider = request_authorization(world.rita.caller, account_id=world.carl.account_id, works=[*Work])
    return {
        "authorization": str(asked.pk),
        "own_authorization": str(wider.pk),
        "granted_authorization": str(granted.pk),
    }


def joining(world: World) -> dict[str, str]:
    """Whom dora has invited to become a customer and a reseller, and who has applied for each."""
    dora = world.dora
    made: dict[str, str] = {}
    for name, role, path in (
        ("", AccountKind.CUSTOMER, ""),
        ("reseller_", AccountKind.SECOND_LEVEL_RESELLER, "https://paper.example/terms.pdf"),
    ):
        invitation, _token = invite(dora.caller, email=f"{name}asked@joins.example", role=role, text="Hello again")
        account = applicant(dora, role, email=f"{name}applies@joins.example", material=path)
        waiting = Application.objects.everything(reason="test").get(account=account)
        made |= {f"{name}invitation": str(invitation.pk), f"{name}applicant": str(waiting.pk)}
    return made


def parting(world: World) -> dict[str, str]:
    """What is asked of dora and by her about customers that part or move, and what is asked of carl."""
    asked = ask_to_leave(world.chen.caller, reason="We move to another region.")
    # Of cora, whom nothing bars: chen is a member of cyro's enterprise.
    own = ask_to_release(world.dora.caller, account_id=world.cora.account_id, reason="We give up this region.")
    coming = start_migration(world.dora.caller, named=str(world.cato.uin), message="Join us")
    reviewed = start_migration(world.sol.caller, named=str(world.oona.uin))
    for person, side, act in ((world.oona, Side.CUSTOMER, confirm_move), (world.olga, Side.PARTNER, confirm_departure)):
        act(person.caller, number=_consent(reviewed, side))
    leaving = start_migration(world.olga.caller, named=str(world.cora.uin), message="Join us")
    confirm_move(world.cora.caller, number=_consent(leaving, Side.CUSTOMER))
    wish = ask_to_release(world.rita.caller, account_id=world.carl.account_id, reason="We give up this region.")
    moving = start_migration(world.sol.caller, named=str(world.carl.uin), message="Join us")
    # carl's own wish beside rita's, of another association: pages are looked at, and nothing comes of it.
    mine = UnbindRequest.objects.everything(reason="test").get(pk=wish.pk)
    mine.pk, mine.side = None, Side.CUSTOMER
    mine.association = Association.objects.everything(reason="test").get(child=world.cleo.account_pk)
    mine.save(force_insert=True)
    return {
        "association": str(own.association_id),
        "unbinding": str(asked.pk),
        "own_unbinding": str(own.pk),
        "migration": str(coming.pk),
        "reviewed_migration": str(reviewed.pk),
        "departure": str(_consent(leaving, Side.PARTNER)),
        "wish": str(wish.pk),
        "own_wish": str(mine.pk),
        "move": str(_consent(moving, Side.CUSTOMER)),
    }


def _consent(row: Migration, side: Side) -> int:
    return MigrationConsent.objects.everything(reason="test").get(migration=row, side=side).pk


def _colleague(of: Person, name: str, preset: Preset) -> Person:
    account = Account.objects.everything(reason="test").get(pk=of.account_pk)
    user: User = add_user(account=account, name=name, email=f"{name}@example.com", password=None, presets=[preset])
    user.password = make_password(PASSWORD)
    user.save(update_fields=["password"])
    return replace(of, name=name, email=user.email, access_key="", secret_key="", user_pk=user.pk)


if __name__ == "__main__":
    json.dump(build(World({name: Person(**facts) for name, facts in json.load(sys.stdin).items()})), sys.stdout)
