"""Whose the accounts of clouds are: the dated table, files of it, and the accounts nobody has mapped."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.audiences import is_provider
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.small_files import SmallFileForm, small_file_page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.mapping import Mapping, add_cloud_account, end_cloud_account, proposals
from openpartner.core.billing.mapping_files import COLUMNS, Outcome, import_mappings
from openpartner.core.billing.models import CloudAccount
from openpartner.core.billing.unassigned import unassigned_accounts
from openpartner.listings.cloud_accounts import CLOUD_ACCOUNTS
from openpartner.listings.shown import ShownRow

NUMBER_LENGTH_MAX = 18


class CloudAccountForm(forms.Form):
    """One account and its customer."""

    cloud = forms.CharField(
        label=__("Cloud"), max_length=64, help_text=__("As bill lines name it: aws, microsoft, oracle, tencent ...")
    )
    billing_account = forms.CharField(label=__("Billing account"), max_length=128)
    sub_account = forms.CharField(
        label=__("Sub-account"),
        max_length=128,
        required=False,
        help_text=__("Empty for every sub-account of the billing account that has no entry of its own."),
    )
    customer = forms.CharField(label=__("Customer"), max_length=128, help_text=__("UIN, account ID or account name."))
    since = forms.DateField(label=__("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=__("Ends before"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class EndForm(forms.Form):
    """The first day on which an account is no longer the customer's."""

    until = forms.DateField(
        label=__("First day it is no longer theirs"), widget=forms.DateInput(attrs={"type": "date"})
    )


@page(
    "cloud-accounts/",
    Permission.IMPORT,
    menu=Menu(Group.RECORDS, __("Cloud accounts"), "link"),
    is_for=is_provider,
)
def cloud_accounts(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every account of a cloud that belongs or belonged to a customer."""
    extras = Extras(
        buttons=[
            Button(__("Add an account"), reverse("new_cloud_account"), "plus", is_primary=True),
            Button(__("From a file"), reverse("cloud_account_file"), "import"),
            Button(__("Lines without a customer"), reverse("unassigned"), "info"),
            Button(__("Settlement"), reverse("settlement_modes"), "bills"),
        ],
        lead=__("A bill line finds its customer by this table alone, as it stood on the day of the line."),
        empty=__("Say whose the accounts of clouds are, and their bill lines find their customers."),
        row_buttons=_buttons,
    )
    return list_page(request, CLOUD_ACCOUNTS, caller, extras)


@page("cloud-accounts/new/", Permission.IMPORT, methods=FORM, is_for=is_provider)
def new_cloud_account(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Assign an account to a customer. What is proposed is only filled in: a person confirms it."""
    form = CloudAccountForm(initial={name: request.GET.get(name, "")[:128] for name in CloudAccountForm.base_fields})
    if request.method == "POST":
        form = CloudAccountForm(request.POST)
        if form.is_valid() and _added(caller, form):
            message = _("The account is the customer's now. Its bill lines follow in a moment.")
            return done(request, message, reverse("cloud_accounts"))
    ask = Ask(
        title=__("Add an account of a cloud"),
        lead=__("The number spaces of clouds overlap: an account is known by its cloud, billing account and number."),
        effects=[
            __("Bill lines of that account from that day on become the customer's, those already published too."),
            __("A final month that changes by it is restated, and says so."),
        ],
        submit=__("Add"),
        back=reverse("cloud_accounts"),
        back_label=__("Cloud accounts"),
    )
    return form_page(request, caller, form, ask)


@page("cloud-accounts/<str:number>/end/", Permission.IMPORT, methods=FORM, is_for=is_provider)
def end_account(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """End what an account belongs to a customer."""
    row = _row(caller, number)
    form = EndForm(request.POST) if request.method == "POST" else EndForm()
    if request.method == "POST" and form.is_valid():
        try:
            end_cloud_account(caller, key=row.pk, until=form.cleaned_data["until"])
        except Invalid as error:
            add_refusal(form, error)
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The account ends on that day."), reverse("cloud_accounts"))
    ask = Ask(
        title=_("End %(account)s") % {"account": str(row)},
        lead=_("It is %(customer)s's since %(since)s.")
        % {"customer": row.customer.account_name, "since": row.since.isoformat()},
        effects=[
            __("Its bill lines from that day on have no customer until the account is somebody's again."),
            __("Lines before that day stay as they are."),
        ],
        submit=__("End"),
        back=reverse("cloud_accounts"),
        back_label=__("Cloud accounts"),
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


@page("cloud-accounts/file/", Permission.IMPORT, methods=FORM, is_for=is_provider)
def cloud_account_file(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Assign the accounts of a file: checked first, all of them or none."""
    return small_file_page(
        request,
        caller,
        SmallFileForm,
        import_mappings,
        template="console/cloud_account_file.html",
        columns=COLUMNS,
        then=_assigned,
    )


@page("cloud-accounts/template/", Permission.IMPORT, is_for=is_provider)
def cloud_account_template(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A file with the columns, and a row for each account that nobody has mapped."""
    del request
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in unassigned_accounts(caller):
        cells = (one.cloud, one.billing_account, one.sub_account, "", one.first_day.isoformat(), "")
        writer.writerow([_harmless(cell) for cell in cells])
    return HttpResponse(
        "\ufeff".encode() + text.getvalue().encode(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="cloud-accounts.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@page("cloud-accounts/unassigned/", Permission.IMPORT, is_for=is_provider)
def unassigned(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Accounts whose bill lines have no customer, with the customers they might be."""
    found = unassigned_accounts(caller)
    proposed = proposals(caller, [one.name for one in found if one.name])
    rows = [
        {
            "account": one,
            "address": _new(one.cloud, one.billing_account, one.sub_account, f"{one.first_day:%Y-%m-%d}"),
            "proposals": [
                (
                    account.account_name,
                    _new(
                        one.cloud,
                        one.billing_account,
                        one.sub_account,
                        f"{one.first_day:%Y-%m-%d}",
                        account.account_name,
                    ),
                )
                for account in proposed.get(one.name, [])
            ],
        }
        for one in found
    ]
    return render(request, "console/unassigned.html", {"caller": caller, "rows": rows})


def _new(cloud: str, billing: str, sub: str, since: str, customer: str = "") -> str:
    values = {"cloud": cloud, "billing_account": billing, "sub_account": sub, "since": since, "customer": customer}
    return f"{reverse('new_cloud_account')}?{urlencode(values)}"


def _added(caller: Caller, form: CloudAccountForm) -> bool:
    given: dict[str, Any] = form.cleaned_data
    try:
        add_cloud_account(caller, mapping=Mapping(**given))
    except Invalid as error:
        add_refusal(form, error)
    except Conflict as error:
        form.add_error(None, _(error.message))
    else:
        return True
    return False


def _assigned(outcome: Outcome) -> tuple[str, str]:
    message = _("%(new)s accounts were added and %(moved)s passed to another customer.")
    return message % {"new": outcome.new, "moved": outcome.moved}, reverse("cloud_accounts")


def _row(caller: Caller, number: str) -> CloudAccount:
    is_number = number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH_MAX
    rows = CloudAccount.objects.within(caller.scope).select_related("customer")
    row = rows.filter(pk=int(number)).first() if is_number else None
    if row is None:
        raise NotVisible("account of a cloud")
    return row


def _buttons(row: ShownRow) -> list[Button]:
    has_ended = any(cell.column.key == "until" and cell.text for cell in row.cells)
    return [] if has_ended else [Button(__("End"), reverse("end_account", args=[row.subject]), "close")]


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
