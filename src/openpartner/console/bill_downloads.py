"""Files of a month's bills in the browser: summary, by resource, details and details by month (tencent:E.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.exports import STATES
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, action, page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, LimitReached, NotAllowed
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.columns import CHINESE, ENGLISH, Level
from openpartner.core.billing.downloads import (
    Holds,
    Wanted,
    bill_files_of,
    file_of,
    get_bill_file,
    link_bill_file,
)
from openpartner.core.billing.mapping import find_customer
from openpartner.core.billing.models import BillDownload
from openpartner.core.billing.months import month_of, month_text
from openpartner.core.billing.queries import months
from openpartner.core.jobs.models import JobState
from openpartner.core.partners.queries import viewed
from openpartner.listings.bill_filters import closed_bills
from openpartner.listings.declare import Words
from openpartner.listings.resellers import sees_customers_of_resellers
from openpartner.listings.widgets import Choice

SHOWN = 50
LEVELS: dict[Level, Words] = {
    Level.SUMMARY: __("Summary (L1)"),
    Level.RESOURCES: __("By resource (L2)"),
    Level.DETAILS: __("Details (L3)"),
    Level.MONTHLY: __("Details added up by month (L3)"),
}
WHOSE: dict[Holds, Words] = {
    Holds.EVERYBODY: __("Everything, in one file"),
    Holds.ONE: __("One customer"),
    Holds.CUSTOMERS: __("A file for each customer, in a ZIP file"),
    Holds.RESELLERS: __("A file for each second-level reseller, in a ZIP file"),
    Holds.RESELLERS_CUSTOMERS: __("A file for each customer of second-level resellers, in a ZIP file"),
}
LANGUAGES = {ENGLISH: "English", CHINESE: "简体中文"}


@dataclass(frozen=True, slots=True)
class Line:
    """A file with the words for what it is and how it stands."""

    file: BillDownload
    month: str
    level: Words
    whose: Words
    state: Words
    tone: str
    is_open: bool


def choices_of(caller: Caller) -> list[tuple[str, Words]]:
    """Whose lines the caller can ask for; for a customer there is nothing to choose."""
    if caller.kind is AccountKind.CUSTOMER:
        return []
    offered = [Holds.EVERYBODY] if viewed(caller) == caller.scope else []
    offered.append(Holds.ONE)
    if caller.kind.is_partner:
        offered.append(Holds.CUSTOMERS)
        if sees_customers_of_resellers(caller):
            offered += [Holds.RESELLERS, Holds.RESELLERS_CUSTOMERS]
    return [(one.value, WHOSE[one]) for one in offered]


class BillFileForm(forms.Form):
    """Which month, how fine, whose and in which language."""

    month = forms.ChoiceField(label=__("Billing cycle"), widget=Choice)
    level = forms.ChoiceField(label=__("What it holds"), choices=[(one.value, word) for one, word in LEVELS.items()])
    holds = forms.ChoiceField(label=__("Whose"), widget=Choice)
    customer = forms.CharField(
        label=__("Customer"), max_length=128, required=False, help_text=__("UIN, account ID or account name.")
    )
    language = forms.ChoiceField(label=__("Language"), choices=list(LANGUAGES.items()))

    def __init__(self, caller: Caller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = sorted({one.month for one in months(viewed(caller))}, reverse=True)
        texts = [month_text(one) for one in found]
        self.fields["month"].choices = [(one, one) for one in texts]  # type: ignore[attr-defined]  # a choice
        offered = choices_of(caller)
        if offered:
            self.fields["holds"].choices = offered  # type: ignore[attr-defined]  # likewise
        else:
            del self.fields["holds"], self.fields["customer"]


@page("bill-downloads/", Permission.BILL_READ, menu=Menu(Group.BILLS, __("Bill files"), "download"))
def bill_downloads(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The files that the account has asked for, here or through an API, read again while one is being made."""
    closed = closed_bills(caller)
    lines = [] if closed else [_line(*found) for found in bill_files_of(caller, SHOWN)]
    values = {"caller": caller, "closed": closed, "lines": lines, "is_open": any(line.is_open for line in lines)}
    is_part = request.headers.get("HX-Target") == "bill-files"
    template = "console/bill_downloads_table.html" if is_part else "console/bill_downloads.html"
    return render(request, template, values)


@page("bill-downloads/new/", Permission.BILL_READ, methods=FORM)
def new_bill_download(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Ask for a file; one that is there already is given again."""
    if closed := closed_bills(caller):
        raise NotAllowed(str(closed))
    language = CHINESE if caller.language.startswith("zh") else ENGLISH
    form = BillFileForm(caller, initial={"month": request.GET.get("month", ""), "language": language})
    if request.method == "POST":
        form = BillFileForm(caller, request.POST)
        if form.is_valid() and _asked(caller, form):
            return done(request, _("The file appears below when it is ready."), reverse("bill_downloads"))
    ask = Ask(
        title=__("Ask for a file of bills"),
        lead=__("The columns are those of Tencent Cloud's bill files, for all clouds."),
        effects=[
            __("The file is of the figures as they are now; until a month is final they are estimates."),
            __("Files in a ZIP file are there once the month is final."),
        ],
        submit=__("Make the file"),
        back=reverse("bill_downloads"),
        back_label=__("Bill files"),
    )
    return form_page(request, caller, form, ask)


@action("bill-downloads/<str:file>/fetch/", Permission.BILL_READ)
def fetch_bill_file(_request: HttpRequest, caller: Caller, file: str) -> HttpResponse:
    """To the file, by a link made for this once."""
    if closed := closed_bills(caller):
        raise NotAllowed(str(closed))
    row = get_bill_file(caller, number_in(file, "file"))
    return HttpResponseRedirect(reverse("bill-file", args=[link_bill_file(caller, download=row), row.name]))


def _asked(caller: Caller, form: BillFileForm) -> bool:
    try:
        file_of(caller, _wanted(caller, form.cleaned_data))
    except Invalid as error:
        add_refusal(form, error)
    except Conflict:
        form.add_error("holds", _("The month is not final yet: ask for one file instead."))
    except LimitReached as error:
        form.add_error(None, _(error.message))
    else:
        return True
    return False


def _wanted(caller: Caller, given: dict[str, str]) -> Wanted:
    holds = Holds(given.get("holds", Holds.ONE))
    month, level, language = month_of(given["month"]), Level(given["level"]), given["language"]
    if holds is not Holds.ONE:
        return Wanted(month=month, level=level, holds=holds, language=language)
    if caller.kind is AccountKind.CUSTOMER:
        return Wanted(month=month, level=level, language=language)
    found = find_customer(caller, given["customer"])
    if not Account.objects.within(viewed(caller)).filter(pk=found.pk).exists():
        raise Invalid("customer", "is no customer's uin, account id or account name")
    # What it used under a reseller is not shown to a distributor who may not look at that reseller's customers.
    partner = None if viewed(caller) == caller.scope else caller.account
    return Wanted(month=month, level=level, partner=partner, customer=found.pk, language=language)


def _line(file: BillDownload, job: JobState | None) -> Line:
    is_ready = file.ready_at is not None
    state, tone = STATES[JobState.DONE if is_ready else job or JobState.FAILED]
    is_open = not is_ready and job in {JobState.QUEUED, JobState.RUNNING}
    whose = WHOSE[Holds(file.holds)] if file.holds != Holds.ONE or file.customer or file.partner else __("Your own")
    return Line(file, month_text(file.month), LEVELS[Level(file.level)], whose, state, tone, is_open)
