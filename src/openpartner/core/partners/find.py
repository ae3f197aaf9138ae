"""Finding a customer or a partner by whatever somebody has at hand."""

from __future__ import annotations

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from openpartner.core.accounts.models import Account
from openpartner.core.base.scope import Scope
from openpartner.core.partners.queries import partners
from openpartner.kit.folding import fold
from openpartner.kit.ids import UIN_MAX


def find_partners(scope: Scope, text: str, limit: int) -> list[Account]:
    """The partners that a text names: by a whole identifier first, then by the beginning of a name, then by a part.

    The partner whose scope it is is not among them: nobody is its own partner, and its page is not there.
    """
    key, plain = fold(text), text.strip()
    if not key or "\0" in key:  # PostgreSQL has no text with a zero byte, and takes none to compare with
        return []
    exact = Q(account_id=plain.lower()) | (Q(mobile=plain) & ~Q(mobile=""))
    exact |= Q(email__in=(plain, plain.casefold())) & ~Q(email="")
    if plain.isascii() and plain.isdigit() and 0 < int(plain) <= UIN_MAX:
        exact |= Q(uin=int(plain))
    rows = (
        partners(scope)
        .exclude(pk=scope.payer or 0)
        .filter(exact | Q(GreaterThan(StrIndex(F("search_key"), Value(key)), 0)))
    )
    return list(_best_first(rows, exact, key)[:limit])


def _best_first(rows: QuerySet[Account], exact: Q, key: str) -> QuerySet[Account]:
    by_identifier, by_beginning = When(exact, then=Value(0)), When(search_key__startswith=key, then=Value(1))
    place = Case(by_identifier, by_beginning, default=Value(2), output_field=IntegerField())
    return rows.annotate(place=place).order_by("place", "account_name_folded", "pk")
