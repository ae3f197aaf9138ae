"""An XLSX workbook (ECMA-376) written from front to back, as many sheets as its rows need.

The header row is bold and stays in sight. A last sheet tells what the file is: a reader that takes the first sheet
gets the rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from openpartner.kit.archive import Archive
from openpartner.kit.rows import ROW, Kind, Layout, SheetXml, marked

SHEET_ROWS_MAX = 1_048_576
"""The most a spreadsheet opens, header included."""
SHEET_BYTES_MAX = 3_500_000_000
"""A sheet is ended before the archive could not hold it."""
COLUMNS_MAX = 16_384
NAME_LENGTH_MAX = 24
"""Sheet names have up to 31 characters; a number is added."""
_NOT_IN_NAMES = dict.fromkeys(map(ord, "[]:*?/\\'"), " ")

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-"
_FONT = '<sz val="11"/><name val="Calibri"/>'
_PLAIN = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
_BOLD_FONT = _PLAIN.replace('fontId="0"', 'fontId="1"')
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    "</fills>"
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1"><xf {_PLAIN}/></cellStyleXfs>'
    f'<cellXfs count="2"><xf {_PLAIN} xfId="0"/><xf {_BOLD_FONT} xfId="0" applyFont="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_BOLD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file tells of itself."""

    title: str
    """Names the sheets."""
    creator: str
    facts: tuple[tuple[str, str], ...]
    """Names and values for the last sheet."""
    sheet: str
    """What that sheet is called."""


class Workbook:
    """A workbook that is being written, row by row."""

    def __init__(
        self,
        file: BinaryIO,
        layout: Layout,
        *,
        header: Sequence[str],
        widths: Sequence[int],
        made_at: datetime,
        rows_max: int = SHEET_ROWS_MAX,
        state: dict[str, Any] | None = None,
    ) -> None:
        """`made_at` is UTC, `rows_max` counts the header, and `state` is what `pause` gave."""
        assert len(header) == len(widths) == len(layout.kinds) <= COLUMNS_MAX
        assert 2 <= rows_max <= SHEET_ROWS_MAX
        self._archive = Archive(file, made_at, state["archive"] if state else None)
        self._rows = SheetXml(layout)
        self._made_at = made_at
        self._rows_max = rows_max
        titles = Layout((Kind.TEXT,) * len(header))
        self._begin = _sheet_head(widths) + SheetXml(titles, style=_BOLD).frame(marked(titles, [header]))
        self._sheets: int = state["sheets"] if state else 0
        self._filled: int = state["filled"] if state else 0
        if not state:
            self._begin_sheet()

    def write(self, text: bytes, rows: int) -> None:
        """Add so many rows of marked text."""
        while rows:
            room = self._rows_max - self._filled
            if room == 0 or self._archive.raw_size > SHEET_BYTES_MAX:
                self._end_sheet()
                self._begin_sheet()
                continue
            if rows <= room:
                now, text, count = text, b"", rows
            else:
                now, text = _split(text, room)
                count = room
            self._archive.write(self._rows.frame(now))
            self._filled += count
            rows -= count

    def pause(self) -> dict[str, Any]:
        """The place reached, as JSON values; what has been written is in the file."""
        return {"archive": self._archive.pause(), "sheets": self._sheets, "filled": self._filled}

    def close(self, about: About) -> None:
        """End the last sheet, and write what the file is and what holds its sheets together. The file stays open."""
        self._end_sheet()
        facts = Layout((Kind.TEXT, Kind.TEXT))
        rows = SheetXml(facts).frame(marked(facts, about.facts))
        self._archive.add(
            f"xl/worksheets/sheet{self._sheets + 1}.xml", _sheet_head((30, 80), frozen=False) + rows + _FOOT
        )
        for name, text in self._parts(about).items():
            self._archive.add(name, _HEAD + text.encode())
        self._archive.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._archive.begin(f"xl/worksheets/sheet{self._sheets}.xml")
        self._archive.write(self._begin)
        self._filled = 1

    def _end_sheet(self) -> None:
        self._archive.write(_FOOT)
        self._archive.end()

    def _parts(self, about: About) -> dict[str, str]:
        numbers = range(1, self._sheets + 2)
        title = about.title.translate(_NOT_IN_NAMES)[:NAME_LENGTH_MAX]
        names = [title if number == 1 else f"{title} {number}" for number in numbers[:-1]]
        names.append(about.sheet.translate(_NOT_IN_NAMES)[:NAME_LENGTH_MAX])
        sheets = "".join(
            f'<sheet name="{_attribute(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for name, number in zip(names, numbers, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/relationships/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        moment = self._made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><bookViews><workbookView/>'
            f"</bookViews><sheets>{sheets}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
            f'Id="rId{len(numbers) + 1}" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/></Relationships>',
            "xl/styles.xml": _STYLES,
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{_text(about.title)}</dc:title>'
            f"<dc:creator>{_text(about.creator)}</dc:creator><dc:description>"
            f"{_text('; '.join(f'{name}: {value}' for name, value in about.facts))}</dc:description>"
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created></cp:coreProperties>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" '
            f'Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="{_TYPES}package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="{_TYPES}officedocument.spreadsheetml.worksheet+xml"/>'
            + "".join(
                f'<Override PartName="/{part}" ContentType="{_TYPES}{kind}+xml"/>' for part, kind in _OVERRIDES.items()
            )
            + "</Types>",
        }


_OVERRIDES = {
    "xl/workbook.xml": "officedocument.spreadsheetml.sheet.main",
    "xl/styles.xml": "officedocument.spreadsheetml.styles",
    "docProps/core.xml": "package.core-properties",
}
_FOOT = b"</sheetData></worksheet>"


def _sheet_head(widths: Sequence[int], *, frozen: bool = True) -> bytes:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, start=1)
    )
    return (
        _HEAD
        + (
            f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
            f"<cols>{columns}</cols><sheetData>"
        ).encode()
    )


def _split(text: bytes, rows: int) -> tuple[bytes, bytes]:
    """Marked text before and behind the end of so many rows."""
    *first, rest = text.split(ROW.encode(), rows)
    return ROW.encode().join((*first, b"")), rest


def _text(value: str) -> str:
    """Text of an element, without what XML cannot hold."""
    return escape("".join(one for one in value if one.isprintable()))


def _attribute(value: str) -> str:
    return _text(value).replace('"', "&quot;")
