"""Submitting verifications: a partner's for its customer, and a customer's own; with what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.audiences import is_customer, is_partner
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.console.verification_parts import CompanyForm, PersonForm, shown, tell
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import CustomerType, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import get_customer, get_direct_customer
from openpartner.core.partners.queries import viewed
from openpartner.core.verification.commands import submit, submit_own
from openpartner.core.verification.folders import set_folder
from openpartner.core.verification.models import State, VerificationSubmission
from openpartner.core.verification.queries import folder_of, newest_of, submissions_of
from openpartner.core.verification.rules import Given, VerificationRefused
from openpartner.kit.addresses import LINK_MAX
from openpartner.kit.masks import mask_name
from openpartner.listings.words import CUSTOMER_TYPES, VERIFICATION_TONES, VERIFICATIONS

Submit = Callable[[Given], VerificationSubmission]


class FolderForm(forms.Form):
    """Where files stand that are named by paths."""

    address = forms.CharField(
        label=__("Address of the folder"),
        required=False,
        max_length=LINK_MAX,
        widget=forms.TextInput(attrs={"placeholder": "https://files.example.com/download/", "inputmode": "url"}),
        help_text=__("An https address; empty when files are named by whole addresses only."),
    )


@page(
    "verification/",
    Permission.PROFILE_READ,
    menu=Menu(Group.ORGANIZATION, __("Verification"), "roles"),
    is_for=is_customer,
)
def own_verification(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Whether one's own account is verified, and what was submitted for it."""
    own = _own(caller)
    can_submit = Permission.CONSENT in caller.permissions
    person, company = reverse("submit_own_person"), reverse("submit_own_company")
    values = {"back": None, "title": _("Verification")}
    return _state_page(request, caller, own, _buttons(own, person, company) if can_submit else [], values)


@page("verification/person/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def submit_own_person(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Submit oneself as a person."""
    back = (reverse("own_verification"), _("Verification"))
    return _person(request, caller, _own(caller), lambda given: submit_own(caller, given=given), back)


@page("verification/company/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def submit_own_company(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Submit oneself as a company, perhaps after having been a person."""
    back = (reverse("own_verification"), _("Verification"))
    return _company(request, caller, _own(caller), lambda given: submit_own(caller, given=given), back)


@page("customers/<str:account_id>/verification/", Permission.CUSTOMER_READ)
def customer_verification(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Whether a customer is verified, and what was submitted for it while it was the reader's."""
    found = get_customer(viewed(caller), account_id=account_id)
    can_submit = (
        found.partner_id == caller.account
        and caller.kind.is_partner
        and Permission.CUSTOMER_CREATE in caller.permissions
    )
    person = reverse("submit_customer_person", args=[account_id])
    company = reverse("submit_customer_company", args=[account_id])
    buttons = _buttons(found, person, company) if can_submit else []
    if caller.kind.is_partner and Permission.MEMBER_MANAGE in caller.permissions:
        buttons.append(Button(_("Folder of files"), reverse("verification_folder"), "link"))
    name = found.called
    is_own = found.pk == caller.account
    values = {
        "back": (reverse("customer", args=[account_id]), name if is_own else mask_name(name)),
        "title": _("Verification"),
    }
    return _state_page(request, caller, found, buttons, values)


@page("customers/<str:account_id>/verification/person/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def submit_customer_person(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Submit a customer as a person."""
    found = get_direct_customer(caller, account_id=account_id)
    back = (reverse("customer_verification", args=[account_id]), _("Verification"))
    return _person(request, caller, found, lambda given: submit(caller, account_id=account_id, given=given), back)


@page("customers/<str:account_id>/verification/company/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def submit_customer_company(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Submit a customer as a company, perhaps after it was a person."""
    found = get_direct_customer(caller, account_id=account_id)
    back = (reverse("customer_verification", args=[account_id]), _("Verification"))
    return _company(request, caller, found, lambda given: submit(caller, account_id=account_id, given=given), back)


@page("verification-files/", Permission.MEMBER_MANAGE, methods=FORM, is_for=is_partner)
def verification_folder(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Say where the partner's files stand that the APIs name by paths."""
    kept = folder_of(caller.account)
    form = FolderForm(request.POST or None, initial={"address": kept.address if kept else ""})
    if request.method == "POST" and form.is_valid():
        try:
            set_folder(caller, address=form.cleaned_data["address"])
            return done(request, _("The folder was changed."), reverse("customers"))
        except Invalid as error:
            add_refusal(form, error)
    ask = Ask(
        title=_("Folder of files for verifications"),
        lead=_("Huawei Cloud's API names files by paths below a folder of yours."),
        effects=[
            _("The provider's reviewers see links made of this address and those paths, and open them by hand."),
            _("Nothing is ever fetched from it by this system."),
        ],
        submit=_("Change the folder"),
        back=reverse("customers"),
        back_label=_("Customers"),
    )
    return form_page(request, caller, form, ask)


def _state_page(
    request: HttpRequest, caller: Caller, account: Account, buttons: list[Button], values: Mapping[str, object]
) -> HttpResponse:
    rows = submissions_of(caller.scope, account)
    common = {
        "caller": caller,
        "zone": zone_of(request),
        "account": account,
        "standing": (VERIFICATIONS[account.verification], VERIFICATION_TONES[account.verification]),
        "as_what": CUSTOMER_TYPES[account.customer_type] if account.customer_type != CustomerType.NONE else "",
        "buttons": buttons,
        "submissions": [shown(caller, row) for row in rows],
    }
    return render(request, "console/verification_state.html", {**common, **values})


def _buttons(account: Account, person: str, company: str) -> list[Button]:
    """What can be submitted as the account stands."""
    newest = newest_of(account)
    if account.verification == Verification.IN_REVIEW or (newest is not None and newest.state == State.IN_REVIEW):
        return []
    if account.verification != Verification.VERIFIED:
        return [
            Button(_("Verify as a company"), company, "roles", is_primary=True),
            Button(_("Verify as a person"), person, "people"),
        ]
    if account.customer_type == CustomerType.ENTERPRISE:
        return []
    return [Button(_("Become a company"), company, "roles", is_primary=True)]


def _person(request: HttpRequest, caller: Caller, account: Account, act: Submit, back: tuple[str, str]) -> HttpResponse:
    form = PersonForm(request.POST or None, initial=_known(caller, account))
    return _submitted(request, caller, form, form.given, act, _ask(account, _("Verify as a person"), back))


def _company(
    request: HttpRequest, caller: Caller, account: Account, act: Submit, back: tuple[str, str]
) -> HttpResponse:
    is_change = account.verification == Verification.VERIFIED and account.customer_type != CustomerType.ENTERPRISE
    form = CompanyForm(request.POST or None, initial={**_known(caller, account), "region": account.region})
    title = _("Become a company") if is_change else _("Verify as a company")
    return _submitted(request, caller, form, lambda: form.given(is_change=is_change), act, _ask(account, title, back))


def _submitted(  # a page: who, the form, what it makes, what becomes of it, how it presents itself
    request: HttpRequest,
    caller: Caller,
    form: forms.Form,
    given: Callable[[], Given],
    act: Submit,
    ask: Ask,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = act(given())
        except (Invalid, VerificationRefused) as error:
            tell(form, error)
        else:
            told = _("It was submitted. The provider reviews it.") if row.is_reviewed else _("The account is verified.")
            return done(request, told, ask.back)
    return form_page(request, caller, form, ask)


def _ask(account: Account, title: str, back: tuple[str, str]) -> Ask:
    return Ask(
        title=title,
        lead=str(account.uin),
        effects=[
            _("The provider compares it with the files. The result comes by mail and stands on this page's list."),
            _("When it passes, the account carries the name on the document."),
        ],
        submit=_("Submit"),
        back=back[0],
        back_label=back[1],
    )


def _known(caller: Caller, account: Account) -> dict[str, str]:
    """What a form begins with: one's own name, but nobody else's, which is masked on every page."""
    return {"name": account.legal_name} if caller.account == account.pk else {}


def _own(caller: Caller) -> Account:
    return Account.objects.everything(reason="the caller's own account").get(pk=caller.account)
