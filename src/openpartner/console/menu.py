"""Where pages stand in the menu; the menu itself is derived from the registered pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.listings.declare import Words


class Group(StrEnum):
    """The groups of the menu, in the order in which they stand."""

    START = "start"
    SALES = "sales"
    DEVELOPMENT = "development"
    OWN_PARTNER = "own-partner"
    MONEY = "money"
    BILLS = "bills"
    ORGANIZATION = "organization"
    RECORDS = "records"


GROUP_LABELS: dict[Group, Words] = {
    Group.START: "",
    Group.SALES: _("Sales"),
    Group.DEVELOPMENT: _("Customer development"),
    Group.OWN_PARTNER: _("My partner"),
    Group.MONEY: pgettext_lazy("menu", "Money"),
    Group.BILLS: _("Bills and costs"),
    Group.ORGANIZATION: _("Organization"),
    Group.RECORDS: _("Records"),
}


@dataclass(frozen=True, slots=True)
class Menu:
    """A page's entry: group, label and icon. `navigation.ORDER` says which stands above which."""

    group: Group
    label: Words
    icon: str
    shortcut: str = ""
    """The key that opens the page after `g`."""
    below: str = ""
    """A path whose pages belong to the entry too."""
