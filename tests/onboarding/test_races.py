"""Two at once: an invitation is used once, an application decided once, an address mailed once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.errors import ChannelError
from openpartner.core.onboarding.applying import Facts, apply
from openpartner.core.onboarding.creations import create_bound
from openpartner.core.onboarding.deciding import approve, reject
from openpartner.core.onboarding.inviting import invite, revoke
from openpartner.core.onboarding.models import Application, Invitation
from openpartner.core.onboarding.registering import NewAccount, register_account
from tests.onboarding.people import DOOR, caller, invited, joining, plain
from tests.support.people import World, build_world

WHY = "test"


def at_once(*works: Callable[[], object]) -> list[str]:
    """Do the works in a thread each; returns what became of each: done, or the kind of refusal."""
    told: list[str] = [""] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int) -> None:
        try:
            start.wait()
            works[number]()
            told[number] = "done"
        except ChannelError as error:
            told[number] = type(error).__name__
        except BaseException as error:  # noqa: BLE001  # told by the test
            told[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
        assert not one.is_alive(), "callers wait for each other"
    return sorted(told)


@pytest.mark.slow  # threads of their own connections, committed
def test_whoever_comes_second_is_refused(transactional_db: None) -> None:
    world: World = build_world()
    dora = world.dora
    _, token = invited(dora)
    first, second = caller(plain("first")), caller(plain("second"))
    assert at_once(lambda: apply(first, token, Facts()), lambda: apply(second, token, Facts())) == ["Barred", "done"]
    assert Application.objects.everything(reason=WHY).count() == 1

    account = joining(dora, "decided")
    told = at_once(
        lambda: approve(dora.caller, account.uin),
        lambda: approve(dora.caller, account.uin),
        lambda: reject(dora.caller, account.uin, "no"),
    )
    assert told == ["Barred", "Barred", "done"]
    bound = Association.objects.everything(reason=WHY).filter(child=account).count()
    account.refresh_from_db()
    assert bound == (1 if account.partner_id else 0)

    mail = "same@example.com"
    told = at_once(*[lambda: invite(dora.caller, email=mail)] * 3)
    assert told == ["Barred", "Barred", "done"]
    assert Invitation.objects.everything(reason=WHY).filter(email=mail).count() == 1

    row, open_token = invited(dora)
    guest = caller(plain("guest"))
    told = at_once(lambda: apply(guest, open_token, Facts()), lambda: revoke(dora.caller, invitation=row.pk))
    assert told in (["Barred", "done"], ["Conflict", "done"])

    told = at_once(
        *[lambda: register_account(NewAccount(email="twin@example.com"), password=None, by=DOOR)] * 2,
    )
    assert told == ["Barred", "done"]
    own = NewAccount(account_name="numbered", external_platform="shop", external_id="7")
    told = at_once(*[lambda: create_bound(dora.caller, own, password=None)] * 3)
    assert told == ["done"] * 3
    assert Account.objects.everything(reason=WHY).filter(external_id="7").count() == 1
