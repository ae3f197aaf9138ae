"""Reported customers: the list, one with what is known of it, reporting, and the provider's review (huawei:B12)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
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
    Fact,
    TextForm,
    button,
    carry_out,
    country_field,
    currency_field,
    industry_field,
    item_page,
    manager_field,
    may_write,
    takes_part,
)
from openpartner.core.accounts.models import Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AssociationKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.catalogue.countries import by_iso2
from openpartner.core.partners.queries import has_flag, viewed
from openpartner.core.sales.models import COMPANY_MAX, PERSON_MAX, TEXT_MAX, ReportedCustomer
from openpartner.core.sales.queries import facts, get_report, history, opportunities_of
from openpartner.core.sales.reports import (
    DAYS_MAX,
    NewReport,
    accept_report,
    change_report,
    note_fact,
    refuse_report,
    report_customer,
    withdraw_report,
)
from openpartner.core.sales.vocabulary import LIVE_REPORTS, ReportState
from openpartner.listings.reported_customers import REPORTED_CUSTOMERS
from openpartner.listings.sales_words import INDUSTRIES, PARTS, REPORT_STATES, REPORT_TONES, STAGE_TONES, STAGES
from openpartner.listings.words import ASSOCIATIONS

LINK_MAX = 500


class ReportForm(forms.Form):
    """What is told of a customer that is reported."""

    company = forms.CharField(label=__("Company"), max_length=COMPANY_MAX)
    contact = forms.CharField(label=__("Contact"), max_length=PERSON_MAX, required=False)
    email = forms.CharField(label=__("E-mail"), max_length=254, required=False)
    mobile = forms.CharField(label=__("Mobile"), max_length=32, required=False)
    amount = AmountBox(label=__("Expected spend a month"), required=False)
    note = forms.CharField(
        label=__("What it wants to do"),
        max_length=TEXT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("The provider reads it when it reviews the report."),
    )

    def __init__(self, caller: Caller, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"], self.fields["industry"] = country_field(), industry_field()
        self.fields["currency"] = currency_field(caller)
        kinds = _kinds(caller)
        if len(kinds) > 1:
            self.fields["association_kind"] = forms.TypedChoiceField(
                label=__("Association type"),
                coerce=lambda one: AssociationKind(int(one)),
                choices=[(int(one), ASSOCIATIONS[one]) for one in kinds],
                initial=int(AssociationKind.RESALE),
            )
        people = manager_field(caller)
        if people is not None:
            self.fields["manager"] = people
        self.order_fields(
            ["company", "contact", "email", "mobile", "region", "industry", "amount", "currency", "association_kind"]
        )

    def new_report(self) -> NewReport:
        """What a valid form tells."""
        given = self.cleaned_data
        return NewReport(
            company=given.get("company", ""),
            contact=given["contact"],
            email=given.get("email", ""),
            mobile=given["mobile"],
            region=given["region"],
            industry=given["industry"],
            amount=given["amount"] or Decimal(0),
            currency=given["currency"],
            association_kind=given.get("association_kind", AssociationKind.RESALE),
            note=given["note"],
            manager=given.get("manager"),
        )


class AcceptForm(forms.Form):
    """For how long an accepted report protects."""

    days = forms.IntegerField(label=__("Days of protection"), min_value=1, max_value=DAYS_MAX)
    remark = forms.CharField(
        label=__("Remark"), max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class FactForm(forms.Form):
    """One thing that is known of a company."""

    part = forms.ChoiceField(label=__("Part"), choices=list(PARTS.items()))
    label = forms.CharField(label=__("What"), max_length=PERSON_MAX, help_text=__("Such as: registered capital."))
    text = forms.CharField(label=__("What is known"), max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 3}))
    link = forms.CharField(
        label=__("Source"), max_length=LINK_MAX, required=False, help_text=__("An https address, if there is one.")
    )


@page(
    "reported-customers/",
    Permission.SALES_READ,
    menu=Menu(Group.SALES, __("Reported customers"), "bookmark"),
    methods=LISTING,
    is_for=takes_part,
    is_list=True,
)
def reported_customers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The customers that partners have reported before they have an account."""
    can_report = is_partner(caller) and may_write(caller)
    extras = Extras(
        lead=_("What partners report waits for your review. An accepted report keeps other partners from the customer.")
        if is_provider(caller)
        else _("Report a customer before you invite it, and other partners cannot report it while yours is alive."),
        buttons=[button("report_new_customer", _("Report a customer"), "plus", is_primary=True)] if can_report else [],
        empty=_("Customers appear here when they are reported."),
    )
    return list_page(request, REPORTED_CUSTOMERS, caller, extras)


@page("reported-customers/new/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def report_new_customer(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Report a customer; the answer does not tell who has reported it before."""
    initial = {name: request.GET.get(name, "")[:COMPANY_MAX] for name in ("company", "email")}
    form = ReportForm(caller, request.POST or None, initial=initial)

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        made = report_customer(caller, new=form.new_report())
        return _("The customer was reported. The provider reviews it."), reverse("reported_customer", args=[made.pk])

    ask = Ask(
        title=_("Report a customer"),
        effects=[
            _("From now on no other partner can report the same company, or the same e-mail address."),
            _("The protection lasts %(days)s days, and anew from when the provider accepts the report.")
            % {"days": settings.OPENPARTNER.report_protection_days},
            _("When the customer is bound to you, the report becomes registered by itself."),
        ],
        submit=_("Report"),
        back=reverse("reported_customers"),
        back_label=_("Reported customers"),
    )
    return carry_out(request, caller, form, ask, act)


@page("reported-customers/<str:report>/", Permission.SALES_READ, methods=LISTING, is_for=takes_part)
def reported_customer(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """One report: its protection, what is known of the company, its opportunities and its history."""
    row = _found(caller, report)
    known = facts(row)
    values = {
        "standing": (REPORT_STATES[row.state], REPORT_TONES[row.state]),
        "buttons": _buttons(caller, row) if may_write(caller) else [],
        "facts": _facts(caller, row),
        "parts": [(word, [one for one in known if one.part == part]) for part, word in PARTS.items()],
        "has_known": bool(known),
        "can_note": may_write(caller) and row.partner_id == caller.account,
        "opportunities": opportunities_of(viewed(caller), report=row.pk),
        "stages": STAGES,
        "stage_tones": STAGE_TONES,
    }
    back = ("reported_customers", _("Reported customers"))
    return item_page(request, caller, row, "reported_customer", title="", back=back, steps=history(row), values=values)


@page("reported-customers/<str:report>/edit/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def edit_report(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Change what a report tells, all but whom it protects."""
    row = _own(caller, report)
    known = {name: getattr(row, name) for name in ("contact", "mobile", "region", "industry", "currency", "note")}
    initial = {**known, "amount": row.amount.amount.normalize(), "manager": row.manager_id}
    form = ReportForm(caller, request.POST or None, initial={**initial, "association_kind": row.association_kind})
    for name in ("company", "email"):
        del form.fields[name]

    def act(_given: dict[str, Any]) -> tuple[str, str]:
        change_report(caller, report=row.pk, new=form.new_report())
        return _("The report was changed."), _address(row)

    effects = [_("Company and e-mail address stay: they are what the report protects.")]
    return carry_out(request, caller, form, _ask(row, _("Change the report"), effects, submit=_("Save")), act)


@page("reported-customers/<str:report>/withdraw/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def withdraw_one_report(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Take a report back."""
    row = _own(caller, report)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        withdraw_report(caller, report=row.pk, reason=given["text"])
        return _("The report was withdrawn."), _address(row)

    effects = [_("The protection ends at once: any partner can report the customer.")]
    ask = _ask(row, _("Withdraw the report"), effects, is_dangerous=True)
    return carry_out(request, caller, TextForm(request.POST or None).optional(_("Reason")), ask, act)


@page("reported-customers/<str:report>/accept/", Permission.SALES_WRITE, methods=FORM, is_for=is_provider)
def accept_one_report(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Let a partner have the customer that it has reported, for a time."""
    row = _found(caller, report)
    form = AcceptForm(request.POST or None, initial={"days": settings.OPENPARTNER.report_protection_days})

    def act(given: dict[str, Any]) -> tuple[str, str]:
        accept_report(caller, report=row.pk, days=given["days"], remark=given["remark"])
        return _("The report was accepted."), _address(row)

    effects = [_("Until its end no other partner can report the customer. The partner reads your remark.")]
    return carry_out(request, caller, form, _ask(row, _("Accept the report"), effects), act)


@page("reported-customers/<str:report>/refuse/", Permission.SALES_WRITE, methods=FORM, is_for=is_provider)
def refuse_one_report(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Refuse a report, with a reason."""
    row = _found(caller, report)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        refuse_report(caller, report=row.pk, reason=given["text"])
        return _("The report was refused."), _address(row)

    effects = [_("The protection ends at once: any partner can report the customer, this one too.")]
    form = TextForm(request.POST or None).named(_("Reason"), _("The partner reads it. Name no other partner."))
    return carry_out(request, caller, form, _ask(row, _("Refuse the report"), effects, is_dangerous=True), act)


@page("reported-customers/<str:report>/facts/new/", Permission.SALES_WRITE, methods=FORM, is_for=is_partner)
def note_enterprise_fact(request: HttpRequest, caller: Caller, report: str) -> HttpResponse:
    """Write down what is known of the company (seed 002: enterprise information)."""
    row = _own(caller, report)

    def act(given: dict[str, Any]) -> tuple[str, str]:
        note_fact(caller, report=row.pk, **given)
        return _("It was written down."), _address(row)

    effects = [_("The provider sees it with the report. Addresses are shown, and never opened by this server.")]
    ask = _ask(row, _("Add what is known"), effects, submit=_("Add"))
    return carry_out(request, caller, FactForm(request.POST or None), ask, act)


def _found(caller: Caller, report: str) -> ReportedCustomer:
    return get_report(viewed(caller), number_in(report, "report"))


def _own(caller: Caller, report: str) -> ReportedCustomer:
    row = _found(caller, report)
    if row.partner_id != caller.account:
        raise NotVisible("report")
    return row


def _address(row: ReportedCustomer) -> str:
    return reverse("reported_customer", args=[row.pk])


def _ask(row: ReportedCustomer, title: str, effects: list[str], *, submit: str = "", is_dangerous: bool = False) -> Ask:
    return Ask(
        title=title,
        lead=f"{row.company[:1]}**** · {REPORT_STATES[row.state]}",
        effects=effects,
        submit=submit or title,
        back=_address(row),
        back_label=_("Reported customer"),
        is_dangerous=is_dangerous,
    )


def _kinds(caller: Caller) -> list[AssociationKind]:
    """How the caller may have a customer: by referral only with the flag, as an agency on the China site alone."""
    kinds = [AssociationKind.RESALE]
    if has_flag(caller, Flag.REFERRAL) or caller.site is Site.CN:
        kinds.append(AssociationKind.REFERRAL)
    if caller.site is Site.CN:
        kinds.append(AssociationKind.AGENCY)
    return kinds


def _buttons(caller: Caller, row: ReportedCustomer) -> list[Any]:
    found = []
    is_live, key = row.state in LIVE_REPORTS, row.pk
    if row.partner_id == caller.account:
        if is_live:
            found.append(button("add_reported_opportunity", _("Add an opportunity"), "plus", key, is_primary=True))
        found.append(button("note_enterprise_fact", _("Add what is known"), "info", key))
        if is_live:
            found += [
                button("edit_report", _("Change"), "edit", key),
                button("withdraw_one_report", _("Withdraw"), "trash", key),
            ]
    elif is_provider(caller):
        if row.state == ReportState.REPORTED:
            found += [
                button("accept_one_report", _("Accept"), "check", key, is_primary=True),
                button("refuse_one_report", _("Refuse"), "close", key),
            ]
        if is_live:
            found.append(button("offer_reported_opportunity", _("Offer an opportunity"), "plus", key))
    return found


def _facts(caller: Caller, row: ReportedCustomer) -> list[Fact]:
    country = by_iso2(row.region)
    partner = row.partner.called
    account = reverse("customer", args=[row.account.account_id]) if row.account is not None else ""
    found = [
        Fact(_("Partner"), partner) if row.partner_id != caller.account else None,
        Fact(_("Customer"), str(row.account.uin), address=account) if row.account is not None else None,
        Fact(_("Expected a month"), amount=row.amount),
        Fact(_("Association type"), ASSOCIATIONS[row.association_kind]),
        Fact(_("Country or region"), country.name) if country else None,
        Fact(_("Industry"), INDUSTRIES.get(row.industry[:7], "")) if row.industry else None,
        Fact(_("Account manager"), row.manager.name) if row.manager and is_partner(caller) else None,
        Fact(_("Reported on"), at=row.created_at),
        Fact(_("Protected until"), at=row.protected_until) if row.state in LIVE_REPORTS else None,
        Fact(_("Decided on"), at=row.decided_at) if row.decided_at else None,
        Fact(_("Ended on"), at=row.ended_at) if row.ended_at else None,
        Fact(_("Reason"), row.reason) if row.reason else None,
    ]
    return [one for one in found if one is not None]
