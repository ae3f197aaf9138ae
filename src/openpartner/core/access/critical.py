"""Critical operations confirmed by a mailed code, where an account has switched that on (huawei:B2). Off by default."""

from __future__ import annotations

from openpartner.core.access.codes import LIFE, Purpose, Verdict, make_code, use_code
from openpartner.core.access.models import CodesDemanded
from openpartner.core.access.users import get_user
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock


@command(Action.CODES_SWITCHED, permission=Permission.MEMBER_MANAGE)
def switch_codes(caller: Caller, *, is_on: bool) -> None:
    """Say whether the people of the caller's own account confirm critical operations with a code.

    NotAllowed for a customer, who has no such operations.
    """
    if caller.kind is AccountKind.CUSTOMER:
        raise NotAllowed("a customer has no critical operations")
    rows = CodesDemanded.objects.everything(reason="one's own account").filter(account=caller.account)
    if not is_on:
        rows.delete()
    elif not rows.exists():
        CodesDemanded.objects.create(account_id=caller.account, since=clock.now())
    record(caller, Action.CODES_SWITCHED, on=is_on)


def demands_codes(account: int) -> bool:
    """Whether people of this account confirm critical operations with a code."""
    return CodesDemanded.objects.everything(reason="one's own account").filter(account=account).exists()


@command(Action.CODE_SENT, permission=None)
def mail_code(caller: Caller, *, operation: str, what: str, purpose: Purpose = Purpose.CRITICAL_OPERATION) -> str:
    """Mail the caller a code that confirms one operation; returns the address.

    `operation` is a stable name, `what` the words that the mail calls it by. Raises what `make_code` raises.
    """
    user = get_user(caller.scope, caller.user or 0)
    code = make_code(purpose, user.email, about=operation)
    values = {
        "name": user.name,
        "account": caller.account_name,
        "code": code,
        "what": what,
        "minutes": str(int(LIFE.total_seconds()) // 60),
    }
    post(
        Template.VERIFICATION_CODE,
        values,
        to=user.email,
        language=user.language,
        account=user.account_id,
        user=user.pk,
    )
    record(caller, Action.CODE_SENT, user=user.name, operation=operation)
    return user.email


def confirm_by_code(
    caller: Caller, *, operation: str, code: str, purpose: Purpose = Purpose.CRITICAL_OPERATION
) -> Verdict:
    """Whether this is the code that was mailed to the caller for the operation; it is used up then.

    Wrong ones are counted by what is written here, so it must not be taken back.
    """
    user = get_user(caller.scope, caller.user or 0)
    verdict = use_code(purpose, user.email, code, about=operation)
    if verdict is Verdict.EXHAUSTED:
        record(caller, Action.CODE_REFUSED, user=user.name, operation=operation)
    return verdict
