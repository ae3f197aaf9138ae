"""Every listing by name, for exports and documents."""

from __future__ import annotations

from typing import Any

from openpartner.listings.declare import Listing

LISTINGS: dict[str, Listing[Any]] = {}


def register(listing: Listing[Any]) -> None:
    """Make a listing known by its name."""
    assert listing.name not in LISTINGS, listing.name
    LISTINGS[listing.name] = listing
