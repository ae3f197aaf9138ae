"""Account managers: the people of an account to whom customers can be assigned."""

from __future__ import annotations

from collections.abc import Iterable

from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller


def manager_choices(caller: Caller) -> list[tuple[int, str]]:
    """Key and name of every active person of the caller's account, by name."""
    people = User.objects.within(caller.scope).filter(is_active=True).order_by("name")
    return list(people.values_list("pk", "name"))


def manager_names(keys: Iterable[int]) -> dict[int, str]:
    """The names of people whom the caller has seen to look after customers of its own scope."""
    people = User.objects.everything(reason="account managers of customers within the caller's scope")
    return dict(people.filter(pk__in=list(keys)).values_list("pk", "name"))
