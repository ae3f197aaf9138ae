"""Pay modes and transaction types: between what a bill line says and the vendor's codes, whole in both directions.

Every line has exactly one pay mode and one transaction type, also a line of another cloud, so that sums over either
are sums over everything. The names stand in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from openpartner.core.base.scope import Scope
from openpartner.core.billing.charge_names import CODES
from openpartner.core.billing.charge_names import billing_mode as billing_mode_of
from openpartner.core.billing.charge_names import transaction_type as transaction_type_of
from openpartner.core.billing.queries import BillFilter, Dimension, sums
from openpartner.lake.schema import Charging

PRE_PAY, POST_PAY = "prePay", "postPay"
PAY_MODE_OF = {
    Charging.PREPAID: PRE_PAY,
    Charging.POSTPAID: POST_PAY,
    # vendor doc silent: the codes are two, while bills name a third mode, Standard RI, and savings plans besides. What
    # is bought in advance is prepaid; what is charged by the hour is not.
    Charging.RESERVED: PRE_PAY,
    Charging.SAVINGS_PLAN: POST_PAY,
    Charging.OTHER: POST_PAY,
}
CHARGING_OF = {mode: tuple(one for one in Charging if PAY_MODE_OF[one] == mode) for mode in (PRE_PAY, POST_PAY)}
NAMES = {code: transaction_type_of(None, code).name("en") for code in CODES}
"""The English name of each of the 25 codes (tencent:E.6, tencent:F.11)."""
PAY_MODE_NAMES = {mode: billing_mode_of(CHARGING_OF[mode][0]).name("en") for mode in CHARGING_OF}


@lru_cache(maxsize=4096)
def pay_mode(charging: str | None) -> str:
    """The code of a line's pay mode."""
    return PAY_MODE_OF[Charging(charging or Charging.OTHER)]


@lru_cache(maxsize=4096)
def billing_mode(charging: str | None) -> str:
    """The name on bills of a line's pay mode; a reserved instance has one of its own (tencent:E.6)."""
    return billing_mode_of(charging).name("en")


@lru_cache(maxsize=4096)
def transaction_type(action: str | None, action_code: str | None) -> str:
    """The code of a line's transaction type."""
    return transaction_type_of(action, action_code).code


def of_pay_modes(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The condition on lines that their pay mode is one of these; unknown codes match nothing."""
    kinds = [charging.value for code in codes for charging in CHARGING_OF.get(code, ())]
    return {"charging": (*kinds, "") if Charging.OTHER.value in kinds else tuple(kinds)}


def of_transaction_types(scope: Scope, where: BillFilter, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The condition on lines that their transaction type is one of these; unknown codes match nothing.

    Which codes lines of other clouds have is read from the month's summary.
    """
    wanted = set(codes)
    found = sums(scope, where, (Dimension.ACTION, Dimension.ACTION_CODE), ())
    matching = [(action, code) for action, code, _lines in found if transaction_type(action, code) in wanted]
    # Two conditions instead of one on pairs: lines that have one of these codes and one of these kinds are of one of
    # these types too, because a code without a type of its own takes that of the kind.
    return {
        "action": tuple({action or "" for action, _ in matching}),
        "action_code": tuple({code or "" for _, code in matching}),
    }
