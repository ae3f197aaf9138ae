"""What wants somebody's attention on the start page: answers that are waited for, and customers that stand badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openpartner.console.audiences import is_customer, is_no_provider, is_partner, is_provider
from openpartner.core.agreements.queries import all_needed, own_account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.unassigned import has_unassigned, unassigned_accounts
from openpartner.core.customers.figures import how_many
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.on_behalf.queries import AuthorizationFilter, authorizations
from openpartner.core.on_behalf.vocabulary import State as AuthorizationState
from openpartner.core.onboarding.queries import pending
from openpartner.core.parting.queries import (
    ConsentFilter,
    MigrationFilter,
    RequestFilter,
    departures,
    migrations,
    own_moves,
    own_requests,
    unbind_requests,
)
from openpartner.core.parting.vocabulary import ConsentState, MigrationState, RequestState, Side
from openpartner.core.sales.queries import ReportFilter, reports
from openpartner.core.sales.vocabulary import ReportState
from openpartner.core.verification.models import State as VerificationState
from openpartner.core.verification.queries import SubmissionFilter, submissions
from openpartner.core.vouchers.records import ListedFilter, listed_applications
from openpartner.core.vouchers.vocabulary import VoucherState
from openpartner.kit.slices import Page
from openpartner.listings.declare import Words


@dataclass(frozen=True, slots=True)
class Task:
    """Something that wants attention: how many, and the list of them."""

    label: Words
    count: str
    address: str
    icon: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class Awaited:
    """An answer or a piece of work that others wait for: whose it is, how many there are, and where they are listed."""

    label: Words
    icon: str
    permission: Permission
    is_for: Callable[[Caller], bool]
    count: Callable[[Caller], int]
    page: str
    query: str = ""

    def task(self, caller: Caller) -> Task | None:
        """How many wait for this caller; None for none, and for whom it is not to answer."""
        if self.permission not in caller.permissions or not self.is_for(caller):
            return None
        if not (waiting := self.count(caller)):
            return None
        return Task(self.label, f"{waiting:,}", f"{reverse(self.page)}{self.query}", self.icon)


AWAITED = (
    Awaited(
        label=_("Agreements to accept"),
        icon="agreement",
        permission=Permission.CONSENT,
        is_for=is_no_provider,
        count=lambda caller: len(all_needed(own_account(caller))),
        page="agreements",
    ),
    Awaited(
        label=_("Requests for authorization to answer"),
        icon="people",
        permission=Permission.CONSENT,
        is_for=is_customer,
        count=lambda caller: authorizations(
            caller.scope, AuthorizationFilter(state=AuthorizationState.REQUESTED)
        ).count(),
        page="own_authorizations",
    ),
    Awaited(
        label=_("Requests of your partner to part"),
        icon="leave",
        permission=Permission.CONSENT,
        is_for=is_customer,
        count=lambda caller: sum(
            one.state == RequestState.REQUESTED and one.side == Side.PARTNER for one in own_requests(caller)
        ),
        page="my_partner",
    ),
    Awaited(
        label=_("Moves to another partner to answer"),
        icon="import",
        permission=Permission.CONSENT,
        is_for=is_customer,
        count=lambda caller: sum(one.state == ConsentState.WAITING for one in own_moves(caller)),
        page="my_partner",
    ),
    Awaited(
        label=_("Applications of customers"),
        icon="check",
        permission=Permission.CUSTOMER_CREATE,
        is_for=is_partner,
        count=lambda caller: pending(caller.own(), AccountKind.CUSTOMER).count(),
        page="applications",
    ),
    Awaited(
        label=_("Applications of resellers"),
        icon="check",
        permission=Permission.PARTNER_WRITE,
        is_for=is_partner,
        count=lambda caller: pending(caller.own(), AccountKind.SECOND_LEVEL_RESELLER).count(),
        page="reseller_applications",
    ),
    Awaited(
        label=_("Customers that ask to leave"),
        icon="leave",
        permission=Permission.ASSOCIATION_END,
        is_for=is_partner,
        count=lambda caller: unbind_requests(
            caller.own(), RequestFilter(state=RequestState.REQUESTED, side=Side.CUSTOMER)
        ).count(),
        page="unbind_requests",
        query=f"?state={RequestState.REQUESTED}&side={Side.CUSTOMER}",
    ),
    Awaited(
        label=_("Customers that agreed to move away"),
        icon="import",
        permission=Permission.ASSOCIATION_END,
        is_for=is_partner,
        count=lambda caller: departures(caller.own(), ConsentFilter(state=ConsentState.WAITING)).count(),
        page="departures",
        query=f"?state={ConsentState.WAITING}",
    ),
    Awaited(
        label=_("Migrations to approve or reject"),
        icon="import",
        permission=Permission.ASSOCIATION_END,
        is_for=is_provider,
        count=lambda caller: migrations(caller.scope, MigrationFilter(state=MigrationState.WAITS_FOR_PROVIDER)).count(),
        page="migrations",
        query=f"?state={MigrationState.WAITS_FOR_PROVIDER}",
    ),
    Awaited(
        label=_("Real names to review"),
        icon="roles",
        permission=Permission.VERIFICATION_REVIEW,
        is_for=is_provider,
        count=lambda caller: submissions(caller.scope, SubmissionFilter(state=VerificationState.IN_REVIEW)).count(),
        page="verifications",
    ),
    Awaited(
        label=_("Reported customers to review"),
        icon="customers",
        permission=Permission.SALES_WRITE,
        is_for=is_provider,
        count=lambda caller: reports(caller.scope, ReportFilter(state=ReportState.REPORTED)).count(),
        page="reported_customers",
        query=f"?state={ReportState.REPORTED}",
    ),
    Awaited(
        label=_("Vouchers to approve or reject"),
        icon="tag",
        permission=Permission.VOUCHER_READ,
        is_for=is_provider,
        count=lambda caller: listed_applications(caller.scope, ListedFilter(state=VoucherState.UNDER_REVIEW)).count(),
        page="voucher_applications",
        query=f"?state={VoucherState.UNDER_REVIEW:d}",
    ),
    Awaited(
        label=_("Cloud accounts without a customer"),
        icon="link",
        permission=Permission.IMPORT,
        is_for=lambda caller: is_provider(caller) and has_unassigned(caller.account),
        count=lambda caller: len(unassigned_accounts(caller)),
        page="unassigned",
    ),
)


def awaited(caller: Caller) -> list[Task]:
    """What others wait for from the caller; what there is none of is left out."""
    found = [one.task(caller) for one in AWAITED]
    return [task for task in found if task is not None]


def standing_badly(scope: Scope, caller: Caller) -> list[Task]:
    """How many of the customers that the scope shows are stopped, unverified or nobody's, most pressing first."""
    found = [
        _customers(scope, _("Suspended with resources"), "lock", "bad", suspension=Suspension.ACCOUNT_AND_RESOURCES),
        _customers(scope, _("Suspended"), "lock", "warn", suspension=Suspension.ACCOUNT),
        _customers(scope, _("Real name not verified"), "roles", "warn", is_verified=False),
    ]
    if caller.kind.is_partner:
        found.append(_customers(scope, _("Without an account manager"), "people", "calm", is_assigned=False))
    return [task for task in found if task is not None]


def told(found: Page[Any]) -> str:
    """A count as people read it; with a plus where counting stopped."""
    return f"{found.total:,}{'+' if found.more else ''}"


def customers_where(**query: object) -> str:
    """The address of the customers that a query string finds."""
    address = reverse("customers")
    return f"{address}?{urlencode(query)}" if query else address


def _customers(scope: Scope, label: Words, icon: str, tone: str, **condition: bool | Suspension) -> Task | None:
    """How many customers meet one condition, and the list of them; None when there are none."""
    found = how_many(scope, CustomerFilter(**condition))  # type: ignore[arg-type]  # by name
    if not found.total:
        return None
    query = {name: _spelled(value) for name, value in condition.items()}
    return Task(label, told(found), customers_where(**query), icon, tone)


def _spelled(value: object) -> str:
    """A condition's value as the addresses of lists spell it."""
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:d}"
