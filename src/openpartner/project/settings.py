"""Django's settings, derived from ours. Nothing here is meant to be edited by an operator."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from openpartner.kit.files import write_private
from openpartner.project.config import Settings, read

OPENPARTNER: Settings = read()


def _secret_key() -> str:
    if OPENPARTNER.secret_key:
        return OPENPARTNER.secret_key
    path = OPENPARTNER.data_path / "keys" / "session.key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48).encode())
    return path.read_text("ascii")


def _database() -> dict[str, Any]:
    if not OPENPARTNER.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": OPENPARTNER.data_path / "openpartner.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # WAL is switched on once, by `openpartner migrate`; FULL because a write is durable or did not happen.
                "init_command": "PRAGMA synchronous=FULL; PRAGMA mmap_size=1073741824; PRAGMA cache_size=-16000;"
                " PRAGMA temp_store=MEMORY",
            },
        }
    parts = urlsplit(OPENPARTNER.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # Compiled queries ask to be prepared; Django's other queries carry their values and never are. A pooler in
        # front must keep a client on one connection, as the persistent connections below expect anyway.
        "OPTIONS": {"prepare_threshold": 5},
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [urlsplit(OPENPARTNER.url).hostname or "localhost"]
if not OPENPARTNER.base_url:
    ALLOWED_HOSTS += ["127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [OPENPARTNER.url]
ROOT_URLCONF = "openpartner.project.urls"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ja", "日本語")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [Path(__file__).parents[1] / "console" / "locale"]  # before Django's own words for the same
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "openpartner.core.catalogue",
    "openpartner.core.accounts",
    "openpartner.core.access",
    "openpartner.core.audit",
    "openpartner.core.jobs",
    "openpartner.core.mail",
    "openpartner.core.sms",
    "openpartner.core.customers",
    "openpartner.core.verification",
    "openpartner.core.agreements",
    "openpartner.core.sales",
    "openpartner.core.on_behalf",
    "openpartner.core.commissions",
    "openpartner.core.loading",
    "openpartner.core.ledger",
    "openpartner.core.billing",
    "openpartner.core.credit",
    "openpartner.core.vouchers",
    "openpartner.core.budgets",
    "openpartner.core.balances",
    "openpartner.core.eligibility",
    "openpartner.core.parting",
    "openpartner.core.onboarding",
    "openpartner.core.settlement",
    "openpartner.core.closing",
    "openpartner.listings",
    "openpartner.console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "openpartner.console.assets.keep_versioned",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside of all that refuse a request, so that the page which says so carries the policy too.
    "openpartner.console.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openpartner.console.identity.sessions.watch_sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "openpartner.console.navigation.frame",
            ]
        },
    }
]
DATABASES = {
    # Persistent connections: 2.1 to 2.5 times less CPU a request than opening one each time.
    "default": {**_database(), "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False},
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["openpartner.console.backend.SessionBackend"]
STATIC_URL = "/static/"
STORAGES = {"staticfiles": {"BACKEND": "openpartner.console.assets.VersionedFiles"}}
WHITENOISE_USE_FINDERS = True  # straight from the package: no collectstatic step to forget
WHITENOISE_AUTOREFRESH = False
CSRF_FAILURE_VIEW = "openpartner.console.lost.untrusted"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPENPARTNER.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # of doing nothing; `console.identity` ends a session after a week whatever it does
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if OPENPARTNER.is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_100  # a thousand customers changed at once are a field each, beside the form's own
FILE_UPLOAD_HANDLERS = ["openpartner.console.uploading.ImportUpload"]
FILE_UPLOAD_TEMP_DIR = OPENPARTNER.data_path / "uploads"  # the disk that the imported files are kept on
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)  # Django checks that it is there
LOGGING_CONFIG = None
