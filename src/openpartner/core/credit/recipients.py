"""Who is told when the credit of a partner's customers runs low, beside the customers themselves."""

from __future__ import annotations

from collections.abc import Sequence

from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.base.recipients import clean_recipients
from openpartner.core.command import command
from openpartner.core.credit.models import CreditRecipient


@command(Action.CREDIT_RECIPIENTS_SET, permission=Permission.CREDIT_WRITE)
def set_credit_recipients(caller: Caller, *, emails: Sequence[str]) -> list[CreditRecipient]:
    """Say who is told of the credit of the calling partner's customers, instead of those before, and return them."""
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    wanted = clean_recipients(emails)
    lock_account(caller.account)
    CreditRecipient.objects.everything(reason="the caller's own").filter(partner=caller.account).delete()
    record(caller, Action.CREDIT_RECIPIENTS_SET, recipients=len(wanted))
    return CreditRecipient.objects.bulk_create(CreditRecipient(partner_id=caller.account, email=one) for one in wanted)


def recipients(partner: int) -> list[str]:
    """The addresses of a partner that was read within a scope, in the order of the alphabet."""
    rows = CreditRecipient.objects.everything(reason="of a partner that was read within the scope")
    return list(rows.filter(partner=partner).order_by("email").values_list("email", flat=True))
