"""What watching is measured beside: a bare aiohttp loop, and the package `reader`."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

Cost = tuple[float, float]  # seconds, CPU seconds


def bare(urls: list[str], *, tagged: bool) -> Cost:
    """Cost of a bare aiohttp loop that makes the same requests, as many at once."""
    import aiohttp

    async def run() -> Cost:
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


_READER = """
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
    """The package `reader`, on as many sources, in a process of its own."""

    def __init__(self, python: str, folder: Path, count: int, port: int) -> None:
        self._process = subprocess.Popen(
            [python, "-c", _READER, str(folder / "reader.sqlite"), str(count), str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._said() == "ready"

    def _said(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def update(self) -> Cost:
        """Cost of a pass with one worker (more never help: one interpreter lock)."""
        assert self._process.stdin
        self._process.stdin.write("1\n")
        self._process.stdin.flush()
        seconds, spent = json.loads(self._said())
        return float(seconds), float(spent)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def reader_python(folder: Path) -> str:
    """A Python with `reader` in an environment of its own."""
    place = folder / "reader"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = str(place / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "reader", "sgmllib3k"], check=True)
    return python
