"""HTTP for the watcher: conditional, polite, bounded, public addresses only.

`fetch_all` is for synchronous code, `Fetcher` for asynchronous; both raise or return the errors drawn in
`bot.fetch.errors`.
"""

from __future__ import annotations

from bot.fetch.addresses import parse_allow_hosts
from bot.fetch.asked import Limits, Request
from bot.fetch.client import Fetcher, user_agent
from bot.fetch.errors import (
    BadAddress,
    Blocked,
    Crowded,
    FetchError,
    Forbidden,
    Gone,
    NotFound,
    ServerTrouble,
    Throttled,
    TooLarge,
    Unreachable,
)
from bot.fetch.session import Session, fetch_all

__all__ = [
    "BadAddress",
    "Blocked",
    "Crowded",
    "FetchError",
    "Fetcher",
    "Forbidden",
    "Gone",
    "Limits",
    "NotFound",
    "Request",
    "ServerTrouble",
    "Session",
    "Throttled",
    "TooLarge",
    "Unreachable",
    "fetch_all",
    "parse_allow_hosts",
    "user_agent",
]
