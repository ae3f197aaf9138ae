"""The languages of the console: ours, and what Django calls them."""

from __future__ import annotations

from django.utils import translation

LANGUAGES = {"en": "en", "zh": "zh-hans", "ja": "ja"}
"""The language of a user and of a mail, and Django's code of it."""
NAMES = {"en": "English", "zh": "简体中文", "ja": "日本語"}
"""Each in its own words: who cannot read this page looks for these."""


def speak(language: str) -> None:
    """Answer the current request in a user's language."""
    translation.activate(LANGUAGES.get(language, "en"))
