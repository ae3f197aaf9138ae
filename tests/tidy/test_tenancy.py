"""Every table has an owner, and no query reaches through one tenant's row into another's."""

import ast
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from openpartner.core.base.scoped import ScopedManager, ScopedModel
from tests.tidy.tree import imports, named_by, parsed, product_modules

# Tables without a tenant of their own, each with its reason. An entry that is no longer needed fails.
WITHOUT_SCOPE = {
    "access.AuthToken": "found by the hash of the token alone, before there is a caller; hangs on one user",
    "access.PasswordLink": "found by the hash of the mailed token alone, before there is a caller; hangs on one user",
    "access.RecoveryCode": "read and written with the user it belongs to, who is signing in or reached through a scope",
    "access.RememberedAnswer": "found by a signature that was just verified, or by its caller; hangs on one account",
    "access.SentForm": "found by the person who sends the form again; hangs on one user",
    "access.Throttle": "counts of strangers' attempts by hashed source or address; belongs to nobody",
    "access.UserRole": "read and written with the user it belongs to, who was reached through a scope",
    "access.VerificationCode": "found by hashed receiver and purpose; who gets a code may have no account yet",
    "audit.AuditLink": "the chain spans all tenants; holds positions and hashes, no content",
    "audit.AuditSeal": "the chain spans all tenants; holds counts and hashes, no content",
    "catalogue.CatalogueEntry": "what clouds call their services and regions: words of nobody's, for every caller",
    "ledger.Transfer": "read through one of its two accounts, which were read within a scope; each may be another's",
    "jobs.Tick": "slots of the installation's own timetable",
}

# Where paths through relations are read and reviewed: the few doors to the data. Modules that compile a query are
# doors as well, because a compiled query begins with its scope.
DOORS = {
    "queries.py": "reads of a capability stand here, each beginning with a scope",
    "verify.py": "re-derives what rows repeat, for all tenants",
    "tokens.py": "finds who signs in by account and name, before there is a scope",
}
COMPILES = "openpartner.core.base.compiled"
LOOKUPS = {"filter", "exclude", "get", "Q", "annotate", "alias", "aggregate", "update"}  # take paths as keywords
OF_THE_KEY = {"exact", "gt", "gte", "id", "in", "isnull", "lt", "lte", "pk"}  # ask the foreign key itself, join nothing
PATHS = {"values", "values_list", "order_by", "F", "OuterRef", "distinct"}  # take paths as strings


def our_models() -> list[type[models.Model]]:
    found = [model for model in apps.get_models() if model.__module__.startswith("openpartner.")]
    assert found
    return found


def has_column(model: type[models.Model], path: str) -> bool:
    """Whether a path such as `user__account_id` names a column, following foreign keys only."""
    *relations, last = path.split("__")
    try:
        for name in relations:
            related = model._meta.get_field(name).related_model
            if not isinstance(related, type):
                return False
            model = related
        columns = {field.attname for field in model._meta.concrete_fields}
    except FieldDoesNotExist:
        return False
    return last in columns


def test_every_table_has_a_scope_or_a_reason() -> None:
    """A peer's helper returned the whole queryset for models without a rule. Here a model without a rule fails."""
    unscoped = {model._meta.label for model in our_models() if not issubclass(model, ScopedModel)}
    assert unscoped == WITHOUT_SCOPE.keys()


def test_scope_columns_exist() -> None:
    """A scope column that is not a column would be found out by the first request that needs it."""
    wrong = [
        (model._meta.label, level, path)
        for model in our_models()
        if issubclass(model, ScopedModel)
        for level, path in model.scope_columns.items()
        if not has_column(model, path)
    ]
    assert wrong == []


def test_scoped_tables_have_the_manager_that_refuses() -> None:
    """One plain manager beside the scoped one would be the door everybody uses."""
    plain = [
        (model._meta.label, manager.name)
        for model in our_models()
        if issubclass(model, ScopedModel)
        for manager in model._meta.managers
        if not isinstance(manager, ScopedManager)
    ]
    assert plain == []


def relations_to_scoped() -> set[str]:
    """The names, forward and backward, by which a path enters a scoped table."""
    return {
        field.name
        for model in our_models()
        for field in model._meta.get_fields(include_hidden=False)
        if field.is_relation and isinstance(field.related_model, type) and issubclass(field.related_model, ScopedModel)
    }


def joins(tree: dict[str, str], relations: set[str]) -> list[tuple[str, int, str]]:
    """Paths that cross a relation to a scoped table, outside the doors."""
    return [
        (name, line, path)
        for name, text in tree.items()
        if not _is_door(name, text)
        for line, path in _paths(parsed(text))
        if _crosses(path.lstrip("-"), relations)
    ]


def _is_door(name: str, text: str) -> bool:
    return name.rpartition("/")[2] in DOORS or any(named_by(imported, COMPILES) for _, imported in imports(text))


def _crosses(path: str, relations: set[str]) -> bool:
    first, separator, rest = path.partition("__")
    return bool(separator) and first in relations and rest not in OF_THE_KEY


def _paths(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in LOOKUPS:
            yield from ((node.lineno, keyword.arg) for keyword in node.keywords if keyword.arg)
        if called in PATHS:
            constants = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
            yield from ((node.lineno, value) for value in constants if isinstance(value, str))


def test_no_path_leads_through_a_scoped_table() -> None:
    """A manager cannot close joins: `Partner.objects.filter(customers__name=...)` once gave another tenant's row."""
    assert joins(product_modules(), relations_to_scoped()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("rows.filter(partner__legal_name='x')", ["partner__legal_name"]),
        ("rows.exclude(Q(keys__access_key='x'))", ["keys__access_key"]),
        ("rows.order_by('-partner__uin').values_list('user__email')", ["-partner__uin", "user__email"]),
        ("rows.filter(partner__isnull=True, partner_id=1, until__isnull=True)", []),
        ("rows.filter(partner__gte=1, partner__gte__name='x')", ["partner__gte__name"]),
        ("rows.order_by('-associated_at')", []),
    ],
)
def test_joins_are_found(source: str, found: list[str]) -> None:
    relations = {"partner", "keys", "user"}
    outside = joins({"src/openpartner/core/a/commands.py": source}, relations)
    assert sorted(path for _, _, path in outside) == sorted(found)
    assert joins({"src/openpartner/core/a/queries.py": source}, relations) == []


def test_relations_are_read_from_the_models() -> None:
    assert {"partner", "child", "keys", "user"} <= relations_to_scoped()


def test_columns_are_followed_through_foreign_keys() -> None:
    key = apps.get_model("access", "AccessKey")
    assert has_column(key, "user__account_id")
    assert not has_column(key, "user__nothing")
    assert not has_column(key, "nobody__account_id")
