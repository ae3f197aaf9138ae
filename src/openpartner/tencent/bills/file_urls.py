"""What the two actions for files of bills share: the months there are files for, and the two answers there are."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.urls import reverse
from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.billing.columns import Level
from openpartner.core.billing.downloads import Wanted, file_of, link_bill_file
from openpartner.core.billing.months import month_of
from openpartner.tencent.base import RefusedAs
from openpartner.tencent.errors import INVALID_PARAMETER

FileMonth = Annotated[str, Meta(pattern=r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])\Z"), RefusedAs(INVALID_PARAMETER)]
GENERATING, GENERATED = 0, 1


def month_with_files(text: str, level: Level) -> int:
    """The month, if there are files of a level for it (tencent:D.5). Invalid for an earlier one."""
    config = settings.OPENPARTNER
    since = max(config.bill_files_since, config.resource_files_since if level is Level.RESOURCES else "")
    if text < since:
        raise Invalid("Month", f"is before {since}")
    return month_of(text)


def url_of(caller: Caller, wanted: Wanted) -> tuple[str, int]:
    """The address of a file and 1 once it is made; an empty text and 0 before."""
    found = file_of(caller, wanted)
    if found.ready_at is None:
        return "", GENERATING
    link = link_bill_file(caller, download=found)
    return f"{settings.OPENPARTNER.api_url}{reverse('bill-file', args=[link, found.name])}", GENERATED
