"""Text folded for search: one normal form for every script, and the grams an index can hold."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """NFKC, casefold, no white space: `Ｇreen Tea` and `greentea` meet."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def bigrams(folded: str) -> str:
    """The distinct pairs of neighbouring non-ASCII characters, sorted, joined by spaces.

    Chinese and Japanese names are searched by two characters, which a trigram index cannot answer.
    ASCII pairs are left out: they would be most of the index and are rarely asked for.
    """
    pairs = {folded[i : i + 2] for i in range(len(folded) - 1)}
    return " ".join(sorted(pair for pair in pairs if not pair[0].isascii() and not pair[1].isascii()))
