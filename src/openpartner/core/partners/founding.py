"""The first row of a channel: the provider and its first administrator."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from openpartner.core.access.keys import NewKey, add_key
from openpartner.core.access.operators import operator
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.base.kinds import AccountKind, CustomerType, Site
from openpartner.kit import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a channel begins with."""

    account_name: str
    legal_name: str
    email: str
    password: str
    user_name: str = "admin"
    site: Site = Site.INTL


def found_provider(new: Founding) -> tuple[Account, NewKey]:
    """Create the provider, an administrator and a key pair whose secret is never shown again.

    Conflict when the database has accounts already, Invalid when the password is too weak.
    """
    try:
        validate_password(new.password)
    except ValidationError as error:
        raise Invalid("password", " ".join(error.messages)) from error
    with transaction.atomic():
        if Account.objects.everything(reason="a channel has one provider").exists():
            raise Conflict("the database has accounts already; one database is one provider's channel")
        provider = Account(
            kind=AccountKind.PROVIDER,
            site=new.site,
            account_name=new.account_name,
            legal_name=new.legal_name,
            email=new.email,
            customer_type=CustomerType.ENTERPRISE,
            registered_at=clock.now(),
        )
        provider.fold_names()
        provider.save(force_insert=True)
        provider.provider = provider
        provider.save(update_fields=["provider"])
        user = add_user(
            account=provider,
            name=new.user_name,
            email=new.email,
            password=new.password,
            presets=[Preset.ADMINISTRATOR],
        )
        pair = add_key(user)
        record(operator(account=provider), Action.ACCOUNT_CREATED, subject=provider, kind=AccountKind.PROVIDER.label)
    return provider, pair
