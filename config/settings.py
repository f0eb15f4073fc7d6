"""Django settings. Everything an operator can set is an environment variable; docs/settings.md lists them."""

from __future__ import annotations

import os
import secrets
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.env import MissingSecretFile, secret, words
from config.mail import BadMailAddress, mail_settings
from config.schema import PACKAGED
from config.sign_in import BadSignIn, sign_in_settings

# The working directory, not this file's: in a wheel install this file lies in site-packages.
HOME = Path.cwd()

HERODR_CONFIG = Path(os.environ.get("HERODR_CONFIG") or PACKAGED).resolve()
try:
    TRUSTED_PROXIES = tuple(
        ip_network(given, strict=False)
        for given in words(os.environ.get("HERODR_TRUSTED_PROXIES", ""))
    )
except ValueError as error:
    raise ImproperlyConfigured(
        f"HERODR_TRUSTED_PROXIES: {error}. Write addresses or networks, such as 10.0.0.5, 10.1.0.0/16."
    ) from None
HERODR_ALLOW_HOSTS = words(os.environ.get("HERODR_ALLOW_HOSTS", ""))
SECRET_KEY_PATH = HOME / "herodr-secret.key"

try:
    # `bot run` and `bot release` write the key file on first start. Without one, sessions last as long as
    # the process: good enough for one-off commands, and `bot check` says so for a deployment.
    SECRET_KEY = (
        secret("SECRET_KEY")
        or (
            SECRET_KEY_PATH.read_text(encoding="utf-8").strip() if SECRET_KEY_PATH.is_file() else ""
        )
        or secrets.token_urlsafe(50)
    )
    DATABASE_URL = secret("DATABASE_URL") or f"sqlite:///{HOME / 'herodr.sqlite3'}"
    METRICS_TOKEN = secret("METRICS_TOKEN")
    # Newest first. A file may hold one a line.
    HERODR_TOKEN_KEYS = words(secret("HERODR_TOKEN_KEYS").replace("\n", ","))
    globals().update(mail_settings(secret("EMAIL_URL")))
    NOTICE_URLS = secret("NOTICE_URLS")
    ALERT_URLS = secret("ALERT_URLS") or NOTICE_URLS
    _sign_in = sign_in_settings(
        os.environ, https=os.environ.get("BASE_URL", "").startswith("https://")
    )
    SECOND_STEP: str = _sign_in["SECOND_STEP"]
    OIDC_NAME: str = _sign_in["OIDC_NAME"]
    OIDC_NEWCOMERS: str = _sign_in["OIDC_NEWCOMERS"]
    globals().update(_sign_in)
except (MissingSecretFile, BadMailAddress, BadSignIn) as error:
    raise ImproperlyConfigured(str(error)) from None

DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or "herodr@localhost"
ALERT_EMAIL = words(os.environ.get("ALERT_EMAIL", ""))
HEARTBEAT_URL = os.environ.get("HEARTBEAT_URL") or ""

BASE_URL = (os.environ.get("BASE_URL") or "").rstrip("/")
_base = urlsplit(BASE_URL)
DEBUG = False
ALLOWED_HOSTS = [
    *(words(os.environ.get("ALLOWED_HOSTS", "")) or ("localhost", "127.0.0.1", "[::1]")),
    *((_base.hostname,) if _base.hostname else ()),
]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if _base.scheme == "https" else []

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "review",
    # Behind `review`, whose templates come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    # Only where it is used: it makes every start slower.
    *(("allauth.socialaccount.providers.openid_connect",) if OIDC_NAME else ()),
]
MIDDLEWARE = [
    "review.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Django masks its CSRF token anew in every answer, so compression gives nothing away.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "review.middleware.content_security_policy",
    "review.middleware.local_time",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Read a database's address into Django's settings. Raises ImproperlyConfigured, without the address."""
    try:
        parsed: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=0))
    except (ValueError, KeyError, dj_database_url.UnknownSchemeError, dj_database_url.ParseError):
        # The address may hold a password, so it is not repeated here.
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; write sqlite:////path/to/file or "
            "postgresql://user:password@host:5432/name."
        ) from None
    if "sqlite" in parsed["ENGINE"]:
        # IMMEDIATE takes the write lock at BEGIN, so two writers wait instead of failing half-way.
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif "postgresql" not in parsed["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_URL must be a sqlite or a postgresql address.")
    return parsed


DATABASES = {"default": database(DATABASE_URL)}
# Limits and used-up codes must be known to every process of the desk, so they are rows as well.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "review_remembered",
    }
}
# The key that seals tokens, where none is set: beside an SQLite database, never in it.
TOKEN_KEY_PATH = (
    Path(str(DATABASES["default"]["NAME"])).absolute().parent
    if "sqlite" in DATABASES["default"]["ENGINE"]
    else HOME
) / "herodr-token.key"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "review.Person"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
USE_TZ = True
TIME_ZONE = "UTC"  # what is stored; pages show the calendar's zone

STATIC_URL = "/static/"
# Static files are served from where they are installed: nothing to collect, nothing to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _base.scheme == "https"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _base.scheme == "https":
    # Browsers that came once come by https only, for 30 days from the last visit.
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes

LOGGING: dict[str, Any] = logs.configuration(
    form=(os.environ.get("LOG_FORMAT") or "line").lower(),
    level=(os.environ.get("LOG_LEVEL") or "INFO").upper(),
    stream=sys.stderr,
)
