"""Invitations: sent, used, revoked and expired ones, with the history of each (tencent:A.2, huawei:B12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.asked import number_in, posted
from openpartner.console.audiences import is_distributor, is_partner
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.invite import CUSTOMERS, RESELLERS, Side, barred
from openpartner.console.languages import NAMES
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, LISTING, page
from openpartner.core.access.reveals import record_reveal
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.causes import CAUSES, Barred, Cause
from openpartner.core.onboarding.inviting import get_invitation, resend, revoke, show_link
from openpartner.core.onboarding.models import REASON_MAX, Invitation, InvitationEvent
from openpartner.core.onboarding.queries import history, shown_state
from openpartner.core.onboarding.vocabulary import Happening, InvitationState
from openpartner.kit.masks import mask_email, mask_name
from openpartner.listings.declare import Listing, Words
from openpartner.listings.invitations import INVITATIONS, RESELLER_INVITATIONS
from openpartner.listings.onboarding_words import HAPPENINGS, INVITATION_STATES, INVITATION_TONES
from openpartner.listings.words import ASSOCIATIONS


class ReasonForm(forms.Form):
    """Why, for the record."""

    reason = forms.CharField(
        label=__("Reason"),
        max_length=REASON_MAX,
        required=False,
        help_text=__("For your own record; whoever was invited does not see it."),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as people read it."""

    what: Words
    at: datetime
    by: str
    why: str
    account: str
    is_bad: bool


@page(
    "invitations/",
    Permission.CUSTOMER_CREATE,
    menu=Menu(Group.DEVELOPMENT, __("Invitations"), "mail"),
    methods=LISTING,
    is_for=is_partner,
    is_list=True,
)
def invitations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Whom the partner has invited to become its customer, and what became of it."""
    buttons = [
        Button(_("Invite a customer"), reverse("invite_one"), "plus", is_primary=True),
        Button(_("Invite many"), reverse("invite_many"), "import"),
        Button(_("Make a link"), reverse("invite_by_link"), "link"),
    ]
    lead = _("Whom you have asked to become your customer. A record is kept for sixty days.")
    return _list(request, caller, INVITATIONS, buttons, lead)


@page(
    "resellers/invitations/",
    Permission.PARTNER_WRITE,
    menu=Menu(Group.DEVELOPMENT, __("Reseller invitations"), "resellers"),
    methods=LISTING,
    is_for=is_distributor,
    is_list=True,
)
def reseller_invitations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Whom the distributor has invited to become its second-level reseller."""
    buttons = [
        Button(_("Invite a reseller"), reverse("invite_a_reseller"), "plus", is_primary=True),
        Button(_("Make a link"), reverse("invite_a_reseller_by_link"), "link"),
    ]
    lead = _("Whom you have asked to become your second-level reseller. A record is kept for sixty days.")
    return _list(request, caller, RESELLER_INVITATIONS, buttons, lead)


@page("invitations/<str:invitation>/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def invitation(request: HttpRequest, caller: Caller, invitation: str) -> HttpResponse:
    """One invitation of a customer: how it stands, its history, and by POST its address or its link in full."""
    return _page(request, caller, invitation, CUSTOMERS)


@page("resellers/invitations/<str:reseller_invitation>/", Permission.PARTNER_WRITE, methods=FORM, is_for=is_distributor)
def reseller_invitation(request: HttpRequest, caller: Caller, reseller_invitation: str) -> HttpResponse:
    """One invitation of a reseller; likewise."""
    return _page(request, caller, reseller_invitation, RESELLERS)


@page("invitations/<str:invitation>/resend/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def resend_invitation(request: HttpRequest, caller: Caller, invitation: str) -> HttpResponse:
    """Mail the invitation of a customer again."""
    return _resend(request, caller, invitation, CUSTOMERS)


@page(
    "resellers/invitations/<str:reseller_invitation>/resend/",
    Permission.PARTNER_WRITE,
    methods=FORM,
    is_for=is_distributor,
)
def resend_reseller_invitation(request: HttpRequest, caller: Caller, reseller_invitation: str) -> HttpResponse:
    """Mail the invitation of a reseller again."""
    return _resend(request, caller, reseller_invitation, RESELLERS)


@page("invitations/<str:invitation>/revoke/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def revoke_invitation(request: HttpRequest, caller: Caller, invitation: str) -> HttpResponse:
    """Revoke the invitation of a customer."""
    return _revoke(request, caller, invitation, CUSTOMERS)


@page(
    "resellers/invitations/<str:reseller_invitation>/revoke/",
    Permission.PARTNER_WRITE,
    methods=FORM,
    is_for=is_distributor,
)
def revoke_reseller_invitation(request: HttpRequest, caller: Caller, reseller_invitation: str) -> HttpResponse:
    """Revoke the invitation of a reseller."""
    return _revoke(request, caller, reseller_invitation, RESELLERS)


def _list(
    request: HttpRequest, caller: Caller, listing: Listing[Any], buttons: list[Button], lead: Words
) -> HttpResponse:
    extras = Extras(
        buttons=buttons,
        lead=lead,
        empty=_("Nobody has been invited within the last sixty days."),
    )
    return list_page(request, listing, caller, extras)


def _page(request: HttpRequest, caller: Caller, number: str, side: Side) -> HttpResponse:
    found = _found(caller, number, side)
    is_revealed, link, refusal = False, "", ""
    if request.method == "POST" and "link" in request.POST:
        try:
            link = show_link(caller, invitation=found.pk)
        except Barred as error:
            refusal = barred(error)
    elif request.method == "POST":
        caller.must(Permission.CUSTOMER_REVEAL)
        record_reveal(caller, listing=side.back, columns=["email"], subjects=[found.pk])
        is_revealed = True
    state = shown_state(found)
    is_open = state is InvitationState.OPEN
    values = {
        "invitation": found,
        "side": side,
        "state": (INVITATION_STATES[state], INVITATION_TONES[state]),
        "address": found.email if is_revealed else mask_email(found.email),
        "can_reveal": bool(found.email) and not is_revealed and Permission.CUSTOMER_REVEAL in caller.permissions,
        "kind": ASSOCIATIONS[found.kind] if side is CUSTOMERS else "",
        "language": NAMES.get(found.language, ""),
        "link": link,
        "refusal": refusal,
        "qr": segno.make(link, micro=False, error="m").svg_data_uri(scale=5, border=3, light="white") if link else "",
        "is_open": is_open,
        "can_resend": is_open and bool(found.email),
        "resend": reverse(f"resend_{side.one}", args=[found.pk]),
        "revoke": reverse(f"revoke_{side.one}", args=[found.pk]),
        "events": [_told(one) for one in history(caller.own(), found)],
    }
    title = _title(found)
    response = detail_page(request, caller, "invitation", title=title, back=(side.back, side.back_label), values=values)
    response.status_code = 409 if refusal else 200
    return response


def _resend(request: HttpRequest, caller: Caller, number: str, side: Side) -> HttpResponse:
    found = _found(caller, number, side)
    form = forms.Form(posted(request))
    back = reverse(side.one, args=[found.pk])
    if request.method == "POST" and form.is_valid():
        try:
            resend(caller, invitation=found.pk)
            return done(request, _("The invitation was mailed again."), back)
        except Barred as error:
            form.add_error(None, barred(error))
    ask = Ask(
        title=_("Mail the invitation again"),
        lead=_title(found),
        effects=[
            _("The same link goes to the same address; its last day stays as it is."),
            _("An address gets at most one mail every three minutes."),
        ],
        submit=_("Mail it again"),
        back=back,
        back_label=_("Invitation"),
    )
    return form_page(request, caller, form, ask)


def _revoke(request: HttpRequest, caller: Caller, number: str, side: Side) -> HttpResponse:
    found = _found(caller, number, side)
    back = reverse(side.one, args=[found.pk])
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        revoke(caller, invitation=found.pk, reason=form.cleaned_data["reason"])
        return done(request, _("The invitation was revoked."), back)
    ask = Ask(
        title=_("Revoke the invitation"),
        lead=_title(found),
        effects=[
            _("Its link is void at once. Whoever opens it is told that it was taken back."),
            _("Nobody is mailed, and an application that was made with it before stays as it is."),
            _("There is no undo; you can invite again at any time."),
        ],
        submit=_("Revoke"),
        back=back,
        back_label=_("Invitation"),
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


def _found(caller: Caller, number: str, side: Side) -> Invitation:
    found = get_invitation(caller, number_in(number, "invitation"))
    if found.role != side.role:
        raise NotVisible("invitation")
    return found


def _title(found: Invitation) -> str:
    if found.email:
        return _("Invitation of %(address)s") % {"address": mask_email(found.email)}
    return _("Standing link") if found.is_reusable else _("Link for one")


def _told(event: InvitationEvent) -> Told:
    """One line of the history: what happened, to which account, and why something failed, as a sentence."""
    why = _(CAUSES[Cause(event.cause)].sentence) if event.cause else event.reason
    account = event.account
    name = f"{mask_name(account.called)} · {account.uin}" if account else ""
    what = Happening(event.what)
    return Told(HAPPENINGS[what], event.at, event.by, why, name, what in {Happening.FAILED, Happening.REJECTED})
