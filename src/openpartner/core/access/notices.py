"""Telling people by mail that something they waited for has ended. What was quick they saw on the page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

LONG = timedelta(minutes=1)


def tell_if_long(caller: Caller, template: Template, *, since: datetime, path: str, **values: object) -> bool:
    """Post the mail if the work has taken a minute or more; returns whether it did. `path` is a page of the console."""
    if caller.user is None or clock.now() - since < LONG:
        return False
    user = User.objects.everything(reason="the one who asked for it").get(pk=caller.user)
    told = {"name": user.name, "account": caller.account_name, "link": f"{settings.OPENPARTNER.url}{path}", **values}
    post(template, told, to=user.email, language=user.language, account=caller.account, user=user.pk)
    return True
