"""What is done to one customer: its account manager, tags, remark and view of bills."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.page import FORM, page
from openpartner.core.access.managers import manager_choices
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import (
    LABELS_MAX,
    REMARK_MAX,
    assign_manager,
    change_remark,
    set_bill_view,
    set_labels,
)
from openpartner.core.customers.queries import get_direct_customer
from openpartner.kit.masks import mask_name

NOBODY = 0


class ManagerForm(forms.Form):
    """Who takes care of the customer."""

    manager = forms.TypedChoiceField(label=__("Account manager"), coerce=lambda key: int(key) or None)

    def choose_from(self, people: list[tuple[int, str]]) -> ManagerForm:
        """Offer these people, and nobody; nothing is chosen beforehand, so that nobody is chosen by mistake."""
        choices = [("", _("Choose …")), *people, (NOBODY, _("Nobody"))]
        self.fields["manager"].choices = choices  # type: ignore[attr-defined]  # a choice field
        return self


class TagsForm(forms.Form):
    """Tags as one text."""

    labels = forms.CharField(
        label=__("Tags"),
        required=False,
        max_length=LABELS_MAX,
        help_text=__("Separate them by commas; 64 characters in all, because Huawei Cloud's API carries one text."),
    )


class RemarkForm(forms.Form):
    """The partner's own note."""

    remark = forms.CharField(
        label=__("Remark"), required=False, max_length=REMARK_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )


class BillViewForm(forms.Form):
    """Whether the customer sees its bills."""

    is_visible = forms.BooleanField(label=__("The customer sees its own bills"), required=False)


@page("customers/<str:account_id>/manager/", Permission.CUSTOMER_ASSIGN, methods=FORM)
def assign_customer_manager(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Assign the customer to one of the caller's people, or to nobody."""
    customer = get_direct_customer(caller, account_id=account_id)
    form = ManagerForm(request.POST or None, initial={"manager": customer.manager_id})
    form.choose_from(manager_choices(caller))
    if request.method == "POST" and form.is_valid():
        assign_manager(caller, account_id=account_id, manager_id=form.cleaned_data["manager"])
        return done(request, _("The account manager was changed."), _address(customer))
    effects = [
        _("The former account manager stays in the customer's history."),
        _("Somebody who is an account manager and nothing else sees only the customers assigned to them."),
    ]
    return _form(request, caller, customer, form, _("Assign account manager"), effects)


@page("customers/<str:account_id>/tags/", Permission.CUSTOMER_WRITE, methods=FORM)
def edit_customer_tags(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set the tags, which the partner alone sees and both vendors' APIs carry."""
    customer = get_direct_customer(caller, account_id=account_id)
    form = TagsForm(request.POST or None, initial={"labels": customer.labels.replace(",", ", ")})
    if request.method == "POST" and form.is_valid():
        try:
            set_labels(caller, account_id=account_id, labels=form.cleaned_data["labels"].split(","))
            return done(request, _("The tags were changed."), _address(customer))
        except Invalid as error:
            add_refusal(form, error)
    return _form(request, caller, customer, form, _("Edit tags"))


@page("customers/<str:account_id>/remark/", Permission.CUSTOMER_WRITE, methods=FORM)
def edit_customer_remark(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set the remark."""
    customer = get_direct_customer(caller, account_id=account_id)
    form = RemarkForm(request.POST or None, initial={"remark": customer.remark})
    if request.method == "POST" and form.is_valid():
        change_remark(caller, uin=customer.uin, remark=form.cleaned_data["remark"])
        return done(request, _("The remark was changed."), _address(customer))
    return _form(request, caller, customer, form, _("Edit remark"))


@page("customers/<str:account_id>/bill-view/", Permission.CUSTOMER_WRITE, methods=FORM)
def edit_bill_view(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Open or close the customer's view of its bills (huawei:B20, customer bill settings)."""
    customer = get_direct_customer(caller, account_id=account_id)
    form = BillViewForm(request.POST or None, initial={"is_visible": customer.bills_visible})
    if request.method == "POST" and form.is_valid():
        set_bill_view(caller, account_id=account_id, visible=form.cleaned_data["is_visible"])
        return done(request, _("The customer's view of its bills was changed."), _address(customer))
    effects = [_("The customer goes on to be billed as before; only what it can look at changes.")]
    return _form(request, caller, customer, form, _("View of bills"), effects)


def _address(customer: Account) -> str:
    return reverse("customer", args=[customer.account_id])


def _form(
    request: HttpRequest,
    caller: Caller,
    customer: Account,
    form: forms.Form,
    title: str,
    effects: list[str] | None = None,
) -> HttpResponse:
    name = mask_name(customer.called)
    ask = Ask(
        title=title,
        lead=f"{name} · {customer.uin}",
        effects=effects or (),
        submit=_("Save"),
        back=_address(customer),
        back_label=_("Customer"),
    )
    return form_page(request, caller, form, ask)
