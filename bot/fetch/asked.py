"""What is asked for, and where: addresses checked, headers read. Pure."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from yarl import URL

from bot.fetch.errors import BadAddress, ServerTrouble

_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for. `etag` and `last_modified` are sent back byte for byte as the server gave them;
    `digest` is the SHA-256 (hex) of the body we have, by which an equal one is recognised and not kept; the
    server does not see it."""

    url: str
    etag: str = ""
    last_modified: str = ""
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost: sizes in bytes, times in seconds.

    `body` is the limit of one body, `held` that of all the bodies of one batch that are in memory together.
    """

    body: int = 15 * 1024 * 1024
    held: int = 32 * 1024 * 1024
    connect: float = 10.0
    total: float = 20.0
    redirects: int = 10
    per_host: int = 2


# The same sources are asked again and again, and taking an address apart costs as much as a short answer.
@functools.lru_cache(maxsize=4096)
def checked(url: str) -> URL:
    """Return `url` taken apart. Raises `BadAddress` for what is no http(s) address with a host."""
    try:
        parsed = URL(url.strip())
        usable = parsed.scheme in ("http", "https") and bool(parsed.host) and len(url) < _LONGEST
        _ = parsed.port
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise BadAddress('The address is not usable; write one that starts with "https://".')
    return parsed


def redirected(url: URL, location: str) -> URL:
    """Return where `location` leads from `url`. Raises `ServerTrouble` where that is nowhere."""
    try:
        target = checked(urljoin(str(url), location))
    except (ValueError, BadAddress):
        raise ServerTrouble(f"{url.host} redirects to an address that cannot be used.") from None
    # Nobody but the operator hands us names and passwords.
    return target.with_user(None).with_fragment(None)


def host_of(url: str) -> str:
    """Return the host of `url` for a log line, or ""."""
    with contextlib.suppress(ValueError):
        return urlsplit(url).hostname or ""
    return ""


def is_literal(host: str) -> bool:
    """Tell whether the HTTP client takes `host` for an address and asks no resolver.

    It does so for anything of digits and dots: "127.1" and "2130706433" are no addresses to
    `ipaddress`, and so are refused, but they are this machine to the system.
    """
    return ":" in host or host.replace(".", "").isdigit()


def plain_headers(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers with lower-case names; repeated ones joined by commas."""
    headers: dict[str, str] = {}
    for name, value in items:
        lower = name.lower()
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    return headers


def is_unchanged(request: Request, headers: dict[str, str]) -> bool:
    """Tell whether a 200 carries the very validator that was sent."""
    if request.etag:
        return headers.get("etag") == request.etag
    return bool(request.last_modified) and headers.get("last-modified") == request.last_modified
