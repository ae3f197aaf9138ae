"""A live server: the product's own `serve` command on a free loopback port, with its own database and people."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support import cluster
from tests.support.installed import PEOPLED, install
from tests.support.people import Person, World

STARTS_WITHIN_SECONDS = 30
BIN = Path(sys.executable).parent


@dataclass
class Server:
    """Started by `with`; ended with its whole process group."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    worker: bool = False
    """Whether the supervised worker runs too."""
    world: World = field(default_factory=World)
    port: int = field(default_factory=cluster.free_port)
    process: subprocess.Popen[bytes] | None = None
    inside: subprocess.Popen[str] | None = None
    """What runs functions in the server's database (tests/support/inside.py)."""

    @property
    def address(self) -> str:
        """127.0.0.1 and the port, as Tencent's SDK takes it."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """http and the address."""
        return f"http://{self.address}"

    @property
    def environment(self) -> dict[str, str]:
        """What the server's commands run with."""
        return {
            **self._installed,
            "OPENPARTNER_PORT": str(self.port),
            "OPENPARTNER_RATE_LIMIT_SCALE": "0",
            "OPENPARTNER_FAILED_SIGNATURES_PER_MINUTE": "0",
            "OPENPARTNER_FAILED_SIGN_INS_PER_SOURCE": "0",
            **self.settings,
        }

    def __enter__(self) -> Self:
        """Take an installation with the people in it, start, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._installed, people = install(self.folder / "data", f"live_{self.port}", PEOPLED)
        self.world = World({name: Person(**facts) for name, facts in json.loads(people).items()})
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run an `openpartner` command against the server's data."""
        return subprocess.run([BIN / "openpartner", *words], env=self.environment, check=True, capture_output=True)

    def start(self) -> None:
        """Start the server process and wait for its first answer."""
        words = [str(BIN / "openpartner"), "serve", *([] if self.worker else ["--web"])]
        self._log = (self.folder / "serve.log").open("ab")
        self.process = subprocess.Popen(
            words, env=self.environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/v2/are-you-there", timeout=1)  # noqa: S310  # our own loopback
            except urllib.error.HTTPError as error:
                error.close()
                return
            except OSError:
                time.sleep(0.05)
            assert self.process.poll() is None, self.log()
        raise AssertionError(f"the server did not start: {self.log()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the process group and wait for it."""
        if self.inside is not None:
            self.inside.communicate()  # it ends when nothing more can be asked
            self.inside = None
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=15)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.close()
        self.process = None

    def log(self) -> str:
        """What the server has printed."""
        return (self.folder / "serve.log").read_text("utf-8", "replace")
