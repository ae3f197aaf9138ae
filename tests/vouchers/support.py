"""What tests of vouchers share: pools filled, vouchers issued, balances read."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.core.vouchers.issuing import Terms, issue_vouchers
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.quotas import change_pool
from openpartner.core.vouchers.using import Line
from openpartner.kit import clock
from openpartner.lake.schema import Charging
from tests.support.people import Person, World

UNIT = 1_000_000


def fill(world: World, units: int = 1000, *, to: str = "dora", by: str = "pia") -> None:
    """Grant to a partner's pool."""
    change_pool(world[by].caller, partner=world[to].account_id, amount=Decimal(units))


def give(
    seller: Person, customer: Person, units: Decimal | int, *, until: datetime | None = None, **terms: object
) -> Voucher:
    """Issue one voucher out of the seller's pool."""
    values = {"valid_until": until or clock.now() + timedelta(days=30), **terms}
    (one,) = issue_vouchers(
        seller.caller,
        customers=[customer.account_id],
        amount=Decimal(units),
        terms=Terms(**values),  # type: ignore[arg-type]
    )
    assert one.voucher is not None, one.error
    return one.voucher


def bill_line(number: int, moment: datetime) -> Line:
    """A bill line that a voucher paid."""
    return Line(
        line_id=number,
        bill_id=f"2026{number:018}",
        order_id=f"order-{number}",
        charging=Charging.PREPAID if number == 1 else Charging.POSTPAID,
        service_code="p_cvm",
        service_name="Cloud Virtual Machine (CVM)",
        product_code="sp_cvm_s5",
        product_name="CVM Standard S5",
        charged_at=moment,
    )


def balance(use: Use, subject: int) -> int:
    """Whole units on the ledger account of a quota or a voucher."""
    rows = LedgerAccount.objects.everything(reason="a test").filter(use=use, subject=subject)
    return sum(one.balance.micros for one in rows) // UNIT


def again(voucher: Voucher) -> Voucher:
    """The row as it is now."""
    return Voucher.objects.everything(reason="a test").get(pk=voucher.pk)
