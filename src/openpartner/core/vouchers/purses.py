"""The ledger accounts of vouchers by what they stand for, and amounts as commands take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import Site
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.ledger.opening import Name, account
from openpartner.core.vouchers.models import Voucher, VoucherQuota
from openpartner.kit.money import MICROS_PER_UNIT, exact_micros

CURRENCIES = {Site.INTL: "USD", Site.EU: "EUR", Site.CN: "CNY"}
AMOUNT_MAX = 1_000_000_000
"""In units: of one quota, voucher or grant."""
KEYS_AT_ONCE = 500


def currency_of(partner: Account) -> str:
    """The currency in which a partner is granted and issues: its site's."""
    return CURRENCIES[Site(partner.site)]


def source(provider: Account, currency: str) -> LedgerAccount:
    """The other side of every quota of a provider, and of what it issues itself."""
    return account(Name(use=Use.QUOTA_SOURCE, holder=provider, giver=provider, currency=currency))


def quota_purse(quota: VoucherQuota) -> LedgerAccount:
    """What may still be issued out of a quota."""
    return account(
        Name(use=Use.QUOTA, holder=quota.partner, giver=quota.giver, currency=quota.currency, subject=quota.pk)
    )


def voucher_purse(voucher: Voucher) -> LedgerAccount:
    """What a voucher still pays."""
    return account(_name(voucher, Use.VOUCHER))


def used_purse(voucher: Voucher) -> LedgerAccount:
    """What a voucher has paid."""
    return account(_name(voucher, Use.VOUCHER_USED))


def _name(voucher: Voucher, use: Use) -> Name:
    holder = voucher.customer if voucher.holder_id == voucher.customer_id else voucher.partner
    assert holder is not None, "whoever holds it is one of the two"
    giver = voucher.partner if holder.pk != voucher.partner_id else voucher.provider
    return Name(use=use, holder=holder, giver=giver, currency=voucher.currency, subject=voucher.pk)


def own_account(caller: Caller) -> Account:
    """The account that acts."""
    return Account.objects.everything(reason="the caller's own").get(pk=caller.account)


def free_micros(use: Use, holders: Mapping[int, int]) -> dict[int, int]:
    """What accounts of one use hold and have not reserved, by subject, given the holder of each subject.

    The subjects were read within a scope. Those that have no account yet are left out.
    """
    found: dict[int, int] = {}
    rows = LedgerAccount.objects.everything(reason="of rows that were read within a scope")
    for chunk in _chunks(sorted(holders)):
        whose = {holders[subject] for subject in chunk}
        for one in rows.filter(holder__in=whose, use=use, subject__in=chunk):
            found[one.subject] = one.free.micros
    return found


def quota_left(quotas: Iterable[VoucherQuota]) -> dict[int, int]:
    """What is left of each quota, in millionths, by key."""
    holders = {one.pk: one.partner_id for one in quotas}
    return dict.fromkeys(holders, 0) | free_micros(Use.QUOTA, holders)


def vouchers_left(vouchers: Iterable[Voucher]) -> dict[int, int]:
    """What each voucher still pays, in millionths, by key."""
    holders = {one.pk: one.holder_id for one in vouchers}
    return dict.fromkeys(holders, 0) | free_micros(Use.VOUCHER, holders)


def _chunks(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))


def positive_micros(field: str, amount: Decimal, *, decimals: int = 6) -> int:
    """Millionths of an amount above zero. Invalid with more decimals, beyond the limit, or when it is no number."""
    micros = signed_micros(field, amount, decimals=decimals)
    if micros <= 0:
        raise Invalid(field, "must be above zero")
    return micros


def signed_micros(field: str, amount: Decimal, *, decimals: int = 6) -> int:
    """Millionths of an amount that may be below zero; Invalid as above."""
    if not amount.is_finite() or abs(amount) > AMOUNT_MAX:
        raise Invalid(field, f"must be an amount up to {AMOUNT_MAX}")
    try:
        micros = exact_micros(amount)
    except ValueError as error:
        raise Invalid(field, f"must have at most {decimals} decimals") from error
    if micros % (MICROS_PER_UNIT // 10**decimals):
        raise Invalid(field, f"must have at most {decimals} decimals")
    return micros
