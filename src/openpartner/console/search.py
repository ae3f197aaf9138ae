"""Finding a customer or a reseller by whatever somebody on the phone says, and a page by its name."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from openpartner.console.navigation import Entry, menu_of
from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.find import find_customers
from openpartner.core.customers.queries import CustomerRows
from openpartner.core.partners.find import find_partners
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import mask_email, mask_mobile, mask_name
from openpartner.listings.declare import Words
from openpartner.listings.words import ACCOUNT_KINDS

FOUND_MAX = 20
SUGGESTED_MAX = 6
TEXT_MAX = 128
SHOWN = ("legal_name", "account_name", "uin", "mobile", "email")
CUSTOMERS = CustomerRows("account_id", *SHOWN)


@dataclass(frozen=True, slots=True)
class Hit:
    """One account that was found, masked, and where its page is."""

    name: str
    uin: int
    account_id: str
    kind: Words
    contact: str
    address: str


@page("search/", Permission.CUSTOMER_READ)
def search(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was found; straight to the page when it is one thing. For the palette, a few lines."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:TEXT_MAX]  # no text in a database has a zero byte
    is_palette = request.headers.get("HX-Target") == "palette-found"
    hits = _hits(caller, text, SUGGESTED_MAX if is_palette else FOUND_MAX) if text else []
    values = {"asked_for": text, "hits": hits}
    if is_palette:
        return render(request, "console/palette_found.html", {**values, "pages": _pages(request, text)})
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].address)
    return render(request, "console/search.html", {"caller": caller, **values})


def _hits(caller: Caller, text: str, limit: int) -> list[Hit]:
    """Partners first, because there are few of them; then customers; of each, the best first."""
    scope = viewed(caller)
    found: list[Hit] = []
    if Permission.PARTNER_READ in caller.permissions:
        for account in find_partners(scope, text, limit):
            word = ACCOUNT_KINDS[account.kind]
            found.append(_hit("reseller", word, account.account_id, *(getattr(account, name) for name in SHOWN)))
    rows = find_customers(CUSTOMERS, scope, text, limit)
    return (found + [_hit("customer", ACCOUNT_KINDS[AccountKind.CUSTOMER], *row) for row in rows])[:limit]


def _hit(page_name: str, kind: Words, account_id: str, *shown: str | int) -> Hit:  # the columns of SHOWN
    legal_name, account_name, uin, mobile, email = shown
    contact = " · ".join(part for part in (mask_mobile(str(mobile)), mask_email(str(email))) if part)
    address = reverse(page_name, args=[account_id])
    return Hit(mask_name(str(legal_name or account_name)), int(uin), account_id, kind, contact, address)


def _pages(request: HttpRequest, text: str) -> list[Entry]:
    """The pages of the menu whose label contains the text."""
    wanted = text.casefold()
    return [entry for section in menu_of(request) for entry in section.entries if wanted in str(entry.label).casefold()]
