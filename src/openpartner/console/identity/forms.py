"""The forms of signing in and of one's own profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openpartner.console.languages import NAMES
from openpartner.core.access.profiles import ACCOUNT_NAME_MAX, NAME_MAX, time_zones
from openpartner.core.base.errors import Invalid

PASSWORD_MAX = 512
CODE_MAX = 40
THEMES = (("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
TOLD: dict[str, Promise] = {
    "is taken": _("This is taken already. Choose another one."),
    "is none of those we know": _("Choose one of the list."),
    f"has 1 to {NAME_MAX} characters": _("Give 1 to 64 characters."),
    f"has 1 to {ACCOUNT_NAME_MAX} characters and no space": _("Give 1 to 64 characters without a space."),
    "does not fit; check the clock of the device and enter the newest code": _(
        "This code does not fit. Check the clock of the device and enter the newest code."
    ),
}
"""The core's reasons, which are in English, as people read them."""


def told(error: Invalid) -> str:
    """The reason of a refusal in the reader's language."""
    return str(TOLD.get(error.why, error.why))


class PlainForm(forms.Form):
    """A form without colons after its labels."""

    def __init__(self, *args: Any, **values: Any) -> None:  # Django's own
        values.setdefault("label_suffix", "")
        super().__init__(*args, **values)

    def refuse(self, error: Invalid, field: str | None = None) -> None:
        """Put a refusal of the core beside its field."""
        name = field or error.field
        self.add_error(name if name in self.fields else None, told(error))


class SignInForm(PlainForm):
    """E-mail and password; the second factor has a page of its own."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(PlainForm):
    """A one-time or recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_MAX,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class AddressForm(PlainForm):
    """Where to mail a link to."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(PlainForm):
    """A new password, twice."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=PASSWORD_MAX,
        help_text=_("At least 10 characters, and not one that many people use."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_new(self) -> str:
        """The password, unless it is too easily guessed."""
        password_validation.validate_password(self.cleaned_data["new"])
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        found = super().clean() or {}
        if "new" in found and "again" in found and found["new"] != found["again"]:
            self.add_error("again", _("The two passwords differ."))
        return found


class PasswordForm(NewPasswordForm):
    """The old password and a new one."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("old", "new", "again")


class ConfirmForm(PlainForm):
    """Who one is, once more: by password or by code."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label=_("Or a code of your authenticator app"),
        required=False,
        max_length=CODE_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class ProfileForm(PlainForm):
    """Name, language, time zone and theme."""

    name = forms.CharField(label=_("Name"), max_length=NAME_MAX, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=list(NAMES.items()))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(time_zones())],
        help_text=_("Times on pages are told in this zone. Bills keep the zone of the provider."),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)


class AccountNameForm(PlainForm):
    """The name of the account."""

    account_name = forms.CharField(
        label=_("Account name"),
        max_length=ACCOUNT_NAME_MAX,
        help_text=_("Programs that ask for tokens by this name must be told the new one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class EnrolForm(PlainForm):
    """The first code of a new authenticator."""

    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_MAX,
        help_text=_("Six digits that the app shows now."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class PasskeyNameForm(PlainForm):
    """What somebody calls a passkey."""

    name = forms.CharField(label=_("Name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))
