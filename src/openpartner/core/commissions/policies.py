"""Reading policies, for partners that may."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.commissions.models import PolicyProduct
from openpartner.core.partners.queries import has_flag
from openpartner.kit.slices import Page, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFilter:
    """Which products of a policy; each condition is met by the whole text alone. None asks nothing."""

    policy: str
    service_code: str | None = None
    service_name: str | None = None
    product_code: str | None = None
    product_name: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The conditions that ask something, by column."""
        asked = {
            "policy": self.policy,
            "service_code": self.service_code,
            "service_name": self.service_name,
            "product_code": self.product_code,
            "product_name": self.product_name,
        }
        return {column: text for column, text in asked.items() if text is not None}


def policy_products(caller: Caller, where: PolicyFilter, window: Slice) -> Page[PolicyProduct]:
    """The products of a policy of the caller's provider, by code; none where there is no such policy.

    NotAllowed without the feature flag `policy-products` (tencent:A.4).
    """
    if not has_flag(caller, Flag.POLICY_PRODUCTS):
        raise NotAllowed("this needs the feature flag policy-products")
    rows = _of_provider(caller).filter(**where.conditions)
    total = rows.count()
    if window.offset >= total:  # an offset may be larger than any database takes
        return Page([], total)
    rows = rows.order_by("service_code", "product_code", "component_type_code", "component_code", "starts_on")
    return Page(list(rows[window.offset : window.offset + window.limit]), total)


def _of_provider(caller: Caller) -> QuerySet[PolicyProduct]:
    own = Account.objects.everything(reason="the caller's own row").filter(pk=caller.account)
    return PolicyProduct.objects.everything(reason="a partner reads what its provider keeps").filter(
        provider__in=own.values("provider")
    )
