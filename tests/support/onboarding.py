"""People who join: flags, codes that were sent, applicants with what their applications need."""

from __future__ import annotations

import re

from openpartner.core.access.models import User
from openpartner.core.access.signing_in import Door
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, CustomerType, Verification
from openpartner.core.onboarding.applying import Facts, apply
from openpartner.core.onboarding.inviting import invite
from openpartner.core.onboarding.registering import NewAccount, register_account
from openpartner.core.sms.models import OutgoingSms
from openpartner.kit import clock
from tests.support.people import Person, World

CUSTOMER, RESELLER = AccountKind.CUSTOMER, AccountKind.SECOND_LEVEL_RESELLER


def grant(person: Person, *flags: Flag) -> None:
    """Give a partner feature flags that it has not yet."""
    for flag in flags:
        if not FeatureFlag.objects.everything(reason="test").filter(partner=person.account_pk, flag=flag).exists():
            FeatureFlag.objects.create(partner=person.account, flag=flag, granted_by="the test", since=clock.now())


def newest_code() -> str:
    """The six digits of the newest SMS, which no worker has delivered."""
    found = re.search(r"[0-9]{6}", OutgoingSms.objects.everything(reason="test").latest("pk").text)
    assert found
    return found[0]


def plain(email: str, name: str = "Nora New Ltd") -> Account:
    """A verified company that no partner has."""
    new = NewAccount(
        account_name=email,
        legal_name=name,
        email=email,
        country_code="0086",
        mobile=f"188{Account.objects.everything(reason='test').count():04}1234",  # five accounts have one at most
        customer_type=CustomerType.ENTERPRISE,
    )
    account = register_account(new, password=None, by=Door(via="test"))
    Account.objects.everything(reason="test").filter(pk=account.pk).update(verification=Verification.VERIFIED)
    account.refresh_from_db()
    return account


def person_of(account: Account) -> Caller:
    """The administrator of an account."""
    users = User.objects.everything(reason="test").select_related("account")
    return caller_of(users.get(account=account), via="test")


def applicant(
    partner: Person, role: AccountKind = CUSTOMER, *, email: str = "nora@new.example.com", material: str = ""
) -> Account:
    """A new account whose application waits for the partner's answer."""
    _invitation, token = invite(partner.caller, email=email, role=role, material_url=material)
    account = plain(email)
    apply(person_of(account), token, Facts(contact="Nora"))
    return account


# Inside a live server.


def grant_all(world: World, names: list[str]) -> None:
    """Both flags of this API for these people."""
    for name in names:
        grant(world[name], Flag.API_CUSTOMER_CREATION, Flag.API_INVITATIONS)


def code_inside(world: World) -> str:
    """The newest code."""
    assert world
    return newest_code()


def join_inside(world: World, email: str, token: str) -> int:
    """Register with an address and apply with a token; the account's uin."""
    assert world
    account = plain(email, name=f"Firm of {email}")
    apply(person_of(account), token, Facts(contact="Nora"))
    return account.uin
