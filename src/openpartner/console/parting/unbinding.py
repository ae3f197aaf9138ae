"""Ending associations: a partner asks and answers, the provider may end one by itself (tencent:A.2, huawei:A3, B7)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from openpartner.console.actions import Button
from openpartner.console.asked import number_in
from openpartner.console.audiences import is_no_customer, is_partner, is_provider
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.money_form import refuse
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.parting.checks import checks_for, what_to_do
from openpartner.console.parting.progress import (
    Fact,
    PartingForm,
    Progress,
    ReasonForm,
    Step,
    confirmed_act,
    for_sure,
    lead_of,
    plain_act,
    progress_page,
)
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import get_customer, get_direct_customer
from openpartner.core.parting.ending import disassociate
from openpartner.core.parting.models import UnbindRequest
from openpartner.core.parting.queries import causes_in, get_request, open_request
from openpartner.core.parting.unbinding import (
    agree_to_leave,
    ask_to_release,
    refuse_to_leave,
    withdraw_release,
)
from openpartner.core.parting.vocabulary import RequestState, Side
from openpartner.core.partners.queries import viewed
from openpartner.listings.declare import Words
from openpartner.listings.parting import UNBIND_REQUESTS
from openpartner.listings.parting_words import ASKERS, REQUEST_TONES, REQUESTS

ENDS = (
    __("The customer leaves your list at once and keeps its account, its people and its resources."),
    __("Credit and vouchers that are left come back to you; its budget and your view of its bills end."),
    __("Its account manager, your tags and your remark end with the association and stay in its history."),
)
"""What the end of an association does, as a partner reads it."""


class EndForm(forms.Form):
    """The end of an association is confirmed by typing what it ends."""

    uin = forms.CharField(label=__("Type the customer's UIN to confirm"), max_length=20)


@page("customers/<str:account_id>/unbind/", Permission.ASSOCIATION_END, is_for=is_partner)
def unbind(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """The pre-check before a partner asks a customer to part; to the request, when one waits for an answer."""
    customer = get_direct_customer(caller, account_id=account_id)
    assert customer.partner is not None
    waiting = open_request(customer)
    if waiting is not None:
        return HttpResponseRedirect(reverse("unbind_request", args=[waiting.pk]))
    checks = checks_for(customer, customer.partner, Side.PARTNER)
    values = {
        "caller": caller,
        "title": _("Unbind the customer"),
        "lead": lead_of(customer),
        "back": (reverse("customer", args=[account_id]), _("Customer")),
        "checks": checks,
        "is_met": all(check.is_met for check in checks),
        "effects": [_("You give a reason, and the customer is asked. Nothing ends unless it agrees."), *ENDS],
        "next": reverse("ask_to_unbind", args=[account_id]),
    }
    return render(request, "console/parting/checks.html", values)


@page("customers/<str:account_id>/unbind/ask/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def ask_to_unbind(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Ask a customer to agree to part."""
    customer = get_direct_customer(caller, account_id=account_id)
    form = PartingForm(request.POST or None)
    ask = Ask(
        title=_("Ask the customer to part"),
        lead=lead_of(customer),
        effects=[_("The customer is asked by mail and in its console. Nothing ends unless it agrees."), *ENDS],
        submit=_("Send the request"),
        back=reverse("unbind", args=[account_id]),
        back_label=_("Pre-check"),
        is_dangerous=True,
    )
    return confirmed_act(
        request,
        caller,
        form,
        ask,
        lambda: ask_to_release(caller, account_id=account_id, reason=form.cleaned_data["reason"]),
        (_("The customer was asked."), reverse("unbind_requests")),
    )


@page("customers/<str:account_id>/disassociate/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_provider)
def end_association(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """End an association without asking, as the provider does on a ticket, after the UIN was typed."""
    customer = get_customer(viewed(caller), account_id=account_id)
    if customer.partner is None:
        raise NotVisible("customer")
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["uin"].strip() != str(customer.uin):
            form.add_error("uin", _("This is not the UIN of this customer."))
        else:
            try:
                disassociate(caller, account_id=account_id)
                return done(request, _("The customer is bound to no partner any more."), reverse("customers"))
            except Conflict as error:
                refuse(form, error, {})
    ask = Ask(
        title=_("Disassociate"),
        lead=lead_of(customer),
        effects=[
            _("Neither the customer nor its partner is asked: use it for what was agreed elsewhere. Both are told."),
            _("The customer keeps its account and its resources; credit and vouchers go back to its partner."),
            for_sure(),
        ],
        submit=_("Disassociate"),
        back=reverse("customer", args=[account_id]),
        back_label=_("Customer"),
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


@page(
    "unbind-requests/",
    Permission.ASSOCIATION_END,
    menu=Menu(Group.SALES, __("Unbinding requests"), "leave"),
    methods=LISTING,
    is_for=is_no_customer,
    is_list=True,
)
def unbind_requests(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Requests to end associations, of customers and of partners, with what became of them."""
    extras = Extras(
        lead=_("What customers have asked you, and what you have asked them. Open one to answer it.")
        if is_partner(caller)
        else _("What customers and partners have asked each other."),
        empty=_("A request to end an association appears here, whoever asks."),
    )
    return list_page(request, UNBIND_REQUESTS, caller, extras)


@page("unbind-requests/<str:unbinding>/", Permission.ASSOCIATION_END, is_for=is_no_customer)
def unbind_request(request: HttpRequest, caller: Caller, unbinding: str) -> HttpResponse:
    """One request: who asked, why, until when, and what was answered."""
    row = get_request(viewed(caller), number_in(unbinding, "request"))
    is_here = row.customer.partner_id == row.partner_id
    facts = [
        Fact(
            _("Customer"),
            lead_of(row.customer),
            address=reverse("customer", args=[row.customer.account_id]) if is_here else "",
        ),
        Fact(_("Asked by the"), ASKERS[row.side]),
        *([] if row.due_at is None else [Fact(_("Approved by time on"), at=row.due_at)]),
    ]
    if row.partner_id != caller.account:
        facts.append(Fact(_("Partner"), lead_of(row.partner)))
    return progress_page(
        request,
        caller,
        Progress(
            title=_("Unbinding request"),
            status=(REQUESTS[row.state], REQUEST_TONES[row.state]),
            back=(reverse("unbind_requests"), _("Unbinding requests")),
            facts=facts,
            steps=steps_of(row, Side.PARTNER),
            buttons=_buttons(caller, row),
            notice=waits_for(row, Side.PARTNER) if row.partner_id == caller.account else "",
        ),
    )


@page("unbind-requests/<str:unbinding>/agree/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def agree_unbind_request(request: HttpRequest, caller: Caller, unbinding: str) -> HttpResponse:
    """Let a customer go that has asked for it."""
    row = _own(caller, unbinding, Side.CUSTOMER)
    ask = Ask(
        title=_("Let the customer go"),
        lead=lead_of(row.customer),
        effects=[*ENDS, for_sure()],
        submit=_("Agree and end the association"),
        back=reverse("unbind_request", args=[row.pk]),
        back_label=_("Unbinding request"),
        is_dangerous=True,
    )
    then = (_("The association has ended."), reverse("unbind_requests"))
    form = forms.Form(request.POST or None)
    return confirmed_act(request, caller, form, ask, lambda: agree_to_leave(caller, number=row.pk), then)


@page("unbind-requests/<str:unbinding>/refuse/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def refuse_unbind_request(request: HttpRequest, caller: Caller, unbinding: str) -> HttpResponse:
    """Refuse what a customer has asked, for a reason."""
    row = _own(caller, unbinding, Side.CUSTOMER)
    form = ReasonForm(request.POST or None)
    return plain_act(
        request,
        caller,
        form,
        _answer(row, _("Refuse the request"), _("The customer stays bound to you and is told why.")),
        lambda: refuse_to_leave(caller, number=row.pk, reason=form.cleaned_data["reason"]),
        (_("The request was refused."), reverse("unbind_request", args=[row.pk])),
    )


@page("unbind-requests/<str:unbinding>/withdraw/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def withdraw_unbind_request(request: HttpRequest, caller: Caller, unbinding: str) -> HttpResponse:
    """Take back what the partner has asked a customer."""
    row = _own(caller, unbinding, Side.PARTNER)
    return plain_act(
        request,
        caller,
        forms.Form(request.POST or None),
        _answer(row, _("Withdraw the request"), _("Everything stays as it is. The request counts as one of three.")),
        lambda: withdraw_release(caller, number=row.pk),
        (_("The request was withdrawn."), reverse("unbind_request", args=[row.pk])),
    )


def steps_of(row: UnbindRequest, reader: Side) -> list[Step]:
    """What happened to a request, the newest last, as one side reads it."""
    asked = _("The customer asked") if row.side == Side.CUSTOMER else _("The partner asked")
    steps = [Step(asked, "calm", row.asked_at, row.asked_by, row.reason)]
    if row.state == RequestState.REQUESTED:
        return [*steps, Step(REQUESTS[row.state], REQUEST_TONES[row.state])]
    tone = "good" if row.answer == RequestState.AGREED else REQUEST_TONES[row.answer]
    steps.append(Step(REQUESTS[row.answer], tone, row.answered_at, row.answered_by, row.answer_reason))
    if row.state != row.answer:
        details = what_to_do(causes_in(row.causes), reader)
        steps.append(Step(REQUESTS[row.state], REQUEST_TONES[row.state], row.ended_at, details=details))
    return steps


def waits_for(row: UnbindRequest, reader: Side) -> Words:
    """What a side should know of a request that waits; empty when nothing waits."""
    if row.state != RequestState.REQUESTED:
        return ""
    if row.side == reader:
        return _("The other side has not answered yet. You can withdraw the request until then.")
    if row.due_at is None:
        return _("Please answer: nothing ends before you agree.")
    days = max(0, (row.due_at - row.asked_at).days)
    return ngettext(
        "Please answer within %(n)s day after it was asked: without an answer the request is approved by itself.",
        "Please answer within %(n)s days after it was asked: without an answer the request is approved by itself.",
        days,
    ) % {"n": days}


def _buttons(caller: Caller, row: UnbindRequest) -> list[Button]:
    if row.state != RequestState.REQUESTED or row.partner_id != caller.account:
        return []
    if row.side == Side.PARTNER:
        return [Button(_("Withdraw the request"), reverse("withdraw_unbind_request", args=[row.pk]), "left")]
    return [
        Button(_("Refuse"), reverse("refuse_unbind_request", args=[row.pk]), "close"),
        Button(_("Agree"), reverse("agree_unbind_request", args=[row.pk]), "check", is_primary=True),
    ]


def _own(caller: Caller, number: str, side: Side) -> UnbindRequest:
    """A request that this side made about one of the caller's own customers, and that still waits."""
    row = get_request(caller.own(), number_in(number, "request"))
    if row.side != side:
        raise NotVisible("request")
    if row.state != RequestState.REQUESTED:
        raise Conflict("this request was answered or withdrawn already")
    return row


def _answer(row: UnbindRequest, title: str, effect: str) -> Ask:
    return Ask(
        title=title,
        lead=lead_of(row.customer),
        effects=[effect],
        submit=title,
        back=reverse("unbind_request", args=[row.pk]),
        back_label=_("Unbinding request"),
        is_dangerous=True,
    )
