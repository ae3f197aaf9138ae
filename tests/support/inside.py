"""A function run in the database of a live server, by a process of its own with that server's environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from tests.support.people import Person, World
from tests.support.server import Server


def run_inside(server: Server, build: Callable[..., Any], **given: Any) -> Any:
    """What `build(world, **given)` returns there; both ways it travels as JSON. Its module must be importable."""
    people = {name: asdict(person) for name, person in server.world.items()}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.support.inside", build.__module__, build.__name__],
        env=server.environment,
        input=json.dumps({"people": people, "given": given}).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def main() -> None:
    """Run the named function for what stands on the standard input."""
    _program, module, name = sys.argv
    asked = json.load(sys.stdin)
    world = World({name: Person(**facts) for name, facts in asked["people"].items()})
    json.dump(getattr(import_module(module), name)(world, **asked["given"]), sys.stdout)


if __name__ == "__main__":
    main()
