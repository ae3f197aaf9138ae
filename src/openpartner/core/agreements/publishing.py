"""Writing and publishing versions of agreements: the provider's own work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import lock_account
from openpartner.core.agreements.models import NOTE_MAX, TEXT_MAX, TITLE_MAX, AgreementText, AgreementVersion
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.command import command
from openpartner.kit import clock
from openpartner.kit.wording import LANGUAGES


@dataclass(frozen=True, slots=True)
class Words:
    """A version in one language."""

    title: str
    text: str


@command(Action.AGREEMENT_DRAFTED, permission=Permission.AGREEMENT_PUBLISH)
def save_draft(
    caller: Caller, *, agreement: Agreement, words: Mapping[str, Words], note: str = "", is_binding: bool = True
) -> AgreementVersion:
    """Write the next version of an agreement, or change it while it is a draft, and return it.

    `words` are by language; a language that is left out keeps none. Invalid names the field: `title_en`, `text_zh`,
    `note`. The first version always asks.
    """
    checked = _checked(words, note)
    provider = _provider(caller)
    rows = _versions(provider).filter(agreement=agreement)
    draft = rows.filter(published_at__isnull=True).first()
    number = draft.number if draft is not None else (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    if draft is None:
        draft = AgreementVersion(
            provider=provider,
            agreement=agreement,
            number=number,
            created_at=clock.now(),
            created_by=caller.user_name,
        )
    draft.note, draft.is_binding = note, is_binding or number == 1
    draft.save()
    AgreementText.objects.everything(reason="of a draft that is locked").filter(version=draft).delete()
    AgreementText.objects.bulk_create(
        AgreementText(version=draft, provider=provider, language=language, title=one.title, text=one.text)
        for language, one in checked.items()
    )
    record(caller, Action.AGREEMENT_DRAFTED, agreement=agreement.label, version=number)
    return draft


@command(Action.AGREEMENT_DRAFT_DISCARDED, permission=Permission.AGREEMENT_PUBLISH)
def discard_draft(caller: Caller, *, version: int) -> None:
    """Delete a draft. Conflict when it is published."""
    draft = _draft(caller, version)
    record(caller, Action.AGREEMENT_DRAFT_DISCARDED, agreement=draft.kind.label, version=draft.number)
    draft.delete()


@command(Action.AGREEMENT_PUBLISHED, permission=Permission.AGREEMENT_PUBLISH)
def publish(caller: Caller, *, version: int, effective_at: datetime | None = None) -> AgreementVersion:
    """Publish a draft, in force at once or from an instant in the future, and return it; it never changes again.

    Invalid when a language lacks its words (`text_ja`), for an instant in the past, and for one before the version
    that it follows takes effect. Conflict when it is published already.
    """
    draft, moment = _draft(caller, version), clock.now()
    there = _languages(draft)
    for language in LANGUAGES:
        if language not in there:
            raise Invalid(f"text_{language}", "a version is published in every language")
    starts = effective_at if effective_at is not None else moment
    if starts < moment:
        raise Invalid("effective_at", "must not be in the past")
    earlier = _versions(draft.provider).filter(agreement=draft.agreement).aggregate(last=Max("effective_at"))["last"]
    if earlier is not None and starts < earlier:
        raise Invalid("effective_at", f"must not be before the version that it follows, {earlier:%F %H:%M} UTC")
    draft.effective_at, draft.published_at, draft.published_by = starts, moment, caller.user_name
    draft.save(update_fields=["effective_at", "published_at", "published_by"])
    record(
        caller,
        Action.AGREEMENT_PUBLISHED,
        agreement=draft.kind.label,
        version=draft.number,
        effective=f"{starts:%F %H:%M} UTC",
        asks_again=draft.is_binding,
    )
    return draft


def get_version(scope: Scope, version: int) -> AgreementVersion:
    """A version of the calling provider, drafts too; NotVisible otherwise."""
    found = AgreementVersion.objects.within(scope).filter(pk=version).first()
    if found is None:
        raise NotVisible("version")
    return found


def _draft(caller: Caller, version: int) -> AgreementVersion:
    provider = _provider(caller)
    draft = _versions(provider).filter(pk=version).first()
    if draft is None:
        raise NotVisible("version")
    if draft.is_published:
        raise Conflict("a published version never changes; write the next one")
    return draft


def _languages(draft: AgreementVersion) -> set[str]:
    rows = AgreementText.objects.everything(reason="of a draft that is locked").filter(version=draft)
    return set(rows.values_list("language", flat=True))


def _provider(caller: Caller) -> Account:
    """The calling provider, locked: versions of one agreement are written one after another."""
    if caller.kind is not AccountKind.PROVIDER:
        raise NotAllowed("agreements are the provider's")
    return lock_account(caller.account)


def _versions(provider: Account) -> QuerySet[AgreementVersion]:
    return AgreementVersion.objects.everything(reason="of the provider that is locked").filter(provider=provider)


def _checked(words: Mapping[str, Words], note: str) -> dict[str, Words]:
    if len(note) > NOTE_MAX:
        raise Invalid("note", f"has at most {NOTE_MAX} characters")
    checked = {}
    for language, one in words.items():
        if language not in LANGUAGES:
            raise Invalid("language", f"is one of {', '.join(LANGUAGES)}")
        title, text = " ".join(one.title.split()), one.text.replace("\r\n", "\n").strip()
        if not title and not text:
            continue
        if not 1 <= len(title) <= TITLE_MAX:
            raise Invalid(f"title_{language}", f"has from 1 to {TITLE_MAX} characters")
        if not 1 <= len(text) <= TEXT_MAX:
            raise Invalid(f"text_{language}", f"has from 1 to {TEXT_MAX} characters")
        checked[language] = Words(title, text)
    return checked
