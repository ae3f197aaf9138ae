"""What the commands of sales share: reading what may be changed, writing its history, and checking texts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import Site
from openpartner.core.catalogue.countries import by_iso2
from openpartner.core.sales.models import TEXT_MAX, HistoryEntry, OfPartner, Opportunity, ReportedCustomer, SalesTask
from openpartner.core.sales.vocabulary import Deed
from openpartner.kit import clock
from openpartner.kit.addresses import is_address
from openpartner.kit.money import exact_micros

AMOUNT_MAX = Decimal(10) ** 12
WHY = "it was read within the caller's scope"
CURRENCIES = ("USD", "CNY", "EUR", "GBP", "HKD", "JPY", "SGD", "THB", "MYR", "IDR", "BRL", "AED")
"""In which an expectation may be told. Ours: nothing is charged by it."""

Row = TypeVar("Row", ReportedCustomer, Opportunity, SalesTask)


@dataclass(slots=True)
class Whose:
    """A partner as the subject of an event, which it reads too when others act."""

    pk: int
    uin: int
    provider_id: int | None
    payer_id: int | None
    partner_id: int | None

    @classmethod
    def of(cls, partner: Account) -> Whose:
        """The event belongs to the partner itself, not to whom it is bound to."""
        return cls(partner.pk, partner.uin, partner.provider_id, partner.payer_id, partner.pk)


def own_account(caller: Caller) -> Account:
    """The caller's account; NotVisible unless it sells."""
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    return Account.objects.everything(reason="the caller's own account").get(pk=caller.account)


def own_row(caller: Caller, model: type[Row], key: int, what: str) -> Row:
    """A row of the calling partner, locked; NotVisible when it has none with this key."""
    rows = model.objects.within(caller.scope).filter(partner_id=caller.account, pk=key)
    return locked(rows.first(), what)


def locked(found: Row | None, what: str) -> Row:
    """The row, locked until the transaction ends; NotVisible for nothing."""
    if found is None:
        raise NotVisible(what)
    rows = type(found).objects.everything(reason=WHY).select_for_update(no_key=True, of=("self",))
    return rows.select_related("partner").get(pk=found.pk)


def note(caller: Caller, row: ReportedCustomer | Opportunity | SalesTask, deed: Deed, **said: Any) -> HistoryEntry:
    """Write one entry of a row's history."""
    assert len(str(said.get("text", ""))) <= TEXT_MAX
    name = {ReportedCustomer: "report", Opportunity: "opportunity", SalesTask: "task"}[type(row)]
    return HistoryEntry.objects.create(
        provider_id=row.provider_id,
        payer_id=row.payer_id,
        partner_id=row.partner_id,
        deed=deed,
        at=clock.now(),
        by=caller.user_name,
        account_id=caller.account,
        **{name: row, **said},  # type: ignore[misc]  # one of three columns, and others
    )


def may_move(state: Any, to: Any, moves: dict[Any, frozenset[Any]], else_: Conflict) -> None:  # noqa: ANN401  # one of three vocabularies
    """Raise the conflict unless the table leads from one state to the other."""
    if to not in moves[state]:
        raise else_


def manager_of(caller: Caller, given: int | None) -> int | None:
    """Who looks after something new: the person given, of the caller's own; who sees assigned rows alone, itself."""
    if caller.scope.manager is not None:
        return caller.scope.manager
    if given is None:
        return None
    people = User.objects.within(caller.scope).filter(account_id=caller.account, pk=given, is_active=True)
    if not people.exists():
        raise Invalid("manager", "is none of your people")
    return given


def currency_or_own(caller: Caller, given: str) -> str:
    """A known currency; that of the caller's site when none is given."""
    if not given:
        return "CNY" if caller.site is Site.CN else "USD"
    if given not in CURRENCIES:
        raise Invalid("currency", "is not one of the currencies offered")
    return given


def micros_of(amount: Decimal) -> int:
    """Millionths of an expected amount, nothing or more."""
    if not amount.is_finite() or not 0 <= amount <= AMOUNT_MAX:
        raise Invalid("amount", "must be from 0 to a trillion")
    try:
        return exact_micros(amount)
    except ValueError as error:
        raise Invalid("amount", "has more than six decimals") from error


def needed(field: str, text: str, length_max: int) -> str:
    """A text that says something and fits."""
    text = fitting(field, text, length_max)
    if not text:
        raise Invalid(field, "is needed")
    return text


def fitting(field: str, text: str, length_max: int) -> str:
    """A text that fits, perhaps nothing."""
    text = text.strip()
    if len(text) > length_max:
        raise Invalid(field, f"is longer than {length_max} characters")
    if "\0" in text:
        raise Invalid(field, "holds a character that no text has")
    return text


def email_of(text: str) -> str:
    """An address in one spelling, or nothing."""
    text = text.strip()
    if text and not is_address(text):
        raise Invalid("email", "is no address that mail can be sent to")
    return text.casefold()


def region_of(text: str) -> str:
    """A country's code, or nothing."""
    if text and by_iso2(text) is None:
        raise Invalid("region", "is no country")
    return text


def mobile_of(text: str) -> str:
    """Digits of a telephone number as people write them, or nothing."""
    kept = "".join(text.split()).replace("-", "")
    if kept and not (kept.removeprefix("+").isascii() and kept.removeprefix("+").isdigit() and len(kept) <= 20):
        raise Invalid("mobile", "is no telephone number")
    return kept


def save(row: OfPartner, *names: str) -> None:
    """Save these columns and when it was."""
    row.changed_at = clock.now()
    row.save(update_fields=[*names, "changed_at"])
