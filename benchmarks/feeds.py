"""Feeds for the benchmarks, and a server on this machine that plays them, in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ITEM = (
    "<item><guid isPermaLink='false'>s{0}-{1}</guid><title>Report {1} on regional growth</title>"
    "<link>https://example.org/{0}/{1}</link><pubDate>Tue, 24 Nov 2026 09:{2:02}:00 GMT</pubDate>"
    "<description>{3}</description></item>"
)
WORDS = (
    "&lt;p&gt;The report on &lt;a href='/growth'&gt;regional growth&lt;/a&gt; finds that fourteen regions "
    "grew, and says &lt;b&gt;why&lt;/b&gt;. It was written with the regions themselves.&lt;/p&gt;"
) * 8

Bodies = Callable[[], list[bytes]]


def feed(number: int, *, newest: int, items: int = 20) -> bytes:
    """The feed of source `number`: so many `items`, the first called `newest`."""
    written = "".join(
        ITEM.format(number, n, n % 60, WORDS) for n in range(newest, newest - items, -1)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>S{number}</title>{written}'
        "</channel></rss>"
    ).encode()


def alike(count: int, *, newest: int, items: int = 20) -> Bodies:
    """Feeds of `count` sources that are all as new."""
    return lambda: [feed(n, newest=newest, items=items) for n in range(count)]


def mixed(count: int, *, newest: int, one_in: int) -> Bodies:
    """Feeds of twenty items of which one in so many has `newest`, the others nothing new."""
    return lambda: [feed(n, newest=newest if n % one_in == 0 else 20) for n in range(count)]


def samples(folder: Path, count: int) -> Bodies:
    """Sample feeds, repeated, each made different by a comment at its end.

    Left out are those that the package `reader` cannot read: they would cost it nothing.
    """

    def make() -> list[bytes]:
        listed = folder / "reader-rejects.txt"
        rejected = set(listed.read_text().split()) if listed.exists() else set()
        kinds = (".xml", ".rss", ".atom", ".rdf")
        files = sorted(p for p in folder.rglob("*") if p.suffix in kinds and p.name not in rejected)
        bodies = [body for p in files if (body := p.read_bytes()).startswith(b"<?xml")]
        return [bodies[n % len(bodies)] + b"\n<!-- %d -->" % n for n in range(count)]

    return make


def _serve(orders: Connection, bodies: list[bytes]) -> None:
    mode = "validators"

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport
            self.heard = b""

        def data_received(self, data: bytes) -> None:
            self.heard += data
            while b"\r\n\r\n" in self.heard:
                head, self.heard = self.heard.split(b"\r\n\r\n", 1)
                number = int(head.split(b" ", 2)[1].lstrip(b"/"))
                if mode == "validators" and b"if-none-match:" in head.lower():
                    self.transport.write(b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n')
                    continue
                body = bodies[number]
                tag = b'ETag: "e"\r\n' if mode == "validators" else b""
                self.transport.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%s"
                    b"Content-Length: %d\r\n\r\n%s" % (tag, len(body), body)
                )

    async def run() -> None:
        nonlocal mode, bodies
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Protocol, "127.0.0.1", 0)
        orders.send(server.sockets[0].getsockname()[1])
        while (order := await loop.run_in_executor(None, orders.recv)) is not None:
            if isinstance(order, str):
                mode = order
            else:
                bodies = RECIPES[order[0]](*order[1], **order[2])()
            orders.send("done")

    asyncio.run(run())


RECIPES: dict[str, Callable[..., Bodies]] = {"alike": alike, "mixed": mixed}


class Server:
    """The server's handle. Its bodies are made in its own process, lest they count as memory of ours."""

    def __init__(self, bodies: Bodies) -> None:
        self._line, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(
            target=lambda: _serve(theirs, bodies()), daemon=True
        )
        self._process.start()
        self.port: int = self._line.recv()

    def order(self, mode: str) -> None:
        """Answer with "validators", or with the bodies alone ("plain")."""
        self._line.send(mode)
        self._line.recv()

    def play(self, recipe: str, *given: int, **named: int) -> None:
        """Play other bodies: the name of a function here, and what it takes."""
        self._line.send((recipe, given, named))
        self._line.recv()

    def close(self) -> None:
        """End it."""
        self._line.send(None)
        self._process.join(5)
