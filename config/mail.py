"""`EMAIL_URL`: where mail is sent through, in one line."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit


class BadMailAddress(Exception):
    """EMAIL_URL cannot be read. The text does not repeat it: it may hold a password."""


def mail_settings(url: str) -> dict[str, Any]:
    """Read `smtp://user:password@host:587`, `smtps://…:465` or `smtp+tls://…` into Django's settings.

    An empty `url` turns mail off. Raises `BadMailAddress`.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    mend = "write it as smtp+tls://user:password@host:587, smtps://…:465 or smtp://host:25."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadMailAddress(f"EMAIL_URL cannot be read; {mend}") from None
    if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
        raise BadMailAddress(f"EMAIL_URL cannot be used; {mend}")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,  # seconds
    }
