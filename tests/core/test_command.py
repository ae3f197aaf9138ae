"""What `@command` promises: permission first, one transaction, an audit row asserted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import SENTENCES, Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.command import COMMANDS, command
from tests.support.people import Person


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    before = dict(COMMANDS)
    yield
    COMMANDS.clear()
    COMMANDS.update(before)


def remark_of(person: Person) -> str:
    return Account.objects.everything(reason="test").get(pk=person.account_pk).remark


def events() -> int:
    return AuditEvent.objects.everything(reason="test").count()


def rename(person: Person) -> None:
    Account.objects.everything(reason="test").filter(pk=person.account_pk).update(remark="changed")


def test_a_command_without_an_audit_row_changes_nothing(dora: Person) -> None:
    @command(Action.REMARK_CHANGED, permission=None)
    def silent(_caller: Caller) -> None:
        rename(dora)

    with pytest.raises(AssertionError, match="recorded none"):
        silent(dora.caller)
    assert remark_of(dora) == "remark of dora"


def test_an_error_takes_everything_back(dora: Person) -> None:
    @command(Action.REMARK_CHANGED, permission=None)
    def failing(caller: Caller) -> None:
        rename(dora)
        record(caller, Action.REMARK_CHANGED)
        raise Conflict("no")

    before = events()
    with pytest.raises(Conflict):
        failing(dora.caller)
    assert (remark_of(dora), events()) == ("remark of dora", before)


def test_the_permission_comes_first(carl: Person) -> None:
    ran = []

    @command(Action.REMARK_CHANGED, permission=Permission.CUSTOMER_WRITE)
    def guarded(_caller: Caller) -> None:
        ran.append(True)

    with pytest.raises(NotAllowed):
        guarded(carl.caller)
    assert not ran


def test_every_action_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(Action)
