"""What is agreed to on joining: the texts of the provider's agreements, read and ticked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.agreements.models import AgreementVersion
from openpartner.core.agreements.queries import all_needed, current, text_of
from openpartner.core.agreements.signing import accept
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.base.errors import Conflict
from openpartner.core.base.permissions import Permission

ON_REGISTERING = (Agreement.CUSTOMER_AGREEMENT, Agreement.PRIVACY_STATEMENT)


@dataclass(frozen=True, slots=True)
class Paper:
    """An agreement as somebody reads it."""

    version: AgreementVersion
    title: str
    language: str
    paragraphs: list[tuple[bool, str]]
    """Whether it is a heading, and its words."""


def papers(user: User | None = None) -> list[Paper]:
    """What is to be agreed to: by somebody who registers, or still by a user's account."""
    if user is None:
        versions = [version for version in map(current, ON_REGISTERING) if version is not None]
    else:
        versions = all_needed(user.account)
    return [_paper(version) for version in versions]


def keys_of(texts: Sequence[Paper]) -> str:
    """Which versions a page shows, as its form carries them."""
    return ",".join(str(one.version.pk) for one in texts)


def refuse_unread(form: forms.Form, texts: Sequence[Paper], read: str) -> None:
    """Say beside the tick that other versions are in force now than those that were read."""
    if texts and read != keys_of(texts):
        form.add_error("agreed", _("This has changed meanwhile. Read it again, and tick again."))


def accept_papers(user: User, texts: Sequence[Paper], *, source: str) -> None:
    """Accept them for the account of somebody who has ticked them."""
    caller = caller_of(user, via="console", language=user.language)
    if Permission.CONSENT not in caller.permissions:
        return  # only an administrator speaks for its account; the console asks one
    for one in texts:
        try:
            accept(caller, one.version, source=source, language=one.language)
        except Conflict:
            continue  # accepted already, or replaced this moment: the console asks again


def _paper(version: AgreementVersion) -> Paper:
    text = text_of(version, get_language() or "en")
    return Paper(version, text.title, text.language, list(_parts(text.text)))


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Headings, which are lines of their own, and the paragraphs between blank lines."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        is_heading = line.startswith("# ")
        if lines and (is_heading or not line.strip()):
            yield False, "\n".join(lines)
            lines = []
        if is_heading:
            yield True, line.removeprefix("# ")
        elif line.strip():
            lines.append(line)
