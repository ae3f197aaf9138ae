"""Texts that come with the package, plainly marked as samples that a provider replaces by its own."""

from __future__ import annotations

from importlib import resources

from openpartner.core.agreements.models import AgreementVersion
from openpartner.core.agreements.publishing import Words, publish, save_draft
from openpartner.core.agreements.queries import current
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.base.caller import Caller
from openpartner.kit.wording import LANGUAGES

NOTE = "Sample text"


def sample(agreement: Agreement) -> dict[str, Words]:
    """The sample of an agreement, by language: a file's first line is its title."""
    words = {}
    for language in LANGUAGES:
        file = resources.files(__package__).joinpath("samples", f"{agreement}.{language}.txt")
        title, _, text = file.read_text("utf-8").partition("\n")
        words[language] = Words(title, text.strip())
    return words


def publish_samples(caller: Caller) -> list[AgreementVersion]:
    """Publish the samples of everything that the calling provider has published nothing of, in force at once."""
    versions = []
    for agreement in Agreement:
        if current(agreement) is None:
            draft = save_draft(caller, agreement=agreement, words=sample(agreement), note=NOTE)
            versions.append(publish(caller, version=draft.pk))
    return versions
