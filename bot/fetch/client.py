"""The HTTP client: the only module that imports aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.fetch.addresses import Allowed
from bot.fetch.answers import raise_for
from bot.fetch.body import ACCEPT_ENCODING, Unpacker
from bot.fetch.errors import (
    BadAddress,
    FetchError,
    Forbidden,
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
        self._timeout = self._timeout_of(self._limits.total)
        # Until when (monotonic seconds) a host is left alone, since it asked for that.
        self._cooling: dict[str, float] = {}

    def _timeout_of(self, seconds: float) -> aiohttp.ClientTimeout:
        # The threshold is from where aiohttp rounds time limits up to whole seconds.
        return aiohttp.ClientTimeout(
            total=seconds, sock_connect=self._limits.connect, ceil_threshold=3600
        )

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
            timeout=self._timeout,
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
        host = _checked(request.url).host or ""
        slot = self._host_slots.setdefault(host, asyncio.Semaphore(self._limits.per_host))
        async with slot, self._slots:
            return await self._in_time(request)

    async def all(
        self,
        requests: Sequence[Request],
        *,
        settle: Callable[[Request, Exception], FetchError],
    ) -> list[Fetched | FetchError]:
        """Fetch all `requests`; the answers come in the order asked.

        One that fails is a `FetchError` in its place; `settle` makes one of any other error.
        """
        answers: dict[int, Fetched | FetchError] = {}
        waiting: dict[str, deque[int]] = {}
        for number, request in enumerate(requests):
            waiting.setdefault(host_of(request.url), deque()).append(number)
        # A host has as many turns as it may have connections. Who takes a turn gives it back, so when
        # none is left, those who hold one do the rest.
        turns = deque(
            queue
            for queue in waiting.values()
            for _ in range(min(self._limits.per_host, len(queue)))
        )

        async def work() -> None:
            while turns:
                queue = turns.popleft()
                if not queue:
                    continue
                number = queue.popleft()
                try:
                    answers[number] = await self._in_time(requests[number])
                except FetchError as error:
                    answers[number] = error
                except Exception as error:
                    answers[number] = settle(requests[number], error)
                turns.append(queue)

        await asyncio.gather(*(work() for _ in range(min(self._at_once, len(turns)))))
        return [answers[number] for number in range(len(requests))]

    async def _in_time(self, request: Request) -> Fetched:
        url = _checked(request.url)
        who = url.host or "The server"
        if self._cooling:
            left = self._cooling.get(who, 0.0) - time.monotonic()
            if left > 0:
                raise Throttled(
                    f"{who} asks to be left alone for a while.",
                    retry_after=timedelta(seconds=left),
                    host=who,
                )
        try:
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
        answer = await self._ask(url, request, None)
        if isinstance(answer, Fetched):
            return answer
        started = time.monotonic()
        permanent = True
        seen = {url}
        for _ in range(self._limits.redirects):
            status, target = answer
            # One temporary step, or a step down from https, and the stored address must not change.
            permanent = permanent and status in _PERMANENT
            permanent = permanent and not (url.scheme == "https" and target.scheme == "http")
            if target in seen:
                raise ServerTrouble(f"{url.host} redirects in a circle.", status=status)
            seen.add(target)
            url = target
            left = self._limits.total - (time.monotonic() - started)
            if left <= 0:
                raise TimeoutError
            answer = await self._ask(url, request, left)
            if isinstance(answer, Fetched):
                return replace(answer, permanent_url=str(target) if permanent else None)
        raise ServerTrouble(f"{url.host} redirects more than {self._limits.redirects} times.")

    async def _ask(
        self, url: URL, request: Request, seconds: float | None
    ) -> Fetched | tuple[int, URL]:
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
        timeout = self._timeout if seconds is None else self._timeout_of(seconds)
        async with self._session.get(
            url, headers=conditions, allow_redirects=False, timeout=timeout
        ) as response:
            headers = _plain_headers(response)
            status = response.status
            if status in _REDIRECTS and headers.get("location"):
                return status, _redirected(url, headers["location"])
            raise_for(status, headers, host)
            if status == 304 and not conditions:
                raise ServerTrouble(f"{host} answered 304 to a first question.", status=304)
            if status == 304 or (status == 200 and _is_unchanged(request, headers)):
                return Fetched(url=str(url), status=304, headers=headers)
            length = headers.get("content-length", "")
            if (
                length.isdigit()
                and int(length) <= min(_CHUNK, self._limits.body)
                and "content-encoding" not in headers
            ):
                # The client reads no more than was announced.
                return Fetched(
                    url=str(url), status=status, body=await response.read(), headers=headers
                )
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
