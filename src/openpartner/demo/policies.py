"""The demo's policy: every product of the seed's catalogue, in three categories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from openpartner.core.catalogue.entries import TENCENT, Level
from openpartner.core.catalogue.names import listed
from openpartner.core.commissions.models import PolicyProduct

POLICY = "StandardPolicy2025"
BEGINS, ENDS = date(2025, 1, 1), date(2025, 12, 31)
CATEGORIES = {"p_cvm": "A", "p_cbs": "A", "p_cos": "B", "p_cdn": "C", "p_eip": "C"}
OTHERS = "B"
WHOLE = frozenset({"p_cdn", "p_eip", "p_lighthouse"})
"""Services that are in the policy with whatever they have."""


def add_policy(provider: int) -> None:
    """Keep the policy for the provider with this primary key."""
    PolicyProduct.objects.bulk_create(_rows(provider))


def _rows(provider: int) -> Iterator[PolicyProduct]:
    for service in listed(TENCENT, Level.SERVICE):
        known = {
            "provider_id": provider,
            "policy": POLICY,
            "service_code": service.code,
            "service_name": service.name_en,
            "category": CATEGORIES.get(service.code, OTHERS),
            "starts_on": BEGINS,
            "ends_on": ENDS,
        }
        if service.code in WHOLE:
            yield PolicyProduct(**known)
            continue
        for product in listed(TENCENT, Level.PRODUCT, parent=service.code):
            yield PolicyProduct(product_code=product.code, product_name=product.name_en, **known)
