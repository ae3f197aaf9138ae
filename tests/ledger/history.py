"""Whether what many clients saw fits one order of events: linearizability, without a line of the product.

The ledger is one object, an operation is a move between two accounts or a look at one. An order exists if every
operation can be put at an instant between its call and its answer such that, account by account, the instants follow
the order of what happened there. That order is known: transfers of an account come one after the other, each with the
balance after it, and a look tells the counters it saw, which only grow. So the earliest possible instants are computed
from the front, the latest from the back, and nothing may be later than its answer or earlier than its call.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.ledger.checker import POSTED, SETTLED, TransferRow

ALWAYS = 1 << 62


@dataclass
class Step:
    """Something that happened to accounts, and between which instants (nanoseconds) it must have."""

    called: int
    answered: int
    after: list[Step] = field(default_factory=list)
    """What came directly before it on one of its accounts."""
    earliest: int = 0
    latest: int = 0


@dataclass
class Account:
    """One account's versions: the counters after each transfer, and the step that made them."""

    steps: list[Step] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    """Credits and debits together: grows with every transfer."""
    free: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What came of a history: faults, and how much was looked at."""

    faults: list[str]
    operations: int
    moves: int
    looks: int
    refusals: int
    repeats: int


def check(records: Sequence[dict[str, Any]], transfers: Sequence[TransferRow], before: int) -> Told:
    """Check a history against the transfers with ids above `before`; `records` as `credit_process` writes them."""
    faults: list[str] = []
    moves = {one["transfer"]: one for one in records if one["op"] == "move" and not one.get("repeats")}
    fresh = [one for one in transfers if one.id > before]
    faults += _effects(records, moves, {one.id for one in fresh})
    accounts, order = _replayed(transfers, moves, before)
    faults += _answers(moves, {one.id: one for one in fresh})
    looks = [one for one in records if one["op"] == "look"]
    for one in looks:
        faults += _place(one, accounts[one["account"]], order)
    faults += _instants(order, accounts)
    refusals = [one for one in records if one["op"] == "refused"]
    for one in refusals:
        faults += _refusal(one, accounts[one["account"]])
    repeats = sum(1 for one in records if one.get("repeats"))
    return Told(faults, len(records), len(moves), len(looks), len(refusals), repeats)


def _effects(records: Sequence[dict[str, Any]], moves: dict[int, Any], fresh: set[int]) -> Iterator[str]:
    """Every answered move has its transfer, no transfer is anybody's but its client's, a repeat made none."""
    answered = [one["transfer"] for one in records if one["op"] == "move" and not one.get("repeats")]
    if len(answered) != len(moves):
        yield "two moves have one transfer"
    if lost := set(moves) - fresh:
        yield f"acknowledged and not there: transfers {sorted(lost)[:5]}"
    if strange := fresh - set(moves):
        yield f"nobody was told of transfers {sorted(strange)[:5]}"
    for one in records:
        if one.get("repeats"):
            first = moves.get(one["transfer"])
            told = ("debit_after", "credit_after")
            if first is None or any(name in one and one[name] != first.get(name) for name in told):
                yield f"a repeat was told something else of transfer {one['transfer']}"


def _answers(moves: dict[int, Any], transfers: dict[int, TransferRow]) -> Iterator[str]:
    """What a client was told is what the transfer says, which the checker has derived anew."""
    for key, one in moves.items():
        found = transfers.get(key)
        if found is None:
            continue
        for name in ("debit", "credit", "micros", "debit_after", "credit_after"):
            if name in one and one[name] != getattr(found, name):
                yield f"transfer {key}: the client was told {name} {one[name]}, it is {getattr(found, name)}"


def _replayed(
    transfers: Sequence[TransferRow], moves: dict[int, Any], before: int
) -> tuple[dict[int, Account], list[Step]]:
    """Each account's versions in order; transfers up to `before` happened before everything."""
    accounts: dict[int, Account] = defaultdict(lambda: Account([Step(0, 0)], [0], [0]))
    order: list[Step] = []
    for one in transfers:
        told = moves.get(one.id) if one.id > before else None
        step = Step(told["called"], told["answered"]) if told else Step(0, ALWAYS if one.id > before else 0)
        order.append(step)
        for key, sign in ((one.debit, -1), (one.credit, 1)):
            account = accounts[key]
            step.after.append(account.steps[-1])
            moved = one.micros if one.phase in {POSTED, SETTLED} else 0
            account.steps.append(step)
            account.versions.append(account.versions[-1] + moved)
            account.free.append(account.free[-1] + sign * moved)
    return accounts, order


def _place(one: dict[str, Any], account: Account, order: list[Step]) -> Iterator[str]:
    """A look stands behind the version that it saw and before the next."""
    place = bisect_left(account.versions, one["version"])
    if place == len(account.versions) or account.versions[place] != one["version"]:
        yield f"account {one['account']} was seen at {one['version']}, which it never was"
        return
    step = Step(one["called"], one["answered"], [account.steps[place]])
    order.append(step)
    if place + 1 < len(account.steps):
        account.steps[place + 1].after.append(step)


def _instants(order: list[Step], accounts: dict[int, Account]) -> Iterator[str]:
    """Give each step the earliest and the latest instant it can have; no step may be left without one."""
    sequence = _topological(order, accounts)
    late = 0
    for step in sequence:
        step.earliest = max([step.called, *(one.earliest for one in step.after)])
        step.latest = step.answered
        late += step.earliest > step.answered
    if late:
        yield f"{late} operations have no instant between their call and their answer"
    for step in reversed(sequence):
        for one in step.after:
            one.latest = min(one.latest, step.latest)


def _topological(order: list[Step], accounts: dict[int, Account]) -> list[Step]:
    """Every step behind those that it must follow. Looks hang between two moves, so a walk from the back suffices."""
    begun = [account.steps[0] for account in accounts.values()]
    done: set[int] = set()
    sequence: list[Step] = []
    for root in [*begun, *order]:
        waiting = [(root, False)]
        while waiting:
            step, is_open = waiting.pop()
            if is_open:
                sequence.append(step)
            elif id(step) not in done:
                done.add(id(step))
                waiting.append((step, True))
                waiting += [(one, False) for one in step.after if id(one) not in done]
    return sequence


def _refusal(one: dict[str, Any], account: Account) -> Iterator[str]:
    """There was an instant between call and answer at which the account may have lacked the amount."""
    for place, free in enumerate(account.free):
        ends = account.steps[place + 1].latest if place + 1 < len(account.steps) else ALWAYS
        if ends < one["called"]:
            continue
        if account.steps[place].earliest > one["answered"]:
            break
        if free < one["micros"]:
            return
    yield f"account {one['account']} was refused {one['micros']}, and had it all the while"
