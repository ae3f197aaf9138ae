"""What is one address and nothing else. The refused ones that mail programs read differently stand in test_mail.py."""

from __future__ import annotations

import pytest

from openpartner.kit.addresses import is_address, is_domain, is_https_link


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


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("https://files.example.com/download/abc023.jpg", True),
        ("HTTPS://files.example.com:8443/a%20b?c=d#e", True),
        ("http://files.example.com/abc023.jpg", False),
        ("javascript:alert(1)", False),
        ("https:///abc023.jpg", False),
        ("https://user:secret@files.example.com/", False),
        ("https://files.example.com:port/", False),
        ("https://files.example.com/a b", False),
        ("https://files.example.com/\n", False),
        ('https://files.example.com/"onmouseover=', False),
        ("https://" + "x" * 1024, False),
        ("", False),
    ],
)
def test_links(text: str, *, holds: bool) -> None:
    assert is_https_link(text) is holds
