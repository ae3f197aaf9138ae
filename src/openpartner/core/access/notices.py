"""Telling people by mail: those who waited for something, and the administrators of an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from openpartner.core.access.models import User
from openpartner.core.access.queries import administrators
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

LONG = timedelta(minutes=1)
NOTHING = "–"
"""What stands in a mail where somebody has written nothing."""


def tell_if_long(caller: Caller, template: Template, *, since: datetime, path: str, **values: object) -> bool:
    """Post the mail if the work has taken a minute or more; returns whether it did. `path` is a page of the console.

    What was quick they saw on the page.
    """
    if caller.user is None or clock.now() - since < LONG:
        return False
    user = User.objects.everything(reason="the one who asked for it").get(pk=caller.user)
    told = {"name": user.name, "account": caller.account_name, "link": f"{settings.OPENPARTNER.url}{path}", **values}
    post(template, told, to=user.email, language=user.language, account=caller.account, user=user.pk)
    return True


def tell(account: Account, template: Template, /, *, path: str, **values: object) -> None:
    """Post a mail to each administrator of an account in their language; to its own address when there is none."""
    told = {**values, "link": f"{settings.OPENPARTNER.url}{path}"}
    people = administrators(account.pk)
    for user in people:
        post(template, told, to=user.email, language=user.language, account=account.pk, user=user.pk)
    if not people and account.email:
        post(template, told, to=account.email, language="en", account=account.pk)


def spelled(moment: datetime) -> str:
    """An instant with its zone."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
