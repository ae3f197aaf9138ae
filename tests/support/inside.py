"""A function run in the database of a live server, by a process of its own with that server's environment.

The process stays for the next function and ends with the server: loading the product takes longer than most of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict
from importlib import import_module
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from django.db import connections

from tests.support.people import Person, World
from tests.support.server import Server


def run_inside(server: Server, build: Callable[..., Any], **given: Any) -> Any:
    """What `build(world, **given)` returns there; both ways it travels as JSON. Its module must be importable."""
    if server.inside is None:
        server.inside = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.support.inside"],
            env=server.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    said, heard = server.inside.stdin, server.inside.stdout
    assert said is not None
    assert heard is not None
    people = {name: asdict(person) for name, person in server.world.items()}
    asked = {"module": build.__module__, "name": build.__name__, "people": people, "given": given}
    print(json.dumps(asked), file=said, flush=True)
    answer = heard.readline()
    assert answer, f"the process that runs {build.__name__} ended with {server.inside.wait()}"
    told = json.loads(answer)
    assert "trouble" not in told, told["trouble"]
    return told["returned"]


def answer_to(asked: dict[str, Any]) -> dict[str, Any]:
    """What the named function returns, or the trouble it had. What it prints goes to the standard error."""
    world = World({name: Person(**facts) for name, facts in asked["people"].items()})
    try:
        with redirect_stdout(sys.stderr):
            return {"returned": getattr(import_module(asked["module"]), asked["name"])(world, **asked["given"])}
    except Exception:  # noqa: BLE001  # whatever it is, the test is told and fails with it
        return {"trouble": traceback.format_exc()}
    finally:
        connections.close_all()  # a file or a database in use cannot be copied or dropped


def main() -> None:
    """Answer a line of JSON with a line of JSON until nothing more is asked."""
    for line in sys.stdin:
        print(json.dumps(answer_to(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
