"""Whom a partner's customers turn to: up to five people it publishes, or else its administrator (huawei:B20)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpartner.core.access.queries import administrators
from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.models import CONTACTS_MAX, PartnerContact
from openpartner.kit.addresses import is_address

TEXT_MAX = 64
TELEPHONE = re.compile(r"[0-9+()/. -]{3,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person, and how to reach it."""

    name: str
    subject: str = ""
    email: str = ""
    telephone: str = ""


@command(Action.CONTACTS_PUBLISHED, permission=Permission.MEMBER_MANAGE)
def publish_contacts(caller: Caller, *, contacts: Sequence[Contact]) -> list[PartnerContact]:
    """Publish these people to the customers of the calling partner instead of those before, and return them.

    Invalid for more than five, and for one without a name, or without an address and a number; the field is
    `contacts`, followed by the place of the one that is wrong.
    """
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    if len(contacts) > CONTACTS_MAX:
        raise Invalid("contacts", f"are more than {CONTACTS_MAX}")
    for place, one in enumerate(contacts, 1):
        _check(f"contacts{place}", one)
    lock_account(caller.account)
    PartnerContact.objects.everything(reason="the caller's own").filter(partner=caller.account).delete()
    record(caller, Action.CONTACTS_PUBLISHED, contacts=len(contacts))
    return PartnerContact.objects.bulk_create(
        PartnerContact(
            partner_id=caller.account,
            position=place,
            name=one.name,
            subject=one.subject,
            email=one.email,
            telephone=one.telephone,
        )
        for place, one in enumerate(contacts, 1)
    )


def published(partner: int) -> list[Contact]:
    """Whom a partner, which was read within a scope, has published, in its order."""
    rows = PartnerContact.objects.everything(reason="of a partner that was read within the scope")
    return [
        Contact(name=one.name, subject=one.subject, email=one.email, telephone=one.telephone)
        for one in rows.filter(partner=partner).order_by("position")
    ]


def contacts_of(partner: int) -> list[Contact]:
    """Whom customers of a partner turn to: whom it has published, or else its first administrator."""
    found = published(partner)
    if found:
        return found
    return [Contact(name=user.name, email=user.email) for user in administrators(partner)[:1]]


def _check(field: str, one: Contact) -> None:
    if not one.name:
        raise Invalid(field, "has no name")
    if len(one.name) > TEXT_MAX or len(one.subject) > TEXT_MAX:
        raise Invalid(field, f"has a text longer than {TEXT_MAX} characters")
    if not one.email and not one.telephone:
        raise Invalid(field, "has neither an e-mail address nor a telephone number")
    if one.email and not is_address(one.email):
        raise Invalid(field, "has something that is no e-mail address")
    if one.telephone and not TELEPHONE.fullmatch(one.telephone):
        raise Invalid(field, "has something that is no telephone number")
