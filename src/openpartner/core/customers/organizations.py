"""The organizations of an enterprise and where its members stand in them (huawei:A4, huawei:D7a)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from openpartner.core.accounts.models import Account, EnterpriseMember, EnterpriseOrganization
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.base.kinds import AccountingMode, AccountKind, CustomerType, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.core.customers.models import EnterpriseProjects
from openpartner.kit import clock
from openpartner.kit.ids import UIN_MAX
from openpartner.kit.slices import Page, Slice

NAME_MAX = 64
ORGANIZATIONS_MAX = 200
DEPTH_MAX = 5
WHY = "of the enterprise that is locked"


class NotMaster(Conflict):
    """The account is a member itself, or a person: it leads no enterprise."""


class UnifiedMember(NotMaster):
    """The account is a member whose master pays for it."""


class NotVerifiedEnterprise(Conflict):
    """Only enterprises whose verification has passed may do this."""


class AlreadyAuthorized(Conflict):
    """It was authorized before."""


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members; None is any. Names are compared whole, or as a part of the name with `is_fuzzy`."""

    account_name: str | None = None
    display_name: str | None = None
    organization: int | None = None
    """The number of an organization, without those below it; the master's own uin is the root."""
    is_fuzzy: bool = False


@dataclass(slots=True)
class Node:
    """An organization and those below it, by name."""

    organization: EnterpriseOrganization
    parts: list[Node]


def tree(scope: Scope) -> list[Node]:
    """The organizations of the calling master as a tree, siblings by name and number."""
    rows = list(EnterpriseOrganization.objects.within(scope).order_by("name", "number"))
    nodes = {row.pk: Node(row, []) for row in rows}
    top: list[Node] = []
    for row in rows:
        (nodes[row.parent_id].parts if row.parent_id is not None else top).append(nodes[row.pk])
    return top


def get_organization(scope: Scope, number: int) -> EnterpriseOrganization:
    """An organization of the calling master by its number; NotVisible otherwise."""
    known = number if 0 <= number <= UIN_MAX else -1
    found = EnterpriseOrganization.objects.within(scope).filter(number=known).first()
    if found is None:
        raise NotVisible("organization")
    return found


def members(scope: Scope) -> QuerySet[EnterpriseMember]:
    """The present members of the calling master, oldest first."""
    rows = EnterpriseMember.objects.within(scope).filter(until__isnull=True)
    return rows.select_related("member", "organization").order_by("since", "id")


def members_page(master: Account, scope: Scope, where: MemberFilter, window: Slice) -> Page[EnterpriseMember]:
    """A page of the present members of the calling master that a filter leaves, oldest first."""
    rows = members(scope)
    if where.organization == master.uin:
        rows = rows.filter(organization__isnull=True)
    elif where.organization is not None:
        rows = rows.filter(organization=_known(scope, where.organization))
    # Names are compared here, not in SQL: an enterprise has few members, and both databases fold case differently.
    found = [row for row in rows if _is_named(row.member.account_name, where.account_name, is_fuzzy=where.is_fuzzy)]
    found = [row for row in found if _is_named(row.display_name, where.display_name, is_fuzzy=where.is_fuzzy)]
    return Page(found[window.offset : window.offset + window.limit], len(found))


def must_be_master(account: Account) -> None:
    """NotMaster unless the account is an enterprise, or has members, and is nobody's member."""
    current = EnterpriseMember.objects.everything(reason=WHY).filter(until__isnull=True)
    membership = current.filter(member=account).first()
    if membership is not None:
        unified = membership.mode == AccountingMode.UNIFIED
        raise (UnifiedMember if unified else NotMaster)("a member of an enterprise leads none itself")
    if AccountKind(account.kind) is not AccountKind.CUSTOMER:
        raise NotMaster("only a customer leads an enterprise")
    if account.customer_type != CustomerType.ENTERPRISE and not current.filter(master=account).exists():
        raise NotMaster("the account is not an enterprise")


@command(Action.ENTERPRISE_ORGANIZATION_SAVED, permission=Permission.MEMBER_MANAGE)
def save_organization(
    caller: Caller, *, name: str, number: int | None = None, parent: int | None = None
) -> EnterpriseOrganization:
    """Create an organization of the calling master, or rename the one with this number, and return it.

    `parent` is the number of the one it stands in; without it a new one stands directly under the enterprise. Invalid
    names the field, Conflict for a name that a sibling has, LimitReached beyond two hundred or five levels.
    """
    master = lock_account(caller.account)
    must_be_master(master)
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise Invalid("name", f"has from 1 to {NAME_MAX} characters")
    if number is not None:
        row = get_organization(caller.scope, number)
    else:
        above = get_organization(caller.scope, parent) if parent is not None else None
        if _organizations(master).count() >= ORGANIZATIONS_MAX:
            raise LimitReached(f"an enterprise has at most {ORGANIZATIONS_MAX} organizations")
        if _depth(above) >= DEPTH_MAX:
            raise LimitReached(f"organizations have at most {DEPTH_MAX} levels")
        row = EnterpriseOrganization(master=master, parent=above, created_at=clock.now())
    if _organizations(master).filter(parent=row.parent_id, name=name).exclude(pk=row.pk).exists():
        raise Conflict("another organization beside it has this name")
    row.name = name
    row.save()
    record(caller, Action.ENTERPRISE_ORGANIZATION_SAVED, subject=master, organization=name)
    return row


@command(Action.ENTERPRISE_ORGANIZATION_REMOVED, permission=Permission.MEMBER_MANAGE)
def remove_organization(caller: Caller, *, number: int) -> None:
    """Remove an organization of the calling master. Conflict while it has members or organizations."""
    master = lock_account(caller.account)
    row = get_organization(caller.scope, number)
    if _organizations(master).filter(parent=row).exists():
        raise Conflict("it still has organizations of its own")
    past = EnterpriseMember.objects.everything(reason=WHY).filter(organization=row)
    if past.filter(until__isnull=True).exists():
        raise Conflict("it still has members")
    past.update(organization=None)
    record(caller, Action.ENTERPRISE_ORGANIZATION_REMOVED, subject=master, organization=row.name)
    row.delete()


@command(Action.MEMBER_MOVED, permission=Permission.MEMBER_MANAGE)
def place_member(
    caller: Caller, *, account_id: str, organization: int | None, display_name: str = ""
) -> EnterpriseMember:
    """Move a member of the calling master to an organization (None is the enterprise itself), and return it.

    Invalid for a name that is too long, NotVisible for members and organizations of others.
    """
    master = lock_account(caller.account)
    is_root = organization is None or organization == master.uin
    above = None if is_root or organization is None else get_organization(caller.scope, organization)
    rows = members(caller.scope).select_for_update(of=("self",))
    member = Account.objects.everything(reason="the membership decides what is visible").filter(account_id=account_id)
    row = rows.filter(member__in=member).first()
    if row is None:
        raise NotVisible("member")
    row.organization, row.display_name = above, checked_display_name(display_name)
    row.save(update_fields=["organization", "display_name"])
    record(caller, Action.MEMBER_MOVED, subject=row.member, organization=above.name if above is not None else "")
    return row


@command(Action.ENTERPRISE_PROJECTS_ALLOWED, permission=Permission.CONSENT)
def authorize_enterprise_projects(caller: Caller) -> EnterpriseProjects:
    """Authorize the calling customer's use of enterprise projects, and return that.

    NotVerifiedEnterprise unless it is an enterprise whose verification has passed, AlreadyAuthorized the second time.
    """
    customer = lock_account(caller.account)
    if customer.customer_type != CustomerType.ENTERPRISE or customer.verification != Verification.VERIFIED:
        raise NotVerifiedEnterprise("only an enterprise whose verification has passed uses enterprise projects")
    if enterprise_projects(caller.scope) is not None:
        raise AlreadyAuthorized("enterprise projects are authorized already")
    made = EnterpriseProjects.objects.create(customer=customer, since=clock.now(), authorized_by=caller.user_name)
    record(caller, Action.ENTERPRISE_PROJECTS_ALLOWED, subject=customer)
    return made


def enterprise_projects(scope: Scope) -> EnterpriseProjects | None:
    """The calling customer's authorization of enterprise projects; None when there is none."""
    return EnterpriseProjects.objects.within(scope).first()


def checked_display_name(name: str) -> str:
    """A member's display name on one line; Invalid when it is too long."""
    line = " ".join(name.split())
    if len(line) > NAME_MAX or not line.isprintable():
        raise Invalid("display_name", f"is one line of at most {NAME_MAX} characters")
    return line


def _known(scope: Scope, number: int) -> EnterpriseOrganization | None:
    """An organization of the calling master; None matches nobody, for it stands beside a number that was given."""
    try:
        return get_organization(scope, number)
    except NotVisible:
        return EnterpriseOrganization(pk=0)


def _organizations(master: Account) -> QuerySet[EnterpriseOrganization]:
    return EnterpriseOrganization.objects.everything(reason=WHY).filter(master=master)


def _depth(row: EnterpriseOrganization | None) -> int:
    depth = 0
    while row is not None:
        depth, row = depth + 1, row.parent
    return depth


def _is_named(name: str, wanted: str | None, *, is_fuzzy: bool) -> bool:
    if wanted is None:
        return True
    return wanted.casefold() in name.casefold() if is_fuzzy else wanted == name
