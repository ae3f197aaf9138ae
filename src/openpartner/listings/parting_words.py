"""How the ends and the moves of associations are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.parting.vocabulary import ConsentState, EndedBy, MigrationState, RequestState, Side
from openpartner.listings.declare import Words

REQUESTS: dict[str, Words] = {
    RequestState.REQUESTED: _("Waiting for an answer"),
    RequestState.AGREED: pgettext_lazy("request", "Agreed"),
    RequestState.APPROVED_BY_TIME: pgettext_lazy("request", "Approved by time"),
    RequestState.REFUSED: pgettext_lazy("request", "Refused"),
    RequestState.WITHDRAWN: pgettext_lazy("request", "Withdrawn"),
    RequestState.LAPSED: pgettext_lazy("request", "Ended otherwise"),
    RequestState.DONE: pgettext_lazy("request", "Association ended"),
    RequestState.FAILED: pgettext_lazy("request", "Could not be done"),
}
REQUEST_TONES: dict[str, str] = {
    RequestState.REQUESTED: "warn",
    RequestState.AGREED: "warn",
    RequestState.APPROVED_BY_TIME: "warn",
    RequestState.REFUSED: "bad",
    RequestState.WITHDRAWN: "calm",
    RequestState.LAPSED: "calm",
    RequestState.DONE: "good",
    RequestState.FAILED: "bad",
}
ASKERS: dict[str, Words] = {
    Side.PARTNER: pgettext_lazy("who asked", "Partner"),
    Side.CUSTOMER: pgettext_lazy("who asked", "Customer"),
}
MIGRATIONS: dict[str, Words] = {
    MigrationState.WAITS_FOR_CUSTOMER: _("Waiting for the customer"),
    MigrationState.WAITS_FOR_PARTNER: _("Waiting for the present partner"),
    MigrationState.WAITS_FOR_PROVIDER: _("Waiting for the provider"),
    MigrationState.REFUSED: pgettext_lazy("request", "Refused"),
    MigrationState.WITHDRAWN: pgettext_lazy("request", "Withdrawn"),
    MigrationState.EXPIRED: pgettext_lazy("request", "Expired"),
    MigrationState.LAPSED: pgettext_lazy("request", "Ended otherwise"),
    MigrationState.DONE: pgettext_lazy("request", "Moved"),
    MigrationState.FAILED: pgettext_lazy("request", "Could not be done"),
}
MIGRATION_TONES: dict[str, str] = {
    MigrationState.WAITS_FOR_CUSTOMER: "warn",
    MigrationState.WAITS_FOR_PARTNER: "warn",
    MigrationState.WAITS_FOR_PROVIDER: "warn",
    MigrationState.REFUSED: "bad",
    MigrationState.WITHDRAWN: "calm",
    MigrationState.EXPIRED: "calm",
    MigrationState.LAPSED: "calm",
    MigrationState.DONE: "good",
    MigrationState.FAILED: "bad",
}
CONSENTS: dict[str, Words] = {
    ConsentState.WAITING: _("Waiting for an answer"),
    ConsentState.GIVEN: pgettext_lazy("request", "Agreed"),
    ConsentState.REFUSED: pgettext_lazy("request", "Refused"),
    ConsentState.VOID: pgettext_lazy("request", "Ended otherwise"),
}
CONSENT_TONES: dict[str, str] = {
    ConsentState.WAITING: "warn",
    ConsentState.GIVEN: "good",
    ConsentState.REFUSED: "bad",
    ConsentState.VOID: "calm",
}
ENDED_BY: dict[str, Words] = {
    EndedBy.AGREEMENT: _("By a request"),
    EndedBy.TIME: _("By a request, approved by time"),
    EndedBy.MIGRATION: _("By a migration"),
    EndedBy.OTHERWISE: _("Otherwise"),
}
