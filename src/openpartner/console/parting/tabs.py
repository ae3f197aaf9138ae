"""The two lists of migrations of a partner: customers that come, and customers that would go."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openpartner.listings.declare import Words

TEMPLATE = "console/expenditure_tabs.html"
TABS: dict[str, Words] = {"migrations": _("To you"), "departures": _("Away from you")}


def parts(current: str) -> dict[str, object]:
    """The values of the template."""
    return {"parts": [(label, reverse(name), name == current) for name, label in TABS.items()]}
