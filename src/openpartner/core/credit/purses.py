"""The ledger accounts of credit: their names, and how a command holds them.

Credit flows from the provider's ISSUED to a partner's ALLOCABLE (its line, or a pool out of a distributor's line), and
from there to a customer's AVAILABLE. A charge moves it on to the customer's USED, and a confirmed bill brings it back.
So a customer's total is AVAILABLE and USED together, and what a customer's partner gave it is another's never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.ledger.opening import Name, account
from openpartner.kit.money import Money

WHY = "its holder was read within the caller's scope"
OF_CUSTOMER = (Use.AVAILABLE, Use.USED)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a partner or a customer has of one kind of credit."""

    total: Money
    available: Money
    """Not spent, or not given on; reserved or not (tencent:F.26)."""
    reserved: Money
    """The part of it that reservations hold back."""


def currency_of(partner: Account) -> str:
    """The currency in which a partner's credit is counted."""
    return currency_at(Site(partner.site))


def currency_at(site: Site) -> str:
    """The currency of the partners of a site."""
    return "CNY" if site is Site.CN else "USD"


def issued(provider: Account, currency: str) -> Name:
    """The other side of every line that a provider grants."""
    return Name(use=Use.ISSUED, holder=provider, giver=provider, currency=currency)


def line(partner: Account) -> Name:
    """What a partner may still give: its line from the provider, or its pool from the distributor it is bound to."""
    if partner.partner is None:
        raise NotVisible("partner")
    return Name(use=Use.ALLOCABLE, holder=partner, giver=partner.partner, currency=currency_of(partner))


def available(customer: Account, giver: Account | None = None) -> Name:
    """What a customer may still spend of its present partner's credit, or of another's whom `giver` names."""
    return _of_customer(Use.AVAILABLE, customer, giver)


def used(customer: Account, giver: Account | None = None) -> Name:
    """What a customer has spent and no confirmed bill has brought back."""
    return _of_customer(Use.USED, customer, giver)


def hold(*names: Name) -> list[LedgerAccount]:
    """The accounts of these names, opened where there are none, locked until the transaction ends, in their order."""
    keys = [account(name).pk for name in names]
    rows = (
        LedgerAccount.objects.everything(reason=WHY).select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    )
    found = {one.pk: one for one in rows}
    return [found[key] for key in keys]


def together(accounts: Sequence[LedgerAccount]) -> int:
    """The balances of some accounts of one currency together, in millionths."""
    assert len({one.currency for one in accounts}) <= 1
    return sum(one.credits - one.debits for one in accounts)


def _of_customer(use: Use, customer: Account, giver: Account | None) -> Name:
    assert customer.kind == AccountKind.CUSTOMER
    giver = giver or customer.partner
    if giver is None:
        raise NotVisible("customer")
    return Name(use=use, holder=customer, giver=giver, currency=currency_of(giver))
