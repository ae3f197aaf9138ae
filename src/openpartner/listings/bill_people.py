"""Whose a bill line is: what a page says of its customer and partner, looked up for the lines that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openpartner.core.accounts.models import Account
from openpartner.core.base.scope import Scope

AT_ONCE = 900
CUSTOMER, PARTNER = "customer.", "partner."
"""What the names of these values begin with; the others are columns of the lake."""
KEYS = ("customer_id", "partner_id")


class People:
    """The accounts that lines name, each read once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[int, dict[str, Any]] = {}

    def know(self, keys: Iterable[int]) -> None:
        """Read the accounts of these keys that have not been read."""
        missing = sorted({key for key in keys if key} - self._known.keys())
        rows = Account.objects.everything(reason="the door has decided whose lines are read")
        for start in range(0, len(missing), AT_ONCE):
            some = rows.filter(pk__in=missing[start : start + AT_ONCE]).select_related("manager")
            self._known |= {one.pk: self._facts(one) for one in some}

    @property
    def keys(self) -> list[int]:
        """The accounts that are known."""
        return list(self._known)

    def fact(self, key: int, name: str) -> Any:  # noqa: ANN401  # a name, a number
        """What is known of an account; an empty text for a line whose account nobody has mapped."""
        return self._known.get(key, {}).get(name, "")

    def _facts(self, one: Account) -> dict[str, Any]:
        scope = self._scope
        is_theirs = one.partner_id in {scope.payer, scope.partner}
        within = (
            (scope.provider, one.provider_id),
            (scope.payer, one.payer_id),
            (scope.partner, one.partner_id),
            (scope.customer, one.pk),
            (scope.manager, one.manager_id),
        )
        return {
            "legal_name": one.called,
            "account_name": one.account_name,
            "uin": one.uin,
            "account_id": one.account_id,
            "association_kind": one.association_kind,
            # A partner's people are known to the partner alone.
            "manager": one.manager.name if is_theirs and one.manager is not None else "",
            "manager_id": one.manager_id if is_theirs else None,
            # A customer that has left is named, and its page is another partner's.
            "page": one.account_id if all(mine in {None, own} for mine, own in within) else "",
        }


def split(name: str) -> tuple[str, str] | None:
    """The key column and the fact that a name such as customer.uin asks for; None for a column of the lake."""
    for start, key in ((CUSTOMER, KEYS[0]), (PARTNER, KEYS[1])):
        if name.startswith(start):
            return key, name.removeprefix(start)
    return None
