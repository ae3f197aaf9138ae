"""A zip archive written from front to back, which can be put aside after any write and taken up by another process.

The standard library's writer keeps its place in memory; this one gives it out as JSON values. PKWARE APPNOTE 6.3,
without its extension to sizes of 4 GB and more: `TooLarge` is raised instead.
"""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from typing import Any, BinaryIO

LEVEL = 1
"""Sheets are so repetitive that higher levels of deflate gain a twentieth and cost as much again."""
SIZE_MAX = 0xFFFF_FFFF
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_SIZES_AT = 14
_VERSION = 20
_DEFLATED = 8
_REGULAR_FILE = 0o600 << 16 | 0o100000 << 16


class TooLarge(ValueError):
    """The archive or one of its entries would have 4 GB or more."""


class Archive:
    """An archive that is being written. One entry is open at a time."""

    def __init__(self, file: BinaryIO, made_at: datetime, state: dict[str, Any] | None = None) -> None:
        """`state` is what `pause` gave: the file is cut to its length of then."""
        self._file = file
        self._stamp = (
            made_at.hour << 11 | made_at.minute << 5 | made_at.second // 2,
            max(made_at.year - 1980, 0) << 9 | made_at.month << 5 | made_at.day,
        )
        self._entries: list[list[Any]] = [*state["entries"]] if state else []
        """Name, CRC, compressed and raw size, and offset of each entry that is closed."""
        self._open: list[Any] | None = [*state["open"]] if state and state["open"] else None
        """Name, CRC, raw size and offset of the entry that is not."""
        self._at: int = state["at"] if state else 0
        self._deflate = _deflate()
        file.truncate(self._at)
        file.seek(self._at)

    @property
    def raw_size(self) -> int:
        """How many bytes the open entry has been given."""
        assert self._open is not None
        return int(self._open[2])

    def begin(self, name: str) -> None:
        """Open an entry."""
        assert self._open is None
        self._open = [name, 0, 0, self._at]
        self._put(
            _LOCAL.pack(b"PK\3\4", _VERSION, 0, _DEFLATED, *self._stamp, 0, 0, 0, len(name), 0) + name.encode("ascii")
        )

    def write(self, data: bytes) -> None:
        """Add to the open entry."""
        assert self._open is not None
        self._open[1] = zlib.crc32(data, self._open[1])
        self._open[2] += len(data)
        self._put(self._deflate.compress(data))

    def end(self) -> None:
        """Close the open entry."""
        assert self._open is not None
        self._put(self._deflate.flush(zlib.Z_FINISH))
        self._deflate = _deflate()
        name, crc, raw, offset = self._open
        packed = self._at - offset - _LOCAL.size - len(name)
        if raw > SIZE_MAX or self._at > SIZE_MAX:
            raise TooLarge
        self._file.seek(offset + _SIZES_AT)
        self._file.write(struct.pack("<III", crc, packed, raw))
        self._file.seek(self._at)
        self._entries.append([name, crc, packed, raw, offset])
        self._open = None

    def add(self, name: str, data: bytes) -> None:
        """A whole entry."""
        self.begin(name)
        self.write(data)
        self.end()

    def pause(self) -> dict[str, Any]:
        """The place reached, as JSON values. What has been written is in the file; writing may go on here as well."""
        if self._open is not None:
            # Ends on a whole byte and looks back no further, so that another compressor can follow.
            self._put(self._deflate.flush(zlib.Z_FULL_FLUSH))
        self._file.flush()
        return {"entries": self._entries, "open": self._open, "at": self._at}

    def close(self) -> None:
        """Write the directory. The file itself stays open."""
        assert self._open is None
        begin = self._at
        for name, crc, packed, raw, offset in self._entries:
            fixed = (b"PK\1\2", _VERSION, _VERSION, 0, _DEFLATED, *self._stamp)
            sizes = (crc, packed, raw, len(name))
            self._put(_CENTRAL.pack(*fixed, *sizes, 0, 0, 0, 0, _REGULAR_FILE, offset) + name.encode("ascii"))
        count = len(self._entries)
        if self._at > SIZE_MAX:
            raise TooLarge
        self._put(_END.pack(b"PK\5\6", 0, 0, count, count, self._at - begin, begin, 0))
        self._file.flush()

    def _put(self, data: bytes) -> None:
        self._at += self._file.write(data)


def _deflate() -> Any:  # noqa: ANN401  # zlib does not name the class
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
