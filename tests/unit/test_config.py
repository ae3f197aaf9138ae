"""Settings: typed, given by environment, refused with a sentence."""

from __future__ import annotations

import pytest

from openpartner.project.config import BadSetting, read


def test_defaults() -> None:
    settings = read({})
    assert settings.url == "http://localhost:8000"
    assert settings.api_url == "http://127.0.0.1:8000"
    assert not settings.is_https


def test_each_is_given_by_environment() -> None:
    settings = read(
        {
            "OPENPARTNER_PORT": "9000",
            "OPENPARTNER_BASE_URL": "https://partners.example.com",
            "OPENPARTNER_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.1",
            "OPENPARTNER_ALLOW_UNSIGNED_PAYLOAD": "true",
            "OPENPARTNER_RATE_LIMIT_SCALE": "2.5",
            "HOME": "/root",
        }
    )
    assert settings.port == 9000
    assert settings.is_https
    assert settings.url == "https://partners.example.com"
    assert len(settings.proxies) == 2
    assert settings.allow_unsigned_payload is True
    assert settings.rate_limit_scale == 2.5


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "abc", "PORT"),
        ("PORT", "70000", "65535"),
        ("BASE_URL", "partners.example.com", "scheme and host"),
        ("BASE_URL", "https://x.example/path", "scheme and host"),
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("TRUSTED_PROXIES", "nowhere", "TRUSTED_PROXIES"),
        ("SECRET_KEY", "short", "32 characters"),
        ("PROT", "1", "is not a setting"),
        ("RATE_LIMIT_SCALE", "-1", "RATE_LIMIT_SCALE"),
    ],
)
def test_a_wrong_one_is_refused_with_a_sentence(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        read({f"OPENPARTNER_{name}": value})
