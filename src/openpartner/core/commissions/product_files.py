"""The products of a policy from a file: every row is checked, and the whole list is replaced or nothing is.

Columns: service_code, service_name, product_code, product_name, component_type_code, component_type_name,
component_code, component_name, category, starts_on, ends_on. A level that is left out means all that is below the level
above; a name that is left out is the catalogue's of Tencent Cloud, whose policies these are (tencent:D.7).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from openpartner.core.accounts.placing import lock_account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.reading import Fault
from openpartner.core.catalogue.entries import TENCENT, Level
from openpartner.core.catalogue.models import CODE_MAX, NAME_MAX
from openpartner.core.catalogue.names import name_of
from openpartner.core.command import command
from openpartner.core.commissions.models import EVERYTHING, PolicyProduct
from openpartner.core.loading.tables import FAULTS_MAX, day_of, rows_by_name, undone_unless

LEVELS = (Level.SERVICE, Level.PRODUCT, Level.COMPONENT_TYPE, Level.COMPONENT)
"""Coarse to fine."""
COLUMNS = (*(f"{level}_{what}" for level in LEVELS for what in ("code", "name")), "category", "starts_on", "ends_on")
NEEDED = ("service_code", "category", "starts_on")
POLICY_MAX = 64
ROWS_MAX = 50_000

Days = tuple[date, date | None]
"""The first and the last day; None while no end is known."""


@dataclass(slots=True)
class Outcome:
    """What a file did, or would do."""

    rows: int = 0
    replaced: int = 0
    """Products that the policy had before."""
    faults: list[Fault] = field(default_factory=list)


def import_policy(caller: Caller, policy: str, path: Path, *, dry_run: bool) -> Outcome:
    """Replace the products of a policy by those of a file; by none when a row is wrong or it is a dry run.

    NotAllowed for anybody but the provider; Invalid when the file is no table with these columns.
    """
    must_be_provider(caller)
    outcome = Outcome()
    with undone_unless(lambda: not dry_run and not outcome.faults):
        set_policy_products(caller, policy=policy, path=path, outcome=outcome)
    return outcome


@command(Action.POLICY_SET, permission=Permission.IMPORT)
def set_policy_products(caller: Caller, *, policy: str, path: Path, outcome: Outcome) -> None:
    """Replace the products of a policy, by which partners earn, by those of a file."""
    provider = must_be_provider(caller)
    policy = policy.strip()
    if not policy or len(policy) > POLICY_MAX or not policy.isprintable():
        raise Invalid("policy", f"is not a text of 1 to {POLICY_MAX} characters")
    lock_account(provider)
    products = []
    seen: dict[tuple[str, ...], list[Days]] = defaultdict(list)
    for number, cells in rows_by_name(path, COLUMNS, NEEDED, ROWS_MAX):
        outcome.rows += 1
        try:
            product = _product(cells)
            _once(product, seen)
        except Invalid as error:
            if len(outcome.faults) < FAULTS_MAX:
                outcome.faults.append(Fault(number, error.field, error.why))
            continue
        product.provider_id, product.policy = provider, policy
        products.append(product)
    if not outcome.rows:
        raise Invalid("file", "has no line below the header")
    before = PolicyProduct.objects.within(caller.scope).filter(policy=policy)
    outcome.replaced, _by_model = before.delete()
    PolicyProduct.objects.bulk_create(products, batch_size=500)
    record(caller, Action.POLICY_SET, policy=policy, products=len(products), replaced=outcome.replaced)


def _product(cells: dict[str, str]) -> PolicyProduct:
    starts_on, ends_on = day_of(cells, "starts_on"), day_of(cells, "ends_on")
    if starts_on is None:
        raise Invalid("starts_on", "is needed")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", f"is before {starts_on}")
    product = PolicyProduct(category=_category(cells), starts_on=starts_on, ends_on=ends_on)
    above = ""
    for level in LEVELS:
        code = _checked(cells, f"{level}_code", CODE_MAX) or EVERYTHING
        if code == EVERYTHING and level is Level.SERVICE:
            raise Invalid("service_code", "is needed")
        if code != EVERYTHING and above == EVERYTHING:
            raise Invalid(f"{level}_code", "is below a level that means everything")
        setattr(product, f"{level}_code", code)
        setattr(product, f"{level}_name", _name(cells, level, code))
        above = code
    return product


def _name(cells: dict[str, str], level: Level, code: str) -> str:
    if code == EVERYTHING:
        return EVERYTHING
    return _checked(cells, f"{level}_name", NAME_MAX) or name_of(TENCENT, level, code)


def _checked(cells: dict[str, str], name: str, length_max: int) -> str:
    text = cells.get(name, "")
    if len(text) > length_max or not text.isprintable():
        raise Invalid(name, f"is not a text of up to {length_max} characters")
    return text


def _category(cells: dict[str, str]) -> str:
    text = cells.get("category", "")
    if not (len(text) == 1 and text.isascii() and text.isupper()):
        raise Invalid("category", "is not a capital letter")
    return text


def _once(product: PolicyProduct, seen: dict[tuple[str, ...], list[Days]]) -> None:
    """Invalid when an earlier row has the same product on some of the same days."""
    others = seen[tuple(getattr(product, f"{level}_code") for level in LEVELS)]
    first, last = product.starts_on, product.ends_on or date.max
    if any(first <= (until or date.max) and since <= last for since, until in others):
        raise Invalid("starts_on", "falls into days that another row has for the same product")
    others.append((first, product.ends_on))
