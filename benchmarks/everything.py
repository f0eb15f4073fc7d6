"""How quick it is: `make bench`. Each figure stands beside a yardstick measured in the same run.

Machines differ and swing; ratios hold better than seconds. Nothing here is a test.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "config" / "samples" / "bulletin.html"


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The settings of a machine with nothing on it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'queue'}", "LOG_LEVEL": "ERROR", **settings}


def cpu_of(words: list[str], folder: Path) -> float:
    """CPU seconds (user and system) that a command costs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def preview(folder: Path) -> None:
    """`bot preview` on the sample, beside importing the libraries it cannot do without."""
    ours = median(cpu_of(["-m", "bot", "preview", str(SAMPLE)], folder) for _ in range(5))
    bare = "import feedparser, jinja2, lxml.html, nh3, pydantic, typer, twitter_text"
    yardstick = median(cpu_of(["-c", bare], folder) for _ in range(5))
    print(
        f"bot preview, sample bulletin: {ours:.2f} s CPU; importing its libraries: {yardstick:.2f} s "
        f"(ratio {ours / yardstick:.2f})"
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[tuple[float, int]]:
    """`bot run`; yields the seconds until it was ready, and its process id."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env=environment(folder, PORT=str(free_port())),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Herodr is ready"):
            break
    try:
        yield time.perf_counter() - started, process.pid
    finally:
        stopping = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.wait()
        print(f"Ctrl-C to ended: {time.perf_counter() - stopping:.1f} s")


def children(pid: int) -> dict[str, int]:
    """The process ids of the desk and the worker that `bot run` started."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            command = (path.parent / "cmdline").read_text().split("\0")
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid and command[-2] in ("web", "worker"):
            found[command[-2]] = int(path.parent.name)
    return found


def used(pid: int) -> tuple[float, float]:
    """CPU seconds and resident megabytes of a process."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    memory = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return (int(stat[11]) + int(stat[12])) / ticks, int(memory[1]) / 1024 if memory else 0.0


def run(folder: Path) -> None:
    """Ready, idle, ended."""
    with running(folder):
        pass
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=folder,
        env=environment(folder, DJANGO_SETTINGS_MODULE="config.settings"),
        check=True,
    )
    yardstick = time.perf_counter() - started
    with running(folder) as (ready, pid):
        print(f"bot run, second start: ready in {ready:.1f} s; Django alone {yardstick:.1f} s")
        time.sleep(15)
        for name, child in children(pid).items():
            before, _ = used(child)
            time.sleep(20)
            after, memory = used(child)
            print(f"idle {name}: {(after - before) / 20:.2%} CPU, {memory:.0f} MB")


def queue_page(folder: Path) -> None:
    """The queue page with 200 posts beside the one with 2, in one process."""
    script = ROOT / "benchmarks" / "queue_page.py"
    subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        env=environment(
            folder, DJANGO_SETTINGS_MODULE="config.settings", DATABASE_URL="sqlite://:memory:"
        ),
        check=True,
    )


if __name__ == "__main__":
    for measure in (preview, queue_page, run):
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name))
