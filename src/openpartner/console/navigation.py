"""What the frame of every page shows: the menu of what the person may open, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse

from openpartner.console.acting import acting_in, mark_of, weighed
from openpartner.console.languages import NAMES
from openpartner.console.menu import GROUP_LABELS, Group
from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.kinds import AccountKind
from openpartner.core.customers.queries import get_customer
from openpartner.listings.declare import Words
from openpartner.listings.words import ACCOUNT_KINDS

if TYPE_CHECKING:
    from openpartner.console.page import Page


ORDER = (
    "home",
    "customers",
    "resellers",
    "partners",
    "customer_assignment",
    "reported_customers",
    "opportunities",
    "sales_tasks",
    "association_records",
    "verifications",
    "authorizations",
    "unbind_requests",
    "migrations",
    "my_partner",
    "own_authorizations",
    "invitations",
    "applications",
    "reseller_invitations",
    "reseller_applications",
    "credit",
    "bill_confirmations",
    "credit_alerts",
    "budget_alerts",
    "consumption_quota",
    "vouchers",
    "expenditure",
    "bills",
    "costs",
    "restatements",
    "own_verification",
    "published_contacts",
    "members",
    "roles",
    "managers",
    "customer_settings",
    "keys",
    "enterprise",
    "agreements",
    "agreement_versions",
    "agreement_acceptances",
    "audit_log",
    "jobs",
    "exports",
    "imports",
    "bill_imports",
    "cloud_accounts",
    "mail",
    "sms",
)
"""In which order the entries of a group stand, by the name of the page; others follow."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    label: Words
    icon: str
    address: str
    shortcut: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A group of the menu."""

    label: Words
    entries: list[Entry]


def frame(request: HttpRequest) -> dict[str, object]:
    """The values of shell.html; a context processor, empty for those who have not signed in."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"languages": NAMES}
    acting = acting_in(request)
    if acting is None and mark_of(request) is not None:
        # A page that nobody has to be allowed, such as that of a wrong address.
        weighed(request, caller_of(user, via="console"))
        acting = acting_in(request)
    account = user.account if acting is None else get_customer(acting.scope, account_id=acting.account_id)
    return {
        "menu": menu_of(request),
        "person": user,
        "account": account,
        "account_kind": ACCOUNT_KINDS[AccountKind(account.kind)],
        "acts_for": account if acting is not None else None,
        "acts_as": user.account,
        "languages": NAMES,
    }


def menu_of(request: HttpRequest) -> list[Section]:
    """The menu of whom the request comes from."""
    from openpartner.console.page import PAGES, caller_in  # noqa: PLC0415  # pages name their place in the menu

    caller = caller_in(request)
    if caller is None:
        return []
    shown = [(found, found.menu) for found in sorted(PAGES, key=_place) if found.menu and found.is_open_to(caller)]
    own = {found.name: {path for path in (reverse(found.name), menu.below) if path} for found, menu in shown}
    # Of entries under each other the nearest is the current one.
    above = [path for paths in own.values() for path in paths if request.path.startswith(path) and path != "/"]
    here = max(above, key=len, default="/" if request.path == "/" else "")
    entries: dict[Group, list[Entry]] = {group: [] for group in Group}
    for found, menu in shown:
        is_current = here in own[found.name]
        entries[menu.group].append(
            Entry(menu.label, menu.icon, reverse(found.name), menu.shortcut, is_current=is_current)
        )
    return [Section(GROUP_LABELS[group], some) for group, some in entries.items() if some]


def _place(found: Page) -> int:
    return ORDER.index(found.name) if found.name in ORDER else len(ORDER)
