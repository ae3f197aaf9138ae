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
from openpartner.core.accounts.models import Account
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import start_import as start_bill_import
from openpartner.core.billing.mapping import Mapping, add_cloud_account
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.months import month_of
from openpartner.core.credit.allocations import allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.customers.commands import assign_manager
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.ledger.models import Transfer
from openpartner.core.loading.imports import start_import
from openpartner.core.mail.models import OutgoingMail
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
from tests.support.bills import day_of, line, publish_lines
from tests.support.crowd import crowd
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
}
"""kim sees cora alone, rosa only reads, abel keeps how his lists look, bea and paul speak many languages."""
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
            "reseller": world.rita.account_id,
            "partner": dora.account_id,
            "posting": str(posting),
            "voucher": vouchers[0].code,
            "trial": vouchers[1].code,
            **beside,
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


def _colleague(of: Person, name: str, preset: Preset) -> Person:
    account = Account.objects.everything(reason="test").get(pk=of.account_pk)
    user: User = add_user(account=account, name=name, email=f"{name}@example.com", password=None, presets=[preset])
    user.password = make_password(PASSWORD)
    user.save(update_fields=["password"])
    return replace(of, name=name, email=user.email, access_key="", secret_key="", user_pk=user.pk)


if __name__ == "__main__":
    json.dump(build(World({name: Person(**facts) for name, facts in json.load(sys.stdin).items()})), sys.stdout)
