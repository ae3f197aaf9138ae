"""Choosing who writes the deductions of a cloud's bills."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.models import BillMonth
from openpartner.core.command import command
from openpartner.core.settlement.models import Mode, SettlementMode
from openpartner.core.settlement.settle import GIVEN_FROM_START, mode_of

CLOUD_MAX = 64


@dataclass(frozen=True, slots=True)
class SettledCloud:
    """A cloud and the mode of its bills."""

    cloud: str
    mode: Mode
    is_chosen: bool
    """Whether somebody has said so; otherwise it is the mode that the cloud has from the start."""


def settled_clouds(caller: Caller) -> list[SettledCloud]:
    """The clouds that the provider has bills of, a mode for, or that are known from the start, by name.

    NotAllowed for anybody but the provider.
    """
    provider = must_be_provider(caller)
    chosen = set(SettlementMode.objects.within(caller.scope).values_list("cloud", flat=True))
    billed = set(BillMonth.objects.within(caller.scope).values_list("cloud", flat=True))
    clouds = sorted(GIVEN_FROM_START | chosen | billed)
    return [SettledCloud(cloud, mode_of(provider, cloud), cloud in chosen) for cloud in clouds]


@command(Action.SETTLEMENT_MODE_SET, permission=Permission.IMPORT)
def set_settlement_mode(caller: Caller, *, cloud: str, mode: Mode) -> SettlementMode:
    """Say by which mode a cloud's bills are settled from the next import on; what is published stays as it is."""
    provider = must_be_provider(caller)
    cloud = cloud.strip().casefold()
    if not cloud or len(cloud) > CLOUD_MAX:
        raise Invalid("cloud", f"is not a text of 1 to {CLOUD_MAX} characters")
    row, _is_new = SettlementMode.objects.within(caller.scope).update_or_create(
        provider_id=provider, cloud=cloud, defaults={"mode": mode}
    )
    record(caller, Action.SETTLEMENT_MODE_SET, cloud=cloud, mode=mode.value)
    return row
