"""Bill lines as the rows of a list: pages straight from the lake, and files of which the lake spells most of the text.

Values are columns of the lake, or facts of the line's customer and partner (`customer.uin`), which are looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from openpartner.core.base.scope import Scope
from openpartner.core.billing.queries import BillFilter, lines, stream_lines
from openpartner.kit.rows import MARKERS
from openpartner.kit.slices import Page, Slice
from openpartner.lake.schema import BY_NAME, INSTANT, KEY, TEXT
from openpartner.lake.store import quoted
from openpartner.listings.bill_people import KEYS, People, split
from openpartner.listings.declare import Cell, Column, Row
from openpartner.listings.records import cell_of, layout_of

Asks = Callable[[Scope, Any], BillFilter]
SCRUBBED = "translate({}, " + quoted(MARKERS) + ", '')"


@dataclass(frozen=True, slots=True)
class LineRows:
    """The source of some values of lines."""

    asks: Asks
    names: tuple[str, ...]

    def page(self, scope: Scope, where: Any, window: Slice, *, order: str, exact: bool) -> Page[Row]:  # noqa: ANN401  # of the listing; there is one order and one total
        """One slice of the lines in the lake's order, and how many there are."""
        asked = [value_sql(name) for name in self.names if split(name) is None]
        found = lines(scope, self.asks(scope, where), window, [*KEYS, *asked])
        people = People(scope)
        people.know(key for row in found.items for key in row[: len(KEYS)])
        return Page([self._row(row, people) for row in found.items], found.total)

    def stream(self, scope: Scope, where: Any, *, order: str, after: Row | None, batch: int) -> Iterator[list[Row]]:  # noqa: ANN401  # likewise
        """All of them from the first on, each followed by its number."""
        assert after is None, "a file of lines is always begun anew"
        asked = [value_sql(name) for name in self.names if split(name) is None]
        people, number = People(scope), 0
        for rows in stream_lines(scope, self.asks(scope, where), [*KEYS, *asked]):
            people.know(key for row in rows for key in row[: len(KEYS)])
            yield [(*self._row(row, people), place) for place, row in enumerate(rows, start=number + 1)]
            number += len(rows)

    def _row(self, row: Row, people: People) -> Row:
        keys = dict(zip(KEYS, row, strict=False))
        rest = iter(row[len(KEYS) :])
        asked = ((name, split(name)) for name in self.names)
        return tuple(people.fact(keys[of[0]], of[1]) if of else next(rest) for _name, of in asked)


@dataclass(frozen=True, slots=True)
class LineTexts:
    """The lines as marked text: neighbouring columns of the lake are one text that DuckDB spells."""

    asks: Asks
    columns: tuple[Column, ...]
    behind: tuple[str, ...]
    unmasked: bool

    def page(self, scope: Scope, where: Any, window: Slice, *, order: str, exact: bool) -> Page[Row]:  # noqa: ANN401  # of the listing
        """Not marked: for its total alone."""
        return LineRows(self.asks, ()).page(scope, where, window, order=order, exact=exact)

    def stream(self, scope: Scope, where: Any, *, order: str, after: Row | None, batch: int) -> Iterator[list[Row]]:  # noqa: ANN401  # likewise
        """Never asked: `texts` says it all."""
        raise NotImplementedError

    def texts(
        self,
        scope: Scope,
        where: Any,  # noqa: ANN401  # of the listing
        *,
        order: str,  # there is one
        after: Row | None,
        batch: int,  # the lake's own
    ) -> Iterator[tuple[bytes, int, Row]]:
        """Batches of lines."""
        assert after is None, "a file of lines is always begun anew"
        asked, spell = self._plan()
        people, number = People(scope), 0
        for rows in stream_lines(scope, self.asks(scope, where), [*KEYS, *asked]):
            people.know({key for row in rows for key in row[: len(KEYS)]})
            text = "".join([part(row, people) for row in rows for part in spell])
            number += len(rows)
            yield text.encode("utf-8", "replace"), len(rows), (number,)

    def _plan(self) -> tuple[list[str], list[Callable[[Row, People], str]]]:
        """What the lake is asked for, and what makes a line's text of a row."""
        layout = layout_of(self.columns, len(self.behind))
        ends = layout.ends
        asked: list[str] = []
        spell: list[Callable[[Row, People], str]] = []
        pending: list[str] = []

        def spelled_by_lake() -> None:
            if pending:
                asked.append(" || ".join(pending))
                spell.append(partial(_at, len(KEYS) + len(asked) - 1))
                pending.clear()

        for column, end in zip(self.columns, ends, strict=False):
            of = split(str(column.value))
            if of is None:
                pending.append(f"{text_sql(column, unmasked=self.unmasked)} || {quoted(end)}")
            else:
                spelled_by_lake()
                spell.append(_fact(column, KEYS.index(of[0]), of[1], end, unmasked=self.unmasked))
        for text, end in zip(self.behind, ends[len(self.columns) :], strict=True):
            clean = text.translate(dict.fromkeys(map(ord, MARKERS)))
            pending.append(quoted(clean + end))
        spelled_by_lake()
        return asked, spell


def _at(place: int, row: Row, _people: People) -> str:
    text: str = row[place]
    return text


def _fact(column: Column, place: int, name: str, end: str, *, unmasked: bool) -> Callable[[Row, People], str]:
    """The text of a fact, spelled once for each account."""
    spelled: dict[int, str] = {}

    def text(row: Row, people: People) -> str:
        key = row[place]
        if key not in spelled:
            value = cell_of(column, people.fact(key, name), unmasked=unmasked)
            spelled[key] = f"{str(value).translate(_NO_MARKERS)}{end}"
        return spelled[key]

    return text


_NO_MARKERS = dict.fromkeys(map(ord, MARKERS))


def value_sql(name: str) -> str:
    """What a page is told of a column: days and decimals as texts, instants as seconds since 1970."""
    kind = BY_NAME[name].type
    if kind in {TEXT, KEY}:
        return name
    return f"CAST(epoch({name}) AS BIGINT)" if kind == INSTANT else f"CAST({name} AS VARCHAR)"


def text_sql(column: Column, *, unmasked: bool) -> str:
    """SQL of the text that a file has of a column of the lake; never NULL, and without markers."""
    name = str(column.value)
    kind = BY_NAME[name].type
    if column.shows is Cell.CHOICE:
        whens = " ".join(f"WHEN {quoted(str(key))} THEN {quoted(str(word))}" for key, word in column.words.items())
        return f"CASE {name} {whens} ELSE '' END"
    if kind == INSTANT:
        return f"coalesce(strftime({name}, '%Y-%m-%dT%H:%M:%SZ'), '')"
    if kind != TEXT:
        return f"coalesce(CAST({name} AS VARCHAR), '')"
    if column.mask is not None and not unmasked:
        return masked_sql(name)
    return f"coalesce({SCRUBBED.format(name)}, '')"


def masked_sql(name: str) -> str:
    """SQL of a name with the mask of names over it; kit/masks.py has its rule."""
    return f"CASE WHEN {name} <> '' THEN left({SCRUBBED.format(name)}, 1) || '****' ELSE '' END"
