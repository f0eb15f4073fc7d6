"""The HTTP client: the only module that imports aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.fetch.addresses import Allowed
from bot.fetch.body import ACCEPT_ENCODING, Unpacker
from bot.fetch.errors import (
    BadAddress,
    Blocked,
    FetchError,
    Forbidden,
    Gone,
    NotFound,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from bot.values import Fetched

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_CHUNK = 64 * 1024
# A host that asks for patience and does not say how much gets this, in seconds.
_COOL = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for. `etag` and `last_modified` are sent back byte for byte as the server gave them."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost: sizes in bytes, times in seconds."""

    body: int = 15 * 1024 * 1024
    connect: float = 10.0
    total: float = 20.0
    redirects: int = 10
    per_host: int = 2


def user_agent(contact: str = "") -> str:
    """Return an honest User-Agent: name, version, and `contact`, an address where the operator is found."""
    try:
        number = version("herodr")
    except PackageNotFoundError:
        number = "0"
    return f"Herodr/{number} (+{contact})" if contact else f"Herodr/{number}"


class Fetcher:
    """Fetches politely and within limits; use it as an async context manager.

    Addresses in private networks are refused when the connection is made, on every redirect, unless
    their host or network is in `allow_hosts`. No cookies, no proxies, no credentials from files.
    """

    def __init__(
        self,
        *,
        allow_hosts: Collection[str] = (),
        at_once: int = 32,
        agent: str = "",
        limits: Limits | None = None,
    ) -> None:
        self._allowed = Allowed.of(allow_hosts)
        self._limits = limits or Limits()
        self._slots = asyncio.Semaphore(at_once)
        self._host_slots: dict[str, asyncio.Semaphore] = {}
        self._at_once = at_once
        self._headers = {
            "User-Agent": agent or user_agent(),
            "Accept": ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        self._session: aiohttp.ClientSession | None = None
        # Until when (monotonic seconds) a host is left alone, since it asked for that.
        self._cooling: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def open(self) -> None:
        """Make ready to fetch; `close` is the other end."""
        connector = aiohttp.TCPConnector(
            resolver=_GuardedResolver(self._allowed),
            use_dns_cache=False,
            limit=self._at_once,
            limit_per_host=self._limits.per_host,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect),
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, request: Request) -> Fetched:
        """Fetch `request`, redirects followed. Status 304 means unchanged. Raises a `FetchError`.

        A 200 that carries the validator we sent counts as 304 too: some servers never answer that. The
        time limit starts when it is this request's turn.
        """
        url = _checked(request.url)
        host_slot = self._host_slots.setdefault(
            url.host or "", asyncio.Semaphore(self._limits.per_host)
        )
        who = url.host or "The server"
        async with host_slot, self._slots:
            left = self._cooling.get(who, 0.0) - time.monotonic()
            if left > 0:
                raise Throttled(
                    f"{who} asks to be left alone for a while.",
                    retry_after=timedelta(seconds=left),
                    host=who,
                )
            try:
                async with asyncio.timeout(self._limits.total):
                    return await self._follow(url, request)
            except Throttled as error:
                patience = error.retry_after.total_seconds() if error.retry_after else _COOL
                for host in (who, error.host):
                    self._cooling[host] = time.monotonic() + patience
                raise
            except TimeoutError:
                seconds = f"{self._limits.total:g} seconds"
                raise Unreachable(f"{who} did not answer in full within {seconds}.") from None
            except aiohttp.ClientError as error:
                raise _explained(error, who=who) from error
            except (OSError, ValueError) as error:
                raise Unreachable(f"{who} could not be asked ({type(error).__name__}).") from error

    async def _follow(self, url: URL, request: Request) -> Fetched:
        permanent = True
        moved_to: str | None = None
        seen = {url}
        for _ in range(self._limits.redirects + 1):
            answer = await self._ask(url, request)
            if isinstance(answer, Fetched):
                return Fetched(
                    url=answer.url,
                    status=answer.status,
                    body=answer.body,
                    headers=answer.headers,
                    permanent_url=moved_to,
                )
            status, target = answer
            # One temporary step, or a step down from https, and the stored address must not change.
            permanent = permanent and status in _PERMANENT
            permanent = permanent and not (url.scheme == "https" and target.scheme == "http")
            moved_to = str(target) if permanent else None
            if target in seen:
                raise ServerTrouble(f"{url.host} redirects in a circle.", status=status)
            seen.add(target)
            url = target
        raise ServerTrouble(f"{url.host} redirects more than {self._limits.redirects} times.")

    async def _ask(self, url: URL, request: Request) -> Fetched | tuple[int, URL]:
        """Make one request: an answer, or the status of a redirect and where it leads."""
        host = url.host or ""
        # Names are guarded by the resolver; an address in the URL never reaches it.
        if _is_literal(host) and not (self._allowed.host(host) or self._allowed.address(host)):
            raise _forbidden(host)
        if self._session is None:
            raise RuntimeError("use Fetcher as an async context manager")
        conditions = {}
        if request.etag:
            conditions["If-None-Match"] = request.etag
        if request.last_modified:
            conditions["If-Modified-Since"] = request.last_modified
        async with self._session.get(url, headers=conditions, allow_redirects=False) as response:
            headers = _plain_headers(response)
            status = response.status
            if status in _REDIRECTS and headers.get("location"):
                return status, _redirected(url, headers["location"])
            _raise_for(status, headers, host)
            if status == 304 and not conditions:
                raise ServerTrouble(f"{host} answered 304 to a first question.", status=304)
            if status == 304 or (status == 200 and _is_unchanged(request, headers)):
                return Fetched(url=str(url), status=304, headers=headers)
            unpacker = Unpacker(
                headers.get("content-encoding", ""), limit=self._limits.body, who=host
            )
            async for chunk in response.content.iter_chunked(_CHUNK):
                unpacker.feed(chunk)
            return Fetched(url=str(url), status=status, body=unpacker.finish(), headers=headers)


class _Refused(OSError):
    """Raised inside the resolver: the name leads into a private network."""


class _GuardedResolver(AbstractResolver):
    """Resolves names and refuses private addresses.

    The connection is made to exactly the addresses returned here: a name that changes its mind between
    check and use gains nothing.
    """

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if self._allowed.host(host):
            return found
        public = [result for result in found if self._allowed.address(result["host"])]
        if found and not public:
            raise _Refused(host)
        return public

    async def close(self) -> None:
        await self._inner.close()


def host_of(url: str) -> str:
    """Return the host of `url` for a log line, or ""."""
    with contextlib.suppress(ValueError):
        return urlsplit(url).hostname or ""
    return ""


def _checked(url: str) -> URL:
    try:
        parsed = URL(url.strip())
        usable = parsed.scheme in ("http", "https") and bool(parsed.host) and len(url) < 8000
        _ = parsed.port
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise BadAddress('The address is not usable; write one that starts with "https://".')
    return parsed


def _redirected(url: URL, location: str) -> URL:
    try:
        target = _checked(urljoin(str(url), location))
    except (ValueError, BadAddress):
        raise ServerTrouble(f"{url.host} redirects to an address that cannot be used.") from None
    # Nobody but the operator hands us names and passwords.
    return target.with_user(None).with_fragment(None)


def _is_literal(host: str) -> bool:
    """Tell whether the HTTP client takes `host` for an address and asks no resolver.

    It does so for anything of digits and dots: "127.1" and "2130706433" are no addresses to
    `ipaddress`, and so are refused, but they are this machine to the system.
    """
    return ":" in host or host.replace(".", "").isdigit()


def _forbidden(host: str) -> Forbidden:
    return Forbidden(
        f"{host} lies in a private network; add it to HERODR_ALLOW_HOSTS if it is meant to be read."
    )


def _plain_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers with lower-case names; repeated ones joined by commas."""
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        lower = name.lower()
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    return headers


def _is_unchanged(request: Request, headers: dict[str, str]) -> bool:
    if request.etag:
        return headers.get("etag") == request.etag
    return bool(request.last_modified) and headers.get("last-modified") == request.last_modified


def _raise_for(status: int, headers: dict[str, str], host: str) -> None:
    """Raise what a status means; nothing for an answer that can be used."""
    if "challenge" in headers.get("cf-mitigated", "").lower():
        raise Blocked(f"{host} asks visitors to prove that they are people.", status=status)
    if 200 <= status < 300 or status == 304:
        return
    if status in (401, 403, 407, 451):
        raise Blocked(f"{host} refuses to answer this machine (status {status}).", status=status)
    if status == 404:
        raise NotFound(f"{host} has nothing at this address (status 404).", status=404)
    if status == 410:
        raise Gone(f"{host} says that this is gone for good (status 410).", status=410)
    retry_after = _retry_after(headers)
    if status == 429 or (status == 503 and retry_after is not None):
        raise Throttled(
            f"{host} asks to be left alone for a while (status {status}).",
            status=status,
            retry_after=retry_after,
            host=host,
        )
    raise ServerTrouble(f"{host} answered with status {status}.", status=status)


def _retry_after(headers: dict[str, str]) -> timedelta | None:
    """Read Retry-After: seconds, or a date seen from the server's own clock (RFC 9110 10.2.3)."""
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return timedelta(seconds=min(int(written[:9]), 10**8))
    moment = _http_date(written)
    if moment is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(moment - now, timedelta(0))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _explained(error: aiohttp.ClientError, *, who: str) -> FetchError:
    """Turn an error of the HTTP client into a sentence."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, _Refused):
        return _forbidden(str(error.os_error))
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return Unreachable(f"{who} has no valid certificate, so no safe connection could be made.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"The name {who} is not known; check the address.")
    if isinstance(error, aiohttp.InvalidURL):
        return BadAddress('The address is not usable; write one that starts with "https://".')
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError):
        return Unreachable(f"{who} broke its answer off before the end.")
    if isinstance(error, aiohttp.ClientResponseError):
        return Unreachable(f"{who} did not answer in proper HTTP.")
    return Unreachable(f"No connection to {who} could be made.")
