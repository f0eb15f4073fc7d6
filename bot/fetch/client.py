"""The HTTP client."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.fetch.addresses import Allowed
from bot.fetch.answers import raise_for
from bot.fetch.asked import (
    Limits,
    Request,
    checked,
    is_literal,
    is_unchanged,
    plain_headers,
    redirected,
)
from bot.fetch.body import ACCEPT_ENCODING, Unpacker
from bot.fetch.deadlines import Deadlines
from bot.fetch.errors import (
    BadAddress,
    Crowded,
    FetchError,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from bot.fetch.through import Refused, forbidden, way_to
from bot.values import Fetched
from config.outgoing import RESOLVES, Proxies

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_CHUNK = 64 * 1024
# A host that asks for patience and does not say how much gets this, in seconds.
_COOL = 60.0
_NO_ROOM = "There was no room in memory for this answer beside others; it is asked again."


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
    their host or network is in `allow_hosts`. No cookies, no credentials from files. `proxies` are those of the
    environment where none are given.
    """

    def __init__(
        self,
        *,
        allow_hosts: Collection[str] = (),
        at_once: int = 32,
        agent: str = "",
        limits: Limits | None = None,
        proxies: Proxies | None = None,
    ) -> None:
        self._allowed = Allowed.of(allow_hosts)
        self._proxies = Proxies.of(os.environ) if proxies is None else proxies
        self._resolver: _GuardedResolver | None = None
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
        self._beyond: aiohttp.ClientSession | None = None  # through a proxy
        self._deadlines = Deadlines(self._limits.total)
        # Until when (monotonic seconds) a host is left alone, since it asked for that.
        self._cooling: dict[str, float] = {}
        # Bytes of the bodies of this batch that are in memory, whole or on their way.
        self._held = 0
        self._literal: dict[str, bool] = {}

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def open(self) -> None:
        """Make ready to fetch; `close` is the other end."""
        self._resolver = _GuardedResolver(self._allowed)
        self._session = self._make_session(self._resolver)
        if self._proxies.http or self._proxies.https:
            # What is looked up here is the proxy's own name, and it may well be inside.
            self._beyond = self._make_session(aiohttp.ThreadedResolver())

    def _make_session(self, resolver: AbstractResolver) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            use_dns_cache=False,
            limit=self._at_once,
            limit_per_host=self._limits.per_host,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            auto_decompress=False,
            trust_env=False,
            # The whole is timed in `_in_time`; the client's own timers cost a seventh of a short answer.
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
        for session in (self._session, self._beyond):
            if session is not None:
                await session.close()
        self._session = self._beyond = None

    async def get(self, request: Request) -> Fetched:
        """Fetch `request`, redirects followed. Status 304 means unchanged. Raises a `FetchError`.

        A 200 that carries the validator we sent, or the very body we have, counts as 304 too: some servers
        never answer that. The time limit starts when it is this request's turn.
        """
        url = checked(request.url)
        slot = self._host_slots.setdefault(url.host or "", asyncio.Semaphore(self._limits.per_host))
        async with slot, self._slots:
            self._held = 0
            return await self._in_time(url, request)

    async def all(
        self,
        requests: Sequence[Request],
        *,
        settle: Callable[[Request, Exception], FetchError],
    ) -> list[Fetched | FetchError]:
        """Fetch all `requests`; the answers come in the order asked.

        One that fails is a `FetchError` in its place; `settle` makes one of any other error. Where the bodies
        would fill more memory than they may, the last ones are `Crowded`: ask for them again.
        """
        answers: list[Fetched | FetchError] = [Crowded(_NO_ROOM)] * len(requests)
        waiting: dict[str, deque[tuple[int, URL]]] = {}
        for number, request in enumerate(requests):
            try:
                url = checked(request.url)
            except BadAddress as error:
                answers[number] = error
                continue
            waiting.setdefault(url.host or "", deque()).append((number, url))
        # A host has as many turns as it may have connections. Who takes a turn gives it back, so when
        # none is left, those who hold one do the rest.
        turns = deque(
            queue
            for queue in waiting.values()
            for _ in range(min(self._limits.per_host, len(queue)))
        )
        self._held = 0

        async def work() -> None:
            while turns and self._held < self._limits.held:
                queue = turns.popleft()
                if not queue:
                    continue
                number, url = queue.popleft()
                try:
                    answers[number] = await self._in_time(url, requests[number])
                except FetchError as error:
                    answers[number] = error
                except Exception as error:
                    answers[number] = settle(requests[number], error)
                turns.append(queue)

        await asyncio.gather(*(work() for _ in range(min(self._at_once, len(turns)))))
        return answers

    async def _in_time(self, url: URL, request: Request) -> Fetched:
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
            return await self._deadlines.within(self._follow(url, request))
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
        answer = await self._ask(url, request)
        if isinstance(answer, Fetched):
            return answer
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
            answer = await self._ask(url, request)
            if isinstance(answer, Fetched):
                return replace(answer, permanent_url=str(target) if permanent else None)
        raise ServerTrouble(f"{url.host} redirects more than {self._limits.redirects} times.")

    async def _ask(self, url: URL, request: Request) -> Fetched | tuple[int, URL]:
        """Make one request: an answer, or the status of a redirect and where it leads."""
        host = url.host or ""
        # Names are guarded by the resolver; an address in the URL never reaches it.
        if is_literal(host) and not self._may_ask(host):
            raise forbidden(host)
        way = await way_to(url, proxies=self._proxies, allowed=self._allowed, look_up=self._look_up)
        proxy = way.proxy
        session = self._beyond if proxy else self._session
        if session is None:
            raise RuntimeError("use Fetcher as an async context manager")
        conditions = {}
        if request.etag:
            conditions["If-None-Match"] = request.etag
        if request.last_modified:
            conditions["If-Modified-Since"] = request.last_modified
        async with session.get(
            way.url,
            headers={**conditions, **way.headers},
            allow_redirects=False,
            proxy=proxy.url if proxy else None,
            proxy_headers=way.for_proxy,
            server_hostname=way.name,
        ) as response:
            headers = plain_headers(response.headers.items())
            status = response.status
            if status in _REDIRECTS and headers.get("location"):
                return status, redirected(url, headers["location"])
            raise_for(status, headers, host)
            if status == 304 and not conditions:
                raise ServerTrouble(f"{host} answered 304 to a first question.", status=304)
            if status == 304 or (status == 200 and is_unchanged(request, headers)):
                return Fetched(url=str(url), status=304, headers=headers)
            body = await self._body(response, headers, host)
            digest = hashlib.sha256(body).hexdigest()
            if digest == request.digest:
                self._held -= len(body)
                return Fetched(url=str(url), status=304, headers=headers, digest=digest)
            return Fetched(url=str(url), status=status, body=body, headers=headers, digest=digest)

    async def _look_up(self, host: str, port: int) -> list[str]:
        if self._resolver is None:
            raise RuntimeError("use Fetcher as an async context manager")
        return [found["host"] for found in await self._resolver.resolve(host, port)]

    def _may_ask(self, address: str) -> bool:
        if address not in self._literal:
            self._literal[address] = self._allowed.host(address) or self._allowed.address(address)
        return self._literal[address]

    async def _body(
        self, response: aiohttp.ClientResponse, headers: dict[str, str], host: str
    ) -> bytes:
        """Read the whole body, unpacked, within the limits of one and of all."""
        length = headers.get("content-length", "")
        if (
            length.isdigit()
            and int(length) <= min(_CHUNK, self._limits.body)
            and "content-encoding" not in headers
        ):
            # The client reads no more than was announced.
            body = await response.read()
            self._held += len(body)
            return body
        unpacker = Unpacker(headers.get("content-encoding", ""), limit=self._limits.body, who=host)
        size = 0
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                unpacker.feed(chunk)
                self._held += unpacker.size - size
                size = unpacker.size
                # Who takes more than a fair share while there is no room makes room for the others.
                if self._held > self._limits.held and size > self._limits.held // self._at_once:
                    raise Crowded(_NO_ROOM)
            return unpacker.finish()
        except BaseException:
            self._held -= size
            raise


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
            raise Refused(host)
        return public

    async def close(self) -> None:
        await self._inner.close()


def _explained(error: aiohttp.ClientError, *, who: str) -> FetchError:
    """Turn an error of the HTTP client into a sentence."""
    if said := _of_proxy(error, who=who):
        return said
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Refused):
        return forbidden(str(error.os_error))
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


def _of_proxy(error: aiohttp.ClientError, *, who: str) -> FetchError | None:
    """Turn what a proxy did into a sentence; None for what is none of its doing."""
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return Unreachable("The proxy cannot be reached; check HTTPS_PROXY and HTTP_PROXY.")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        if error.status == 407:
            return Unreachable(
                "The proxy asks for a name and a password, or for others: write them into HTTPS_PROXY and HTTP_PROXY "
                "as http://name:password@proxy:3128."
            )
        return Unreachable(
            f"The proxy lets nothing through to {who} (status {error.status}). If it wants names instead of addresses, "
            f"set {RESOLVES}=1."
        )
    return None
