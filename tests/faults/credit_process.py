"""Clients that move credit by the product's own commands and write down what they were told, and when.

`prepare` grants and says the accounts; `clients` runs threads that each carry out a number of operations, begins with
the first line of its input, and writes its history to a file. Instants are nanoseconds of the machine's clock that only
goes forward, which all processes share.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from django.db import OperationalError, close_old_connections, connection, transaction

from openpartner.core.credit import purses
from openpartner.core.credit.allocations import (
    Allocation,
    NotAllocable,
    NotReclaimable,
    allocate_credit,
    allocate_pool,
)
from openpartner.core.credit.grants import grant_line
from openpartner.core.ledger.models import Kind, LedgerAccount, Transfer
from openpartner.core.ledger.opening import account
from openpartner.core.ledger.transfers import Order, post_one
from openpartner.kit.money import Money
from tests.support.people import Person, World

LINE = 20_000
OWNERS = {"cora": "dora", "chen": "dora", "carl": "rita", "cato": "sol"}
CHARGED = ("cora", "chen", "cato")
"""With the lines of dora and sol, rita's pool and carl's credit these make ten accounts."""


def micros_of(random: Random) -> int:
    """Mostly small, sometimes more than there is."""
    return random.randrange(1, 50_000) if random.random() < 0.98 else random.randrange(LINE, 10 * LINE) * 1_000_000


class Client:
    """One client: what it does next is drawn from a seed of its own."""

    def __init__(self, world: World, accounts: dict[str, int], number: int, seed: int) -> None:
        self._world = world
        self._accounts = accounts
        self._number = number
        self._random = Random(seed * 1_000 + number)
        self._callers = {name: world[name].caller for name in ("dora", "rita", "sol")}
        self._own: list[tuple[Callable[[], dict[str, Any]], dict[str, Any]]] = []
        self._keys = 0
        self.history: list[dict[str, Any]] = []
        self.busy = 0

    def run(self, operations: int) -> None:
        for _ in range(operations):
            doing = self._random.choices(
                [self._allocate, self._pool, self._charge, self._look, self._repeat], [45, 10, 15, 25, 5]
            )[0]
            doing()

    def _carry_out(self, write: Callable[[], dict[str, Any]], lacks: tuple[int, int]) -> None:
        """Do it and note what came of it; `lacks` is what a refusal speaks of: an account and an amount."""
        called = time.monotonic_ns()
        try:
            told = {"op": "move", **self._patiently(write)}
        except (NotAllocable, NotReclaimable):
            told = {"op": "refused", "account": lacks[0], "micros": lacks[1]}
        told |= {"client": self._number, "called": called, "answered": time.monotonic_ns()}
        self.history.append(told)
        if told["op"] == "move":
            self._own.append((write, told))

    def _patiently(self, write: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """SQLite lets writers wait without a queue: whoever waited in vain for 20 s did nothing, and asks again."""
        while True:
            try:
                with WRITERS:
                    return write()
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
                self.busy += 1

    def _allocate(self) -> None:
        who = self._random.choice(sorted(OWNERS))
        owner, micros = OWNERS[who], micros_of(self._random) * self._random.choice((1, 1, -1))
        key, uin = self._key(), self._world[who].uin

        def write() -> dict[str, Any]:
            done = allocate_credit(self._callers[owner], customer=uin, change=Money("USD", micros), key=key)
            return self._told(done, owner, who)

        self._carry_out(write, (self._accounts[owner if micros > 0 else who], abs(micros)))

    def _pool(self) -> None:
        micros = min(micros_of(self._random), 10**12) * self._random.choice((1, 1, -1))
        key, uin = self._key(), self._world.rita.uin

        def write() -> dict[str, Any]:
            done = allocate_pool(self._callers["dora"], reseller=uin, change=Money("USD", micros), key=key)
            return self._told(done, "dora", "rita")

        self._carry_out(write, (self._accounts["dora" if micros > 0 else "rita"], abs(micros)))

    def _charge(self) -> None:
        """As a bill does, and back as its confirmation."""
        who, micros, back = self._random.choice(CHARGED), self._random.randrange(1, 20_000), self._random.random() < 0.5
        available, used, key = self._accounts[who], self._accounts[f"{who} used"], self._key()
        order = Order(
            key=key,
            kind=Kind.CONFIRMATION if back else Kind.CHARGE,
            debit=used if back else available,
            credit=available if back else used,
            micros=micros,
            covered=False,
        )

        def write() -> dict[str, Any]:
            with transaction.atomic():
                done = post_one(order)
            names = ("debit_id", "credit_id", "micros", "debit_after", "credit_after")
            return {"transfer": done.pk} | {name.removesuffix("_id"): getattr(done, name) for name in names}

        self._carry_out(write, (0, 0))

    def _look(self) -> None:
        pk = self._random.choice(sorted(self._accounts.values()))
        called = time.monotonic_ns()
        row = LedgerAccount.objects.everything(reason="test").get(pk=pk)
        told = {"op": "look", "account": pk, "version": row.credits + row.debits, "balance": row.balance.micros}
        self.history.append(told | {"client": self._number, "called": called, "answered": time.monotonic_ns()})

    def _repeat(self) -> None:
        """What was done is asked for again under its key."""
        if self._own:
            write, first = self._random.choice(self._own)
            called = time.monotonic_ns()
            told = {"op": "move", "repeats": True, **self._patiently(write)}
            told |= {"client": self._number, "called": called, "answered": time.monotonic_ns()}
            assert {name: told[name] for name in told if name in first and name not in _MOMENTS} == {
                name: first[name] for name in told if name in first and name not in _MOMENTS
            }, "a repeat was answered in another way"
            self.history.append(told)

    def _told(self, done: Allocation, giver: str, receiver: str) -> dict[str, Any]:
        gives = done.change.micros > 0
        debit, credit = (giver, receiver) if gives else (receiver, giver)
        return {
            "row": done.row,
            "debit": self._accounts[debit],
            "credit": self._accounts[credit],
            "micros": abs(done.change.micros),
            "credit_after" if gives else "debit_after": done.available.micros,
        }

    def _key(self) -> str:
        self._keys += 1
        return f"client-{self._number}-{self._keys}"


_MOMENTS = {"called", "answered"}
WRITERS = threading.BoundedSemaphore(2 if connection.vendor == "sqlite" else 64)
"""Writers of one process at once: SQLite's have no queue, and a server lets few threads wait there."""


def prepare(world: World) -> None:
    """Lines for dora and sol, a pool for rita, something for everybody; says the accounts and the last transfer."""
    change = Money.of(LINE, "USD")
    for who in ("dora", "sol"):
        grant_line(world.pia.caller, partner=world[who].account_id, change=change, key=f"line of {who}")
    allocate_pool(world.dora.caller, reseller=world.rita.uin, change=Money.of(LINE // 10, "USD"), key="pool")
    accounts = {}
    for who, owner in OWNERS.items():
        some = Money.of(LINE // 100, "USD")
        allocate_credit(world[owner].caller, customer=world[who].uin, change=some, key=f"begin {who}")
        accounts[who] = account(purses.available(world[who].account)).pk
        if who in CHARGED:
            accounts[f"{who} used"] = account(purses.used(world[who].account)).pk
    for who in ("dora", "sol", "rita"):
        accounts[who] = account(purses.line(world[who].account)).pk
    last = Transfer.objects.order_by("-pk").values_list("pk", flat=True).first()
    print(json.dumps({"accounts": accounts, "last": last}), flush=True)


def clients(world: World, place: int, threads: int, operations: int, seed: int, told: str, path: str) -> None:
    """Run clients in threads and write what they were told, one line of JSON each."""
    accounts = json.loads(told)
    made = [Client(world, accounts, place * threads + number, seed) for number in range(threads)]
    errors: list[BaseException] = []

    def run(one: Client) -> None:
        try:
            one.run(operations)
        except BaseException as error:  # noqa: BLE001  # told by the process
            errors.append(error)
        finally:
            connection.close()

    print("ready", flush=True)
    sys.stdin.readline()
    running = [threading.Thread(target=run, args=(one,)) for one in made]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    with Path(path).open("w", encoding="utf-8") as file:
        for one in made:
            file.writelines(json.dumps(record) + "\n" for record in one.history)
    if errors:
        raise errors[0]
    print(json.dumps({"busy": sum(one.busy for one in made)}), flush=True)


def people(text: str) -> World:
    return World({name: Person(**facts) for name, facts in json.loads(text).items()})


if __name__ == "__main__":
    close_old_connections()
    match sys.argv[1:]:
        case ["prepare", given]:
            prepare(people(given))
        case ["clients", given, place, threads, operations, seed, told, path]:
            clients(people(given), int(place), int(threads), int(operations), int(seed), told, path)
