"""Applications: who asks to become a partner's customer or reseller, and how that was decided (tencent:B.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.onboarding.models import Application
from openpartner.core.onboarding.queries import ApplicationFilter
from openpartner.core.onboarding.queries import applications as of_scope
from openpartner.core.onboarding.vocabulary import ApplicationState
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.onboarding_words import APPLICATION_STATES, APPLICATION_TONES
from openpartner.listings.registry import register
from openpartner.listings.words import ASSOCIATIONS, CUSTOMER_TYPES, VERIFICATION_TONES, VERIFICATIONS

DECIDED = frozenset({"decided", "decided_by", "reason"})

OF_CUSTOMERS = (
    Column(key="kind", label=_("Association type"), value="kind", shows=Cell.CHOICE, words=ASSOCIATIONS),
    Column(key="manager", label=_("Account manager"), value="manager__name", is_default=False),
)
OF_RESELLERS = (
    Column(
        key="verification",
        label=_("Real name"),
        value="account__verification",
        shows=Cell.CHOICE,
        words=VERIFICATIONS,
        tones=VERIFICATION_TONES,
    ),
    Column(key="material", label=_("Application material"), value="material_url", is_default=False),
)
FILTERS_OF_CUSTOMERS = (Filter(key="manager", label=_("Account manager"), control=controls.one_of(manager_choices)),)


def _of(role: AccountKind) -> Callable[[Scope, ApplicationFilter], QuerySet[Application]]:
    def rows(scope: Scope, where: ApplicationFilter) -> QuerySet[Application]:
        return of_scope(scope, replace(where, role=role))

    return rows


def _listing(
    role: AccountKind, *, name: str, title: Words, permission: Permission, page: str
) -> Listing[ApplicationFilter]:
    is_of_customers = role is AccountKind.CUSTOMER
    return Listing(
        name=name,
        title=title,
        permission=permission,
        export_permission=permission,
        where=ApplicationFilter,
        source=ModelRows(_of(role), {"applied": ("applied_at",), "decided": ("decided_at",), "uin": ("account__uin",)}),
        scope=Caller.own,
        subject="account_id",
        order="-applied",
        columns=_columns(page, is_of_customers=is_of_customers),
        filters=_filters(is_of_customers=is_of_customers),
        tabs=(
            Tab(
                key="waiting",
                label=_("In review"),
                conditions={"state": ApplicationState.REVIEWING},
                without=DECIDED | {"state"},
            ),
            Tab(
                key="rejected",
                label=_("Rejection records"),
                conditions={"state": ApplicationState.REJECTED},
                columns=("name", "uin", "reason", "decided", "decided_by", "applied", "email", "mobile"),
                without=frozenset({"state"}),
            ),
            Tab(key="all", label=_("All")),
        ),
    )


def _columns(page: str, *, is_of_customers: bool) -> tuple[Column, ...]:
    return (
        Column(key="name", label=_("Name"), value="legal_name", mask=Mask.NAME, link=page),
        Column(key="uin", label=_("UIN"), value="account__uin", shows=Cell.ID, order="uin"),
        Column(key="email", label=_("E-mail"), value="email", mask=Mask.EMAIL),
        Column(key="mobile", label=_("Mobile number"), value="mobile", mask=Mask.MOBILE),
        Column(key="contact", label=_("Contact"), value="contact", mask=Mask.NAME, is_default=False),
        Column(key="type", label=_("Type"), value="customer_type", shows=Cell.CHOICE, words=CUSTOMER_TYPES),
        *(OF_CUSTOMERS if is_of_customers else OF_RESELLERS),
        Column(key="applied", label=_("Applied on"), value="applied_at", shows=Cell.INSTANT, order="applied"),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=APPLICATION_STATES,
            tones=APPLICATION_TONES,
        ),
        Column(key="decided", label=_("Decided on"), value="decided_at", shows=Cell.INSTANT, order="decided"),
        Column(key="decided_by", label=_("Decided by"), value="decided_by"),
        Column(key="reason", label=_("Reason"), value="reason"),
    )


def _filters(*, is_of_customers: bool) -> tuple[Filter, ...]:
    return (
        Filter(
            key="text",
            label=_("Search"),
            control=controls.search(_("Name, address or UIN")),
            is_always_shown=True,
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(APPLICATION_STATES), is_always_shown=True),
        *(FILTERS_OF_CUSTOMERS if is_of_customers else ()),
        Filter(key="applied_from", label=_("Applied since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="applied_until", label=_("Applied until"), control=controls.day(), convert=controls.end_of_day),
    )


APPLICATIONS = _listing(
    AccountKind.CUSTOMER,
    name="applications",
    title=_("Applications"),
    permission=Permission.CUSTOMER_CREATE,
    page="application",
)
RESELLER_APPLICATIONS = _listing(
    AccountKind.SECOND_LEVEL_RESELLER,
    name="reseller-applications",
    title=_("Reseller applications"),
    permission=Permission.PARTNER_WRITE,
    page="reseller_application",
)
register(APPLICATIONS)
register(RESELLER_APPLICATIONS)
