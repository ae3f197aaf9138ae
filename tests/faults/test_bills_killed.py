"""`kill -9` while bills are imported, published, closed, restated and swept: the old truth or the new one, whole.

After every kill what readers see is compared with integers that were never in the lake, by lines, by summary and by one
customer's own list, and every file is verified.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.conftest import SEED
from tests.faults.bill_installation import Installed, Process
from tests.faults.bill_process import CLOUD, DAYS, WHO, focus_file, lines_of_seed
from tests.faults.test_worker_killed import Installation
from tests.proofs.record import count

pytestmark = [pytest.mark.slow, pytest.mark.campaign]

KILLS = 250
OPERATIONS = ("days", "days", "month", "close", "close", "import", "import", "sweep")
KILLS_OF_A_JOB = 3
"""A job is tried five times; the last one must be left alone."""
SWEEP_EVERY = 8
AFTER_SECONDS = 0.02
"""How long after an event the kill may come: about as long as the next one takes."""
Figures = dict[str, Any]


def figures_of(cloud: str, seeds: dict[int, int]) -> list[list[Any]]:
    """What the lines of each day's seed add up to, by customer and day, as the lake's readers should tell it."""
    found: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for day, seed in seeds.items():
        # A month's lines are those of one seed, a restated day's those of another.
        days = DAYS if seed % 2 else (day,)
        for who, on, units in lines_of_seed(seed, days):
            if on == day:
                known = "" if cloud != CLOUD and who == WHO[-1] else who
                found[known, on][0] += 1
                found[known, on][1] += units
    return sorted([cloud, who, day, *figures] for (who, day), figures in found.items())


@dataclass
class Truth:
    """What readers should see: for each cloud the seed of each day, and version and state of its month."""

    seeds: dict[str, dict[int, int]] = field(default_factory=dict)
    versions: dict[str, list[Any]] = field(default_factory=dict)

    def published(self, cloud: str, seeds: dict[int, int], state: str | None = None) -> Truth:
        """The truth after a publication."""
        new = deepcopy(self)
        version, before = new.versions.get(cloud, [0, "open"])
        new.seeds.setdefault(cloud, {}).update(seeds)
        new.versions[cloud] = [version + 1, state or before]
        return new

    def shown(self) -> Figures:
        """As the looking process tells it."""
        by_line = sorted(row for cloud, seeds in self.seeds.items() for row in figures_of(cloud, seeds))
        by_summary: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for cloud, who, _day, number, units in by_line:
            by_summary[cloud, who][0] += number
            by_summary[cloud, who][1] += units
        of_carl = [row for row in by_line if row[1] == "carl"]
        return {
            "versions": self.versions,
            "lines": by_line,
            "summary": sorted([*key, *figures] for key, figures in by_summary.items()),
            "carl": [sum(row[3] for row in of_carl), sum(row[4] for row in of_carl)],
        }


@dataclass
class Campaign:
    """One run: what is true, how many events things have, and what has been counted."""

    here: Installation
    folder: Path
    victims: Process
    look: Process
    random: Random
    truth: Truth = field(default_factory=Truth)
    tally: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    events: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: 15))
    number: int = 0

    def seed(self, *, is_month: bool) -> int:
        """A new seed: odd for the lines of a month, even for those of single days."""
        self.number += 1
        return 2 * self.number + is_month

    def attempt(self, do: str, *, kill: bool, **facts: Any) -> bool:
        """Do something, killed at a random moment or not; whether it came to its end."""
        name = facts.get("name", do)
        # By events and not by time, which says little on a busy machine: every part is met as often as its events.
        kill_at = self.random.randint(0, self.events[name]) if kill else None
        answer = self.victims.ask(do, kill_at=kill_at, seconds=self.random.uniform(0, AFTER_SECONDS), **facts)
        if answer["killed"]:
            self.tally["kills"] += 1
            self.phases[answer["phase"]] += 1
            self.here.sql("UPDATE job SET lease = 0 WHERE state = 'running'")  # as it is a minute later
            return False
        assert answer["code"] == 0, (do, facts)
        self.events[name] = answer["events"]
        return True

    def settle(self, new: Truth, *, is_done: bool) -> bool:
        """Compare what readers see with the old truth and the new one; whether it is the new one."""
        found = self.look.ask("truth")
        old = self.truth
        is_new = found["versions"] == new.versions and new.versions != old.versions
        expected = (new if is_new else old).shown()
        assert found == expected
        assert is_new or not is_done or new.versions == old.versions
        assert self.look.ask("verify")["faults"] == []
        if is_new:
            self.truth = new
        return is_new

    def step(self, operation: str) -> None:
        """One operation, killed or not; work that was queued is always finished by somebody."""
        match operation:
            case "days":
                day = self.random.choice(DAYS)
                if self.truth.versions[CLOUD][1] != "open":
                    return
                seed = self.seed(is_month=False)
                new = self.truth.published(CLOUD, {day: seed})
                done = self.attempt("days", kill=True, seed=seed, days=[day])
                self.tally["new truth" if self.settle(new, is_done=done) else "old truth"] += not done
            case "month":
                seed = self.seed(is_month=True)
                new = self.truth.published(CLOUD, dict.fromkeys(DAYS, seed), "open")
                done = self.attempt("month", kill=True, seed=seed)
                self.tally["new truth" if self.settle(new, is_done=done) else "old truth"] += not done
            case "sweep":
                done = self.attempt("sweep", kill=True)
                self.settle(self.truth, is_done=done)
                self.tally["old truth"] += not done
            case "close" if self.truth.versions[CLOUD][1] == "open":
                self.look.ask("close")
                self.work("close", self.truth.published(CLOUD, {}, "final"))
            case "import":
                seed = self.seed(is_month=True)
                path = self.folder / f"{seed}.csv"
                focus_file(path, seed)
                self.look.ask("import", path=str(path))
                path.unlink()
                cloud = next((name for name in self.truth.versions if name != CLOUD), "")
                self.work("import", self.truth.published(cloud, dict.fromkeys(DAYS, seed)))

    def work(self, name: str, new: Truth) -> None:
        """Run the queue until it is empty, killed up to three times on the way."""
        is_new = False
        for kills in range(KILLS_OF_A_JOB + 1):
            done = self.attempt("jobs", kill=kills < KILLS_OF_A_JOB, name=name)
            is_new = self.settle(new, is_done=done) or is_new
            self.tally["new truth" if is_new else "old truth"] += not done
            if done:
                break
        assert is_new


@pytest.fixture
def run(installed: Installed, tmp_path: Path) -> Iterator[Campaign]:
    victims, look = installed.start("victims"), installed.start("look")
    yield Campaign(Installation(installed.environment), tmp_path, victims, look, Random(SEED))
    victims.end()
    look.end()


def begin(run: Campaign) -> None:
    """A first version of either cloud's month, nothing killed."""
    seed = run.seed(is_month=True)
    new = run.truth.published(CLOUD, dict.fromkeys(DAYS, seed))
    assert run.attempt("month", kill=False, seed=seed)
    assert run.settle(new, is_done=True)
    path = run.folder / "first.csv"
    focus_file(path, seed)
    run.look.ask("import", path=str(path))
    assert run.attempt("jobs", kill=False, name="import")
    (cloud,) = set(run.look.ask("truth")["versions"]) - {CLOUD}
    run.look.ask("map", cloud=cloud)
    assert run.attempt("jobs", kill=False)
    version = run.look.ask("truth")["versions"][cloud]
    run.truth = run.truth.published(cloud, dict.fromkeys(DAYS, seed))
    run.truth.versions[cloud] = version
    run.settle(run.truth, is_done=True)


def test_kill_9_leaves_the_old_truth_or_the_new_one(run: Campaign, campaign: Callable[[int], int]) -> None:
    kills = campaign(KILLS)
    begin(run)
    steps = 0
    while run.tally["kills"] < kills:
        steps += 1
        run.step(run.random.choice(OPERATIONS))
        if steps % SWEEP_EVERY == 0:
            assert run.attempt("sweep", kill=False)
            run.settle(run.truth, is_done=True)
    assert run.attempt("sweep", kill=False)
    run.settle(run.truth, is_done=True)
    assert run.look.ask("disk")["extra"] == []
    assert run.here.sql("SELECT count(*) FROM job WHERE state <> 'done'") == [(0,)]
    count(
        "kill -9 while bills are published",
        seed=SEED,
        operations=steps,
        kills=run.tally["kills"],
        old_truth=run.tally["old truth"],
        new_truth=run.tally["new truth"],
        half=0,
        **{f"while_{phase.replace(' ', '_')}": number for phase, number in sorted(run.phases.items())},
    )
