"""Who joins on the server of the proofs: flags, a code that is known, and two applications that wait for dora."""

from __future__ import annotations

from unittest import mock

from openpartner.core.access.codes import REMEMBERED, Purpose, make_code
from openpartner.core.accounts.models import Account
from tests.support.onboarding import CUSTOMER, RESELLER, applicant, grant_all
from tests.support.people import World

CODE = 482_915
CUSTOMER_UIN, RESELLER_UIN = 210_000_000_001, 210_000_000_002
NEW = {
    "AccountType": "company",
    "Mail": "nora@new.example.com",
    "Password": "ABCabc1!",
    "ConfirmPassword": "ABCabc1!",
    "CountryCode": "852",
    "PhoneNum": "61234567",
    "Area": "HK",
    "VerifyCode": str(CODE),
    "TradeOne": "kghy_01",
    "TradeTwo": "kghy_0101",
    "CustomerName": "New Ltd",
}
"""What CreateAccount makes an account of, once."""


def build(world: World) -> None:
    """Inside the server."""
    grant_all(world, ["dora", "rita", "sol", "olga"])
    with mock.patch("openpartner.core.access.codes.secrets.randbelow", return_value=CODE):
        make_code(Purpose.REGISTRATION, "+85261234567", about=str(world.dora.account_pk), life=REMEMBERED)
    for uin, role, mail in (
        (CUSTOMER_UIN, CUSTOMER, "customer@new.example.com"),
        (RESELLER_UIN, RESELLER, "reseller@new.example.com"),
    ):
        account = applicant(world.dora, role, email=mail)
        Account.objects.everything(reason="test").filter(pk=account.pk).update(uin=uin)
