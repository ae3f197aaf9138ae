"""The permission matrix: every operation, command and page against every person and every preset role."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

import openpartner.core
from openpartner.apikit.operation import Operation
from openpartner.core.access.models import Role
from openpartner.core.access.roles import BY_KIND, PRESETS, Preset, joined
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import COMMANDS
from openpartner.project.reference.whole import REGISTRIES, commands, pages
from tests.proofs.record import count
from tests.proofs.requests import KINDS, Ask, Signers, derived, passing, row
from tests.proofs.staff import people_of
from tests.proofs.wire import Answer, Raw, Wire
from tests.support.people import World
from tests.support.server import Server

pytestmark = pytest.mark.campaign

PEOPLE = ("pia", "dora", "rita", "carl", "sol", "olga")
P = Permission

# What each implemented operation, command and page needs: written here apart from the code that declares it, so that
# an entry without an expectation, or one whose permission was changed, fails. Kinds come from the inventories, which
# were made from the vendors' pages.
OPERATIONS: dict[str, Permission | None] = {
    "ListSubCustomers": P.CUSTOMER_READ,
    "LegacyListCustomerDetails": P.CUSTOMER_READ,
    "LegacyQueryCustomers": P.CUSTOMER_READ,
    "ListIndirectPartners": P.PARTNER_READ,
    "CheckUserIdentity": P.CUSTOMER_CREATE,
    "LegacyCheckUser": P.CUSTOMER_CREATE,
    "GetCallerIdentity": None,
    "KeystoneListAuthDomains": None,
    "KeystoneListProjects": None,
    "DescribeCustomerUin": P.CUSTOMER_READ,
    "DescribeCustomerInfo": P.CUSTOMER_READ,
    "ModifyClientRemark": P.CUSTOMER_WRITE,
    "QueryAccountVerificationStatus": P.CUSTOMER_READ,
    "QueryT1IndirectCustomersDetail": P.CUSTOMER_READ,
    "QuerySubAgentsDetailV2": P.PARTNER_READ,
    "GetCountryCodes": None,
    "GetTradeConfigList": None,
}
ANONYMOUS = {"KeystoneCreateUserTokenByPassword"}
"""Where somebody becomes somebody; there is nothing to be allowed yet."""
UNLISTED_KINDS = dict.fromkeys(
    ("GetCallerIdentity", "KeystoneListAuthDomains", "KeystoneListProjects", "CreateTemporaryAccessKeyByToken"),
    frozenset(AccountKind),
)
"""Operations of IAM and STS, which no inventory lists: anybody with a key may ask who it is."""
COMMAND_PERMISSIONS: dict[str, Permission | None] = {
    "access.change_password": None,
    "access.change_roles": P.MEMBER_MANAGE,
    "access.create_key": P.KEY_MANAGE_OWN,
    "access.create_user": P.MEMBER_MANAGE,
    "access.define_role": P.MEMBER_MANAGE,
    "access.delete_key": P.KEY_MANAGE_OWN,
    "access.record_reveal": P.CUSTOMER_REVEAL,
    "access.reseal_all": P.MEMBER_MANAGE,
    "access.set_key_active": P.KEY_MANAGE_OWN,
    "access.set_second_factor": None,
    "access.set_user_active": P.MEMBER_MANAGE,
    "customers.add_member": P.MEMBER_MANAGE,
    "customers.assign_manager": P.CUSTOMER_ASSIGN,
    "customers.associate": P.CUSTOMER_CREATE,
    "customers.change_remark": P.CUSTOMER_WRITE,
    "customers.create_customer": P.CUSTOMER_CREATE,
    "customers.disassociate": P.CUSTOMER_WRITE,
    "customers.remove_member": P.MEMBER_MANAGE,
    "customers.set_bill_view": P.CUSTOMER_WRITE,
    "customers.set_labels": P.CUSTOMER_WRITE,
    "jobs.cancel_job": P.JOB_READ,
    "partners.create_partner": P.PARTNER_WRITE,
    "partners.grant_flag": P.FLAG_GRANT,
    "partners.withdraw_flag": P.FLAG_GRANT,
}
PAGES: dict[str, Permission] = {"customers/": P.CUSTOMER_READ, "downloads/<str:link>/": P.JOB_READ}


def test_every_operation_has_an_expectation() -> None:
    implemented = {
        operation.name: operation.permission
        for registry in REGISTRIES.values()
        for operation in registry.operations.values()
        if operation.run is not None and operation.name not in ANONYMOUS
    }
    assert implemented == OPERATIONS


def test_every_command_and_page_has_an_expectation() -> None:
    assert {name: one.permission for name, one in commands().items()} == COMMAND_PERMISSIONS
    assert {page.route: page.permission for page in pages()} == PAGES


def test_kinds_are_those_of_the_vendors_pages() -> None:
    """The registry admits whom the inventory names, and nobody else."""
    for dialect, registry in REGISTRIES.items():
        for operation in registry.operations.values():
            if operation.name not in ANONYMOUS:
                assert operation.kinds == kinds_of(dialect, operation), operation.name


def kinds_of(dialect: str, operation: Operation) -> frozenset[AccountKind]:
    found = row(dialect, operation.name)
    if found is None:
        return UNLISTED_KINDS[operation.name]
    declared = found[0].operation(operation.name)
    return frozenset(AccountKind.named(kind) for kind in declared.kinds)


def expected(dialect: str, operation: Operation, kind: AccountKind, held: frozenset[Permission]) -> str:
    """Whether somebody of a kind with these permissions may call an operation."""
    needs = OPERATIONS.get(operation.name, operation.permission)
    if kind not in kinds_of(dialect, operation):
        return "wrong kind"
    return "allowed" if needs is None or needs in held else "lacks the permission"


def observed(dialect: str, answer: Answer) -> str:
    """Who was turned away as what; anything but a refusal of the caller is allowed."""
    if answer.failed:
        return "broken"
    if dialect == "huawei":
        if answer.status == 401:
            return "nobody"
        if answer.code in {"CBC.0151", "403"}:
            return "wrong kind" if " may not call " in answer.message else "lacks the permission"
        return "allowed"
    if answer.code == "AuthFailure.UnauthorizedOperation":
        return "lacks the permission"
    if answer.code.startswith("AuthFailure") or answer.code == "MissingParameter":
        return "nobody"
    if answer.code == "UnauthorizedOperation.UinNoAuth" and " may not call " in answer.message:
        return "wrong kind"
    return "allowed"


def asks(server: Server) -> Iterator[Ask]:
    """One request of every operation; those who may not make it are told so whatever it names."""
    known = passing(server.world)
    for dialect, registry in REGISTRIES.items():
        for name, operation in registry.operations.items():
            if name not in ANONYMOUS:
                yield known[f"{dialect} {name}"][0] if f"{dialect} {name}" in known else derived(dialect, operation)


def test_operations_admit_whom_they_should(server: Server, wire: Wire) -> None:
    signers, staff = Signers(server), people_of(server)
    tally: Counter[str] = Counter()
    bad = []
    for ask in asks(server):
        callers = [(name, server.world[name], KINDS[name], BY_KIND[KINDS[name]]) for name in PEOPLE]
        callers += [
            (
                f"dora's {role}",
                person,
                AccountKind.DISTRIBUTOR,
                PRESETS[Preset(role)] & BY_KIND[AccountKind.DISTRIBUTOR],
            )
            for role, person in staff.items()
        ]
        for name, person, kind, held in callers:
            due = expected(ask.dialect, ask.operation, kind, held)
            seen = observed(ask.dialect, wire.send(signers.raw(ask, person)))
            tally[seen] += 1
            if seen != due:
                bad.append(f"{name} {ask.key}: {seen}, not {due}")
        seen = observed(ask.dialect, wire.send(unsigned(signers.raw(ask))))
        tally[seen] += 1
        if seen != "nobody":
            bad.append(f"nobody {ask.key}: {seen}")
    assert not bad, f"{len(bad)} of {tally.total()}:\n" + "\n".join(bad[:40])
    count(
        "permission matrix: operations", cells=tally.total(), **{name.replace(" ", "_"): n for name, n in tally.items()}
    )


def unsigned(raw: Raw) -> Raw:
    """The request of nobody."""
    return raw.with_header("Authorization", None)


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """The commands themselves, by name."""
    found: dict[str, Callable[..., Any]] = {}
    for module_info in pkgutil.walk_packages(openpartner.core.__path__, "openpartner.core."):
        if ".migrations" in module_info.name:
            continue
        module = importlib.import_module(module_info.name)
        for value in vars(module).values():
            if (
                callable(value)
                and hasattr(value, "__wrapped__")
                and getattr(value, "__module__", "") == module.__name__
            ):
                found[f"{module.__name__.rsplit('.', 2)[-2]}.{value.__name__}"] = value
    return {name: function for name, function in found.items() if name in COMMANDS}


def outcome(function: Callable[..., Any], caller: Caller) -> str:
    """Whether the command turned the caller away before it looked at anything."""
    try:
        with transaction.atomic():
            function(caller)
    except NotAllowed:
        return "lacks the permission"
    except Exception:  # noqa: BLE001  # it got past the check and missed its values
        return "allowed"
    return "allowed"


@pytest.mark.django_db
def test_commands_admit_whom_they_should(world: World) -> None:
    assert functions().keys() == COMMAND_PERMISSIONS.keys()
    callers = {name: world[name].caller for name in PEOPLE}
    for preset in Preset:
        user = add_user(
            account=world.dora.account,
            name=f"staff-{preset}",
            email=f"{preset}@example.com",
            password=None,
            presets=[preset],
        )
        callers[f"dora's {preset}"] = caller_of(user, via="test")
    tally: Counter[str] = Counter()
    bad = []
    for name, needs in COMMAND_PERMISSIONS.items():
        for who, caller in callers.items():
            held = PRESETS[Preset(who.removeprefix("dora's "))] if who.startswith("dora's") else frozenset(Permission)
            due = "allowed" if needs is None or needs in held & BY_KIND[caller.kind] else "lacks the permission"
            seen = outcome(functions()[name], caller)
            tally[seen] += 1
            if seen != due:
                bad.append(f"{who} {name}: {seen}, not {due}")
    assert not bad, "\n".join(bad)
    count(
        "permission matrix: commands", cells=tally.total(), **{name.replace(" ", "_"): n for name, n in tally.items()}
    )


@pytest.mark.django_db
def test_pages_admit_whom_they_should(world: World, client: Client) -> None:
    tally: Counter[str] = Counter()
    for route, needs in PAGES.items():
        address = "/" + re.sub("<[^>]*>", "nothing", route)
        assert client.get(address).status_code == 302, "nobody is sent to sign in"
        tally["sent to sign in"] += 1
        users = [(world[name].user, BY_KIND[KINDS[name]]) for name in PEOPLE]
        for preset in Preset:
            user = add_user(
                account=world.dora.account,
                name=f"{route[:4]}-{preset}",
                email=f"{route[:4]}-{preset}@example.com",
                password=None,
                presets=[preset],
            )
            users.append((user, PRESETS[preset]))
        bare = Role.objects.create(
            account=world.dora.account, name=f"{route[:4]}-bare", permissions=joined([P.PROFILE_READ])
        )
        user = add_user(
            account=world.dora.account,
            name=bare.name,
            email=f"{bare.name}@example.com",
            password=None,
            presets=[],
            custom=[bare],
        )
        users.append((user, frozenset({P.PROFILE_READ})))
        for user, held in users:
            client.force_login(user, backend="openpartner.console.backend.SessionBackend")
            status = client.get(address).status_code
            # Who is let in where there is nothing is told that there is nothing.
            let_in = 404 if "<" in route else 200
            assert status == (let_in if needs in held else 403), (user.name, route)
            tally["let in" if status == let_in else "refused"] += 1
            client.logout()
    count("permission matrix: pages", cells=tally.total(), **{name.replace(" ", "_"): n for name, n in tally.items()})
