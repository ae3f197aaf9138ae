"""The client: prepared requests over connections that stay open, from a core of its own."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

CHUNK = 262_144


@dataclass(frozen=True)
class Outcome:
    """What a run gave."""

    requests: int
    seconds: float
    latencies_ms: list[float]
    last: bytes
    """The last answer's body."""

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests stayed within."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Connection:
    """One open connection with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._received = bytearray()
        self._expected = 0
        self._body_from = 0

    def send(self, request: bytes) -> None:
        self._received.clear()
        self._expected = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The body of the answer when it is complete."""
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            raise SystemExit("the server closed a connection")
        self._received += chunk
        if not self._expected:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self._received[:end]).lower()
            if not head.startswith(b"http/1.1 200"):
                raise SystemExit(f"an answer is not 200: {bytes(self._received[:400])!r}")
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._body_from = end + 4
            self._expected = self._body_from + int(length)
        if len(self._received) < self._expected:
            return None
        return bytes(self._received[self._body_from :])


def run(port: int, requests: Sequence[bytes], *, seconds: float = 0, count: int = 0, connections: int = 4) -> Outcome:
    """Send the requests in turn, one at a time per connection, for a time or a number of them."""
    assert (seconds > 0) != (count > 0)
    turn = cycle(requests)
    latencies: list[float] = []
    last = b""
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(port) for _ in range(connections)]
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        began = time.perf_counter()
        waiting = 0
        for connection in opened[: count or connections]:
            connection.send(next(turn))
            waiting += 1
        while waiting:
            for key, _ in selector.select():
                body = key.data.receive()
                if body is None:
                    continue
                now = time.perf_counter()
                latencies.append((now - key.data.sent_at) * 1000)
                last = body
                waiting -= 1
                if (count and len(latencies) + waiting < count) or (seconds and now - began < seconds):
                    key.data.send(next(turn))
                    waiting += 1
        took = time.perf_counter() - began
        for connection in opened:
            connection.socket.close()
    return Outcome(len(latencies), took, latencies, last)
