"""The verification code that a form asks for before it does something critical, where that is switched on (huawei:B2).

A form that does so shows one field more. "Send code" mails a code to who is signed in; a wrong one is told beside the
field, and nothing is done then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from openpartner.core.access.codes import Purpose, Verdict
from openpartner.core.access.critical import confirm_by_code, demands_codes, mail_code
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import LimitReached, TooSoon
from openpartner.listings.declare import Words

Result = TypeVar("Result")
SEND = "send_code"
FIELD = "verification_code"
CODE_MAX = 12
REFUSED = {
    Verdict.WRONG: __("This is not the code that was sent. Look again."),
    Verdict.EXHAUSTED: __("Too many wrong codes. Send a new one."),
    Verdict.EXPIRED: __("This code is not valid any more. Send a new one."),
}


class CodeForm(forms.Form):
    """The code that was mailed."""

    use_required_attribute = False
    """The other buttons of the form go without."""
    verification_code = forms.CharField(
        label=__("Verification code"),
        max_length=CODE_MAX,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "size": CODE_MAX}
        ),
        error_messages={"required": __("Enter the code that was mailed to you.")},
    )


class CodeStep:
    """The code of one form: its field, what became of sending, and whether what was entered is right."""

    def __init__(
        self, request: HttpRequest, caller: Caller, what: Words, *, purpose: Purpose = Purpose.CRITICAL_OPERATION
    ) -> None:
        """`what` are the words of the form, which the mail repeats."""
        self._caller, self._what, self._purpose = caller, str(what), purpose
        match = request.resolver_match
        assert match is not None
        self._operation = f"{match.view_name} {'/'.join(map(str, match.kwargs.values()))}".strip()[:80]
        self._request = request
        self.form = CodeForm()
        self.sent_to = ""

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be told beside the field."""
        return bool(self.form.errors)

    def send(self) -> None:
        """Mail a code, or say why not yet."""
        try:
            self.sent_to = mail_code(self._caller, operation=self._operation, what=self._what, purpose=self._purpose)
        except TooSoon as error:
            n = error.retry_after_seconds
            told = ngettext(
                "A code was sent a moment ago. Another can be sent in %(n)s second.",
                "A code was sent a moment ago. Another can be sent in %(n)s seconds.",
                n,
            )
            self._tell(told % {"n": n})
        except LimitReached:
            self._tell(_("Too many codes were sent to you. Try again later."))

    def is_confirmed(self) -> bool:
        """Whether the right code was entered. It is used up then."""
        form = CodeForm(self._request.POST)
        if form.is_valid():
            given = form.cleaned_data[FIELD]
            verdict = confirm_by_code(self._caller, operation=self._operation, code=given, purpose=self._purpose)
            if verdict is Verdict.GOOD:
                return True
            form = CodeForm(self._request.POST)
            form.add_error(FIELD, REFUSED[verdict])
        self.form = form
        return False

    def _tell(self, told: str) -> None:
        self.form = CodeForm({FIELD: ""})
        self.form.errors.clear()
        self.form.add_error(FIELD, told)


def code_step(request: HttpRequest, caller: Caller, what: Words) -> CodeStep | None:
    """The code that this form asks for; None where none is asked for."""
    return CodeStep(request, caller, what) if demands_codes(caller.account) else None


def confirmed(code: CodeStep | None, act: Callable[[], Result]) -> Result | None:
    """What `act` answers once the code is right; None when it was not, or was only asked for, and nothing was done.

    When `act` refuses, the code stays good.
    """
    if code is None:
        return act()
    with transaction.atomic():
        return act() if code.is_confirmed() else None
