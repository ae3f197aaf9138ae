"""Whose an event is that speaks of an account no partner has bound, but that has to do with one."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.accounts.models import Account


@dataclass(slots=True)
class Seen:
    """An account as the subject of an event that the people of a partner read, and its own."""

    pk: int
    uin: int
    provider_id: int | None
    payer_id: int | None
    partner_id: int | None

    @classmethod
    def by(cls, partner: Account, account: Account) -> Seen:
        """The account as this partner's people see it."""
        return cls(account.pk, account.uin, partner.provider_id, partner.payer_id, partner.pk)
