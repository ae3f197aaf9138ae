"""Ending with one's parent, even when the parent was killed without a word."""

from __future__ import annotations

import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 1.0


def end_with_parent() -> None:
    """End this process soon after the one that started it is gone.

    An orphaned web process would keep the port, and the next start would fail for a reason nobody sees.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)  # the server's own signal handling waits for a parent's word

    threading.Thread(target=watch, name="orphan-watch", daemon=True).start()
