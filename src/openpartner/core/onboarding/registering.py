"""Making an account: a customer that no partner has bound yet, and its first user, who is its administrator."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from openpartner.core.access.passwords import check_new_password
from openpartner.core.access.roles import Preset
from openpartner.core.access.signing_in import Door
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import bind, lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import Subject, record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType, Site, Suspension
from openpartner.core.catalogue.industries import division
from openpartner.core.customers.models import SuspensionCause
from openpartner.core.customers.registration import (
    ACCOUNTS_PER_MOBILE_MAX,
    count_accounts_with_mobile,
    is_account_name_taken,
    is_email_taken,
)
from openpartner.core.customers.suspension import begin_suspension
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import is_lead
from openpartner.core.onboarding.seen import Seen
from openpartner.kit import clock
from openpartner.kit.addresses import is_address
from openpartner.kit.ids import mint_account_id

NAME_MAX = 128
USER_NAME_MAX = 64
LEGAL_NAME_MAX = 200
COUNTRY_CODE = re.compile(r"00[0-9]{1,6}")
MOBILE = re.compile(r"[0-9]{1,32}")
REGION = re.compile(r"[A-Z]{2}")
BY_DEFAULT = "suspended by default when it was bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is known of an account when it is registered; `country_code` is written with 00, as in 0086."""

    account_name: str = ""
    """Whoever registers may sign in by it; 32 random digits when there is none."""
    legal_name: str = ""
    email: str = ""
    country_code: str = ""
    mobile: str = ""
    region: str = ""
    industry: str = ""
    customer_type: CustomerType = CustomerType.NONE
    site: Site = Site.INTL
    external_id: str = ""
    external_platform: str = ""
    user_name: str = ""
    """Of the first user; the account's name when there is none."""
    language: str = "en"


def register_account(
    new: NewAccount, *, password: str | None, by: Caller | Door, checks_password: bool = True
) -> Account:
    """Create an account that no partner has bound, with its administrator, and return it.

    `by` is the partner that creates it, or the door at which its own person stands. Without a password nobody signs
    in with one; without an e-mail address the user's is the account id, to which no mail goes. Invalid names the field
    of what is malformed; Barred for what another account has, for the provider's own leads and unknown industries.
    A password that a vendor's own rule has let through is not checked again unless `checks_password`.
    """
    _check_spelling(new)
    if password is not None and checks_password:
        check_new_password(password)
    name = new.account_name or mint_account_id()
    with transaction.atomic():
        provider = lock_provider()  # whoever registers with the same telephone number waits
        _check_free(new)
        account = Account(
            kind=AccountKind.CUSTOMER,
            site=by.site if isinstance(by, Caller) else new.site,
            provider=provider,
            registered_at=clock.now(),
            account_name=name,
            **{one: getattr(new, one) for one in COPIED},
        )
        account.fold_names()
        try:
            with transaction.atomic():
                account.save(force_insert=True)
                user = add_user(
                    account=account,
                    name=new.user_name or name[:USER_NAME_MAX],
                    email=new.email or account.account_id,
                    password=password,
                    presets=[Preset.ADMINISTRATOR],
                )
        except IntegrityError as error:  # created at the same moment elsewhere: by an import or a partner
            raise Barred(Cause.NAME_TAKEN if is_account_name_taken(name) else Cause.MAIL_TAKEN) from error
        user.language = new.language
        user.save(update_fields=["language"])
        own = caller_of(user, via=by.via, request_id=by.request_id)
        who: Caller = own
        subject: Subject = account
        if isinstance(by, Caller):
            who, subject = by, _seen_by(by, account)
        record(who, Action.ACCOUNT_CREATED, subject=subject, kind=AccountKind.CUSTOMER.label)
        record(own, Action.USER_CREATED, user=user.name, roles=[Preset.ADMINISTRATOR])
    return account


COPIED = (
    "legal_name",
    "email",
    "country_code",
    "mobile",
    "region",
    "industry",
    "customer_type",
    "external_id",
    "external_platform",
)


def bind_new(caller: Caller, account: Account, partner_pk: int, kind: AssociationKind, *, suspend: bool) -> Association:
    """Bind an account that no partner has to a partner, within a command of its own, and return the association.

    `suspend` stops it at once, as customers by resale are by default on one vendor's side (huawei:A3). Whether it may
    be bound at all is asked before, by `eligibility.bars`. Conflict when it is bound already.
    """
    partner = lock_account(partner_pk)
    child = lock_account(account.pk)
    made = bind(child, partner, kind=kind, since=clock.now(), by=caller.user_name)
    record(caller, Action.ASSOCIATED, subject=child, partner=partner.uin, kind=kind.label)
    if suspend and kind is AssociationKind.RESALE:
        begin_suspension(caller, child, Suspension.ACCOUNT, BY_DEFAULT, SuspensionCause.MANUAL)
    account.refresh_from_db()
    return made


def lock_provider() -> Account:
    """The provider's row, locked: who registers anything waits for whoever does so before. Taken before any other."""
    providers = Account.objects.everything(reason="one database is one provider's channel")
    found = providers.filter(kind=AccountKind.PROVIDER).order_by("id").select_for_update(no_key=True).first()
    assert found is not None
    return found


def _seen_by(caller: Caller, account: Account) -> Subject:
    partner = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    return Seen.by(partner, account)


def _check_spelling(new: NewAccount) -> None:
    """Invalid for what is no name, address or number."""
    if new.account_name and not _is_name(new.account_name):
        raise Barred(Cause.NAME_INVALID)
    if new.email and not is_address(new.email):
        raise Invalid("email", "is no address that mail can be sent to")
    if len(new.legal_name) > LEGAL_NAME_MAX or not new.legal_name.isprintable():
        raise Invalid("legal_name", f"is one line of at most {LEGAL_NAME_MAX} characters")
    if new.mobile and not MOBILE.fullmatch(new.mobile):
        raise Invalid("mobile", "is 1 to 32 digits")
    if new.country_code and not COUNTRY_CODE.fullmatch(new.country_code):
        raise Invalid("country_code", "is a dialling code")
    if bool(new.mobile) != bool(new.country_code):
        raise Invalid("mobile", "is a number with its dialling code")
    if new.region and not REGION.fullmatch(new.region):
        raise Invalid("region", "is two capital letters")
    if new.industry and division(new.industry) is None:
        raise Barred(Cause.INDUSTRY_WRONG)


def _is_name(name: str) -> bool:
    plain = all(unicodedata.category(sign)[0] in "LNPS" for sign in name)
    return plain and len(name) <= NAME_MAX


def _check_free(new: NewAccount) -> None:
    """Barred for what another account has already."""
    if new.account_name and is_account_name_taken(new.account_name):
        raise Barred(Cause.NAME_TAKEN)
    if is_lead(email=new.email, country_code=new.country_code, mobile=new.mobile):
        raise Barred(Cause.LEAD)
    if new.email and is_email_taken(new.email):
        raise Barred(Cause.MAIL_TAKEN)
    if new.mobile and count_accounts_with_mobile(new.country_code, new.mobile) >= ACCOUNTS_PER_MOBILE_MAX:
        raise Barred(Cause.PHONE_FULL)
