"""Customers that would move to another partner: the present one confirms or refuses (tencent:A.2)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.console.actions import Button
from openpartner.console.asked import number_in
from openpartner.console.audiences import is_partner
from openpartner.console.form_page import Ask
from openpartner.console.lists import Extras, list_page
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.parting.checks import checks_for
from openpartner.console.parting.progress import (
    Fact,
    Progress,
    ReasonForm,
    Step,
    confirmed_act,
    for_sure,
    lead_of,
    plain_act,
    progress_page,
)
from openpartner.console.parting.tabs import TEMPLATE, parts
from openpartner.console.parting.unbinding import ENDS
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict
from openpartner.core.base.permissions import Permission
from openpartner.core.parting.migrating import confirm_departure, refuse_departure
from openpartner.core.parting.models import MigrationConsent
from openpartner.core.parting.queries import get_departure
from openpartner.core.parting.vocabulary import ConsentState, Side
from openpartner.listings.parting import DEPARTURES
from openpartner.listings.parting_words import CONSENT_TONES, CONSENTS


@page("migrations/outgoing/", Permission.ASSOCIATION_END, methods=LISTING, is_for=is_partner, is_list=True)
def departures(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Own customers that have agreed to move to somebody else."""
    extras = Extras(
        title=_("Customer migration"),
        lead=_("Customers of yours that have agreed to move to another partner. They move when you confirm it."),
        above=TEMPLATE,
        empty=_("A customer of yours appears here when it has agreed to move to another partner."),
        values=parts("departures"),
    )
    return list_page(request, DEPARTURES, caller, extras)


@page("migrations/outgoing/<str:departure>/", Permission.ASSOCIATION_END, is_for=is_partner)
def departure(request: HttpRequest, caller: Caller, departure: str) -> HttpResponse:
    """One of them. Who receives it is not told: a partner learns nothing of another."""
    row = get_departure(caller.own(), number_in(departure, "migration"))
    is_here = row.customer.partner_id == row.partner_id
    waits = row.state == ConsentState.WAITING
    steps = [
        Step(_("The customer agreed to move to another partner"), "calm", row.asked_at),
        Step(CONSENTS[row.state], CONSENT_TONES[row.state], row.answered_at, row.answered_by, row.reason),
    ]
    details = []
    if waits and is_here:
        details = [one.advice for one in checks_for(row.customer, row.partner, Side.PARTNER)[:-1] if not one.is_met]
    if details:
        steps.append(Step(_("Something stands in the way"), "bad", details=details))
    customer = reverse("customer", args=[row.customer.account_id]) if is_here else ""
    facts = [
        Fact(_("Customer"), lead_of(row.customer), address=customer),
        Fact(_("Answer by"), at=row.migration.expires_at),
    ]
    buttons = [
        Button(_("Refuse"), reverse("refuse_to_let_go", args=[row.pk]), "close"),
        Button(_("Confirm"), reverse("let_customer_go", args=[row.pk]), "check", is_primary=True),
    ]
    progress = Progress(
        title=_("A customer would move away"),
        status=(CONSENTS[row.state], CONSENT_TONES[row.state]),
        back=(reverse("departures"), _("Customer migration")),
        facts=facts,
        steps=steps,
        buttons=buttons if waits else [],
    )
    return progress_page(request, caller, progress)


@page("migrations/outgoing/<str:departure>/confirm/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def let_customer_go(request: HttpRequest, caller: Caller, departure: str) -> HttpResponse:
    """Let the customer move."""
    row = _waiting(caller, departure)
    ask = _ask(row, _("Let the customer move"), [*map(str, ENDS), for_sure()])
    then = (_("You have confirmed it."), reverse("departures"))
    form = forms.Form(request.POST or None)
    return confirmed_act(request, caller, form, ask, lambda: confirm_departure(caller, number=row.pk), then)


@page("migrations/outgoing/<str:departure>/refuse/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def refuse_to_let_go(request: HttpRequest, caller: Caller, departure: str) -> HttpResponse:
    """Keep the customer."""
    row = _waiting(caller, departure)
    form = ReasonForm(request.POST or None)
    effects = [_("The customer stays bound to you and reads why. It can ask to end the association.")]
    return plain_act(
        request,
        caller,
        form,
        _ask(row, _("Refuse the migration"), effects),
        lambda: refuse_departure(caller, number=row.pk, reason=form.cleaned_data["reason"]),
        (_("The migration was refused."), reverse("departure", args=[row.pk])),
    )


def _waiting(caller: Caller, number: str) -> MigrationConsent:
    row = get_departure(caller.own(), number_in(number, "migration"))
    if row.state != ConsentState.WAITING:
        raise Conflict("this was answered already, or is not asked any more")
    return row


def _ask(row: MigrationConsent, title: str, effects: list[str]) -> Ask:
    return Ask(
        title=title,
        lead=lead_of(row.customer),
        effects=effects,
        submit=title,
        back=reverse("departure", args=[row.pk]),
        back_label=_("Customer migration"),
        is_dangerous=True,
    )
