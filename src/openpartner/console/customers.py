"""The list of customers, unadorned: it proves that scope, filter and page reach the browser."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.base.sqltext import UtcSecond
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit.masks import mask_name
from openpartner.kit.slices import Slice

PAGE_SIZE = 50
PAGES_MAX = 100_000_000
ROWS = CustomerRows("account_name", "legal_name", "uin", "partner__account_name", UtcSecond("associated_at"))


class CustomerForm(forms.Form):
    """The filters of the page; a bad value becomes a message beside its field."""

    account_name = forms.CharField(label="Account name", required=False, max_length=128)
    customer = forms.CharField(label="Customer name", required=False, max_length=200)
    page = forms.IntegerField(required=False, min_value=1, max_value=PAGES_MAX, widget=forms.HiddenInput())


@page("customers/", Permission.CUSTOMER_READ)
def customers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The customers the signed-in person may see, names masked, fifty a page."""
    form = CustomerForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    number = given.get("page") or 1
    where = CustomerFilter(
        account_name_contains=given.get("account_name") or None, legal_name_contains=given.get("customer") or None
    )
    found = ROWS.page(caller.scope, where, Slice.page(number, PAGE_SIZE))
    rows = [(mask_name(account), mask_name(name), *rest) for account, name, *rest in found.items]
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "console/customers.html",
        {
            "form": form,
            "rows": rows,
            "total": found.total,
            "caller": caller,
            "page": number,
            "last_page": max(1, -(-found.total // PAGE_SIZE)),
            "query": query.urlencode(),
        },
    )
