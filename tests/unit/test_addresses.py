"""What is one address and nothing else. The refused ones that mail programs read differently stand in test_mail.py."""

from __future__ import annotations

import pytest

from openpartner.kit.addresses import is_address, is_domain


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("dora@example.com", True),
        ("d.o'ra+tag@mx-1.example.co", True),
        ("root@localhost", True),
        ("x" * 64 + "@example.com", True),
        ("x" * 65 + "@example.com", False),
        (".dora@example.com", False),
        ("dora.@example.com", False),
        ("do..ra@example.com", False),
        ("dora@example..com", False),
        ("dora@example.com.", False),
        ("dora@-example.com", False),
        ("dora@" + "x" * 64 + ".com", False),
        ("dora@example.com\n", False),
        ("dora", False),
        ("@example.com", False),
        ("", False),
    ],
)
def test_addresses(text: str, *, holds: bool) -> None:
    assert is_address(text) is holds


def test_the_longest_address() -> None:
    """RFC 5321 leaves 254 characters between the angle brackets of a path."""
    domain = ".".join(["x" * 61] * 4)
    assert is_address(f"{'d' * (253 - len(domain))}@{domain}")
    assert not is_address(f"{'d' * (254 - len(domain))}@{domain}")


@pytest.mark.parametrize(("text", "holds"), [("localhost", True), ("a.example", True), ("a b", False), ("", False)])
def test_domains(text: str, *, holds: bool) -> None:
    assert is_domain(text) is holds
