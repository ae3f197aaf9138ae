"""Changing partners: created under the provider or a distributor, noted, granted flags."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.accounts.placing import bind, lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import PARENT_KINDS, AccountKind, AssociationKind, CustomerType, Site, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.partners.queries import partners
from openpartner.kit import clock

REMARK_MAX = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartner:
    """What is known of a partner when its account is created."""

    kind: AccountKind
    account_name: str
    legal_name: str
    email: str = ""
    country_code: str = ""
    mobile: str = ""
    region: str = ""
    site: Site = Site.INTL


@command(Action.ACCOUNT_CREATED, permission=Permission.PARTNER_WRITE)
def create_partner(caller: Caller, *, new: NewPartner) -> Account:
    """Create a partner bound to the caller: the provider's distributor or reseller, a distributor's reseller."""
    if caller.kind not in PARENT_KINDS[new.kind] or not new.kind.is_partner:
        raise Invalid("kind", f"a {caller.kind.label} has no {new.kind.label}")
    parent = lock_account(caller.account)
    if Account.objects.everything(reason="account names are unique").filter(account_name=new.account_name).exists():
        raise Invalid("account_name", "is taken")
    moment = clock.now()
    account = Account(
        registered_at=moment,
        customer_type=CustomerType.ENTERPRISE,
        verification=Verification.NONE,
        **{name: getattr(new, name) for name in NewPartner.__slots__},
    )
    account.fold_names()
    account.save(force_insert=True)
    bind(account, parent, kind=AssociationKind.RESALE, since=moment, by=caller.user_name)
    record(caller, Action.ACCOUNT_CREATED, subject=account, kind=new.kind.label)
    return account


@command(Action.FLAG_GRANTED, permission=Permission.FLAG_GRANT)
def grant_flag(caller: Caller, *, account_id: str, flag: Flag) -> FeatureFlag:
    """Grant a feature flag to one of the provider's partners and return it; granting twice changes nothing."""
    partner = _partner(caller, account_id)
    current = _current(partner, flag) or FeatureFlag.objects.create(
        partner=partner, flag=flag, granted_by=caller.user_name, since=clock.now()
    )
    record(caller, Action.FLAG_GRANTED, subject=partner, flag=flag)
    return current


@command(Action.FLAG_WITHDRAWN, permission=Permission.FLAG_GRANT)
def withdraw_flag(caller: Caller, *, account_id: str, flag: Flag) -> FeatureFlag:
    """End a feature flag of one of the provider's partners and return it; Conflict when it is not granted."""
    partner = _partner(caller, account_id)
    current = _current(partner, flag)
    if current is None:
        raise Conflict("the flag is not granted")
    current.until = clock.now()
    current.save(update_fields=["until"])
    record(caller, Action.FLAG_WITHDRAWN, subject=partner, flag=flag)
    return current


@command(Action.PARTNER_REMARK_CHANGED, permission=Permission.PARTNER_WRITE)
def change_partner_remark(caller: Caller, *, account_id: str, remark: str) -> Account:
    """Set the caller's remark on a partner bound to it and return the partner. Invalid beyond 255 characters."""
    if len(remark) > REMARK_MAX:
        raise Invalid("remark", f"is longer than {REMARK_MAX} characters")
    partner = _partner(caller, account_id)
    if partner.partner_id != caller.account:  # the remark is of the partner above it, who alone writes it
        raise NotVisible("partner")
    partner.remark = remark
    partner.save(update_fields=["remark"])
    record(caller, Action.PARTNER_REMARK_CHANGED, subject=partner, remark=remark)
    return partner


def _partner(caller: Caller, account_id: str) -> Account:
    found = partners(caller.scope).select_for_update(no_key=True).filter(account_id=account_id).first()
    if found is None:
        raise NotVisible("partner")
    return found


def _current(partner: Account, flag: Flag) -> FeatureFlag | None:
    return (
        FeatureFlag.objects.everything(reason="the partner was read within the scope")
        .filter(partner=partner, flag=flag, until__isnull=True)
        .first()
    )
