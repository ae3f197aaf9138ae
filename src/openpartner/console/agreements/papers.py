"""An agreement as people read it: on a page, as text, and as a page of its own to keep."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string

from openpartner.core.agreements.models import AgreementText, AgreementVersion

HEADING = "# "


@dataclass(frozen=True, slots=True)
class Paper:
    """A version in one language: its parts are headings and paragraphs."""

    version: AgreementVersion
    language: str
    title: str
    parts: list[tuple[bool, str]]
    """Whether it is a heading, and its words."""

    @classmethod
    def of(cls, version: AgreementVersion, text: AgreementText) -> Paper:
        """The paragraphs between blank lines; a heading is a line of its own."""
        blocks = text.text.replace(f"\n{HEADING}", f"\n\n{HEADING}").split("\n\n")
        parts = [(one.startswith(HEADING), one.removeprefix(HEADING)) for one in map(str.strip, blocks) if one]
        return cls(version, text.language, text.title, parts)

    @property
    def name(self) -> str:
        """The name of a file, without its ending."""
        return f"{self.version.agreement}-{self.version.number}-{self.language}"

    def as_text(self) -> str:
        """The words alone, headings underlined."""
        blocks = [_underlined(self.title, "="), self._facts]
        blocks += [_underlined(words, "-") if is_heading else words for is_heading, words in self.parts]
        return "\n\n".join(blocks) + "\n"

    def as_html(self) -> str:
        """A page that needs nothing else."""
        return render_to_string("console/agreements/file.html", {"paper": self, "facts": self._facts})

    @property
    def _facts(self) -> str:
        version = self.version
        since = f", {version.effective_at:%Y-%m-%d %H:%M} UTC" if version.effective_at is not None else ""
        return f"{version.agreement} {version.number}{since}"


def _underlined(line: str, sign: str) -> str:
    return f"{line}\n{sign * len(line)}"
