"""The provider's review of verifications: what waits, one of them, passing and rejecting, one or many (huawei:D1)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Bulk, Button
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.once import nothing_done
from openpartner.console.page import FORM, LISTING, action, page
from openpartner.console.verification_parts import OpinionForm, Shown, shown
from openpartner.core.access.reveals import record_reveal
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.verification.commands import (
    AT_ONCE_MAX,
    decide_several,
    pass_submission,
    reject_submission,
    set_policy,
)
from openpartner.core.verification.models import State, VerificationSubmission
from openpartner.core.verification.queries import get_submission, policy_of
from openpartner.kit.masks import mask_name
from openpartner.listings.verification_words import TYPES
from openpartner.listings.verifications import VERIFICATIONS

NUMBER_LENGTH_MAX = 18
REVEALED = ("legal_person", "legal_person_number", "name", "number")


class PolicyForm(forms.Form):
    """What is looked at by hand, and how often an account may try."""

    reviews_persons = forms.BooleanField(label=__("Review persons by hand"), required=False)
    reviews_companies = forms.BooleanField(
        label=__("Review companies by hand"),
        required=False,
        help_text=__("What is not reviewed passes at once, on the word of whoever submits it."),
    )
    attempts_max = forms.IntegerField(label=__("Most attempts of one account"), min_value=1, max_value=AT_ONCE_MAX)
    accounts_max = forms.IntegerField(
        label=__("Most accounts verified with one document"), min_value=1, max_value=AT_ONCE_MAX
    )


def reviews(caller: Caller) -> bool:
    """Whether verifications are the caller's to decide."""
    return caller.kind is AccountKind.PROVIDER


@page(
    "verifications/",
    Permission.VERIFICATION_REVIEW,
    menu=Menu(Group.SALES, __("Verifications"), "roles"),
    methods=LISTING,
    is_for=reviews,
    is_list=True,
)
def verifications(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everything that was submitted; first what waits."""
    extras = Extras(
        lead=_("Who customers say they are, with the documents that show it. Those who wait longest come first."),
        buttons=[Button(_("Rules"), reverse("verification_policy"), "filter")],
        bulk=[
            Bulk(_("Pass"), reverse("pass_chosen_verifications"), "check"),
            Bulk(_("Reject"), reverse("reject_chosen_verifications"), "close"),
        ],
        empty=_("Verifications appear here when partners or customers submit them."),
    )
    return list_page(request, VERIFICATIONS, caller, extras)


@page("verifications/rules/", Permission.VERIFICATION_REVIEW, methods=FORM, is_for=reviews)
def verification_policy(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What is reviewed by hand."""
    kept = policy_of(caller.account)
    form = PolicyForm(request.POST or None, initial={name: getattr(kept, name) for name in PolicyForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            set_policy(caller, **form.cleaned_data)
            return done(request, _("The rules of verifications were changed."), reverse("verifications"))
        except Invalid as error:
            add_refusal(form, error)
    ask = Ask(
        title=_("Rules of verifications"),
        effects=[
            _("They hold for what is submitted from now on, by partners, by customers and by the APIs."),
            _("What is in review already still needs your decision."),
        ],
        submit=_("Change the rules"),
        back=reverse("verifications"),
        back_label=_("Verifications"),
    )
    return form_page(request, caller, form, ask)


@page("verifications/<str:submission>/", Permission.VERIFICATION_REVIEW, methods=LISTING, is_for=reviews)
def verification(request: HttpRequest, caller: Caller, submission: str) -> HttpResponse:
    """One submission with its files. A POST shows names and numbers in full, after recording it."""
    row = _found(caller, submission)
    is_revealed = request.method == "POST" and request.POST.get("reveal") == "*"
    if is_revealed:
        record_reveal(caller, listing="verification", columns=REVEALED, subjects=[row.customer_id])
    return detail_page(
        request,
        caller,
        "verification",
        title=_("Verification %(number)s") % {"number": row.pk},
        back=("verifications", _("Verifications")),
        values={
            "one": shown(caller, row, is_revealed=is_revealed),
            "customer": row.customer,
            "account_name": row.customer.account_name if is_revealed else mask_name(row.customer.account_name),
            "is_revealed": is_revealed,
            "can_reveal": Permission.CUSTOMER_REVEAL in caller.permissions,
            "is_open": row.state == State.IN_REVIEW,
        },
    )


@page("verifications/<str:submission>/pass/", Permission.VERIFICATION_REVIEW, methods=FORM, is_for=reviews)
def pass_verification(request: HttpRequest, caller: Caller, submission: str) -> HttpResponse:
    """Let one pass."""
    row = _open(caller, submission)
    if request.method == "POST":
        pass_submission(caller, number=row.pk)
        return done(request, _("The verification has passed."), reverse("verifications"))
    return form_page(request, caller, forms.Form(), _ask(row, _("Pass the verification")))


@page("verifications/<str:submission>/reject/", Permission.VERIFICATION_REVIEW, methods=FORM, is_for=reviews)
def reject_verification(request: HttpRequest, caller: Caller, submission: str) -> HttpResponse:
    """Reject one, and say why."""
    row = _open(caller, submission)
    form = OpinionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reject_submission(caller, number=row.pk, opinion=form.cleaned_data["opinion"])
            return done(request, _("The verification was rejected."), reverse("verifications"))
        except Invalid as error:
            add_refusal(form, error)
    return form_page(request, caller, form, _ask(row, _("Reject the verification"), is_dangerous=True))


@action("verifications/pass/", Permission.VERIFICATION_REVIEW, is_for=reviews)
def pass_chosen_verifications(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Let the chosen ones pass."""
    return _decide(request, caller, forms.Form(request.POST if "confirm" in request.POST else None), passes=True)


@action("verifications/reject/", Permission.VERIFICATION_REVIEW, is_for=reviews)
def reject_chosen_verifications(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Reject the chosen ones, all for the same reason."""
    return _decide(request, caller, OpinionForm(request.POST if "confirm" in request.POST else None), passes=False)


def _decide(request: HttpRequest, caller: Caller, form: forms.Form, *, passes: bool) -> HttpResponse:
    numbers = [_key(one) for one in dict.fromkeys(request.POST.getlist("row"))]
    if not 1 <= len(numbers) <= AT_ONCE_MAX:
        raise Invalid("row", _("choose from one to a thousand verifications in the list first"))
    rows = {row.pk: row for row in VerificationSubmission.objects.within(caller.scope).filter(pk__in=numbers)}
    told: dict[int, str] = {}
    is_done = form.is_bound and form.is_valid()
    if is_done:
        opinion = form.cleaned_data.get("opinion", "")
        told = {one.number: one.why for one in decide_several(caller, numbers=numbers, passes=passes, opinion=opinion)}
    else:
        nothing_done(request)
    values = {
        "caller": caller,
        "title": _("Pass verifications") if passes else _("Reject verifications"),
        "form": form,
        "lines": [
            (
                number,
                shown(caller, rows[number]) if number in rows else None,
                _(told[number]) if told.get(number) else "",
            )
            for number in numbers
        ],
        "is_done": is_done,
        "passes": passes,
        "decided": sum(1 for why in told.values() if not why),
    }
    return render(request, "console/verification_decide.html", values, status=422 if form.errors else 200)


def _line(caller: Caller, number: int, row: VerificationSubmission | None, why: str) -> tuple[int, Shown | None, str]:
    """A chosen one for the page: its number, what it is unless it is nobody's, and why it was left as it is."""
    return number, shown(caller, row) if row is not None else None, _(why) if why else ""


def _ask(row: VerificationSubmission, title: str, *, is_dangerous: bool = False) -> Ask:
    told = _("The customer and whoever submitted it are told by mail.")
    passed = [_("The account is verified from now on, and carries the name on the document."), told]
    rejected = [_("The account is not verified; it can be submitted again."), told]
    if row.is_change:
        rejected[0] = _("The account stays verified as a person; the change can be submitted again.")
    return Ask(
        title=title,
        lead=f"{TYPES[row.customer_type]} · {mask_name(row.name)} · {row.customer.uin}",
        effects=rejected if is_dangerous else passed,
        submit=title,
        back=reverse("verification", args=[row.pk]),
        back_label=_("Verification %(number)s") % {"number": row.pk},
        is_dangerous=is_dangerous,
    )


def _found(caller: Caller, number: str) -> VerificationSubmission:
    return get_submission(caller.scope, _key(number))


def _open(caller: Caller, number: str) -> VerificationSubmission:
    row = _found(caller, number)
    if row.state != State.IN_REVIEW:
        raise Conflict(_("the verification was decided already"))
    return row


def _key(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH_MAX):
        raise NotVisible("verification")
    return int(number)
