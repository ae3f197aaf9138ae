"""Records of credit: what customers and partners were given, and an account's credit as a statement."""

from __future__ import annotations

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.records import (
    AllocationFilter,
    StatementFilter,
    customer_allocations,
    partner_allocations,
    statement,
)
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.credit_words import GIVEN, KIND_TONES, KINDS
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register

ADDED, RECLAIMED = 0, 1
WAYS: dict[int, Words] = {ADDED: _("Added"), RECLAIMED: _("Taken back")}
WAY_TONES = {ADDED: "good", RECLAIMED: "warn"}


def _gives(caller: Caller) -> bool:
    """Whether the caller is no customer: who did it and why is between those who give."""
    return caller.kind is not AccountKind.CUSTOMER


def _period(since: Words, until: Words) -> tuple[Filter, ...]:
    return (
        Filter(key="since", label=since, control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=until, control=controls.day(), convert=controls.end_of_day),
    )


_HOLDER = Filter(key="holder", label=_("Account ID"), control=controls.text(32), is_fixed=True)
_WAY = Filter(
    key="is_reclaim",
    label=_("What was done"),
    control=controls.choice(WAYS),
    convert=lambda value, _reader: value == RECLAIMED,
    is_always_shown=True,
)
_AMOUNTS = (
    Column(
        key="way",
        label=_("What was done"),
        value=Case(When(micros__lt=0, then=Value(RECLAIMED)), default=Value(ADDED)),
        shows=Cell.CHOICE,
        words=WAYS,
        tones=WAY_TONES,
    ),
    Column(key="change", label=_("Change"), value=Units("micros"), shows=Cell.AMOUNT, order="change"),
    Column(key="total", label=_("Total afterwards"), value=Units("total_after"), shows=Cell.AMOUNT),
    Column(key="available", label=_("Available afterwards"), value=Units("available_after"), shows=Cell.AMOUNT),
    Column(key="currency", label=_("Currency"), value="currency"),
)
_WHO = (
    Column(key="operator", label=_("By"), value="operator", is_for=_gives),
    Column(key="remark", label=_("Remark"), value="remark", is_for=_gives),
)
_ORDERS = {"at": ("at",), "change": ("micros",)}

CREDIT_ALLOCATIONS: Listing[AllocationFilter] = Listing(
    name="credit-allocations",
    title=_("Credit of customers"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=AllocationFilter,
    source=ModelRows(customer_allocations, _ORDERS),
    scope=viewed,
    subject="holder_id",
    identity="holder__account_id",
    order="-at",
    columns=(
        Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at"),
        Column(key="customer", label=_("Customer"), value="holder__legal_name", mask=Mask.NAME, link="customer_credit"),
        Column(key="uin", label=_("UIN"), value="holder__uin", shows=Cell.ID, is_default=False),
        *_AMOUNTS,
        *_WHO,
    ),
    filters=(
        _HOLDER,
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True, is_for=_gives),
        _WAY,
        *_period(_("Since"), _("Until")),
    ),
)
register(CREDIT_ALLOCATIONS)

PARTNER_CREDIT: Listing[AllocationFilter] = Listing(
    name="partner-credit",
    title=_("Credit lines and pools"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=AllocationFilter,
    source=ModelRows(partner_allocations, _ORDERS),
    subject="holder_id",
    identity="holder__account_id",
    order="-at",
    columns=(
        Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at"),
        Column(key="partner", label=_("Partner"), value="holder__legal_name", mask=Mask.NAME),
        Column(key="uin", label=_("UIN"), value="holder__uin", shows=Cell.ID, is_default=False),
        Column(key="given", label=_("What"), value="given", shows=Cell.CHOICE, words=GIVEN),
        *_AMOUNTS,
        *_WHO,
    ),
    filters=(
        _HOLDER,
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        _WAY,
        *_period(_("Since"), _("Until")),
    ),
)
register(PARTNER_CREDIT)

CREDIT_STATEMENT: Listing[StatementFilter] = Listing(
    name="credit-statement",
    title=_("Credit statement"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=StatementFilter,
    source=ModelRows(statement, {"at": ("at",)}),
    scope=viewed,
    order="-at",
    columns=(
        Column(key="number", label=_("Posting"), value="pk", shows=Cell.ID, link="posting"),
        Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at"),
        Column(key="kind", label=_("What happened"), value="kind", shows=Cell.CHOICE, words=KINDS, tones=KIND_TONES),
        Column(key="change", label=_("Change"), value=Units("change"), shows=Cell.AMOUNT),
        Column(key="after", label=_("Balance afterwards"), value=Units("after"), shows=Cell.AMOUNT),
        Column(key="currency", label=_("Currency"), value="debit__currency"),
    ),
    filters=(
        Filter(key="holder", label=_("Account ID"), control=controls.text(32), is_fixed=True),
        Filter(key="kind", label=_("What happened"), control=controls.choice(KINDS), is_always_shown=True),
        *_period(_("Since"), _("Until")),
    ),
)
register(CREDIT_STATEMENT)
