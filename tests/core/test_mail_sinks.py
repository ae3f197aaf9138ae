"""Where mail goes: servers with and without TLS and passwords, files, the console, and the command that tries it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from click.testing import CliRunner, Result

from openpartner.core.mail import sinks
from openpartner.core.mail.messages import message
from openpartner.core.mail.outbox import new_message_id, post
from openpartner.core.mail.sinks import deliver, folder
from openpartner.core.mail.templates import Template
from openpartner.core.outgoing.delivery import NotDelivered
from openpartner.kit import clock
from openpartner.project.cli import cli
from tests.support.cluster import free_port
from tests.support.mail import PASSWORD, USER, MailServer, write_certificate

LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"
Servers = Callable[..., MailServer]
Set = Callable[..., None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's own authority, given to OpenSSL as it is given in production."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def servers(certificate: Path) -> Iterator[Servers]:
    started: list[MailServer] = []

    def start(tls: str = "none", *, login: bool = False) -> MailServer:
        started.append(MailServer(certificate=certificate, tls=tls, login=login).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def using(settings: Any) -> Set:
    def change(url: str, **values: str) -> None:
        settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, mail_url=url, **values)

    return change


def letter(text: str = "Hello.\n", subject: str = "A test") -> EmailMessage:
    return message(
        to="dora@example.com",
        subject=subject,
        text=text,
        language="en",
        message_id=new_message_id(),
        date=clock.now(),
    )


# Servers.


def test_a_plain_server(servers: Servers, using: Set) -> None:
    server = servers()
    using(server.url())
    assert deliver(letter()) == "accepted by 127.0.0.1, without TLS"
    assert server.texts[0] == "Hello.\n"


@pytest.mark.parametrize("tls", ["offered", "required"])
def test_demanded_starttls(servers: Servers, using: Set, trusted: None, tls: str) -> None:
    server = servers(tls)
    using(server.url("smtp+tls"))
    assert deliver(letter()) == "accepted by 127.0.0.1, over TLS"
    assert server.over_tls == [True]


def test_demanded_starttls_that_is_not_offered(servers: Servers, using: Set) -> None:
    server = servers()
    using(server.url("smtp+tls"))
    with pytest.raises(NotDelivered, match="STARTTLS extension not supported"):
        deliver(letter())
    assert server.received == []


def test_a_server_that_demands_starttls_and_is_spoken_to_plainly(servers: Servers, using: Set) -> None:
    server = servers("required")
    using(server.url())  # on this machine `smtp` stays plain
    with pytest.raises(NotDelivered, match="Must issue a STARTTLS command first"):
        deliver(letter())
    assert server.received == []


def test_starttls_is_taken_when_offered_by_another_machine(
    servers: Servers, using: Set, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "_is_local", lambda _host: False)
    server = servers("offered")
    using(server.url())
    assert deliver(letter()) == "accepted by 127.0.0.1, over TLS"


def test_tls_from_the_first_byte(servers: Servers, using: Set, trusted: None) -> None:
    server = servers("implicit")
    using(server.url("smtps"))
    assert deliver(letter()) == "accepted by 127.0.0.1, over TLS"
    assert len(server.received) == 1


@pytest.mark.parametrize(("tls", "scheme"), [("required", "smtp+tls"), ("implicit", "smtps")])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_certificate_nobody_vouches_for(servers: Servers, using: Set, tls: str, scheme: str) -> None:
    server = servers(tls)
    using(server.url(scheme))
    with pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
        deliver(letter())
    assert server.received == []


def test_the_right_password(servers: Servers, using: Set, trusted: None) -> None:
    server = servers("required", login=True)
    using(server.url("smtp+tls", LOGIN))
    deliver(letter())
    assert len(server.received) == 1


def test_a_wrong_password(servers: Servers, using: Set, trusted: None) -> None:
    server = servers("required", login=True)
    using(server.url("smtp+tls", f"{USER}:wrong-secret@"))
    with pytest.raises(NotDelivered, match="SMTPAuthenticationError: 535") as refused:
        deliver(letter())
    assert not refused.value.final  # the operator may correct it meanwhile
    assert "wrong-secret" not in str(refused.value)
    assert server.received == []


def test_a_password_is_not_sent_in_the_clear_to_another_machine(
    servers: Servers, using: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "_is_local", lambda _host: False)
    server = servers(login=True)
    using(server.url("smtp", LOGIN))
    with pytest.raises(NotDelivered, match="offers no TLS"):
        deliver(letter())
    monkeypatch.undo()
    deliver(letter())
    assert len(server.received) == 1


def test_a_server_that_never_answers(using: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        using(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(NotDelivered, match=r"TimeoutError|timed out"):
            deliver(letter())


def test_a_server_that_is_rude_afterwards_has_it_all_the_same(using: Set) -> None:
    """What was accepted must not be sent again, whatever comes of QUIT."""
    answers = ["220 hi", "250 hi", "250 ok", "250 ok", "354 go", "250 taken", "500 never heard of QUIT"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        rude = threading.Thread(target=recite, args=(listening, answers))
        rude.start()
        using(f"smtp://127.0.0.1:{listening.getsockname()[1]}")
        try:
            assert deliver(letter()) == "accepted by 127.0.0.1, without TLS"
        finally:
            rude.join(5)


def recite(listening: socket.socket, answers: list[str]) -> None:
    """Answer each command with the next line; the content of a mail is one command."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as lines:
        for answer in answers:
            lines.write(f"{answer}\r\n".encode())
            lines.flush()
            end = b".\r\n" if answer.startswith("354") else None
            while (line := lines.readline()) and end and line != end:
                pass


def test_our_name_is_the_senders_domain(using: Set) -> None:
    using("file:", mail_from="Partner Desk <desk@partners.example.com>")
    made = letter()
    assert made["Message-ID"].endswith("@partners.example.com>")
    assert made["From"] == "Partner Desk <desk@partners.example.com>"
    using("file:", mail_domain="mx.example.com")
    assert letter()["Message-ID"].endswith("@mx.example.com>")


def test_it_is_sent_in_seven_bits(servers: Servers, using: Set) -> None:
    text = "您好：\n\n" + "東京" * 600 + "\n"
    made = letter(text, "主题" * 60)
    assert made.as_bytes().isascii()
    server = servers()
    using(server.url())
    deliver(made)
    assert server.texts[0] == text
    assert server.received[0]["Subject"] == "主题" * 60


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("dora@example.com", "Hello\r\nBcc: eve@example.com"),
        ("dora@example.com", "Hello\nBcc: eve@example.com"),
        ("dora@example.com\r\nBcc: eve@example.com", "Hello"),
        ("dora@example.com, eve@example.com", "Hello"),
    ],
)
def test_a_forged_header_is_refused_by_the_message_too(to: str, subject: str) -> None:
    """The second lock: what the outbox let through would still not become a header."""
    with pytest.raises(ValueError, match=r"."):
        message(to=to, subject=subject, text="", language="en", message_id=new_message_id(), date=clock.now())


# Files and the console.


def test_files(using: Set, tmp_path: Path) -> None:
    using("file:", data=str(tmp_path))
    made = letter("您好\n", "重置密码")
    assert deliver(made) == deliver(made)  # a second attempt leaves one file
    (file,) = (tmp_path / "mail").iterdir()
    assert folder() == tmp_path / "mail"
    assert file.stat().st_mode & 0o777 == 0o600
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert (read["Subject"], read.get_content()) == ("重置密码", "您好\r\n")


def test_a_folder_that_cannot_be_written(using: Set, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    using("file:", data=str(tmp_path))
    with pytest.raises(NotDelivered, match="Error: "):
        deliver(letter())


def test_the_console_shows_what_a_person_reads(using: Set, capsys: pytest.CaptureFixture[str]) -> None:
    using("console:")
    assert deliver(letter("您好\n", "重置密码")) == "printed"
    shown = capsys.readouterr().out
    assert "To: dora@example.com\n" in shown
    assert "Subject: 重置密码\n\n" not in shown.partition("\n")[0]
    assert "Subject: 重置密码\n" in shown
    assert shown.endswith("\n您好\n\n")


# The command.


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["mail", *words])


def test_the_command_sends_a_test(servers: Servers, using: Set) -> None:
    server = servers()
    using(server.url())
    done = run("test", "dora@example.com", "--language", "ja")
    assert done.exit_code == 0, done.output
    assert "to dora@example.com:" in done.output
    assert "accepted by 127.0.0.1, without TLS." in done.output
    assert server.received[0]["Subject"] == "テストメール"
    assert "dora@example.com" in server.texts[0]


def test_the_command_says_why_it_did_not_go(using: Set) -> None:
    using(f"smtp://127.0.0.1:{free_port()}")
    done = run("test", "dora@example.com")
    assert done.exit_code == 1
    assert "it did not go: ConnectionRefusedError" in done.output
    done = run("test", "dora")
    assert done.exit_code == 1
    assert "no address" in done.output


def test_the_command_lists_the_log(db: None, using: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("list").output == "No mail.\n"
    post(Template.TEST, {"address": "x"}, to="dora@example.com", language="en")
    post(Template.TEST, {"address": "x"}, to="[red]nowhere", language="en")
    shown = run("list")
    assert shown.exit_code == 0, shown.output
    assert [line for line in shown.output.splitlines() if "dora@example.com" in line and "waiting" in line]
    assert [line for line in shown.output.splitlines() if "[red]nowhere" in line and "no address" in line]
    assert "dora@example.com" not in run("list", "--state", "failed").output
    assert "dora@example.com" not in run("list", "--limit", "1").output
