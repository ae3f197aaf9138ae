"""Credit lines on the live server: only the provider grants them, at its command line."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.server import Server


@dataclass(frozen=True, slots=True)
class Credit:
    """The provider's side of credit."""

    server: Server

    def line(self, who: str, amount: str) -> None:
        """Add to the line of a partner; tests share it, so each adds what it needs."""
        self.server.run("credit", "grant", "--", self.server.world[who].account_id, amount)


@pytest.fixture
def credit(server: Server) -> Credit:
    """`credit.line("dora", "1000")`."""
    return Credit(server)
