"""How fast sources are watched: `python -m benchmarks.watching`. Needs a folder of sample feeds.

A server on this machine plays 1,000 sources. Each figure stands beside a yardstick in the same run: a bare
aiohttp loop that makes the same requests, and the package `reader`, which is installed into an environment of
its own for the purpose (`--reader PATH` names a Python that has it already).

    all answer 304       beside the bare loop, and beside reader
    same bytes           200 without validators, nothing changed
    cold                 everything new: fetched, read, cleaned, stored
    one new of twenty    each source has one new item among twenty
    memory               of this process and of the reading ones, and after many passes
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples" / "feeds"
ITEM = (
    "<item><guid isPermaLink='false'>s{0}-{1}</guid><title>Report {1} on regional growth</title>"
    "<link>https://example.org/{0}/{1}</link><pubDate>Tue, 24 Nov 2026 09:{1:02}:00 GMT</pubDate>"
    "<description>{2}</description></item>"
)
WORDS = (
    "&lt;p&gt;The report on &lt;a href='/growth'&gt;regional growth&lt;/a&gt; finds that fourteen regions "
    "grew, and says &lt;b&gt;why&lt;/b&gt;. It was written with the regions themselves.&lt;/p&gt;"
) * 8


def twenty(number: int, first: int) -> bytes:
    """A feed of twenty items, the newest `first`."""
    items = "".join(ITEM.format(number, n % 60, WORDS) for n in range(first, first - 20, -1))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>S{number}</title>{items}</channel></rss>'.encode()


# -- the server, a process of its own -------------------------------------------------------------------


def serve(line: Connection, bodies: list[bytes]) -> None:
    """Play the sources. Orders over `line`: a mode, or ("new", bodies)."""
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
                lower = head.lower()
                if mode == "validators" and b"if-none-match:" in lower:
                    self.transport.write(b'HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n')
                    continue
                body = bodies[number]
                tag = b'ETag: "e"\r\n' if mode == "validators" else b""
                self.transport.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%sContent-Length: %d\r\n\r\n"
                    % (tag, len(body))
                    + body
                )

    async def run() -> None:
        nonlocal mode, bodies
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Protocol, "127.0.0.1", 0)
        line.send(server.sockets[0].getsockname()[1])
        while True:
            order = await loop.run_in_executor(None, line.recv)
            if order is None:
                return
            if isinstance(order, tuple):
                bodies = order[1]
            else:
                mode = order
            line.send("done")

    asyncio.run(run())


class Server:
    """The server's handle."""

    def __init__(self, bodies: list[bytes]) -> None:
        self.line, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=serve, args=(theirs, bodies), daemon=True)
        self.process.start()
        self.port = self.line.recv()

    def order(self, what: Any) -> None:
        self.line.send(what)
        self.line.recv()

    def close(self) -> None:
        self.line.send(None)
        self.process.join(5)


# -- the yardsticks -------------------------------------------------------------------------------------


def bare(urls: list[str], *, tagged: bool) -> tuple[float, float]:
    """Seconds and CPU seconds of a bare aiohttp loop that makes the same requests, as many at once."""
    import aiohttp

    async def run() -> tuple[float, float]:
        headers = {"If-None-Match": '"e"'} if tagged else {}
        slots = asyncio.Semaphore(32)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32)) as session:

            async def one(url: str) -> None:
                async with slots, session.get(url, headers=headers) as response:
                    await response.read()

            started, spent = time.perf_counter(), time.process_time()
            await asyncio.gather(*(one(url) for url in urls))
            return time.perf_counter() - started, time.process_time() - spent

    return asyncio.run(run())


READER = """
import sys, time, json, logging
logging.disable(logging.CRITICAL)
from reader import make_reader
path, count, port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
reader = make_reader(path)
for n in range(count):
    reader.add_feed(f"http://127.0.0.1:{port}/{n}", exist_ok=True)
print("ready", flush=True)
for line in sys.stdin:
    started, spent = time.perf_counter(), time.process_time()
    for result in reader.update_feeds_iter(workers=int(line), scheduled=False):
        pass
    print(json.dumps([time.perf_counter() - started, time.process_time() - spent]), flush=True)
"""


class Reader:
    """The package `reader`, on as many sources."""

    def __init__(self, python: str, folder: Path, name: str, count: int, port: int) -> None:
        self.process = subprocess.Popen(
            [python, "-c", READER, str(folder / f"reader-{name}.sqlite"), str(count), str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.count = count
        assert self.process.stdout
        assert self.process.stdout.readline().strip() == "ready"

    def update(self) -> tuple[float, float]:
        """Seconds and CPU seconds of a pass with one worker (more never help: one interpreter lock)."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("1\n")
        self.process.stdin.flush()
        seconds, spent = json.loads(self.process.stdout.readline())
        return float(seconds), float(spent)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def reader_python(folder: Path) -> str:
    """A Python with `reader` in an environment of its own."""
    place = folder / "reader"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = str(place / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "reader", "sgmllib3k"], check=True)
    return python


# -- ours -----------------------------------------------------------------------------------------------


class Ours:
    """`bot.watch` with a database of its own."""

    def __init__(self, folder: Path, name: str, count: int, port: int) -> None:
        from django.core.management import call_command
        from django.db import connection

        from bot.away import Away
        from bot.fetch import Limits, Session
        from config.schema import Configuration, Source
        from config.timing import Calendar

        connection.close()
        connection.settings_dict["NAME"] = str(folder / f"ours-{name}.sqlite")
        call_command("migrate", verbosity=0)
        self.configuration = Configuration(
            directory=folder,
            sources=tuple(
                Source.model_validate({"name": f"S{n}", "url": f"http://127.0.0.1:{port}/{n}"})
                for n in range(count)
            ),
            accounts=(),
            calendar=Calendar(),
        )
        # All sources are one host here, so the two connections a host gets would measure politeness.
        self.fetch = Session(allow_hosts=["127.0.0.1"], limits=Limits(per_host=32))
        self.away = Away()
        self.now = datetime.now(UTC)

    def spent(self) -> float:
        """CPU seconds of this process and of those that read for it."""
        tick = os.sysconf("SC_CLK_TCK")
        total = time.process_time()
        for child in self.away._children:
            stat = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(stat[11]) + int(stat[12])) / tick
        return total

    def update(self) -> tuple[float, float]:
        """Seconds and CPU seconds of a pass with all bookkeeping."""
        from bot.watch import watch

        self.now += timedelta(days=2)
        started, spent = time.perf_counter(), self.spent()
        report = watch(
            self.configuration,
            now=self.now,
            rng=random.SystemRandom(),
            fetch=self.fetch,
            run=self.away,
        )
        seconds = time.perf_counter() - started
        assert report.asked == len(self.configuration.sources), report
        self.new = report.new + report.noted
        return seconds, self.spent() - spent

    def close(self) -> None:
        self.fetch.close()
        self.away.close()


def memory(pid: int | str = "self") -> float:
    """Resident megabytes of a process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


Cost = tuple[float, float]  # seconds, CPU seconds


def middle(costs: list[Cost]) -> Cost:
    """The medians of several costs."""
    return median(c[0] for c in costs), median(c[1] for c in costs)


def say(title: str, ours: Cost, count: int, *beside: tuple[str, Cost, int]) -> None:
    """Print a line of figures; `beside` holds names, costs and numbers of sources."""
    print(
        f"{title}: ours {count / ours[0]:.0f} sources/s, {1000 * ours[1] / count:.2f} ms CPU each"
    )
    for name, cost, number in beside:
        wall, spent = (cost[n] / number / (ours[n] / count) for n in (0, 1))
        print(
            f"    {name} {number / cost[0]:.0f} sources/s, {1000 * cost[1] / number:.2f} ms CPU each: "
            f"ours is {wall:.2f} x as fast, with 1/{spent:.2f} of the CPU",
            flush=True,
        )


def sample_bodies(folder: Path, count: int) -> list[bytes]:
    """Sample feeds that `reader` can read too, repeated, each made different by a comment at its end."""
    rejected = (
        set((folder / "reader-rejects.txt").read_text().split())
        if (folder / "reader-rejects.txt").exists()
        else set()
    )
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in (".xml", ".rss", ".atom", ".rdf") and path.name not in rejected
    )
    bodies = [path.read_bytes() for path in files]
    bodies = [body for body in bodies if body.lstrip().startswith(b"<?xml") and body[:1] == b"<"]
    return [bodies[n % len(bodies)] + b"\n<!-- %d -->" % n for n in range(count)]


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--sources", type=int, default=1000)
    options.add_argument("--reader", default="", help="a Python that has the package reader")
    options.add_argument("--samples", type=Path, default=SAMPLES)
    options.add_argument("--passes", type=int, default=100)
    chosen = options.parse_args()
    count: int = chosen.sources
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="config.settings",
            DATABASE_URL=f"sqlite:///{folder}/start.sqlite",
            SECRET_KEY="benchmark",  # noqa: S106
            LOG_LEVEL="ERROR",
        )
        sys.path[:0] = [str(ROOT), str(ROOT / "queue")]
        import django

        django.setup()
        python = chosen.reader or reader_python(folder)
        twenties(folder, python, count)
        if chosen.samples.exists():
            cold(folder, python, sample_bodies(chosen.samples, 300))
        growing(folder, count, chosen.passes)


def twenties(folder: Path, python: str, count: int) -> None:
    """All the measures on feeds of twenty items."""
    few = min(count, 300)  # reader is too slow for more
    server = Server([twenty(n, 20) for n in range(count)])
    urls = [f"http://127.0.0.1:{server.port}/{n}" for n in range(count)]
    ours = Ours(folder, "twenty", count, server.port)
    reader = Reader(python, folder, "twenty", few, server.port)
    say("cold, twenty items", ours.update(), count, ("reader", reader.update(), few))
    pairs = [(ours.update(), bare(urls, tagged=True)) for _ in range(9)]
    _beside_bare(
        "all 304", pairs, count, ("reader", middle([reader.update() for _ in range(5)]), few)
    )
    server.order("plain")
    ours.update()
    reader.update()
    pairs = [(ours.update(), bare(urls, tagged=False)) for _ in range(9)]
    _beside_bare("same bytes", pairs, count, ("reader", reader.update(), few))
    mine, theirs = [], []
    for first in (21, 22, 23):
        server.order(("new", [twenty(n, first) for n in range(count)]))
        mine.append(ours.update())
        assert ours.new == count, ours.new
        theirs.append(reader.update())
    say("one new of twenty", middle(mine), count, ("reader", middle(theirs), few))
    children = [memory(child.process.pid) for child in ours.away._children]
    print(
        f"memory: {memory():.0f} MB, reading processes {', '.join(f'{m:.0f}' for m in children)} MB"
    )
    ours.close()
    reader.close()
    server.close()


def _beside_bare(
    title: str, pairs: list[tuple[Cost, Cost]], count: int, other: tuple[str, Cost, int]
) -> None:
    mine, yardstick = middle([p[0] for p in pairs]), middle([p[1] for p in pairs])
    say(title, mine, count, ("bare loop", yardstick, count), other)
    wall, spent = (median(a[n] / b[n] for a, b in pairs) for n in (0, 1))
    print(
        f"    beside the bare loop, median of {len(pairs)} pairs: wall {wall:.2f}, CPU {spent:.2f}"
    )


def cold(folder: Path, python: str, bodies: list[bytes]) -> None:
    """The sample feeds, all new."""
    server = Server(bodies)
    ours = Ours(folder, "cold", len(bodies), server.port)
    reader = Reader(python, folder, "cold", len(bodies), server.port)
    say("cold, sample feeds", ours.update(), len(bodies), ("reader", reader.update(), len(bodies)))
    children = [memory(child.process.pid) for child in ours.away._children]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"memory: {memory():.0f} MB (peak {peak:.0f}), reading processes "
        f"{', '.join(f'{m:.0f}' for m in children)} MB"
    )
    ours.close()
    reader.close()
    server.close()


def growing(folder: Path, count: int, passes: int) -> None:
    """Memory after one pass, and after many in which one source in fifty has a new item."""
    server = Server([twenty(n, 20) for n in range(count)])
    server.order("plain")
    ours = Ours(folder, "growing", count, server.port)
    ours.update()
    ours.update()
    before = memory()
    for number in range(passes):
        first = 21 + number
        server.order(("new", [twenty(n, first if n % 50 == 0 else 20) for n in range(count)]))
        ours.update()
    print(f"memory after {passes} passes: {memory():.0f} MB, after the first two {before:.0f} MB")
    ours.close()
    server.close()


if __name__ == "__main__":
    main()
