"""Invitations: whom a partner has invited, and what became of it (tencent:A.2, huawei:B12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.onboarding.models import Invitation
from openpartner.core.onboarding.queries import InvitationFilter
from openpartner.core.onboarding.queries import invitations as of_scope
from openpartner.core.onboarding.vocabulary import InvitationState
from openpartner.kit import clock
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.onboarding_words import INVITATION_STATES, INVITATION_TONES, LINK, MAILED, STANDING, WAYS
from openpartner.listings.registry import register
from openpartner.listings.words import ASSOCIATIONS

WAY = Case(
    When(is_reusable=True, then=Value(STANDING)),
    When(email="", then=Value(LINK)),
    default=Value(MAILED),
    output_field=IntegerField(),
)

OF_CUSTOMERS = (
    Column(key="kind", label=_("Association type"), value="kind", shows=Cell.CHOICE, words=ASSOCIATIONS),
    Column(key="manager", label=_("Account manager"), value="manager__name", is_default=False),
)
FILTERS_OF_CUSTOMERS = (
    Filter(key="kind", label=_("Association type"), control=controls.choice(ASSOCIATIONS)),
    Filter(key="manager", label=_("Account manager"), control=controls.one_of(manager_choices)),
)


def _of(role: AccountKind) -> Callable[[Scope, InvitationFilter], QuerySet[Invitation]]:
    """The invitations to become something, each with the state that it has by the clock."""

    def rows(scope: Scope, where: InvitationFilter) -> QuerySet[Invitation]:
        over = When(state=InvitationState.OPEN, expires_at__lte=clock.now(), then=Value(str(InvitationState.EXPIRED)))
        shown = Case(over, default=F("state"), output_field=CharField())
        return of_scope(scope, replace(where, role=role)).annotate(shown=shown)

    return rows


def _listing(
    role: AccountKind, *, name: str, title: Words, permission: Permission, page: str
) -> Listing[InvitationFilter]:
    is_of_customers = role is AccountKind.CUSTOMER
    return Listing(
        name=name,
        title=title,
        permission=permission,
        export_permission=permission,
        where=InvitationFilter,
        source=ModelRows(
            _of(role),
            {
                "made": ("created_at",),
                "expires": ("expires_at",),
                "sent": ("sent_at",),
                "used": ("used_at",),
            },
        ),
        scope=Caller.own,
        order="-made",
        columns=_columns(page, is_of_customers=is_of_customers),
        filters=_filters(is_of_customers=is_of_customers),
    )


def _columns(page: str, *, is_of_customers: bool) -> tuple[Column, ...]:
    return (
        Column(
            key="way",
            label=_("Invitation"),
            value=WAY,
            shows=Cell.CHOICE,
            words=WAYS,
            link=page,
            has_initials=False,
        ),
        Column(key="address", label=_("Address"), value="email", mask=Mask.EMAIL),
        Column(
            key="state",
            label=_("Status"),
            value="shown",
            shows=Cell.CHOICE,
            words=INVITATION_STATES,
            tones=INVITATION_TONES,
        ),
        *(OF_CUSTOMERS if is_of_customers else ()),
        Column(key="made", label=_("Made"), value="created_at", shows=Cell.INSTANT, order="made"),
        Column(key="by", label=_("By"), value="creator"),
        Column(key="sent", label=_("Last mailed"), value="sent_at", shows=Cell.INSTANT, order="sent", is_default=False),
        Column(key="expires", label=_("Good until"), value="expires_at", shows=Cell.INSTANT, order="expires"),
        Column(key="used", label=_("Used"), value="used_at", shows=Cell.INSTANT, order="used"),
        Column(key="account", label=_("Used by"), value="account__legal_name", mask=Mask.NAME),
        Column(key="uin", label=_("UIN"), value="account__uin", shows=Cell.ID, is_default=False),
        Column(key="bound", label=_("Bound on"), value="bound_at", shows=Cell.INSTANT, is_default=False),
        Column(key="language", label=_("Language"), value="language", is_default=False),
    )


def _filters(*, is_of_customers: bool) -> tuple[Filter, ...]:
    return (
        Filter(key="text", label=_("Search"), control=controls.search(_("Part of the address")), is_always_shown=True),
        Filter(key="state", label=_("Status"), control=controls.choice(INVITATION_STATES), is_always_shown=True),
        *(FILTERS_OF_CUSTOMERS if is_of_customers else ()),
        Filter(key="is_open_link", label=_("Open link"), control=controls.yes_or_no()),
        Filter(key="created_from", label=_("Made since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="created_until", label=_("Made until"), control=controls.day(), convert=controls.end_of_day),
    )


INVITATIONS = _listing(
    AccountKind.CUSTOMER,
    name="invitations",
    title=_("Invitations"),
    permission=Permission.CUSTOMER_CREATE,
    page="invitation",
)
RESELLER_INVITATIONS = _listing(
    AccountKind.SECOND_LEVEL_RESELLER,
    name="reseller-invitations",
    title=_("Reseller invitations"),
    permission=Permission.PARTNER_WRITE,
    page="reseller_invitation",
)
register(INVITATIONS)
register(RESELLER_INVITATIONS)
