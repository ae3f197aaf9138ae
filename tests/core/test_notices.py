"""Mails about what somebody waited for."""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.access.notices import LONG, tell_if_long
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.templates import Template
from openpartner.kit import clock
from openpartner.listings.exports import start_export
from tests.support.mail import deliver_all
from tests.support.people import Person

VALUES = {"file": "customers.csv", "rows": 3, "days": 7}


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.everything(reason="test").order_by("pk"))


def test_what_was_quick_is_not_told(dora: Person) -> None:
    begun = clock.now()
    with clock.frozen(begun + LONG - timedelta(seconds=1)):
        assert not tell_if_long(dora.caller, Template.EXPORT_READY, since=begun, path="/exports/", **VALUES)
    assert mails() == []


def test_what_was_long_is_told_to_whoever_asked(dora: Person) -> None:
    begun = clock.now()
    with clock.frozen(begun + LONG):
        assert tell_if_long(dora.caller, Template.EXPORT_READY, since=begun, path="/exports/", **VALUES)
    (mail,) = mails()
    assert (mail.recipient, mail.account, mail.user) == (dora.email, dora.account_pk, dora.user_pk)
    assert "customers.csv" in mail.subject
    assert "/exports/" in mail.text


def test_an_export_that_waited_is_told_when_it_is_ready(dora: Person) -> None:
    start_export(dora.caller, listing="customers", query="")
    with clock.frozen(clock.now() + LONG + timedelta(seconds=1)):
        deliver_all()
    assert [mail.template for mail in mails()] == [Template.EXPORT_READY]
    assert mails()[0].recipient == dora.email


def test_an_export_that_was_quick_is_not(dora: Person) -> None:
    start_export(dora.caller, listing="customers", query="")
    deliver_all()
    assert mails() == []
