"""Agreements: versions, acceptances and the calendar of contracts.

Rules: tencent:A.1 (twelve months, renewable from 45 days before the end, renewed by itself 30 days before, no request
against it in the last 30 days), huawei:A3 (a new version may have to be signed), huawei:B10 (letters).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from openpartner.core.accounts.models import Account
from openpartner.core.agreements import timers
from openpartner.core.agreements.models import Acceptance, AgreementText, AgreementVersion
from openpartner.core.agreements.publishing import Words, discard_draft, publish, save_draft
from openpartner.core.agreements.queries import all_needed, current, needed, published, text_of
from openpartner.core.agreements.rules import YEARLY, Phase, period_end, phase
from openpartner.core.agreements.samples import publish_samples, sample
from openpartner.core.agreements.signing import (
    AlreadyAccepted,
    accept,
    decline_renewal,
    move,
    renew,
    restore_renewal,
    withdraw,
)
from openpartner.core.agreements.vocabulary import TRANSITIONS, AcceptanceState, Agreement
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.templates import Template
from openpartner.kit import clock
from tests.support.people import Person, World

WHY = "the test looks at everything"
START = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
END = datetime(2027, 3, 31, 9, 0, tzinfo=UTC)
WORDS = {language: Words(f"Terms {language}", "# One\n\nBe kind.") for language in ("en", "zh", "ja")}
CONTRACT = Agreement.PARTNER_CONTRACT


def new_version(
    pia: Person, agreement: Agreement, *, asks: bool = True, at: datetime | None = None
) -> AgreementVersion:
    draft = save_draft(pia.caller, agreement=agreement, words=WORDS, is_binding=asks)
    return publish(pia.caller, version=draft.pk, effective_at=at)


def account(person: Person) -> Account:
    return Account.objects.everything(reason=WHY).get(account_id=person.account_id)


def rows(person: Person) -> list[Acceptance]:
    return list(Acceptance.objects.everything(reason=WHY).filter(account__account_id=person.account_id).order_by("id"))


def states(person: Person) -> list[str]:
    return [row.state for row in rows(person)]


def mailed() -> list[str]:
    return list(OutgoingMail.objects.everything(reason=WHY).order_by("id").values_list("template", flat=True))


@pytest.fixture
def signed(pia: Person, sol: Person) -> Acceptance:
    """A contract of sol's, signed on 31 March 2026."""
    with clock.frozen(START):
        return accept(sol.caller, new_version(pia, CONTRACT), source="203.0.113.7")


def test_an_account_is_asked_until_it_accepts_and_again_when_a_version_says_so(pia: Person, carl: Person) -> None:
    kind = Agreement.CUSTOMER_AGREEMENT
    assert needed(account(carl), kind) is None
    first = new_version(pia, kind)
    assert needed(account(carl), kind) == first
    accept(carl.caller, first, source="203.0.113.7", language="zh-hans")
    assert needed(account(carl), kind) is None
    mended = new_version(pia, kind, asks=False)
    assert current(kind) == mended
    assert needed(account(carl), kind) is None
    third = new_version(pia, kind)
    assert needed(account(carl), kind) == third
    assert all_needed(account(carl)) == [third]
    accept(carl.caller, third)
    assert states(carl) == ["replaced", "in-force"]
    assert rows(carl)[0].language == "zh"
    assert "203.0.113.7" not in rows(carl)[0].source
    with pytest.raises(AlreadyAccepted):
        accept(carl.caller, third)


def test_a_version_waits_for_its_day(pia: Person, carl: Person) -> None:
    kind = Agreement.PRIVACY_STATEMENT
    with clock.frozen(START):
        first = new_version(pia, kind)
        later = new_version(pia, kind, at=START + timedelta(days=5))
        assert current(kind) == first
        with pytest.raises(Conflict):
            accept(carl.caller, later)
    with clock.frozen(START + timedelta(days=5)):
        assert current(kind) == later
        with pytest.raises(Conflict):
            accept(carl.caller, first)


def test_only_those_who_are_asked_accept(pia: Person, carl: Person, sol: Person) -> None:
    contract, agreement = new_version(pia, CONTRACT), new_version(pia, Agreement.CUSTOMER_AGREEMENT)
    with pytest.raises(NotAllowed):
        accept(carl.caller, contract)
    with pytest.raises(NotAllowed):
        accept(sol.caller, agreement)
    assert needed(account(carl), CONTRACT) is None
    with pytest.raises(NotAllowed):
        save_draft(sol.caller, agreement=CONTRACT, words=WORDS)


def test_a_letter_is_accepted_for_each_thing(pia: Person, carl: Person) -> None:
    kind = Agreement.AUTHORIZATION_LETTER
    letter = new_version(pia, kind)
    accept(carl.caller, letter, about="authorization:1")
    assert needed(account(carl), kind, about="authorization:1") is None
    assert needed(account(carl), kind, about="authorization:2") == letter
    assert all_needed(account(carl)) == []
    with transaction.atomic():
        assert withdraw(account(carl), kind, about="authorization:1", by="carl", reason="done") == 1
    assert needed(account(carl), kind, about="authorization:1") == letter
    with pytest.raises(Invalid, match="about"):
        accept(carl.caller, letter)
    with pytest.raises(Invalid, match="about"):
        accept(carl.caller, new_version(pia, Agreement.PRIVACY_STATEMENT), about="authorization:1")


def test_a_draft_is_changed_published_whole_and_then_never(pia: Person) -> None:
    draft = save_draft(pia.caller, agreement=CONTRACT, words={"en": Words("Terms", "Be kind.")}, is_binding=False)
    assert draft.is_binding, "the first version always asks"
    with pytest.raises(Invalid, match="text_zh"):
        publish(pia.caller, version=draft.pk)
    assert save_draft(pia.caller, agreement=CONTRACT, words=WORDS).pk == draft.pk
    with pytest.raises(Invalid, match="effective_at"):
        publish(pia.caller, version=draft.pk, effective_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(NotVisible):
        published(draft.pk)
    publish(pia.caller, version=draft.pk, effective_at=clock.now() + timedelta(days=9))
    assert published(draft.pk).number == 1
    for refused in (publish, discard_draft):
        with pytest.raises(Conflict):
            refused(pia.caller, version=draft.pk)
    second = save_draft(pia.caller, agreement=CONTRACT, words=WORDS)
    with pytest.raises(Invalid, match="effective_at"):
        publish(pia.caller, version=second.pk, effective_at=clock.now() + timedelta(days=1))
    discard_draft(pia.caller, version=second.pk)
    assert text_of(draft, "ja-JP").title == "Terms ja"


def test_the_database_keeps_what_was_published_and_accepted(pia: Person, carl: Person) -> None:
    version = new_version(pia, Agreement.CUSTOMER_AGREEMENT)
    made = accept(carl.caller, version)
    texts = AgreementText.objects.everything(reason=WHY).filter(version=version)
    versions = AgreementVersion.objects.everything(reason=WHY).filter(pk=version.pk)
    acceptances = Acceptance.objects.everything(reason=WHY).filter(pk=made.pk)
    for change in (
        lambda: texts.update(text="Be cruel."),
        lambda: texts._raw_delete(using="default"),
        lambda: AgreementText.objects.create(
            version=version, provider_id=pia.caller.account, language="fr", title="T", text="T"
        ),
        lambda: versions.update(is_binding=False),
        lambda: acceptances.update(accepted_by="somebody else"),
        lambda: acceptances._raw_delete(using="default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # The end is 31 March 2027; 45 days before is 14 February, 30 days before is 1 March.
        (datetime(2027, 2, 14, 8, 59, 59, tzinfo=UTC), Phase.RUNNING),
        (datetime(2027, 2, 14, 9, 0, 0, tzinfo=UTC), Phase.RENEWABLE),
        (datetime(2027, 3, 1, 8, 59, 59, tzinfo=UTC), Phase.RENEWABLE),
        (datetime(2027, 3, 1, 9, 0, 0, tzinfo=UTC), Phase.SETTLED),
        (datetime(2027, 3, 31, 8, 59, 59, tzinfo=UTC), Phase.SETTLED),
        (datetime(2027, 3, 31, 9, 0, 0, tzinfo=UTC), Phase.OVER),
    ],
)
def test_the_calendar_of_a_contract(day: datetime, expected: Phase) -> None:
    assert period_end(START, YEARLY) == END
    assert phase(END, YEARLY, day) is expected


def test_a_period_of_a_leap_day_ends_on_the_last_of_february() -> None:
    assert period_end(datetime(2028, 2, 29, tzinfo=UTC), YEARLY) == datetime(2029, 2, 28, tzinfo=UTC)


def test_a_contract_is_renewed_by_hand_in_its_last_45_days(signed: Acceptance, sol: Person) -> None:
    with clock.frozen(END - timedelta(days=45, seconds=1)), pytest.raises(Conflict):
        renew(sol.caller, acceptance=signed.pk)
    with clock.frozen(END - timedelta(days=45)):
        made = renew(sol.caller, acceptance=signed.pk)
        assert needed(account(sol), CONTRACT) is None
    assert (made.valid_from, made.valid_until) == (END, datetime(2028, 3, 31, 9, 0, tzinfo=UTC))
    with clock.frozen(END - timedelta(days=20)), pytest.raises(Conflict):
        renew(sol.caller, acceptance=signed.pk)
    with clock.frozen(END):
        assert needed(account(sol), CONTRACT) is None


def test_an_untouched_contract_is_announced_and_renews_itself(signed: Acceptance, sol: Person) -> None:
    with clock.frozen(END - timedelta(days=46)):
        assert not timers.anything_due()
    with clock.frozen(END - timedelta(days=45)):
        assert timers.look_at_due() == 1
        assert timers.look_at_due() == 0
    assert mailed() == [Template.CONTRACT_RENEWABLE]
    with clock.frozen(END - timedelta(days=30)):
        assert timers.look_at_due() == 1
        assert timers.look_at_due() == 0
    assert mailed() == [Template.CONTRACT_RENEWABLE, Template.CONTRACT_RENEWED]
    assert states(sol) == ["renewed", "in-force"]
    assert rows(sol)[1].accepted_by == "system"
    assert AuditEvent.objects.everything(reason=WHY).filter(action="contract.renewed").count() == 1


def test_a_worker_that_slept_for_years_makes_up_for_it(signed: Acceptance, sol: Person) -> None:
    with clock.frozen(datetime(2028, 6, 1, tzinfo=UTC)):
        while timers.look_at_due():
            pass
        assert needed(account(sol), CONTRACT) is None
    assert states(sol) == ["renewed", "renewed", "in-force"]


def test_a_contract_that_shall_not_be_renewed_ends(signed: Acceptance, pia: Person, sol: Person) -> None:
    with clock.frozen(END - timedelta(days=200)):
        decline_renewal(sol.caller, acceptance=signed.pk, reason="we part")
        restore_renewal(sol.caller, acceptance=signed.pk)
        decline_renewal(sol.caller, acceptance=signed.pk, reason="we part")
    for days in (45, 30, 1):
        with clock.frozen(END - timedelta(days=days)):
            timers.look_at_due()
            assert needed(account(sol), CONTRACT) is None
    with clock.frozen(END):
        timers.look_at_due()
        assert needed(account(sol), CONTRACT) is not None
        with pytest.raises(Conflict):
            renew(sol.caller, acceptance=signed.pk)
        accept(sol.caller, published(signed.version_id))
    assert states(sol) == ["ended", "in-force"]
    assert mailed() == [Template.CONTRACT_ENDING, Template.CONTRACT_ENDED]


def test_nobody_asks_for_an_end_in_the_last_30_days(signed: Acceptance, sol: Person) -> None:
    with clock.frozen(END - timedelta(days=30)), pytest.raises(Conflict, match="30 days"):
        decline_renewal(sol.caller, acceptance=signed.pk)
    with clock.frozen(END - timedelta(days=31)):
        decline_renewal(sol.caller, acceptance=signed.pk)
    with clock.frozen(END - timedelta(days=10)):
        with pytest.raises(Conflict, match="30 days"):
            restore_renewal(sol.caller, acceptance=signed.pk)
        renew(sol.caller, acceptance=signed.pk)
    assert states(sol) == ["renewed", "in-force"]


def test_a_new_text_keeps_the_period(signed: Acceptance, pia: Person, sol: Person) -> None:
    with clock.frozen(END - timedelta(days=40)):
        renew(sol.caller, acceptance=signed.pk)
        second = new_version(pia, CONTRACT)
        assert needed(account(sol), CONTRACT) == second
        made = accept(sol.caller, second)
    assert states(sol) == ["replaced", "replaced", "in-force"]
    assert made.valid_until == datetime(2028, 3, 31, 9, 0, tzinfo=UTC)


def test_contracts_of_others_are_not_there(signed: Acceptance, olga: Person, carl: Person) -> None:
    with clock.frozen(END - timedelta(days=40)):
        for stranger in (olga, carl):
            for refused in (renew, decline_renewal, restore_renewal):
                with pytest.raises(NotVisible):
                    refused(stranger.caller, acceptance=signed.pk)


def test_an_acceptance_moves_only_as_the_table_says(signed: Acceptance) -> None:
    for before, after in product(AcceptanceState, AcceptanceState):
        row = Acceptance.objects.everything(reason=WHY).get(pk=signed.pk)
        row.state = before
        if after in TRANSITIONS[before]:
            move(row, after, by="test")
        else:
            with pytest.raises(Conflict):
                move(row, after, by="test")


def test_samples_say_that_they_are_samples(pia: Person, world: World) -> None:
    marks = {"en": "SAMPLE TEXT", "zh": "示例文本", "ja": "見本です"}
    for agreement in Agreement:
        for language, words in sample(agreement).items():
            assert marks[language] in words.text
    assert len(publish_samples(pia.caller)) == len(Agreement)
    assert publish_samples(pia.caller) == []
    assert [one.kind for one in all_needed(account(world.carl))] == [
        Agreement.CUSTOMER_AGREEMENT,
        Agreement.PRIVACY_STATEMENT,
    ]
