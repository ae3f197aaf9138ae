"""Buttons of a page, and what can be done with several rows of a list at once."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.listings.declare import Words


@dataclass(frozen=True, slots=True)
class Button:
    """A link that looks like a button."""

    label: Words
    address: str
    icon: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Bulk:
    """Something to do with the chosen rows: the page that asks for the rest and shows the preview."""

    label: Words
    address: str
    icon: str = ""
