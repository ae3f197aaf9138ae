"""What the pages of parting share: steps that were taken, facts, and forms to ask, answer and withdraw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.money_form import Preview, Steps, money_form, refuse, rehearsed
from openpartner.console.preferences import zone_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, LimitReached
from openpartner.core.parting.models import REASON_MAX
from openpartner.kit.masks import mask_name
from openpartner.listings.declare import Words


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or is waited for."""

    label: Words
    tone: str
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    details: Sequence[Words] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known."""

    label: Words
    value: Words = ""
    at: datetime | None = None
    address: str = ""


class ReasonForm(forms.Form):
    """Why; the other side reads it."""

    reason = forms.CharField(
        label=__("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("The other side reads it."),
    )


class PartingForm(ReasonForm):
    """The reason, and that what is open between the two is settled (tencent:A.2, huawei:A3)."""

    is_settled = forms.BooleanField(
        label=__("Contract and bills between us are settled, and I understand what ends with the association.")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A request or a migration as a page."""

    title: Words
    status: tuple[Words, str]
    back: tuple[str, Words]
    facts: Sequence[Fact]
    steps: Sequence[Step]
    buttons: Sequence[Button] = ()
    notice: Words = ""


def progress_page(request: HttpRequest, caller: Caller, progress: Progress) -> HttpResponse:
    """The page of what became of a request or a migration, and what can be done about it."""
    values: dict[str, Any] = {
        "caller": caller,
        "zone": zone_of(request),
        "title": progress.title,
        "status": progress.status,
        "back": progress.back,
        "facts": progress.facts,
        "steps": progress.steps,
        "buttons": progress.buttons,
        "notice": progress.notice,
    }
    return render(request, "console/parting/progress.html", values)


def confirmed_act(
    request: HttpRequest,
    caller: Caller,
    form: forms.Form,
    ask: Ask,
    act: Callable[[], object],
    then: tuple[Words, str],
) -> HttpResponse:
    """A form that is looked at before it is sent, with a code where the account asks for one; then a message.

    What stands in the way is said before the preview: the command is rehearsed.
    """

    def preview() -> Preview:
        rehearsed(act)
        shown = [
            (form.fields[name].label or name, str(value))
            for name, value in form.cleaned_data.items()
            if isinstance(value, str) and value
        ]
        return Preview(facts=shown)

    def finish(_key: str) -> HttpResponse:
        act()
        return done(request, *then)

    return money_form(request, caller, form, ask, Steps(preview=preview, act=finish, fields={}))


def plain_act(
    request: HttpRequest,
    caller: Caller,
    form: forms.Form,
    ask: Ask,
    act: Callable[[], object],
    then: tuple[Words, str],
) -> HttpResponse:
    """A form that is sent at once."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
            return done(request, *then)
        except (Invalid, LimitReached, Conflict) as error:
            refuse(form, error, {})
    return form_page(request, caller, form, ask)


def lead_of(account: Account) -> str:
    """Name, masked, and uin."""
    return f"{mask_name(account.called)} · {account.uin}"


def for_sure() -> str:
    """What a page says that cannot be undone."""
    return _("This cannot be undone here: the customer has to be bound again.")
