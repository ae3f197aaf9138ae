"""The demo's agreements: the samples, accepted by whoever has people, and contracts in each phase of their period.

They are of these days, so that a contract can be renewed: each partner's ends at another distance from today. The
customer persona is left a second version of its agreement to accept.
"""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.access.models import User
from openpartner.core.agreements.models import Acceptance, AgreementVersion
from openpartner.core.agreements.publishing import Words, publish, save_draft
from openpartner.core.agreements.rules import YEARLY, renewable_from
from openpartner.core.agreements.samples import publish_samples, sample
from openpartner.core.agreements.signing import TERMS
from openpartner.core.agreements.vocabulary import EACH_TIME, PARTIES, Agreement
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.kit import clock

WHY = "the demo has just made them"
AGO = timedelta(days=400)
LEFT_DAYS = (38, 200, 75, 310, 150)
"""How many days the partners' contracts have left, in turns: the first can be renewed."""
ADDED = {
    "en": "# Suspension\n\nWho suspends an account says why. The reason, the time and the person stand in its records.",
    "zh": "# 冻结\n\n冻结账号者须说明原因。原因、时间和操作人保存在其记录中。",
    "ja": "# 停止\n\nアカウントを停止する者は理由を示します。理由、日時および担当者は記録に残ります。",
}
NOTE = "Says more clearly how an account is suspended, and by whom."


def build(provider: Caller) -> int:
    """Publish the samples, have them accepted, and publish a second customer agreement; returns the acceptances."""
    now = clock.now()
    with clock.frozen(now - AGO):
        versions = {one.kind: one for one in publish_samples(provider)}
    users = User.objects.everything(reason=WHY).select_related("account").order_by("account", "pk")
    first: dict[int, User] = {}
    for user in users:
        first.setdefault(user.account_id, user)
    rows = []
    partners = 0
    for user in first.values():
        kind = AccountKind(user.account.kind)
        partners += kind.is_partner
        for agreement, version in versions.items():
            if kind in PARTIES[agreement] and agreement not in EACH_TIME:
                rows.append(_accepted(user, agreement, version, LEFT_DAYS[partners % len(LEFT_DAYS) - 1]))
    Acceptance.objects.bulk_create(rows)
    words = {
        language: Words(one.title, f"{one.text}\n\n{ADDED[language]}")
        for language, one in sample(Agreement.CUSTOMER_AGREEMENT).items()
    }
    with clock.frozen(now - timedelta(days=3)):
        draft = save_draft(provider, agreement=Agreement.CUSTOMER_AGREEMENT, words=words, note=NOTE)
        publish(provider, version=draft.pk)
    return len(rows)


def _accepted(user: User, agreement: Agreement, version: AgreementVersion, left_days: int) -> Acceptance:
    now, is_contract = clock.now(), agreement in TERMS
    until = now + timedelta(days=left_days) if is_contract else None
    since = until - timedelta(days=365) if until is not None else now - AGO
    return Acceptance(
        provider_id=version.provider_id,
        account=user.account,
        version=version,
        agreement=agreement,
        language=user.language,
        accepted_at=since,
        accepted_by=user.name,
        user=user,
        valid_from=since,
        valid_until=until,
        due_at=max(renewable_from(until, YEARLY), now) if until is not None else None,
        told_at=now if until is not None and renewable_from(until, YEARLY) <= now else None,
        state_at=since,
        state_by=user.name,
    )
