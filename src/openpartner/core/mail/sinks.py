"""Where mail goes, by the setting mail_url.

`smtp://[user:password@]host[:port]` speaks SMTP and uses STARTTLS when it is offered; `smtp+tls://` demands
STARTTLS, `smtps://` is TLS from the first byte; `file:` writes .eml files into DATA/mail; `console:` prints them.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from openpartner.core.outgoing.delivery import NotDelivered
from openpartner.kit.files import write_private

TIMEOUT_SECONDS = 10
"""For each answer of the server. A delivery that outlasts the job's lease may be done twice, so this is short."""
FOLDER = "mail"
PORT_SMTP = 25
PORT_SUBMISSION = 587
PORT_SMTPS = 465


def deliver(message: EmailMessage) -> str:
    """Hand a message over and say where it went; NotDelivered when it did not."""
    url = urlsplit(settings.OPENPARTNER.mail_url)
    try:
        match url.scheme:
            case "file":
                return f"written to {_to_file(message)}"
            case "console":
                _to_console(message)
                return "printed"
            case _:
                return _by_smtp(message, url)
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(_why(error), final=_is_final(error)) from error


def folder() -> Path:
    """Where the file sink writes."""
    data: Path = settings.OPENPARTNER.data_path
    return data / FOLDER


def _to_file(message: EmailMessage) -> Path:
    """One file for each mail, in order of time; a second attempt writes the same one."""
    name = message["Message-ID"].strip("<>").partition("@")[0]
    path = folder() / f"{message['Date'].datetime:%Y%m%dT%H%M%S}-{name}.eml"
    write_private(path, message.as_bytes(policy=SMTP))
    return path


def _to_console(message: EmailMessage) -> None:
    """Print headers and text as a person reads them, not as they are encoded."""
    head = "".join(f"{name}: {message[name]}\n" for name in ("From", "To", "Date", "Subject"))
    text = f"{head}\n{message.get_content()}\n".replace("\r\n", "\n")
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def _by_smtp(message: EmailMessage, url: SplitResult) -> str:
    host = url.hostname or "localhost"
    context = ssl.create_default_context()
    connection = _connected(url, host, context)
    try:
        connection.ehlo()
        secure = url.scheme == "smtps"
        offered = url.scheme == "smtp" and connection.has_extn("starttls") and not _is_local(host)
        if url.scheme == "smtp+tls" or offered:
            connection.starttls(context=context)
            connection.ehlo()
            secure = True
        if url.username:
            if not secure and not _is_local(host):
                raise NotDelivered("the server offers no TLS, so the password was not sent")
            connection.login(unquote(url.username), unquote(url.password or ""))
        connection.send_message(message)
        # The server has it: however it says goodbye, the mail must not go again.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.quit()
    finally:
        connection.close()
    return f"accepted by {host}, {'over TLS' if secure else 'without TLS'}"


def _connected(url: SplitResult, host: str, context: ssl.SSLContext) -> smtplib.SMTP:
    # Our name is given, for smtplib would ask the resolver for it, which can take long.
    name = settings.OPENPARTNER.sender_domain
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or PORT_SMTPS, name, timeout=TIMEOUT_SECONDS, context=context)
    port = url.port or (PORT_SUBMISSION if url.scheme == "smtp+tls" else PORT_SMTP)
    return smtplib.SMTP(host, port, name, timeout=TIMEOUT_SECONDS)


def _is_local(host: str) -> bool:
    """A mail server on the same machine rarely has a certificate for `localhost`."""
    return host in {"localhost", "127.0.0.1", "::1"}


def _is_final(error: Exception) -> bool:
    """Whether the server has said for good that it will not take this mail: 5xx for the recipient or the content."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            return all(code >= 500 for code, _ in answers.values())
        case smtplib.SMTPDataError(smtp_code=code):
            return code >= 500
        case _:
            return False


def _why(error: Exception) -> str:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            return "; ".join(f"recipient refused: {code} {_text(answer)}" for code, answer in answers.values())
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            return f"{type(error).__name__}: {code} {_text(answer)}"
        case _:
            return f"{type(error).__name__}: {error}"


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
