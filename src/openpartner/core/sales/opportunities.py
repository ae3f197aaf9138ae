"""Opportunities: found by a partner or offered by the provider, moved from stage to stage, won or lost (huawei:B13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.matching import customers
from openpartner.core.partners.queries import get_partner
from openpartner.core.sales.models import COMPANY_MAX, PRODUCTS_MAX, TEXT_MAX, Opportunity, ReportedCustomer
from openpartner.core.sales.steps import (
    Whose,
    currency_or_own,
    fitting,
    manager_of,
    may_move,
    micros_of,
    needed,
    note,
    own_account,
    own_row,
    save,
)
from openpartner.core.sales.vocabulary import (
    ENDED_STAGES,
    LIVE_REPORTS,
    OPEN_STAGES,
    STAGE_MOVES,
    Deed,
    Origin,
    Stage,
)
from openpartner.kit import clock

WHAT = "opportunity"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOpportunity:
    """What may be sold, and to whom: `customer` is an account id, `report` the key of a reported customer."""

    name: str
    customer: str = ""
    report: int | None = None
    amount: Decimal = Decimal(0)
    currency: str = ""
    expected_on: date | None = None
    products: tuple[str, ...] = ()
    description: str = ""
    manager: int | None = None


@command(Action.OPPORTUNITY_ADDED, permission=Permission.SALES_WRITE)
def add_opportunity(caller: Caller, *, new: NewOpportunity, is_shared: bool = False) -> Opportunity:
    """Add an opportunity of the calling partner's, for a reported or a direct customer, and return it."""
    partner = own_account(caller)
    row = _made(caller, partner, new)
    # Whoever looks after the customer looks after what may be sold to it.
    row.manager_id = manager_of(caller, new.manager) or (row.customer.manager_id if row.customer else None)
    row.shared_at = row.created_at if is_shared else None
    row.save(force_insert=True)
    note(caller, row, Deed.ADDED, text=row.description, stage=row.stage)
    record(caller, Action.OPPORTUNITY_ADDED, subject=row.customer, opportunity=row.pk)
    return row


@command(Action.OPPORTUNITY_OFFERED, permission=Permission.SALES_WRITE)
def offer_opportunity(caller: Caller, *, partner: str, new: NewOpportunity) -> Opportunity:
    """Hand an opportunity over to a partner, which takes or declines it; the provider's (huawei:B13)."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("partner")
    found = get_partner(caller.scope, account_id=partner)
    row = _made(caller, found, new)
    row.stage, row.origin, row.shared_at = Stage.OFFERED, Origin.PROVIDER, row.created_at
    row.manager_id = row.customer.manager_id if row.customer else row.report.manager_id if row.report else None
    row.save(force_insert=True)
    note(caller, row, Deed.OFFERED, text=row.description, stage=row.stage)
    record(caller, Action.OPPORTUNITY_OFFERED, subject=Whose.of(found), opportunity=row.pk)
    return row


@command(Action.OPPORTUNITY_ANSWERED, permission=Permission.SALES_WRITE)
def answer_offer(caller: Caller, *, opportunity: int, is_taken: bool, reason: str = "") -> Opportunity:
    """Take or decline what the provider has offered; declining needs a reason."""
    row = own_row(caller, Opportunity, opportunity, WHAT)
    if row.stage != Stage.OFFERED:
        raise Conflict("the opportunity was answered already")
    reason = fitting("reason", reason, TEXT_MAX) if is_taken else needed("reason", reason, TEXT_MAX)
    if is_taken:
        row.stage = Stage.FOUND
        save(row, "stage")
        note(caller, row, Deed.TAKEN, text=reason, stage=row.stage)
    else:
        _end(row, Stage.LOST, reason)
        note(caller, row, Deed.DECLINED, text=reason, stage=row.stage)
    record(caller, Action.OPPORTUNITY_ANSWERED, subject=Whose.of(row.partner), opportunity=row.pk, taken=is_taken)
    return row


@command(Action.OPPORTUNITY_CHANGED, permission=Permission.SALES_WRITE)
def change_opportunity(caller: Caller, *, opportunity: int, new: NewOpportunity) -> Opportunity:
    """Change what an open opportunity of the caller's says; whom it is about stays."""
    row = _open(caller, opportunity)
    _describe(caller, row, new)
    row.manager_id = manager_of(caller, new.manager)
    save(row, "name", "micros", "currency", "expected_on", "products", "description", "manager")
    note(caller, row, Deed.CHANGED)
    record(caller, Action.OPPORTUNITY_CHANGED, subject=row.customer, opportunity=row.pk)
    return row


@command(Action.OPPORTUNITY_MOVED, permission=Permission.SALES_WRITE)
def move_opportunity(caller: Caller, *, opportunity: int, stage: Stage, text: str = "") -> Opportunity:
    """Move an open opportunity of the caller's to another open stage, or note progress at the stage it has."""
    row = _open(caller, opportunity)
    if stage not in OPEN_STAGES:
        raise Invalid("stage", "is none of an open opportunity")
    is_moved = row.stage != stage
    text = fitting("text", text, TEXT_MAX) if is_moved else needed("text", text, TEXT_MAX)
    row.stage = stage
    save(row, "stage")
    note(caller, row, Deed.MOVED if is_moved else Deed.NOTED, text=text, stage=stage)
    record(caller, Action.OPPORTUNITY_MOVED, subject=row.customer, opportunity=row.pk, stage=stage)
    return row


@command(Action.OPPORTUNITY_CLOSED, permission=Permission.SALES_WRITE)
def close_opportunity(caller: Caller, *, opportunity: int, is_won: bool, reason: str) -> Opportunity:
    """Say that an open opportunity of the caller's is won or lost, and why."""
    row = _open(caller, opportunity)
    reason, stage = needed("reason", reason, TEXT_MAX), Stage.WON if is_won else Stage.LOST
    _end(row, stage, reason)
    note(caller, row, Deed.WON if is_won else Deed.LOST, text=reason, stage=stage)
    record(caller, Action.OPPORTUNITY_CLOSED, subject=row.customer, opportunity=row.pk, won=is_won)
    return row


@command(Action.OPPORTUNITY_SHARED, permission=Permission.SALES_WRITE)
def share_opportunity(caller: Caller, *, opportunity: int) -> Opportunity:
    """Let the provider see an open opportunity of the caller's, from now on and with its history."""
    row = _open(caller, opportunity)
    if row.shared_at is not None:
        raise Conflict("the provider sees the opportunity already")
    row.shared_at = clock.now()
    save(row, "shared_at")
    note(caller, row, Deed.SHARED)
    record(caller, Action.OPPORTUNITY_SHARED, subject=Whose.of(row.partner), opportunity=row.pk)
    return row


def _made(caller: Caller, partner: Account, new: NewOpportunity) -> Opportunity:
    """The opportunity, not saved; its customer is one of the partner's own."""
    moment = clock.now()
    assert partner.provider_id is not None
    row = Opportunity(
        provider_id=partner.provider_id,
        payer_id=partner.payer_id or partner.pk,
        partner=partner,
        created_at=moment,
        created_by=caller.user_name,
        changed_at=moment,
    )
    if (not new.customer) == (new.report is None):
        raise Invalid("customer", "name one customer, associated or reported")
    if new.report is not None:
        row.report = _report(caller, partner, new.report)
        row.company, row.contact, row.email = row.report.company, row.report.contact, row.report.email
    else:
        row.customer = _customer(caller, partner, new.customer)
        row.company = (row.customer.called)[:COMPANY_MAX]
        row.email = row.customer.email
    _describe(caller, row, replace(new, name=new.name or row.company))
    return row


def _customer(caller: Caller, partner: Account, account_id: str) -> Account:
    rows = customers(caller.scope).filter(partner=partner, account_id=account_id)
    found = rows.first()
    if found is None:
        raise Invalid("customer", "is not one of the partner's own customers")
    return found


def _report(caller: Caller, partner: Account, key: int) -> ReportedCustomer:
    found = ReportedCustomer.objects.within(caller.scope).filter(partner=partner, pk=key).first()
    if found is None:
        raise Invalid("customer", "is not one of the customers that the partner has reported")
    if found.state not in LIVE_REPORTS:
        raise Conflict("the report has ended already")
    return found


def _describe(caller: Caller, row: Opportunity, new: NewOpportunity) -> None:
    row.name = needed("name", new.name, COMPANY_MAX)
    row.micros, row.currency = micros_of(new.amount), currency_or_own(caller, new.currency)
    row.expected_on = new.expected_on
    products = [one.strip() for one in new.products if one.strip()]
    if any("," in one for one in products):
        raise Invalid("products", "a product holds no comma")
    row.products = fitting("products", ",".join(dict.fromkeys(products)), PRODUCTS_MAX)
    row.description = fitting("description", new.description, TEXT_MAX)


def _open(caller: Caller, opportunity: int) -> Opportunity:
    row = own_row(caller, Opportunity, opportunity, WHAT)
    if row.stage in ENDED_STAGES:
        raise Conflict("the opportunity has ended already")
    if row.stage == Stage.OFFERED:
        raise Conflict("the opportunity is taken or declined first")
    return row


def _end(row: Opportunity, stage: Stage, reason: str) -> None:
    may_move(Stage(row.stage), stage, STAGE_MOVES, Conflict("the opportunity has ended already"))
    row.stage, row.reason, row.ended_at = stage, reason, clock.now()
    save(row, "stage", "reason", "ended_at")
