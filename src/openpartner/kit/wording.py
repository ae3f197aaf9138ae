"""Words that leave the system, by mail or SMS: in which language, and on how many lines."""

from __future__ import annotations

import unicodedata

LANGUAGES = ("en", "zh", "ja")


def spoken(language: str) -> str:
    """The one of our languages that a language tag means (`zh-hans` is `zh`; English when it is none of them)."""
    primary = language.lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else LANGUAGES[0]


def one_line(text: str, length_max: int | None = None) -> str:
    """A text without line breaks and control characters, and no longer than so many characters."""
    printable = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in text)
    line = " ".join(printable.split())
    return line if length_max is None or len(line) <= length_max else line[: length_max - 1] + "…"
