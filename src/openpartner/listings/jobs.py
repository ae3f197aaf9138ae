"""The job that makes a file of a list. Killed at any moment, it goes on where its last checkpoint was.

The file grows under a name of its own beside the others, is checked against nothing but itself, and gets its final
place in the transaction that lists it: nobody ever sees a part of one. Each run writes to its own copy, so that a
worker that was only slow cannot write into the file of the one that took over.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from openpartner.core.access.notices import tell_if_long
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.apart import Apart
from openpartner.core.base.errors import ChannelError, Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.claim import Cancelled
from openpartner.core.jobs.models import Job, ResultFile
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.results import link_hash, offer
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work
from openpartner.core.mail.templates import Template
from openpartner.kit import clock
from openpartner.kit.archive import TooLarge
from openpartner.kit.files import MODE_PRIVATE, MODE_PRIVATE_FOLDER
from openpartner.kit.rows import CsvFile
from openpartner.kit.slices import Slice
from openpartner.kit.xlsx import SHEET_ROWS_MAX, Workbook
from openpartner.listings.exports import KIND, OPEN_STATES, question_of
from openpartner.listings.question import Question
from openpartner.listings.records import (
    DAY_SECOND,
    Format,
    about,
    header_of,
    joined_texts,
    layout_of,
    line_source,
    writer,
)

FOLDER = "exports"
ROWS_AT_ONCE = 10_000
CHECKPOINT_SECONDS = 1.0
"""A checkpoint waits for the disk, and a job that dies repeats what is behind its last one."""
SWEEP_EVERY_SECONDS = 3_600
SETTLED = timedelta(hours=1)
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@job(KIND, permission=Permission.JOB_READ)
def export_list(work: Work) -> None:
    """Make a file of a list."""
    state: dict[str, Any] = json.loads(work.cursor) if work.cursor else {}
    if "result" in state:  # the worker died between the last step and the end of the job
        work.result = state["result"]
        return
    with translation.override(work.caller.language):
        try:
            making = _Making(work, state)
            making.run()
        except (ChannelError, Cancelled):
            # It ends for good: what there is of a file is nobody's. Other errors are tried again from the checkpoint.
            forget_parts(work.id)
            raise


class _Making:
    """One run of one export."""

    def __init__(self, work: Work, state: dict[str, Any]) -> None:
        self._work = work
        args = work.args
        self._unmasked = bool(args["unmasked"])
        self._format = Format(args["format"])
        query = QueryDict(args["query"], mutable=True)
        query["columns"] = ",".join(args["columns"])
        self._question = question_of(work.caller, args["listing"], query, unmasked=self._unmasked, zone=args["zone"])
        if [column.key for column in self._question.columns] != args["columns"]:
            raise NotAllowed(_("Some of these columns are no longer yours to see."))
        caller = work.caller
        self._begun = state.get("begun") or clock.now().strftime(DAY_SECOND)
        # A file of plain lines carries the mark of who has it in every line, where no cut takes it off.
        is_marked = self._unmasked and self._format is Format.CSV
        self._behind = [f"{caller.account_name}/{caller.user_name} {self._begun}"] if is_marked else []
        self._part: str = ""
        self._after: list[Any] | None = state.get("after")
        self._done: int = state.get("done", 0)
        self._total: int = state.get("total", -1)
        self._before: dict[str, Any] | None = state if "part" in state else None
        if self._question.listing.texts is not None:
            # Its rows are of the versions that were current when the run began: another run begins again.
            self._before, self._after, self._done, self._total = None, None, 0, -1

    def run(self) -> None:
        work, question = self._work, self._question
        with Apart() as apart:
            if self._total < 0:
                with apart.reading():
                    self._total = _count(question)
            if self._format not in {Format.CSV, Format.XLSX}:
                self._write_whole()
                self._offer()
                return
            with self._opened() as file:
                writing = self._writer(file)
                self._save(file, writing)
                forget_parts(work.id, but=self._part)
                try:
                    self._write(apart, file, writing)
                    writing.close(self._about())
                except TooLarge as error:
                    raise Invalid("file_format", _("a workbook of 4 GB or more is not possible; choose CSV")) from error
                os.fsync(file.fileno())
        self._offer()

    def _write(self, apart: Apart, file: BinaryIO, writing: CsvFile | Workbook) -> None:
        saved = time.monotonic()
        for text, rows, after in self._texts(apart):
            writing.write(text, rows)
            self._done += rows
            self._after = after
            if time.monotonic() - saved >= CHECKPOINT_SECONDS:
                self._save(file, writing)
                saved = time.monotonic()

    def _texts(self, apart: Apart) -> Iterator[tuple[bytes, int, list[Any]]]:
        """Marked text, how many rows it holds, and what to go on after."""
        layout = layout_of(self._question.columns, len(self._behind))
        stream = self._stream(self._after, ROWS_AT_ONCE, is_scrubbed=False)
        while True:
            with apart.reading():
                found = next(stream, None)
                if found is None:
                    return
                text, rows, after = found
                if not layout.is_whole(text, rows):
                    # A value holds a marker: these rows once more, with every value cleaned.
                    text, again, _ = next(self._stream(self._after, rows, is_scrubbed=True))
                    assert again == rows
                    assert layout.is_whole(text, rows)
            yield text, rows, after

    def _stream(
        self, after: Sequence[Any] | None, batch: int, *, is_scrubbed: bool
    ) -> Iterator[tuple[bytes, int, list[Any]]]:
        question = self._question
        assert question.where is not None
        source = line_source(
            question.listing, question.columns, unmasked=self._unmasked, behind=self._behind, is_scrubbed=is_scrubbed
        )
        return joined_texts(
            source,
            question.scope,
            question.where,
            order=question.order,
            after=tuple(after) if after else None,
            batch=batch,
        )

    def _write_whole(self) -> None:
        """A file that its listing writes itself."""
        question = self._question
        assert question.where is not None
        assert question.listing.texts is not None
        with self._opened():
            forget_parts(self._work.id, but=self._part)
        for done in question.listing.texts.write(
            question.scope,
            question.where,
            question.columns,
            order=question.order,
            unmasked=self._unmasked,
            file_format=self._format,
            target=parts_folder().resolve() / self._part,
        ):
            self._done = done
            state = {"total": self._total, "begun": self._begun}
            self._work.checkpoint(json.dumps(state), done=done, total=max(self._total, done))

    def _writer(self, file: BinaryIO) -> CsvFile | Workbook:
        columns = self._question.columns
        header = header_of(columns) + [_("Exported by") for _mark in self._behind]
        return writer(
            self._format,
            file,
            layout_of(columns, len(self._behind)),
            columns,
            header,
            sheet_rows_max=SHEET_ROWS_MAX,
            state=self._before["file"] if self._before else None,
        )

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """A file of this run alone, with what the run before had written when it was last heard of."""
        folder = parts_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
        self._part = f"{self._work.id}-{secrets.token_hex(8)}"
        with os.fdopen(os.open(folder / self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL, MODE_PRIVATE), "w+b") as file:
            if self._before is not None and not _copied(folder / self._before["part"], file, self._before["bytes"]):
                self._before, self._after, self._done = None, None, 0
            yield file

    def _save(self, file: BinaryIO, writing: CsvFile | Workbook) -> None:
        """A checkpoint, once what it speaks of is on the disk."""
        place = writing.pause()
        os.fsync(file.fileno())
        state = {
            "part": self._part,
            "bytes": file.tell(),
            "file": place,
            "after": self._after,
            "done": self._done,
            "total": self._total,
            "begun": self._begun,
        }
        self._work.checkpoint(json.dumps(state), done=self._done, total=max(self._total, self._done))

    def _offer(self) -> None:
        """List the file, tell the audit log and remember both, in one transaction."""
        work, question, caller = self._work, self._question, self._work.caller
        listing = question.listing
        permission = Permission.EXPORT_UNMASKED if self._unmasked else listing.export_permission
        assert permission is not None
        action = Action.EXPORTED_UNMASKED if self._unmasked else Action.EXPORTED
        with work.step():
            # First of all: it refuses whoever has lost the job, before the file is moved.
            work.heartbeat()
            link = offer(caller, parts_folder() / self._part, name=self._name(), permission=permission)
            file = ResultFile.objects.within(caller.scope).get(link_hash=link_hash(link))
            record(caller, action, job=work.id, rows=self._done, bytes=file.size, **work.args)
            days = (file.expires_at - clock.now()).days
            since = Job.objects.within(caller.scope).values_list("created_at", flat=True).get(pk=work.id)
            values = {"file": file.name, "rows": self._done, "days": days}
            tell_if_long(caller, Template.EXPORT_READY, since=since, path="/exports/", **values)
            work.result = {"file": file.pk, "name": file.name, "rows": self._done, "size": file.size}
            work.checkpoint(json.dumps({"result": work.result}), done=self._done, total=self._done)

    def _name(self) -> str:
        moment = re.sub(r"[-:]", "", self._begun)
        mark = f"-UNMASKED-{self._work.caller.user_name}" if self._unmasked else ""
        return _NOT_IN_NAMES.sub("-", f"{self._question.listing.name}-{moment}{mark}.{self._format}")

    def _about(self) -> Any:  # noqa: ANN401  # About
        question = self._question
        labels = {one.key: str(one.label) for one in question.listing.filters}
        filters = "; ".join(f"{labels[key]}: {value}" for key, value in question.given.items())
        facts = {
            _("Filters"): filters or _("None"),
            _("Rows"): str(self._done),
            _("Personal data"): _("in full") if self._unmasked else _("masked"),
        }
        return about(question.listing, self._work.caller, facts)


@recurring("listing.sweep", every_seconds=SWEEP_EVERY_SECONDS)
def sweep() -> None:
    """Delete what dead runs have left: parts that no unfinished export remembers, once they are an hour old."""
    settled = clock.now().timestamp() - SETTLED.total_seconds()
    unfinished = Job.objects.everything(reason="sweeping").filter(kind=KIND, state__in=OPEN_STATES)
    for part in _parts("*"):
        if part.stat().st_mtime < settled and not unfinished.filter(cursor__contains=part.name).exists():
            part.unlink(missing_ok=True)


def forget_parts(job_id: int, *, but: str = "") -> None:
    """Delete the parts of an export, except one."""
    for part in _parts(f"{job_id}-*"):
        if part.name != but:
            part.unlink(missing_ok=True)


def parts_folder() -> Path:
    """Where files grow: in the folder of the results' own file system, so that taking one over is a rename."""
    folder: Path = settings.OPENPARTNER.data_path
    return folder / FOLDER


def _parts(pattern: str) -> list[Path]:
    folder = parts_folder()
    return list(folder.glob(pattern)) if folder.exists() else []


def _copied(part: Path, file: BinaryIO, count: int) -> bool:
    """Copy the beginning of a part; False when so much of it is no longer there."""
    try:
        with part.open("rb") as before:
            if os.fstat(before.fileno()).st_size < count:
                return False
            shutil.copyfileobj(before, file)
    except FileNotFoundError:
        return False
    file.truncate(count)
    return True


def _count(question: Question[Any]) -> int:
    assert question.where is not None
    listing = question.listing
    rows = listing.source((listing.subject,))
    found = rows.page(question.scope, question.where, Slice(0, 1), order=question.order, exact=True)
    return found.total
