"""The provider's versions of agreements, and who has accepted which."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, CharField, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.accounts.models import Account
from openpartner.core.agreements.models import Acceptance, AgreementVersion
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.kit import clock
from openpartner.listings import controls
from openpartner.listings.agreement_words import (
    ACCEPTANCE_STATES,
    ACCEPTANCE_TONES,
    AGREEMENTS,
    VERSION_STATES,
    VERSION_TONES,
)
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFilter:
    """Conditions on a list of versions; None means no condition."""

    agreement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceFilter:
    """Conditions on a list of acceptances; None means no condition."""

    account_contains: str | None = None
    agreement: str | None = None
    state: str | None = None


def _versions(scope: Scope, where: VersionFilter) -> QuerySet[AgreementVersion]:
    rows = AgreementVersion.objects.within(scope)
    if where.agreement is not None:
        rows = rows.filter(agreement=where.agreement)
    now = clock.now()
    begun = AgreementVersion.objects.within(scope).filter(effective_at__lte=now)
    newest = begun.filter(agreement=OuterRef("agreement")).order_by("-number").values("number")[:1]
    held = Acceptance.objects.within(scope).filter(version=OuterRef("pk")).order_by().values("version")
    accepted = held.annotate(accounts=Count("account", distinct=True)).values("accounts")
    return rows.annotate(
        accepted=Coalesce(Subquery(accepted, output_field=IntegerField()), 0),
        state=Case(
            When(published_at__isnull=True, then=Value("draft")),
            When(effective_at__gt=now, then=Value("coming")),
            When(number=Subquery(newest), then=Value("in-force")),
            default=Value("past"),
            output_field=CharField(),
        ),
    )


def _acceptances(scope: Scope, where: AcceptanceFilter) -> QuerySet[Acceptance]:
    rows = Acceptance.objects.within(scope)
    if where.account_contains is not None:
        named = Account.objects.within(scope).filter(account_name__icontains=where.account_contains)
        rows = rows.filter(account__in=named.values("pk"))
    if where.agreement is not None:
        rows = rows.filter(agreement=where.agreement)
    if where.state is not None:
        rows = rows.filter(state=where.state)
    return rows


VERSIONS: Listing[VersionFilter] = Listing(
    name="agreement-versions",
    title=_("Agreements"),
    permission=Permission.AGREEMENT_PUBLISH,
    export_permission=None,
    where=VersionFilter,
    source=ModelRows(_versions, {"written": ("created_at",), "agreement": ("agreement", "number")}),
    order="-written",
    columns=(
        Column(
            key="agreement",
            label=_("Agreement"),
            value="agreement",
            words=AGREEMENTS,
            shows=Cell.CHOICE,
            order="agreement",
            link="agreement_version",
            has_initials=False,
        ),
        Column(key="number", label=_("Version"), value="number", shows=Cell.NUMBER),
        Column(
            key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=VERSION_STATES, tones=VERSION_TONES
        ),
        Column(
            key="effective", label=pgettext_lazy("agreement", "In force from"), value="effective_at", shows=Cell.INSTANT
        ),
        Column(key="accepted", label=_("Accepted by accounts"), value="accepted", shows=Cell.NUMBER),
        Column(key="note", label=_("What is new"), value="note"),
        Column(
            key="written", label=_("Written"), value="created_at", shows=Cell.INSTANT, order="written", is_default=False
        ),
        Column(key="by", label=_("Published by"), value="published_by", is_default=False),
    ),
    filters=(Filter(key="agreement", label=_("Agreement"), control=controls.choice(AGREEMENTS), is_always_shown=True),),
)
register(VERSIONS)

ACCEPTANCES: Listing[AcceptanceFilter] = Listing(
    name="agreement-acceptances",
    title=_("Accepted agreements"),
    permission=Permission.AGREEMENT_PUBLISH,
    export_permission=Permission.AGREEMENT_PUBLISH,
    where=AcceptanceFilter,
    source=ModelRows(_acceptances, {"accepted": ("accepted_at",), "until": ("valid_until",)}),
    order="-accepted",
    columns=(
        Column(key="account", label=_("Account"), value="account__account_name"),
        Column(key="agreement", label=_("Agreement"), value="agreement", words=AGREEMENTS, shows=Cell.CHOICE),
        Column(key="version", label=_("Version"), value="version__number", shows=Cell.NUMBER),
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=ACCEPTANCE_STATES,
            tones=ACCEPTANCE_TONES,
        ),
        Column(key="accepted", label=_("Accepted"), value="accepted_at", shows=Cell.INSTANT, order="accepted"),
        Column(key="by", label=_("By"), value="accepted_by"),
        Column(key="until", label=_("Ends"), value="valid_until", shows=Cell.INSTANT, order="until"),
        Column(key="about", label=_("What for"), value="about", is_default=False),
        Column(key="language", label=_("Language"), value="language", is_default=False),
    ),
    filters=(
        Filter(
            key="account_contains", label=_("Search"), control=controls.search(_("Account name")), is_always_shown=True
        ),
        Filter(key="agreement", label=_("Agreement"), control=controls.choice(AGREEMENTS), is_always_shown=True),
        Filter(key="state", label=_("Status"), control=controls.choice(ACCEPTANCE_STATES), is_always_shown=True),
    ),
)
register(ACCEPTANCES)
