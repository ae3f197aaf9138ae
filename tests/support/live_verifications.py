"""What a test of verifications asks of a live server: a clean beginning, the provider's word, and the end."""

from __future__ import annotations

from typing import Any

from openpartner.core.accounts.models import Account
from openpartner.core.verification.commands import pass_submission, reject_submission, set_policy
from openpartner.core.verification.folders import set_folder
from openpartner.core.verification.models import VerificationPolicy, VerificationSubmission
from openpartner.core.verification.queries import newest_of
from tests.support.people import World

KEPT = ("verification", "customer_type", "legal_name")


def begin(world: World, names: list[str]) -> dict[str, list[Any]]:
    """Let these be nobody who was ever verified; returns what they were."""
    rows = {name: world[name].account for name in names}
    kept = {name: [getattr(row, column) for column in KEPT] for name, row in rows.items()}
    for row in rows.values():
        _put(row, [-1, row.customer_type, row.legal_name])
    return kept


def end(world: World, kept: dict[str, list[Any]]) -> None:
    """Put back what `begin` returned, and forget every submission and rule."""
    VerificationSubmission.objects.everything(reason="test").delete()
    VerificationPolicy.objects.everything(reason="test").delete()
    set_folder(world.dora.caller, address="")
    for name, values in kept.items():
        _put(world[name].account, values)


def decide(world: World, who: str, opinion: str = "") -> None:
    """Reject the newest submission of somebody with an opinion, or let it pass without one."""
    newest = newest_of(world[who].account)
    assert newest is not None
    if opinion:
        reject_submission(world.pia.caller, number=newest.pk, opinion=opinion)
    else:
        pass_submission(world.pia.caller, number=newest.pk)


def rules(world: World, *, persons: bool = True, attempts: int = 10, accounts: int = 5, folder: str = "") -> None:
    """What the provider reviews and how often, and where dora keeps her files."""
    caller = world.pia.caller
    set_policy(caller, reviews_persons=persons, reviews_companies=True, attempts_max=attempts, accounts_max=accounts)
    set_folder(world.dora.caller, address=folder)


def _put(row: Account, values: list[Any]) -> None:
    for column, value in zip(KEPT, values, strict=True):
        setattr(row, column, value)
    row.fold_names()
    row.save()
