"""A gateway of SMS on this machine: it answers as told, and keeps what it was sent."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class SmsGateway:
    """`answers` are given in order, then 200; each is a status and a body."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, str]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.received.append(json.loads(body))
                gateway.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, text = gateway.answers.pop(0) if gateway.answers else (200, "")
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", text)
                    text = ""
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # their name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> SmsGateway:
        """Listen; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, login: str = "") -> str:
        """What to set as `sms_url`; `login` is `user:password@`."""
        return f"http://{login}127.0.0.1:{self._server.server_port}/send"


def code_in(data: Path, number: str) -> str:
    """The six digits in the newest SMS that the file sink of a data folder has written to a number."""
    files = sorted((data / "sms").glob("*.txt"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    texts = [file.read_text("utf-8") for file in files]
    newest = [text for text in texts if text.startswith(f"To: {number}\n")][-1]
    found = re.search(r"\b[0-9]{6}\b", newest.partition("\n\n")[2])
    assert found, newest
    return found[0]
