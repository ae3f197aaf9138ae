"""The caller of a job as of now: who enqueued it, with the rights and the view it has today."""

from __future__ import annotations

from typing import Any

from openpartner.core.access.acting import acting_as
from openpartner.core.access.models import User
from openpartner.core.access.operators import operator
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed

VIA = "job"


def rebuild(remembered: dict[str, Any]) -> Caller:
    """The caller a job remembers; NotAllowed when the user is disabled or gone, or the account is not theirs.

    Somebody who acted on behalf of a customer does so again, if that is still allowed.
    """
    if remembered["user"] is None:
        account = Account.objects.everything(reason="the job names its account").get(pk=remembered["account"])
        return operator(account=account, via=VIA, request_id=remembered["request_id"], language=remembered["language"])
    user = (
        User.objects.everything(reason="the job names its user")
        .select_related("account")
        .filter(pk=remembered["user"], account=remembered["account"], is_active=True)
        .first()
    )
    if user is None:
        raise NotAllowed("whoever asked for this has been disabled or removed")
    own = caller_of(user, via=VIA, request_id=remembered["request_id"], language=remembered["language"])
    if remembered.get("delegation") is None:
        return own
    acting = acting_as(own, remembered["delegation"])
    if acting is None:
        raise NotAllowed("whoever asked for this does not act on behalf of the customer any more")
    return acting
