"""The mails of an organization: what was sent to whom, and what was not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.core.mail.queries import mails
from openpartner.core.outgoing.queries import OutgoingFilter
from openpartner.listings.declare import Cell, Column, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.organization_words import MAILS
from openpartner.listings.outgoing import DELIVERY, outgoing_filters
from openpartner.listings.registry import register

MAIL: Listing[OutgoingFilter] = Listing(
    name="mail",
    title=_("Mail"),
    permission=Permission.MEMBER_MANAGE,
    export_permission=Permission.MEMBER_MANAGE,
    where=OutgoingFilter,
    source=ModelRows(mails, {"number": ("id",), "recipient": ("recipient",), "settled": ("settled_at",)}),
    order="-number",
    columns=(
        Column(
            key="recipient", label=_("To"), value="recipient", order="recipient", link="mail_page", has_initials=False
        ),
        Column(key="what", label=_("Mail"), value="template", shows=Cell.CHOICE, words=MAILS),
        *DELIVERY,
        Column(key="subject", label=_("Subject"), value="subject", is_default=False),
        Column(key="message_id", label=_("Message ID"), value="message_id", is_default=False),
    ),
    filters=outgoing_filters(_("Mail"), MAILS),
)
register(MAIL)
