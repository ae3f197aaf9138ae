"""The partner's side of acting on behalf: asking, the list, giving back, switching role and back (huawei:B10)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.acting import begin_acting, cease_acting, mark_of
from openpartner.console.asked import number_in
from openpartner.console.audiences import is_no_customer
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.on_behalf.letters import Letter, letter_of
from openpartner.console.on_behalf.words import cause_of, meanings, state_of, told_works
from openpartner.console.page import FORM, LISTING, action, page
from openpartner.core.accounts.models import Account
from openpartner.core.agreements.queries import needed
from openpartner.core.agreements.signing import accept
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.audit.queries import EventFilter, events
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.on_behalf.commands import (
    REQUEST_LASTS,
    give_back,
    request_authorization,
)
from openpartner.core.on_behalf.commands import (
    switch_back as cease,
)
from openpartner.core.on_behalf.commands import (
    switch_role as begin,
)
from openpartner.core.on_behalf.models import TEXT_MAX, Authorization
from openpartner.core.on_behalf.queries import askable, get_authorization
from openpartner.core.on_behalf.vocabulary import State, Work
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import mask_name
from openpartner.listings.authorizations import AUTHORIZATIONS, WORKS

EVENTS = 50


class RequestForm(forms.Form):
    """What the partner asks for, and what it writes to its customer."""

    works = forms.MultipleChoiceField(label=__("What you ask for"), widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=__("Why you ask"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("The customer reads it beside your request."),
    )
    letter = forms.BooleanField(label=__("I have read the commitment letter, and my organization accepts it."))

    def offer(self, works: frozenset[Work], letter: Letter | None) -> RequestForm:
        """Let choose from these works; the letter is asked for where it is still to be accepted."""
        field = self.fields["works"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(work), WORKS[work]) for work in Work if work in works]
        field.error_messages["required"] = _("Choose at least one.")
        if letter is None:
            del self.fields["letter"]
        return self


class ConfirmForm(forms.Form):
    """Nothing to fill in."""


@page(
    "authorizations/",
    Permission.CUSTOMER_READ,
    menu=Menu(Group.SALES, __("Authorizations"), "people"),
    methods=LISTING,
    is_for=is_no_customer,
    is_list=True,
)
def authorizations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """On behalf of which customers one may act, was asked for, or could once."""
    extras = Extras(
        lead=__("What customers let you do in their name. You ask for it on the page of a customer."),
        empty=__("Requests for authorization appear here. The page of a customer has a button for it."),
    )
    return list_page(request, AUTHORIZATIONS, caller, extras)


@page("authorizations/<str:authorization>/", Permission.CUSTOMER_READ, is_for=is_no_customer)
def authorization(request: HttpRequest, caller: Caller, authorization: str) -> HttpResponse:
    """One authorization: for what, since when, by whom, and what was done by it."""
    row = get_authorization(viewed(caller), number_in(authorization, "authorization"))
    is_ours = row.partner_id == caller.account and Permission.ON_BEHALF in caller.permissions
    values = {
        **facts_of(row),
        "can_switch": is_ours and row.state == State.GRANTED,
        "can_give_back": is_ours and row.state in {State.REQUESTED, State.GRANTED},
        "events": done_by(caller, row),
        "customer_address": reverse("customer", args=[row.customer.account_id]),
    }
    title = mask_name(row.customer.called)
    back = ("authorizations", __("Authorizations"))
    return detail_page(request, caller, "on_behalf/authorization", title=title, back=back, values=values)


@page("customers/<str:account_id>/request-authorization/", Permission.ON_BEHALF, methods=FORM, is_for=is_no_customer)
def request_customers_authorization(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Ask a customer for its authorization; the first time the commitment letter is accepted."""
    customer = get_direct_customer(caller, account_id=account_id)
    works = askable(caller)
    if not works:
        raise NotAllowed(_("your distributor has not let you act on behalf of customers; ask it for the permission"))
    version = needed(_account(caller), Agreement.COMMITMENT_LETTER)
    if version is not None and Permission.CONSENT not in caller.permissions:
        raise NotAllowed(_("an administrator of your organization has to accept the commitment letter first"))
    letter = letter_of(version, caller.language)
    form = RequestForm(request.POST or None).offer(works, letter)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if version is not None:
                accept(caller, version, language=caller.language)
            chosen = frozenset(Work(one) for one in given["works"])
            request_authorization(caller, account_id=account_id, works=chosen, text=given["text"])
        except (Invalid, Conflict) as error:
            add_refusal(form, error if isinstance(error, Invalid) else Invalid("", error.message))
        else:
            return done(request, _("The customer was asked. It is told by mail."), reverse("authorizations"))
    ask = Ask(
        title=_("Request authorization"),
        lead=f"{mask_name(customer.called)} · {customer.uin}",
        effects=[
            *meanings(works),
            _("The customer decides, confirms it with a code, and can revoke it at any time."),
            _("Without an answer the request lapses after %(days)s days.") % {"days": REQUEST_LASTS.days},
        ],
        submit=_("Send the request"),
        back=reverse("customer", args=[account_id]),
        back_label=_("Customer"),
    )
    return form_page(request, caller, form, ask, aside="console/on_behalf/letter.html", values={"letter": letter})


@page("authorizations/<str:authorization>/give-back/", Permission.ON_BEHALF, methods=FORM, is_for=is_no_customer)
def give_authorization_back(request: HttpRequest, caller: Caller, authorization: str) -> HttpResponse:
    """Withdraw a request, or give an authorization back."""
    row = get_authorization(caller.own(), number_in(authorization, "authorization"))
    is_request = row.state == State.REQUESTED
    form = ConfirmForm(request.POST or None)
    if request.method == "POST":
        give_back(caller, authorization=row.pk)
        told = _("The request was withdrawn.") if is_request else _("The authorization was given back.")
        return done(request, told, reverse("authorizations"))
    ask = Ask(
        title=_("Withdraw the request") if is_request else _("Give the authorization back"),
        lead=f"{mask_name(row.customer.called)} · {row.customer.uin}",
        effects=[
            _("The customer is not asked any more.")
            if is_request
            else _("Sessions, tokens and keys that act on behalf of the customer stop working at once."),
            _("You can ask the customer again at any time."),
        ],
        submit=_("Withdraw") if is_request else _("Give back"),
        back=reverse("authorization", args=[row.pk]),
        back_label=_("Authorization"),
        is_dangerous=not is_request,
    )
    return form_page(request, caller, form, ask)


@action("customers/<str:account_id>/switch-role/", Permission.ON_BEHALF, is_for=is_no_customer)
def switch_role(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Let the session act on behalf of a customer; each page says so until one switches back."""
    acting = begin(caller, account_id=account_id)
    begin_acting(request, acting)
    return HttpResponseRedirect(reverse("customer", args=[acting.account_id]))


@action("switch-back/", None)
def switch_back(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Let the session be one's own again. Twice is as good as once."""
    delegation = mark_of(request)
    if delegation is not None:
        cease(caller, delegation=delegation)
        cease_acting(request)
        messages.success(request, _("You act for your own organization again."))
    return HttpResponseRedirect(reverse("home"))


def facts_of(row: Authorization) -> dict[str, object]:
    """Values that the page of an authorization has on either side."""
    return {
        "row": row,
        "state": state_of(row),
        "cause": cause_of(row),
        "works": told_works(row.allowed),
        "meanings": meanings(row.allowed),
    }


def done_by(caller: Caller, row: Authorization) -> list[object]:
    """The newest events of what was done by an authorization, for those who may read them."""
    if Permission.AUDIT_READ not in caller.permissions or row.decided_at is None:
        return []
    where = EventFilter(on_behalf_of=row.customer_id, since=row.decided_at, until=row.ended_at)
    return list(events(caller.scope, where).order_by("-at", "-pk")[:EVENTS])


def _account(caller: Caller) -> Account:
    return Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
