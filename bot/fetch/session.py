"""Fetching for synchronous code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Self

from bot.fetch.asked import Limits, Request, host_of
from bot.fetch.client import Fetcher
from bot.fetch.errors import FetchError, Unreachable
from bot.values import Fetched
from config.outgoing import Proxies

log = logging.getLogger(__name__)


class Session:
    """Fetches batch after batch; connections stay open from one batch to the next, until `close`.

    Call it with requests: the answers come in the order asked, and one that fails is a `FetchError` in its
    place, never an exception. It may be used by one thread at a time.
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
        def make() -> Fetcher:
            return Fetcher(
                allow_hosts=allow_hosts,
                at_once=at_once,
                agent=agent,
                limits=limits,
                proxies=proxies,
            )

        self._make = make
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fetcher: Fetcher | None = None

    def __call__(self, requests: Sequence[Request]) -> list[Fetched | FetchError]:
        if self._loop is None or self._fetcher is None:
            self._loop = asyncio.new_event_loop()
            self._fetcher = self._make()
            self._loop.run_until_complete(self._fetcher.open())
        return self._loop.run_until_complete(self._fetcher.all(requests, settle=_settled))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The session may be used again."""
        if self._loop is not None and self._fetcher is not None:
            self._loop.run_until_complete(self._fetcher.close())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
        self._loop = self._fetcher = None


def _settled(request: Request, error: Exception) -> FetchError:
    # A mistake of ours must not cost the other sources their turn.
    log.error("fetch failed", exc_info=error, extra={"host": host_of(request.url)})
    return Unreachable(f"The fetch failed in an unforeseen way ({type(error).__name__}).")


def fetch_all(
    requests: Sequence[Request],
    *,
    allow_hosts: Collection[str] = (),
    at_once: int = 32,
    agent: str = "",
    limits: Limits | None = None,
) -> list[Fetched | FetchError]:
    """Fetch all `requests` at once; see `Session`."""
    with Session(allow_hosts=allow_hosts, at_once=at_once, agent=agent, limits=limits) as session:
        return session(requests)
