"""The association type of both v1.0 customer queries."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AssociationKind
from openpartner.huawei.base import ASSOCIATIONS, SITE_ASSOCIATIONS


def association_of(caller: Caller, code: str | None) -> tuple[AssociationKind | None, bool]:
    """The kind behind a code, and whether the caller's site has such associations at all.

    A code of another site matches nothing on v1.0, where v2 refuses it (huawei:F4); an unknown one is Invalid.

    vendor doc silent: code 3 on the China site; it matches nothing, as 2 does on the international one.
    """
    if code is None:
        return None, True
    kind = ASSOCIATIONS.get(code)
    if kind is None:
        raise Invalid("cooperationType", "is not an association type")
    return kind, kind in SITE_ASSOCIATIONS[caller.site]
