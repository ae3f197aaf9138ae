"""What credit does when something below it changes: bills are published, or a customer leaves its partner."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.followers import Published
from openpartner.core.credit import purses
from openpartner.core.credit.allocations import give_back
from openpartner.core.credit.asking import ask_to_reassess
from openpartner.core.credit.standing import close
from openpartner.core.ledger.models import LedgerAccount, Use


def reassess_charged(_caller: Caller, published: Published) -> None:
    """Have the standings of charged customers looked at; it is done by a worker, not within the publication."""
    ask_to_reassess({one.key.customer for one in published.changed})


def close_credit(child: Account, by: str) -> None:
    """Take back what a locked customer or reseller has left when it leaves its partner. Arrears stay as they are."""
    if child.partner is None:
        return
    use = Use.AVAILABLE if child.kind == AccountKind.CUSTOMER else Use.ALLOCABLE
    rows = LedgerAccount.objects.everything(reason=purses.WHY)
    if rows.filter(holder=child, giver=child.partner, use=use).exists():
        give_back(child, child.partner, by=by)
    if child.kind == AccountKind.CUSTOMER:
        close(child, child.partner.pk)
