"""The caller of a job as of now: who enqueued it, with the rights and the view it has today."""

from __future__ import annotations

from typing import Any

from openpartner.core.access.models import User
from openpartner.core.access.roles import BY_KIND
from openpartner.core.access.scopes import scope_for
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountKind, Site

VIA = "job"


def rebuild(remembered: dict[str, Any]) -> Caller:
    """The caller a job remembers; NotAllowed when the user is disabled or gone, or the account is not theirs."""
    if remembered["user"] is None:
        return _system(remembered)
    user = (
        User.objects.everything(reason="the job names its user")
        .select_related("account")
        .filter(pk=remembered["user"], account=remembered["account"], is_active=True)
        .first()
    )
    if user is None:
        raise NotAllowed("whoever asked for this has been disabled or removed")
    return caller_of(user, via=VIA, request_id=remembered["request_id"], language=remembered["language"])


def _system(remembered: dict[str, Any]) -> Caller:
    """The operator at the command line, who acts for an account without being one of its users."""
    account = Account.objects.everything(reason="the job names its account").get(pk=remembered["account"])
    kind = AccountKind(account.kind)
    return Caller(
        account=account.pk,
        uin=account.uin,
        account_id=account.account_id,
        account_name=account.account_name,
        kind=kind,
        site=Site(account.site),
        user=None,
        user_name="operator",
        permissions=BY_KIND[kind],
        scope=scope_for(account=account.pk, kind=kind),
        via=VIA,
        request_id=remembered["request_id"],
        language=remembered["language"],
    )
