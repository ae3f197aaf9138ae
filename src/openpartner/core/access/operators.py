"""The operator at the command line: acts for an account without being one of its users."""

from __future__ import annotations

from openpartner.core.access.roles import BY_KIND
from openpartner.core.access.scopes import scope_for
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind, Site

OPERATOR = "operator"


def operator(*, account: Account | None = None, via: str = "cli", request_id: str = "", language: str = "en") -> Caller:
    """The operator acting for an account, the provider unless another is given. NotVisible when there is none."""
    if account is None:
        providers = Account.objects.everything(reason="the operator owns the database").filter(
            kind=AccountKind.PROVIDER
        )
        account = providers.order_by("id").first()
    if account is None:
        raise NotVisible("provider")
    kind = AccountKind(account.kind)
    return Caller(
        account=account.pk,
        uin=account.uin,
        account_id=account.account_id,
        account_name=account.account_name,
        kind=kind,
        site=Site(account.site),
        user=None,
        user_name=OPERATOR,
        permissions=BY_KIND[kind],
        scope=scope_for(account=account.pk, kind=kind),
        via=via,
        request_id=request_id,
        language=language,
    )
