"""The rehearsal: what every account does until it is live.

The same steps, and nothing leaves the machine. The link is made up, and leads nowhere on purpose
(`.invalid` never resolves: RFC 2606).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from bot.networks.base import AccountDetails, Published
from review.text import Content

_MOST_KEPT = 1000
# When each rehearsed post was "published" by this process: what `find` looks through.
_rehearsed: dict[tuple[str, str], datetime] = {}
_lock = threading.Lock()


class RehearsalClient:
    """Publishes nothing, the same way each time: an id follows from account and content."""

    def __init__(self, details: AccountDetails, *, now: Callable[[], datetime]) -> None:
        self._account = details.name
        self._now = now

    def _published(self, content: Content) -> Published:
        network_id = content.fingerprint(self._account)[:16]
        return Published(network_id, f"https://rehearsal.invalid/{self._account}/{network_id}")

    def deliver(self, content: Content) -> Published:
        """Return the made-up id and link of `content`."""
        published = self._published(content)
        with _lock:
            _rehearsed[self._account, published.network_id] = self._now()
            while len(_rehearsed) > _MOST_KEPT:
                del _rehearsed[next(iter(_rehearsed))]
        return published

    def find(self, content: Content, *, since: datetime) -> Published | None:
        """Return what this process has rehearsed since then; nothing else is anywhere."""
        published = self._published(content)
        with _lock:
            at = _rehearsed.get((self._account, published.network_id))
        return published if at is not None and at >= since else None

    def delete(self, network_id: str) -> None:
        """Forget a rehearsed post."""
        with _lock:
            _rehearsed.pop((self._account, network_id), None)
