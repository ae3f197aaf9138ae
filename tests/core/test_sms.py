"""SMS: posted with a transaction, delivered by the job to a gateway or a file, in three languages, then forgotten."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from django.db import transaction

from openpartner.core.jobs.claim import ATTEMPTS_MAX, BACKOFF_SECONDS
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.registry import KINDS
from openpartner.core.outgoing.models import OutgoingState
from openpartner.core.outgoing.queries import OutgoingFilter
from openpartner.core.outgoing.retention import KEPT_FOR
from openpartner.core.sms.models import OutgoingSms
from openpartner.core.sms.outbox import DELIVER, NO_NUMBER, post
from openpartner.core.sms.queries import sms
from openpartner.core.sms.sinks import folder
from openpartner.core.sms.templates import TEXT, VALUES, Template, rendered, texts
from openpartner.kit import clock
from openpartner.kit.numbers import international
from openpartner.kit.wording import LANGUAGES
from openpartner.project.cli import cli
from openpartner.worker import upkeep
from tests.console.organization.people import browser
from tests.support.cluster import free_port
from tests.support.mail import deliver_all
from tests.support.people import World
from tests.support.sms import SmsGateway

CODE = {"code": "482915", "minutes": 5}
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def gateway(settings: Any) -> Iterator[SmsGateway]:
    running = SmsGateway().start()
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, sms_url=running.url("desk:p%40ss@"))
    yield running
    running.stop()


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path), sms_url="file:")
    return tmp_path


def post_code(country: str = "49", number: str = "15112345678", account: int | None = None) -> OutgoingSms:
    return post(Template.REGISTRATION_CODE, CODE, to_country=country, to_number=number, language="en", account=account)


def now(row: OutgoingSms) -> OutgoingSms:
    return OutgoingSms.objects.everything(reason="test").get(pk=row.pk)


def test_it_leaves_and_its_text_is_forgotten(db: None, gateway: SmsGateway) -> None:
    row = post_code()
    assert deliver_all() == 1
    (sent,) = gateway.received
    assert sent == {
        "reference": row.reference,
        "to": "+4915112345678",
        "text": row.text,
        "language": "en",
        "template": "registration-code",
    }
    assert "482915" in sent["text"]
    (headers,) = gateway.headers
    assert headers["idempotency-key"] == row.reference
    assert headers["authorization"] == f"Basic {base64.b64encode(b'desk:p@ss').decode()}"
    row = now(row)
    assert (row.state, row.attempts, row.text, row.error) == (OutgoingState.SENT, 1, "", "")
    # The job names the SMS and nothing else.
    assert row.job is not None
    assert json.loads(Job.objects.everything(reason="test").get(pk=row.job).args) == {"reference": row.reference}
    assert deliver_all() == 0


def test_nothing_leaves_when_the_transaction_is_rolled_back(db: None, gateway: SmsGateway) -> None:
    with transaction.atomic():
        post_code()
        transaction.set_rollback(True)
    assert deliver_all() == 0
    assert gateway.received == []


def test_a_busy_gateway_gets_the_same_sms_again(db: None, gateway: SmsGateway) -> None:
    gateway.answers = [(503, "busy"), (429, "slow down")]
    with clock.frozen(START):
        row = post_code()
        for attempt, wait in enumerate((*BACKOFF_SECONDS[:2], 0), 1):
            assert deliver_all() == 1
            assert now(row).attempts == attempt
            clock._frozen.set(clock.now() + timedelta(seconds=wait))
    assert len({one["reference"] for one in gateway.received}) == 1
    assert (len(gateway.received), now(row).state) == (3, OutgoingState.SENT)


def test_it_is_given_up_after_five_attempts(db: None, gateway: SmsGateway) -> None:
    gateway.answers = [(500, f"failed: {n}") for n in range(ATTEMPTS_MAX)]
    with clock.frozen(START):
        row = post_code()
        for _ in range(ATTEMPTS_MAX):
            deliver_all()
            clock._frozen.set(clock.now() + timedelta(minutes=5))
    row = now(row)
    assert (row.state, row.attempts, row.text) == (OutgoingState.FAILED, ATTEMPTS_MAX, "")
    assert row.error.endswith(f"answered 500: failed: {ATTEMPTS_MAX - 1}")


def test_a_refusal_for_good_is_not_tried_again_and_its_text_not_kept(db: None, gateway: SmsGateway) -> None:
    row = post_code()
    gateway.answers = [(422, f"cannot send {row.text}")]
    deliver_all()
    row = now(row)
    assert (row.state, row.attempts) == (OutgoingState.FAILED, 1)
    assert row.error.endswith("answered 422: cannot send …")
    assert "p@ss" not in row.error


def test_a_redirect_is_not_followed(db: None, gateway: SmsGateway) -> None:
    """The text holds a code: it goes where the operator said."""
    gateway.answers = [(307, gateway.url())]
    row = post_code()
    deliver_all()
    assert len(gateway.received) == 1
    assert now(row).state == OutgoingState.WAITING


def test_a_gateway_that_is_not_there(db: None, settings: Any) -> None:
    url = f"http://u:s3cret@127.0.0.1:{free_port()}/send"
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, sms_url=url)
    row = post_code()
    deliver_all()
    assert now(row).error == "the gateway was not reached: ConnectionError"


@pytest.mark.parametrize(
    ("country", "number", "due"),
    [
        ("49", "15112345678", "+4915112345678"),
        ("+49", "15112345678", "+4915112345678"),
        ("0049", "15112345678", "+4915112345678"),
        ("39", "0612345678", "+390612345678"),  # in Italy the zero belongs to the number
        ("49", "1234567890123", "+491234567890123"),
        ("49", "12345678901234", ""),  # E.164: fifteen digits in all
        ("0", "1", ""),
        ("49", "", ""),
        ("49", "15\n1", ""),
        ("49", "١٢٣", ""),
        ("49\n", "151", ""),
    ],
)
def test_numbers(country: str, number: str, due: str) -> None:
    assert international(country, number) == due


def test_what_is_no_number_fails_in_the_log_and_raises_nothing(db: None, gateway: SmsGateway) -> None:
    row = post_code("49", "1" * 32)
    assert (row.state, row.error, row.text, row.job) == (OutgoingState.FAILED, NO_NUMBER, "", None)
    assert deliver_all() == 0


def test_files(db: None, data: Path) -> None:
    row = post_code()
    deliver_all()
    (file,) = folder().iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text("utf-8").startswith("To: +4915112345678\n\nOpen Partner Center: 482915 ")
    assert now(row).state == OutgoingState.SENT


# Words.


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_template_with_its_values(language: str) -> None:
    assert texts(language).keys() == set(Template) == VALUES.keys()
    for template in Template:
        named = {name for _, name, _, _ in string.Formatter().parse(texts(language)[template][TEXT]) if name}
        assert named == VALUES[template]


def test_the_languages_are_different() -> None:
    for template in Template:
        assert len({texts(language)[template][TEXT] for language in LANGUAGES}) == len(LANGUAGES)
    for language, script in (("zh", ("一", "鿿")), ("ja", ("ぁ", "ヿ"))):
        assert any(script[0] <= sign <= script[1] for sign in rendered(Template.TEST, language, {}))


def test_a_name_cannot_write_a_letter() -> None:
    """The name of an account stands in the SMS: it adds no line, and is cut."""
    text = rendered(Template.AUTHORIZATION_CODE, "en", {**CODE, "partner": "A\r\n" + "very long " * 50})
    assert "\n" not in text
    assert len(text) < 320


# The log.


def test_everyone_sees_the_log_of_their_own_account(world: World) -> None:
    post_code(account=world.dora.account_pk)
    post_code("49", "30987654", account=world.olga.account_pk)
    (row,) = sms(world.dora.caller.scope, OutgoingFilter(recipient_contains="1511"))
    assert row.recipient == "+4915112345678"
    assert not sms(world.rita.caller.scope, OutgoingFilter()).exists()
    page = browser(world.dora).get("/sms/").content.decode()
    assert "+49****5678" in page
    assert "482915" not in page
    assert "****7654" not in page


def test_upkeep_forgets_old_sms_and_gives_up_the_forsaken(world: World, data: Path) -> None:
    with clock.frozen(START):
        old, forsaken = post_code("49", "1" * 32), post_code()
        Job.objects.everything(reason="test").filter(pk=forsaken.job or 0).delete()
        clock._frozen.set(START + KEPT_FOR + timedelta(days=1))
        upkeep.prune_if_needed()
        deliver_all()
    assert not OutgoingSms.objects.everything(reason="test").filter(pk=old.pk).exists()
    assert now(forsaken).state == OutgoingState.FAILED


def test_the_kind_is_registered() -> None:
    assert KINDS[DELIVER].permission is None


def test_the_command_tries_where_sms_go(db: None, gateway: SmsGateway) -> None:
    done = CliRunner().invoke(cli, ["sms", "test", "49", "15112345678", "--language", "zh"])
    assert done.exit_code == 0, done.output
    assert "accepted by 127.0.0.1" in done.output
    assert gateway.received[0]["language"] == "zh"
    gateway.answers = [(401, "who are you")]
    done = CliRunner().invoke(cli, ["sms", "test", "49", "15112345678"])
    assert (done.exit_code, "answered 401: who are you" in done.output) == (1, True)
    assert CliRunner().invoke(cli, ["sms", "test", "49", "none"]).exit_code == 1
    post_code()
    assert "+4915112345678" in CliRunner(env={"COLUMNS": "160"}).invoke(cli, ["sms", "list"]).output
