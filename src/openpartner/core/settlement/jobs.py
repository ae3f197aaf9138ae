"""The jobs that bring bills into the lake and place their lines."""

from __future__ import annotations

from contextlib import closing

from openpartner.core.base.errors import ChannelError
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import KIND, must_be_provider
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.mapping import PLACE_KIND
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work
from openpartner.core.settlement.importing import Importing
from openpartner.core.settlement.replacing import Replacing


@job(KIND, permission=Permission.IMPORT)
def import_bills(work: Work) -> None:
    """Import bills from a file: all of it, or nothing."""
    must_be_provider(work.caller)
    lake = working_lake()
    with closing(lake.connect()) as connection:
        importing = Importing(work, lake, connection)
        try:
            importing.finish()
        except ChannelError:
            if not importing.state.faults:
                importing.refuse()
            raise


@job(PLACE_KIND, permission=Permission.IMPORT)
def place_lines(work: Work) -> None:
    """Place the lines of accounts of clouds anew, after somebody has said whose they are."""
    must_be_provider(work.caller)
    lake = working_lake()
    with closing(lake.connect()) as connection:
        Replacing(work, lake, connection).finish()
