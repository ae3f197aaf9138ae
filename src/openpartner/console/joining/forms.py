"""The forms of registering and applying."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.identity.forms import CODE_MAX, PASSWORD_MAX, PlainForm
from openpartner.core.access.profiles import ACCOUNT_NAME_MAX
from openpartner.core.base.kinds import CustomerType
from openpartner.core.catalogue.countries import Country, all_countries, by_dialling_code, by_iso2
from openpartner.kit.addresses import is_address
from openpartner.kit.numbers import international

NAME_MIN, NAME_MAX = 2, 200
MOBILE_MAX = 40
TYPED = re.compile(r"[ ()./-]+")
"""What people write between the digits of a number."""


def country_name(country: Country) -> str:
    """What a country is called in the reader's language, as far as the catalogue knows."""
    return country.chinese_name if (get_language() or "").startswith("zh") else country.name


def countries() -> list[tuple[str, str]]:
    """Every country to choose from, by what it is called."""
    named = [(country.iso2, f"{country_name(country)} (+{country.dialling_code})") for country in all_countries()]
    return [("", _("Choose one")), *sorted(named, key=lambda one: one[1])]


class EmailForm(PlainForm):
    """Where the code goes that proves an address."""

    email = forms.EmailField(
        label=__("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    def clean_email(self) -> str:
        """An address that mail can be sent to."""
        address = str(self.cleaned_data["email"]).casefold()
        if not is_address(address):
            raise forms.ValidationError(_("Mail cannot be sent to this address. Check how it is written."))
        return address


class RegisterForm(PlainForm):
    """The account and who administers it. The address was given before, and the code proves it."""

    code = forms.CharField(
        label=__("Code from the mail"),
        max_length=CODE_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )
    customer_type = forms.TypedChoiceField(
        label=__("Who you are"),
        coerce=int,
        choices=[
            (int(CustomerType.ENTERPRISE), __("A company or organization")),
            (int(CustomerType.PERSON), __("A person")),
        ],
        initial=int(CustomerType.ENTERPRISE),
        widget=forms.RadioSelect,
    )
    legal_name = forms.CharField(
        label=__("Full name"),
        min_length=NAME_MIN,
        max_length=NAME_MAX,
        help_text=__("Of the person, or of the company as it is registered."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    account_name = forms.CharField(
        label=__("Account name"),
        max_length=ACCOUNT_NAME_MAX,
        help_text=__("Short and without spaces; programs name your account by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    region = forms.ChoiceField(
        label=__("Country or region"),
        choices=countries,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    mobile = forms.CharField(
        label=__("Mobile number"),
        max_length=MOBILE_MAX,
        help_text=__("Without the zero that is dialled only within the country."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    password = forms.CharField(
        label=__("Password"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=__("Password again"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    agreed = forms.BooleanField(
        label=__("I have read this and agree to it, for whom I register."),
        error_messages={"required": __("Without your agreement there is no account.")},
    )

    def clean_legal_name(self) -> str:
        """A name, which is more than digits (tencent:D.1)."""
        name = str(self.cleaned_data["legal_name"]).strip()
        if name.isdigit():
            raise forms.ValidationError(_("A name does not consist of digits alone."))
        return name

    def clean_account_name(self) -> str:
        """One word."""
        name = str(self.cleaned_data["account_name"])
        if any(sign.isspace() or not sign.isprintable() for sign in name):
            raise forms.ValidationError(_("Give 1 to 64 characters without a space."))
        return name

    def clean_password(self) -> str:
        """The password, unless it is too easily guessed."""
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same, and the number is one."""
        found = super().clean() or {}
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", _("The two passwords differ."))
        if "mobile" in found and "region" in found:
            dialled = dialling(found["mobile"], found["region"])
            if dialled is None:
                self.add_error("mobile", _("This is no number that can be dialled. Write its digits."))
            else:
                found["country_code"], found["number"] = dialled
        return found


def dialling(typed: str, region: str) -> tuple[str, str] | None:
    """The dialling code and the number behind what somebody typed; None when it is no number.

    A number with a plus, or with 00 in front, names its country itself: the longest code that anybody has.
    """
    digits = TYPED.sub("", typed)
    country = by_iso2(region)
    code, number = country.dialling_code if country else "", digits
    if digits.startswith(("+", "00")):
        whole = digits.removeprefix("+") if digits.startswith("+") else digits[2:]
        code = next((whole[:length] for length in (4, 3, 2, 1) if by_dialling_code(whole[:length])), "")
        number = whole.removeprefix(code)
    if not code or not (number.isascii() and number.isdigit()) or not international(code, number):
        return None
    return code, number
