"""What became of an authentication, for both generations."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import Verification
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.verification.models import State
from openpartner.core.verification.queries import newest_of


def result_of(caller: Caller, customer: str) -> tuple[int | None, str | None]:
    """The result of a direct customer's newest application, and the opinion on a rejected one.

    Both None when it has never applied. A customer that came authenticated has applied elsewhere.
    """
    found = get_direct_customer(caller, account_id=customer)
    newest = newest_of(found)
    if newest is not None:
        return State(newest.state).value, newest.opinion if newest.state == State.REJECTED else None
    state = Verification(found.verification)
    return (None if state is Verification.NONE else state.value), None
