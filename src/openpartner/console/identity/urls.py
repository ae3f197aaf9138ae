"""The routes of signing in. The pages about oneself register themselves, as all others do."""

from __future__ import annotations

from django.urls import path

from openpartner.console.identity import passkeys, passwords, single_sign_on
from openpartner.console.identity.sign_in import second_step, sign_in_page, sign_out

ROUTES = [
    path("sign-in/", sign_in_page, name="sign-in"),
    path("sign-in/second-step/", second_step, name="second-step"),
    path("sign-in/passkey/ask/", passkeys.ask_passkey, name="ask-passkey"),
    path("sign-in/passkey/", passkeys.show_passkey, name="show-passkey"),
    path("sign-out/", sign_out, name="sign-out"),
    path("password/", passwords.forgotten_password, name="forgotten-password"),
    path("password/<str:token>/", passwords.password_link, name="password-link"),
    path("single-sign-on/", single_sign_on.single_sign_on, name="single-sign-on"),
    path("single-sign-on/callback/", single_sign_on.single_sign_on_callback, name="single-sign-on-callback"),
]
"""Pages of those who have not signed in."""
