"""Customer migration: a partner asks for another's customer, the provider reviews it (tencent:A.2)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.asked import number_in
from openpartner.console.audiences import is_no_customer, is_partner, is_provider
from openpartner.console.form_page import Ask
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.parting.progress import (
    Fact,
    Progress,
    ReasonForm,
    Step,
    confirmed_act,
    lead_of,
    plain_act,
    progress_page,
)
from openpartner.console.parting.tabs import TEMPLATE, parts
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.causes import CAUSES
from openpartner.core.parting.migrating import (
    NAMED_MAX,
    approve_migration,
    count_attempt,
    reject_migration,
    start_migration,
    withdraw_migration,
)
from openpartner.core.parting.models import REASON_MAX, Migration
from openpartner.core.parting.queries import causes_in, consents_of, get_migration
from openpartner.core.parting.rules import MIGRATION_DAYS
from openpartner.core.parting.vocabulary import OPEN, ConsentState, MigrationState, Side
from openpartner.listings.declare import Words
from openpartner.listings.parting import MIGRATIONS_HERE
from openpartner.listings.parting_words import CONSENT_TONES, CONSENTS, MIGRATION_TONES, MIGRATIONS


class StartForm(forms.Form):
    """Whom the partner would like to take over."""

    named = forms.CharField(
        label=__("Customer"),
        max_length=NAMED_MAX,
        help_text=__("The UIN or account ID, which the customer tells you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    message = forms.CharField(
        label=__("Message to the customer"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page(
    "migrations/",
    Permission.ASSOCIATION_END,
    menu=Menu(Group.SALES, __("Customer migration"), "import"),
    methods=LISTING,
    is_for=is_no_customer,
    is_list=True,
)
def migrations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Migrations to the caller, or for the provider all of them."""
    start = Button(_("Ask for a customer"), reverse("begin_migration"), "plus", is_primary=True)
    extras = Extras(
        title=_("Customer migration"),
        lead=_("Customers of other partners that you have asked to become yours.")
        if is_partner(caller)
        else _("Customers that move between partners. Those that wait for you are yours to approve."),
        buttons=[start] if is_partner(caller) else [],
        above=TEMPLATE if is_partner(caller) else "",
        empty=_("A migration appears here when a partner asks for a customer of another."),
        values=parts("migrations"),
    )
    return list_page(request, MIGRATIONS_HERE, caller, extras)


@page("migrations/new/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def begin_migration(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Ask a customer of another partner to become one's own."""
    form = StartForm(request.POST or None)
    ask = Ask(
        title=_("Ask for a customer"),
        lead=_("A customer of another partner becomes yours."),
        effects=[
            _("The customer is asked first, its present partner second, and the provider may have the last word."),
            _("It moves at one instant. What it owes stays with its present partner; you allocate credit anew."),
            _("What you ask for ends by itself after %(days)s days.") % {"days": MIGRATION_DAYS},
        ],
        submit=_("Ask the customer"),
        back=reverse("migrations"),
        back_label=_("Customer migration"),
    )

    def act() -> Migration:
        count_attempt(caller)
        data = form.cleaned_data
        try:
            return start_migration(caller, named=data["named"], message=data["message"])
        except NotVisible as error:
            # The same whatever the reason: nobody learns which accounts there are, or how they stand.
            unknown = _("No customer of this number can be moved to you. Ask the customer whether it is right.")
            raise Invalid("named", unknown) from error

    return plain_act(request, caller, form, ask, act, (_("The customer was asked."), reverse("migrations")))


@page("migrations/<str:migration>/", Permission.ASSOCIATION_END, is_for=is_no_customer)
def migration(request: HttpRequest, caller: Caller, migration: str) -> HttpResponse:
    """One migration as its receiver or the provider sees it: who has agreed, and who is asked now."""
    row = get_migration(caller.own(), number_in(migration, "migration"))
    facts = [
        Fact(_("Customer"), row.named, address=_customer_page(caller, row)),
        Fact(_("Open until"), at=row.expires_at),
    ]
    if is_provider(caller):
        facts[:1] = [
            Fact(_("Customer"), lead_of(row.customer), address=_customer_page(caller, row)),
            Fact(_("From the partner"), lead_of(row.association.partner)),
            Fact(_("To the partner"), lead_of(row.partner)),
        ]
    return progress_page(
        request,
        caller,
        Progress(
            title=_("Migration of a customer"),
            status=(MIGRATIONS[row.state], MIGRATION_TONES[row.state]),
            back=(reverse("migrations"), _("Customer migration")),
            facts=facts,
            steps=_steps(row),
            buttons=_buttons(caller, row),
        ),
    )


@page("migrations/<str:migration>/withdraw/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_partner)
def end_migration(request: HttpRequest, caller: Caller, migration: str) -> HttpResponse:
    """Take back what one has asked for."""
    row = get_migration(caller.own(), number_in(migration, "migration"))
    _must_wait(row, OPEN)
    ask = _ask(row, _("Withdraw the migration"), [_("Whoever was asked is told. The customer stays where it is.")])
    then = (_("The migration was withdrawn."), reverse("migration", args=[row.pk]))
    form = forms.Form(request.POST or None)
    return plain_act(request, caller, form, ask, lambda: withdraw_migration(caller, number=row.pk), then)


@page("migrations/<str:migration>/approve/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_provider)
def approve_move(request: HttpRequest, caller: Caller, migration: str) -> HttpResponse:
    """Let a customer move on which everybody else agrees."""
    row = get_migration(caller.own(), number_in(migration, "migration"))
    _must_wait(row, {MigrationState.WAITS_FOR_PROVIDER})
    effects = [
        _("The customer leaves its partner and is bound to the other at once, at one instant."),
        _("Credit and vouchers that are left go back to the partner before; its budget ends."),
        _("Should the receiving partner not be able to take it, the migration fails and nothing has changed."),
    ]
    ask = _ask(row, _("Approve the migration"), effects)
    then = (_("The migration was approved; its state tells what became of it."), reverse("migration", args=[row.pk]))
    form = forms.Form(request.POST or None)
    return confirmed_act(request, caller, form, ask, lambda: approve_migration(caller, number=row.pk), then)


@page("migrations/<str:migration>/reject/", Permission.ASSOCIATION_END, methods=FORM, is_for=is_provider)
def reject_move(request: HttpRequest, caller: Caller, migration: str) -> HttpResponse:
    """Turn a migration down."""
    row = get_migration(caller.own(), number_in(migration, "migration"))
    _must_wait(row, {MigrationState.WAITS_FOR_PROVIDER})
    form = ReasonForm(request.POST or None)
    return plain_act(
        request,
        caller,
        form,
        _ask(row, _("Reject the migration"), [_("The customer stays where it is. The receiving partner reads why.")]),
        lambda: reject_migration(caller, number=row.pk, reason=form.cleaned_data["reason"]),
        (_("The migration was rejected."), reverse("migration", args=[row.pk])),
    )


def _steps(row: Migration) -> list[Step]:
    """Who has said what, the newest last. Reasons of customer and partner are between those two."""
    steps = [Step(_("The receiving partner asked"), "calm", row.started_at, row.started_by, row.message)]
    answers = consents_of(row)
    names: dict[Side, Words] = {Side.CUSTOMER: _("Customer"), Side.PARTNER: _("Present partner")}
    for side, label in names.items():
        answer = answers.get(side)
        if answer is not None and answer.state != ConsentState.VOID:
            told = f"{label}: {CONSENTS[answer.state]}"
            steps.append(Step(told, CONSENT_TONES[answer.state], answer.answered_at))
    if row.approved_at is not None:
        steps.append(Step(_("Provider: approved"), "good", row.approved_at))
    elif row.state == MigrationState.WAITS_FOR_PROVIDER:
        steps.append(Step(_("Provider: waiting for an answer"), "warn"))
    if row.state not in OPEN:
        details = [_(CAUSES[cause].sentence) for cause in causes_in(row.causes)]
        tone = MIGRATION_TONES[row.state]
        steps.append(Step(MIGRATIONS[row.state], tone, row.ended_at, reason=row.end_reason, details=details))
    return steps


def _buttons(caller: Caller, row: Migration) -> list[Button]:
    if is_provider(caller):
        if row.state != MigrationState.WAITS_FOR_PROVIDER:
            return []
        return [
            Button(_("Reject"), reverse("reject_move", args=[row.pk]), "close"),
            Button(_("Approve"), reverse("approve_move", args=[row.pk]), "check", is_primary=True),
        ]
    if row.state not in OPEN:
        return []
    return [Button(_("Withdraw the migration"), reverse("end_migration", args=[row.pk]), "left")]


def _customer_page(caller: Caller, row: Migration) -> str:
    """Where the customer's page is, for those who see it."""
    sees = is_provider(caller) or row.customer.partner_id == caller.account
    return reverse("customer", args=[row.customer.account_id]) if sees else ""


def _must_wait(row: Migration, states: set[MigrationState] | frozenset[MigrationState]) -> None:
    if row.state not in states:
        raise Conflict("this migration has ended, or waits for somebody else")


def _ask(row: Migration, title: str, effects: list[str]) -> Ask:
    return Ask(
        title=title,
        lead=row.named,
        effects=effects,
        submit=title,
        back=reverse("migration", args=[row.pk]),
        back_label=_("Migration of a customer"),
        is_dangerous=True,
    )
