"""An account's own agreements: what it is asked to accept, what binds it, and its contract (tencent:A.1, huawei:A3)."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.agreements.papers import Paper
from openpartner.console.asked import number_in, posted
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.identity.sessions import source_of
from openpartner.console.languages import NAMES
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.core.agreements.models import Acceptance, AgreementVersion
from openpartner.core.agreements.queries import accepted, all_needed, own_account, published, text_of, texts_of
from openpartner.core.agreements.rules import Phase, Terms, phase, renewable_from, settled_from
from openpartner.core.agreements.signing import (
    TERMS,
    AlreadyAccepted,
    accept,
    decline_renewal,
    renew,
    restore_renewal,
)
from openpartner.core.agreements.vocabulary import EACH_TIME, OPEN, PARTIES, AcceptanceState, Agreement
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.kit import clock
from openpartner.kit.wording import LANGUAGES
from openpartner.listings.agreement_words import ACCEPTANCE_STATES, ACCEPTANCE_TONES, AGREEMENTS, WHAT_FOR
from openpartner.listings.declare import Words

PAST_MAX = 50
REASON_MAX = 200
FILES = {"txt": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"}


def signs(caller: Caller) -> bool:
    """Whether the caller is of an account that is asked to accept anything: not the provider, whose they are."""
    return caller.kind is not AccountKind.PROVIDER


@dataclass(frozen=True, slots=True)
class Held:
    """Something accepted, and what can be done about it."""

    row: Acceptance
    name: Words
    state: Words
    tone: str
    can_renew: bool = False
    can_decline: bool = False
    can_restore: bool = False
    notes: tuple[str, ...] = ()


@page(
    "agreements/", Permission.PROFILE_READ, menu=Menu(Group.ORGANIZATION, __("Agreements"), "agreement"), is_for=signs
)
def agreements(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What waits to be accepted, what is in force, and what was."""
    can_sign = Permission.CONSENT in caller.permissions
    rows = [_held(row, can_sign=can_sign) for row in accepted(caller.account)[:PAST_MAX]]
    values = {
        "caller": caller,
        "waiting": [
            (one, AGREEMENTS[one.agreement], WHAT_FOR[one.agreement]) for one in all_needed(own_account(caller))
        ],
        "current": [one for one in rows if _is_current(one.row)],
        "past": [one for one in rows if not _is_current(one.row)],
        "can_sign": can_sign,
        "zone": zone_of(request),
    }
    return render(request, "console/agreements/own.html", values)


@page("agreements/<str:paper>/", Permission.PROFILE_READ)
def agreement(request: HttpRequest, caller: Caller, paper: str) -> HttpResponse:
    """One version to read; the provider's people read it here too."""
    found = _readable(caller, paper)
    text = text_of(found, request.GET.get("language", caller.language))
    values = {
        "paper": Paper.of(found, text),
        "languages": [(one, NAMES[one]) for one in LANGUAGES if one in texts_of(found)],
        "can_accept": signs(caller)
        and Permission.CONSENT in caller.permissions
        and found in all_needed(own_account(caller)),
    }
    place = ("agreements", __("Agreements")) if signs(caller) else ("agreement_versions", __("Agreements"))
    return detail_page(request, caller, "agreements/read", title=text.title, back=place, values=values)


@page("agreements/<str:paper>/file/<str:kind>/", Permission.PROFILE_READ)
def agreement_file(request: HttpRequest, caller: Caller, paper: str, kind: str) -> HttpResponse:
    """A version as a file, of text or of HTML."""
    found = _readable(caller, paper)
    if kind not in FILES:
        raise NotVisible("file")
    shown = Paper.of(found, text_of(found, request.GET.get("language", caller.language)))
    content = shown.as_text() if kind == "txt" else shown.as_html()
    response = HttpResponse(content, content_type=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{shown.name}.{kind}"'
    return response


class SignForm(forms.Form):
    """What somebody says who signs."""

    has_read = forms.BooleanField(
        label=__("I have read it and accept it in the name of my organization"),
        error_messages={"required": __("Accept it, or go back.")},
    )


class EndForm(forms.Form):
    """Why a contract shall end."""

    reason = forms.CharField(
        label=__("Reason"), required=False, max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )


@page("agreements/<str:paper>/accept/", Permission.CONSENT, methods=FORM, is_for=signs)
def accept_agreement(request: HttpRequest, caller: Caller, paper: str) -> HttpResponse:
    """Accept a version in the name of the caller's account."""
    found = _readable(caller, paper)
    if found.kind in EACH_TIME:
        raise NotVisible("agreement")  # it is accepted where the thing is that it is about
    text = text_of(found, request.GET.get("language", caller.language))
    form, back = SignForm(posted(request)), reverse("agreements")
    if form.is_valid():
        try:
            accept(caller, found, source=source_of(request), language=text.language)
        except AlreadyAccepted:
            return done(request, _("It was accepted before."), back)
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The agreement was accepted."), back)
    terms = TERMS.get(found.kind)
    ask = Ask(
        title=text.title,
        lead=f"{AGREEMENTS[found.agreement]} · " + _("version %(number)s") % {"number": found.number},
        effects=[*_term_notes(terms), _("Who accepted it, and when, is recorded.")],
        submit=_("Accept"),
        back=back,
        back_label=_("Agreements"),
    )
    aside = {"letter": Paper.of(found, text)}
    return form_page(request, caller, form, ask, aside="console/agreements/letter.html", values=aside)


@page("contracts/<str:acceptance>/renew/", Permission.CONSENT, methods=FORM, is_for=signs)
def renew_contract(request: HttpRequest, caller: Caller, acceptance: str) -> HttpResponse:
    """Renew the contract by another period."""
    row, terms = _contract(caller, acceptance)
    form = SignForm(posted(request))
    effects = [
        _("The next period begins on %(day)s and lasts %(months)d months.")
        % {"day": f"{row.valid_until:%Y-%m-%d}", "months": terms.months},
        _("It is one of the version that is in force now."),
    ]
    if form.is_valid():
        try:
            renew(caller, acceptance=row.pk, source=source_of(request))
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The contract was renewed."), reverse("agreements"))
    return form_page(request, caller, form, _ask(_("Renew the contract"), effects, _("Renew")))


@page("contracts/<str:acceptance>/end/", Permission.CONSENT, methods=FORM, is_for=signs)
def end_contract(request: HttpRequest, caller: Caller, acceptance: str) -> HttpResponse:
    """Ask that the contract is not renewed."""
    row, terms = _contract(caller, acceptance)
    form = EndForm(posted(request))
    effects = [
        _("The contract holds until %(day)s and is not renewed.") % {"day": f"{row.valid_until:%Y-%m-%d}"},
        _("You can take this back until %(days)d days before, and renew by hand until the last day.")
        % {"days": terms.settled_days},
    ]
    if form.is_valid():
        try:
            decline_renewal(caller, acceptance=row.pk, reason=form.cleaned_data["reason"])
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The contract will not be renewed."), reverse("agreements"))
    return form_page(
        request, caller, form, _ask(_("Do not renew the contract"), effects, _("Do not renew"), danger=True)
    )


@page("contracts/<str:acceptance>/keep/", Permission.CONSENT, methods=FORM, is_for=signs)
def keep_contract(request: HttpRequest, caller: Caller, acceptance: str) -> HttpResponse:
    """Take back that the contract is not renewed."""
    row, terms = _contract(caller, acceptance)
    form = forms.Form(posted(request))
    effects = [_("It renews itself %(days)d days before its end again.") % {"days": terms.settled_days}]
    if form.is_valid():
        try:
            restore_renewal(caller, acceptance=row.pk)
        except Conflict as error:
            form.add_error(None, _(error.message))
        else:
            return done(request, _("The contract renews itself again."), reverse("agreements"))
    return form_page(request, caller, form, _ask(_("Let the contract renew itself"), effects, _("Let it renew itself")))


def _ask(title: str, effects: list[str], submit: str, *, danger: bool = False) -> Ask:
    return Ask(
        title=title,
        effects=effects,
        submit=submit,
        back=reverse("agreements"),
        back_label=_("Agreements"),
        is_dangerous=danger,
    )


def _readable(caller: Caller, version: str) -> AgreementVersion:
    """A published version that accounts like the caller's are asked to accept; the provider reads all."""
    found = published(number_in(version, "agreement"))
    if signs(caller) and caller.kind not in PARTIES[found.kind]:
        raise NotVisible("agreement")
    return found


def _contract(caller: Caller, acceptance: str) -> tuple[Acceptance, Terms]:
    rows = accepted(caller.account).filter(pk=number_in(acceptance, "contract"))
    row = rows.first()
    terms = TERMS.get(Agreement(row.agreement)) if row is not None else None
    if row is None or terms is None:
        raise NotVisible("contract")
    return row, terms


def _is_current(row: Acceptance) -> bool:
    lasts = row.valid_until is None or row.valid_until > clock.now()
    return lasts and (row.state in OPEN or row.state == AcceptanceState.RENEWED)


def _held(row: Acceptance, *, can_sign: bool) -> Held:
    terms, now = TERMS.get(Agreement(row.agreement)), clock.now()
    held = Held(row, AGREEMENTS[row.agreement], ACCEPTANCE_STATES[row.state], ACCEPTANCE_TONES.get(row.state, ""))
    if terms is None or row.valid_until is None or row.state not in OPEN:
        return held
    where = phase(row.valid_until, terms, now)
    is_open, is_ending = where is not Phase.OVER, row.state == AcceptanceState.ENDING
    before = where in {Phase.RUNNING, Phase.RENEWABLE}
    return Held(
        row,
        held.name,
        held.state,
        held.tone,
        can_renew=can_sign and is_open and where is not Phase.RUNNING,
        can_decline=can_sign and before and not is_ending,
        can_restore=can_sign and before and is_ending,
        notes=_calendar(row, terms) if is_open else (),
    )


def _calendar(row: Acceptance, terms: Terms) -> tuple[str, ...]:
    assert row.valid_until is not None
    renewable, settled = renewable_from(row.valid_until, terms), settled_from(row.valid_until, terms)
    is_renewable = clock.now() >= renewable
    notes = [
        _("Can be renewed now.")
        if is_renewable
        else _("Can be renewed from %(day)s.") % {"day": f"{renewable:%Y-%m-%d}"}
    ]
    if row.state == AcceptanceState.IN_FORCE:
        notes.append(_("Renews itself on %(day)s unless you ask before that it ends.") % {"day": f"{settled:%Y-%m-%d}"})
    else:
        notes.append(_("You can take back until %(day)s that it ends.") % {"day": f"{settled:%Y-%m-%d}"})
    return tuple(notes)


def _term_notes(terms: Terms | None) -> list[str]:
    if terms is None:
        return []
    return [
        _("It holds for %(months)d months and renews itself %(days)d days before its end.")
        % {"months": terms.months, "days": terms.settled_days},
        _("Until then you can ask that it ends."),
    ]
