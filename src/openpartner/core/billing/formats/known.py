"""The formats there are, and which one a header is."""

from __future__ import annotations

from collections.abc import Sequence

from openpartner.core.base.errors import Invalid
from openpartner.core.billing.formats.focus import FOCUS
from openpartner.core.billing.formats.format import Format
from openpartner.core.billing.formats.huawei import RECORDS
from openpartner.core.billing.formats.tencent import L3

FORMATS = {one.key: one for one in (FOCUS, L3, RECORDS)}


def detect(header: Sequence[str], asked: str = "") -> Format:
    """The format of a header, or the one asked for. Invalid when it lacks what the format needs, or is none of them."""
    if asked:
        if asked not in FORMATS:
            raise Invalid("format", f"is none of {', '.join(FORMATS)}")
        chosen = FORMATS[asked]
        if missing := chosen.missing(header):
            raise Invalid("file", f"has no column {', '.join(missing)}, which {chosen.title} needs")
        return chosen
    fitting = [one for one in FORMATS.values() if not one.missing(header)]
    if fitting:
        return max(fitting, key=lambda one: len(one.columns(header)))
    nearest = max(FORMATS.values(), key=lambda one: len(one.columns(header)))
    if nearest.columns(header):
        lacking = ", ".join(nearest.missing(header))
        raise Invalid("file", f"looks like {nearest.title} and has no column {lacking}")
    raise Invalid("file", "has none of the columns of FOCUS, Tencent's L3 files or Huawei's records in its first line")
