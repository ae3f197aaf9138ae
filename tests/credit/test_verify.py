"""Rows of allocations against the ledger: sound after every kind of change, and each differing row is named."""

from __future__ import annotations

import pytest

from openpartner.core.credit.models import CreditAllocation
from openpartner.core.credit.verify import faults
from openpartner.core.ledger.models import Transfer
from tests.credit.conftest import Give, Spend


@pytest.mark.parametrize("column", ["micros", "total_after", "available_after"])
def test_a_row_that_says_something_else_is_named(line: Give, pool: Give, give: Give, spend: Spend, column: str) -> None:
    line("dora", "1000")
    line("dora", "-100")
    pool("rita", "300")
    give("carl", "100")
    spend("carl", "70")
    give("carl", "-20")
    pool("rita", "-50")
    line("dora", "5")
    assert list(faults()) == []
    rows = CreditAllocation.objects.everything(reason="test").order_by("pk")
    one = rows[4]  # carl's reclaim: 80 in all, 10 of it available (tencent:E.1)
    assert (one.micros, one.total_after, one.available_after) == (-20_000_000, 80_000_000, 10_000_000)
    rows.filter(pk=one.pk).update(**{column: getattr(one, column) - 1})
    (told,) = faults()
    moved = Transfer.objects.get(cause="credit_allocation", cause_id=one.pk)
    assert told.startswith(f"credit_allocation {one.pk}, of {one.holder.uin} in USD, says a change of ")
    assert str(getattr(one, column) - 1) in told
    end = f"with transfer {moved.pk}, says a change of -20000000, 80000000 in all and 10000000 available"
    assert told.endswith(end)


def test_a_row_without_its_transfer_is_named(line: Give) -> None:
    line("dora", "1000")
    row = CreditAllocation.objects.everything(reason="test").get()
    row.pk, row.key = None, "another"
    row.save(force_insert=True)
    (told,) = faults()
    assert told.startswith(f"credit_allocation {row.pk}, of {row.holder.uin} in USD, ")
    assert told.endswith("no transfer between its accounts names it")
