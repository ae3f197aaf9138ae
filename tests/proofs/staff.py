"""Users of dora with one preset role each, with a key: built in a live server's database by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from django.db import transaction

from openpartner.core.access.keys import add_key
from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Account
from tests.support.people import Person
from tests.support.server import Server


def people_of(server: Server) -> dict[str, Person]:
    """One person for each preset role of dora; they stay until the server ends, and change no list."""
    dora = server.world.dora
    built = subprocess.run(
        [sys.executable, "-m", "tests.proofs.staff", str(dora.account_pk)],
        env=server.environment,
        check=True,
        capture_output=True,
    )
    return {
        name: replace(dora, name=name, access_key=key, secret_key=secret, user_pk=user)
        for name, (user, key, secret) in json.loads(built.stdout).items()
    }


def build(account: Account) -> dict[str, tuple[int, str, str]]:
    """Number, access key and secret key of the user of each role; made once, with a new key each time."""
    made = {}
    with transaction.atomic():
        for preset in Preset:
            name = f"staff-{preset}"
            User.objects.everything(reason="the campaign's own").filter(name=name).delete()
            user = add_user(account=account, name=name, email=f"{name}@example.com", password=None, presets=[preset])
            pair = asdict(add_key(user))
            made[str(preset)] = (user.pk, pair["access_key"], pair["secret_key"])
    return made


if __name__ == "__main__":
    json.dump(build(Account.objects.everything(reason="test").get(pk=int(sys.argv[1]))), sys.stdout)
