"""Applications under review: passed or rejected, one or several at once, and rejection records (tencent:B.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Bulk
from openpartner.console.asked import number_in, posted
from openpartner.console.audiences import is_distributor, is_partner
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.invite import CUSTOMERS, RESELLERS, Side, add_barred, barred
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.once import nothing_done
from openpartner.console.page import FORM, LISTING, action, page
from openpartner.core.access.reveals import record_reveal
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.bars import bars_to_association
from openpartner.core.eligibility.causes import CAUSES, Barred
from openpartner.core.onboarding.deciding import AT_ONCE_MAX, NOTHING_THERE, approve, approve_many, reject, reject_many
from openpartner.core.onboarding.models import REASON_MAX, Application
from openpartner.core.onboarding.queries import ApplicationFilter, get_application
from openpartner.core.onboarding.queries import applications as of_scope
from openpartner.core.onboarding.vocabulary import ApplicationState
from openpartner.kit.masks import Mask, mask_name
from openpartner.listings.applications import APPLICATIONS, RESELLER_APPLICATIONS
from openpartner.listings.declare import Listing, Words
from openpartner.listings.onboarding_words import APPLICATION_STATES, APPLICATION_TONES
from openpartner.listings.words import ASSOCIATIONS, CUSTOMER_TYPES, VERIFICATION_TONES, VERIFICATIONS

PASS, REJECT = "pass", "reject"
NUMBER_LENGTH = 19
HIDDEN = {"legal_name": Mask.NAME, "contact": Mask.NAME, "email": Mask.EMAIL, "mobile": Mask.MOBILE}
OF_CUSTOMERS = Side(AccountKind.CUSTOMER, "applications", __("Applications"), "application")
OF_RESELLERS = Side(
    AccountKind.SECOND_LEVEL_RESELLER, "reseller_applications", __("Reseller applications"), "reseller_application"
)


class PassForm(forms.Form):
    """Whether whoever is passed stands still at first."""

    suspend = forms.BooleanField(
        label=__("Suspend the account until you lift it"),
        required=False,
        initial=True,
        help_text=__("So that nothing is consumed before there is a budget. Untick it for running services."),
    )


class RejectForm(forms.Form):
    """Why not; the applicant reads it."""

    reason = forms.CharField(
        label=__("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("The applicant reads it, by mail and in its account."),
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen application, masked, and what became of it."""

    row: str
    name: str
    uin: int
    outcome: Words = ""
    tone: str = "calm"
    why: str = ""


@page(
    "applications/",
    Permission.CUSTOMER_CREATE,
    menu=Menu(Group.DEVELOPMENT, __("Applications"), "check"),
    methods=LISTING,
    is_for=is_partner,
    is_list=True,
)
def applications(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who asks to become the partner's customer."""
    lead = _("Who asks to become your customer. Nothing holds until you pass an application.")
    return _list(request, caller, OF_CUSTOMERS, APPLICATIONS, lead)


@page(
    "resellers/applications/",
    Permission.PARTNER_WRITE,
    menu=Menu(Group.DEVELOPMENT, __("Reseller applications"), "resellers"),
    methods=LISTING,
    is_for=is_distributor,
    is_list=True,
)
def reseller_applications(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who asks to become the distributor's second-level reseller."""
    lead = _("Who asks to become your second-level reseller. A company can be passed once its real name is verified.")
    return _list(request, caller, OF_RESELLERS, RESELLER_APPLICATIONS, lead)


@page("applications/<str:applicant>/", Permission.CUSTOMER_CREATE, methods=LISTING, is_for=is_partner)
def application(request: HttpRequest, caller: Caller, applicant: str) -> HttpResponse:
    """One application of a customer: who it is, masked unless revealed, and what stands in the way."""
    return _page(request, caller, applicant, OF_CUSTOMERS)


@page(
    "resellers/applications/<str:reseller_applicant>/", Permission.PARTNER_WRITE, methods=LISTING, is_for=is_distributor
)
def reseller_application(request: HttpRequest, caller: Caller, reseller_applicant: str) -> HttpResponse:
    """One application of a reseller; likewise."""
    return _page(request, caller, reseller_applicant, OF_RESELLERS)


@page("applications/<str:applicant>/pass/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def pass_application(request: HttpRequest, caller: Caller, applicant: str) -> HttpResponse:
    """Pass the application of a customer."""
    return _pass(request, caller, applicant, OF_CUSTOMERS)


@page(
    "resellers/applications/<str:reseller_applicant>/pass/",
    Permission.PARTNER_WRITE,
    methods=FORM,
    is_for=is_distributor,
)
def pass_reseller_application(request: HttpRequest, caller: Caller, reseller_applicant: str) -> HttpResponse:
    """Pass the application of a reseller."""
    return _pass(request, caller, reseller_applicant, OF_RESELLERS)


@page("applications/<str:applicant>/reject/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def reject_application(request: HttpRequest, caller: Caller, applicant: str) -> HttpResponse:
    """Reject the application of a customer."""
    return _reject(request, caller, applicant, OF_CUSTOMERS)


@page(
    "resellers/applications/<str:reseller_applicant>/reject/",
    Permission.PARTNER_WRITE,
    methods=FORM,
    is_for=is_distributor,
)
def reject_reseller_application(request: HttpRequest, caller: Caller, reseller_applicant: str) -> HttpResponse:
    """Reject the application of a reseller."""
    return _reject(request, caller, reseller_applicant, OF_RESELLERS)


@action("applications/pass-chosen/", Permission.CUSTOMER_CREATE, is_for=is_partner)
def pass_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Pass the chosen applications of customers."""
    return _bulk(request, caller, OF_CUSTOMERS, PASS)


@action("applications/reject-chosen/", Permission.CUSTOMER_CREATE, is_for=is_partner)
def reject_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Reject the chosen applications of customers for one reason."""
    return _bulk(request, caller, OF_CUSTOMERS, REJECT)


@action("resellers/applications/pass-chosen/", Permission.PARTNER_WRITE, is_for=is_distributor)
def pass_chosen_resellers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Pass the chosen applications of resellers."""
    return _bulk(request, caller, OF_RESELLERS, PASS)


@action("resellers/applications/reject-chosen/", Permission.PARTNER_WRITE, is_for=is_distributor)
def reject_chosen_resellers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Reject the chosen applications of resellers for one reason."""
    return _bulk(request, caller, OF_RESELLERS, REJECT)


def _list(request: HttpRequest, caller: Caller, side: Side, listing: Listing[Any], lead: Words) -> HttpResponse:
    names = ("pass_chosen", "reject_chosen")
    suffix = "_resellers" if side is OF_RESELLERS else ""
    is_waiting = request.GET.get("tab", "waiting") == "waiting"
    labels: tuple[Words, Words] = (_("Pass"), _("Reject"))
    extras = Extras(
        lead=lead,
        bulk=[
            Bulk(label, reverse(name + suffix), icon)
            for label, name, icon in zip(labels, names, ("check", "close"), strict=True)
        ]
        if is_waiting
        else [],
        empty=_("Nobody waits for you to decide.") if is_waiting else _("There is none."),
    )
    return list_page(request, listing, caller, extras)


def _page(request: HttpRequest, caller: Caller, number: str, side: Side) -> HttpResponse:
    found = _found(caller, number, side)
    is_revealed = request.method == "POST"
    if is_revealed:
        caller.must(Permission.CUSTOMER_REVEAL)
        record_reveal(caller, listing=side.back, columns=sorted(HIDDEN), subjects=[found.account_id])
    known = {name: str(getattr(found, name)) for name in HIDDEN}
    shown = known if is_revealed else {name: mask.hide(known[name]) for name, mask in HIDDEN.items()}
    is_waiting = found.state == ApplicationState.REVIEWING
    account = found.account
    values = {
        "application": found,
        "shown": shown,
        "state": (APPLICATION_STATES[found.state], APPLICATION_TONES[found.state]),
        "type": CUSTOMER_TYPES[found.customer_type],
        "kind": ASSOCIATIONS[found.kind] if side is OF_CUSTOMERS else "",
        "verification": (VERIFICATIONS[account.verification], VERIFICATION_TONES[account.verification]),
        "bars": [_(CAUSES[cause].sentence) for cause in _bars(found)] if is_waiting else [],
        "is_waiting": is_waiting,
        "is_revealed": is_revealed,
        "can_reveal": not is_revealed and Permission.CUSTOMER_REVEAL in caller.permissions,
        "pass_address": reverse(f"pass_{side.one}", args=[found.pk]),
        "reject_address": reverse(f"reject_{side.one}", args=[found.pk]),
        "bound_page": _bound_page(found, side),
        "invitation_page": _invitation_page(found, side),
    }
    return detail_page(
        request, caller, "application", title=_title(found), back=(side.back, side.back_label), values=values
    )


def _pass(request: HttpRequest, caller: Caller, number: str, side: Side) -> HttpResponse:
    found = _waiting(caller, number, side)
    form = pass_form(side, found, request)
    if request.method == "POST" and form.is_valid():
        try:
            approve(caller, found.account.uin, role=side.role, suspend=bool(form.cleaned_data.get("suspend")))
            return done(request, _("The application was passed."), reverse(side.one, args=[found.pk]))
        except Barred as error:
            add_barred(form, error)
    ask = Ask(
        title=_("Pass the application"),
        lead=f"{_title(found)} · {found.account.uin}",
        effects=_effects_of_passing(side, found),
        submit=_("Pass"),
        back=reverse(side.one, args=[found.pk]),
        back_label=_("Application"),
    )
    return form_page(request, caller, form, ask)


def _reject(request: HttpRequest, caller: Caller, number: str, side: Side) -> HttpResponse:
    found = _waiting(caller, number, side)
    form = RejectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            reject(caller, found.account.uin, form.cleaned_data["reason"], role=side.role)
            return done(request, _("The application was rejected."), reverse(side.one, args=[found.pk]))
        except Barred as error:
            add_barred(form, error)
        except Invalid as error:
            add_refusal(form, error)
    ask = Ask(
        title=_("Reject the application"),
        lead=f"{_title(found)} · {found.account.uin}",
        effects=_effects_of_rejecting(),
        submit=_("Reject"),
        back=reverse(side.one, args=[found.pk]),
        back_label=_("Application"),
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


def _bulk(request: HttpRequest, caller: Caller, side: Side, what: str) -> HttpResponse:
    """The form with whom it is about, and then the result of each."""
    given = dict.fromkeys(request.POST.getlist("row"))
    keys = [one for one in given if one.isascii() and one.isdigit() and len(one) < NUMBER_LENGTH]
    if not 1 <= len(keys) <= AT_ONCE_MAX:
        raise Invalid("row", _("choose from one to a hundred applications in the list first"))
    rows = of_scope(caller.own(), ApplicationFilter(role=side.role)).filter(pk__in=[int(key) for key in keys])
    known = {str(row.pk): row for row in rows}
    is_sent = "confirm" in request.POST
    form: forms.Form = RejectForm(request.POST if is_sent else None)
    if what == PASS:
        form = pass_form(side, None, request if is_sent else None)
    errors: dict[int, ChannelError | None] | None = None
    if is_sent and form.is_valid():
        uins = [row.account.uin for row in known.values()]
        if not uins:
            raise NotVisible("application")
        if what == PASS:
            told = approve_many(caller, uins, role=side.role, suspend=bool(form.cleaned_data.get("suspend")))
        else:
            told = reject_many(caller, uins, form.cleaned_data["reason"], role=side.role)
        errors = {one.uin: one.error for one in told}
    if errors is None:
        nothing_done(request)
    values = {
        "caller": caller,
        "title": _("Pass the applications") if what == PASS else _("Reject the applications"),
        "submit": _("Pass") if what == PASS else _("Reject"),
        "is_dangerous": what == REJECT,
        "effects": _effects_of_passing(side, None) if what == PASS else _effects_of_rejecting(),
        "back": reverse(side.back),
        "back_label": side.back_label,
        "form": form,
        "chosen": [_chosen(key, known.get(key), errors, what) for key in keys],
        "is_done": errors is not None,
        "changed": sum(error is None for error in (errors or {}).values()),
    }
    return render(request, "console/applications_bulk.html", values, status=422 if form.errors else 200)


def _chosen(key: str, row: Application | None, errors: dict[int, ChannelError | None] | None, what: str) -> Chosen:
    if row is None:
        return Chosen(key, "—", 0, _("No such application"), "bad")
    name, uin = mask_name(row.legal_name), row.account.uin
    if errors is None:
        return Chosen(key, name, uin)
    error = errors.get(uin)
    if error is None:
        return Chosen(key, name, uin, _("Passed") if what == PASS else _("Rejected"), "good")
    return Chosen(key, name, uin, _("Refused"), "bad", barred(error) if isinstance(error, Barred) else error.message)


def pass_form(side: Side, found: Application | None, request: HttpRequest | None) -> forms.Form:
    """The form of passing: with the choice of suspending where customers by resale are passed."""
    given = posted(request) if request is not None else None
    is_by_resale = side is OF_CUSTOMERS and (found is None or found.kind == AssociationKind.RESALE)
    return PassForm(given) if is_by_resale else forms.Form(given)


def _effects_of_passing(side: Side, found: Application | None) -> Sequence[Words]:
    if side is OF_RESELLERS:
        return [
            _("The account becomes your second-level reseller at once, and its administrator is told by mail."),
            _("It sees nothing of yours. It sells with the credit and vouchers that you give it afterwards."),
            _("Everything that could bar it is asked again; then nothing changes and you see why."),
        ]
    told: list[Words] = [
        _("The account becomes your customer at once, and its administrator is told by mail."),
        _("What it owed before stays its own debt with the provider."),
        _("Everything that could bar it is asked again; then nothing changes and you see why."),
    ]
    if found is not None and found.manager is not None:
        told.append(_("%(name)s becomes its account manager.") % {"name": found.manager.name})
    return told


def _effects_of_rejecting() -> Sequence[Words]:
    return [
        _("The applicant is told by mail, with your reason. Its account stays as it is."),
        _("It may apply again with the same link while that is good."),
    ]


def _bars(found: Application) -> Sequence[Any]:
    return bars_to_association(
        found.account,
        found.partner,
        AssociationKind(found.kind),
        as_role=AccountKind(found.role),
        is_new=found.is_new,
    )


def _found(caller: Caller, number: str, side: Side) -> Application:
    found = get_application(caller.own(), number_in(number, "application"))
    if found.role != side.role:
        raise NotVisible("application")
    return found


def _waiting(caller: Caller, number: str, side: Side) -> Application:
    found = _found(caller, number, side)
    if found.state != ApplicationState.REVIEWING:
        raise Barred(NOTHING_THERE[side.role])
    return found


def _title(found: Application) -> str:
    return mask_name(found.legal_name) or str(found.account.uin)


def _bound_page(found: Application, side: Side) -> str:
    """The page of the customer or reseller that the application has become; empty when it has not, or left again."""
    if found.state != ApplicationState.PASSED or found.account.partner_id != found.partner_id:
        return ""
    return reverse("customer" if side is OF_CUSTOMERS else "reseller", args=[found.account.account_id])


def _invitation_page(found: Application, side: Side) -> str:
    if found.invitation_id is None:
        return ""
    return reverse((CUSTOMERS if side is OF_CUSTOMERS else RESELLERS).one, args=[found.invitation_id])
