"""What an operator looks up: settings, commands and audit events."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import click
import msgspec

from openpartner.core.audit.events import SENTENCES, Action
from openpartner.project.cli import COMMANDS as CLI
from openpartner.project.config import PREFIX, Settings
from openpartner.project.reference import markdown
from openpartner.project.reference.whole import commands


def settings_page() -> str:
    """Every setting with its type, default and meaning."""
    hints = get_type_hints(Settings, include_extras=True)
    lines = [
        (
            markdown.code(f"{PREFIX}{field.name.upper()}"),
            *_kind(hints[field.name]),
            markdown.code(_spelt(field.default)),
        )
        for field in msgspec.structs.fields(Settings)
    ]
    return markdown.page(
        "Settings",
        "Each is an environment variable. An unknown name or a wrong value is refused at start, with a sentence that "
        "says what to do.",
        markdown.table(
            ("Variable", "Type", "Default", "Meaning"), [(name, kind, at, means) for name, kind, means, at in lines]
        ),
    )


def commands_page() -> str:
    """The command line, and the commands of the core with what they need and record."""
    parts = ["## The command line"]
    for name, (module, _) in CLI.items():
        full = f"openpartner.project.commands.{module}"
        if importlib.util.find_spec(full) is None:
            continue
        found: click.Command = importlib.import_module(full).command
        parts += _command(found, (name,))
    core = [
        (
            markdown.code(one.name),
            markdown.code(one.permission) if one.permission else "none",
            markdown.codes(sorted(one.actions)),
            one.doc,
        )
        for one in commands().values()
    ]
    parts += [
        "## Commands of the core",
        "The only ways to change something, through whichever door. Each runs in one transaction and is audited.",
        markdown.table(("Command", "Permission", "Audit events", "What it does"), core),
    ]
    return markdown.page(
        "Commands", "What `openpartner` can be told to do, and the core's commands behind every write.", *parts
    )


def audit_page() -> str:
    """Every audit event with its sentence and the commands that record it."""
    lines = [
        (
            markdown.code(action),
            SENTENCES[action],
            markdown.codes(name for name, one in commands().items() if action in one.actions),
        )
        for action in Action
    ]
    return markdown.page(
        "Audit events",
        "The names are stable: files and alerts may refer to them. An event without a command is recorded by a job or "
        "by signing in.",
        markdown.table(("Event", "Meaning", "Recorded by"), lines),
    )


def _kind(hint: Any) -> tuple[str, str]:  # noqa: ANN401  # an annotation may be anything
    """Type and description of a setting."""
    assert get_origin(hint) is Annotated
    kind, *marks = get_args(hint)
    words = [kind.__name__]
    meaning = ""
    for mark in marks:
        if isinstance(mark, msgspec.Meta):
            meaning = mark.description or meaning
            words += [f"from {mark.ge}"] if mark.ge is not None else []
            words += [f"to {mark.le}"] if mark.le is not None else []
    return " ".join(words), meaning


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _command(found: click.Command, words: tuple[str, ...]) -> Iterator[str]:
    """What `--help` says of a command, or of each command of a group."""
    if isinstance(found, click.Group):
        for name, inner in sorted(found.commands.items()):
            yield from _command(inner, (*words, name))
        return
    yield f"### `openpartner {' '.join(words)}`"
    for paragraph in inspect.cleandoc(found.help or "").split("\n\n"):
        drawn = paragraph.removeprefix("\b\n")  # what click prints as it stands
        yield " ".join(paragraph.split()) if drawn == paragraph else f"```text\n{drawn}\n```"
    lines = []
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            given = isinstance(parameter.default, str | int | float) and not parameter.is_flag
            default = markdown.code(_spelt(parameter.default)) if given else ""
            if not parameter.hidden:
                lines.append((markdown.code(", ".join(parameter.opts)), parameter.help or "", default))
        else:
            lines.append((markdown.code(parameter.human_readable_name), "argument", ""))
    if lines:
        yield markdown.table(("Option", "Meaning", "Default"), lines)
