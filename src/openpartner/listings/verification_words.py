"""The words of verifications."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.verification.models import Document, State
from openpartner.core.verification.rules import PERSONAL
from openpartner.listings.declare import Words

STATES: dict[int, Words] = {
    State.IN_REVIEW: _("In review"),
    State.REJECTED: _("Rejected"),
    State.PASSED: _("Passed"),
}
STATE_TONES: dict[int, str] = {State.IN_REVIEW: "warn", State.REJECTED: "bad", State.PASSED: "good"}
DOCUMENTS: dict[str, Words] = {
    Document.PASSPORT: _("Passport"),
    Document.HOME_RETURN_PERMIT: _("Mainland travel permit for residents of Hong Kong and Macao"),
    Document.TAIWAN_PERMIT: _("Mainland travel permit for residents of Taiwan"),
    Document.HONG_KONG_MACAO_RESIDENCE: _("Residence permit for residents of Hong Kong and Macao"),
    Document.TAIWAN_RESIDENCE: _("Residence permit for residents of Taiwan"),
    Document.IDENTITY_CARD: _("Identity card"),
    Document.BUSINESS_LICENCE: _("Business licence"),
    Document.INSTITUTION_CERTIFICATE: _("Certificate of a public institution"),
    Document.SOCIAL_CERTIFICATE: _("Certificate of a social organization"),
    Document.ENFORCEMENT_CERTIFICATE: _("Certificate of an administrative enforcement body"),
    Document.ORGANIZATION_CODE: _("Organization code certificate"),
    Document.OTHER: _("Another certificate"),
}
DOCUMENTS_OF_PERSONS: dict[str, Words] = {key: word for key, word in DOCUMENTS.items() if key in PERSONAL}
DOCUMENTS_OF_COMPANIES: dict[str, Words] = {key: word for key, word in DOCUMENTS.items() if key not in PERSONAL}
TYPES: dict[int, Words] = {0: _("Person"), 1: _("Company")}
"""What somebody is verified as."""
