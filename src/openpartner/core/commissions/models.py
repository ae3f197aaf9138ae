"""Policies: which products a partner earns by, and in which category."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.catalogue.models import CODE_MAX, NAME_MAX

EVERYTHING = "*"
"""As code and name of a level: all that is below the level above is in the policy (tencent:D.7)."""


class PolicyProduct(ScopedModel):
    """One line of a provider's policy: a product by the four levels of bill lines, and the days it is in force."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    policy = models.CharField(max_length=64)
    service_code = models.CharField(max_length=CODE_MAX)
    service_name = models.CharField(max_length=NAME_MAX)
    product_code = models.CharField(max_length=CODE_MAX, default=EVERYTHING)
    product_name = models.CharField(max_length=NAME_MAX, default=EVERYTHING)
    component_type_code = models.CharField(max_length=CODE_MAX, default=EVERYTHING)
    component_type_name = models.CharField(max_length=NAME_MAX, default=EVERYTHING)
    component_code = models.CharField(max_length=CODE_MAX, default=EVERYTHING)
    component_name = models.CharField(max_length=NAME_MAX, default=EVERYTHING)
    category = models.CharField(max_length=1)  # a capital letter: what the policy pays for such products
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the last day; none while no end is known

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """Read by policy, in the order of the codes."""

        db_table = "policy_product"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "provider",
                    "policy",
                    "service_code",
                    "product_code",
                    "component_type_code",
                    "component_code",
                    "starts_on",
                ],
                name="policy_product_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="policy_product_ends_after"
            ),
        ]

    def __str__(self) -> str:
        """The policy and the codes, coarse to fine."""
        return f"{self.policy} {self.service_code}/{self.product_code}/{self.component_type_code}/{self.component_code}"
