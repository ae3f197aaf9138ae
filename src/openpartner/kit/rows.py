r"""Rows on their way into a file: one marked text for many rows, framed as CSV or as the XML of a sheet.

A database joins the cells of a row with markers, control characters that say where a cell or a row ends and of what
kind its neighbours are. Many rows are one text, and a handful of replacements over that text make the file: a
million rows cost a second, where calling a function for each cell would cost ten. The same text is made from tuples
where there are few (`marked`).

CSV is RFC 4180 in UTF-8. Texts are always quoted, numbers never. A text that a spreadsheet would take for a formula
(it begins with = + - @, a tab, a line break, or the full-width form of a sign) begins with an apostrophe instead.
Control characters other than tab and line breaks are left out of every file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, BinaryIO, TypeAlias


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "t"
    NUMBER = "n"


ROW = "\x1e"
"""Ends a row."""
BETWEEN = {"tt": "\x1f", "tn": "\x1d", "nt": "\x1c", "nn": "\x1b"}
"""Stands between two cells, by the kinds of both."""
MARKERS = ROW + "".join(BETWEEN.values())
Value: TypeAlias = str | int | None

CELL_LENGTH_MAX = 32_767
"""The most characters a cell of a spreadsheet holds; the rest of a longer text is left out of a sheet."""

_MARKERS = MARKERS.encode()
_DROPPED = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r" and code not in _MARKERS)
_NOT_MARKERS = bytes(code for code in range(256) if code not in _MARKERS)
_NO_MARKERS = {ord(marker): None for marker in MARKERS}
_SIGNS = "=+-@\t\r\n＝＋－＠"
"""What a text begins with that a spreadsheet takes for a formula."""
_NO_XML = ("\ufffe".encode(), "\uffff".encode())
_ESCAPE_LIKE = re.compile(rb"_(?=x[0-9A-Fa-f]{4}_)")
_SPACED = re.compile(rb"<t>(?=[ \t\n]|[^<]*[ \t\n]</t>)")
_TOO_LONG = re.compile(f"([^{MARKERS}]{{{CELL_LENGTH_MAX}}})[^{MARKERS}]+")


def _classes(**of: bytes) -> bytes:
    """A table that turns bytes into the letter of their class, and every other into a dot: one pass tells much."""
    table = bytearray(b"." * 256)
    for letter, codes in of.items():
        for code in codes:
            table[code] = ord(letter)
    return bytes(table)


_FOR_CSV = _classes(m=_MARKERS, d=_DROPPED, q=b'"', s=bytes({sign.encode()[0] for sign in _SIGNS}))
_FOR_XML = _classes(m=_MARKERS, d=_DROPPED, e=b"&<>\r", s=b" \t\n", x=b"\xef", u=b"_")


@dataclass(frozen=True)
class Layout:
    """The kinds of the cells of every row of a file, in their order; at least one."""

    kinds: tuple[Kind, ...]

    def __post_init__(self) -> None:
        assert self.kinds

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """The marker behind each cell."""
        pairs = zip(self.kinds, self.kinds[1:], strict=False)
        return (*(BETWEEN[before + after] for before, after in pairs), ROW)

    def is_whole(self, text: bytes, rows: int) -> bool:
        """Whether a text holds so many rows and no marker but its own: a value that holds one adds to their number."""
        return len(text.translate(None, _NOT_MARKERS)) == rows * len(self.kinds)


def marked(layout: Layout, rows: Iterable[Sequence[Value]]) -> bytes:
    """Rows as marked text. What is no character, such as half of a surrogate pair, becomes a question mark."""
    ends = layout.ends
    cells = (_clean(value) + end for row in rows for value, end in zip(row, ends, strict=True))
    return "".join(cells).encode("utf-8", "replace")


def _clean(value: Value) -> str:
    return "" if value is None else str(value).translate(_NO_MARKERS)


class Framing:
    """How the rows of one layout are written: what stands around cells of each kind and between rows."""

    def __init__(
        self, layout: Layout, cells: dict[Kind, tuple[bytes, bytes]], between: bytes, row: tuple[bytes, bytes]
    ) -> None:
        opens, closes = ({kind: around[side] for kind, around in cells.items()} for side in (0, 1))
        self._open = row[0] + opens[layout.kinds[0]]
        """What a row begins with."""
        used = {ROW: closes[layout.kinds[-1]] + row[1] + self._open}
        for before, after in zip(layout.kinds, layout.kinds[1:], strict=False):
            used[BETWEEN[before + after]] = closes[before] + between + opens[after]
        self._replacements = [(marker.encode(), spelled) for marker, spelled in used.items()]

    def _framed(self, text: bytes) -> bytes:
        if not text:
            return b""
        for marker, spelled in self._replacements:
            text = text.replace(marker, spelled)
        # The last row's end has opened a row that is not there; the first row's opening is missing.
        return b"".join((self._open, memoryview(text)[: -len(self._open)])) if self._open else text


class Csv(Framing):
    """Lines of comma-separated values."""

    BOM = b"\xef\xbb\xbf"
    """Begins a file for spreadsheets, which otherwise take UTF-8 for the encoding of their own country."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, {Kind.TEXT: (b'"', b'"'), Kind.NUMBER: (b"", b"")}, b",", (b"", b"\r\n"))
        # The markers behind which a text begins: before a number, a sign is a sign. One pattern for each, because a
        # pattern that begins with a plain byte is searched for four times as fast.
        behind = {BETWEEN["tt"], BETWEEN["nt"], *([ROW] if layout.kinds[0] is Kind.TEXT else [])}
        signs = "(?=" + "|".join(map(re.escape, _SIGNS)) + ")"
        self._formulas = [
            (re.compile((marker + signs).encode()), f"{marker}'".encode())
            for marker in sorted(behind & {ROW, *layout.ends})
        ]

    def frame(self, text: bytes) -> bytes:
        """The lines of marked rows."""
        found = text.translate(_FOR_CSV)
        if b"d" in found:
            text = text.translate(None, _DROPPED)
            found = text.translate(_FOR_CSV)
        if b"ms" in found or found[:1] == b"s":
            text = ROW.encode() + text  # the first row has no marker before it
            for pattern, guarded in self._formulas:
                text = pattern.sub(guarded, text)
            text = text[1:]
        if b"q" in found:
            text = text.replace(b'"', b'""')
        return self._framed(text)


class SheetXml(Framing):
    """Rows of a sheet of an XLSX workbook. Texts are inline strings, which no spreadsheet takes for formulas."""

    def __init__(self, layout: Layout, *, style: int = 0) -> None:
        styled = f' s="{style}"'.encode() if style else b""
        text = (b'<c t="inlineStr"' + styled + b"><is><t>", b"</t></is></c>")
        number = (b"<c" + styled + b"><v>", b"</v></c>")
        self._empty = (text[0] + text[1], number[0] + number[1])
        super().__init__(layout, {Kind.TEXT: text, Kind.NUMBER: number}, b"", (b"<row>", b"</row>"))

    def frame(self, text: bytes) -> bytes:
        """The row elements of marked rows."""
        if max(map(len, text.split(ROW.encode()))) > CELL_LENGTH_MAX:
            text = _TOO_LONG.sub(r"\1", text.decode()).encode()
        found = text.translate(_FOR_XML)
        if b"d" in found:
            text = text.translate(None, _DROPPED)
            found = text.translate(_FOR_XML)
        if b"e" in found:
            text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b"\r", b"&#13;")
        if b"x" in found:
            for code in _NO_XML:
                text = text.replace(code, b"")
        if b"u" in found:
            # A spreadsheet reads _x000D_ as a carriage return; _x005F_ is the underscore.
            text = _ESCAPE_LIKE.sub(b"_x005F_", text)
        is_spaced = found[:1] == b"s" or b"ms" in found or b"sm" in found
        text = self._framed(text)
        for empty in self._empty:
            text = text.replace(empty, b"<c/>")
        # Without the attribute a spreadsheet takes spaces off both ends.
        return _SPACED.sub(b'<t xml:space="preserve">', text) if is_spaced else text


class CsvFile:
    """A CSV file that is being written, row by row."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        *,
        header: Sequence[str],
        bom: bool,
        state: dict[str, Any] | None = None,
    ) -> None:
        """`state` is what `pause` gave: the file is cut to its length of then."""
        self._file = file
        self._rows = Csv(layout)
        self._at: int = state["at"] if state else 0
        file.truncate(self._at)
        file.seek(self._at)
        if not state:
            titles = Layout((Kind.TEXT,) * len(header))
            self._put((Csv.BOM if bom else b"") + Csv(titles).frame(marked(titles, [header])))

    def write(self, text: bytes, rows: int) -> None:
        """Add so many rows of marked text."""
        assert rows
        self._put(self._rows.frame(text))

    def pause(self) -> dict[str, Any]:
        """The place reached, as JSON values; what has been written is in the file."""
        self._file.flush()
        return {"at": self._at}

    def close(self, _about: object = None) -> None:
        """Nothing stands at the end of a CSV file, which has no place to tell what it is. The file stays open."""
        self._file.flush()

    def _put(self, data: bytes) -> None:
        self._at += self._file.write(data)
