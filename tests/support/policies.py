"""Policies of the provider, and the partners that may read them. Codes and names: tencent:D.7, tencent:D.0.2."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.commissions.models import PolicyProduct
from openpartner.kit import clock

POLICY = "StandardPolicy2025"
OLDER = "StandardPolicy2024"
ROWS = [
    # Service, product, component type, component; everything below where they end.
    [("p_cbs", "Cloud Block Storage(CBS)"), ("sp_cbs_premium", "Premium Cloud Storage"),
     ("v_cbs_memspace", "Storage space"), ("sv_cbs_memspace_premium", "Premium Cloud Storage - Storage space")],
    [("p_cos", "Cloud Object Storage(COS)")],
    [("p_cvm", "Cloud Virtual Machine(CVM)"), ("sp_cvm_bmm5m", "CBM Memory Optimized BMM5")],
    [("p_cvm", "Cloud Virtual Machine(CVM)"), ("sp_cvm_s5", "Standard S5"), ("v_cvm_cpu", "CPU")],
]  # fmt: skip
LEVELS = ("service", "product", "component_type", "component")


def add_policies(provider: Account, readers: Iterable[Account]) -> None:
    """Keep two policies for the provider, and let these partners read them."""
    for row in ROWS:
        line = PolicyProduct(provider=provider, policy=POLICY, category="A", starts_on=date(2025, 1, 1))
        line.ends_on = None if row[0][0] == "p_cos" else date(2025, 12, 31)
        for level, (code, name) in zip(LEVELS, row, strict=False):
            setattr(line, f"{level}_code", code)
            setattr(line, f"{level}_name", name)
        line.save()
    PolicyProduct.objects.create(
        provider=provider, policy=OLDER, service_code="p_cvm", service_name="Cloud Virtual Machine(CVM)",
        category="B", starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31),
    )  # fmt: skip
    for partner in readers:
        FeatureFlag.objects.create(partner=partner, flag=Flag.POLICY_PRODUCTS, granted_by="the test", since=clock.now())
