"""Reading only what stands as it was written: damage is answered with an error, never with a sum around it.

A flipped bit inside a compressed page often decodes to other values without a word, so a process compares a file's
checksum with the manifest before it first reads the file. Files never change under their names: once is enough, and
`openpartner lake verify` looks at all of them again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from openpartner.core.base.errors import Unavailable
from openpartner.core.billing.models import BillFile, BillVersion
from openpartner.lake.grains import grains_of, head_of
from openpartner.lake.store import SUMMARIES, Lake

if TYPE_CHECKING:
    pass

log = logging.getLogger("openpartner.lake")

WORDS = "These bills cannot be read now: one of their files is damaged or missing."
ASKED_AT_ONCE = 500
_intact: set[tuple[Path, str]] = set()


def check(lake: Lake, names: Sequence[str], *, again: bool = False) -> None:
    """Unavailable when a file is missing or not as the manifest has it; its name stands in the log.

    What this process has found intact before is believed unless it is to be looked at `again`. A file that the
    manifest does not name, because it is being written or was replaced long ago, only has to be there.
    """
    new = [name for name in dict.fromkeys(names) if again or (lake.root, name) not in _intact]
    if not new:
        return
    recorded = _recorded(lake, new)
    for name in new:
        try:
            if name not in recorded:
                lake.shelf.size(name)
                continue
            found = lake.checksum(name)
        except OSError as error:
            log.error("%s cannot be read: %s", name, error)  # noqa: TRY400  # the sentence is for the operator
            raise Unavailable(WORDS) from error
        if found != recorded[name]:
            log.error("%s is damaged; `openpartner lake verify` tells more", name)
            raise Unavailable(WORDS)
        _intact.add((lake.root, name))


@contextmanager
def reading(lake: Lake, names: Sequence[str]) -> Iterator[None]:
    """While these files are read: an error of DuckDB that comes from their damage becomes Unavailable."""
    import duckdb  # noqa: PLC0415  # loaded when bills are read, not with the process

    try:
        yield
    except duckdb.Error:
        check(lake, names, again=True)
        raise  # the files are as they should be, so it is a mistake of ours


def _recorded(lake: Lake, names: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of each file that the manifest names, or that the head of a summary it names does."""
    found: dict[str, str] = {}
    rest = iter(names)
    while some := list(islice(rest, ASKED_AT_ONCE)):
        lines = BillFile.objects.everything(reason="named by the manifest within a scope").filter(name__in=some)
        found.update(lines.values_list("name", "sha256"))
        if any(name.startswith(f"{SUMMARIES}/") for name in some):
            heads = {head_of(name) for name in some}
            versions = BillVersion.objects.everything(reason="likewise").filter(summary__in=heads)
            found.update(recorded := dict(versions.values_list("summary", "summary_sha256")))
            for head in recorded.keys() - set(some):
                check(lake, [head])  # what it says of its parts is believed only when it is whole itself
                found.update((part.name, part.sha256) for part in grains_of(lake, head).parts)
    return found
