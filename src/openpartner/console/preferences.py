"""What a person keeps of how lists look: columns, density, page size, saved views. Kept in `User.preferences`."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from openpartner.core.access.models import User
from openpartner.core.access.profiles import preferences
from openpartner.listings.declare import Reader
from openpartner.listings.question import SIZE, SIZES

DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True, slots=True)
class ListPreferences:
    """How one person wants one list."""

    columns: str = ""
    density: str = DENSITIES[0]
    size: int = SIZE
    views: dict[str, str] = field(default_factory=dict)
    """Saved views: a name and the query string it stands for."""

    @classmethod
    def of(cls, user: User, listing: str) -> ListPreferences:
        """The kept ones; what is not kept, or no longer understood, is the default."""
        kept = preferences(user)
        density, size, views = (kept.get(f"{listing}.{name}") for name in ("density", "size", "views"))
        return cls(
            columns=str(kept.get(f"{listing}.columns") or ""),
            density=str(density) if density in DENSITIES else DENSITIES[0],
            size=size if isinstance(size, int) and size in SIZES else SIZE,
            views={str(name): str(query) for name, query in views.items()} if isinstance(views, dict) else {},
        )


def reader_of(user: User) -> Reader:
    """In which zone the person reads instants."""
    return Reader(user.time_zone or "UTC")


def zone_of(request: HttpRequest) -> str:
    """The name of the zone in which whoever has signed in reads instants."""
    user = request.user
    assert isinstance(user, User)
    return reader_of(user).zone
