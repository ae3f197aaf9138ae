"""Reading agreements: what is in force, what an account has accepted, and what it still has to."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.agreements.models import Acceptance, AgreementText, AgreementVersion
from openpartner.core.agreements.vocabulary import EACH_TIME, HOLDING, PARTIES, Agreement
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.kit import clock
from openpartner.kit.wording import LANGUAGES, spoken

PUBLISHED = "what the provider has published is for everybody to read"
OWN = "of the account itself"


def current(agreement: Agreement) -> AgreementVersion | None:
    """The version in force now; None when the provider has published none."""
    return _in_force(agreement).first()


def needed(account: Account, agreement: Agreement, *, about: str = "") -> AgreementVersion | None:
    """The version that an account still has to accept; None when nothing is to be accepted.

    Nothing is while the provider has published none, when accounts of this kind are not asked, and when the account
    holds the version in force or an earlier one after which none asks again. `about` is the thing that an
    authorization letter is accepted for.
    """
    if AccountKind(account.kind) not in PARTIES[agreement]:
        return None
    binding = _in_force(agreement).filter(is_binding=True).values_list("number", flat=True).first()
    if binding is None:
        return None
    if holding(account.pk, agreement, about=about).filter(version__number__gte=binding).exists():
        return None
    return current(agreement)


def all_needed(account: Account) -> list[AgreementVersion]:
    """Everything an account still has to accept, in the order of `Agreement`; letters for one thing aside."""
    found = (needed(account, agreement) for agreement in Agreement if agreement not in EACH_TIME)
    return [version for version in found if version is not None]


def own_account(caller: Caller) -> Account:
    """The caller's account, to be asked about."""
    return Account.objects.everything(reason="the caller's own row").get(pk=caller.account)


def holding(account: int, agreement: Agreement, *, about: str = "") -> QuerySet[Acceptance]:
    """What an account has accepted and is bound by now; an account that was read within a scope, or the caller's."""
    moment = clock.now()
    rows = Acceptance.objects.everything(reason=OWN).filter(account=account, agreement=agreement, about=about)
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gt=moment)
    return rows.filter(lasting, state__in=HOLDING, valid_from__lte=moment)


def accepted(account: int) -> QuerySet[Acceptance]:
    """Everything an account ever accepted, newest first; an account that was read within a scope, or the caller's."""
    rows = Acceptance.objects.everything(reason=OWN).filter(account=account)
    return rows.select_related("version").order_by("-accepted_at", "-id")


def published(version: int, agreement: Agreement | None = None) -> AgreementVersion:
    """A published version by its key; NotVisible for drafts and for what there is not."""
    rows = AgreementVersion.objects.everything(reason=PUBLISHED).filter(published_at__isnull=False)
    if agreement is not None:
        rows = rows.filter(agreement=agreement)
    found = rows.filter(pk=version).first()
    if found is None:
        raise NotVisible("agreement")
    return found


def draft_of(scope: Scope, agreement: Agreement) -> AgreementVersion | None:
    """The draft of the calling provider's next version; None when there is none."""
    rows = AgreementVersion.objects.within(scope).filter(agreement=agreement)
    return rows.filter(published_at__isnull=True).first()


def latest(scope: Scope, agreement: Agreement, *, at: datetime | None = None) -> AgreementVersion | None:
    """The calling provider's newest published version, or the one in force at an instant; None when there is none."""
    rows = AgreementVersion.objects.within(scope).filter(agreement=agreement, published_at__isnull=False)
    if at is not None:
        rows = rows.filter(effective_at__lte=at)
    return rows.order_by("-number").first()


def texts_of(version: AgreementVersion) -> dict[str, AgreementText]:
    """The words of a version that was read before, by language."""
    rows = AgreementText.objects.everything(reason="the version was read before").filter(version=version)
    return {row.language: row for row in rows}


def text_of(version: AgreementVersion, language: str) -> AgreementText:
    """The words of a version in the language that a tag means (`zh-hans` is `zh`), or in the first there is."""
    texts = texts_of(version)
    for wanted in (spoken(language), *LANGUAGES):
        if wanted in texts:
            return texts[wanted]
    raise NotVisible("text")


def _in_force(agreement: Agreement) -> QuerySet[AgreementVersion]:
    """The versions that are or were in force, newest first; a database has one provider."""
    rows = AgreementVersion.objects.everything(reason=PUBLISHED).filter(agreement=agreement)
    return rows.filter(effective_at__lte=clock.now()).order_by("-number")
