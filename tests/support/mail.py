"""A real mail server on this machine, and what it has received.

A test asks for the fixture `mail_server`: it is running and `mail_url` points to it. `deliver_all()` runs the worker;
then `mail_server.received` holds the messages.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openpartner.worker.run import Worker
from tests.support.cluster import free_port

USER, PASSWORD = "postmaster", "p@ss:word/?#"
OK = "250 OK"


@dataclass
class MailServer:
    """A mail server. `answers` are given to the next messages, instead of taking them; then it takes all."""

    certificate: Path | None = None
    tls: str = "none"
    """`none`, `offered`, `required` (both STARTTLS) or `implicit`."""
    login: bool = False
    answers: list[str] = field(default_factory=list)
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    refused_recipients: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _controller: Controller | None = None

    def start(self) -> MailServer:
        assert self._controller is None
        context = self._context()
        options: dict[str, Any] = {"server_hostname": "mail.test"}
        if self.tls == "implicit":
            options["ssl_context"] = context
        elif context is not None:
            options |= {"tls_context": context, "require_starttls": self.tls == "required"}
        if self.login:
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
        self._controller = Controller(self, "127.0.0.1", self.port, **options)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def url(self, scheme: str = "smtp", user: str = "") -> str:
        """What to set as `mail_url`; `user` is `user:password@`."""
        return f"{scheme}://{user}127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        """The texts of the received messages, with line ends as Python writes them."""
        return [message.get_content().replace("\r\n", "\n") for message in self.received]

    async def handle_RCPT(  # noqa: N802  # aiosmtpd names its hooks so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # likewise
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        read = message_from_bytes(envelope.content, policy=default)
        assert isinstance(read, EmailMessage)
        self.received.append(read)
        self.recipients.append(envelope.rcpt_tos)
        self.over_tls.append(session.ssl is not None)
        return OK

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def _context(self) -> ssl.SSLContext | None:
        if self.tls == "none":
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.certificate is not None
        context.load_cert_chain(self.certificate)
        return context


def deliver_all() -> int:
    """Run every job that is due, as the worker does; returns how many there were."""
    return Worker().once()


def write_certificate(path: Path) -> Path:
    """Write key and self-signed certificate of 127.0.0.1 and localhost; SSL_CERT_FILE may name it as trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251  # OpenSSL reads the real clock
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
