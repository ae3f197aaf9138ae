"""What a list is: its columns, its filters and its tabs, declared once for page, export and documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from django.db.models import Expression
from django.forms import Field
from django.utils.functional import Promise

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.kit.masks import Mask
from openpartner.kit.slices import Page, Slice

Words: TypeAlias = "str | Promise"  # quoted: a lazy translation is no class of its own at run time
"""What people read; translated when it is shown."""
Where = TypeVar("Where")
Asked_contra = TypeVar("Asked_contra", contravariant=True)
Row: TypeAlias = tuple[Any, ...]


class Cell(StrEnum):
    """How a value is shown, and how a file writes it."""

    TEXT = "text"
    ID = "id"  # digits that are no amount: a text in every file
    NUMBER = "number"
    AMOUNT = "amount"  # a decimal of 8 places, exact on a page as in a file
    INSTANT = "instant"  # the reader's zone on a page, UTC with its Z in a file
    CHOICE = "choice"  # a value of a closed vocabulary, shown by its word
    TAGS = "tags"  # texts joined by commas
    PROGRESS = "progress"  # how far something is, in whole percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `value` is what the database is asked for: a path or an expression."""

    key: str
    label: Words
    value: str | Expression
    shows: Cell = Cell.TEXT
    words: Mapping[Any, Words] = field(default_factory=dict)
    """The word of each value of a CHOICE, which is shown empty without one, and of those TAGS that have one."""
    tones: Mapping[Any, str] = field(default_factory=dict)
    """The colour of a CHOICE on a page: good, warn, bad or calm."""
    mask: Mask | None = None
    order: str = ""
    """The order of the source that sorts by this column; empty when none does."""
    is_default: bool = True
    below: str = ""
    """On a page, stands as a second line under the column of this key."""
    link: str = ""
    """The name of the page that the cell opens, given the row's identity."""
    is_linked_for: Callable[[Caller], bool] = lambda _caller: True
    """Who may open it; for others the cell is no link."""
    has_initials: bool = True
    """Whether the initials of what is linked stand before it, as for people and companies."""
    is_for: Callable[[Caller], bool] = lambda _caller: True
    """Whose list has the column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition people can set. Its key names it in the address, and a field of the listing's `where`."""

    key: str
    label: Words
    control: Callable[[Caller], Field]
    """Makes the form field; a new one each time, because choices depend on who asks."""
    convert: Callable[[Any, Reader], Any] = lambda value, _reader: value
    """From the cleaned value of the form to the value of `where`."""
    is_always_shown: bool = False
    is_fixed: bool = False
    """Set by the page and not by people: neither shown nor taken away, and part of every file."""
    is_for: Callable[[Caller], bool] = lambda _caller: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of several views of a list: fixed conditions, for those who may see it."""

    key: str
    label: Words
    conditions: Mapping[str, Any] = field(default_factory=dict)
    scope: Callable[[Caller], Scope] | None = None
    """Whose rows; the listing's own scope unless given."""
    columns: tuple[str, ...] = ()
    """The columns shown unless others are chosen; empty for the listing's own."""
    without: frozenset[str] = frozenset()
    """Columns and filters that this tab does not have."""
    is_for: Callable[[Caller], bool] = lambda _caller: True
    closed: Callable[[Caller], Words] = lambda _caller: ""
    """Why the tab is shown but closed, and how to get it; empty when it is open."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom instants are spelled: the IANA name of a zone."""

    zone: str = "UTC"


class Source(Protocol[Asked_contra]):
    """The rows of a list, with some of its columns, in an order."""

    def page(self, scope: Scope, where: Asked_contra, window: Slice, *, order: str, exact: bool) -> Page[Row]:
        """One slice and the total, which may be capped unless it is asked to be exact."""

    def stream(
        self, scope: Scope, where: Asked_contra, *, order: str, after: Row | None, batch: int
    ) -> Iterator[list[Row]]:
        """Batches of rows; each row ends with the values from which to go on after it."""


class Texts(Protocol):
    """Makes the source of marked text of a listing whose rows no database can join, and a file of its own kinds."""

    def source(self, columns: Sequence[Column], behind: Sequence[str], *, unmasked: bool) -> Source[Any]:
        """The rows as marked text; the texts `behind` stand in every row after the columns."""

    def write(
        self,
        scope: Scope,
        where: Any,  # noqa: ANN401  # of whatever type its filter is
        columns: Sequence[Column],
        *,
        order: str,
        unmasked: bool,
        file_format: str,
        target: Path,
    ) -> Iterator[int]:
        """Write a file of one of the listing's other formats; tells now and then how many rows are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Where]):
    """A list of things of one kind."""

    name: str
    title: Words
    permission: Permission
    export_permission: Permission | None
    """None: the list cannot be exported."""
    where: type[Where]
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    source: Callable[[tuple[str | Expression, ...]], Source[Where]]
    """Makes the source of some expressions."""
    order: str
    """The order until somebody chooses another; a leading minus is descending."""
    subject: str = "pk"
    """The path of what links, selections and the audit trail name the row by."""
    identity: str = "pk"
    """The path of the identifier that stands in the addresses of a row's pages."""
    tabs: tuple[Tab, ...] = ()
    scope: Callable[[Caller], Scope] = lambda caller: caller.scope
    texts: Texts | None = None
    """Given when `source` takes the names of values, not expressions of a database: then this makes its files."""
    formats: tuple[str, ...] = ("xlsx", "csv")
    """The files an export can be; `texts` writes those that are neither."""

    def column(self, key: str) -> Column:
        """The column of this key; KeyError when there is none."""
        return next(column for column in self.columns if column.key == key)
