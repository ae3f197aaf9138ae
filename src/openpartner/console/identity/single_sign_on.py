"""Single sign-on by OpenID Connect: code flow with PKCE, state and nonce. Off unless the operator names an issuer."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from openpartner.console.identity.freshness import mark_fresh
from openpartner.console.identity.sessions import door_of, open_session
from openpartner.console.own_path import own_path
from openpartner.core.access.identities import (
    Identity,
    IdentityRefused,
    Why,
    confirm_with_identity,
    sign_in_with_identity,
)
from openpartner.core.access.models import User
from openpartner.core.access.signing_in import SignInRefused
from openpartner.kit import clock

NAME = "provider"
SIGN_IN, CONFIRM = "sign-in", "confirm"
TIMEOUT_SECONDS = 10
CONFIRMED_WITHIN_SECONDS = 300
SIGNED_WITH = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signatures by a key the provider publishes. Without this list a provider's word would decide what is a signature."""
SENTENCES: dict[Why, Promise] = {
    Why.NO_EMAIL: gettext_lazy("Your provider did not tell us your e-mail address, so we cannot find your user."),
    Why.UNVERIFIED: gettext_lazy("Your provider has not verified your e-mail address, so we cannot rely on it."),
    Why.UNKNOWN: gettext_lazy("Nobody here has your e-mail address. Ask an administrator to invite you first."),
    Why.ANOTHER: gettext_lazy("The user with your e-mail address belongs to another identity of your provider."),
    Why.REFUSED: gettext_lazy("Your user is disabled, or sign-in is paused for a while after too many attempts."),
}


@never_cache
@require_GET
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, to sign in or to show again who one is."""
    client = _client_or_404()
    purpose = CONFIRM if isinstance(request.user, User) and request.GET.get("purpose") == CONFIRM else SIGN_IN
    again = {"max_age": "0", "prompt": "login"} if purpose == CONFIRM else {}
    back = settings.OPENPARTNER.url + reverse("single-sign-on-callback")
    try:
        _check_metadata(client)
        asked = client.create_authorization_url(back, **again)
    except _wrong():
        return _failed(request, _("Your provider cannot be reached now. Try again, or sign in with your password."))
    client.save_authorize_data(request, redirect_uri=back, purpose=purpose, onward=own_path(request), **asked)
    return HttpResponseRedirect(asked["url"])


@never_cache
@require_GET
def single_sign_on_callback(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, and sign in the user it vouches for."""
    client = _client_or_404()
    kept = client.framework.get_state_data(request.session, request.GET.get("state", ""))
    if kept is None:
        return _failed(request, _("This answer of your provider was not asked for here, or too long ago. Begin again."))
    if "error" in request.GET:
        client.framework.clear_state_data(request.session, request.GET["state"])
        return _failed(request, _("Your provider did not sign you in."))
    try:
        claims = _claims(client, request)
        identity = _identity(client, claims)
    except _wrong():
        return _failed(request, _("The answer of your provider did not fit. Begin again."))
    try:
        if kept["purpose"] == CONFIRM:
            _confirm(request, identity, claims)
        else:
            open_session(request, sign_in_with_identity(identity, door_of(request)))
    except IdentityRefused as error:
        return _failed(request, str(SENTENCES[error.why]))
    except SignInRefused:
        return _failed(request, str(SENTENCES[Why.REFUSED]))
    return HttpResponseRedirect(kept["onward"])


def _confirm(request: HttpRequest, identity: Identity, claims: dict[str, Any]) -> None:
    if not isinstance(request.user, User):
        raise IdentityRefused(Why.REFUSED)
    shown = claims.get("auth_time")
    # A provider that answers from an old session of its own has not asked anybody anything.
    if not isinstance(shown, int | float) or clock.epoch_seconds() - shown > CONFIRMED_WITHIN_SECONDS:
        raise IdentityRefused(Why.REFUSED)
    confirm_with_identity(request.user, identity, door_of(request))
    mark_fresh(request)


def _claims(client: Any, request: HttpRequest) -> dict[str, Any]:  # noqa: ANN401  # Authlib carries no types
    """What the signed identity token says. Its signature, issuer, audience, nonce and time are checked here."""
    _check_metadata(client)
    ours = settings.OPENPARTNER
    options = {
        "iss": {"essential": True, "value": ours.oidc_issuer},
        "aud": {"essential": True, "value": ours.oidc_client_id},
        "sub": {"essential": True},
    }
    token = client.authorize_access_token(request, claims_options=options)
    claims = dict(token["userinfo"])  # absent when the provider sent no identity token
    if "email" not in claims and client.load_server_metadata().get("userinfo_endpoint"):
        told = client.userinfo(token=token)
        if told.get("sub") == claims["sub"]:
            claims = {**told, **claims}
    return claims


def _identity(client: Any, claims: dict[str, Any]) -> Identity:  # noqa: ANN401  # Authlib carries no types
    subject, email = claims["sub"], claims.get("email", "")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ValueError("sub")
    return Identity(
        issuer=client.load_server_metadata()["issuer"],
        subject=subject,
        email=email if isinstance(email, str) else "",
        email_verified=claims.get("email_verified") is True,
    )


def _check_metadata(client: Any) -> None:  # noqa: ANN401  # Authlib carries no types
    """ValueError unless the provider calls itself by the name we were given, and signs in a way we accept."""
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != settings.OPENPARTNER.oidc_issuer:
        raise ValueError("issuer")
    known = [name for name in metadata.get("id_token_signing_alg_values_supported", ["RS256"]) if name in SIGNED_WITH]
    if not known:
        raise ValueError("id_token_signing_alg_values_supported")
    metadata["id_token_signing_alg_values_supported"] = known


def _client_or_404() -> Any:  # noqa: ANN401  # Authlib carries no types
    ours = settings.OPENPARTNER
    if not ours.oidc_issuer:
        raise Http404
    return _client(ours.oidc_issuer, ours.oidc_client_id, ours.oidc_client_secret)


@cache
def _wrong() -> tuple[type[Exception], ...]:
    """What the library raises when the provider is not there or what it says does not fit."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415  # loaded with the first sign-on
    from joserfc.errors import JoseError  # noqa: PLC0415  # likewise
    from requests import RequestException  # noqa: PLC0415  # likewise

    return AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, RuntimeError, TypeError


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, client_secret: str) -> Any:  # noqa: ANN401  # Authlib carries no types
    """The library's client; it keeps what the provider publishes about itself, and asks again for unknown keys."""
    from authlib.integrations.django_client import OAuth  # noqa: PLC0415  # likewise

    return OAuth().register(
        name=NAME,
        client_id=client_id,
        client_secret=client_secret or None,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
            **({} if client_secret else {"token_endpoint_auth_method": "none"}),
        },
    )


def _failed(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "console/identity/single_sign_on_failed.html", {"sentence": sentence}, status=403)
