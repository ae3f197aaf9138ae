"""Text folded for search: one normal form for every script, and the grams an index can hold."""

from __future__ import annotations

import unicodedata

BETWEEN = "\n"
"""Stands between the parts of a search key, so that no term matches across two of them."""


def fold_keeping_spaces(text: str) -> str:
    """NFKC and casefold: what `contains, whatever the case` compares."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold()


def fold(text: str) -> str:
    """Folded and without white space: `Ｇreen Tea` and `greentea` meet."""
    return "".join(fold_keeping_spaces(text).split())


def search_key(*parts: str) -> str:
    """The folded parts of a row that one search box looks through."""
    return BETWEEN.join(fold(part) for part in parts)


def bigrams(folded: str) -> str:
    """The distinct pairs of neighbouring non-ASCII characters, sorted, joined by spaces.

    Chinese and Japanese names are searched by two characters, which a trigram index cannot answer.
    ASCII pairs are left out: they would be most of the index and are rarely asked for.
    """
    if folded.isascii():
        return ""
    pairs = {folded[i : i + 2] for i in range(len(folded) - 1)}
    return " ".join(sorted(pair for pair in pairs if not pair[0].isascii() and not pair[1].isascii()))
