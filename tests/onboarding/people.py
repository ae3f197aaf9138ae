"""Whoever is not bound to anybody yet: accounts, their callers, and invitations for them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from openpartner.core.access.models import User
from openpartner.core.access.signing_in import Door
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, CustomerType, Verification
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.onboarding.applying import Facts, apply
from openpartner.core.onboarding.inviting import invite
from openpartner.core.onboarding.models import Application, Invitation
from openpartner.core.onboarding.registering import NewAccount, register_account
from tests.support.people import Person

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOOR = Door(via="test")
RESELLER = AccountKind.SECOND_LEVEL_RESELLER
_names = count()


def plain(name: str = "", **facts: Any) -> Account:
    """An account that registers by itself, without a password: hashing one is slow on purpose."""
    name = name or f"plain{next(_names)}"
    new = NewAccount(account_name=name, **{"email": f"{name}@example.com", "legal_name": name.title(), **facts})
    return register_account(new, password=None, by=DOOR)


def company(name: str = "") -> Account:
    """A company whose verification was passed."""
    account = plain(name, customer_type=CustomerType.ENTERPRISE)
    account.verification = Verification.VERIFIED
    account.save(update_fields=["verification"])
    return account


def caller(account: Account) -> Caller:
    """What its administrator is when signed in."""
    user = User.objects.everything(reason="test").select_related("account").get(account=account)
    return caller_of(user, via="test")


def invited(by: Person, account: Account | None = None, **values: Any) -> tuple[Invitation, str]:
    """An invitation for an account's address, or an open link."""
    return invite(by.caller, email=account.email if account is not None else "", **values)


def applied(by: Person, account: Account, token: str) -> Application:
    """The account's application with a link that was made before it registered."""
    del by
    return apply(caller(account), token, Facts())


def joining(by: Person, name: str = "", role: AccountKind = AccountKind.CUSTOMER, **facts: Any) -> Account:
    """An account that was invited, has registered and applied."""
    name = name or f"plain{next(_names)}"
    _, token = invite(by.caller, email=f"{name}@example.com", role=role)
    account = plain(name, **facts)
    apply(caller(account), token, Facts())
    return account


def cause_of(error: BaseException) -> Cause:
    """Why it was refused."""
    assert isinstance(error, Barred), error
    return error.cause
