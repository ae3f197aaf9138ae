"""Compiled queries: the same rows as the queryset, whatever its text holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from openpartner.core.access.keys import note_used
from openpartner.core.access.models import AccessKey
from openpartner.core.access.signers import find_signer
from openpartner.core.accounts.models import Account
from openpartner.core.base.compiled import Compiled, marks_for
from openpartner.core.base.kinds import AccountKind
from openpartner.kit import clock
from tests.support.people import World


def names_of(partner: int) -> QuerySet[Any, Any]:
    rows = Account.objects.everything(reason="test").filter(partner_id=partner, kind=AccountKind.CUSTOMER)
    return rows.annotate(odd=Concat("account_name", Value("%s 100% ?"))).order_by("id").values_list("odd")


def test_it_gives_what_the_queryset_gives(world: World) -> None:
    compiled = Compiled(names_of, *marks_for([int]))
    for person in (world.dora, world.rita, world.carl):
        assert compiled(person.account_pk) == list(names_of(person.account_pk))
    assert compiled(world.rita.account_pk)[0] == ("carl_account%s 100% ?",)


def test_limit_and_offset_are_given_with_each_call(world: World) -> None:
    compiled = Compiled(names_of, *marks_for([int]), limit=True)
    every = list(names_of(world.dora.account_pk))
    assert len(every) == 3
    for limit, offset in ((1, 0), (2, 1), (100, 0), (1, 3)):
        assert compiled(world.dora.account_pk, limit, offset) == every[offset : offset + limit]


def test_constants_stand_in_the_text(world: World) -> None:
    """Bound, they would hide from SQLite that a partial index holds, and skipped rows would be read."""
    compiled = Compiled(names_of, *marks_for([int]))
    compiled(world.dora.account_pk)
    assert f'"kind" = {AccountKind.CUSTOMER.value}' in compiled._text[connection.vendor].sql


def test_a_query_that_loses_a_value_is_refused(world: World) -> None:
    compiled = Compiled(lambda _partner: names_of(world.dora.account_pk), *marks_for([int]))
    with pytest.raises(AssertionError, match="a mark was lost"):
        compiled(1)


def test_a_keys_last_use_is_read_as_a_time(world: World) -> None:
    """Read as 0 it would be written again by every signed read."""
    signer = find_signer(world.dora.access_key)
    assert signer is not None
    note_used(signer.key, signer.last_used)
    used = find_signer(world.dora.access_key)
    assert used is not None
    assert abs(used.last_used - clock.epoch_seconds()) <= 5
    earlier = clock.now() - timedelta(minutes=5)
    keys = AccessKey.objects.everything(reason="test").filter(pk=used.key)
    keys.update(last_used_at=earlier)
    again = find_signer(world.dora.access_key)
    assert again is not None
    note_used(again.key, again.last_used)
    assert keys.get().last_used_at == earlier  # written at most once in ten minutes
