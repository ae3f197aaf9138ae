"""A customer's own partner: who it is, whom to turn to, and how to part from it (tencent:A.2, huawei:A3, B20)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.asked import number_in
from openpartner.console.audiences import is_customer
from openpartner.console.form_page import Ask
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.parting.checks import checks_for
from openpartner.console.parting.progress import (
    Fact,
    PartingForm,
    Progress,
    ReasonForm,
    Step,
    confirmed_act,
    plain_act,
    progress_page,
)
from openpartner.console.parting.unbinding import steps_of, waits_for
from openpartner.console.preferences import zone_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.contacts import contacts_of
from openpartner.core.customers.queries import association_history, get_customer
from openpartner.core.parting.migrating import confirm_move, refuse_move
from openpartner.core.parting.models import REASON_MAX, MigrationConsent, UnbindRequest
from openpartner.core.parting.policies import parting_policy_of
from openpartner.core.parting.queries import (
    consents_of,
    get_own_move,
    get_request,
    open_request,
    own_moves,
    own_requests,
)
from openpartner.core.parting.unbinding import agree_to_release, ask_to_leave, refuse_release, withdraw_leave
from openpartner.core.parting.vocabulary import OPEN, ConsentState, RequestState, Side
from openpartner.listings.parting_words import (
    CONSENT_TONES,
    CONSENTS,
    MIGRATION_TONES,
    MIGRATIONS,
    REQUEST_TONES,
    REQUESTS,
)
from openpartner.listings.words import ASSOCIATIONS

ENDS = (
    __("You keep your account, your people and your resources; you are nobody's customer until you join a partner."),
    __("Credit and vouchers that your partner gave you go back to it; a budget it has set ends."),
    __("Your bills of the time before stay here for you to read. What you owe your partner you still owe."),
)
"""What the end of the association does, as the customer reads it."""


class WhyForm(forms.Form):
    """A reason that need not be given."""

    reason = forms.CharField(
        label=__("Reason"), required=False, max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )


@page(
    "my-partner/",
    Permission.CUSTOMER_READ,
    menu=Menu(Group.OWN_PARTNER, __("My partner"), "link"),
    is_for=is_customer,
)
def my_partner(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who the customer's partner is, since when, whom to turn to, and what either side has asked."""
    own = get_customer(caller.scope, account_id=caller.account_id)
    history = association_history(caller.scope, own)
    can_consent = Permission.CONSENT in caller.permissions
    requests, moves = own_requests(caller), own_moves(caller)
    values = {
        "caller": caller,
        "zone": zone_of(request),
        "partner": own.partner.called if own.partner is not None else "",
        "partner_uin": own.partner.uin if own.partner is not None else "",
        "since": own.associated_at,
        "kind": ASSOCIATIONS.get(own.association_kind or 0, ""),
        "contacts": contacts_of(own.partner.pk) if own.partner is not None else [],
        "history": [(one.partner.called, one) for one in history if one.until is not None],
        "requests": [(one, REQUESTS[one.state], REQUEST_TONES[one.state], one.partner.called) for one in requests],
        "moves": [
            (one, MIGRATIONS[one.migration.state], MIGRATION_TONES[one.migration.state], _receiver(one).called)
            for one in moves
        ],
        "asks_request": next((one for one in requests if _is_asked(one)), None),
        "asks_move": next((one for one in moves if one.state == ConsentState.WAITING), None),
        "can_end": can_consent and own.partner is not None,
        "is_waiting": any(one.state == RequestState.REQUESTED for one in requests),
    }
    return render(request, "console/parting/my_partner.html", values)


@page("my-partner/end/", Permission.CONSENT, is_for=is_customer)
def leave_partner(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The pre-check before the customer asks its partner; back to where a request stands that waits for an answer."""
    own, partner = _bound(caller)
    if open_request(own) is not None:
        return HttpResponseRedirect(reverse("my_partner"))
    checks = checks_for(own, partner, Side.CUSTOMER)
    days = parting_policy_of(own).answer_days
    asked = (
        _("Your partner is asked. It answers within %(days)s days, or the request is approved by itself.")
        % {"days": days}
        if days is not None
        else _("Your partner is asked. Nothing ends before it agrees.")
    )
    values = {
        "caller": caller,
        "title": _("End the association"),
        "lead": partner.called,
        "back": (reverse("my_partner"), _("My partner")),
        "checks": checks,
        "is_met": all(check.is_met for check in checks),
        "effects": [asked, *ENDS],
        "next": reverse("ask_to_part"),
    }
    return render(request, "console/parting/checks.html", values)


@page("my-partner/end/ask/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def ask_to_part(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Ask the partner to end the association."""
    _own, partner = _bound(caller)
    form = PartingForm(request.POST or None)
    ask = Ask(
        title=_("Ask your partner to part"),
        lead=partner.called,
        effects=list(ENDS),
        submit=_("Send the request"),
        back=reverse("leave_partner"),
        back_label=_("Pre-check"),
        is_dangerous=True,
    )
    then = (_("Your partner was asked."), reverse("my_partner"))
    return confirmed_act(
        request, caller, form, ask, lambda: ask_to_leave(caller, reason=form.cleaned_data["reason"]), then
    )


@page("my-partner/requests/<str:wish>/", Permission.CUSTOMER_READ, is_for=is_customer)
def own_request(request: HttpRequest, caller: Caller, wish: str) -> HttpResponse:
    """One request to end the association, of either side."""
    row = get_request(caller.scope, number_in(wish, "request"))
    buttons = []
    if row.state == RequestState.REQUESTED and Permission.CONSENT in caller.permissions:
        if row.side == Side.CUSTOMER:
            buttons = [Button(_("Withdraw the request"), reverse("withdraw_own_request", args=[row.pk]), "left")]
        else:
            buttons = [
                Button(_("Refuse"), reverse("refuse_own_request", args=[row.pk]), "close"),
                Button(_("Agree"), reverse("agree_own_request", args=[row.pk]), "check", is_primary=True),
            ]
    facts = [Fact(_("Partner"), row.partner.called)]
    if row.due_at is not None:
        facts.append(Fact(_("Approved by itself on"), at=row.due_at))
    progress = Progress(
        title=_("End of the association"),
        status=(REQUESTS[row.state], REQUEST_TONES[row.state]),
        back=(reverse("my_partner"), _("My partner")),
        facts=facts,
        steps=steps_of(row, Side.CUSTOMER),
        buttons=buttons,
        notice=waits_for(row, Side.CUSTOMER),
    )
    return progress_page(request, caller, progress)


@page("my-partner/requests/<str:wish>/agree/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def agree_own_request(request: HttpRequest, caller: Caller, wish: str) -> HttpResponse:
    """Agree to part, as the partner has asked."""
    row = _waiting_request(caller, wish, Side.PARTNER)
    ask = _ask_about(row, _("Leave your partner"), [*map(str, ENDS)])
    then = (_("The association has ended."), reverse("my_partner"))
    form = forms.Form(request.POST or None)
    return confirmed_act(request, caller, form, ask, lambda: agree_to_release(caller, number=row.pk), then)


@page("my-partner/requests/<str:wish>/refuse/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def refuse_own_request(request: HttpRequest, caller: Caller, wish: str) -> HttpResponse:
    """Stay, although the partner has asked."""
    row = _waiting_request(caller, wish, Side.PARTNER)
    form = ReasonForm(request.POST or None)
    ask = _ask_about(row, _("Refuse the request"), [_("You stay bound to your partner, which is told why.")])
    then = (_("The request was refused."), reverse("my_partner"))
    return plain_act(
        request,
        caller,
        form,
        ask,
        lambda: refuse_release(caller, number=row.pk, reason=form.cleaned_data["reason"]),
        then,
    )


@page("my-partner/requests/<str:wish>/withdraw/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def withdraw_own_request(request: HttpRequest, caller: Caller, wish: str) -> HttpResponse:
    """Take back what the customer has asked."""
    row = _waiting_request(caller, wish, Side.CUSTOMER)
    effects = [_("Everything stays as it is. The request still counts among those of three months.")]
    ask = _ask_about(row, _("Withdraw the request"), effects)
    then = (_("The request was withdrawn."), reverse("my_partner"))
    form = forms.Form(request.POST or None)
    return plain_act(request, caller, form, ask, lambda: withdraw_leave(caller, number=row.pk), then)


@page("my-partner/moves/<str:move>/", Permission.CUSTOMER_READ, is_for=is_customer)
def own_move(request: HttpRequest, caller: Caller, move: str) -> HttpResponse:
    """One migration to another partner: who would receive the customer, and who has agreed."""
    row = get_own_move(caller, number_in(move, "migration"))
    steps = [
        Step(_("The receiving partner asked you"), "calm", row.asked_at, reason=row.migration.message),
        Step(CONSENTS[row.state], CONSENT_TONES[row.state], row.answered_at, row.answered_by, row.reason),
    ]
    theirs = consents_of(row.migration).get(Side.PARTNER)
    if theirs is not None:
        told = f"{_('Your partner')}: {CONSENTS[theirs.state]}"
        steps.append(Step(told, CONSENT_TONES[theirs.state], theirs.answered_at, reason=theirs.reason))
    if row.migration.state not in OPEN:
        state = row.migration.state
        steps.append(Step(MIGRATIONS[state], MIGRATION_TONES[state], row.migration.ended_at))
    buttons = [
        Button(_("Refuse"), reverse("refuse_own_move", args=[row.pk]), "close"),
        Button(_("Agree"), reverse("agree_own_move", args=[row.pk]), "check", is_primary=True),
    ]
    waits = row.state == ConsentState.WAITING and Permission.CONSENT in caller.permissions
    progress = Progress(
        title=_("Move to another partner"),
        status=(MIGRATIONS[row.migration.state], MIGRATION_TONES[row.migration.state]),
        back=(reverse("my_partner"), _("My partner")),
        facts=[
            Fact(_("Receiving partner"), _receiver(row).called),
            Fact(_("Present partner"), row.partner.called),
            Fact(_("Answer by"), at=row.migration.expires_at),
        ],
        steps=steps,
        buttons=buttons if waits else [],
    )
    return progress_page(request, caller, progress)


@page("my-partner/moves/<str:move>/agree/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def agree_own_move(request: HttpRequest, caller: Caller, move: str) -> HttpResponse:
    """Agree to move."""
    row = _waiting_move(caller, move)
    effects = [
        _("Your present partner is asked next, and the provider may have the last word."),
        _("When all agree you move at once: what your present partner gave you goes back to it."),
        _("Your bills of the time before stay here for you to read. What you owe you still owe."),
    ]
    ask = _ask_to_move(row, _("Agree to the move"), effects)
    then = (_("You have agreed; your present partner is asked now."), reverse("own_move", args=[row.pk]))
    form = forms.Form(request.POST or None)
    return confirmed_act(request, caller, form, ask, lambda: confirm_move(caller, number=row.pk), then)


@page("my-partner/moves/<str:move>/refuse/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def refuse_own_move(request: HttpRequest, caller: Caller, move: str) -> HttpResponse:
    """Stay with the present partner."""
    row = _waiting_move(caller, move)
    form = WhyForm(request.POST or None)
    effects = [_("You stay where you are. The partner that asked learns that you refused, and nothing else.")]
    ask = _ask_to_move(row, _("Refuse the move"), effects)
    then = (_("You stay with your partner."), reverse("my_partner"))
    return plain_act(
        request,
        caller,
        form,
        ask,
        lambda: refuse_move(caller, number=row.pk, reason=form.cleaned_data["reason"]),
        then,
    )


def _bound(caller: Caller) -> tuple[Account, Account]:
    own = get_customer(caller.scope, account_id=caller.account_id)
    if own.partner is None:
        raise NotVisible("partner")
    return own, own.partner


def _receiver(row: MigrationConsent) -> Account:
    return row.migration.partner


def _is_asked(row: UnbindRequest) -> bool:
    return row.state == RequestState.REQUESTED and row.side == Side.PARTNER


def _waiting_request(caller: Caller, number: str, side: Side) -> UnbindRequest:
    row = get_request(caller.scope, number_in(number, "request"))
    if row.side != side:
        raise NotVisible("request")
    if row.state != RequestState.REQUESTED:
        raise Conflict("this request was answered or withdrawn already")
    return row


def _waiting_move(caller: Caller, number: str) -> MigrationConsent:
    row = get_own_move(caller, number_in(number, "migration"))
    if row.state != ConsentState.WAITING:
        raise Conflict("this was answered already, or is not asked any more")
    return row


def _ask_about(row: UnbindRequest, title: str, effects: list[str]) -> Ask:
    back = reverse("own_request", args=[row.pk])
    return _ask(title, row.partner.called, effects, back, _("End of the association"))


def _ask_to_move(row: MigrationConsent, title: str, effects: list[str]) -> Ask:
    back = reverse("own_move", args=[row.pk])
    return _ask(title, _receiver(row).called, effects, back, _("Move to another partner"))


def _ask(title: str, lead: str, effects: list[str], back: str, back_label: str) -> Ask:
    return Ask(
        title=title,
        lead=lead,
        effects=effects,
        submit=title,
        back=back,
        back_label=back_label,
        is_dangerous=True,
    )
