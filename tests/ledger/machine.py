"""Everything that moves credit and vouchers, in any order and by several callers, against a model in plain integers.

A new capability joins by a rule that does what it does and says in `self.model` what must have moved.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from openpartner.core.base.errors import ChannelError, Conflict, LimitReached, NotVisible
from openpartner.core.base.kinds import Suspension
from openpartner.core.billing.followers import Published
from openpartner.core.billing.models import BillMonth, BillVersion, MonthState, Reason
from openpartner.core.billing.spend import NOTHING, Changed, Key, Sums
from openpartner.core.credit import purses
from openpartner.core.credit.allocations import (
    Allocation,
    NotAllocable,
    NotReclaimable,
    allocate_credit,
    allocate_pool,
)
from openpartner.core.credit.grants import grant_line
from openpartner.core.customers.suspension import freeze, unfreeze
from openpartner.core.ledger import balances
from openpartner.core.ledger.models import Kind, LedgerAccount, Phase, Transfer, Use
from openpartner.core.ledger.opening import account
from openpartner.core.ledger.transfers import NotCovered, Order, post_one, undo
from openpartner.core.ledger.verify import faults
from openpartner.core.settlement.charging import charge
from openpartner.core.vouchers.ending import reclaim_voucher, withdraw_voucher
from openpartner.core.vouchers.issuing import Terms, issue_vouchers
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.purses import used_purse, voucher_purse
from openpartner.core.vouchers.quotas import change_pool
from openpartner.kit import clock
from openpartner.kit.money import Money, decimal_of
from tests.ledger import checker
from tests.ledger.conftest import fetch
from tests.support.people import World

OWNERS = {"cora": "dora", "chen": "dora", "carl": "rita", "cleo": "rita", "cato": "sol"}
PAYERS = {"dora": "dora", "rita": "dora", "sol": "sol"}
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
FAR = timedelta(days=3650)
UNIT = 1_000_000

customers = st.sampled_from(sorted(OWNERS))
partners = st.sampled_from(["dora", "rita", "sol"])
paying = st.sampled_from(["dora", "sol"])
# Mostly what fits, and sometimes what does not.
positive = st.one_of(st.integers(1, 20 * UNIT), st.integers(1, 20 * UNIT), st.integers(1, 200 * UNIT))
changes = st.one_of(st.integers(-5 * UNIT, 30 * UNIT), st.integers(-30 * UNIT, 200 * UNIT)).filter(bool)
spending = st.integers(-20 * UNIT, 60 * UNIT)


@dataclass
class Model:
    """What there must be, in millionths."""

    held: Counter[tuple[Use, str]] = field(default_factory=Counter)
    reserved: Counter[tuple[Use, str]] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    """Net of what partners were given as lines and pools."""
    spent: Counter[str] = field(default_factory=Counter)
    """What each customer's bills of the month add up to."""

    def free(self, use: Use, who: str) -> int:
        return self.held[use, who] - self.reserved[use, who]

    def move(self, debit: tuple[Use, str], credit: tuple[Use, str], micros: int) -> None:
        self.held[debit] -= micros
        self.held[credit] += micros


@dataclass(frozen=True)
class Write:
    """A write with a key that was carried out: how to do it again, and what it answered."""

    again: Callable[[Money], Allocation]
    change: Money
    answer: Allocation


def usd(micros: int) -> Money:
    return Money("USD", micros)


class LedgerMachine(RuleBasedStateMachine):
    """One run: a savepoint in the test's transaction, undone at its end."""

    world: ClassVar[World]
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.moment = BEGIN
        self.keys = 0
        self.writes: list[Write] = []
        self.reservations: dict[int, tuple[Transfer, str, int]] = {}
        self.confirmed: dict[int, tuple[Transfer, str, int]] = {}
        self.vouchers: dict[str, tuple[str, int, int]] = {}
        self.snapshots: dict[datetime, dict[int, int]] = {}
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.callers = {name: self.world[name].caller for name in ("pia", "dora", "rita", "sol", "olga")}

    # ------------------------------------------------------------------------------------------------ beginning, end

    @initialize()
    def lines_are_granted(self) -> None:
        provider = self.world.pia.account
        self.month = BillMonth.objects.create(provider=provider, cloud="tencent", month=2026 * 12 + 2)
        for who in ("dora", "sol"):
            self._grant(who, 100 * UNIT)
        self._snapshot()

    def teardown(self) -> None:
        """The past is what it was: by our snapshots, by the product and by the checker's replay."""
        try:
            replayed = checker.replay(fetch)
            rows = LedgerAccount.objects.everything(reason="test").in_bulk()
            for moment, held in self.snapshots.items():
                for key, row in rows.items():
                    wanted = held.get(key, 0)
                    assert replayed.at(key, moment) == wanted, (key, moment)
                    assert balances.balance_at(row, moment).micros == wanted, (key, moment)
            self.tally["runs"] += 1
            self.tally["transfers"] += len(replayed.transfers)
            self.tally["past balances"] += len(self.snapshots) * len(rows)
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    # ------------------------------------------------------------------------------------------------ credit

    @rule(who=paying, micros=changes)
    def grant_or_take_back(self, who: str, micros: int) -> None:
        with self._expected(NotReclaimable if self.model.free(Use.ALLOCABLE, who) < -micros else None):
            self._grant(who, micros)

    @rule(micros=changes)
    def change_pool_of_rita(self, micros: int) -> None:
        refused: type[ChannelError] | None = None
        if micros > self.model.free(Use.ALLOCABLE, "dora"):
            refused = NotAllocable
        if -micros > self.model.free(Use.ALLOCABLE, "rita"):
            refused = NotReclaimable
        key = self._key()

        def write(change: Money) -> Allocation:
            return allocate_pool(self.callers["dora"], reseller=self.world.rita.uin, change=change, key=key)

        with self._expected(refused):
            self._done(write, micros)
            self.model.move((Use.ALLOCABLE, "dora"), (Use.ALLOCABLE, "rita"), micros)
            self.model.given["rita"] += micros
            answer = self.writes[-1].answer
            assert answer.total.micros == self.model.given["rita"]
            assert answer.available.micros == self.model.held[Use.ALLOCABLE, "rita"]

    @rule(who=customers, micros=changes)
    def allocate_or_reclaim(self, who: str, micros: int) -> None:
        owner, key = OWNERS[who], self._key()
        refused: type[ChannelError] | None = None
        if micros > 0 and self.model.free(Use.ALLOCABLE, owner) < micros:
            refused = NotAllocable
        if micros < 0 and self.model.free(Use.AVAILABLE, who) < -micros:
            refused = NotReclaimable

        def write(change: Money) -> Allocation:
            return allocate_credit(self.callers[owner], customer=self.world[who].uin, change=change, key=key)

        with self._expected(refused):
            self._done(write, micros)
            self.model.move((Use.ALLOCABLE, owner), (Use.AVAILABLE, who), micros)
            answer = self.writes[-1].answer
            assert answer.available.micros == self.model.held[Use.AVAILABLE, who]
            assert answer.total.micros == self.model.held[Use.AVAILABLE, who] + self.model.held[Use.USED, who]

    @rule(who=customers, stranger=st.sampled_from(["dora", "rita", "sol", "olga"]), micros=changes)
    def strangers_move_nothing(self, who: str, stranger: str, micros: int) -> None:
        if stranger != OWNERS[who]:
            with self._expected(NotVisible):
                allocate_credit(
                    self.callers[stranger], customer=self.world[who].uin, change=usd(micros), key=self._key()
                )

    @precondition(lambda self: self.writes)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.writes))
        with self._now():
            assert one.again(one.change) == one.answer
        self.tally["repeats"] += 1

    @precondition(lambda self: self.writes)
    @rule(data=st.data(), other=changes)
    def repeat_altered(self, data: st.DataObject, other: int) -> None:
        one = data.draw(st.sampled_from(self.writes))
        if other != one.change.micros:
            with self._expected(Conflict):
                one.again(usd(other))

    # ------------------------------------------------------------------------------------------------ reservations

    @rule(who=customers, micros=positive)
    def reserve(self, who: str, micros: int) -> None:
        refused = NotCovered if self.model.free(Use.AVAILABLE, who) < micros else None
        with self._expected(refused), transaction.atomic():
            held = post_one(self._order(who, Kind.RESERVATION, micros, phase=Phase.RESERVED))
            self.reservations[held.pk] = (held, who, micros)
            self.model.reserved[Use.AVAILABLE, who] += micros

    @precondition(lambda self: self.reservations)
    @rule(data=st.data(), is_settled=st.booleans(), ends_again=st.booleans())
    def end_reservation(self, data: st.DataObject, *, is_settled: bool, ends_again: bool) -> None:
        held, who, micros = self.reservations.pop(data.draw(st.sampled_from(sorted(self.reservations))))
        part = data.draw(st.integers(1, micros)) if is_settled else micros
        phase = Phase.SETTLED if is_settled else Phase.VOIDED
        with self._expected(None), transaction.atomic():
            post_one(self._order(who, Kind.RESERVATION, part, phase=phase, ends=held))
            self.model.reserved[Use.AVAILABLE, who] -= micros
            if is_settled:
                self.model.move((Use.AVAILABLE, who), (Use.USED, who), part)
        if ends_again:
            with self._expected(Conflict), transaction.atomic():
                post_one(self._order(who, Kind.RESERVATION, part, phase=phase, ends=held))

    # ------------------------------------------------------------------------------------------------ bills

    @rule(who=customers, micros=spending, is_restated=st.booleans(), closes=st.booleans())
    def bill(self, who: str, micros: int, *, is_restated: bool, closes: bool) -> None:
        """A publication: more is spent, or with a negative amount less; a restatement reverses and charges anew."""
        partner = OWNERS[who]
        payer = PAYERS[partner]
        before, after = self.model.spent[who], self.model.spent[who] + micros
        was = MonthState(self.month.state)
        with self._expected(None), transaction.atomic():
            if closes:
                self.month.state = MonthState.FINAL
            self.month.version += 1
            self.month.save()
            charge(self.callers["pia"], self._published(who, before, after, was, is_restated=is_restated))
            self.model.spent[who] = after
            self.model.move((Use.AVAILABLE, who), (Use.USED, who), micros)
            becomes_final = closes and was is MonthState.OPEN
            debt = Use.DUE if was is MonthState.FINAL else Use.UNBILLED
            price = self._price(after) - self._price(before)
            self.model.move((debt, payer), (Use.EARNED, "pia"), price)
            if becomes_final:
                for each in ("dora", "sol"):
                    self.model.move((Use.DUE, each), (Use.UNBILLED, each), -self.model.held[Use.UNBILLED, each])

    @rule(who=customers, data=st.data())
    def confirm(self, who: str, data: st.DataObject) -> None:
        """A paid bill brings credit back, as far as it was used."""
        used = self.model.free(Use.USED, who)
        if used > 0:
            micros = data.draw(st.integers(1, used))
            with self._expected(None), transaction.atomic():
                made = post_one(self._order(who, Kind.CONFIRMATION, micros, back=True))
                self.confirmed[made.pk] = (made, who, micros)
                self.model.move((Use.USED, who), (Use.AVAILABLE, who), micros)

    @precondition(lambda self: self.confirmed)
    @rule(data=st.data())
    def reverse_once(self, data: st.DataObject) -> None:
        made, who, micros = self.confirmed.pop(data.draw(st.sampled_from(sorted(self.confirmed))))
        with self._expected(None), transaction.atomic():
            post_one(undo(made, key=self._key()))
            self.model.move((Use.AVAILABLE, who), (Use.USED, who), micros)
        with self._expected(IntegrityError), transaction.atomic():
            post_one(undo(made, key=self._key()))

    # ------------------------------------------------------------------------------------------------ suspensions

    @rule(
        who=customers,
        level=st.sampled_from([Suspension.ACCOUNT, Suspension.ACCOUNT_AND_RESOURCES]),
        is_frozen=st.booleans(),
    )
    def suspend_or_let_go_on(self, who: str, level: Suspension, *, is_frozen: bool) -> None:
        """It moves no amount, whatever comes of it (huawei:B2: a budget survives a freeze)."""
        caller, one = self.callers[OWNERS[who]], [self.world[who].account_id]
        with self._now(), contextlib.suppress(ChannelError):
            if is_frozen:
                freeze(caller, account_ids=one, level=level, reason="test")
            else:
                unfreeze(caller, account_ids=one, level=level, reason="test")

    # ------------------------------------------------------------------------------------------------ vouchers

    @rule(who=partners, micros=changes)
    def change_voucher_pool(self, who: str, micros: int) -> None:
        giver, source = ("dora", (Use.QUOTA, "dora")) if who == "rita" else ("pia", (Use.QUOTA_SOURCE, "pia"))
        lacks = micros < 0 and self.model.held[Use.QUOTA, who] < -micros
        lacks = lacks or (who == "rita" and (micros > self.model.held[Use.QUOTA, "dora"] or not self._has_pool("dora")))
        refused = LimitReached if lacks else None
        with self._expected(refused):
            change_pool(
                self.callers[giver],
                partner=self.world[who].account_id,
                amount=decimal_of(micros),
                key=self._key(),
            )
            self.model.move(source, (Use.QUOTA, who), micros)

    @rule(who=customers, micros=positive)
    def issue_voucher(self, who: str, micros: int) -> None:
        owner = OWNERS[who]
        there_is_one = self._has_pool(owner)
        covered = self.model.held[Use.QUOTA, owner] >= micros
        with self._expected(None if there_is_one else Conflict):
            (result,) = issue_vouchers(
                self.callers[owner],
                customers=[self.world[who].account_id],
                amount=decimal_of(micros),
                terms=Terms(valid_until=BEGIN + FAR),
                key=self._key(),
            )
            assert (result.voucher is not None) is covered, result.error
            if result.voucher is not None:
                code = result.voucher.code
                self.vouchers[code] = (owner, result.voucher.pk, micros)
                self.model.move((Use.QUOTA, owner), (Use.VOUCHER, code), micros)

    @precondition(lambda self: self.vouchers)
    @rule(data=st.data())
    def use_voucher(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.vouchers)))
        _, pk, _ = self.vouchers[code]
        micros = data.draw(positive)
        voucher = Voucher.objects.everything(reason="test").get(pk=pk)
        refused = NotCovered if self.model.held[Use.VOUCHER, code] < micros else None
        with self._expected(refused), transaction.atomic():
            post_one(
                Order(
                    key=self._key(),
                    kind=Kind.VOUCHER_USE,
                    debit=voucher_purse(voucher).pk,
                    credit=used_purse(voucher).pk,
                    micros=micros,
                )
            )
            self.model.move((Use.VOUCHER, code), (Use.VOUCHER_USED, code), micros)

    @precondition(lambda self: self.vouchers)
    @rule(data=st.data(), is_withdrawn=st.booleans())
    def end_voucher(self, data: st.DataObject, *, is_withdrawn: bool) -> None:
        code = data.draw(st.sampled_from(sorted(self.vouchers)))
        owner, _, face = self.vouchers[code]
        left = self.model.held[Use.VOUCHER, code]
        refused = Conflict if is_withdrawn and left != face else None
        with self._expected(refused):
            if is_withdrawn:
                withdraw_voucher(self.callers[owner], code=code)
            else:
                reclaim_voucher(self.callers[owner], code=code)
            del self.vouchers[code]
            self.model.move((Use.VOUCHER, code), (Use.QUOTA, owner), left)

    # ------------------------------------------------------------------------------------------------ what always holds

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.moment += timedelta(days=days)

    @invariant()
    def every_balance_is_the_models(self) -> None:
        found: Counter[tuple[Use, str]] = Counter()
        reserved: Counter[tuple[Use, str]] = Counter()
        codes = dict(Voucher.objects.everything(reason="test").values_list("pk", "code"))
        people = {one.account_pk: name for name, one in self.world.items()}
        for row in LedgerAccount.objects.everything(reason="test"):
            use = Use(row.use)
            who = codes[row.subject] if use in {Use.VOUCHER, Use.VOUCHER_USED} else people[row.holder_id]
            found[use, who] += row.balance.micros
            reserved[use, who] += row.reserved
            # Nobody past a limit, whatever was asked for.
            if use in {Use.ALLOCABLE, Use.QUOTA, Use.VOUCHER}:
                assert row.free.micros >= 0
        assert found == self.model.held  # counters: what is missing is zero
        assert reserved == self.model.reserved

    @invariant()
    def both_checkers_find_nothing(self) -> None:
        assert checker.faults(fetch) == []
        assert list(faults()) == []

    # ------------------------------------------------------------------------------------------------ helpers

    def _grant(self, who: str, micros: int) -> None:
        key = self._key()

        def write(change: Money) -> Allocation:
            return grant_line(self.callers["pia"], partner=self.world[who].account_id, change=change, key=key)

        with self._now():
            self._done(write, micros)
        self.model.move((Use.ISSUED, "pia"), (Use.ALLOCABLE, who), micros)
        self.model.given[who] += micros
        assert self.writes[-1].answer.total.micros == self.model.given[who]

    def _done(self, write: Callable[[Money], Allocation], micros: int) -> None:
        change = usd(micros)
        self.writes.append(Write(write, change, write(change)))
        self.tally["writes"] += 1

    def _key(self) -> str:
        self.keys += 1
        return f"machine-{self.keys}"

    def _order(self, who: str, kind: Kind, micros: int, *, back: bool = False, **rest: Any) -> Order:
        customer = self.world[who].account
        available, used = account(purses.available(customer)).pk, account(purses.used(customer)).pk
        debit, credit = (used, available) if back else (available, used)
        return Order(key=self._key(), kind=kind, debit=debit, credit=credit, micros=micros, **rest)

    def _published(self, who: str, before: int, after: int, was: MonthState, *, is_restated: bool) -> Published:
        partner = OWNERS[who]
        version = BillVersion.objects.create(
            provider=self.world.pia.account,
            month=self.month,
            number=self.month.version,
            reason=Reason.RESTATE if is_restated else Reason.IMPORT,
            published_at=clock.now(),
            schema=1,
            lines=0,
            totals="{}",
            summary="",
            summary_sha256="",
        )
        key = Key(
            self.world[PAYERS[partner]].account_pk,
            self.world[partner].account_pk,
            self.world[who].account_pk,
            "USD",
        )
        return Published(self.month, version, was, [Changed(key, self._sums(before), self._sums(after))])

    @staticmethod
    def _price(micros: int) -> int:
        return micros * 7 // 10

    def _sums(self, micros: int) -> Sums:
        return NOTHING._replace(total_micros=micros, partner_micros=self._price(micros))

    def _has_pool(self, owner: str) -> bool:
        holder = self.world[owner].account
        rows = LedgerAccount.objects.everything(reason="test").filter(use=Use.QUOTA, holder=holder)
        return rows.exists()

    def _snapshot(self) -> None:
        rows = LedgerAccount.objects.everything(reason="test").values_list("pk", "credits", "debits")
        self.snapshots[self.moment] = {key: came - went for key, came, went in rows}

    def _now(self) -> contextlib.AbstractContextManager[None]:
        return clock.frozen(self.moment)

    @contextlib.contextmanager
    def _expected(self, refusal: type[Exception] | None) -> Iterator[None]:
        """What is done inside goes through, or is refused in exactly this way; the snapshot follows."""
        with self._now():
            if refusal is None:
                yield
            else:
                try:
                    yield
                except refusal:
                    self.tally["refusals"] += 1
                else:
                    raise AssertionError(f"not refused: {refusal.__name__}")
        self._snapshot()
