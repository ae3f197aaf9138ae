"""The mails there are, the values each needs, and their words in three languages."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

LANGUAGES = ("en", "zh", "ja")
VALUE_MAX = 200
"""Longer values are cut, links aside: the name of somebody's account is no place for a letter."""
SUBJECT_MAX = 200
LINK = "link"
SIGNATURE = "signature"
"""What every mail ends with; its one value is the console's address."""


class Template(StrEnum):
    """One kind of mail; its words stand under this name in each language's file."""

    PASSWORD_RESET = "password-reset"  # noqa: S105  # a template's name
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # a template's name
    SIGN_IN_LOCKED = "sign-in-locked"
    SECOND_FACTOR_CHANGED = "second-factor-changed"
    KEY_CREATED = "key-created"
    EXPORT_READY = "export-ready"
    IMPORT_FINISHED = "import-finished"
    BUDGET_REACHED = "budget-reached"
    CONSUMPTION_REACHED = "consumption-reached"
    INVITATION = "invitation-to-organization"
    CREDIT_LOW = "credit-low"
    SERVICES_STOPPED = "services-stopped"
    SERVICES_RESUMED = "services-resumed"
    VERIFICATION_CODE = "verification-code"
    TEST = "test"


VALUES: dict[Template, frozenset[str]] = {
    Template.PASSWORD_RESET: frozenset({"name", "account", "minutes", LINK}),
    Template.PASSWORD_CHANGED: frozenset({"name", "account", "time"}),
    Template.SIGN_IN_LOCKED: frozenset({"name", "account", "attempts", "time", "minutes"}),
    Template.SECOND_FACTOR_CHANGED: frozenset({"name", "account", "time"}),
    Template.KEY_CREATED: frozenset({"name", "account", "key", "time"}),
    Template.EXPORT_READY: frozenset({"name", "account", "file", "rows", "days", LINK}),
    Template.IMPORT_FINISHED: frozenset({"name", "account", "file", "rows", "faults", LINK}),
    Template.BUDGET_REACHED: frozenset({"account", "uin", "percent", "used", "amount", LINK}),
    Template.CONSUMPTION_REACHED: frozenset({"account", "percent", "used", "amount", LINK}),
    Template.INVITATION: frozenset({"name", "inviter", "account", "days", LINK}),
    Template.CREDIT_LOW: frozenset({"account", "uin", "percent", "available", "total", LINK}),
    Template.SERVICES_STOPPED: frozenset({"account", "uin", "available", "total", LINK}),
    Template.SERVICES_RESUMED: frozenset({"account", "uin", "available", "total", LINK}),
    Template.VERIFICATION_CODE: frozenset({"name", "account", "code", "what", "minutes"}),
    Template.TEST: frozenset({"address"}),
}
"""What each template's braces may name; a mail is refused unless it gives exactly these.

`name` is the user's, `account` the account's name; `time` is an instant with its zone (`2026-01-01 10:00 UTC`), `key`
an access key without its secret; `what` the words of the page that asks for `code`; `minutes` and `days` say how long
something lasts.
"""


def rendered(template: Template, language: str, values: Mapping[str, object], url: str) -> tuple[str, str]:
    """Subject and text of a mail in a language (`zh-hans` is `zh`; English when there is no such file).

    Values are plain text on one line: whatever somebody calls an account, it adds neither a header nor a paragraph.
    `url` is the console's address, for the signature.
    """
    assert values.keys() == VALUES[template], f"{template} takes {sorted(VALUES[template])}"
    words = texts(spoken(language))
    lines = {name: one_line(str(value), None if name == LINK else VALUE_MAX) for name, value in values.items()}
    subject = one_line(words[template]["subject"].format(**lines), SUBJECT_MAX)
    text = words[template]["text"].strip().format(**lines)
    return subject, f"{text}\n\n-- \n{words[SIGNATURE]['text'].strip().format(url=url)}\n"


def spoken(language: str) -> str:
    """The one of our languages that a language tag means."""
    primary = language.lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else LANGUAGES[0]


def one_line(text: str, length_max: int | None = None) -> str:
    """A text without line breaks and control characters, and no longer than so many characters."""
    printable = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in text)
    line = " ".join(printable.split())
    return line if length_max is None or len(line) <= length_max else line[: length_max - 1] + "…"


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """All templates of a language, and its signature."""
    return tomllib.loads(resources.files(__package__).joinpath("texts", f"{language}.toml").read_text("utf-8"))
