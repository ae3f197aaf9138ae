"""The letters that stand before an authorization, as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.agreements.models import AgreementVersion
from openpartner.core.agreements.queries import text_of

HEADING = "# "


@dataclass(frozen=True, slots=True)
class Letter:
    """A version of a letter in one language: its parts are headings and paragraphs."""

    version: AgreementVersion
    title: str
    language: str
    parts: list[tuple[bool, str]]
    """Whether it is a heading, and its words."""


def letter_of(version: AgreementVersion | None, language: str) -> Letter | None:
    """The letter to read, in the reader's language; None where nothing is to be accepted."""
    if version is None:
        return None
    text = text_of(version, language)
    blocks = [block.strip() for block in text.text.replace(f"\n{HEADING}", f"\n\n{HEADING}").split("\n\n")]
    parts = [(block.startswith(HEADING), block.removeprefix(HEADING)) for block in blocks if block]
    return Letter(version, text.title, text.language, parts)
