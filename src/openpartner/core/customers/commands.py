"""Changing customers: created, bound, assigned, noted. How associations end is `core/parting`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpartner.core.access.models import User
from openpartner.core.accounts.models import LABEL_SEPARATOR, Account, Association
from openpartner.core.accounts.placing import bind, lock_account, release
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.models import ManagerAssignment
from openpartner.core.customers.queries import get_direct_customer
from openpartner.kit import clock

REMARK_MAX = 255
LABELS_MAX = 64
"""Huawei carries all labels of a customer in one text of 64 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """What is known of a customer when its account is created."""

    account_name: str
    legal_name: str = ""
    email: str = ""
    country_code: str = ""
    mobile: str = ""
    region: str = ""
    industry: str = ""
    customer_type: CustomerType = CustomerType.NONE


@command(Action.ACCOUNT_CREATED, permission=Permission.CUSTOMER_CREATE)
def create_customer(caller: Caller, *, new: NewCustomer, kind: AssociationKind = AssociationKind.RESALE) -> Account:
    """Create a customer account bound to the calling partner and return it. Invalid when a name is taken."""
    partner = lock_account(caller.account)
    if Account.objects.everything(reason="account names are unique").filter(account_name=new.account_name).exists():
        raise Invalid("account_name", "is taken")
    moment = clock.now()
    account = Account(
        kind=AccountKind.CUSTOMER,
        site=partner.site,
        provider_id=partner.provider_id,
        registered_at=moment,
        **{name: getattr(new, name) for name in NewCustomer.__slots__},
    )
    account.fold_names()
    account.save(force_insert=True)
    bind(account, partner, kind=kind, since=moment, by=caller.user_name)
    record(caller, Action.ACCOUNT_CREATED, subject=account, kind=AccountKind.CUSTOMER.label)
    return account


@command(Action.ASSOCIATED, permission=Permission.CUSTOMER_CREATE)
def associate(caller: Caller, *, account_id: str, kind: AssociationKind, since: datetime | None = None) -> Association:
    """Bind a customer of the provider that has no partner to the calling partner."""
    partner = lock_account(caller.account)
    unbound = Account.objects.everything(reason="an unbound customer is in nobody's scope").filter(
        account_id=account_id, kind=AccountKind.CUSTOMER, partner__isnull=True, provider=partner.provider_id
    )
    child = unbound.select_for_update(no_key=True).first()
    if child is None:
        raise NotVisible("customer")
    association = bind(child, partner, kind=kind, since=since or clock.now(), by=caller.user_name)
    record(caller, Action.ASSOCIATED, subject=child, partner=partner.uin, kind=kind.label)
    return association


def let_go(customer: Account, *, moment: datetime, by: str) -> Association:
    """End the association of a locked customer, and who takes care of it, within a command that records it.

    Returns the association. Conflict when there is none.
    """
    _end_assignment(customer, moment)
    return release(customer, until=moment, by=by)


@command(Action.MANAGER_ASSIGNED, permission=Permission.CUSTOMER_ASSIGN)
def assign_manager(caller: Caller, *, account_id: str, manager_id: int | None) -> Account:
    """Give a direct customer an account manager of the caller's own staff, or none, and return the customer."""
    customer = lock_account(get_direct_customer(caller, account_id=account_id).pk)
    manager = None
    if manager_id is not None:
        manager = User.objects.within(caller.scope).filter(pk=manager_id, is_active=True).first()
        if manager is None:
            raise NotVisible("user")
    moment = clock.now()
    _end_assignment(customer, moment)
    if manager is not None:
        ManagerAssignment.objects.create(
            partner_id=caller.account, customer=customer, manager=manager, since=moment, assigned_by=caller.user_name
        )
    customer.manager_id = manager.pk if manager else None
    customer.save(update_fields=["manager"])
    record(caller, Action.MANAGER_ASSIGNED, subject=customer, manager=manager.name if manager else "")
    return customer


@command(Action.REMARK_CHANGED, permission=Permission.CUSTOMER_WRITE)
def change_remark(caller: Caller, *, uin: int, remark: str) -> Account:
    """Set the partner's remark on a direct customer and return the customer. Invalid beyond 255 characters."""
    if len(remark) > REMARK_MAX:
        raise Invalid("remark", f"is longer than {REMARK_MAX} characters")
    customer = lock_account(get_direct_customer(caller, uin=uin).pk)
    customer.remark = remark
    customer.save(update_fields=["remark"])
    record(caller, Action.REMARK_CHANGED, subject=customer, remark=remark)
    return customer


@command(Action.LABELS_CHANGED, permission=Permission.CUSTOMER_WRITE)
def set_labels(caller: Caller, *, account_id: str, labels: Sequence[str]) -> Account:
    """Set the partner's labels on a direct customer and return the customer."""
    names = sorted({label.strip() for label in labels if label.strip()})
    if any(LABEL_SEPARATOR in name for name in names):
        raise Invalid("labels", "a label holds no comma")
    joined = LABEL_SEPARATOR.join(names)
    if len(joined) > LABELS_MAX:
        raise Invalid("labels", f"are longer than {LABELS_MAX} characters together")
    customer = lock_account(get_direct_customer(caller, account_id=account_id).pk)
    customer.labels = joined
    customer.save(update_fields=["labels"])
    record(caller, Action.LABELS_CHANGED, subject=customer, labels=names)
    return customer


@command(Action.BILL_VIEW_CHANGED, permission=Permission.CUSTOMER_WRITE)
def set_bill_view(caller: Caller, *, account_id: str, visible: bool) -> Account:
    """Open or close a direct customer's view of its own bills and return the customer."""
    customer = lock_account(get_direct_customer(caller, account_id=account_id).pk)
    customer.bills_visible = visible
    customer.save(update_fields=["bills_visible"])
    record(caller, Action.BILL_VIEW_CHANGED, subject=customer, visible=visible)
    return customer


def _end_assignment(customer: Account, moment: datetime) -> None:
    ManagerAssignment.objects.everything(reason="the customer is locked").filter(
        customer=customer, until__isnull=True
    ).update(until=moment)
