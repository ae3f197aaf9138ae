"""The settings: typed, few, each given by an environment variable OPENPARTNER_<NAME>.

A wrong one is refused at start with a sentence that says what to do.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from openpartner.kit.addresses import is_address, is_domain

PREFIX = "OPENPARTNER_"
HTTPS = "https"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])\Z"
DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z"
MAIL_WITHOUT_SERVER = ("file:", "console:")
MAIL_SERVERS = ("smtp", "smtp+tls", "smtps")
SMS_WITHOUT_GATEWAY = ("file:", "console:")


class BadSetting(Exception):
    """A setting is wrong; the message says which and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting with its default. The comment of each is its line in docs/reference/settings.md."""

    data: Annotated[
        str, Meta(description="Folder for the database, keys, request log, uploads and demo credentials.")
    ] = "data"
    database_url: Annotated[
        str, Meta(description="postgresql://user:password@host/name; empty means SQLite in the data folder.")
    ] = ""
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="Port to listen on.")] = 8000
    base_url: Annotated[
        str,
        Meta(
            description="Where people reach the console. Decides secure cookies, HSTS and the allowed hosts of pages; "
            "links are made from it. Empty means http://localhost:<port>."
        ),
    ] = ""
    trusted_proxies: Annotated[
        str,
        Meta(description="Comma-separated addresses or networks whose X-Forwarded-For, -Proto and -Host are believed."),
    ] = ""
    web_threads: Annotated[int, Meta(ge=1, le=64, description="Blocking threads of a web process.")] = 4
    web_processes: Annotated[
        int, Meta(ge=1, le=64, description="Web processes; rate limits are divided by their number.")
    ] = 1
    rate_limit_scale: Annotated[float, Meta(ge=0, description="Multiplies the vendors' rate limits; 0 lifts them.")] = (
        1.0
    )
    failed_signatures_per_minute: Annotated[
        int, Meta(ge=0, description="Failed signatures a source may send in a minute before it is refused; 0 lifts it.")
    ] = 100
    failed_sign_ins_per_source: Annotated[
        int,
        Meta(
            ge=0,
            description="Failed sign-ins a source may make in a quarter of an hour, at the console and for "
            "Huawei tokens, before it is barred for the rest of it; 0 lifts it.",
        ),
    ] = 30
    oidc_issuer: Annotated[
        str,
        Meta(
            description="OpenID Connect: the provider's issuer, such as https://login.example.com; empty means no "
            "single sign-on. The provider sends people back to <console>/single-sign-on/callback/."
        ),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="OpenID Connect: our name at the provider.")] = ""
    oidc_client_secret: Annotated[
        str, Meta(description="OpenID Connect: our secret at the provider; empty for a public client.")
    ] = ""
    oidc_label: Annotated[str, Meta(description="OpenID Connect: what the button on the sign-in page says.")] = ""
    allow_unsigned_payload: Annotated[
        bool, Meta(description="Accept UNSIGNED-PAYLOAD for Huawei JSON bodies and for writes of both vendors.")
    ] = False
    serve_second_level_resellers: Annotated[
        bool,
        Meta(description="Let second-level resellers call Huawei's partner operations, which the vendor refuses them."),
    ] = False
    suspend_created_customers: Annotated[
        bool,
        Meta(
            description="Bind a customer that a partner creates by Huawei's API suspended, as the vendor does, until "
            "the partner lifts it; false lets it run at once."
        ),
    ] = True
    sealing_keys: Annotated[
        str, Meta(description="Comma-separated Fernet keys that seal secrets; empty means the ring in DATA/keys.")
    ] = ""
    secret_key: Annotated[
        str, Meta(description="Secret that signs sessions; empty means one is made in DATA/keys.")
    ] = ""
    request_log_megabytes: Annotated[
        int, Meta(ge=0, description="Size at which the request log is rotated (five are kept); 0 switches it off.")
    ] = 50
    import_megabytes: Annotated[int, Meta(ge=1, description="Largest file an import accepts.")] = 512
    import_rows: Annotated[int, Meta(ge=1, description="Most rows an import accepts.")] = 5_000_000
    lake_megabytes: Annotated[
        int, Meta(ge=128, description="Memory that one job may use to write bills, in megabytes.")
    ] = 700
    lake_threads: Annotated[
        int, Meta(ge=0, description="Threads that one job may use to write bills; 0 means one for each core.")
    ] = 0
    bill_megabytes: Annotated[int, Meta(ge=1, description="Largest file of bills that an import accepts.")] = 16_384
    lake_grace_hours: Annotated[
        int,
        Meta(
            ge=1,
            le=8760,
            description="Hours for which replaced files of bills are kept: longer than any export of bills runs.",
        ),
    ] = 48
    lake_url: Annotated[
        str,
        Meta(
            pattern=r"^([a-z][a-z0-9+.-]*://[^?#\s]+)?$",
            description="Where files of bills stand, such as s3://bucket/bills, over fsspec; empty for the data's own"
            " folder. S3 needs openpartner[s3].",
        ),
    ] = ""
    lake_spark: Annotated[
        str,
        Meta(
            description="Master of Spark, such as spark://host:7077, that lays out and sums up months of bills;"
            " empty for DuckDB. Needs openpartner[spark]."
        ),
    ] = ""
    bill_history_months: Annotated[
        int, Meta(ge=0, le=600, description="How many months back Huawei's bill operations answer, as the vendor does.")
    ] = 18
    partner_bill_day: Annotated[
        int,
        Meta(
            ge=1,
            le=28,
            description="Day of the next month on which a partner's bill is ready at the latest, at noon in Beijing.",
        ),
    ] = 5
    bill_final_day: Annotated[
        int,
        Meta(ge=1, le=28, description="Day of the next month, UTC+8, before which no month's bills count as final."),
    ] = 5
    bill_final_hour: Annotated[int, Meta(ge=0, le=23, description="Hour of that day, UTC+8.")] = 1
    bill_files_since: Annotated[
        str,
        Meta(pattern=MONTH, description="First month that Tencent's operations give files of bills for."),
    ] = "2022-06"
    resource_files_since: Annotated[
        str,
        Meta(pattern=MONTH, description="First month that they give files by resource (L2) for."),
    ] = "2023-11"
    daily_bills_since: Annotated[
        str,
        Meta(pattern=DAY, description="First day that they tell the costs of one day for."),
    ] = "2025-06-01"
    freeze_retention_days: Annotated[
        int,
        Meta(
            ge=1, le=3650, description="Days for which frozen resources wait to be unfrozen before they are released."
        ),
    ] = 15
    report_protection_days: Annotated[
        int,
        Meta(
            ge=1,
            le=730,
            description="Days for which a reported customer is protected from the reports of other partners.",
        ),
    ] = 90
    freeze_stops_prepaid: Annotated[
        bool,
        Meta(
            description="A freeze of account and resources stops prepaid resources too, as older pages of Huawei say."
        ),
    ] = False
    association_within_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="Days after its registration within which an account that exists can be bound, and only if it"
            " has never paid anything; Huawei's is 7, 0 lifts both.",
        ),
    ] = 0
    mail_url: Annotated[
        str,
        Meta(
            description="Where mail goes: smtp://user:password@host:587 (STARTTLS when offered), smtp+tls:// "
            "(demanded), smtps://, file: (into DATA/mail) or console:."
        ),
    ] = "file:"
    mail_from: Annotated[
        str,
        Meta(description="Sender of mail, an address or `Name <address>`; empty means openpartner@ the host of pages."),
    ] = ""
    mail_domain: Annotated[
        str, Meta(description="Our name to mail servers and in Message-IDs; empty means the sender's domain.")
    ] = ""

    sms_url: Annotated[
        str,
        Meta(
            description="Where SMS go: https://user:password@host/path of a gateway that takes a POST of JSON, "
            "file: (into DATA/sms) or console:."
        ),
    ] = "file:"

    @property
    def url(self) -> str:
        """The console's address without a trailing slash."""
        return (self.base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def api_url(self) -> str:
        """Where SDKs reach the APIs: the given address, else loopback by number."""
        return self.base_url.rstrip("/") if self.base_url else f"http://127.0.0.1:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people reach the console over TLS."""
        return self.url.startswith(HTTPS)

    @property
    def data_path(self) -> Path:
        """The data folder as an absolute path."""
        return Path(self.data).absolute()

    @property
    def sender(self) -> str:
        """Who mail is from: `Name <address>` or an address alone."""
        if self.mail_from:
            return self.mail_from
        host = urlsplit(self.url).hostname or ""
        named = is_domain(host) and not host.replace(".", "").isdigit()
        return f"Open Partner Center <openpartner@{host if named else 'localhost'}>"

    @property
    def sender_domain(self) -> str:
        """Our name to mail servers and in Message-IDs."""
        return self.mail_domain or parseaddr(self.sender)[1].rpartition("@")[2]

    @property
    def proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The trusted proxies as networks."""
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False) for part in self.trusted_proxies.split(",") if part.strip()
        )


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment; BadSetting when one is unknown or wrong."""
    environment = os.environ if environment is None else environment
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_")
    }
    for name in given.keys() - set(Settings.__struct_fields__):
        raise BadSetting(f"{PREFIX}{name.upper()} is not a setting; see docs/reference/settings.md")
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at ")
        name = path.strip("`").removeprefix("$.").upper()
        raise BadSetting(f"{PREFIX}{name}={given.get(name.lower())!r}: {text}; correct it or unset it") from error
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    if settings.base_url:
        parts = urlsplit(settings.base_url)
        if parts.scheme not in {"http", HTTPS} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise BadSetting(
                f"{PREFIX}BASE_URL={settings.base_url!r}: give scheme and host alone, such as https://partners.example.com"
            )
    if settings.database_url and not settings.database_url.startswith(("postgresql://", "postgres://")):
        raise BadSetting(
            f"{PREFIX}DATABASE_URL: give postgresql://user:password@host/name, or leave it empty for SQLite"
        )
    _check_provider(settings)
    try:
        _ = settings.proxies
    except ValueError as error:
        raise BadSetting(f"{PREFIX}TRUSTED_PROXIES: {error}; give addresses or networks such as 10.0.0.0/8") from error
    if settings.secret_key and len(settings.secret_key) < 32:
        raise BadSetting(f"{PREFIX}SECRET_KEY is shorter than 32 characters; give a longer one or unset it")
    _check_mail(settings)
    _check_sms(settings)


def _check_mail(settings: Settings) -> None:
    # The URL may hold a password, so no sentence quotes it.
    url = settings.mail_url
    if url not in MAIL_WITHOUT_SERVER:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            # Without the cause: it quotes what stands where a port is expected, which may be half a password.
            raise BadSetting(
                f"{PREFIX}MAIL_URL: host or port cannot be read; percent-encode special characters of user and password"
            ) from None
        beyond = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in MAIL_SERVERS or not parts.hostname or beyond or not url.isprintable():
            raise BadSetting(
                f"{PREFIX}MAIL_URL: give smtp://, smtp+tls:// or smtps:// with a host (and user:password@, "
                "percent-encoded, and :port), or file: or console: alone"
            )
        if bool(parts.username) != bool(parts.password):
            raise BadSetting(f"{PREFIX}MAIL_URL: give both user and password, or neither")
    name, address = parseaddr(settings.sender)
    if not is_address(address) or not settings.sender.isprintable() or (not name and settings.sender != address):
        raise BadSetting(f"{PREFIX}MAIL_FROM={settings.mail_from!r}: give an address or `Name <address>`")
    if not is_domain(settings.sender_domain):
        raise BadSetting(f"{PREFIX}MAIL_DOMAIN={settings.mail_domain!r}: give a domain such as partners.example.com")


def _check_sms(settings: Settings) -> None:
    # As with mail, no sentence quotes the URL.
    url = settings.sms_url
    if url in SMS_WITHOUT_GATEWAY:
        return
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadSetting(
            f"{PREFIX}SMS_URL: host or port cannot be read; percent-encode special characters of user and password"
        ) from None
    secure = parts.scheme == HTTPS or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.fragment or not url.isprintable() or " " in url:
        raise BadSetting(
            f"{PREFIX}SMS_URL: give https:// with a host (and user:password@, percent-encoded), or file: or console: "
            "alone; http:// is for a gateway on this machine"
        )
    if bool(parts.username) != bool(parts.password):
        raise BadSetting(f"{PREFIX}SMS_URL: give both user and password, or neither")


def _check_provider(settings: Settings) -> None:
    if bool(settings.oidc_issuer) != bool(settings.oidc_client_id):
        raise BadSetting(f"{PREFIX}OIDC_ISSUER and {PREFIX}OIDC_CLIENT_ID go together: give both or neither")
    parts = urlsplit(settings.oidc_issuer)
    if settings.oidc_issuer and (
        not parts.hostname
        or (parts.scheme != HTTPS and (parts.scheme != "http" or parts.hostname not in LOOPBACK))
        or parts.query
        or parts.fragment
    ):
        raise BadSetting(
            f"{PREFIX}OIDC_ISSUER={settings.oidc_issuer!r}: give the issuer as the provider spells it, with https://"
        )
