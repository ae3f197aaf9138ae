"""Opportunities: the list with what is in the pipeline, one with its progress, sharing and offers (huawei:B13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.audiences import is_partner, is_provider
from openpartner.console.form_page import Ask
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.sales_parts import (
    AmountBox,
    DayBox,
    Fact,
    button,
    carry_out,
    currency_field,
    item_page,
    manager_field,
    may_write,
    products_in,
    takes_part,
)
from openpartner.console.voucher_parts import NamesField, ids_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.matching import customers
from openpartner.core.customers.queries import get_customer
from openpartner.core.partners.queries import viewed
from openpartner.core.sales.models import COMPANY_MAX, PRODUCTS_MAX, TEXT_MAX, Opportunity
from openpartner.core.sales.opportunities import (
    NewOpportunity,
    add_opportunity,
    answer_offer,
    change_opportunity,
    close_opportunity,
    move_opportunity,
    offer_opportunity,
    share_opportunity,
)
from openpartner.core.sales.queries import get_opportunity, get_report, history, opportunities_of, pipeline
from openpartner.core.sales.vocabulary import OPEN_STAGES, Origin, Stage
from openpartner.listings.opportunities import OPPORTUNITIES
from openpartner.listings.sales_words import STAGE_TONES, STAGES

TAKE, DECLINE = "take", "decline"
WON, LOST = "won", "lost"
SHOWN = 5


class OpportunityForm(forms.Form):
    """What may be sold; `customer` is asked for unless the page knows whom it is about."""

    customer = NamesField(most=1, label=__("Customer"), help_text=__("The UIN or account ID of one of your customers."))
    name = forms.CharField(label=__("Opportunity"), max_length=COMPANY_MAX, help_text=__("What may be sold, in words."))
    amount = AmountBox(label=__("Amount"), required=False)
    expected_on = DayBox(label=__("Expected to close"), required=False)
    products = forms.CharField(
        label=__("Products"), max_length=PRODUCTS_MAX, required=False, help_text=__("Separated by commas.")
    )
    description = forms.CharField(
        label=__("Description"), max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, caller: Caller, *args: Any, has_customer: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"] = currency_field(caller)
        if has_customer:
            del self.fields["customer"]
        people = manager_field(caller)
        if people is not None:
            self.fields["manager"] = people
        self.order_fields(["customer", "name", "amount", "currency"])

    def share(self) -> OpportunityForm:
        """Ask whether the provider shall see it at once."""
        self.fields["is_shared"] = forms.BooleanField(
            label=_("Share it with the provider"),
            required=False,
            help_text=_("It can be shared later too, and not taken back."),
        )
        return self

    def new_opportunity(self, *, customer: str = "", report: int | None = None) -> NewOpportunity:
        """What a valid form tells about a customer."""
        given = self.cleaned_data
        return NewOpportunity(
            name=given["name"],
            customer=customer,
            report=report,
            amount=given["amount"] or Decimal(0),
            currency=given["currency"],
            expected_on=given["expected_on"],
            products=products_in(given["products"]),
            description=given["description"],
            manager=given.get("manager"),
        )

    def named_customer(self, caller: Caller) -> str:
        """The account id of the customer that was named."""
        (given,) = ids_of(customers(caller.scope), self.cleaned_data["customer"]).values()
        return given


class StageForm(forms.Form):
    """The stage an opportunity has, and what happened."""

    stage = forms.ChoiceField(
        label=__("Stage"), choices=[(one.value, STAGES[one]) for one in OPEN_STAGES], widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=__("Progress"), max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class EndForm(forms.Form):
    """How an opportunity ended, and why."""

    end = forms.ChoiceField(
        label=__("How it ended"), choices=[(WON, STAGES[Stage.WON]), (LOST, STAGES[Stage.LOST])],
        widget=forms.RadioSelect,
    )  # fmt: skip  # two choices in one line
    text = forms.CharField(label=__("Why"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """Whether an offered opportunity is taken."""

    answer = forms.ChoiceField(
        label=__("Answer"),
        choices=[(TAKE, __("Take it")), (DECLINE, __("Decline it"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=__("Reason"),
        max_length=TEXT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("Needed to decline."),
    )


def sales_of(caller: Caller, customer: Account) -> dict[str, Any]:
    """The opportunities of a customer that was read within what the caller views, for its page; empty for others."""
    if Permission.SALES_READ not in caller.permissions:
        return {}
    found = opportunities_of(viewed(caller), customer=customer.pk)
    can_add = customer.partner_id == caller.account and may_write(caller)
    new = f"{reverse('add_opportunity_page')}?customer={customer.uin}" if can_add else ""
    return {"total": len(found), "some": found[:SHOWN], "new": new, "words": STAGES, "tones": STAGE_TONES}


@page(
    "opportunities/",
    Permission.SALES_READ,
    menu=Menu(Group.SALES, __("Opportunities"), "costs"),
    methods=LISTING,
    is_for=takes_part,
    is_list=True,
)
def opportunities(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What may be sold to whom, and how far it has come."""
    can_add = is_partner(caller) and may_write(caller)
    can_offer = is_provider(caller) and may_write(caller)
    extras = Extras(
        lead=_("What you have offered to partners, and what they share with you.")
        if is_provider(caller)
        else _("What you may sell to reported customers and to your own. The provider sees what you share with it."),
        buttons=[
            *([button("add_opportunity_page", _("Add an opportunity"), "plus", is_primary=True)] if can_add else []),
            *(
                [button("offer_opportunity_page", _("Offer an opportunity"), "plus", is_primary=True)]
                if can_offer
                else []
            ),
        ],
        above="console/opportunities_figures.html",
        empty=_("Opportunities appear here when they are added."),
        values={"pipeline": [(STAGES[one.stage], one, _of_stage(one.stage)) for one in pipeline(viewed(caller))]},
    )
    return list_page(request, OPPORTUNITIES, caller, extras)


@page("opportunities/new/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def add_opportunity_page(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Add an opportunity for one of one's own customers."""
    initial = {"customer": request.GET.get("customer", "")[:40]}
    form = OpportunityForm(caller, request.POST or None, initial=initial).share()

    def act(given: dict[str, Any]) -> tuple[str, str]:
        new = form.new_opportunity(customer=form.named_customer(caller))
        made = add_opportunity(caller, new=new, is_shared=given["is_shared"])
        return _("The opportunity was added."), _address(made)

    effects = [_("For a customer that has no account yet, begin at its report.")]
    return carry_out(request, caller, form, _new(_("Add an opportunity"), effects), act)


@page("reported-customers/<str:report>/opportunities/new/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def add_reported_opportunity(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Add an opportunity for a customer that the caller has reported."""
    row = get_report(caller.scope, number_in(report, "report"))
    if row.partner_id != caller.account:
        raise NotVisible("report")
    form = OpportunityForm(caller, request.POST or None, has_customer=True, initial={"currency": row.currency}).share()

    def act(given: dict[str, Any]) -> tuple[str, str]:
        made = add_opportunity(caller, new=form.new_opportunity(report=row.pk), is_shared=given["is_shared"])
        return _("The opportunity was added."), _address(made)

    ask = _new(_("Add an opportunity"), [], lead=f"{row.company[:1]}****")
    return carry_out(request, caller, form, ask, act)


@page("opportunities/offer/", Permission.SALES_WRITE, methods=FORM, is_for=is_provider)
def offer_opportunity_page(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Offer an opportunity to the partner of a customer."""
    form = OpportunityForm(caller, request.POST or None)
    form.fields["customer"].help_text = _("The UIN or account ID. Its partner gets the offer.")

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        account_id = form.named_customer(caller)
        try:
            partner = get_customer(caller.scope, account_id=account_id).partner
        except NotVisible as error:
            raise Invalid("customer", "is no customer of a partner") from error
        if partner is None:
            raise Invalid("customer", "is no customer of a partner")
        made = offer_opportunity(caller, partner=partner.account_id, new=form.new_opportunity(customer=account_id))
        return _("The opportunity was offered."), _address(made)

    effects = [_("The customer's partner takes or declines it, and you follow how it goes on.")]
    return carry_out(request, caller, form, _new(_("Offer an opportunity"), effects), act)


@page("reported-customers/<str:report>/opportunities/offer/", Permission.SALES_WRITE, methods=FORM, is_for=is_provider)
def offer_reported_opportunity(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Offer an opportunity to the partner that has reported a customer."""
    row = get_report(caller.scope, number_in(report, "report"))
    form = OpportunityForm(caller, request.POST or None, has_customer=True, initial={"currency": row.currency})

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        new = form.new_opportunity(report=row.pk)
        made = offer_opportunity(caller, partner=row.partner.account_id, new=new)
        return _("The opportunity was offered."), _address(made)

    effects = [_("The partner that has reported the customer takes or declines it, and you follow how it goes on.")]
    ask = _new(_("Offer an opportunity"), effects, lead=f"{row.company[:1]}****")
    return carry_out(request, caller, form, ask, act)


@page("opportunities/<str:opportunity>/", Permission.SALES_READ, methods=LISTING, is_for=takes_part)
def opportunity(request: HttpRequest, caller: Caller, opportunity: str) -> HttpResponse:
    """One opportunity: whom it is about, its stage and its progress."""
    row = get_opportunity(viewed(caller), number_in(opportunity, "opportunity"))
    is_own = row.partner_id == caller.account
    values = {
        "standing": (STAGES[row.stage], STAGE_TONES[row.stage]),
        "tags": [_("Offered by the provider")] if row.origin == Origin.PROVIDER else [],
        "buttons": _buttons(row) if is_own and may_write(caller) else [],
        "facts": _facts(caller, row),
    }
    back = ("opportunities", _("Opportunities"))
    return item_page(request, caller, row, "opportunity", title=row.name, back=back, steps=history(row), values=values)


@page("opportunities/<str:opportunity>/progress/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def move_opportunity_page(request: HttpRequest, caller: Caller, opportunity: str) -> HttpResponse:
    """Move an opportunity to another stage, or note progress."""
    row = _own(caller, opportunity)
    form = StageForm(request.POST or None, initial={"stage": row.stage})

    def act(given: dict[str, Any]) -> tuple[str, str]:
        move_opportunity(caller, opportunity=row.pk, stage=Stage(given["stage"]), text=given["text"])
        return _("The progress was noted."), _address(row)

    effects = [_("Choose the stage it has reached, or leave it and write what happened.")]
    return carry_out(request, caller, form, _ask(row, _("Note progress"), effects, submit=_("Save")), act)


@page("opportunities/<str:opportunity>/edit/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def edit_opportunity(request: HttpRequest, caller: Caller, opportunity: str) -> HttpResponse:
    """Change what is said about an opportunity."""
    row = _own(caller, opportunity)
    known = {name: getattr(row, name) for name in ("name", "currency", "expected_on", "description")}
    initial = {**known, "amount": row.amount.amount.normalize(), "products": row.products.replace(",", ", ")}
    form = OpportunityForm(
        caller, request.POST or None, has_customer=True, initial={**initial, "manager": row.manager_id}
    )

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        change_opportunity(caller, opportunity=row.pk, new=form.new_opportunity())
        return _("The opportunity was changed."), _address(row)

    return carry_out(request, caller, form, _ask(row, _("Change the opportunity"), [], submit=_("Save")), act)


@page("opportunities/<str:opportunity>/end/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def end_opportunity(request: HttpRequest, caller: Caller, opportunity: str) -> HttpResponse:
    """Say that an opportunity is won or lost."""
    row = _own(caller, opportunity)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        close_opportunity(caller, opportunity=row.pk, is_won=given["end"] == WON, reason=given["text"])
        return _("The opportunity has ended."), _address(row)

    effects = [_("An opportunity that has ended stays as it is; add a new one if the customer comes back.")]
    return carry_out(request, caller, EndForm(request.POST or None), _ask(row, _("Won or lost"), effects), act)


@page("opportunities/<str:opportunity>/share/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def share_one_opportunity(request: HttpRequest, caller: Caller, opportunity: str) -> HttpResponse:
    """Let the provider see an opportunity."""
    row = _own(caller, opportunity)

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        share_opportunity(caller, opportunity=row.pk)
        return _("The provider sees the opportunity now."), _address(row)

    effects = [
        _("The provider sees the opportunity with its whole history, and what you add from now on."),
        _("This cannot be taken back."),
    ]
    ask = _ask(row, _("Share with the provider"), effects, submit=_("Share"))
    return carry_out(request, caller, forms.Form(request.POST or None), ask, act)


@page("opportunities/<str:opportunity>/answer/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def answer_one_offer(request: HttpRequest, caller: Caller, opportunity: str) -> HttpResponse:
    """Take or decline what the provider offers."""
    row = _own(caller, opportunity)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        is_taken = given["answer"] == TAKE
        try:
            answer_offer(caller, opportunity=row.pk, is_taken=is_taken, reason=given["text"])
        except Invalid as error:
            raise Invalid("text", error.why) from error
        return (_("You have taken the opportunity.") if is_taken else _("You have declined it.")), _address(row)

    effects = [_("What you take is yours to follow; the provider sees your progress.")]
    return carry_out(request, caller, AnswerForm(request.POST or None), _ask(row, _("Answer the offer"), effects), act)


def _own(caller: Caller, opportunity: str) -> Opportunity:
    row = get_opportunity(caller.scope, number_in(opportunity, "opportunity"))
    if row.partner_id != caller.account:
        raise NotVisible("opportunity")
    return row


def _of_stage(stage: Stage) -> str:
    return f"{reverse('opportunities')}?stage={stage}"


def _address(row: Opportunity) -> str:
    return reverse("opportunity", args=[row.pk])


def _new(title: str, effects: list[str], *, lead: str = "") -> Ask:
    return Ask(
        title=title,
        lead=lead,
        effects=effects,
        submit=title,
        back=reverse("opportunities"),
        back_label=_("Opportunities"),
    )


def _ask(row: Opportunity, title: str, effects: list[str], *, submit: str = "") -> Ask:
    return Ask(
        title=title,
        lead=f"{row.name} · {STAGES[row.stage]}",
        effects=effects,
        submit=submit or title,
        back=_address(row),
        back_label=_("Opportunity"),
    )


def _buttons(row: Opportunity) -> list[Any]:
    if row.stage == Stage.OFFERED:
        return [button("answer_one_offer", _("Answer the offer"), "check", row.pk, is_primary=True)]
    if row.stage not in OPEN_STAGES:
        return []
    shared = [] if row.shared_at else [button("share_one_opportunity", _("Share with the provider"), "link", row.pk)]
    return [
        button("move_opportunity_page", _("Note progress"), "plus", row.pk, is_primary=True),
        button("end_opportunity", _("Won or lost"), "check", row.pk),
        *shared,
        button("edit_opportunity", _("Change"), "edit", row.pk),
    ]


def _facts(caller: Caller, row: Opportunity) -> list[Fact]:
    partner = row.partner.called
    customer = reverse("customer", args=[row.customer.account_id]) if row.customer else ""
    report = reverse("reported_customer", args=[row.report_id]) if row.report_id else ""
    found = [
        Fact(_("Partner"), partner) if row.partner_id != caller.account else None,
        Fact(_("Account"), str(row.customer.uin), address=customer) if row.customer else None,
        Fact(_("Report"), _("Reported customer"), address=report) if report else None,
        Fact(_("Amount"), amount=row.amount),
        Fact(_("Expected to close"), f"{row.expected_on:%Y-%m-%d}") if row.expected_on else None,
        Fact(_("Products"), tags=row.products.split(",")) if row.products else None,
        Fact(_("Description"), row.description) if row.description else None,
        Fact(_("Account manager"), row.manager.name) if row.manager and is_partner(caller) else None,
        Fact(_("Shared with the provider"), at=row.shared_at) if row.shared_at else None,
        Fact(_("Added on"), at=row.created_at),
        Fact(_("Ended on"), at=row.ended_at) if row.ended_at else None,
        Fact(_("Won or lost because"), row.reason) if row.reason else None,
    ]
    return [one for one in found if one is not None]
