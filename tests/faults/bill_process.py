"""Processes that publish bills and are killed, one that looks at what they left, and some that read all the while.

`victims` forks a process for each line it reads, kills it after a while, and says in what it died; `look` answers
questions about the lake; `read` reads until its input ends and says how that went. They speak lines of JSON.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from select import select
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from openpartner.core.accounts.models import Account
from openpartner.core.billing import publishing, sweeping
from openpartner.core.billing.imports import start_import
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.mapping import Mapping, add_cloud_account
from openpartner.core.billing.models import BillFile, BillMonth, BillVersion, MonthState, Reason
from openpartner.core.billing.months import first_day, month_of
from openpartner.core.billing.publishing import (
    Publication,
    current_files,
    month_row,
    new_token,
    publish,
    stage,
)
from openpartner.core.billing.queries import BillFilter, Dimension, copy_lines, lines, stream_lines, sums
from openpartner.core.billing.sweeping import Ages, sweep
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.closing import compacting
from openpartner.core.closing.commands import close_month
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.registry import KINDS
from openpartner.core.jobs.run import run_claimed
from openpartner.kit.slices import Slice
from openpartner.lake import schema
from openpartner.lake.store import SUMMARIES, Lake
from openpartner.lake.summaries import write_summary
from openpartner.lake.write import cuts, write_files
from openpartner.worker.callers import rebuild
from tests.support.people import Person, World

MONTH = "2026-08"
DAYS = (1, 2, 3, 4)
WHO = ("carl", "cleo", "cora", "otto", "cato", "chen")
CLOUD = "tencent"
LINES_A_FILE = 40
CLOSED_EVERY = 5
EVENTS_MAX = 255
FOCUS_ACCOUNT = "998877"
NO_TIME = timedelta(seconds=-2)  # the clock tells whole seconds, a disk does not
PHASES = (
    "reading",
    "writing lines",
    "writing a summary",
    "between files",
    "staging",
    "publishing",
    "published",
    "deleting rows",
    "deleting files",
)
Line = tuple[str, int, int]
"""Whose it is, on which day, and its total in units of 10^-8."""


def lines_of_seed(seed: int, days: tuple[int, ...] = DAYS) -> list[Line]:
    """Random lines of a month or of some of its days, the same for the same seed: up to eight decimals, refunds too."""
    random = Random(seed)
    return [
        (who, day, random.randrange(-(10 ** random.randrange(1, 14)), 10 ** random.randrange(1, 16)))
        for day in days
        for who in WHO
        for _ in range(random.randrange(1, 9))
    ]


def marked_lines(mark: int) -> list[Line]:
    """Lines that tell which publication they are of: by every total, and by how many there are of each customer."""
    return [(who, day, mark) for day in DAYS for who in WHO for _ in range(marked_number(mark))]


def marked_number(mark: int) -> int:
    """How many lines each customer has on each day."""
    return 1 + mark % 7


def restate(world: World, given: list[Line], first: int, days: tuple[int, ...], *, is_whole: bool) -> None:
    """Replace some days, or the whole month, in files by day; lines are numbered from `first` on."""
    lake, row = working_lake(), month_row(world.pia.account_pk, CLOUD, month_of(MONTH))
    before, token = current_files(row), new_token()
    drop = [file for file in before if is_whole or (file.day is not None and file.day.day in days)]
    with closing(lake.connect()) as connection:
        source = given_lines(world, connection, given, first)
        for day in days:
            of_day = first_day(row.month).replace(day=day)
            one_day = f"SELECT * FROM ({source}) WHERE bill_day = DATE '{of_day}'"
            files = write_files(lake, connection, one_day, month=MONTH, day=of_day, lines=LINES_A_FILE)
            stage(row, token, files)
        staged = BillFile.objects.everything(reason="test").filter(staged_by=token).values_list("name", flat=True)
        names = [file.name for file in before if file not in drop] + list(staged)
        summary = write_summary(lake, connection, names, MONTH)
    state = MonthState.OPEN if is_whole else None
    plan = Publication(token=token, drop=[one.pk for one in drop], summary=summary, reason=Reason.RESTATE, state=state)
    publish(world.pia.caller, row, plan)


def given_lines(world: World, connection: Any, given: list[Line], first: int) -> str:
    """A table of lines in DuckDB, and SQL of them."""
    keys = {name: Account.objects.everything(reason="test").get(pk=world[name].account_pk) for name in WHO}
    values = ", ".join(
        f"({keys[who].payer_id}, {keys[who].partner_id}, {keys[who].pk},"
        f" DATE '{first_day(month_of(MONTH)).replace(day=day)}', {first + number}, {money(units)})"
        for number, (who, day, units) in enumerate(given)
    )
    connection.execute(
        "CREATE OR REPLACE TABLE given (payer BIGINT, partner BIGINT, customer BIGINT, day DATE, line BIGINT,"
        " total DECIMAL(18,8))"
    )
    connection.execute(f"INSERT INTO given VALUES {values}")
    columns = {"payer_id": "payer", "partner_id": "partner", "customer_id": "customer", "bill_day": "day"}
    costs = dict.fromkeys(("list_cost", "cost_after_discount", "total_cost", "billed_delivered"), "total")
    texts = {"cloud": f"'{CLOUD}'", "currency": "'USD'", "service_code": "'p' || (line % 3)", "action": "'usage'"}
    return f"SELECT {schema.select_list({**columns, 'line_id': 'line', **costs, **texts})} FROM given"


def money(units: int) -> str:
    """An amount of 10^-8 as a decimal text."""
    sign, size = "-" if units < 0 else "", abs(units)
    return f"{sign}{size // 10**8}.{size % 10**8:08}"


def focus_file(path: Path, seed: int) -> None:
    """The lines of a seed as a FOCUS file; its last account is nobody's."""
    head = "ProviderName,BillingAccountId,SubAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd"
    head += ",ChargePeriodStart,ChargePeriodEnd,ChargeCategory,BilledCost,ListCost,ContractedCost,EffectiveCost"
    rows = [
        f"AWS,{FOCUS_ACCOUNT},{who},USD,{MONTH}-01T00:00:00Z,2026-09-01T00:00:00Z,{MONTH}-0{day}T00:00:00Z,"
        f"{MONTH}-0{day}T01:00:00Z,Usage,{money(units)},{money(units)},{money(units)},{money(units)}"
        for who, day, units in lines_of_seed(seed)
    ]
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")


def run_jobs() -> None:
    """Do every job that is due."""
    token = process_token()
    while (claimed := claim(token, sorted(KINDS))) is not None:
        run_claimed(claimed, rebuild)


def act(world: World, asked: dict[str, Any]) -> None:
    """Do one thing."""
    match asked["do"]:
        case "days":
            days, seed = tuple(asked["days"]), asked["seed"]
            restate(world, lines_of_seed(seed, days), seed * 10_000, days, is_whole=False)
        case "month":
            restate(world, lines_of_seed(asked["seed"]), asked["seed"] * 10_000, DAYS, is_whole=True)
        case "marked":
            for mark in range(asked["first"], asked["last"] + 1):
                restate(world, marked_lines(mark), mark * 10_000, DAYS, is_whole=True)
                if mark % CLOSED_EVERY == 0:
                    close_month(world.pia.caller, cloud=CLOUD, month=month_of(MONTH))
                    run_jobs()
                sweep(Ages.of_settings())
        case "jobs":
            run_jobs()
        case "sweep":
            sweep(Ages(replaced=NO_TIME, staged=NO_TIME, unnamed=NO_TIME, beside=NO_TIME), is_cautious=False)


def watch(shared: mmap.mmap) -> None:
    """Have the product say where it is, from now on."""

    def tell(phase: str) -> None:
        shared[0] = PHASES.index(phase)
        shared[1] = min(shared[1] + 1, EVENTS_MAX)

    def before(owner: Any, name: str, phase: Callable[..., str]) -> None:
        real = getattr(owner, name)

        def told(*args: Any, **values: Any) -> Any:
            tell(phase(*args))
            return real(*args, **values)

        setattr(owner, name, told)

    def after(owner: Any, name: str, phase: str) -> None:
        real = getattr(owner, name)

        def told(*args: Any, **values: Any) -> Any:
            result = real(*args, **values)
            tell(phase)
            return result

        setattr(owner, name, told)

    before(Lake, "new_name", lambda _lake, folder, *_: "writing a summary" if SUMMARIES in folder else "writing lines")
    after(Lake, "finish", "between files")
    before(publishing, "_ranges", lambda *_: "staging")
    before(publishing, "_move", lambda *_: "publishing")
    after(BillMonth, "refresh_from_db", "published")
    before(sweeping, "_forget", lambda *_: "deleting rows")
    before(sweeping, "_delete", lambda *_: "deleting files")
    compacting.cuts = lambda counts, **_: cuts(counts, lines=LINES_A_FILE)  # type: ignore[attr-defined]  # several


def victims(world: World) -> None:
    """For each line a process that does what it says, killed `seconds` after it has come past so many events."""
    for asked in asks():
        shared = mmap.mmap(-1, 2)
        child = os.fork()  # nothing of the database or of DuckDB is open yet
        if child == 0:
            code = 1
            try:
                watch(shared)
                act(world, asked)
                code = 0
            except BaseException:  # noqa: BLE001  # whatever it was, this process ends here
                traceback.print_exc()
            finally:
                os._exit(code)
        kill_at, reached = asked.get("kill_at"), 0.0
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            if kill_at is not None and shared[1] >= kill_at:
                reached = reached or time.monotonic()
                if time.monotonic() - reached >= asked["seconds"]:
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.0002)
        say(
            killed=os.WIFSIGNALED(status),
            code=-1 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
            phase=PHASES[shared[0]],
            events=shared[1],
        )


def look(world: World) -> None:
    """Answer what the lake holds, and put work on the queue."""
    for asked in asks():
        match asked["do"]:
            case "map":
                for name in WHO[:-1]:
                    mapping = Mapping(
                        cloud=asked["cloud"],
                        billing_account=FOCUS_ACCOUNT,
                        sub_account=name,
                        customer=str(world[name].uin),
                        since=date(2020, 1, 1),
                    )
                    add_cloud_account(world.pia.caller, mapping=mapping)
                say()
            case "import":
                start_import(world.pia.caller, Path(asked["path"]), dry_run=False)
                say()
            case "close":
                close_month(world.pia.caller, cloud=CLOUD, month=month_of(MONTH))
                say()
            case "truth":
                say(**truth(world))
            case "verify":
                say(faults=list(verify_lake()))
            case "disk":
                say(extra=extra_files())


class Torn(Exception):
    """One read showed two publications at once, or half of one."""


def read(world: World, number: int) -> None:
    """Read in every way until the input ends, which says how many publications have been seen, and what went wrong."""
    random = Random(number)
    seen: set[int] = set()
    reads, failed = 0, []
    target = working_lake().others[0] / f"read-{number}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    say()
    while not select([sys.stdin], [], [], 0)[0]:
        way = random.choice((by_line, by_summary, by_page, by_stream, by_copy))
        reads += 1
        try:
            seen.add(way(world, random, target))
        except Exception as error:  # noqa: BLE001  # any failure of a read is counted
            failed.append(f"{way.__name__}: {type(error).__name__}: {error}")
    say(reads=reads, seen=sorted(seen), torn=sum("Torn" in one for one in failed), failed=failed)


WHERE = BillFilter.month(month_of(MONTH))


def one_mark(marks: set[Any], found: int, groups: int) -> int:
    """The one publication that a read was of, which has so many lines in each of its groups."""
    if len(marks) != 1:
        raise Torn(f"marks {marks}")
    mark = int(marks.pop())
    if found != groups * marked_number(mark):
        raise Torn(f"{found} lines of publication {mark}")
    return mark


def by_line(world: World, _random: Random, _target: Path) -> int:
    rows = sums(world.pia.caller.scope, WHERE, (Dimension.CUSTOMER, Dimension.DAY), ["total_cost"])
    marks = {total.scaleb(8) / count for *_, count, total in rows}
    return one_mark(marks, sum(row[2] for row in rows), len(WHO) * len(DAYS))


def by_summary(world: World, _random: Random, _target: Path) -> int:
    rows = sums(world.dora.caller.scope, WHERE, (Dimension.CUSTOMER,), ["total_cost"])
    marks = {total.scaleb(8) / count for *_, count, total in rows}
    return one_mark(marks, sum(row[1] for row in rows), 4 * len(DAYS))  # dora's own two and rita's two


def by_page(world: World, random: Random, _target: Path) -> int:
    found = lines(world.carl.caller.scope, WHERE, Slice(random.randrange(4), 3), ["total_cost"])
    return one_mark({total.scaleb(8) for (total,) in found.items}, found.total, len(DAYS))


def by_stream(world: World, _random: Random, _target: Path) -> int:
    rows = [row for batch in stream_lines(world.pia.caller.scope, WHERE, ["total_cost"]) for row in batch]
    return one_mark({total.scaleb(8) for (total,) in rows}, len(rows), len(WHO) * len(DAYS))


def by_copy(world: World, _random: Random, target: Path) -> int:
    written = copy_lines(world.rita.caller.scope, WHERE, "total_cost", str(target), "FORMAT csv, HEADER false")
    marks = {Decimal(text).scaleb(8) for text in target.read_text("utf-8").split()}
    return one_mark(marks, written, 2 * len(DAYS))


def truth(world: World) -> dict[str, Any]:
    """What readers see, by every way of reading it, and which versions it is of."""
    where = BillFilter.month(month_of(MONTH))
    names = {person.account_pk: name for name, person in world.items()}
    while True:
        versions = month_versions()
        scope = world.pia.caller.scope
        by_line = sums(scope, where, (Dimension.CLOUD, Dimension.CUSTOMER, Dimension.DAY), ["total_cost"])
        by_summary = sums(scope, where, (Dimension.CLOUD, Dimension.CUSTOMER), ["total_cost"])
        listed = lines(world.carl.caller.scope, where, Slice(0, 1_000), ["total_cost"]).items
        if versions == month_versions():  # a backend of a killed process may have been committing
            return {
                "versions": versions,
                "lines": sorted([c, names.get(k, ""), d.day, n, int(t.scaleb(8))] for c, k, d, n, t in by_line),
                "summary": sorted([c, names.get(k, ""), n, int(t.scaleb(8))] for c, k, n, t in by_summary),
                "carl": [len(listed), sum(int(total.scaleb(8)) for (total,) in listed)],
            }


def month_versions() -> dict[str, list[Any]]:
    """The version and state of each cloud's month."""
    rows = BillMonth.objects.everything(reason="test").filter(version__gt=0)
    return {row.cloud: [row.version, row.state] for row in rows}


def extra_files() -> list[str]:
    """Files on the disk that no current version reads."""
    lake = working_lake()
    current: set[str] = set()
    for row in BillMonth.objects.everything(reason="test").all():
        current.update(file.name for file in current_files(row))
        current.update(
            BillVersion.objects.everything(reason="test")
            .filter(month=row, number=row.version)
            .values_list("summary", flat=True)
        )
    found = {str(path.relative_to(lake.root)) for path in lake.root.rglob("*") if path.is_file()}
    assert current <= found, current - found
    return sorted(found - current)


def asks() -> Iterator[dict[str, Any]]:
    """What is asked, line by line."""
    for text in sys.stdin:
        yield json.loads(text)


def say(**facts: Any) -> None:
    """Answer."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    people = World({name: Person(**facts) for name, facts in json.loads(sys.argv[2]).items()})
    if sys.argv[1] == "read":
        read(people, int(sys.argv[3]))
    else:
        {"victims": victims, "look": look}[sys.argv[1]](people)
