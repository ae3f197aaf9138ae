"""Issues a voucher in the database of the environment: what the console's form does, for a story's server."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from decimal import Decimal

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.vouchers.issuing import Terms, issue_vouchers
from openpartner.core.vouchers.quotas import change_pool


def main(provider: str, partner: str, partner_account: str, customer: str, units: str, since: str, until: str) -> None:
    """The provider (a user's e-mail) fills the partner's pool; the partner gives the customer one voucher of it."""
    users = User.objects.everything(reason="a story")
    change_pool(
        caller_of(users.get(email=provider), via="cli"), partner=partner_account, amount=Decimal(units), key="pool"
    )
    (one,) = issue_vouchers(
        caller_of(users.get(email=partner), via="cli"),
        customers=[customer],
        amount=Decimal(units),
        terms=Terms(valid_from=datetime.fromisoformat(since), valid_until=datetime.fromisoformat(until)),
        key="voucher",
    )
    assert one.voucher is not None, one.error


if __name__ == "__main__":
    main(*sys.argv[1:])
