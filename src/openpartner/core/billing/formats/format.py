"""What a format declares."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from openpartner.core.billing.formats.projection import Projection, apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a file does not say of itself and whoever brings it may."""

    month: int | None = None
    """The bill month of lines that name none."""
    currency: str = "USD"
    """The currency of lines that name none."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the lines of a file are made: the projection with its SQL for each column of a line, and for the month."""

    projection: Projection
    line: Mapping[str, str]
    month: str

    def sql(self, source: str) -> str:
        """SQL of the lines, from SQL that gives the texts by the format's own column names."""
        return self.projection.sql(source, self.line, self.month)

    @property
    def rest(self) -> dict[str, str]:
        """The columns of a line that `sql` leaves out, in SQL of those that it gives."""
        return apart(self.line)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format: how its columns are called and what becomes of them."""

    key: str
    title: str
    names: Mapping[str, str]
    """Every spelling of a column, folded, to the format's own name of it."""
    needs: Sequence[tuple[str, ...]]
    """Columns without which it is another format; of each group one is enough."""
    nulls: Sequence[str]
    """Texts that mean nothing."""
    replaces: tuple[str, ...]
    """What a corrected file replaces, beside cloud and month: the columns of a line that must be equal."""
    shape: Callable[[Collection[str], Options], Shape]
    own_ids: str = ""
    """The column of an account that `sub_account` is, in that vendor's own files alone: uin or account_id."""
    version: Callable[[Collection[str]], str] = lambda _columns: ""

    def columns(self, header: Sequence[str]) -> dict[str, int]:
        """The known columns of a header and where they stand; the first of two that are called the same."""
        found: dict[str, int] = {}
        for place, cell in enumerate(header):
            name = self.names.get(fold(cell))
            if name is not None:
                found.setdefault(name, place)
        return found

    def missing(self, header: Sequence[str]) -> list[str]:
        """The columns it needs and the header lacks."""
        found = self.columns(header)
        return [group[0] for group in self.needs if not any(name in found for name in group)]


def fold(cell: str) -> str:
    """A header cell without case, spaces and punctuation: `Billed_Cost`, `BilledCost` and `billed cost` are one."""
    return "".join(char for char in unicodedata.normalize("NFKC", cell).casefold() if char.isalnum())


def spellings(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Folded spelling -> name, the name itself included."""
    found: dict[str, str] = {}
    for name, others in table.items():
        for spelling in (name, *others):
            folded = fold(spelling)
            assert found.get(folded, name) == name, spelling
            found[folded] = name
    return found
