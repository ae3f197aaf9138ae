"""What the transfers within an enterprise have in common."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.errors import Invalid
from openpartner.core.ledger.models import Use
from openpartner.core.ledger.transfers import NotCovered
from openpartner.huawei.balances.purses import DEBIT_ACCOUNT, is_cash
from openpartner.huawei.base import HuaweiRequest, Instant, Text64, instant

_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,2})?")


class EnterpriseAmount(HuaweiRequest):
    """The body of a transfer or a reclaim. `expire_time` names credit that expires, which nobody has here."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    amount: Annotated[str, BLANK_IS_INVALID]
    trans_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    balance_type: Annotated[Text64, BLANK_IS_ABSENT] = DEBIT_ACCOUNT
    expire_time: Annotated[Instant | None, BLANK_IS_ABSENT] = None


def amount_of(request: EnterpriseAmount) -> Decimal:
    """The amount, which travels as a text here."""
    if not _AMOUNT.fullmatch(request.amount):
        raise Invalid("amount", "must be a number above 0 with at most two decimals")
    return Decimal(request.amount)


def must_be_cash(request: EnterpriseAmount) -> None:
    """NotCovered for a credit account: it is known, and nothing is on it."""
    if request.expire_time is not None:
        instant("expire_time", request.expire_time)
    if not is_cash(request.balance_type):
        raise NotCovered(Use.BALANCE)
