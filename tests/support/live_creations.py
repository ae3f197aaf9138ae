"""What a test of creating customers asks of a live server's database: codes, crowded numbers, marks, and a worker."""

from __future__ import annotations

import re
from datetime import timedelta

from openpartner.core.access.codes import Purpose, make_code
from openpartner.core.accounts.models import Account
from openpartner.core.eligibility.marks import set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.onboarding.creations import bind_created
from openpartner.core.onboarding.models import Creation
from openpartner.core.onboarding.registering import NewAccount, register_account
from openpartner.core.sms.models import OutgoingSms
from openpartner.kit import clock
from tests.support.people import World

DIGITS = re.compile(r"\b[0-9]{6}\b")


def codes(world: World, who: str, receivers: list[str], *, old: bool = False) -> dict[str, str]:
    """Codes that a partner had sent to these addresses or numbers; `old` ones have run out."""
    with clock.frozen(clock.now() - timedelta(minutes=11 if old else 0)):
        about = str(world[who].account_pk)
        return {one: make_code(Purpose.REGISTRATION, one, about=about) for one in receivers}


def exhaust(world: World, email: str) -> None:
    """Send fifteen codes to an address in the last hour, a minute apart."""
    now = clock.now()
    for minute in range(15):
        with clock.frozen(now - timedelta(minutes=50 - 2 * minute)):
            make_code(Purpose.REGISTRATION, email, about=str(world.dora.account_pk))


def last_code(world: World, receiver: str) -> str:
    """The code in the newest mail or SMS to somebody."""
    rows = (OutgoingMail, OutgoingSms)
    found = [row for table in rows for row in table.objects.everything(reason="test").filter(recipient=receiver)]
    code = DIGITS.search(max(found, key=lambda one: one.pk).text)
    assert code is not None
    return code[0]


def crowd(world: World, country_code: str, mobile: str, accounts: int) -> None:
    """Register so many accounts with one number."""
    for number in range(accounts):
        new = NewAccount(account_name=f"crowd_{mobile}_{number}", country_code=country_code, mobile=mobile)
        register_account(new, password=None, by=world.sol.caller)


def mark(world: World, who: str, mark: str) -> None:
    """Let the provider mark somebody."""
    set_mark(world.pia.caller, account_id=world[who].account_id, mark=Mark(mark))


def bind_all(world: World) -> list[str]:
    """Do what a worker does with created accounts that wait; returns how each ended."""
    waiting = Creation.objects.everything(reason="test").filter(state="waiting").values_list("pk", flat=True)
    return [str(bind_created(key)) for key in list(waiting)]


def standing(world: World, account_id: str) -> dict[str, object]:
    """How an account stands."""
    row = Account.objects.everything(reason="test").select_related("partner").get(account_id=account_id)
    return {
        "partner": row.partner.account_name if row.partner else None,
        "kind": row.association_kind,
        "suspension": row.suspension,
        "region": row.region,
        "external": [row.external_platform, row.external_id],
        "email": row.email,
    }
