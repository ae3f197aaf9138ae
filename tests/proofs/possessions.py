"""What every account of the console's probe has beside its row: people, roles, keys, jobs, files, links, events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from openpartner.core.access.models import AccessKey, Delegation, Passkey, Role, User, UserSession
from openpartner.core.access.roles import BY_KIND, Preset
from openpartner.core.access.sealing import seal
from openpartner.core.access.users import add_user, define_role
from openpartner.core.accounts.models import (
    Account,
    Association,
    EnterpriseMember,
    EnterpriseOrganization,
    FeatureFlag,
)
from openpartner.core.accounts.placing import bind
from openpartner.core.agreements.models import Acceptance, AgreementVersion
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind, AssociationKind, CustomerType, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import KIND as BILL_IMPORT
from openpartner.core.billing.imports import ImportState
from openpartner.core.billing.models import BillDownload, BillImport, CloudAccount
from openpartner.core.credit import purses
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.customers.commands import assign_manager
from openpartner.core.customers.models import ManagerAssignment, PartnerContact
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.jobs.run import run_claimed
from openpartner.core.ledger.models import Kind, LedgerAccount, Phase
from openpartner.core.ledger.opening import account as opened
from openpartner.core.ledger.transfers import Order, post_one
from openpartner.core.loading import jobs as import_jobs
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.onboarding.models import Application, Invitation, InvitationEvent
from openpartner.core.onboarding.registering import NewAccount, register_account
from openpartner.core.parting.models import Migration, MigrationConsent, UnbindRequest
from openpartner.core.parting.vocabulary import MigrationState, Side
from openpartner.core.sales.models import HistoryEntry, Opportunity, ReportedCustomer, SalesTask
from openpartner.core.verification.models import Document, VerificationSubmission
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
KIND_OF: dict[str, AccountKind] = {
    **{name: kind for name, kind, *_ in CAST},
    **{name: kind for name, kind, *_ in OTHERS},
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
    "submission": "987654399",
    "use": "987654335",
    "association": "987654350",
    "unbinding": "987654351",
    "migration": "987654352",
    "departure": "987654353",
    "wish": "987654354",
    "move": "987654355",
    "invitation": "987654401",
    "reseller_invitation": "987654402",
    "applicant": "987654403",
    "reseller_applicant": "987654404",
    "authorization": "987654340",
    "report": "987654391",
    "opportunity": "987654392",
    "task": "987654393",
    "version": "987654411",
    "acceptance": "987654412",
    "unit": "987654413",
}
"""Well-formed identifiers of nobody, by kind."""
OF_ACCOUNTS = ("account_id", "uin", "account_name", "legal_name", "email", "mobile", "tag", "remark", "row")
"""Kinds that name an account; the others name what is an account's own."""

STATEFUL = (
    *(Account, Association, FeatureFlag, ManagerAssignment, User, Role, AccessKey, Passkey, UserSession),
    *(Job, ResultFile, OutgoingMail, BillDownload, BillImport, CloudAccount),
    *(Authorization, Delegation),
    VerificationSubmission,
    *(AgreementVersion, Acceptance, EnterpriseMember, EnterpriseOrganization),
    *(CreditAllocation, LedgerAccount, Voucher, VoucherQuota, VoucherTemplate),
    *(UnbindRequest, Migration, MigrationConsent, PartnerContact),
    *(Invitation, InvitationEvent, Application),
    *(ReportedCustomer, Opportunity, SalesTask, HistoryEntry),
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
        name: replace(
            one,
            ids={
                **one.ids,
                **_own(world[name]),
                **_credit(world, name),
                **_vouchers(world, name),
                **_parting(world, name),
                **_sales(world, name),
                **_authorizations(world, name),
                **_joining(world, name),
                **_verification(world, name),
                **_agreements(world, name),
            },
        )
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


SALES_FROM = 700_000
"""Above the key of every account."""
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


def _authorizations(world: World, name: str) -> dict[str, str]:
    """What a partner has asked its customer for, or a customer was asked for."""
    person = world[name]
    if person.account.kind == AccountKind.CUSTOMER:
        partner, customer = world[str(ABOVE[name])].account, person.account
    elif name in CUSTOMERS_OF:
        partner, customer = person.account, world[CUSTOMERS_OF[name]].account
    else:
        return {}
    now = clock.now()
    row = Authorization.objects.create(
        provider_id=customer.provider_id or 0, payer_id=customer.payer_id or 0, partner=partner, customer=customer,
        works="orders", requested_at=now, requested_by="the test", due_at=now + timedelta(days=30),
    )  # fmt: skip  # a call in two lines
    return {"authorization": str(row.pk)}


def _sales(world: World, name: str) -> dict[str, str]:
    """A customer that a partner has reported, what it may sell to another, and a task that it was given."""
    if name not in CUSTOMERS_OF:
        return {}
    person, now = world[name], clock.now()
    partner, customer = person.account, world[CUSTOMERS_OF[name]].account
    # Rows alone: what the provider did to somebody stands in that one's audit log, with its name. Their keys are no
    # account's, because lists show a row in full by its key.
    own: dict[str, Any] = {
        "pk": SALES_FROM + partner.pk, "provider_id": partner.provider_id, "payer_id": customer.payer_id,
        "partner": partner, "company": f"Prospect of {name}", "currency": "USD", "created_at": now, "changed_at": now,
        "created_by": "the test",
    }  # fmt: skip  # a table in three lines
    reports: Any = ReportedCustomer.objects  # their columns are one table
    chances: Any = Opportunity.objects
    tasks: Any = SalesTask.objects
    steps: Any = HistoryEntry.objects
    report = reports.create(**own, company_key=f"prospectof{name}", protected_until=now + timedelta(days=1))
    opportunity = chances.create(**own, name=f"chance of {name}", customer=customer)
    task = tasks.create(**own, giver_id=partner.provider_id, kind="expansion", title=f"task of {name}")
    told = {key: own[key] for key in ("provider_id", "payer_id", "partner")}
    for of in ({"report": report}, {"opportunity": opportunity}, {"task": task}):
        steps.create(**told, **of, deed="noted", at=now, by=f"person of {name}", account=partner)
    return {"report": str(report.pk), "opportunity": str(opportunity.pk), "task": str(task.pk)}


def _joining(world: World, name: str) -> dict[str, str]:
    """Whom a partner has invited, and who has applied to it: customers, and for a distributor resellers."""
    if name not in CUSTOMERS_OF:
        return {}
    person = world[name]
    made: dict[str, str] = {}
    is_distributor = person.account.kind == AccountKind.DISTRIBUTOR
    roles = {"": AccountKind.CUSTOMER, "reseller_": AccountKind.SECOND_LEVEL_RESELLER}
    for kind, role in roles.items() if is_distributor else [("", AccountKind.CUSTOMER)]:
        own, to, now = person.account, f"{kind}joins-{name}", clock.now()
        # Numbers that no account has: what is revealed in a list is named by the number of its row.
        key = 5_000_000 + Invitation.objects.everything(reason="test").count()
        asked = Invitation.objects.create(
            pk=key, provider_id=own.provider_id or 0, payer_id=own.payer_id or 0, partner=own, role=role,
            token_hash=f"{key}", token_sealed=seal(f"{key:032x}"), email=f"{to}@joins.example", creator=name,
            created_at=now, sent_at=now, expires_at=now + timedelta(days=30),
        )  # fmt: skip  # a call in three lines
        account = register_account(
            NewAccount(account_name=to, legal_name=to, email=f"{to}@joins.example"), password=None, by=person.caller
        )
        waiting = Application.objects.create(
            provider_id=own.provider_id or 0, payer_id=own.payer_id or 0, partner=own, account=account, role=role,
            legal_name=to, email=account.email, applied_at=now,
        )  # fmt: skip  # a call in two lines
        made |= {f"{kind}invitation": str(asked.pk), f"{kind}applicant": str(waiting.pk)}
    return made


def _verification(world: World, name: str) -> dict[str, str]:
    """What a partner has submitted for a customer, and another provider has to review; in review."""
    if name not in {*CUSTOMERS_OF, "nora"}:
        return {}
    own, customer = world[name].account, world[CUSTOMERS_OF.get(name, name)].account
    assert customer.provider_id is not None
    row = VerificationSubmission.objects.create(
        provider_id=customer.provider_id, payer_id=customer.payer_id, partner_id=customer.partner_id, attempt=1,
        customer=customer, customer_type=CustomerType.ENTERPRISE, document=Document.OTHER, name=f"verified by {name}",
        number=seal("1"), number_masked="*", number_digest=name, submitted_at=clock.now(), submitted_by=name,
        submitter=own,
    )  # fmt: skip  # a call in four lines
    return {"submission": str(row.pk)}


MOVES_TO = {
    "cato": "dora",
    "oona": "sol",
    "chen": "olga",
    "cedric": "rita",
    "cleo": "rolf",
    "carl": "olga",
    "otto": "dora",
}
"""Customers that are asked to move, and to whom: the last two stand for what customers themselves are asked."""


def _parting(world: World, name: str) -> dict[str, str]:
    """What a customer has asked a partner, what a partner has asked another's customer, and what both answer to."""
    account, now, made = world[name].account, clock.now(), {}
    if account.kind == AccountKind.CUSTOMER and name in MOVES_TO:
        made["wish"] = str(_wish(world, name, Side.PARTNER).pk)
        made["move"] = str(_move(world, name, Side.CUSTOMER).pk)
    elif name in CUSTOMERS_OF:
        made["unbinding"] = str(_wish(world, CUSTOMERS_OF[name], Side.CUSTOMER).pk)
        made["departure"] = str(_move(world, CUSTOMERS_OF[name], Side.PARTNER).pk)
        PartnerContact.objects.create(partner=account, position=1, name=f"contact of {name}", email="a@b.example")
        own = Account.objects.everything(reason="test").get(pk=world[CUSTOMERS_OF[name]].account_pk)
        rows = Association.objects.everything(reason="test")
        made["association"] = str(rows.get(child=own).pk)
        # One that has ended, so that none is open twice; whom it was about nobody else reads.
        made["migration"] = str(
            Migration.objects.create(
                provider_id=own.provider_id or 0, payer_id=own.payer_id or 0, partner=account, customer=own,
                association=rows.get(child=own), kind=AssociationKind.RESALE, named=f"named-by-{name}", started_at=now,
                started_by=name, expires_at=now, state=MigrationState.WITHDRAWN, ended_at=now,
            ).pk
        )  # fmt: skip  # a call in four lines
    return made


def _wish(world: World, customer: str, side: Side) -> UnbindRequest:
    """A request about a customer that waits for an answer."""
    own, now = world[customer].account, clock.now()
    assert own.partner is not None
    return UnbindRequest.objects.create(
        provider_id=own.provider_id or 0, payer_id=own.payer_id or 0, partner=own.partner, customer=own, side=side,
        association=Association.objects.everything(reason="test").get(child=own), reason=f"reason of {customer}",
        asked_at=now, asked_by=customer,
    )  # fmt: skip  # a call in four lines


def _move(world: World, customer: str, side: Side) -> MigrationConsent:
    """What a customer, or its partner, is asked about its move to another."""
    own, to, now = world[customer].account, world[MOVES_TO[customer]].account, clock.now()
    assert own.partner is not None
    moves = Migration.objects.create(
        provider_id=to.provider_id or 0, payer_id=to.payer_id or 0, partner=to, customer=own,
        association=Association.objects.everything(reason="test").get(child=own), kind=AssociationKind.RESALE,
        named=f"move-of-{customer}", started_at=now, started_by=to.account_name, expires_at=now + timedelta(days=30),
        state=MigrationState.WAITS_FOR_PARTNER if side is Side.PARTNER else MigrationState.WAITS_FOR_CUSTOMER,
    )  # fmt: skip  # a call in five lines
    return MigrationConsent.objects.create(
        provider_id=own.provider_id or 0, payer_id=own.payer_id or 0, partner=own.partner, customer=own, side=side,
        migration=moves, asked_at=now,
    )  # fmt: skip  # a call in three lines


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


def _agreements(world: World, name: str) -> dict[str, str]:
    """A provider's draft, a partner's contract, and an organization of a customer's enterprise."""
    person, now = world[name], clock.now()
    account = person.account
    if account.kind == AccountKind.CUSTOMER:
        unit = EnterpriseOrganization.objects.create(master=account, name=f"unit of {name}", created_at=now)
        return {"unit": str(unit.number)}
    draft = AgreementVersion(
        provider_id=account.pk if account.kind == AccountKind.PROVIDER else world.pia.account_pk,
        agreement=Agreement.PRIVACY_STATEMENT, number=1, created_at=now, created_by=name,
    )  # fmt: skip  # a call in two lines
    if account.kind == AccountKind.PROVIDER:
        draft.save()
        return {"version": str(draft.pk)}
    published, _ = AgreementVersion.objects.everything(reason="test").get_or_create(
        provider_id=draft.provider_id, agreement=Agreement.PARTNER_CONTRACT, number=1,
        defaults={"created_at": now, "created_by": "pia", "published_at": now, "effective_at": now},
    )  # fmt: skip  # a call in two lines
    held = Acceptance.objects.create(
        provider_id=draft.provider_id, account=account, version=published, agreement=published.agreement,
        language="en", accepted_at=now, accepted_by=name, valid_from=now, valid_until=now + timedelta(days=365),
        state_at=now, state_by=name,
    )  # fmt: skip  # a call in three lines
    return {"acceptance": str(held.pk)}
