"""A mail as it is sent: plain text, in seven bits, with the headers of an automatic mail."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.conf import settings

# Not every server takes eight bits, and smtplib would send them without asking.
SEVEN_BITS = SMTP.clone(cte_type="7bit")


def message(*, to: str, subject: str, text: str, language: str, message_id: str, date: datetime) -> EmailMessage:
    """The message for one recipient. ValueError when a header holds a line break or `to` is no single address."""
    name, sender = parseaddr(settings.OPENPARTNER.sender)
    made = EmailMessage(policy=SEVEN_BITS)
    made["From"] = Address(name, addr_spec=sender)
    made["To"] = Address(addr_spec=to)
    made["Subject"] = subject
    made["Date"] = format_datetime(date)
    made["Message-ID"] = message_id
    # Keeps answering machines silent (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)  # drops every Content- header that is there already
    made["Content-Language"] = language
    return made
