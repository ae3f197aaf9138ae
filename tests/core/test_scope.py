"""Tenancy is closed by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.scope import Scope
from openpartner.core.base.scoped import UnscopedQuery
from openpartner.core.customers.queries import count_customers
from tests.support.people import Person, World


@pytest.mark.parametrize(
    "read",
    [
        lambda: list(Account.objects.all()),
        lambda: Account.objects.filter(uin=1),
        lambda: Account.objects.get(uin=1),
        Account.objects.count,
        Account.objects.exists,
        lambda: list(Account.objects.iterator()),
        lambda: Account.objects.values("uin"),
        lambda: Account.objects.update(remark=""),
        lambda: Account.objects.all().delete(),
        Account.objects.first,
        Account.objects.aggregate,
    ],
)
def test_every_unscoped_read_is_refused(world: World, read: Callable[[], Any]) -> None:
    with pytest.raises(UnscopedQuery):
        read()


def test_a_scope_names_at_least_one_tenant() -> None:
    with pytest.raises(AssertionError):
        Scope()


def test_scopes_only_narrow(rita: Person, dora: Person, carl: Person) -> None:
    assert rita.caller.scope.narrowed_to_partner(rita.account_pk) == Scope(partner=rita.account_pk)
    with pytest.raises(NotAllowed):
        rita.caller.scope.narrowed_to_partner(dora.account_pk)
    with pytest.raises(NotAllowed):
        carl.caller.scope.narrowed_to_partner(rita.account_pk)


@pytest.mark.parametrize(
    ("who", "visible"),
    [("pia", 9), ("dora", 5), ("rita", 2), ("sol", 1), ("olga", 2), ("carl", 1), ("otto", 1)],
)
def test_each_sees_its_own(world: World, who: str, visible: int) -> None:
    assert count_customers(world[who].caller.scope) == visible
