"""Building the demo in one transaction: all of it is there, or nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.accounts.models import Account, Association, EnterpriseMember, FeatureFlag, Flag
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.bulk import deferring
from openpartner.core.loading import derive
from openpartner.core.loading.rows import AccountRow, insert_accounts, insert_rows
from openpartner.demo import agreements, bills, budgets, joining, on_behalf, people, plan, sales, verifications
from openpartner.demo.channel import ENDED_COLUMNS, MEMBERSHIP_COLUMNS, Channel
from openpartner.demo.policies import add_policy
from openpartner.kit import clock
from openpartner.kit.files import write_private

FILE = "demo-credentials.json"
BY = "demo"
TABLES = ("account", "association", "association_count", "manager_assignment", "enterprise_member")

Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is (0 when that is not known)."""


def is_empty() -> bool:
    """Whether the database has no account yet."""
    return not Account.objects.everything(reason="a demo is built on nothing").exists()


def build(
    *, customers: int, seed: int, fixed_secrets: bool, tell: Tell, lines: int | None = 0, money: bool = True
) -> dict[str, people.Persona]:
    """Build the channel, write the credentials and return the personas. The database must be empty.

    `lines` is how many bill lines the largest month shall have, about: None for as many as suit the channel.
    Without `money` nobody is given credit, a budget or a voucher.
    """
    assert is_empty()
    source = people.Secrets(seed if fixed_secrets else None)
    channel = Channel(seed=seed, customer_count=customers, first_id=derive.last_key("account") + 1)
    with deferring(TABLES, lambda _: tell("indexes", 0, 0)):
        with clock.frozen(plan.ENDS):
            personas = _load(channel, source, tell)
        user = (
            User.objects.everything(reason="the demo has just made it")
            .select_related("account")
            .get(email=personas["provider"].email)
        )
        caller = caller_of(user, via="cli")
        if lines != 0:
            bills.build(caller, customers=customers, seed=seed, lines=lines, tell=tell, money=money)
            tell("agreements", 0, 0)
            agreements.build(caller)
            tell("authorizations", 0, 0)
            names = {name: one.account_name for name, one in personas.items()}
            on_behalf.build([one for name, one in names.items() if name != "customer"], names["customer"])
            tell("invitations", 0, 0)
            joining.build(seed)
            tell("verifications", 0, 0)
            verifications.build(seed)
            tell("sales", 0, 0)
            sales.give(caller, seed)
        record(caller, Action.DEMO_LOADED, subject=user.account, customers=customers, seed=seed)
        # Before the commit: credentials without a channel are written anew, a channel without them is locked for good.
        write_credentials(personas)
    return personas


def write_credentials(personas: dict[str, people.Persona]) -> None:
    """Write demo-credentials.json, readable by its owner alone."""
    told = {
        "base_url": settings.OPENPARTNER.api_url,
        "personas": {name: asdict(persona) for name, persona in personas.items()},
    }
    write_private(credentials_path(), json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n")


def credentials_path() -> Path:
    """Where the credentials stand: in the data folder."""
    folder: Path = settings.OPENPARTNER.data_path
    return folder / FILE


def _load(channel: Channel, source: people.Secrets, tell: Tell) -> dict[str, people.Persona]:
    total = channel.customer_count
    partners = channel.partners()
    insert_accounts(partners)
    derive.continue_keys("account")
    managers = people.add_staff(partners)
    personas = people.add_administrators(partners, source)
    _grant_flags(partners)
    add_policy(partners[0].id)
    insert_accounts(channel.customers(managers), lambda done: tell("customers", done, total))
    derive.continue_keys("account")
    assert channel.persona is not None
    personas["customer"] = people.add_persona(channel.persona, plan.CUSTOMER_PERSONA[1], source)
    tell("associations", 0, 0)
    above = channel.first_id - 1
    insert_rows(Association, ENDED_COLUMNS, channel.ended)
    derive.begin_associations(above, BY)
    derive.count_associations(above)
    derive.begin_assignments(above, BY)
    insert_rows(EnterpriseMember, MEMBERSHIP_COLUMNS, channel.memberships)
    budgets.record_suspensions(BY)
    return personas


def _grant_flags(partners: list[AccountRow]) -> None:
    by_name = {row.account_name: row for row in partners}
    distributor = by_name[plan.PARTNERS[0].account_name].id
    reseller = by_name[plan.PARTNERS[2].account_name].id
    for partner, flag in (
        (distributor, Flag.INDIRECT_CUSTOMER_VIEW),
        (distributor, Flag.FORCED_SUSPENSION),
        (distributor, Flag.POLICY_PRODUCTS),
        (reseller, Flag.API_CUSTOMER_CREATION),
        (reseller, Flag.POLICY_PRODUCTS),
    ):
        FeatureFlag.objects.create(partner_id=partner, flag=flag, granted_by=BY, since=clock.now())
