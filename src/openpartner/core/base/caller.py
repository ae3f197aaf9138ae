"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass

from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who really acts when a caller acts on behalf of another account: somebody of the partner's people."""

    account: int
    """Primary key of the partner."""
    uin: int
    account_id: str
    account_name: str
    kind: AccountKind
    user_name: str
    delegation: int
    """Primary key of the delegation by which it acts."""
    payer: int | None
    """Primary key of who pays for the customer: it reads the events too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated user acting for an account, with what it may do and see."""

    account: int
    """Primary key of the account."""
    uin: int
    account_id: str
    account_name: str
    kind: AccountKind
    site: Site
    user: int | None
    """Primary key of the user; None for the system itself."""
    user_name: str
    permissions: frozenset[Permission]
    scope: Scope
    via: str
    """The door: huawei, tencent, console, cli or job."""
    key: int | None = None
    """Primary key of the access key that signed, if one did."""
    request_id: str = ""
    language: str = "en"
    acting: Actor | None = None
    """Who acts in the name of the account; None for its own people. `user` is then a user of the actor's account."""

    @property
    def counted(self) -> int:
        """Primary key of the account whose rate a request counts against: whoever really sends it."""
        return self.account if self.acting is None else self.acting.account

    def own(self) -> Scope:
        """The caller's direct customers; for a customer, itself."""
        return self.scope.narrowed_to_partner(self.account) if self.kind.is_partner else self.scope

    def must(self, permission: Permission) -> None:
        """Raise NotAllowed without the permission."""
        if permission not in self.permissions:
            raise NotAllowed(f"this needs the permission {permission}")
