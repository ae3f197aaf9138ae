"""Reporting customers to the provider before they have an account, and what protects a report (huawei:A3, huawei:B12).

A live report protects its company and its address: no other partner can report either until it ends. Who has reported
a company is told to nobody else: the refusal reads the same as for a company that has a partner already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet

from openpartner.core.access.notices import spelled, tell
from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.catalogue.industries import division, section
from openpartner.core.command import command
from openpartner.core.mail.templates import Template
from openpartner.core.sales.models import COMPANY_MAX, PERSON_MAX, TEXT_MAX, EnterpriseFact, ReportedCustomer
from openpartner.core.sales.parts import PARTS
from openpartner.core.sales.steps import (
    Whose,
    currency_or_own,
    email_of,
    fitting,
    locked,
    manager_of,
    may_move,
    micros_of,
    mobile_of,
    needed,
    note,
    own_account,
    own_row,
    region_of,
    save,
)
from openpartner.core.sales.vocabulary import LIVE_REPORTS, REPORT_MOVES, Deed, ReportState
from openpartner.kit import clock
from openpartner.kit.addresses import is_https_link
from openpartner.kit.folding import fold, fold_keeping_spaces

REFUSED = "this customer cannot be reported: it is protected by an earlier report, or it has a partner already"
WHY = "a report protects against every partner of the provider"
DAYS_MAX = 730
FACTS_MAX = 100
PAGE = "/reported-customers/{number}/"
AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What a partner tells of a customer that it reports. `amount` is what it may spend a month."""

    company: str
    contact: str = ""
    email: str = ""
    mobile: str = ""
    region: str = ""
    industry: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    association_kind: AssociationKind = AssociationKind.RESALE
    note: str = ""
    manager: int | None = None


@command(Action.CUSTOMER_REPORTED, permission=Permission.SALES_WRITE)
def report_customer(caller: Caller, *, new: NewReport) -> ReportedCustomer:
    """Report a customer for the calling partner, and return the report, which waits for the provider's review.

    Conflict when the partner has reported it itself or sells to it, and, in one sentence for both, when another partner
    has or does.
    """
    partner = own_account(caller)
    company = needed("company", new.company, COMPANY_MAX)
    moment = clock.now()
    # vendor doc silent: how long a pre-registration protects, and from when; the setting says so, from the report on.
    row = ReportedCustomer(
        provider_id=_provider(partner),
        payer_id=partner.payer_id or partner.pk,
        partner=partner,
        manager_id=manager_of(caller, new.manager),
        company=company,
        company_key=fold(company),
        currency=currency_or_own(caller, new.currency),
        association_kind=new.association_kind,
        created_at=moment,
        created_by=caller.user_name,
        changed_at=moment,
        protected_until=moment + timedelta(days=settings.OPENPARTNER.report_protection_days),
    )
    if not row.company_key:
        raise Invalid("company", "is needed")
    _describe(row, new)
    # One at a time: two partners that report the same company now must not both find it free.
    lock_account(row.provider_id)
    _must_be_free(row, partner)
    row.save(force_insert=True)
    note(caller, row, Deed.REPORTED, text=row.note)
    record(caller, Action.CUSTOMER_REPORTED, subject=Whose.of(partner), report=row.pk)
    return row


@command(Action.REPORT_CHANGED, permission=Permission.SALES_WRITE)
def change_report(caller: Caller, *, report: int, new: NewReport) -> ReportedCustomer:
    """Change what a live report of the caller's says, all but the company and the address it protects."""
    row = own_row(caller, ReportedCustomer, report, "report")
    if row.state not in LIVE_REPORTS:
        raise Conflict("the report has ended already")
    row.currency = currency_or_own(caller, new.currency)
    row.manager_id = manager_of(caller, new.manager)
    _describe(row, replace(new, email=row.email))
    row.association_kind = new.association_kind
    save(row, "contact", "mobile", "region", "industry", "micros", "currency", "association_kind", "note", "manager")
    note(caller, row, Deed.CHANGED)
    record(caller, Action.REPORT_CHANGED, subject=Whose.of(row.partner), report=row.pk)
    return row


@command(Action.REPORT_WITHDRAWN, permission=Permission.SALES_WRITE)
def withdraw_report(caller: Caller, *, report: int, reason: str = "") -> ReportedCustomer:
    """End a live report of the caller's; others may report the customer again."""
    row = own_row(caller, ReportedCustomer, report, "report")
    _end(caller, row, ReportState.WITHDRAWN, Deed.WITHDRAWN, fitting("reason", reason, TEXT_MAX))
    record(caller, Action.REPORT_WITHDRAWN, subject=Whose.of(row.partner), report=row.pk)
    return row


@command(Action.REPORT_ACCEPTED, permission=Permission.SALES_WRITE)
def accept_report(caller: Caller, *, report: int, days: int | None = None, remark: str = "") -> ReportedCustomer:
    """Accept a report; the provider's word. It protects the customer for so many days from now."""
    row = _reviewed(caller, report)
    may_move(
        ReportState(row.state),
        ReportState.ACCEPTED,
        REPORT_MOVES,
        Conflict("the report was decided already, or has ended"),
    )
    days = settings.OPENPARTNER.report_protection_days if days is None else days
    if not 1 <= days <= DAYS_MAX:
        raise Invalid("days", f"must be from 1 to {DAYS_MAX}")
    moment = clock.now()
    row.state, row.decided_at, row.decided_by = ReportState.ACCEPTED, moment, caller.user_name
    row.protected_until = moment + timedelta(days=days)
    save(row, "state", "decided_at", "decided_by", "protected_until")
    note(caller, row, Deed.ACCEPTED, text=fitting("remark", remark, TEXT_MAX))
    _tell(row, Template.REPORT_ACCEPTED, until=spelled(row.protected_until))
    record(caller, Action.REPORT_ACCEPTED, subject=Whose.of(row.partner), report=row.pk, days=days)
    return row


@command(Action.REPORT_REFUSED, permission=Permission.SALES_WRITE)
def refuse_report(caller: Caller, *, report: int, reason: str) -> ReportedCustomer:
    """Refuse a report that waits for review, with a reason that its partner reads; the provider's word."""
    row = _reviewed(caller, report)
    may_move(
        ReportState(row.state),
        ReportState.REFUSED,
        REPORT_MOVES,
        Conflict("the report was decided already, or has ended"),
    )
    row.decided_at, row.decided_by = clock.now(), caller.user_name
    save(row, "decided_at", "decided_by")
    reason = needed("reason", reason, TEXT_MAX)
    _end(caller, row, ReportState.REFUSED, Deed.REFUSED, reason)
    _tell(row, Template.REPORT_REFUSED, reason=reason)
    record(caller, Action.REPORT_REFUSED, subject=Whose.of(row.partner), report=row.pk)
    return row


@command(Action.ENTERPRISE_FACT_NOTED, permission=Permission.SALES_WRITE)
def note_fact(caller: Caller, *, report: int, part: str, label: str, text: str, link: str = "") -> EnterpriseFact:
    """Write down what is known of a reported company, in one of the parts of `parts.PARTS`; a link is https only."""
    row = own_row(caller, ReportedCustomer, report, "report")
    if part not in PARTS:
        raise Invalid("part", "is none of the parts")
    if EnterpriseFact.objects.within(caller.scope).filter(report=row).count() >= FACTS_MAX:
        raise Conflict(f"a report holds {FACTS_MAX} facts")
    link = fitting("link", link, 500)
    if link and not is_https_link(link):
        raise Invalid("link", "must be an address that begins with https://")
    fact = EnterpriseFact.objects.create(
        provider_id=row.provider_id,
        payer_id=row.payer_id,
        partner_id=row.partner_id,
        report=row,
        part=part,
        label=needed("label", label, PERSON_MAX),
        text=needed("text", text, TEXT_MAX),
        link=link,
        at=clock.now(),
    )
    record(caller, Action.ENTERPRISE_FACT_NOTED, subject=Whose.of(row.partner), report=row.pk)
    return fact


@command(Action.REPORT_EXPIRED, permission=None)
def expire_report(caller: Caller, *, report: int) -> ReportedCustomer:
    """End a report whose protection is over; the system's own work. Conflict when it is not over, or ended already."""
    if caller.via != "job":
        raise NotVisible("report")
    row = locked(ReportedCustomer.objects.within(caller.scope).filter(pk=report).first(), "report")
    if row.protected_until > clock.now():
        raise Conflict("the report is protected still")
    _end(caller, row, ReportState.EXPIRED, Deed.EXPIRED, "")
    record(caller, Action.REPORT_EXPIRED, subject=Whose.of(row.partner), report=row.pk)
    return row


def due_reports() -> list[ReportedCustomer]:
    """Live reports whose protection is over, the first five hundred."""
    rows = ReportedCustomer.objects.everything(reason="timers run for all tenants")
    due = rows.filter(state__in=sorted(LIVE_REPORTS), protected_until__lte=clock.now())
    return list(due.select_related("provider").order_by("protected_until", "pk")[:AT_ONCE_MAX])


def expire_due() -> int:
    """End every report whose protection is over; returns how many. A repeat finds none."""
    return len([expire_report(_system(row.provider), report=row.pk) for row in due_reports()])


def mark_registered(account: Account) -> ReportedCustomer | None:
    """Note that a customer which its partner has reported has an account now; the report, or None without one.

    Part of whatever binds the account: it runs by itself when an account is bound (`accounts.placing.BOUND`), so that
    a second call finds nothing left to do.
    """
    if account.kind != AccountKind.CUSTOMER or account.partner_id is None:
        return None
    rows = ReportedCustomer.objects.everything(reason=WHY).filter(
        _same(account.email, account.legal_name), partner=account.partner_id, state__in=sorted(LIVE_REPORTS)
    )
    found = rows.select_related("partner").order_by("pk").first()
    if found is None:
        return None
    caller = _system(found.partner)
    row = locked(found, "report")
    row.account = account
    save(row, "account")
    _end(caller, row, ReportState.REGISTERED, Deed.REGISTERED, "")
    record(caller, Action.REPORT_REGISTERED, subject=account, report=row.pk)
    return row


def note_registration(account: Account) -> None:
    """The same for `BOUND`, which wants no answer."""
    mark_registered(account)


def reported_by_other(partner: int, *, email: str = "", name: str = "") -> bool:
    """Whether another partner of the same provider has a live report of this address or company."""
    own = Account.objects.everything(reason=WHY).get(pk=partner)
    return _reports_of(_provider(own), email, name).exclude(partner=partner).exists()


def _reports_of(provider: int, email: str, name: str) -> QuerySet[ReportedCustomer]:
    rows = ReportedCustomer.objects.everything(reason=WHY).filter(_same(email, name), provider=provider)
    return rows.filter(state__in=sorted(LIVE_REPORTS), protected_until__gt=clock.now())


def _same(email: str, name: str) -> Q:
    """The same company whatever its spaces and capitals, or the same address; nobody when neither is given."""
    wanted = Q(pk__in=[])
    if email:
        wanted |= Q(email=email.casefold())
    if fold(name):
        wanted |= Q(company_key=fold(name))
    return wanted


def _must_be_free(row: ReportedCustomer, partner: Account) -> None:
    """Conflict when the customer is somebody's already; reports that are over but not swept yet end first."""
    stale = ReportedCustomer.objects.everything(reason=WHY).filter(
        _same(row.email, row.company),
        provider=row.provider_id,
        state__in=sorted(LIVE_REPORTS),
        protected_until__lte=clock.now(),
    )
    for one in stale.select_related("provider"):
        expire_report(_system(one.provider), report=one.pk)
    live = list(_reports_of(row.provider_id, row.email, row.company).values_list("partner", flat=True))
    if partner.pk in live:
        raise Conflict("you have reported this customer already")
    bound = set(_bound(row))
    if partner.pk in bound:
        raise Conflict("this is one of your customers already")
    if live or bound:
        raise Conflict(REFUSED)


def _bound(row: ReportedCustomer) -> list[int | None]:
    """The partners of customers with this name or address."""
    wanted = Q(legal_name_folded=fold_keeping_spaces(row.company))
    if row.email:
        wanted |= Q(email__in={row.email, row.email.casefold()})
    rows = Account.objects.everything(reason=WHY).filter(
        wanted, kind=AccountKind.CUSTOMER, provider=row.provider_id, partner__isnull=False
    )
    return list(rows.values_list("partner", flat=True)[:AT_ONCE_MAX])


def _describe(row: ReportedCustomer, new: NewReport) -> None:
    row.contact = fitting("contact", new.contact, PERSON_MAX)
    row.email = email_of(new.email)
    row.mobile = mobile_of(new.mobile)
    row.region = region_of(new.region)
    if new.industry and section(new.industry) is None and division(new.industry) is None:
        raise Invalid("industry", "is no industry")
    row.industry = new.industry
    row.micros = micros_of(new.amount)
    row.note = fitting("note", new.note, TEXT_MAX)


def _end(caller: Caller, row: ReportedCustomer, state: ReportState, deed: Deed, reason: str) -> None:
    may_move(ReportState(row.state), state, REPORT_MOVES, Conflict("the report was decided already, or has ended"))
    row.state, row.reason, row.ended_at = state, reason, clock.now()
    save(row, "state", "reason", "ended_at")
    note(caller, row, deed, text=reason)


def _reviewed(caller: Caller, report: int) -> ReportedCustomer:
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("report")
    return locked(ReportedCustomer.objects.within(caller.scope).filter(pk=report).first(), "report")


def _provider(partner: Account) -> int:
    assert partner.provider_id is not None, "every partner has a provider"
    return partner.provider_id


def _system(account: Account) -> Caller:
    return replace(operator(account=account, via="job"), user_name="system")


def _tell(row: ReportedCustomer, template: Template, **values: object) -> None:
    tell(row.partner, template, path=PAGE.format(number=row.pk), company=row.company, **values)
