"""One posting of credit, opened to its cause: the bill month, the allocation or the confirmation behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.console.detail_page import detail_page
from openpartner.console.page import page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import month_text
from openpartner.core.credit.models import BillConfirmation, CreditAllocation
from openpartner.core.credit.records import get_posting
from openpartner.core.ledger.models import LedgerAccount, Transfer
from openpartner.core.partners.queries import viewed
from openpartner.core.settlement.models import Charge
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.listings.credit_words import GIVEN, KIND_TONES, KINDS, USES
from openpartner.listings.declare import Words

NUMBER_LENGTH_MAX = 18
Fact = tuple[Words, Words]
WHY = "the cause of a posting that the scope shows"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two accounts of a posting: whose, of what, and what the posting did to it."""

    name: str
    use: Words
    change: Money
    after: Money
    address: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What brought a posting about: what it is called, its facts, and the page that shows more."""

    title: Words
    facts: list[Fact]
    address: str = ""


@page("postings/<str:number>/", Permission.CREDIT_READ)
def posting(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """What moved, between which accounts, and why."""
    if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH_MAX):
        raise NotVisible("posting")
    transfer, accounts = get_posting(viewed(caller), caller.scope, int(number))
    sides = [_side(caller, transfer, one) for one in accounts]
    values = {
        "transfer": transfer,
        "kind": (KINDS.get(transfer.kind, ""), KIND_TONES.get(transfer.kind, "calm")),
        "sides": sides,
        "cause": _cause(caller, transfer),
        "reverses": transfer.reverses_id,
    }
    title = _("Posting %(number)s") % {"number": transfer.pk}
    return detail_page(request, caller, "posting", title=title, back=("credit", _("Credit")), values=values)


def _side(caller: Caller, transfer: Transfer, account: LedgerAccount) -> Side:
    goes = transfer.debit_id == account.pk
    holder = Account.objects.everything(reason="the holder of a ledger account in the scope").get(pk=account.holder_id)
    is_own = holder.pk == caller.account
    name = holder.called
    return Side(
        name if is_own else mask_name(name),
        USES.get(account.use, ""),
        Money(account.currency, -transfer.micros if goes else transfer.micros),
        Money(account.currency, transfer.debit_after if goes else transfer.credit_after),
        _address(caller, holder),
    )


def _address(caller: Caller, holder: Account) -> str:
    """The credit of whoever holds the account."""
    if holder.pk == caller.account:
        return reverse("credit")
    name = "customer_credit" if holder.kind == AccountKind.CUSTOMER else "reseller_credit"
    return reverse(name, args=[holder.account_id])


def _cause(caller: Caller, transfer: Transfer) -> Cause | None:
    find = _CAUSES.get(transfer.cause)
    return find(caller, transfer.cause_id) if find is not None and transfer.cause_id is not None else None


def _allocation(caller: Caller, key: int) -> Cause | None:
    row = CreditAllocation.objects.everything(reason=WHY).filter(pk=key).first()
    if row is None:
        return None
    facts: list[Fact] = [(_("What"), GIVEN[row.given])]
    if caller.kind is not AccountKind.CUSTOMER:
        facts += [(_("By"), row.operator), (_("Remark"), row.remark or "—")]
    return Cause(_("Allocation"), facts)


def _charge(caller: Caller, key: int) -> Cause | None:
    row = Charge.objects.everything(reason=WHY).filter(pk=key).select_related("month", "version").first()
    if row is None:
        return None
    text = month_text(row.month.month)
    facts: list[Fact] = [(_("Bill month"), text), (_("Cloud"), row.month.cloud), (_("Version"), str(row.version_id))]
    if row.reverses_id is not None:
        facts.append((_("Why"), _("The month was published again: what was charged is taken back and charged anew.")))
    is_open = Permission.BILL_READ in caller.permissions and caller.scope.manager is None
    return Cause(_("Bill"), facts, reverse("bill", args=[text]) if is_open else "")


def _confirmation(caller: Caller, key: int) -> Cause | None:
    row = BillConfirmation.objects.everything(reason=WHY).filter(pk=key).first()
    if row is None:
        return None
    facts: list[Fact] = [(_("Bill month"), month_text(row.month))]
    if caller.kind is not AccountKind.CUSTOMER:
        facts += [(_("By"), row.operator), (_("Remark"), row.remark or "—")]
    return Cause(_("Bill confirmation"), facts)


_CAUSES: dict[str, Callable[[Caller, int], Cause | None]] = {
    CreditAllocation._meta.db_table: _allocation,
    Charge._meta.db_table: _charge,
    BillConfirmation._meta.db_table: _confirmation,
}
"""By the table that a posting names as its cause."""
