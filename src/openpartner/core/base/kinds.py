"""The closed vocabularies of the channel: account kinds, sites, association kinds and states."""

from __future__ import annotations

from django.db import models


class AccountKind(models.IntegerChoices):
    """What an account is. Each account is exactly one."""

    PROVIDER = 1, "provider"
    DISTRIBUTOR = 2, "distributor"
    RESELLER = 3, "reseller"
    SECOND_LEVEL_RESELLER = 4, "second-level reseller"
    CUSTOMER = 5, "customer"

    @property
    def is_partner(self) -> bool:
        """Whether the account sells: distributor, reseller or second-level reseller."""
        return self in PARTNER_KINDS

    @property
    def pays(self) -> bool:
        """Whether the account pays the provider for its customers."""
        return self in {AccountKind.DISTRIBUTOR, AccountKind.RESELLER}

    @classmethod
    def named(cls, name: str) -> AccountKind:
        """The kind of an identifier such as `second_level_reseller`."""
        return cls[name.upper()]


PARTNER_KINDS = frozenset({AccountKind.DISTRIBUTOR, AccountKind.RESELLER, AccountKind.SECOND_LEVEL_RESELLER})

PARENT_KINDS: dict[AccountKind, frozenset[AccountKind]] = {
    AccountKind.PROVIDER: frozenset(),
    AccountKind.DISTRIBUTOR: frozenset({AccountKind.PROVIDER}),
    AccountKind.RESELLER: frozenset({AccountKind.PROVIDER}),
    AccountKind.SECOND_LEVEL_RESELLER: frozenset({AccountKind.DISTRIBUTOR}),
    AccountKind.CUSTOMER: PARTNER_KINDS,
}
"""Which kinds an account of each kind can be bound to: at most distributor, second-level reseller, customer."""


class Site(models.TextChoices):
    """The vendor site a partner belongs to: decides codes, currency and defaults, never which routes exist."""

    INTL = "intl", "international"
    CN = "cn", "China"
    EU = "eu", "Europe"


class AssociationKind(models.IntegerChoices):
    """Who contracts with and pays whom; the numbers are Huawei's codes."""

    REFERRAL = 1, "referral"
    AGENCY = 2, "agency sale"
    RESALE = 3, "resale"


class CustomerType(models.IntegerChoices):
    """Person or enterprise; the numbers are Huawei's codes."""

    NONE = -1, "not chosen"
    PERSON = 0, "person"
    ENTERPRISE = 1, "enterprise"


class Verification(models.IntegerChoices):
    """Real-name verification; the numbers are Huawei's codes, the wider Tencent set maps onto them."""

    NONE = -1, "not verified"
    IN_REVIEW = 0, "in review"
    REJECTED = 1, "rejected"
    VERIFIED = 2, "verified"


class Suspension(models.IntegerChoices):
    """What is stopped. Both vendors' freezes are this one state."""

    NONE = 0, "not suspended"
    ACCOUNT = 1, "account"
    ACCOUNT_AND_RESOURCES = 2, "account and resources"


class AccountingMode(models.IntegerChoices):
    """How a member of an enterprise is charged (Huawei: unified 财务托管, independent 财务独立)."""

    UNIFIED = 1, "unified accounting"
    INDEPENDENT = 2, "independent accounting"
