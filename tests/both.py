"""`make test`: the suite on SQLite, and beside it on PostgreSQL what touches a database. The second waits its turn to
be read: its output follows when the first has ended, so that the last thing printed is pytest's own summary.

Alike cases are shared out between the two (tests/support/turns.py); OPENPARTNER_TEST_TURN as the report's header tells
it repeats a run of one of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from openpartner.kit import clock
from tests.support import turns

ROOT = Path(__file__).parents[1]
ON_POSTGRES = ("make", "--no-print-directory", "test-postgres")


def main() -> int:
    """Run both; the exit code is that of the one that failed. With an interruption both end."""
    here, there = ({**os.environ, **told} for told in turns.both(clock.now().date()))
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(ON_POSTGRES, cwd=ROOT, env=there, stdout=said, stderr=said) as beside,
    ):
        try:
            first = subprocess.run([sys.executable, "-m", "pytest"], cwd=ROOT, env=here, check=False).returncode
            print("\nOn PostgreSQL:\n", flush=True)
            second = beside.wait()
        except BaseException:
            beside.send_signal(signal.SIGINT)
            raise
        finally:
            said.seek(0)
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    return first or second


if __name__ == "__main__":
    sys.exit(main())
