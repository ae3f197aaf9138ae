"""One's own credit: a partner's line or pool with what it gave on, a customer's, and what a provider granted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, page
from openpartner.console.preferences import zone_of
from openpartner.console.reseller_credit import sees_partners_credit
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.purses import currency_of
from openpartner.core.credit.queries import credit_of_partner
from openpartner.core.credit.records import (
    AllocationFilter,
    customer_allocations,
    granted,
    in_arrears_now,
    newest_notices,
    stated_account,
)
from openpartner.core.ledger.balances import statement
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.credit import CREDIT_ALLOCATIONS, CREDIT_STATEMENT, PARTNER_CREDIT
from openpartner.listings.credit_words import KIND_TONES, KINDS, NOTICE_TONES, NOTICES

SHOWN = 8


def sees_whole_credit(caller: Caller) -> bool:
    """Whether the caller sees all credit of its account: people with assigned customers see that of theirs."""
    return caller.scope.manager is None


def _sells(caller: Caller) -> bool:
    return caller.kind is not AccountKind.CUSTOMER and sees_whole_credit(caller)


def _is_partner(caller: Caller) -> bool:
    return caller.kind.is_partner and sees_whole_credit(caller)


@page(
    "credit/",
    Permission.CREDIT_READ,
    menu=Menu(Group.MONEY, __("Credit"), "credit", "m"),
    is_for=sees_whole_credit,
)
def credit(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A partner's credit and who needs attention; a customer's is its own page, a provider's all lines together."""
    if caller.kind is AccountKind.CUSTOMER:
        return HttpResponseRedirect(reverse("customer_credit", args=[caller.account_id]))
    own = Account.objects.everything(reason="the caller's own account").select_related("partner").get(pk=caller.account)
    values = {
        "caller": caller,
        "zone": zone_of(request),
        "records": list(customer_allocations(caller.own(), AllocationFilter()).order_by("-id")[:SHOWN]),
        "notices": [(one, _name(one.customer)) for one in newest_notices(caller.own(), SHOWN)],
        "notice_words": NOTICES,
        "notice_tones": NOTICE_TONES,
        "is_provider": caller.kind is AccountKind.PROVIDER,
        "gives_pools": caller.kind is AccountKind.DISTRIBUTOR,
    }
    if caller.kind is AccountKind.PROVIDER:
        values["granted"] = granted(caller.scope)
    else:
        account = stated_account(caller.scope, own.account_id)
        values |= {
            "credit": credit_of_partner(own),
            "postings": statement(account, Slice(0, SHOWN)).items if account is not None else [],
            "kinds": KINDS,
            "kind_tones": KIND_TONES,
            "short": _short(caller, own),
        }
    return render(request, "console/credit.html", values)


@page("credit/records/", Permission.CREDIT_READ, methods=LISTING, is_for=_sells, is_list=True)
def credit_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every allocation to customers."""
    extras = Extras(
        back=_back(),
        title=_("Allocation records"),
        empty=_("Every change of a customer's credit appears here, and stays."),
    )
    return list_page(request, CREDIT_ALLOCATIONS, caller, extras)


@page("credit/partners/", Permission.CREDIT_READ, methods=LISTING, is_for=sees_partners_credit, is_list=True)
def partner_credit_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """How lines and pools were changed."""
    extras = Extras(back=_back(), empty=_("Every change of a credit line or pool appears here, and stays."))
    return list_page(request, PARTNER_CREDIT, caller, extras)


@page("credit/statement/", Permission.CREDIT_READ, is_for=_is_partner, is_list=True)
def own_credit_statement(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every posting of what the partner may still give."""
    extras = Extras(
        back=_back(),
        lead=_("What came into your credit and what you gave on, with what was left each time."),
        fixed={"holder": caller.account_id},
        empty=_("Nothing has moved yet."),
    )
    return list_page(request, CREDIT_STATEMENT, caller, extras)


def _name(customer: Account) -> str:
    return mask_name(customer.called)


def _back() -> tuple[str, str]:
    return reverse("credit"), _("Credit")


def _short(caller: Caller, own: Account) -> list[tuple[str, str, Money]]:
    """Some direct customers in arrears: masked name, address, amount."""
    return [
        (_name(one), reverse("customer_credit", args=[one.account_id]), Money(currency_of(own), available))
        for one, available in in_arrears_now(caller.own(), SHOWN)
    ]
