"""Waking the worker on this machine: a datagram without content, on a name derived from the data folder.

Nothing depends on it. A worker that cannot listen, on another machine or beside a first one, looks every second.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket

from django.conf import settings


def ring() -> None:
    """Wake the worker if one listens. Never waits and never fails."""
    with contextlib.suppress(OSError), _socket() as bell:
        bell.sendto(b"", _name())


def listen() -> socket.socket | None:
    """A socket that becomes readable when the bell rings; None when it cannot be had."""
    ear = _socket()
    try:
        ear.bind(_name())
    except OSError:
        ear.close()
        return None
    return ear


def hush(ear: socket.socket) -> None:
    """Take every ring that has been heard."""
    with contextlib.suppress(OSError):
        while True:
            ear.recv(1)


def _socket() -> socket.socket:
    bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    bell.setblocking(False)
    return bell


def _name() -> bytes:
    # An abstract name needs no file, so a killed worker leaves nothing behind.
    folder = str(settings.OPENPARTNER.data_path).encode()
    return b"\0openpartner." + hashlib.sha256(folder).hexdigest()[:32].encode()
