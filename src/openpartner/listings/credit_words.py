"""The words of credit: why something moved, and what was given to whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.credit.models import Given, Notice
from openpartner.core.ledger.models import Kind, Use
from openpartner.listings.declare import Words

KINDS: dict[int, Words] = {
    Kind.GRANT: _("Credit line granted"),
    Kind.GRANT_TAKEN_BACK: _("Credit line taken back"),
    Kind.ALLOCATION: _("Credit allocated"),
    Kind.RECLAIM: _("Credit reclaimed"),
    Kind.CHARGE: pgettext_lazy("posting", "Charge"),
    Kind.REFUND: pgettext_lazy("posting", "Refund"),
    Kind.CONFIRMATION: _("Bill confirmed"),
    Kind.RESERVATION: pgettext_lazy("posting", "Reserved"),
    Kind.REVERSAL: pgettext_lazy("posting", "Reversal"),
}
"""The kinds of postings that credit knows."""
KIND_TONES: dict[int, str] = {
    Kind.GRANT: "good",
    Kind.ALLOCATION: "good",
    Kind.CONFIRMATION: "good",
    Kind.CHARGE: "calm",
    Kind.REVERSAL: "warn",
    Kind.RECLAIM: "warn",
    Kind.GRANT_TAKEN_BACK: "warn",
}
GIVEN: dict[int, Words] = {
    Given.LINE: _("Credit line"),
    Given.POOL: _("Credit pool"),
    Given.CUSTOMER: _("Customer credit"),
}
USES: dict[int, Words] = {
    Use.ALLOCABLE: _("Credit to allocate"),
    Use.AVAILABLE: _("Available credit"),
    Use.USED: _("Used credit"),
}
NOTICES: dict[int, Words] = {
    Notice.LOW: _("Credit is low"),
    Notice.STOPPED: _("Services stopped"),
    Notice.RESUMED: _("Services resumed"),
}
NOTICE_TONES: dict[int, str] = {Notice.LOW: "warn", Notice.STOPPED: "bad", Notice.RESUMED: "good"}
