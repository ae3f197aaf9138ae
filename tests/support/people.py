"""The people of every test, with fixed rights.

pia works for the provider. dora is the provider's distributor, rita dora's second-level reseller, carl rita's
customer. sol is a reseller directly under the provider. olga is another distributor: the outsider, with a
second-level reseller ruth and a customer otto of her own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache

import django
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Model

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from openpartner.core.access.keys import add_key
from openpartner.core.access.models import AccessKey, User
from openpartner.core.access.roles import Preset
from openpartner.core.access.sealing import seal
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.accounts.placing import bind
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType, Site, Verification
from openpartner.kit import clock
from tests.support.policies import add_policies
from tests.support.remembered import Remembered, remembered

PASSWORD = "correct horse battery"  # of people who do not exist
K = AccountKind

CAST: list[tuple[str, AccountKind, str | None, str, str]] = [
    # name, kind, bound to, legal name, associated on
    ("pia", K.PROVIDER, None, "Nimbus Cloud", ""),
    ("dora", K.DISTRIBUTOR, "pia", "Dora Distribution Ltd", "2024-01-02T03:04:05Z"),
    ("sol", K.RESELLER, "pia", "Sol Solutions GmbH", "2024-01-03T00:00:00Z"),
    ("olga", K.DISTRIBUTOR, "pia", "Olga Overseas SA", "2024-01-04T00:00:00Z"),
    ("rita", K.SECOND_LEVEL_RESELLER, "dora", "Rita Resale KK", "2024-02-01T00:00:00Z"),
    ("ruth", K.SECOND_LEVEL_RESELLER, "olga", "Ruth Retail", "2024-02-02T00:00:00Z"),
    ("carl", K.CUSTOMER, "rita", "Carl Coffee Co", "2024-03-01T10:00:00Z"),
    ("otto", K.CUSTOMER, "ruth", "Otto Optics", "2024-03-02T00:00:00Z"),
    # More customers, so that lists have something to page and filter.
    ("cora", K.CUSTOMER, "dora", "Corazón Cafés", "2024-03-03T00:00:00Z"),
    ("chen", K.CUSTOMER, "dora", "上海晨光科技有限公司", "2024-03-04T00:00:00Z"),
    ("cyro", K.CUSTOMER, "dora", "東京クラウド株式会社", "2024-03-05T00:00:00Z"),
    ("cleo", K.CUSTOMER, "rita", "Cleo Clinics", "2024-03-06T00:00:00Z"),
    ("cato", K.CUSTOMER, "sol", "Cato Catering", "2024-03-07T00:00:00Z"),
    ("oona", K.CUSTOMER, "olga", "Oona Oil", "2024-03-08T00:00:00Z"),
    # song is a reseller of the China site, whose association codes differ, with an agency customer su.
    ("song", K.RESELLER, "pia", "宋云科技", "2024-03-09T00:00:00Z"),
    ("su", K.CUSTOMER, "song", "苏州贸易", "2024-03-10T00:00:00Z"),
]
SITES = {"song": Site.CN}
KINDS = {"su": AssociationKind.AGENCY}


@dataclass(slots=True)
class Person:
    """One person: the account, an administrator of it, and a key pair."""

    name: str
    uin: int
    account_id: str
    account_name: str
    legal_name: str
    email: str
    password: str
    access_key: str
    secret_key: str
    account_pk: int
    user_pk: int

    @property
    def account(self) -> Account:
        """The row as it is now."""
        return Account.objects.everything(reason="test").get(pk=self.account_pk)

    @property
    def user(self) -> User:
        """The row as it is now."""
        return User.objects.everything(reason="test").select_related("account").get(pk=self.user_pk)

    @property
    def caller(self) -> Caller:
        """What a signed-in administrator of the account is."""
        return caller_of(self.user, via="test")


class World(dict[str, Person]):
    """Everybody by name; `world.dora` is `world["dora"]`."""

    def __getattr__(self, name: str) -> Person:
        """A person by name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)  # once: Argon2 is slow on purpose


_first: list[tuple[World, Remembered]] = []


def build_world() -> World:
    """Everybody, in one transaction: created the first time in a process, put back as they were after that."""
    with transaction.atomic():
        if not _first:
            _first.append(remembered(_build))
        else:
            people, rows = _first[0]
            secrets = {person.access_key: person.secret_key for person in people.values()}
            rows.put_back(lambda row: _seal_anew(row, secrets))
    return World({name: replace(person) for name, person in _first[0][0].items()})


def _seal_anew(row: Model, secrets: dict[str, str]) -> None:
    """A test may have a data folder, and so a key ring, of its own."""
    if isinstance(row, AccessKey):
        row.secret = seal(secrets[row.access_key])


def _build() -> World:
    with transaction.atomic():
        world = World({person.name: person for person in _create()})
        add_policies(world.pia.account, [world.dora.account, world.rita.account, world.sol.account])
        # rita inherits it; sol and olga have to do without.
        FeatureFlag.objects.create(
            partner=world.dora.account, flag=Flag.FORCED_SUSPENSION, granted_by="the test", since=clock.now()
        )
        return world


def _create() -> Iterator[Person]:
    rows: dict[str, Account] = {}
    for number, (name, kind, above, legal_name, since) in enumerate(CAST):
        account = Account(
            uin=200_000_000_000 + number,
            account_id=f"{0xA000 + number:032x}",
            kind=kind,
            site=SITES.get(name, Site.INTL),
            account_name=f"{name}_account",
            legal_name=legal_name,
            country_code="0086" if number % 2 else "0049",
            mobile=f"1390000{number:04d}",
            email=f"{name}@example.com",
            region="CN" if number % 2 else "DE",
            customer_type=CustomerType.ENTERPRISE if number % 2 else CustomerType.PERSON,
            verification=Verification.VERIFIED if number % 2 else Verification.NONE,
            verified_at=datetime(2024, 4, 1, tzinfo=UTC) if number % 2 else None,
            registered_at=datetime(2023, 12, 1, 12, 0, number, tzinfo=UTC),
            labels="Gold" if number % 2 else "",
            remark=f"remark of {name}",
        )
        account.fold_names()
        account.save(force_insert=True)
        if above is None:
            account.provider_id = account.pk
            account.save(update_fields=["provider"])
        else:
            moment = datetime.fromisoformat(since)
            bind(account, rows[above], kind=KINDS.get(name, AssociationKind.RESALE), since=moment, by="the test")
        rows[name] = account
        user = add_user(account=account, name=name, email=account.email, password=None, presets=[Preset.ADMINISTRATOR])
        user.password = _password_hash()
        user.save(update_fields=["password"])
        pair = add_key(user)
        yield Person(
            name=name,
            uin=account.uin,
            account_id=account.account_id,
            account_name=account.account_name,
            legal_name=legal_name,
            email=user.email,
            password=PASSWORD,
            access_key=pair.access_key,
            secret_key=pair.secret_key,
            account_pk=account.pk,
            user_pk=user.pk,
        )


def main() -> None:
    """Build the world in the database of the environment and print it, for a live server's fixture."""
    from tests.support.authorizations import add_authorizations
    from tests.support.money import add_money  # it knows the people
    from tests.support.quotas import add_quotas

    world = build_world()
    add_money(world)
    add_quotas(world)
    add_authorizations(world)
    json.dump({name: asdict(person) for name, person in world.items()}, sys.stdout)


if __name__ == "__main__":
    main()
