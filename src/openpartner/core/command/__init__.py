"""The one way to write: check the permission, open the transaction, run, and assert the audit row.

A command takes the caller first and keyword values after. It never catches its own errors: adapters
translate them. Each command is registered, and the registry feeds the permission matrix and the
reference of audit events.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.utils.translation import gettext_noop as _

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import written
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.permissions import Permission

Values = ParamSpec("Values")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Command:
    """A registered command: what it is called, what it needs and what it records."""

    name: str
    permission: Permission | None
    actions: frozenset[Action]
    doc: str


OWN_ALONE = _("nobody does this on behalf of another account")
COMMANDS: dict[str, Command] = {}


def command(
    *actions: Action, permission: Permission | None
) -> Callable[[Callable[Concatenate[Caller, Values], Result]], Callable[Concatenate[Caller, Values], Result]]:
    """Make a function a command that records one of `actions`.

    `permission=None` is for what everyone may do to their own account, such as changing the password. Nobody does
    that in the name of another account.
    """

    def decorate(
        function: Callable[Concatenate[Caller, Values], Result],
    ) -> Callable[Concatenate[Caller, Values], Result]:
        name = f"{function.__module__.rsplit('.', 2)[-2]}.{function.__name__}"
        assert name not in COMMANDS, name
        COMMANDS[name] = Command(name, permission, frozenset(actions), (inspect.getdoc(function) or "").split("\n")[0])

        @functools.wraps(function)
        def run(caller: Caller, /, *args: Values.args, **values: Values.kwargs) -> Result:
            if permission is not None:
                caller.must(permission)
            elif caller.acting is not None:
                raise NotAllowed(OWN_ALONE)
            seen: set[Action] = set()
            token = written.set(seen)
            try:
                with transaction.atomic():
                    result = function(caller, *args, **values)
                    # The second assertion of "every command is audited"; the first is the tidy test.
                    assert seen & COMMANDS[name].actions, f"{name} recorded none of {sorted(actions)}"
            finally:
                token.var.reset(token)
            outer = written.get()
            if outer is not None:
                outer |= seen
            return result

        return run

    return decorate
