"""Budgets of customers (huawei:B5, huawei:E1): how one stands, setting it for one customer or for several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_partner
from openpartner.console.budget_standing import budget_of
from openpartner.console.bulk import Trial, answer
from openpartner.console.customer import customer_page
from openpartner.console.form_page import Ask, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.money_form import AmountField, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, LISTING, action, page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.commands import Wanted, set_budget, set_budgets
from openpartner.core.budgets.models import BudgetKind, Exhaustion
from openpartner.core.budgets.queries import Standing, records, standings
from openpartner.core.budgets.rights import may_set, must_set, quotas_of, seller_of
from openpartner.core.customers.bulk import RowResult
from openpartner.core.customers.queries import get_customer
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.budgets import BUDGET_KINDS, BUDGET_RECORDS, EXHAUSTIONS, OPERATIONS

SHOWN = 8


class BudgetForm(forms.Form):
    """A budget as it shall be."""

    kind = forms.TypedChoiceField(
        label=__("Budget type"),
        choices=list(BUDGET_KINDS.items()),
        coerce=lambda one: BudgetKind(int(one)),
        initial=BudgetKind.MONTHLY,
        widget=forms.RadioSelect,
    )
    amount = AmountField(label=__("Amount"), help_text=__("At list price, whatever the customer or you pay."))
    exhaustion = forms.TypedChoiceField(
        label=__("When it is used up"),
        choices=list(EXHAUSTIONS.items()),
        coerce=lambda one: Exhaustion(int(one)),
        initial=Exhaustion.MANUAL,
        widget=forms.RadioSelect,
    )
    is_resuming = forms.BooleanField(label=__("Lift a suspension now"), required=False)

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        given = self.cleaned_data
        return Wanted(
            amount=given["amount"],
            kind=given["kind"],
            exhaustion=given["exhaustion"],
            is_resuming=given.get("is_resuming", False),
        )


@page("customers/<str:account_id>/budget/", Permission.CREDIT_READ, methods=LISTING, is_for=is_partner)
def customer_budget(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """How much of its budget a customer has used, and how the budget was changed."""
    caller.must(Permission.CUSTOMER_READ)
    found = get_customer(viewed(caller), account_id=account_id)
    seller = seller_of(caller, _reseller(caller, found))
    values = {
        **budget_of(caller, found),
        "records": records(seller, found, Slice(0, SHOWN), None, None).items,
        "operations": OPERATIONS,
        "kinds": BUDGET_KINDS,
        "exhaustions": EXHAUSTIONS,
        "can_set": _can_set(caller, found),
    }
    return customer_page(request, caller, found, "customer_budget", values)


@page(
    "customers/<str:account_id>/budget/records/",
    Permission.CREDIT_READ,
    methods=LISTING,
    is_for=is_partner,
    is_list=True,
)
def customer_budget_records(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Every setting and deletion of the customer's budget."""
    found = get_customer(viewed(caller), account_id=account_id)
    extras = Extras(
        lead=_lead(found),
        back=(reverse("customer_budget", args=[account_id]), _("Budget")),
        fixed={"holder": account_id},
        empty=_("Every change of the budget appears here, and stays."),
    )
    return list_page(request, BUDGET_RECORDS, caller, extras)


@page("customers/<str:account_id>/budget/set/", Permission.CREDIT_WRITE, methods=FORM, is_for=is_partner)
def set_customer_budget(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set the budget of one customer, after seeing what holds now and what will."""
    found = get_customer(viewed(caller), account_id=account_id)
    if found.partner is None or found.association_kind != AssociationKind.RESALE:
        raise NotVisible("customer")
    reseller = _reseller(caller, found)
    seller = seller_of(caller, reseller)
    must_set(caller, seller)
    held = standings(seller, [account_id]).get(account_id)
    form = BudgetForm(request.POST or None, initial=_initial(held))
    if found.suspension == Suspension.NONE:
        del form.fields["is_resuming"]
    back = reverse("customer_budget", args=[account_id])

    def ordered() -> Standing:
        set_budget(caller, customer=account_id, wanted=form.wanted(), reseller=reseller)
        return standings(seller, [account_id])[account_id]

    def preview() -> Preview:
        then = rehearsed(ordered)
        warnings = []
        if then.used >= then.budget.amount:
            warnings.append(_("The customer has used that much already: the budget is used up at once."))
        if found.suspension != Suspension.NONE and not form.cleaned_data["is_resuming"]:
            warnings.append(_("The customer stays suspended."))
        return Preview(
            figures=_changed(held, then),
            facts=_facts(form, held),
            warnings=warnings,
        )

    def act(_key: str) -> HttpResponse:
        then = ordered()
        told = _("The budget is %(amount)s now; %(left)s of it is left.")
        return done(request, told % {"amount": then.budget.amount, "left": then.left}, back)

    ask = Ask(
        title=_("Set budget"),
        lead=_lead(found),
        effects=_effects(),
        submit=_("Set the budget"),
        back=back,
        back_label=_("Budget"),
    )
    figures = [*_figures(held), *_quotas(caller)]
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act, fields=FIELDS))


@action("customers/budgets/", Permission.CREDIT_WRITE, is_for=may_set)
def set_budget_of_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Set the same budget for several customers; what they had is replaced."""
    seller = seller_of(caller, None)
    form = BudgetForm(request.POST if "confirm" in request.POST else None)

    def act(chosen: Sequence[str]) -> list[RowResult]:
        return [
            RowResult(one.account_id, one.outcome, _(one.why) if one.why else "")
            for one in set_budgets(caller, account_ids=chosen, wanted=form.wanted())
        ]

    def now(chosen: Sequence[str]) -> Mapping[str, Sequence[Figure]]:
        return {one: _figures(held) for one, held in standings(seller, chosen).items()}

    def then(chosen: Sequence[str]) -> tuple[list[RowResult], Mapping[str, Sequence[Figure]]]:
        before = standings(seller, chosen)
        results, after = rehearsed(lambda: (act(chosen), standings(seller, chosen)))
        return results, {one: _changed(before.get(one), held) for one, held in after.items()}

    return answer(request, caller, form, _("Set budget"), act, is_critical=True, trial=Trial(now=now, then=then))


FIELDS = {"budget_amount": "amount", "amount": "amount"}


def _can_set(caller: Caller, customer: Account) -> bool:
    if Permission.CREDIT_WRITE not in caller.permissions or customer.association_kind != AssociationKind.RESALE:
        return False
    try:
        must_set(caller, seller_of(caller, _reseller(caller, customer)))
    except NotAllowed:
        return False
    return True


def _reseller(caller: Caller, customer: Account) -> str | None:
    """The account id of a distributor's reseller whose customer it is; None for one's own."""
    if customer.partner_id == caller.account:
        return None
    if caller.kind is not AccountKind.DISTRIBUTOR or customer.partner is None:
        raise NotVisible("customer")
    return customer.partner.account_id


def _lead(customer: Account) -> str:
    return f"{mask_name(customer.called)} · {customer.uin}"


def _initial(held: Standing | None) -> dict[str, Any]:
    if held is None:
        return {}
    amount = held.budget.amount.amount.normalize()
    return {"kind": held.budget.kind, "exhaustion": held.budget.exhaustion, "amount": f"{Decimal(amount):f}"}


def _facts(form: BudgetForm, held: Standing | None) -> list[tuple[Any, Any]]:
    """What is no amount, with what it was."""
    given = form.cleaned_data

    def told(now: Any, before: Any) -> str:  # noqa: ANN401  # words
        return str(now) if before is None or before == now else f"{before} → {now}"

    facts = [
        (
            _("Budget type"),
            told(BUDGET_KINDS[given["kind"]], BUDGET_KINDS[held.budget.kind] if held is not None else None),
        ),
        (
            _("When it is used up"),
            told(EXHAUSTIONS[given["exhaustion"]], EXHAUSTIONS[held.budget.exhaustion] if held is not None else None),
        ),
    ]
    if given.get("is_resuming"):
        facts.append((_("Suspension"), _("Lifted now")))
    return facts


def _effects() -> list[str]:
    return [
        _("A monthly budget counts the spending of the month and begins anew with the next one, in UTC+8."),
        _("A one-time budget counts everything from now on, and does not begin anew by itself."),
        _("You are told at 75, 90 and 100 % of it. What is used may lag behind."),
    ]


def _figures(held: Standing | None) -> list[Figure]:
    if held is None:
        return []
    return [Figure(_("Budget"), held.budget.amount), Figure(_("Used"), held.used), Figure(_("Left"), held.left)]


def _changed(before: Standing | None, after: Standing) -> list[Figure]:
    """What was, and what will be; nothing was where there was no budget."""
    nothing = Money(after.budget.currency, 0)
    was = (before.budget.amount, before.used, before.left) if before is not None else (nothing, nothing, nothing)
    return [
        Figure(_("Budget"), was[0], after.budget.amount),
        Figure(_("Used"), was[1], after.used),
        Figure(_("Left"), was[2], after.left),
    ]


def _quotas(caller: Caller) -> list[Figure]:
    """What a reseller's distributor lets its budgets add up to."""
    if caller.kind is not AccountKind.SECOND_LEVEL_RESELLER:
        return []
    words = {BudgetKind.MONTHLY: _("Quota of monthly budgets"), BudgetKind.PACKAGE: _("Quota of one-time budgets")}
    return [Figure(words[kind], quota.amount) for kind, quota in sorted(quotas_of(caller.account).items())]
