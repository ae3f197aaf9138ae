"""What the applications for authentication say that the campaigns start from."""

from __future__ import annotations

from typing import Any

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import CustomerType, Verification
from openpartner.core.verification.models import VerificationSubmission
from tests.support.people import Person, World

FILES = ["https://files.example.com/front.jpg", "https://files.example.com/back.jpg"]


def person(who: Person) -> dict[str, Any]:
    """A passport."""
    return {
        "customer_id": who.account_id,
        "identify_type": 0,
        "verified_type": 3,
        "verified_file_url": FILES,
        "name": "Somebody",
        "verified_number": "G1234567",
        "xaccount_type": "p",
    }


def company(who: Person) -> dict[str, Any]:
    """A licence, with a legal person."""
    return {
        "customer_id": who.account_id,
        "identify_type": 1,
        "certificate_type": 0,
        "verified_file_url": [*FILES, *FILES],
        "corp_name": "Some Company",
        "verified_number": "HRB 1",
        "xaccount_type": "p",
        "enterprise_person": {"legel_name": "Lena", "legel_id_number": "L1"},
    }


def old(asked: dict[str, Any]) -> dict[str, Any]:
    """The same as v1.0 spells it."""
    return {_camel(name): old(value) if isinstance(value, dict) else value for name, value in asked.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join("URL" if part == "url" else part.title() for part in rest)


def anew(world: World, *, is_change: bool) -> None:
    """Inside the server: nobody was submitted yet; for a change of a person to a company all are verified persons."""
    customers = [world[name].account_pk for name in ("cora", "cyro", "chen", "cato")]
    VerificationSubmission.objects.everything(reason="test").filter(customer__in=customers).delete()
    rows = Account.objects.everything(reason="test").filter(pk__in=customers)
    if is_change:
        rows.update(verification=Verification.VERIFIED, customer_type=CustomerType.PERSON)
    else:
        rows.update(verification=Verification.NONE)


def verified(world: World) -> None:
    """Inside the server: the enterprise that authorizes its projects is verified, whatever was tried before."""
    rows = Account.objects.everything(reason="test").filter(pk=world.chen.account_pk)
    rows.update(verification=Verification.VERIFIED, customer_type=CustomerType.ENTERPRISE)
