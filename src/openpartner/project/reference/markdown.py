"""Tables and headings of the generated pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by `openpartner docs`; edit the code it describes. -->"


def page(title: str, introduction: str, *parts: str) -> str:
    """A whole page: title, the note that it is generated, a sentence, and its parts."""
    return "\n\n".join([f"# {title}", GENERATED, introduction, *[part for part in parts if part]]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; vertical bars, angle brackets and line ends in a cell are made harmless."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---" for _ in head) + "|"]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def code(value: object) -> str:
    """A value as code, nothing for an empty one."""
    return f"`{value}`" if str(value) else ""


def codes(values: Iterable[object]) -> str:
    """Values as code, by comma."""
    return ", ".join(code(value) for value in values)


def _cell(value: object) -> str:
    text = " ".join(str(value).replace("|", "\\|").split())
    # Between backticks an angle bracket is harmless already, and a backslash would be shown.
    return "`".join(part if place % 2 else part.replace("<", "\\<") for place, part in enumerate(text.split("`")))
