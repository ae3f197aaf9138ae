"""Many invitations from a spreadsheet or a pasted list: read within limits, each row with what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from openpartner.console.languages import NAMES
from openpartner.core.base.errors import Invalid
from openpartner.core.loading.files import name_of_column, rows_of
from openpartner.kit.addresses import is_address

ROWS_MAX = 200
"""Rows of one file: each is a mail."""
LINES_MAX = 10_000
"""Lines that are read to find them."""
BYTES_MAX = 2**20
CELL_MAX = 2_000


class Column(NamedTuple):
    """A column that a file may have."""

    name: str
    says: str


COLUMNS = (
    Column("email", gettext_noop("The address to invite. The one column that is needed.")),
    Column("language", gettext_noop("en, zh or ja; the language of the form when it is empty.")),
    Column("text", gettext_noop("A personal line in the mail; that of the form when it is empty.")),
)
KNOWN = frozenset(column.name for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line, whom it invites, and why it cannot be sent; empty when nothing is wrong."""

    line: int
    email: str
    language: str = ""
    text: str = ""
    wrong: str = ""


def read(path: Path) -> list[Row]:
    """The rows of a file; its first line names the columns, or is an address already. Invalid when it is no table."""
    if path.stat().st_size > BYTES_MAX:
        raise Invalid("file", _("is larger than 1 MB"))
    names: list[str] | None = None
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in rows_of(path, KNOWN):
        if number > LINES_MAX:
            raise Invalid("file", _("has too many lines"))
        texts = [_text(cell) for cell in cells]
        if names is None:
            names = _header(texts)
            if names is not None:
                continue
            names = ["email"]
        given = dict(zip(names, texts, strict=False))
        if any(given.values()):
            found.append((number, given))
    return _checked(found)


def pasted(text: str) -> list[Row]:
    """The rows of a list of addresses that was typed or pasted, apart by lines, commas, semicolons or spaces."""
    found: list[tuple[int, dict[str, str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.replace(",", " ").replace(";", " ").split()
        found += [(number, {"email": part.strip("<>")}) for part in parts]
    return _checked(found)


def kept(rows: Sequence[Row]) -> str:
    """The rows as a field of a form carries them; what comes back is checked as if it were new."""
    return json.dumps([[row.line, row.email, row.language, row.text] for row in rows], ensure_ascii=False)


def brought(text: str) -> list[Row]:
    """The rows that a field of a form carried. Invalid when it is none of ours."""
    try:
        given: Any = json.loads(text)
        found = [
            (int(line), {"email": str(email), "language": str(language), "text": str(words)})
            for line, email, language, words in given
        ]
    except (ValueError, TypeError) as error:
        raise Invalid("rows", _("is not a list of rows; bring the file again")) from error
    return _checked(found)


def _checked(found: Sequence[tuple[int, dict[str, str]]]) -> list[Row]:
    if not found:
        raise Invalid("file", _("has no address in it"))
    if len(found) > ROWS_MAX:
        raise Invalid("file", _("has more than %(most)s rows; bring it in parts") % {"most": ROWS_MAX})
    return list(_rows(found))


def _rows(found: Sequence[tuple[int, dict[str, str]]]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for line, given in found:
        email, language = given.get("email", "").casefold(), given.get("language", "").casefold()
        wrong = ""
        if not is_address(email):
            wrong = _("This is no address that mail can be sent to.")
        elif email in seen:
            wrong = _("The same address stands in line %(line)s.") % {"line": seen[email]}
        elif language and language not in NAMES:
            wrong = _("The language is none of en, zh and ja.")
        seen.setdefault(email, line)
        yield Row(line, email[:CELL_MAX], language[:CELL_MAX], given.get("text", ""), wrong)


def _header(texts: Sequence[str]) -> list[str] | None:
    """The names of the columns; None when the first line is a row already."""
    names = [name_of_column(text) for text in texts]
    if texts and is_address(texts[0]):
        return None
    if "email" not in names:
        raise Invalid("file", _("has no column email in its first line"))
    unknown = [name for name in names if name and name not in KNOWN]
    if unknown:
        told = ", ".join(name[:40] for name in unknown[:5])
        raise Invalid("file", _("has columns nobody knows: %(names)s") % {"names": told})
    return names


def _text(cell: object) -> str:
    """A cell as text on one line, without what cannot be shown."""
    text = "" if cell is None else str(cell)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:CELL_MAX]).split())
