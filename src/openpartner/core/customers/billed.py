"""Customers as a partner's bills know them: also those that have left since, for the time they were the partner's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.base.scope import Scope


@dataclass(frozen=True, slots=True)
class BilledCustomer:
    """A customer that is or was a partner's, and how it is or was bound to it."""

    pk: int
    account_id: str
    kind: AssociationKind
    manager: int | None
    """The account manager of now; None when the customer has left, whose manager is another partner's."""


def billed_customer(scope: Scope, partner: int, *, account_id: str) -> BilledCustomer:
    """A customer of one partner, now or once, as far as a scope shows it; NotVisible otherwise, and when there is none.

    An account manager sees the customers it has now.
    """
    found = Account.objects.everything(reason="the associations within the scope decide").filter(
        account_id=account_id, kind=AccountKind.CUSTOMER
    )
    account = found.only("pk", "account_id", "partner_id", "manager_id", "association_kind").first()
    if account is None:
        raise NotVisible("customer")
    is_current = account.partner_id == partner and Account.objects.within(scope).filter(pk=account.pk).exists()
    if is_current:
        kind = account.association_kind
    elif scope.manager is not None:
        kind = None
    else:
        ended = Association.objects.within(scope).filter(child=account.pk, partner=partner).order_by("since")
        kind = ended.values_list("kind", flat=True).last()
    if kind is None:
        raise NotVisible("customer")
    manager = account.manager_id if is_current else None
    return BilledCustomer(account.pk, account.account_id, AssociationKind(kind), manager)


def account_ids(customers: Collection[int]) -> dict[int, str]:
    """The account ids of customers whose bill lines were read within a scope, by primary key."""
    rows = Account.objects.everything(reason="their lines were read within the scope").filter(pk__in=customers)
    return dict(rows.values_list("pk", "account_id"))
