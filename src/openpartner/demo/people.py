"""Users, keys and passwords of the demo's accounts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import make_password

from openpartner.core.access.keys import NewKey
from openpartner.core.access.models import AccessKey, User
from openpartner.core.access.roles import Preset
from openpartner.core.access.sealing import seal
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Account
from openpartner.core.loading.rows import AccountRow
from openpartner.demo import plan, words
from openpartner.kit import clock
from openpartner.kit.ids import mint_access_key, mint_secret

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Persona:
    """One person whose credentials are written down."""

    name: str
    account_name: str
    uin: int
    account_id: str
    email: str
    password: str
    access_key: str
    secret_key: str


class Secrets:
    """Where passwords and keys come from: chance, or a seed when everything must be the same each time."""

    def __init__(self, fixed_seed: int | None) -> None:
        self._random = Random(f"secrets of {fixed_seed}") if fixed_seed is not None else None

    def password(self) -> str:
        return self._text(LETTERS, PASSWORD_LENGTH)

    def key(self) -> NewKey:
        if self._random is None:
            return NewKey(mint_access_key(), mint_secret())
        return NewKey(self._text(LETTERS, 20), self._text(LETTERS, 40))

    def _text(self, letters: str, length: int) -> str:
        draw: Callable[[str], str] = self._random.choice if self._random is not None else secrets.choice
        return "".join(draw(letters) for _ in range(length))


def add_staff(rows: Sequence[AccountRow]) -> dict[int, list[int]]:
    """Insert the account managers and a few other roles; returns the managers by the key of their partner."""
    managers: dict[int, list[int]] = {}
    by_name = {row.account_name: row for row in rows}
    for member, names in zip(plan.PARTNERS, words.STAFF, strict=False):
        account = by_name[member.account_name]
        managers[account.id] = [_add(account, name, Preset.ACCOUNT_MANAGER).pk for name in names]
    distributor = by_name[plan.PARTNERS[0].account_name]
    _add(distributor, "Quentin Adler", Preset.ACCOUNT_DIRECTOR)
    _add(distributor, "Filipa Nunes", Preset.FINANCE)
    _add(rows[0], "Oskar Brandt", Preset.OPERATIONS)
    _add(rows[0], "Rhea Patel", Preset.READ_ONLY)
    return managers


def add_administrators(rows: Sequence[AccountRow], source: Secrets) -> dict[str, Persona]:
    """Insert the administrator of the provider and of each partner; returns those whose credentials are told."""
    personas = {}
    for member, row in zip((plan.PROVIDER, *plan.PARTNERS), rows, strict=True):
        if member.persona:
            personas[member.persona] = add_persona(row, member.administrator, source)
        else:
            _add(row, member.administrator, Preset.ADMINISTRATOR)
    return personas


def add_persona(row: AccountRow, name: str, source: Secrets) -> Persona:
    """Insert an administrator with a password and a key pair, and return what it needs to sign in."""
    password, pair = source.password(), source.key()
    user = _add(row, name, Preset.ADMINISTRATOR)
    user.password = make_password(password)
    user.save(update_fields=["password"])
    AccessKey.objects.create(
        user=user, slot=1, access_key=pair.access_key, secret=seal(pair.secret_key), created_at=clock.now()
    )
    return Persona(
        name=name,
        account_name=row.account_name,
        uin=row.uin,
        account_id=row.account_id,
        email=user.email,
        password=password,
        access_key=pair.access_key,
        secret_key=pair.secret_key,
    )


def _add(row: AccountRow, name: str, preset: Preset) -> User:
    account = Account.objects.everything(reason="the demo has just made it").get(pk=row.id)
    email = f"{name.lower().replace(' ', '.')}@{row.account_name}.example"
    return add_user(account=account, name=name, email=email, password=None, presets=[preset])
