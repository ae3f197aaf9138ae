"""The customer's side: what its partner asks for, letting it, refusing, revoking, and what was done (huawei:B10)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.audiences import is_customer
from openpartner.console.codes import CodeStep
from openpartner.console.detail_page import detail_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.identity.sessions import source_of
from openpartner.console.menu import Group, Menu
from openpartner.console.money_form import Preview, Steps, money_form
from openpartner.console.on_behalf.letters import Letter, letter_of
from openpartner.console.on_behalf.partner import done_by, facts_of
from openpartner.console.on_behalf.words import cause_of, meanings, state_of, told_works
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.core.access.codes import Purpose
from openpartner.core.accounts.models import Account
from openpartner.core.agreements.queries import needed
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.on_behalf.commands import grant_authorization, refuse_authorization, revoke_authorization
from openpartner.core.on_behalf.models import REASON_MAX, Authorization
from openpartner.core.on_behalf.queries import authorizations_of, get_authorization
from openpartner.core.on_behalf.vocabulary import State
from openpartner.listings.declare import Words

LIST = "own_authorizations"


class GrantForm(forms.Form):
    """The letter that is accepted with an authorization."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    letter = forms.BooleanField(label=__("I have read the authorization letter, and my organization accepts it."))

    def about(self, letter: Letter | None) -> GrantForm:
        """Without a letter there is nothing to fill in."""
        if letter is None:
            del self.fields["version"], self.fields["letter"]
        return self


class ReasonForm(forms.Form):
    """Why; the partner reads it."""

    reason = forms.CharField(
        label=__("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("Your partner reads it."),
    )


@page(
    "my-partner/authorizations/",
    Permission.PROFILE_READ,
    menu=Menu(Group.OWN_PARTNER, __("Authorizations"), "people"),
    is_for=is_customer,
)
def own_authorizations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What the partner may do in one's name, what it asks for, and what it could once."""
    account = Account.objects.everything(reason="the caller's own row").select_related("partner").get(pk=caller.account)
    rows = authorizations_of(account)
    can_decide = Permission.CONSENT in caller.permissions
    values = {
        "caller": caller,
        "zone": zone_of(request),
        "partner": account.partner,
        "can_decide": can_decide,
        "waiting": [(row, meanings(row.allowed)) for row in rows if row.state == State.REQUESTED],
        "granted": [(row, meanings(row.allowed)) for row in rows if row.state == State.GRANTED],
        "former": [
            (row, told_works(row.allowed), state_of(row), cause_of(row))
            for row in rows
            if row.state not in {State.REQUESTED, State.GRANTED}
        ],
    }
    return render(request, "console/on_behalf/own_authorizations.html", values)


@page("my-partner/authorizations/<str:authorization>/", Permission.PROFILE_READ, is_for=is_customer)
def own_authorization(request: HttpRequest, caller: Caller, authorization: str) -> HttpResponse:
    """One authorization, and what was done by it."""
    row = _own(caller, authorization)
    can_decide = Permission.CONSENT in caller.permissions
    values = {
        **facts_of(row),
        "is_own": True,
        "can_grant": can_decide and row.state == State.REQUESTED,
        "can_revoke": can_decide and row.state == State.GRANTED,
        "events": done_by(caller, row),
    }
    title = row.partner.called
    back = (LIST, __("Authorizations"))
    return detail_page(request, caller, "on_behalf/authorization", title=title, back=back, values=values)


@page("my-partner/authorizations/<str:authorization>/grant/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def grant_own_authorization(request: HttpRequest, caller: Caller, authorization: str) -> HttpResponse:
    """Read the letter, accept it, and confirm with a mailed code."""
    row = _own(caller, authorization)
    if row.state != State.REQUESTED:
        raise Conflict(_("this request is no longer open"))
    about = f"authorization {row.pk}"
    version = needed(row.customer, Agreement.AUTHORIZATION_LETTER, about=about)
    letter = letter_of(version, caller.language)
    form = GrantForm(request.POST or None, initial={"version": version.pk if version else None}).about(letter)
    ask = _ask(row, _("Authorize your partner"))

    def preview() -> Preview:
        if version is not None and form.cleaned_data["version"] != version.pk:
            raise Invalid("letter", _("another version is in force now; read that one"))
        return Preview(facts=_facts(row), effects=[*meanings(row.allowed), *AFTERWARDS])

    def act(_key: str) -> HttpResponse:
        grant_authorization(caller, authorization=row.pk, letter=version, source=source_of(request))
        return done(request, _("Your partner is authorized."), reverse(LIST))

    steps = Steps(
        preview=preview,
        act=act,
        fields={"letter": "letter"},
        code=_code(request, caller, ask),
        aside="console/on_behalf/asked.html",
        values={"letter": letter, "row": row, "told": meanings(row.allowed), "next_label": _("Continue")},
    )
    return money_form(request, caller, form, ask, steps)


@page("my-partner/authorizations/<str:authorization>/refuse/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def refuse_own_authorization(request: HttpRequest, caller: Caller, authorization: str) -> HttpResponse:
    """Refuse with a reason."""
    row = _own(caller, authorization)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_authorization(caller, authorization=row.pk, reason=form.cleaned_data["reason"])
        except Invalid as error:
            add_refusal(form, error)
        else:
            return done(request, _("The request was refused."), reverse(LIST))
    ask = _ask(row, _("Refuse the request"), effects=[_("Nothing changes: your partner may do no more than before.")])
    return form_page(request, caller, form, ask)


@page("my-partner/authorizations/<str:authorization>/revoke/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def revoke_own_authorization(request: HttpRequest, caller: Caller, authorization: str) -> HttpResponse:
    """Revoke with a reason, and confirm with a mailed code."""
    row = _own(caller, authorization)
    if row.state != State.GRANTED:
        raise Conflict(_("this authorization is not in force any more"))
    form = ReasonForm(request.POST or None)
    ask = _ask(row, _("Revoke the authorization"), is_dangerous=True)

    def preview() -> Preview:
        effects = [
            _("Your partner can do nothing in your name any more, from this moment."),
            _("Sessions, tokens and keys that it made for this stop working at once."),
            _("What it has done stays done, and stays in your records."),
        ]
        return Preview(facts=[*_facts(row), (_("Reason"), form.cleaned_data["reason"])], effects=effects)

    def act(_key: str) -> HttpResponse:
        revoke_authorization(caller, authorization=row.pk, reason=form.cleaned_data["reason"])
        return done(request, _("The authorization was revoked."), reverse(LIST))

    steps = Steps(preview=preview, act=act, fields={"reason": "reason"}, code=_code(request, caller, ask))
    return money_form(request, caller, form, ask, steps)


AFTERWARDS: tuple[Words, ...] = (
    __("What your partner does in your name is recorded with its name, and you can read it here."),
    __("You can revoke the authorization at any time; it ends by itself when your association ends."),
)


def _code(request: HttpRequest, caller: Caller, ask: Ask) -> Callable[[], CodeStep]:
    return lambda: CodeStep(request, caller, ask.title, purpose=Purpose.AUTHORIZATION)


def _own(caller: Caller, authorization: str) -> Authorization:
    row = get_authorization(caller.scope, number_in(authorization, "authorization"))
    if row.customer_id != caller.account:
        raise NotVisible("authorization")
    return row


def _facts(row: Authorization) -> list[tuple[Words, Words]]:
    works = ", ".join(str(one) for one in told_works(row.allowed))
    return [(_("Partner"), row.partner.called), (_("Authorized for"), works)]


def _ask(row: Authorization, title: str, *, effects: list[Words] | None = None, is_dangerous: bool = False) -> Ask:
    return Ask(
        title=title,
        lead=f"{row.partner.called} · {row.partner.uin}",
        effects=effects or (),
        submit=title,
        back=reverse(LIST),
        back_label=_("Authorizations"),
        is_dangerous=is_dangerous,
    )
