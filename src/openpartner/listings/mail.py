"""The mails of an organization: what was sent to whom, and what was not."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.permissions import Permission
from openpartner.core.mail.queries import MailFilter, mails
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.organization_words import MAIL_STATES, MAIL_TONES, MAILS
from openpartner.listings.registry import register

MAIL: Listing[MailFilter] = Listing(
    name="mail",
    title=_("Mail"),
    permission=Permission.MEMBER_MANAGE,
    export_permission=Permission.MEMBER_MANAGE,
    where=MailFilter,
    source=ModelRows(mails, {"number": ("id",), "recipient": ("recipient",), "settled": ("settled_at",)}),
    order="-number",
    columns=(
        Column(
            key="recipient", label=_("To"), value="recipient", order="recipient", link="mail_page", has_initials=False
        ),
        Column(key="what", label=_("Mail"), value="template", shows=Cell.TAGS, words=MAILS),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=MAIL_STATES, tones=MAIL_TONES),
        Column(key="error", label=_("Last error"), value="error"),
        Column(key="attempts", label=_("Attempts"), value="attempts", shows=Cell.NUMBER, is_default=False),
        Column(key="asked", label=_("Written"), value="created_at", shows=Cell.INSTANT, order="number"),
        Column(key="settled", label=_("Sent or given up"), value="settled_at", shows=Cell.INSTANT, order="settled"),
        Column(key="subject", label=_("Subject"), value="subject", is_default=False),
        Column(key="message_id", label=_("Message ID"), value="message_id", is_default=False),
    ),
    filters=(
        Filter(
            key="recipient_contains", label=_("Search"), is_always_shown=True, control=controls.search(_("Recipient"))
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(MAIL_STATES), is_always_shown=True),
        Filter(key="template", label=_("Mail"), control=controls.choice(MAILS), is_always_shown=True),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(MAIL)
