"""Telling a person how far a command is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

import click
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

LINE_EVERY_SECONDS = 5.0


class Progress:
    """Called with a phase, how much of it is done and how much there is (0 when that is not known)."""

    def __init__(self) -> None:
        self._rich: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, float] = {}

    def __enter__(self) -> Self:
        """Begin."""
        if sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415  # only on a terminal

            self._rich = RichProgress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            self._rich.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, leaving what was reached to be read."""
        if self._rich is not None:
            self._rich.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Tell."""
        if self._rich is None:
            self._line(phase, done, total)
            return
        if phase not in self._tasks:
            self._tasks[phase] = self._rich.add_task(phase, total=total or None)
        self._rich.update(self._tasks[phase], completed=done, total=total or None)

    def _line(self, phase: str, done: int, total: int) -> None:
        moment = time.monotonic()
        if phase in self._told and (done < total or not total) and moment - self._told[phase] < LINE_EVERY_SECONDS:
            return
        self._told[phase] = moment
        click.echo(f"{phase}: {done:,} of {total:,}" if total else phase, err=True)
