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
        ("MAIL_URL", "", "MAIL_URL: give smtp://"),
        ("MAIL_URL", "file:/tmp/mail", "MAIL_URL: give smtp://"),
        ("MAIL_URL", "https://mail.example.com", "MAIL_URL: give smtp://"),
        ("MAIL_URL", "smtp://", "MAIL_URL: give smtp://"),
        ("MAIL_URL", "smtp://mail.example.com/inbox", "MAIL_URL: give smtp://"),
        ("MAIL_URL", "smtp://mail.example.com:99999", "MAIL_URL: host or port"),
        ("MAIL_URL", "smtp://user@mail.example.com", "both user and password"),
        ("MAIL_URL", "smtp://u:p/w@mail.example.com", "percent-encode"),
        ("MAIL_FROM", "nobody", "MAIL_FROM"),
        ("MAIL_FROM", "a@b.example, c@d.example", "MAIL_FROM"),
        ("MAIL_FROM", "Desk <a@b.example>\r\nBcc: c@d.example", "MAIL_FROM"),
        ("MAIL_DOMAIN", "not a domain", "MAIL_DOMAIN"),
        ("SMS_URL", "", "SMS_URL: give https://"),
        ("SMS_URL", "file:/tmp/sms", "SMS_URL: give https://"),
        ("SMS_URL", "http://sms.example.com/send", "SMS_URL: give https://"),  # a code is no text for a plain line
        ("SMS_URL", "https://", "SMS_URL: give https://"),
        ("SMS_URL", "https://sms.example.com:99999", "SMS_URL: host or port"),
        ("SMS_URL", "https://user@sms.example.com", "both user and password"),
    ],
)
def test_a_wrong_one_is_refused_with_a_sentence(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        read({f"OPENPARTNER_{name}": value})


@pytest.mark.parametrize("url", ["file:", "console:", "smtp://localhost", "smtp://u:p%40%2F@mail.example.com:587"])
def test_where_mail_goes(url: str) -> None:
    assert read({"OPENPARTNER_MAIL_URL": url}).mail_url == url


@pytest.mark.parametrize(
    "url", ["file:", "console:", "https://u:p%40@sms.example.com/send?from=1", "http://127.0.0.1:9000/send"]
)
def test_where_sms_go(url: str) -> None:
    assert read({"OPENPARTNER_SMS_URL": url}).sms_url == url


@pytest.mark.parametrize(
    ("given", "sender", "domain"),
    [
        ({}, "Open Partner Center <openpartner@localhost>", "localhost"),
        ({"BASE_URL": "http://10.0.0.1"}, "Open Partner Center <openpartner@localhost>", "localhost"),
        (
            {"BASE_URL": "https://partners.example.com"},
            "Open Partner Center <openpartner@partners.example.com>",
            "partners.example.com",
        ),
        ({"MAIL_FROM": "渠道 <desk@example.com>"}, "渠道 <desk@example.com>", "example.com"),
        ({"MAIL_FROM": "desk@example.com", "MAIL_DOMAIN": "mx.example.com"}, "desk@example.com", "mx.example.com"),
    ],
)
def test_who_mail_is_from(given: dict[str, str], sender: str, domain: str) -> None:
    settings = read({f"OPENPARTNER_{name}": value for name, value in given.items()})
    assert (settings.sender, settings.sender_domain) == (sender, domain)


def test_a_refused_mail_url_is_not_quoted() -> None:
    """It may hold a password, and what refuses it is written to logs."""
    for url in ("smtp://u:s3cret@h/path", "smtp://u:s3cret@h:port", "smtpx://u:s3cret@h", "smtp://u:s3cret/@h"):
        with pytest.raises(BadSetting) as refused:
            read({"OPENPARTNER_MAIL_URL": url})
        assert "s3cret" not in str(refused.value)


def test_a_refused_sms_url_is_not_quoted() -> None:
    for url in ("https://u:s3cret@h:port", "ftp://u:s3cret@h", "http://u:s3cret@h", "https://u:s3cret@h/#x"):
        with pytest.raises(BadSetting) as refused:
            read({"OPENPARTNER_SMS_URL": url})
        assert "s3cret" not in str(refused.value)
