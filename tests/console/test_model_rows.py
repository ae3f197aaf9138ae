"""Rows of a table as a source: orders are total and the same on both databases, totals are capped, streams resume."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from openpartner.core.base.scope import Scope
from openpartner.core.base.sqltext import Epoch
from openpartner.core.jobs.models import Job, JobState
from openpartner.kit.slices import Slice
from openpartner.listings import model_rows
from openpartner.listings.model_rows import ModelRows

BEGAN = datetime(2024, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
MINE, OTHERS = 7, 8


@dataclass(frozen=True)
class JobFilter:
    kind: str | None = None


def jobs(scope: Scope, where: JobFilter) -> QuerySet[Job]:
    rows = Job.objects.within(scope)
    return rows if where.kind is None else rows.filter(kind=where.kind)


ORDERS = {"ended": ("finished_at",), "began": ("-created_at",), "kind": ("kind", "-done"), "number": ("id",)}
source = ModelRows(jobs, ORDERS)(("id", "kind", Epoch("finished_at")))
SCOPE = Scope(partner=MINE)


@pytest.fixture
def rows(db: None) -> list[Job]:
    """Twelve rows in which every value that orders repeats, and a stranger's."""
    made = [
        Job(
            kind="ab"[number % 2],
            run_at=0,
            account=MINE,
            state=JobState.DONE,
            done=number % 3,
            created_at=BEGAN + timedelta(days=number % 4),
            finished_at=None if number % 3 == 0 else BEGAN + timedelta(days=number % 2),
        )
        for number in range(12)
    ]
    return Job.objects.bulk_create([*made, Job(kind="a", run_at=0, account=OTHERS, created_at=BEGAN)])[:-1]


def expected(rows: list[Job], order: str) -> list[int]:
    """Python's own sort, by the meaning of the order: None before everything, ties by key."""
    keys: dict[str, Any] = {
        "ended": lambda job: (job.finished_at is not None, job.finished_at or BEGAN, job.pk),
        "began": lambda job: (-job.created_at.timestamp(), -job.pk),
        "kind": lambda job: (job.kind, -job.done, job.pk),
        "number": lambda job: job.pk,
    }
    return [job.pk for job in sorted(rows, key=keys[order.removeprefix("-")], reverse=order.startswith("-"))]


ALL_ORDERS = [*ORDERS, *(f"-{name}" for name in ORDERS)]


@pytest.mark.parametrize("order", ALL_ORDERS)
def test_pages_together_are_the_list_in_its_order(rows: list[Job], order: str) -> None:
    pages = [source.page(SCOPE, JobFilter(), Slice(at, 5), order=order, exact=False) for at in (0, 5, 10)]
    assert [row[0] for page in pages for row in page.items] == expected(rows, order)
    assert {(page.total, page.more) for page in pages} == {(12, False)}


@pytest.mark.parametrize("order", ALL_ORDERS)
@pytest.mark.parametrize("batch", [1, 4, 5, 12, 100])
def test_a_stream_gives_each_row_once_in_the_same_order(rows: list[Job], order: str, batch: int) -> None:
    batches = list(source.stream(SCOPE, JobFilter(), order=order, after=None, batch=batch))
    assert [row[0] for some in batches for row in some] == expected(rows, order)
    assert all(len(some) == batch for some in batches[:-1])


@pytest.mark.parametrize("order", ALL_ORDERS)
def test_a_stream_goes_on_after_any_row_from_what_json_kept(rows: list[Job], order: str) -> None:
    (whole,) = source.stream(SCOPE, JobFilter(), order=order, after=None, batch=100)
    for place, row in enumerate(whole):
        kept = tuple(json.loads(json.dumps(row[3:])))
        rest = [one for some in source.stream(SCOPE, JobFilter(), order=order, after=kept, batch=5) for one in some]
        assert rest == whole[place + 1 :], (order, place)


def test_values_are_what_was_asked_for(rows: list[Job]) -> None:
    page = source.page(SCOPE, JobFilter(kind="b"), Slice(0, 1), order="number", exact=False)
    assert page.items == [(rows[1].pk, "b", int((BEGAN + timedelta(days=1)).timestamp()))]
    assert page.total == 6


def test_totals_are_capped_unless_asked_for(rows: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_rows, "COUNTED_MAX", 10)
    page = source.page(SCOPE, JobFilter(), Slice(10, 5), order="number", exact=False)
    assert (page.total, page.more, len(page.items)) == (10, True, 2), "rows behind the cap can be reached"
    page = source.page(SCOPE, JobFilter(), Slice(0, 5), order="number", exact=True)
    assert (page.total, page.more) == (12, False)
    monkeypatch.setattr(model_rows, "COUNTED_MAX", 12)
    page = source.page(SCOPE, JobFilter(), Slice(0, 5), order="number", exact=False)
    assert (page.total, page.more) == (12, False)


def test_behind_the_end_there_is_nothing(rows: list[Job]) -> None:
    page = source.page(SCOPE, JobFilter(), Slice(500, 5), order="number", exact=False)
    assert (page.items, page.total) == ([], 12)
    assert list(source.stream(SCOPE, JobFilter(kind="c"), order="number", after=None, batch=5)) == []
