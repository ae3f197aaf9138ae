"""The SMS of an organization: what was sent to whom, and what was not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.core.outgoing.queries import OutgoingFilter
from openpartner.core.sms.queries import sms
from openpartner.core.sms.templates import Template
from openpartner.kit.masks import Mask
from openpartner.listings.declare import Cell, Column, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.outgoing import DELIVERY, outgoing_filters
from openpartner.listings.registry import register

KINDS: dict[str, Words] = {
    Template.REGISTRATION_CODE: _("Code to register an account"),
    Template.AUTHORIZATION_CODE: _("Code to let a partner act"),
    Template.VERIFICATION_CODE: _("Verification code"),
    Template.MEMBER_CODE: _("Code for a member of an enterprise"),
    Template.TEST: _("Test"),
}
SMS: Listing[OutgoingFilter] = Listing(
    name="sms",
    title=_("SMS"),
    permission=Permission.MEMBER_MANAGE,
    export_permission=Permission.MEMBER_MANAGE,
    where=OutgoingFilter,
    source=ModelRows(sms, {"number": ("id",), "settled": ("settled_at",)}),
    order="-number",
    columns=(
        # Whoever is to register belongs to nobody yet, so their number is shown like a customer's.
        Column(key="recipient", label=_("To"), value="recipient", mask=Mask.MOBILE, has_initials=False),
        Column(key="what", label=_("SMS"), value="template", shows=Cell.CHOICE, words=KINDS),
        *DELIVERY,
        Column(key="reference", label=_("Reference"), value="reference", is_default=False),
    ),
    filters=outgoing_filters(_("SMS"), KINDS),
)
register(SMS)
