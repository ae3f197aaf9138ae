"""What is left of personal data when it is shown without a reason."""

from __future__ import annotations

from enum import StrEnum

MASK = "****"


class Mask(StrEnum):
    """Which rule hides a value."""

    NAME = "name"
    MOBILE = "mobile"
    EMAIL = "email"

    def hide(self, value: str) -> str:
        """What is left of the value."""
        return {Mask.NAME: mask_name, Mask.MOBILE: mask_mobile, Mask.EMAIL: mask_email}[self](value)


def mask_name(name: str) -> str:
    """The first character, then stars: `Acme Ltd` is `A****`."""
    return name[:1] + MASK if name else ""


def mask_mobile(mobile: str) -> str:
    """Three leading and four trailing digits stay, as in Tencent's own answers: `188****1234`."""
    if not mobile:
        return ""
    return mobile[:3] + MASK + mobile[-4:] if len(mobile) > 7 else MASK + mobile[-2:]


def mask_email(email: str) -> str:
    """The first character and the domain stay: `d****@example.com`."""
    local, at, domain = email.partition("@")
    return local[:1] + MASK + at + domain if email else ""
