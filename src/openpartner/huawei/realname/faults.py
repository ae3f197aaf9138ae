"""Why an authentication is refused, in the vendor's codes (huawei:C8, mc_00017 to mc_00019)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from openpartner.core.verification.rules import Fault, VerificationRefused
from openpartner.huawei.errors import refused

# Listed for these operations and never answered: 99000099 (a file is too large: files are never opened), 99007193,
# 99007202, 99007219 and 70600026 (what the vendor's own registers and face checks say).
CODES: dict[Fault, str] = {
    Fault.FILE_FORMAT: "CBC.99000100",
    Fault.NO_FOLDER: "CBC.99005030",
    Fault.VERIFIED: "CBC.99007188",
    Fault.ATTEMPTS: "CBC.99007191",
    Fault.NOT_A_PERSON: "CBC.99007004",
    Fault.HAS_MEMBERS: "CBC.99007004",
    Fault.NUMBER_USED: "CBC.99007189",
}


@contextmanager
def told_in_codes() -> Iterator[None]:
    """Answer what the core refuses by its code."""
    try:
        yield
    except VerificationRefused as error:
        raise refused(CODES[error.fault], f"{error.message.capitalize()}.") from error
