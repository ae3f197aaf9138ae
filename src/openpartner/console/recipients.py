"""The form that says who is told of alerts by e-mail, for every kind of alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.recipients import RECIPIENTS_MAX
from openpartner.kit.addresses import ADDRESS_MAX

LENGTH_MAX = ADDRESS_MAX * RECIPIENTS_MAX * 2


class RecipientsForm(forms.Form):
    """Addresses, one in each line."""

    emails = forms.CharField(
        label=__("E-mail addresses"),
        required=False,
        max_length=LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=__("One in each line. Without any, alerts go to the e-mail address of your account."),
    )


def recipients_page(
    request: HttpRequest, caller: Caller, ask: Ask, *, now: Sequence[str], change: Callable[[list[str]], object]
) -> HttpResponse:
    """The addresses of `now` to be changed; `change` takes the lines of the form, or refuses them with Invalid."""
    form = RecipientsForm(request.POST or None, initial={"emails": "\n".join(now)})
    if request.method == "POST" and form.is_valid():
        try:
            change(form.cleaned_data["emails"].splitlines())
            return done(request, _("The recipients were changed."), ask.back)
        except Invalid as error:
            add_refusal(form, error)
    return form_page(request, caller, form, ask)
