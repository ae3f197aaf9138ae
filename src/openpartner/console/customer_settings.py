"""What a partner decides for its resale customers: who receives their messages, who sees its bills (huawei:B20)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.bulk import answer
from openpartner.console.form_page import Ask
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, action, page
from openpartner.console.preferences import zone_of
from openpartner.console.sales_parts import carry_out
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.bulk import RowResult
from openpartner.core.customers.messages import set_bill_view_default, set_bill_views, set_messages, settings_of
from openpartner.core.customers.models import MessageKind
from openpartner.listings.declare import Words

KINDS: dict[str, Words] = {
    MessageKind.CREDIT: __("Credit runs low"),
    MessageKind.SERVICES: __("Services stop or resume"),
}
OPEN, CLOSE = "open", "close"
EMAILS_MAX = 6_000


class MessagesForm(forms.Form):
    """Who receives what."""

    takes_over = forms.BooleanField(label=__("Receive the messages of all resale customers"), required=False)
    emails = forms.CharField(
        label=__("Recipients"),
        required=False,
        max_length=EMAILS_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=__("E-mail addresses, one a line, at most twenty."),
    )
    kinds = forms.MultipleChoiceField(
        label=__("Messages"),
        required=False,
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=__("What is not ticked is sent to nobody."),
    )


class DefaultForm(forms.Form):
    """What customers see that are bound from now on."""

    shows_bills = forms.BooleanField(label=__("New customers see their bills"), required=False)


class ViewsForm(forms.Form):
    """Whether the chosen customers see their bills."""

    view = forms.ChoiceField(
        label=__("What to do"),
        choices=[(OPEN, __("Let them see their bills")), (CLOSE, __("Close the view of their bills"))],
        widget=forms.RadioSelect,
    )


def has_settings(caller: Caller) -> bool:
    """Whether the caller decides for customers of its own: a partner, and nobody who sees assigned ones alone."""
    return caller.kind.is_partner and caller.scope.manager is None


@page(
    "customer-settings/",
    Permission.CUSTOMER_READ,
    menu=Menu(Group.ORGANIZATION, __("Customer settings"), "bell"),
    is_for=has_settings,
)
def customer_settings(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What holds for all resale customers of the partner."""
    found = settings_of(caller.account)
    values = {
        "caller": caller,
        "zone": zone_of(request),
        "found": found,
        "emails": [one for one in found.emails.split(",") if one],
        "kinds": [word for kind, word in KINDS.items() if kind in found.kinds.split(",")],
        "can_write": Permission.CUSTOMER_WRITE in caller.permissions,
    }
    return render(request, "console/customer_settings.html", values)


@page("customer-settings/messages/", Permission.CUSTOMER_WRITE, methods=FORM, is_for=has_settings)
def edit_customer_messages(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Take over the messages of resale customers, or give them back."""
    found = settings_of(caller.account)
    initial = {
        "takes_over": found.takes_over,
        "emails": found.emails.replace(",", "\n"),
        "kinds": found.kinds.split(","),
    }

    def act(given: dict[str, Any]) -> tuple[str, str]:
        kinds = [MessageKind(one) for one in given["kinds"]]
        emails = given["emails"].replace(",", "\n").splitlines()
        set_messages(caller, takes_over=given["takes_over"], emails=emails, kinds=kinds)
        return _("It was decided who receives the messages."), reverse("customer_settings")

    effects = [
        _("While you receive them, customers are not mailed themselves, and cannot change it."),
        _("It holds for all customers of the resale association, for new ones too, and not for referral customers."),
        _("What you are told yourself, such as of budgets, goes to the recipients you have named there."),
    ]
    ask = _ask(_("Messages to customers"), effects)
    return carry_out(request, caller, MessagesForm(request.POST or None, initial=initial), ask, act)


@page("customer-settings/bill-view/", Permission.CUSTOMER_WRITE, methods=FORM, is_for=has_settings)
def edit_bill_view_default(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Say whether new customers see their bills."""
    found = settings_of(caller.account)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        set_bill_view_default(caller, visible=given["shows_bills"])
        return _("The default was changed."), reverse("customer_settings")

    effects = [
        _("It counts for resale customers that are bound from now on. Those you have stay as they are."),
        _("To change those you have, choose them in the list of customers."),
    ]
    form = DefaultForm(request.POST or None, initial={"shows_bills": found.shows_bills})
    return carry_out(request, caller, form, _ask(_("Bills of new customers"), effects), act)


@action("customers/bill-views/", Permission.CUSTOMER_WRITE, is_for=has_settings)
def set_views_of_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Open or close the view of bills for the chosen customers."""
    form = ViewsForm(request.POST if "confirm" in request.POST else None)

    def act(chosen: Sequence[str]) -> list[RowResult]:
        return set_bill_views(caller, account_ids=chosen, visible=form.cleaned_data["view"] == OPEN)

    return answer(request, caller, form, _("View of bills"), act)


def _ask(title: str, effects: list[str]) -> Ask:
    return Ask(
        title=title,
        effects=effects,
        submit=_("Save"),
        back=reverse("customer_settings"),
        back_label=_("Customer settings"),
    )
