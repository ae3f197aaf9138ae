"""How agreements, their versions and acceptances are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.agreements.vocabulary import AcceptanceState, Agreement
from openpartner.listings.declare import Words

AGREEMENTS: dict[str, Words] = {
    Agreement.CUSTOMER_AGREEMENT: _("Customer agreement"),
    Agreement.PRIVACY_STATEMENT: _("Privacy statement"),
    Agreement.PARTNER_CONTRACT: _("Partner contract"),
    Agreement.COMMITMENT_LETTER: _("Commitment letter"),
    Agreement.AUTHORIZATION_LETTER: _("Authorization letter"),
}
WHAT_FOR: dict[str, Words] = {
    Agreement.CUSTOMER_AGREEMENT: _("Customers accept it when they register."),
    Agreement.PRIVACY_STATEMENT: _("Everybody accepts it when they register."),
    Agreement.PARTNER_CONTRACT: _("Partners sign it for a year; it renews itself unless they ask that it ends."),
    Agreement.COMMITMENT_LETTER: _("Partners accept it before they first ask a customer to act for it."),
    Agreement.AUTHORIZATION_LETTER: _("Customers accept it each time they let their partner act for them."),
}
ACCEPTANCE_STATES: dict[str, Words] = {
    AcceptanceState.IN_FORCE: pgettext_lazy("agreement", "In force"),
    AcceptanceState.ENDING: pgettext_lazy("agreement", "Not to be renewed"),
    AcceptanceState.RENEWED: pgettext_lazy("agreement", "Renewed"),
    AcceptanceState.REPLACED: pgettext_lazy("agreement", "Replaced by a newer one"),
    AcceptanceState.ENDED: pgettext_lazy("agreement", "Ended"),
    AcceptanceState.WITHDRAWN: pgettext_lazy("agreement", "Withdrawn"),
}
ACCEPTANCE_TONES: dict[str, str] = {
    AcceptanceState.IN_FORCE: "good",
    AcceptanceState.RENEWED: "good",
    AcceptanceState.ENDING: "warn",
    AcceptanceState.ENDED: "bad",
    AcceptanceState.WITHDRAWN: "bad",
}
VERSION_STATES: dict[str, Words] = {
    "draft": pgettext_lazy("agreement", "Draft"),
    "coming": pgettext_lazy("agreement", "Takes effect later"),
    "in-force": pgettext_lazy("agreement", "In force"),
    "past": pgettext_lazy("agreement", "Followed by another"),
}
VERSION_TONES: dict[str, str] = {"draft": "warn", "coming": "warn", "in-force": "good"}
