"""What publishing costs: CPU for each post, how quickly due posts drain on PostgreSQL, and how punctually they leave.

`python -m benchmarks.publishing [--posts 1000]`. The networks are the emulators, over real HTTP on loopback, each
answer a tenth of a second late, as a network's would be.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

PARTS = ("cpu", "drain", "on-time")
LATENCY = 0.1  # seconds
ROOT = Path(__file__).resolve().parents[1]
NAMES = [f"{('x', 'page')[number % 2]}-{number}" for number in range(10)]


def main() -> None:
    """Measure on a database each, in processes of their own: Django has one database for its life."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--bare", nargs=3, metavar=("X", "LINKEDIN", "THREADS"))
    asked = parser.parse_args()
    if asked.bare:
        _bare(*asked.bare, posts=asked.posts)
        return
    if asked.only is None:
        for only in PARTS:
            words = ["--only", only, "--posts", str(asked.posts)]
            words += ["--workers", *map(str, asked.workers)]
            subprocess.run([sys.executable, "-m", "benchmarks.publishing", *words], check=True)
        return
    with tempfile.TemporaryDirectory(prefix="herodr-bench-") as name:
        if asked.only == "cpu":
            _prepare(f"sqlite:///{name}/bench.sqlite3")
            cpu()
            return
        if asked.only == "on-time":
            address = f"sqlite:///{name}/bench.sqlite3"
            _prepare(address)
            on_time(Path(name), address)
            return
        from tests import postgres

        with postgres.server() as address:
            _prepare(address)
            for workers in asked.workers:
                drain(workers, asked.posts, Path(name), address)


def _prepare(address: str) -> None:
    import logging

    os.environ.update(
        DATABASE_URL=address,
        SECRET_KEY="only here",  # noqa: S106
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", interactive=False, verbosity=0)


def cpu(posts: int = 80) -> None:
    """CPU of claim, send and record, beside the bare request that the client's library makes."""
    from review.text import Content
    from tests.faults.world import World

    with World(duplicates=True) as world:
        world.make_posts(["x"] * posts)
        # The emulator answers in this process, on threads of its own: only the publisher's is counted.
        began = time.thread_time()
        world.work()
        ours = (time.thread_time() - began) / posts
        contents = [Content(text=f"Number {number} of the yardstick.") for number in range(15)]
        began = time.thread_time()
        for content in contents:
            world.client_for("x", True).deliver(content)
        bare = (time.thread_time() - began) / len(contents)
        done = sum(world.ledger("x").values()) - len(contents)
    print(
        f"claim, send, record: {ours * 1000:.1f} ms of CPU a post ({done} posts, SQLite); "
        f"the request alone: {bare * 1000:.1f} ms (ratio {ours / bare:.1f})"
    )


def _accounts() -> str:
    written = ""
    for name in NAMES:
        network = "x" if name.startswith("x") else "linkedin"
        author = "" if network == "x" else 'author = "urn:li:organization:5515715"\n'
        written += f'[[account]]\nname = "{name}"\nnetwork = "{network}"\n{author}'
        written += f'credentials = "{network.upper()}"\nlive = true\n'
    return written


def _patient(world: Any, posts: int, now: Any) -> None:
    """Let the emulators go by the real clock, count no limits, and answer late."""
    from tests.emulators.faults import Fault, Kind
    from tests.emulators.x import Limits

    world.clock.now = now()
    world.x.limits["POST /2/tweets"] = Limits(10**9)
    world.linkedin.daily_limit = 10**9
    for emulator in (world.x, world.linkedin):
        emulator.clock = now
        emulator.play(*[Fault(Kind.DELAY, seconds=LATENCY)] * posts)


def drain(workers: int, posts: int, folder: Path, address: str) -> None:
    """Posts a second with so many workers, how many claims were made twice, and what the networks would allow.

    The workers are those of `bot worker`. They stand ready when the posts become due, all at once.
    """
    from django.db import connection

    from review import record
    from review.models import Attempt, Post, Worker
    from review.states import State
    from tests.faults.killing import now
    from tests.faults.world import World

    def left() -> bool:
        return Post.objects.exclude(state=State.PUBLISHED).exists()

    with World(duplicates=False) as world:
        _patient(world, posts, now)
        Worker.objects.all().delete()
        names = [NAMES[number % len(NAMES)] for number in range(posts)]
        later = now() + timedelta(hours=1)
        world.make_posts(names, due=[later] * posts)
        running = [_worker(folder, address, world) for _ in range(workers)]
        while Worker.objects.count() < workers:
            time.sleep(0.1)
        time.sleep(2)  # the first looks are over
        before, server_before = sum(_cpu_of(one.pid) for one in running), cpu_of_server()
        Post.objects.update(due_at=now())
        began = time.monotonic()
        while left():
            time.sleep(0.2)
        took = time.monotonic() - began
        used = sum(_cpu_of(one.pid) for one in running) - before
        used_there = cpu_of_server() - server_before
        for one in running:
            one.send_signal(signal.SIGTERM)
        for one in running:
            one.wait(timeout=60)
        twice = Attempt.objects.count() - posts
        sent = sum(world.x.ledger.values()) + sum(world.linkedin.ledger.values())
        assert record.verify() == ""
        connection.close()
    with World(duplicates=False) as world:
        _patient(world, posts, now)
        began = time.monotonic()
        urls = [world.x.url, world.linkedin.url]
        each = ["--bare", *urls, str(_hands()), "--posts", str(posts // workers)]
        command = [sys.executable, "-m", "benchmarks.publishing", *each]
        running = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(workers)
        ]
        for process in running:
            assert process.stdout is not None
            process.stdout.readline()
        began = time.monotonic()
        for process in running:
            process.communicate("go\n")
        bare = time.monotonic() - began
    print(
        f"{workers} workers: {posts / took:.0f} posts/s ({posts} posts over {len(NAMES)} accounts, PostgreSQL, "
        f"{os.cpu_count()} cores for all), {twice} double claims, {sent - posts} sent twice; CPU a post: {used / posts * 1000:.1f} ms in the workers, "
        f"{used_there / posts * 1000:.1f} ms in PostgreSQL; load average {os.getloadavg()[0]:.0f}; the requests alone, as many side by side: {posts / bare:.0f}/s (ratio {took / bare:.1f})",
        flush=True,
    )


def _worker(folder: Path, address: str, world: Any) -> subprocess.Popen[bytes]:
    """Start `bot worker` with ten accounts, no sources and no spacing."""
    from tests.emulators.linkedin import TOKEN
    from tests.emulators.x import KEYS

    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "accounts.toml").write_text(_accounts())
    (config / "sources.toml").write_text("")
    (config / "calendar.toml").write_text('spacing = "0s"\n')
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "worker"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'queue'}",
            "DATABASE_URL": address,
            "HERODR_CONFIG": str(config),
            "X_API_URL": world.x.url,
            "LINKEDIN_API_URL": world.linkedin.url,
            "LINKEDIN_ACCESS_TOKEN": TOKEN,
            **{f"X_{name}": value for name, value in KEYS.items()},
        },
        stderr=subprocess.DEVNULL,
    )


def _hands() -> int:
    from bot.worker import HANDS

    return HANDS


def _bare(x: str, linkedin: str, threads: str, *, posts: int) -> None:
    """Send so many posts and keep no record, from so many threads: what the networks take at the most."""
    _prepare("sqlite://:memory:")
    from datetime import UTC

    from bot.networks.base import AccountDetails, Endpoints
    from bot.networks.linkedin import LinkedInClient
    from bot.networks.x import XClient
    from review.text import Content
    from tests.emulators.linkedin import PAGE, TOKEN
    from tests.emulators.x import KEYS

    endpoints = Endpoints(x_api=x, linkedin_api=linkedin)
    left = iter(range(posts))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return
            network, make, secrets = (
                ("x", XClient, KEYS),
                ("linkedin", LinkedInClient, {"ACCESS_TOKEN": TOKEN}),
            )[number % 2]
            details = AccountDetails(
                name="bare",
                network=network,
                author=PAGE,
                credentials=network.upper(),
                secret=secrets.__getitem__,
            )
            client = make(details, endpoints=endpoints, now=lambda: datetime.now(UTC))
            client.deliver(Content(text=f"Number {number} of {os.getpid()}."))

    hands = [threading.Thread(target=work) for _ in range(int(threads))]
    print("ready", flush=True)
    sys.stdin.readline()
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def on_time(folder: Path, address: str, posts: int = 40) -> None:
    """How late posts leave, by when their request arrives; and what the worker costs while nothing is due."""
    from tests.faults.killing import now
    from tests.faults.world import World

    chance = random.Random(1)  # noqa: S311
    with World(duplicates=False) as world:
        _patient(world, posts, now)
        begin = now() + timedelta(seconds=15)
        due = sorted(begin + timedelta(seconds=chance.uniform(0, 40)) for _ in range(posts))
        world.make_posts([NAMES[number % len(NAMES)] for number in range(posts)], due=due)
        arrived: list[datetime] = []
        world.at = lambda point: arrived.append(now()) if point == "arrived" else None
        worker = _worker(folder, address, world)
        while len(arrived) < posts and now() < due[-1] + timedelta(minutes=1):
            time.sleep(0.1)
        before = _cpu_of(worker.pid)
        time.sleep(30)
        idle = (_cpu_of(worker.pid) - before) / 30
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)
    late = sorted((a - d).total_seconds() for a, d in zip(sorted(arrived), due, strict=False))
    print(
        f"on time: {len(late)} of {posts} posts left {statistics.median(late) * 1000:.0f} ms after their time in the median, "
        f"{late[-1] * 1000:.0f} ms at the latest; with nothing due the worker uses {idle * 100:.1f} % of a core"
    )


def cpu_of_server() -> float:
    """Seconds of CPU that PostgreSQL has used, by the processes that it has and those that have ended."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        parent = int(_stat(cursor.fetchone()[0])[1])
    ended = _stat(parent)
    used = sum(int(ended[place]) for place in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return used + sum(_cpu_of(int(pid)) for pid in children)


def _cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


if __name__ == "__main__":
    main()
