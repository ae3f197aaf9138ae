"""Mail: posted with a transaction, delivered by the job, in three languages, remembered and forgotten."""

from __future__ import annotations

import json
import os
import string
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import transaction

from openpartner.core.jobs.claim import ATTEMPTS_MAX, BACKOFF_SECONDS, LEASE_SECONDS, claim
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.registry import KINDS
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.outbox import DELIVER, NO_ADDRESS, post
from openpartner.core.mail.sinks import folder
from openpartner.core.mail.templates import (
    SIGNATURE,
    SUBJECT_MAX,
    VALUE_MAX,
    VALUES,
    Template,
    rendered,
    texts,
)
from openpartner.core.outgoing.models import OutgoingState
from openpartner.core.outgoing.queries import OutgoingFilter
from openpartner.core.outgoing.retention import DIED, KEPT_FOR
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from openpartner.kit.wording import LANGUAGES
from openpartner.listings.mail import MAIL
from openpartner.worker import upkeep
from tests.support.cluster import free_port
from tests.support.mail import MailServer, deliver_all
from tests.support.people import World

START = datetime(2026, 1, 1, tzinfo=UTC)
LINK = "https://partners.example.com/reset/4lJ-_secret"
RESET = {"name": "Dora", "account": "Dora Distribution Ltd", "minutes": 30, "link": LINK}
SUBJECTS = {"en": "Reset your password", "zh": "重置密码", "ja": "パスワードの再設定"}


@pytest.fixture
def at() -> Iterator[Callable[[timedelta], None]]:
    """Puts the clock at so long after the start of the test."""
    with clock.frozen(START):

        def move(after: timedelta) -> None:
            clock._frozen.set(START + after)

        yield move


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path), mail_url="file:")
    return tmp_path


def post_reset(to: str = "dora@example.com", language: str = "en", account: int | None = None) -> OutgoingMail:
    return post(Template.PASSWORD_RESET, RESET, to=to, language=language, account=account)


def now(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.everything(reason="test").get(pk=mail.pk)


def job_of(mail: OutgoingMail) -> Job:
    assert mail.job is not None
    return Job.objects.everything(reason="test").get(pk=mail.job)


def test_it_leaves_and_its_text_is_forgotten(db: None, mail_server: MailServer) -> None:
    mail = post_reset()
    assert LINK in mail.text
    assert deliver_all() == 1
    (message,) = mail_server.received
    assert mail_server.recipients == [["dora@example.com"]]
    assert message["To"] == "dora@example.com"
    assert message["From"] == "Open Partner Center <openpartner@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == mail.message_id
    assert message.get_content_type() == "text/plain"
    assert LINK in mail_server.texts[0]
    mail = now(mail)
    assert (mail.state, mail.attempts, mail.text, mail.error) == (OutgoingState.SENT, 1, "", "")
    assert mail.settled_at is not None
    # The job names the mail and nothing else: a link opens an account.
    assert json.loads(job_of(mail).args) == {"message_id": mail.message_id}
    assert deliver_all() == 0


def test_nothing_leaves_when_the_transaction_is_rolled_back(db: None, mail_server: MailServer) -> None:
    with transaction.atomic():
        post_reset()
        transaction.set_rollback(True)
    assert deliver_all() == 0
    assert mail_server.received == []
    assert not OutgoingMail.objects.everything(reason="test").exists()


# Words.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", Template)
def test_each_template_names_the_declared_values(template: Template, language: str) -> None:
    words = texts(language)[template]
    assert words.keys() == {"subject", "text"}
    named = {name for text in words.values() for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    assert named == VALUES[template]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_template_and_no_other(language: str) -> None:
    assert texts(language).keys() == {*Template, SIGNATURE}
    assert VALUES.keys() == set(Template)
    assert {name for _, name, _, _ in string.Formatter().parse(texts(language)[SIGNATURE]["text"]) if name} == {"url"}


def test_the_languages_are_different() -> None:
    """A file copied and not translated would pass everything above."""
    for template in Template:
        assert len({texts(language)[template]["text"] for language in LANGUAGES}) == len(LANGUAGES)
        for language, script in (("zh", "一-鿿"), ("ja", "ぁ-ヿ")):
            first, last = script.split("-")
            words = "".join(texts(language)[template].values())
            assert any(first <= sign <= last for sign in words), (template, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_told_with_its_zone_once(language: str) -> None:
    told = "2026-01-01 10:00 UTC"
    values = {"name": "Dora", "account": "dora_account", "time": told}
    _, text = rendered(Template.PASSWORD_CHANGED, language, values, "http://localhost")
    assert told in text
    assert text.count("UTC") == 1


@pytest.mark.parametrize(("given", "language"), [("en", "en"), ("zh-hans", "zh"), ("ja", "ja"), ("de", "en")])
def test_it_arrives_in_the_users_language(db: None, mail_server: MailServer, given: str, language: str) -> None:
    post_reset(language=given)
    deliver_all()
    (message,) = mail_server.received
    assert message["Subject"] == SUBJECTS[language]
    assert message["Content-Language"] == language
    assert mail_server.texts[0].startswith(texts(language)["password-reset"]["text"].strip().split("{")[0])


def test_a_long_subject_in_another_script_arrives_whole(db: None, mail_server: MailServer) -> None:
    name = "東京クラウド株式会社と上海晨光科技有限公司の共同パートナー組織" * 3
    post(
        Template.INVITATION,
        {"name": "Rita", "inviter": "Dora", "account": name, "days": 7, "link": LINK},
        to="rita@example.com",
        language="ja",
    )
    deliver_all()
    assert mail_server.received[0]["Subject"] == f"{name} への招待"


def test_a_mail_takes_exactly_its_values() -> None:
    with pytest.raises(AssertionError, match="password-changed takes"):
        rendered(Template.PASSWORD_CHANGED, "en", {"name": "Dora"}, "http://localhost")
    with pytest.raises(AssertionError, match="test takes"):
        rendered(Template.TEST, "en", {"address": "a@b.example", "more": ""}, "http://localhost")


# What people call themselves.


@pytest.mark.parametrize("mark", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"])
def test_a_value_adds_no_header_and_no_paragraph(db: None, mail_server: MailServer, mark: str) -> None:
    forged = f"Acme{mark}Bcc: eve@example.com{mark}{mark}Pay here"
    values = {"name": forged, "inviter": forged, "account": forged, "days": 7, "link": LINK}
    post(Template.INVITATION, values, to="rita@example.com", language="en")
    deliver_all()
    (message,) = mail_server.received
    assert mail_server.recipients == [["rita@example.com"]]
    assert message["Bcc"] is None
    assert message["Subject"] == "You are invited to Acme Bcc: eve@example.com Pay here"
    assert "\nPay here" not in mail_server.texts[0]


def test_a_value_is_text_and_no_template(db: None) -> None:
    name = "{link} {name.__class__} <b>%s</b> {"
    _, text = rendered(Template.PASSWORD_RESET, "en", {**RESET, "name": name}, "http://localhost")
    assert text.startswith(f"Hello {name},")


def test_long_values_are_cut_and_links_are_not(db: None) -> None:
    link = f"https://partners.example.com/{'x' * 900}"
    subject, text = rendered(
        Template.INVITATION,
        "en",
        {"name": "n" * 500, "inviter": "i", "account": "a" * 500, "days": 7, "link": link},
        "http://localhost",
    )
    assert len(subject) == SUBJECT_MAX
    assert text.startswith(f"Hello {'n' * (VALUE_MAX - 1)}…,")
    assert link in text


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@b.example, eve@example.com",
        "a@b.example\r\nBcc: eve@example.com",
        "a@b.example\n",
        "Dora <dora@example.com>",
        '"a b"@example.com',
        "(x)a@example.com",
        "a@b@example.com",
        "a@-example.com",
        "a b@example.com",
        "d\x00@example.com",
        "x" * 65 + "@example.com",
        "用户@example.com",
        "a@" + "x" * 400,
    ],
)
def test_what_is_no_address_fails_in_the_log_alone(db: None, mail_server: MailServer, to: str) -> None:
    """An alert must not undo what it tells of: a lock that its mail rolled back would be no lock."""
    mail = post_reset(to)
    assert deliver_all() == 0
    assert mail_server.received == []
    mail = now(mail)
    assert (mail.state, mail.error, mail.text, mail.attempts, mail.job) == (
        OutgoingState.FAILED,
        NO_ADDRESS,
        "",
        0,
        None,
    )


# Trying again.


def test_a_server_that_comes_back_gets_it_once(
    db: None, mail_server: MailServer, at: Callable[[timedelta], None]
) -> None:
    mail_server.stop()
    mail = post_reset()
    deliver_all()
    mail = now(mail)
    assert (mail.state, mail.attempts) == (OutgoingState.WAITING, 1)
    assert mail.error.startswith("ConnectionRefusedError")
    assert LINK in mail.text
    mail_server.start()
    assert deliver_all() == 0  # not before the pause is over
    at(timedelta(seconds=BACKOFF_SECONDS[0]))
    assert deliver_all() == 1
    at(timedelta(hours=1))
    deliver_all()
    mail = now(mail)
    assert (mail.state, mail.attempts, mail.text, mail.error) == (OutgoingState.SENT, 2, "", "")
    assert [message["Message-ID"] for message in mail_server.received] == [mail.message_id]


def test_it_is_given_up_after_five_attempts(
    db: None, settings: Any, at: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture
) -> None:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, mail_url=f"smtp://127.0.0.1:{free_port()}")
    mail = post_reset()
    for attempt in range(ATTEMPTS_MAX):
        at(timedelta(hours=attempt))
        assert now(mail).state == OutgoingState.WAITING
        deliver_all()
    mail = now(mail)
    assert (mail.state, mail.attempts, mail.text) == (OutgoingState.FAILED, ATTEMPTS_MAX, "")
    assert mail.error.startswith("ConnectionRefusedError")
    assert mail.settled_at == START + timedelta(hours=ATTEMPTS_MAX - 1)
    job = job_of(mail)
    assert job.state == JobState.FAILED
    # Whose mail it was and what the server said of them stand in the delivery log alone.
    for text in (job.error, job.args, caplog.text):
        assert "dora@example.com" not in text
        assert LINK not in text


def test_a_temporary_no_is_asked_again(db: None, mail_server: MailServer, at: Callable[[timedelta], None]) -> None:
    mail_server.answers = ["451 4.7.1 come back later"]
    mail = post_reset()
    deliver_all()
    assert (now(mail).state, now(mail).error) == (OutgoingState.WAITING, "SMTPDataError: 451 4.7.1 come back later")
    at(timedelta(minutes=1))
    deliver_all()
    assert now(mail).state == OutgoingState.SENT
    assert len(mail_server.received) == 1


def test_a_permanent_no_is_not_asked_again(db: None, mail_server: MailServer, at: Callable[[timedelta], None]) -> None:
    mail_server.refused_recipients = {"dora@example.com": "550 5.1.1 no such user"}
    mail_server.answers = ["554 5.7.1 looks like spam"]
    nobody, spam = post_reset(), post_reset("rita@example.com")
    deliver_all()
    assert (now(nobody).state, now(nobody).error) == (OutgoingState.FAILED, "recipient refused: 550 5.1.1 no such user")
    assert (now(spam).state, now(spam).error) == (OutgoingState.FAILED, "SMTPDataError: 554 5.7.1 looks like spam")
    assert now(spam).text == ""
    at(timedelta(hours=1))
    assert deliver_all() == 0


def test_a_mail_whose_worker_died_in_the_last_attempt_is_given_up(
    db: None, data: Path, at: Callable[[timedelta], None]
) -> None:
    mail = post_reset()
    for attempt in range(ATTEMPTS_MAX):
        at(timedelta(seconds=attempt * (LEASE_SECONDS + 1)))
        assert claim(f"worker {attempt}", sorted(KINDS)) is not None  # and is not heard of again
    at(timedelta(hours=1))
    deliver_all()
    assert job_of(mail).state == JobState.FAILED
    upkeep.prune_if_needed()
    deliver_all()
    mail = now(mail)
    assert (mail.state, mail.error, mail.text) == (OutgoingState.FAILED, DIED, "")


def test_a_mail_whose_job_waits_is_not_given_up(db: None, data: Path, at: Callable[[timedelta], None]) -> None:
    mail = post_reset()
    at(timedelta(days=3))  # nobody has worked for days
    assert deliver_all() >= 1
    upkeep.prune_if_needed()
    deliver_all()
    assert now(mail).state == OutgoingState.SENT


# The log.


def test_the_log_is_each_accounts_own(world: World) -> None:
    ours = [post_reset(account=world.dora.account_pk) for _ in range(3)]
    post_reset(account=world.rita.account_pk)
    post_reset()
    failed = post_reset("nowhere", account=world.dora.account_pk)
    listed = MAIL.source(("pk",))

    def page(name: str, window: Slice, *, state: OutgoingState | None = None) -> tuple[int, list[int]]:
        found = listed.page(world[name].caller.scope, OutgoingFilter(state=state), window, order=MAIL.order, exact=True)
        return found.total, [key for (key, *_) in found.items]

    assert page("dora", Slice(0, 2)) == (4, [failed.pk, ours[2].pk])
    assert page("dora", Slice(2, 2)) == (4, [ours[1].pk, ours[0].pk])
    assert page("dora", Slice(4, 2)) == (4, [])
    assert page("dora", Slice(0, 10), state=OutgoingState.FAILED) == (1, [failed.pk])
    for name in ("pia", "olga", "carl"):  # above, beside and below
        assert page(name, Slice(0, 10)) == (0, [])


def test_old_mails_and_files_are_forgotten(db: None, data: Path, at: Callable[[timedelta], None]) -> None:
    sent, failed = post_reset(), post_reset("nowhere")
    deliver_all()
    (old,) = folder().glob("*.eml")
    os.utime(old, (START.timestamp(), START.timestamp()))
    at(KEPT_FOR)
    upkeep.prune_if_needed()
    deliver_all()
    assert now(sent).state == OutgoingState.SENT
    at(KEPT_FOR + timedelta(seconds=1))
    waiting = post_reset()
    upkeep.prune_if_needed()
    pruning = Job.objects.everything(reason="test").filter(kind=upkeep.PRUNE, state=JobState.QUEUED)
    assert pruning.count() == 1
    deliver_all()
    left = OutgoingMail.objects.everything(reason="test")
    assert list(left.values_list("pk", flat=True)) == [waiting.pk]
    assert not left.filter(pk__in=[sent.pk, failed.pk]).exists()
    assert not old.exists()
    assert len(list(folder().glob("*.eml"))) == 1


def test_its_job_is_known(db: None) -> None:
    assert KINDS[DELIVER].permission is None
