"""What the lists of mails and of SMS share: how each was delivered, and by what they are found."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Words
from openpartner.listings.organization_words import DELIVERIES, DELIVERY_TONES

DELIVERY = (
    Column(
        key="state",
        label=_("Status"),
        value="state",
        shows=Cell.CHOICE,
        words=DELIVERIES,
        tones=DELIVERY_TONES,
    ),
    Column(key="error", label=_("Last error"), value="error"),
    Column(key="attempts", label=_("Attempts"), value="attempts", shows=Cell.NUMBER, is_default=False),
    Column(key="asked", label=_("Written"), value="created_at", shows=Cell.INSTANT, order="number"),
    Column(key="settled", label=_("Sent or given up"), value="settled_at", shows=Cell.INSTANT, order="settled"),
)
"""The columns after what it was and to whom."""


def outgoing_filters(label: Words, kinds: dict[str, Words]) -> tuple[Filter, ...]:
    """The filters of a log; `label` is what its messages are called."""
    return (
        Filter(
            key="recipient_contains", label=_("Search"), is_always_shown=True, control=controls.search(_("Recipient"))
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(DELIVERIES), is_always_shown=True),
        Filter(key="template", label=label, control=controls.choice(kinds), is_always_shown=True),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    )
