"""Migrations are named by a person, complete and linear."""

import re

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.tidy.tree import texts

MIGRATION = re.compile(r"^src/openpartner/(?P<app>[\w/]+)/migrations/(?P<name>\d{4}_\w+)\.py$")
NAMED_BY_DJANGO = re.compile(r"^\d{4}_(auto_\d|(alter|remove|rename|add|delete|create)_.*_and_more$)|_\d{8}_\d{4}$")


def unnamed(paths: list[str]) -> list[str]:
    return [path for path in paths if (found := MIGRATION.match(path)) and NAMED_BY_DJANGO.search(found["name"])]


def missing(loader: MigrationLoader, state: ProjectState) -> dict[str, list[str]]:
    """What `makemigrations --check` would write, by app, without asking any database."""
    changes = MigrationAutodetector(loader.project_state(), state).changes(graph=loader.graph)
    return {app: [str(operation) for step in steps for operation in step.operations] for app, steps in changes.items()}


def test_migrations_are_named_by_hand() -> None:
    """`0007_auto_20240312` tells a reader nothing at the very moment, an upgrade that failed, when it matters."""
    assert unnamed(list(texts())) == []


def test_models_and_migrations_agree() -> None:
    """A model changed without its migration works in tests that build the schema and fails at the operator's."""
    assert missing(MigrationLoader(None), ProjectState.from_apps(apps)) == {}


def test_every_app_with_models_has_migrations() -> None:
    """Django creates the tables of an app without migrations quietly, and can then never change them."""
    loader = MigrationLoader(None)
    ours = [config for config in apps.get_app_configs() if config.name.startswith("openpartner.")]
    with_models = {config.label for config in ours if config.models}
    assert with_models
    assert with_models & loader.unmigrated_apps == set()


def test_history_is_linear() -> None:
    """Two leaves in one app mean two branches were merged without deciding which came first."""
    assert MigrationLoader(None).detect_conflicts() == {}


def test_the_rules_find_what_they_are_for() -> None:
    folder = "src/openpartner/core/accounts/migrations"
    bad = [f"{folder}/0002_auto_20240312_0801.py", f"{folder}/0003_alter_account_name_and_more.py"]
    assert unnamed([*bad, f"{folder}/0001_initial.py", f"{folder}/0004_add_remark.py"]) == bad

    state = ProjectState.from_apps(apps)
    label, name = next(key for key in state.models if apps.get_app_config(key[0]).name.startswith("openpartner."))
    state.models[label, name].options["verbose_name"] = "changed without a migration"
    assert label in missing(MigrationLoader(None), state)
