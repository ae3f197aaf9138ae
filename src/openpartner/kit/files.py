"""Files that must survive a power cut: written in one step, or appended to line by line."""

from __future__ import annotations

import os
from pathlib import Path

MODE_PRIVATE = 0o600
MODE_PRIVATE_FOLDER = 0o700


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner can read, durably and in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE_PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Append a line durably. A line that a power cut tore is left as it is and ended first."""
    assert b"\n" not in line
    path.parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, MODE_PRIVATE)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        # One write, so that lines of two processes do not mix.
        os.write(descriptor, (b"\n" if torn else b"") + line + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def last_line(path: Path, length_max: int = 4096) -> bytes:
    """The last whole line without its end, empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - length_max))
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return b""
    return lines[-2] if len(lines) > 1 else b""


def sync_folder(folder: Path) -> None:
    """A new name is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
