"""The sources' servers of the month: each feed's items, and whether it answers. They answer from memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.fetch import FetchError, Request, ServerTrouble
from bot.values import Fetched


@dataclass
class Servers:
    """So many feeds. Sent to the workers' processes as it is."""

    number: int
    items: dict[int, list[int]] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    published: int = 0

    def publish(self, feed: int) -> None:
        """Put a new item on top of a feed."""
        self.published += 1
        self.items[feed] = [self.published, *self.items.get(feed, [])][:20]

    def __call__(self, requests: Sequence[Request]) -> list[Fetched | FetchError]:
        """Answer as the servers of the feeds do."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> Fetched | FetchError:
        feed = int(request.url.split("//news")[1].split(".")[0])
        if feed in self.broken:
            return ServerTrouble(f"{request.url} answers with 503.", status=503)
        shown = self.items.get(feed, [])
        etag = f'"{shown[0] if shown else 0}"'
        if request.etag == etag:
            return Fetched(request.url, 304)
        body = "".join(
            f"<item><guid>{feed}-{one}</guid><title>Report {one} on regional growth published</title>"
            f"<link>https://news{feed}.example/reports/{one}</link>"
            f"<description>Report {one} finds that 14 regions grew.</description></item>"
            for one in shown
        )
        text = f'<rss version="2.0"><channel><title>News {feed}</title>{body}</channel></rss>'
        return Fetched(
            request.url, 200, text.encode(), {"etag": etag, "content-type": "application/rss+xml"}
        )
