"""What a browser is asked about passkeys, and how its answers are checked: all that needs the library `webauthn`.

The library brings the formats of many makers with it, so it is loaded with the first passkey, not with every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from openpartner.core.access.models import Passkey, User
from openpartner.core.access.passkeys import Asked, Site

RELYING_PARTY = "Open Partner Center"
TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)
"""How browsers name the ways to an authenticator."""


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey as a browser has made it: its number (base64url), public key and count of signatures."""

    number: str
    public_key: bytes
    sign_count: int


def ask_to_register(site: Site, user: User, held: Iterable[Passkey]) -> Asked:
    """What to ask a browser that is to make another passkey for a user who has a handle."""
    return _asked(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=RELYING_PARTY,
            user_id=bytes.fromhex(user.passkey_handle),
            user_name=user.email,
            user_display_name=user.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=_descriptors(held),
        )
    )


def ask_to_show(site: Site, held: Iterable[Passkey], *, alone: bool) -> Asked:
    """What to ask a browser that is to show one of these passkeys, or any; alone it must also verify the person."""
    needed = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    return _asked(
        webauthn.generate_authentication_options(
            rp_id=site.host, allow_credentials=_descriptors(held), user_verification=needed
        )
    )


def made(site: Site, answer: dict[str, Any], challenge: str) -> Made:
    """The passkey in a browser's answer. Whatever is wrong with an answer raises an error of the library's choosing."""
    found = webauthn.verify_registration_response(
        credential=answer,
        expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=site.host,
        expected_origin=site.origin,
    )
    return Made(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def signatures(site: Site, answer: dict[str, Any], challenge: str, row: Passkey, *, alone: bool) -> int:
    """How often the passkey has signed by now, as its answer proves; else, likewise, an error of any kind."""
    shown = webauthn.verify_authentication_response(
        credential=answer,
        expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=site.host,
        expected_origin=site.origin,
        credential_public_key=bytes(row.public_key),
        credential_current_sign_count=row.sign_count,
        require_user_verification=alone,
    )
    return shown.new_sign_count


def _asked(options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions) -> Asked:
    return Asked(webauthn.options_to_json(options), bytes_to_base64url(options.challenge))


def _descriptors(rows: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential_id),
            transports=[AuthenticatorTransport(name) for name in row.transports.split(",") if name],
        )
        for row in rows
    ]
