"""Real workers, killed with SIGKILL at a random instant, on a real database, against both networks over HTTP.

A small nursery process, which has one thread and has loaded everything, forks the workers, so that hundreds can
die in a minute. What they leave is settled by one more worker, whose clock has moved on past their leases.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import connection

from review.models import Attempt, Post
from review.states import State
from tests.emulators import faults
from tests.emulators.faults import Fault, Kind
from tests.faults.world import ROOT, World

NURSERY = """
import os, resource, sys
import django
django.setup()
from bot import worker
from bot.crew import SideBySide
from config import schema
from pathlib import Path
from django.db import connection
configuration = schema.load(Path(os.environ["HERODR_CONFIG"]))
worker.publish.real_clients  # loaded
import bot.networks.x, bot.networks.linkedin
print("ready", flush=True)
for line in sys.stdin:
    environment = dict(pair.split("=", 1) for pair in line.split())
    pid = os.fork()
    if pid == 0:
        os.environ.update(environment)
        if "FILE_SIZE" in environment:
            # The disk is full for this process: no file may grow, or be written, beyond so many bytes.
            most = int(environment["FILE_SIZE"])
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        one_pass = worker.Pass(configuration, name=f"killed-{os.getpid()}")
        crew = SideBySide(worker.HANDS)
        one_pass.publish(crew)
        while True:
            crew.rest(0.1)
            one_pass.send(crew)
    print(pid, flush=True)
    # Whoever was killed is buried.
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
"""
# What leaves it open whether a post is out.
UNKNOWN = (
    faults.APPLY_THEN_DROP,
    faults.APPLY_THEN_503,
    faults.APPLY_THEN_HTML_502,
    faults.DROP_BEFORE_APPLY,
    faults.HTML_502,
    faults.EMPTY_LIST,
    faults.NULL,
    faults.WITHOUT_ID,
)
ROOM = (0, 4096, 30_000, 120_000, 300_000)  # bytes
ACCOUNTS = """
[[account]]
name = "x"
network = "x"
credentials = "X"
live = true
[[account]]
name = "page"
network = "linkedin"
author = "urn:li:organization:5515715"
credentials = "LINKEDIN"
live = true
[[account]]
name = "member"
network = "linkedin"
author = "urn:li:person:aB_cd-12"
credentials = "LINKEDIN"
live = true
"""


class Nursery:
    """Where workers come from."""

    def __init__(self, folder: Path, address: str, *, accounts: str = ACCOUNTS) -> None:
        from tests.emulators.linkedin import TOKEN
        from tests.emulators.x import KEYS

        config = folder / "config"
        config.mkdir(exist_ok=True)
        (config / "accounts.toml").write_text(accounts)
        (config / "sources.toml").write_text("")
        (config / "calendar.toml").write_text('spacing = "0s"\n')
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT}:{ROOT / 'queue'}",
                "DATABASE_URL": address,
                "HERODR_CONFIG": str(config),
                "LOG_LEVEL": "CRITICAL",
                "LINKEDIN_ACCESS_TOKEN": TOKEN,
                **{f"X_{name}": value for name, value in KEYS.items()},
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._said() == "ready"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def worker(self, **settings: str) -> int:
        """Start a worker that publishes until it is killed; return its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(f"{k}={v}" for k, v in settings.items()) + "\n")
        self._process.stdin.flush()
        return int(self._said())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


def rounds(number: int, *, seed: int, folder: Path, address: str) -> int:
    """Kill one to three workers in each of `number` rounds; return how many broke a promise."""
    began, bad, died_sending = time.monotonic(), 0, 0
    with Nursery(folder, address) as nursery:
        for each in range(seed, seed + number):
            broken, open_attempts = _round(nursery, random.Random(each))  # noqa: S311
            died_sending += bool(open_attempts)
            if broken:
                bad += 1
                print(f"kill {each}: {'; '.join(broken)}", flush=True)
    print(
        f"{connection.vendor}: {number} rounds of kill -9 from seed {seed} in "
        f"{time.monotonic() - began:.0f} s ({died_sending} left a post in hand), {bad} with a broken promise.",
        flush=True,
    )
    return bad


def _round(nursery: Nursery, chance: random.Random) -> tuple[list[str], int]:
    with World(duplicates=False) as world:
        world.clock.now = now()
        names = [chance.choice(("x", "page", "member")) for _ in range(chance.randint(2, 5))]
        world.make_posts(names)
        for emulator in (world.x, world.linkedin):
            emulator.clock = now
            if chance.random() < 0.4:
                emulator.play(chance.choice(UNKNOWN))
            emulator.play(*(Fault(Kind.DELAY, seconds=chance.uniform(0, 0.1)) for _ in names))
        urls = {"X_API_URL": world.x.url, "LINKEDIN_API_URL": world.linkedin.url}
        workers = []
        for _ in range(chance.randint(1, 3)):
            full = connection.vendor == "sqlite" and chance.random() < 0.25
            room = {"FILE_SIZE": str(chance.choice(ROOM))} if full else {}
            workers.append(nursery.worker(**urls, **room))
        # A worker without room may never come to send.
        wanted = chance.randint(0, len(names))
        _wait_for(world, requests=wanted, seconds=3 if len(workers) > 1 else 1)
        for worker in workers:
            time.sleep(chance.uniform(0, 0.05))
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.12)  # what was in flight arrives
        left = Attempt.objects.filter(closed_at=None).count()
        for emulator in (world.x, world.linkedin):
            emulator.clock = world.clock.network
        world.clock.now = now()
        for step in (1, 200, 16, 61, 301, 901):
            world.clock.move(step)
            world.work()
        broken = []
        for post in Post.objects.select_related("account"):
            text = post.revisions.get(number=1).text
            times = world.ledger(post.account.name).get(text, 0)
            asked = post.account.name == "member" and post.state == State.UNCONFIRMED
            settled = post.state in (State.PUBLISHED, State.IN_REVIEW) or (asked and post.reason)
            if times > 1:
                broken.append(f"post {post.pk} was published {times} times")
            if not settled or ((post.state == State.PUBLISHED) != bool(times) and not asked):
                broken.append(
                    f"post {post.pk}: {times} on the network, {post.state}: {post.reason}"
                )
        return broken, left


def _wait_for(world: World, *, requests: int, seconds: float) -> None:
    """Wait until so many requests to publish have arrived, or until it seems that no more will."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        seen = [*world.x.requests, *world.linkedin.requests]
        if sum(request.method == "POST" for request in seen) >= requests:
            return
        time.sleep(0.005)


def now() -> datetime:
    """The real time: real workers go by it, so the world does too."""
    return datetime.now(UTC)
