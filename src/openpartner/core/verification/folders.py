"""Where a partner keeps the files that it names by paths, as the vendor's access configuration has it (huawei:D1)."""

from __future__ import annotations

from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.verification.models import VerificationFolder
from openpartner.core.verification.queries import folder_of
from openpartner.kit import clock
from openpartner.kit.addresses import is_https_link


@command(Action.VERIFICATION_FOLDER_SET, permission=Permission.MEMBER_MANAGE)
def set_folder(caller: Caller, *, address: str) -> VerificationFolder | None:
    """Say in which folder the calling partner's files stand, or with an empty address that there is none any more.

    Returns the folder. Invalid for what is no https address; nothing is ever fetched from it.
    """
    if not caller.kind.is_partner:
        raise NotVisible("partner")
    address = address.strip()
    if address and (not is_https_link(address) or "?" in address or "#" in address):
        raise Invalid("address", "is an https address of a folder, such as https://files.example.com/download/")
    lock_account(caller.account)
    row = folder_of(caller.account)
    if not address:
        if row is not None:
            row.delete()
        row = None
    else:
        row = row or VerificationFolder(partner_id=caller.account)
        row.address = address if address.endswith("/") else f"{address}/"
        row.since, row.set_by = clock.now(), caller.user_name
        row.save()
    record(caller, Action.VERIFICATION_FOLDER_SET, address=row.address if row else "")
    return row
