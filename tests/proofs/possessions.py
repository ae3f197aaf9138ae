"""What every account of the console's probe has beside its row: people, roles, keys, jobs, files, links, events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import models, transaction

from openpartner.core.access.models import AccessKey, Passkey, Role, User, UserSession
from openpartner.core.access.roles import BY_KIND, Preset
from openpartner.core.access.users import add_user, define_role
from openpartner.core.accounts.models import Account, Association, FeatureFlag
from openpartner.core.accounts.placing import bind
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind, AssociationKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import KIND as BILL_IMPORT
from openpartner.core.billing.imports import ImportState
from openpartner.core.billing.models import BillDownload, BillImport, CloudAccount
from openpartner.core.credit import purses
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.customers.commands import assign_manager
from openpartner.core.customers.models import ManagerAssignment
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.jobs.run import run_claimed
from openpartner.core.ledger.models import Kind, LedgerAccount, Phase
from openpartner.core.ledger.opening import account as opened
from openpartner.core.ledger.transfers import Order, post_one
from openpartner.core.loading import jobs as import_jobs
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.vouchers.models import Voucher, VoucherQuota, VoucherTemplate, VoucherUse
from openpartner.core.vouchers.vocabulary import QuotaKind, Usage, VoucherKind, VoucherState
from openpartner.kit import clock
from openpartner.listings.exports import KIND as EXPORT
from openpartner.listings.exports import fetch_export, start_export
from openpartner.worker.callers import rebuild
from tests.support.people import CAST, KINDS, Person, World

OWNERS = ("pia", "nora", "dora", "rita", "rolf", "sol", "olga", "carl", "otto")
"""Those who have everything that is one's own: others ask for it."""
OTHERS: list[tuple[str, AccountKind, str | None, str]] = [
    ("rolf", AccountKind.SECOND_LEVEL_RESELLER, "dora", "Rolf Retail KG"),
    ("cedric", AccountKind.CUSTOMER, "rolf", "Cedric Ceramics"),
    ("nora", AccountKind.PROVIDER, None, "Nora Networks"),
]
"""Whom the cast of other tests does not need: rita's sibling, they share a distributor, and another provider."""
ABOVE: dict[str, str | None] = {
    **{name: above for name, _, above, _, _ in CAST},
    **{name: above for name, _, above, _ in OTHERS},
}
ABSENT = {
    "account_id": "f" * 32,
    "uin": "299999999999",
    "account_name": "nobody_account",
    "legal_name": "Nobody Nowhere Ltd",
    "email": "nobody@example.com",
    "mobile": "13899999999",
    "tag": "tag-of-nobody",
    "remark": "remark of nobody",
    "row": "987654321",
    "user": "987654322",
    "role": "987654323",
    "access_key": "OPKNOBODYNOBODYNOBOD",
    "event": "987654324",
    "job": "987654325",
    "number": "987654326",
    "bills": "987654330",
    "cloud_account": "987654331",
    "file": "987654332",
    "link": "x" * 43,
    "passkey": "987654327",
    "session": "987654328",
    "mail": "987654329",
    "posting": "987654333",
    "code": "X" * 22,
    "application": "Y" * 22,
    "quota": "Z" * 22,
    "template": "987654334",
    "use": "987654335",
}
"""Well-formed identifiers of nobody, by kind."""
OF_ACCOUNTS = ("account_id", "uin", "account_name", "legal_name", "email", "mobile", "tag", "remark", "row")
"""Kinds that name an account; the others name what is an account's own."""

STATEFUL = (
    *(Account, Association, FeatureFlag, ManagerAssignment, User, Role, AccessKey, Passkey, UserSession),
    *(Job, ResultFile, OutgoingMail, BillDownload, BillImport, CloudAccount),
    *(CreditAllocation, LedgerAccount, Voucher, VoucherQuota, VoucherTemplate),
)
"""Tables that no question may change for anybody else."""


@dataclass(frozen=True)
class Holdings:
    """Every identifier of one account, by the kinds of ABSENT."""

    name: str
    ids: Mapping[str, str]
    pk: int


def populate(world: World) -> dict[str, Holdings]:
    """Add the others, mark every customer with a tag of its own, and give the owners their possessions."""
    for number, (name, kind, above, legal_name) in enumerate(OTHERS):
        world[name] = _person(world, number, name, kind, world[above] if above else None, legal_name)
    for person in world.values():
        rows = Account.objects.everything(reason="test").filter(pk=person.account_pk)
        rows.update(labels=f"tag-of-{person.name}", remark=f"remark of {person.name}")
    holdings = {name: _identity(person) for name, person in world.items()}
    return {
        name: replace(one, ids={**one.ids, **_own(world[name]), **_credit(world, name), **_vouchers(world, name)})
        if name in OWNERS
        else one
        for name, one in holdings.items()
    }


def account_manager(world: World) -> User:
    """kim, who sees cora alone of dora's customers."""
    add_user(
        account=world.dora.account,
        name="kim",
        email="kim@example.com",
        password=None,
        presets=[Preset.ACCOUNT_MANAGER],
    )
    kim = User.objects.everything(reason="test").select_related("account").get(email="kim@example.com")
    assign_manager(world.dora.caller, account_id=world.cora.account_id, manager_id=kim.pk)
    return kim


def work() -> None:
    """What a worker does with exports."""
    while claimed := claim(process_token(), [EXPORT]):
        run_claimed(claimed, rebuild)


def state_of(visible: set[int]) -> dict[str, dict[int, str]]:
    """Every row that tells of somebody, but for the accounts in `visible` and what they may have added."""
    found: dict[str, dict[int, str]] = {}
    for model in STATEFUL:
        found[model.__name__] = dict(_rows(model))
    found["Account"] = {key: row for key, row in found["Account"].items() if key not in visible}
    assignments = ManagerAssignment.objects.everything(reason="test").filter(customer__in=visible)
    for key in assignments.values_list("pk", flat=True):
        found["ManagerAssignment"].pop(key)
    return found


def events_about(strangers: set[int], after: int) -> list[str]:
    """Events recorded after the one of this number that name a stranger as their subject."""
    rows = AuditEvent.objects.everything(reason="test").filter(pk__gt=after)
    return [
        f"{row.action} of {row.subject} {row.details}"
        for row in rows
        if row.subject in strangers or strangers & set(json.loads(row.details).get("subjects", ()))
    ]


def _rows(model: type[models.Model]) -> Iterator[tuple[int, str]]:
    manager = model.objects  # type: ignore[attr-defined]  # each has one
    for values in manager.everything(reason="test").values():
        # When it was last seen or used is written by whoever asks for anything.
        yield values["id"], repr({key: one for key, one in values.items() if not key.startswith("last_")})


def _person(world: World, number: int, name: str, kind: AccountKind, above: Person | None, legal_name: str) -> Person:
    account = Account(
        uin=200_000_000_200 + number,
        account_id=f"{0xB000 + number:032x}",
        kind=kind,
        account_name=f"{name}_account",
        legal_name=legal_name,
        mobile=f"1390001{number:04d}",
        email=f"{name}@example.com",
        registered_at=clock.now(),
    )
    account.fold_names()
    account.save(force_insert=True)
    if above is None:
        account.provider_id = account.pk
        account.save(update_fields=["provider"])
    else:
        bind(account, above.account, kind=KINDS.get(name, AssociationKind.RESALE), since=clock.now(), by="the test")
    user = add_user(account=account, name=name, email=account.email, password=None, presets=[Preset.ADMINISTRATOR])
    return replace(
        world.rita,
        name=name,
        uin=account.uin,
        account_id=account.account_id,
        account_name=account.account_name,
        legal_name=legal_name,
        email=account.email,
        access_key="",
        secret_key="",
        account_pk=account.pk,
        user_pk=user.pk,
    )


def _identity(person: Person) -> Holdings:
    account = person.account
    ids = {
        "account_id": account.account_id,
        "uin": str(account.uin),
        "account_name": account.account_name,
        "legal_name": account.legal_name,
        "email": account.email,
        "mobile": account.mobile,
        "tag": account.labels,
        "remark": account.remark,
        "row": str(account.pk),
        "user": str(person.user_pk),
    }
    if person.access_key:
        ids["access_key"] = person.access_key
    return Holdings(person.name, ids, account.pk)


def _own(person: Person) -> dict[str, str]:
    """Make the possessions; what the kind of account cannot have is left out."""
    caller, account, now = person.caller, person.account, clock.now()
    role = Role.objects.create(account=account, name=f"role-of-{person.name}", permissions=Permission.PROFILE_READ)
    passkey = Passkey.objects.create(
        user_id=person.user_pk, name=f"passkey-of-{person.name}", credential_id=f"c-{person.name}", created_at=now,
        public_key=b"",
    )  # fmt: skip
    session = UserSession.objects.create(
        user_id=person.user_pk, session_key=f"s-{person.name}", signed_in_at=now, last_seen_at=now
    )
    define_role(caller, name=f"defined-by-{person.name}", permissions=[Permission.PROFILE_READ])
    events = AuditEvent.objects.everything(reason="test").filter(actor_user=person.user_pk)
    mail = OutgoingMail.objects.create(
        account=account.pk, user=person.user_pk, template="invitation", language="en", recipient=person.email,
        subject=f"mail to {person.name}", message_id=f"<{person.name}>", created_at=now,
    )  # fmt: skip
    file = BillDownload.objects.create(
        account=account.pk, month=24_320, versions="none", level="L3", holds="one", language="en",
        name=f"bill-of-{person.name}.csv", stored=f"{account.pk:032}", asked_at=now, ready_at=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip  # a call in four lines
    made: dict[str, object] = {
        "file": file.pk,
        "mail": mail.pk,
        "role": role.pk,
        "passkey": passkey.pk,
        "session": session.pk,
        "event": events.latest("pk").pk,
    }
    if Permission.CUSTOMER_EXPORT in BY_KIND[AccountKind(account.kind)]:
        export = start_export(caller, listing="customers", query="")
        work()
        assert Job.objects.everything(reason="test").get(pk=export.pk).state == JobState.DONE
        made |= {"job": export.pk, "link": fetch_export(caller, job_id=export.pk)}
        args = {"file": "none", "name": f"file-of-{person.name}.csv", "dry_run": True, "at": now.isoformat()}
        made["number"] = enqueue(caller, import_jobs.KIND, args).pk
        # One that has not begun, so that there is something to cancel; no test waits for it.
        waiting = start_export(caller, listing="customers", query="")
        made["waiting"] = waiting.pk
        Job.objects.everything(reason="test").filter(pk=waiting.pk).update(run_at=clock.epoch_seconds() + 86_400)
    if account.kind == AccountKind.PROVIDER:
        made |= _bills(person)
    return {kind: str(value) for kind, value in made.items()}


def _credit(world: World, name: str) -> dict[str, str]:
    """The posting of a credit line, for those who get one from the provider."""
    person = world[name]
    if ABOVE[name] != "pia" or person.account.kind not in PARTNER_KINDS or person.account.site != Site.INTL:
        return {}
    provider, line = purses.issued(world.pia.account, "USD"), purses.line(person.account)
    order = Order(
        key=f"line-of-{name}", kind=Kind.GRANT, debit=opened(provider).pk, credit=opened(line).pk, micros=100,
        covered=False,
    )  # fmt: skip  # a call in two lines
    # Not by a command: what the provider did to somebody stands in that one's audit log, with its name.
    with transaction.atomic():
        return {"posting": str(post_one(order).pk)}


CUSTOMERS_OF = {"dora": "chen", "rita": "cleo", "rolf": "cedric", "sol": "cato", "olga": "oona"}
"""To whom each partner has issued its voucher: to nobody that the account manager of the probe looks after."""


def _vouchers(world: World, name: str) -> dict[str, str]:
    """A voucher that a partner has issued or a customer got, and a paying partner's application for another."""
    person = world[name]
    if person.account.kind == AccountKind.CUSTOMER:
        seller, customer = world[str(ABOVE[name])], person
    elif name in CUSTOMERS_OF:
        seller, customer = person, world[CUSTOMERS_OF[name]]
    else:
        return {}
    code = _voucher(seller, customer, VoucherKind.CUSTOMER, VoucherState.ISSUED)
    made = {"code": code, "use": _use(code)}
    if seller is person:
        made |= _quota_and_template(seller, world[str(ABOVE[name])])
    if ABOVE[name] == "pia":
        made["application"] = _voucher(seller, customer, VoucherKind.TRIAL, VoucherState.UNDER_REVIEW)
    return made


def _voucher(seller: Person, customer: Person, kind: VoucherKind, state: VoucherState) -> str:
    """The code of a new voucher. Its amount is held back as if it were credit: of no importance here."""
    partner, now = seller.account, clock.now()
    assert partner.provider is not None
    payer = partner.payer if partner.kind == AccountKind.SECOND_LEVEL_RESELLER else partner
    assert payer is not None
    row = Voucher.objects.create(
        kind=kind, state=state, currency="USD", face_micros=5_000_000, valid_from=now, issued_at=now,
        valid_until=now + timedelta(days=30), issued_by=seller.name, provider=partner.provider, payer=payer,
        partner=partner, customer=customer.account,
    )  # fmt: skip  # a call in three lines
    if state is VoucherState.UNDER_REVIEW:
        provider, line = purses.issued(partner.provider, "USD"), purses.line(partner)
        held = Order(
            key=f"voucher-review:{row.pk}", kind=Kind.RESERVATION, phase=Phase.RESERVED, debit=opened(provider).pk,
            credit=opened(line).pk, micros=row.face_micros, covered=False,
        )  # fmt: skip  # a call in two lines
        with transaction.atomic():
            post_one(held)
    return row.code


def _use(code: str) -> str:
    """The key of what a voucher has paid of a line that is current."""
    voucher, now = Voucher.objects.everything(reason="test").get(code=code), clock.now()
    row = VoucherUse.objects.create(
        voucher=voucher, month=24_321, cloud="tencent", line_id=voucher.pk, bill_id=f"bill-{voucher.pk}",
        micros=1_000_000, charging="prepaid", charged_at=now, staged_at=now, posted_at=now,
        provider=voucher.provider, payer=voucher.payer, partner=voucher.partner, customer_id=voucher.customer_id or 0,
    )  # fmt: skip  # a call in three lines
    return str(row.pk)


def _quota_and_template(seller: Person, giver: Person) -> dict[str, str]:
    """A quota that the seller has of whoever is above it, and a template of its own."""
    partner, now = seller.account, clock.now()
    payer = partner.payer if partner.kind == AccountKind.SECOND_LEVEL_RESELLER else partner
    assert payer is not None
    assert partner.provider is not None
    quota = VoucherQuota.objects.create(
        kind=QuotaKind.CASH, giver=giver.account, currency="USD", granted_micros=0, created_at=now, changed_at=now,
        provider=partner.provider, payer=payer, partner=partner,
    )  # fmt: skip  # a call in two lines
    template = VoucherTemplate.objects.create(
        name=f"of {seller.name}", usage=Usage.OFFER, amount_micros=1_000_000, valid_days=30, created_at=now,
        provider=partner.provider, payer=payer, partner=partner,
    )  # fmt: skip  # a call in two lines
    return {"quota": quota.code, "template": str(template.pk)}


def _bills(person: Person) -> dict[str, object]:
    """What only a provider has: an import of bills, whose job no test waits for, and the account of a cloud."""
    now = clock.now()
    job = enqueue(person.caller, BILL_IMPORT, {"file": "none", "dry_run": True})
    Job.objects.everything(reason="test").filter(pk=job.pk).update(run_at=clock.epoch_seconds() + 86_400)
    brought = BillImport.objects.create(
        provider_id=person.account_pk, job=job.pk, name=f"bills-of-{person.name}.csv", sha256="0" * 64, format="focus",
        state=ImportState.WAITING, created_at=now,
    )  # fmt: skip  # a call in three lines
    account = CloudAccount.objects.create(
        provider_id=person.account_pk, cloud="aws", billing_account=f"account-of-{person.name}",
        customer_id=person.account_pk, since=now.date(), added_at=now, added_by=person.name,
    )  # fmt: skip  # a call in two lines
    return {"bills": brought.pk, "cloud_account": account.pk}
