"""Posting an SMS: a row in the transaction of the change that asks for it, and a job that delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from openpartner.core.outgoing.outbox import put
from openpartner.core.sms.models import OutgoingSms
from openpartner.core.sms.templates import Template, rendered
from openpartner.kit.numbers import international
from openpartner.kit.wording import one_line, spoken

DELIVER = "sms.deliver"
RECIPIENT_MAX = 40
NO_NUMBER = "this is no number that an SMS can be sent to"


def post(
    template: Template,
    values: Mapping[str, object],
    *,
    to_country: str,
    to_number: str,
    language: str,
    account: int | None = None,
    user: int | None = None,
) -> OutgoingSms:
    """Put an SMS into the outbox and return its row; it leaves if and only if the transaction commits.

    `values` are exactly those of `templates.VALUES`; `to_country` is a dialling code (`49`, `+49` or `0049`) and
    `to_number` the digits behind it; `account` is whose administrators see it in the log, `user` whom it is about. What
    is no number fails in the log and raises nothing, so that no answer tells whose number is right.
    """
    number = international(to_country, to_number)
    return put(
        OutgoingSms,
        DELIVER,
        identity={"reference": uuid4().hex},
        why_not="" if number else NO_NUMBER,
        text=rendered(template, language, values),
        account=account,
        user=user,
        template=template,
        language=spoken(language),
        recipient=number or one_line(f"{to_country} {to_number}", RECIPIENT_MAX),
    )
