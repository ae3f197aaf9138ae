"""How often something may happen in a window of time, counted in the database so that all web processes agree."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from openpartner.core.access.models import Throttle
from openpartner.kit import clock


def count(kind: str, what: str, *, window: timedelta) -> int:
    """Count one more of a kind for something, and return how many there are since its window began."""
    now, rows = clock.now(), Throttle.objects.filter(key=_key(kind, what))
    with transaction.atomic():
        if not rows.filter(until__gt=now).update(count=F("count") + 1):
            Throttle.objects.update_or_create(key=_key(kind, what), defaults={"count": 1, "until": now + window})
        return rows.get().count


def counted(kind: str, what: str) -> int:
    """How many there are in the present window."""
    return (
        Throttle.objects.filter(key=_key(kind, what), until__gt=clock.now()).values_list("count", flat=True).first()
        or 0
    )


def network_of(source: str) -> str:
    """What is counted as one source: an IPv4 address, or the /64 of an IPv6 one, all of which one person may have."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _key(kind: str, what: str) -> str:
    return hashlib.sha256(f"{kind}\n{what}".encode()).hexdigest()
