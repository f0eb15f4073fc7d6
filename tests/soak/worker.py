"""A worker of the month, in a process of its own: its memory and open files are nobody else's.

    month ─Task→ worker: watch, compose, publish, look over, keep house ─Done→ month

It is killed as the system kills: at some line of our code the process is gone, without a word.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from bot.networks.base import Client, Endpoints
from config.schema import Configuration
from tests.soak.servers import Servers

NOBODY = "http://127.0.0.1:9"  # where nobody listens


@dataclass(frozen=True)
class Task:
    """A quarter of an hour: when it is, how the world is, and at which line of our code it kills (0: none)."""

    name: str
    seconds: float  # since the month began
    wrong_by: timedelta
    ahead: timedelta
    servers: Servers
    x_is_out_of_reach: bool
    version: str
    disk_least: int
    kill_at: int = 0
    count_objects: bool = False
    configuration: Configuration | None = None  # where it has changed


@dataclass(frozen=True)
class Done:
    """What came of a task, and what the process holds now. Memory in bytes; objects by type, where asked."""

    trouble: str
    raised: list[str]
    cleared: list[str]
    memory: int
    files: int
    objects: Counter[str] = field(default_factory=Counter)


class Worker:
    """The month's side of a worker's process."""

    def __init__(self, *, x: str, linkedin: str, configuration: Configuration, seed: int) -> None:
        self._settings = (x, linkedin, seed)
        self._new: Configuration | None = configuration
        self._known = configuration
        self.start()

    def start(self) -> None:
        """Begin a new process."""
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_live, args=(theirs, *self._settings), daemon=True)
        self._process.start()
        theirs.close()
        self._new = self._known

    def learn(self, configuration: Configuration) -> None:
        """Go by another configuration from the next task on."""
        self._new = self._known = configuration

    def give(self, task: Callable[[Configuration | None], Task]) -> None:
        """Begin a task; `wait` brings what came of it."""
        self._line.send(task(self._new))
        self._new = None

    def wait(self) -> Done | None:
        """Wait for the end of the task. None: the process was killed."""
        try:
            done: Done = self._line.recv()
        except (EOFError, ConnectionError):
            self._process.join()
            if self._process.exitcode != -signal.SIGKILL:
                raise RuntimeError(f"a worker ended with {self._process.exitcode}") from None
            return None
        return done

    def end(self) -> None:
        """End the process."""
        self._line.close()
        self._process.join(20)
        self._process.kill()


def _live(line: Connection, x: str, linkedin: str, seed: int) -> None:
    """The process: carry out task after task until the line is closed."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    at_work = _AtWork(Endpoints(x_api=x, linkedin_api=linkedin), random.Random(seed))  # noqa: S311
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        line.send(at_work.do(task))


class _AtWork:
    def __init__(self, endpoints: Endpoints, rng: random.Random) -> None:
        from tests.faults.world import Clock

        self.endpoints = endpoints
        self.rng = rng
        self.clock = Clock()
        self.task: Task | None = None
        self.configuration: Configuration | None = None

    def do(self, task: Task) -> Done:
        from django.db import close_old_connections, connection

        from tests.faults.world import BEGIN

        self.task = task
        self.clock.now = BEGIN + timedelta(seconds=task.seconds)
        self.clock.wrong_by = task.wrong_by
        self.configuration = task.configuration or self.configuration
        raised: list[str] = []
        cleared: list[str] = []
        trouble = ""
        close_old_connections()
        try:
            raised, cleared = self._work()
        except Exception as error:
            trouble = f"{type(error).__name__} in worker {task.name}: {error}"
            connection.close()
        return Done(
            trouble,
            raised,
            cleared,
            memory=_memory(),
            files=len(list(Path("/proc/self/fd").iterdir())),
            objects=_objects() if task.count_objects else Counter(),
        )

    def _work(self) -> tuple[list[str], list[str]]:
        from bot import compose, mind, publish, watch
        from review import chores, pruning
        from tests.faults.world import dying

        configuration, task = self.configuration, self.task
        assert configuration is not None
        assert task is not None
        now = self.clock.wall()
        watch.watch(configuration, now=now, rng=self.rng, fetch=task.servers)
        compose.compose(
            configuration, mind=mind.current(configuration), now=now, fetch=task.servers
        )
        with dying(task.kill_at, die=_die):
            publish.publish(
                configuration,
                clock=self.clock.wall,
                worker=task.name,
                client_for=self._client_for,
                steady=self.clock.steady,
                sleep=lambda _seconds: None,
            )
        if chores.take("prune", every=timedelta(days=1), now=now):
            pruning.prune(keep=configuration.calendar.keep, now=now)
        return self._look_over()

    def _look_over(self) -> tuple[list[str], list[str]]:
        from bot import alerts
        from tests.soak.month import kind_of, signs

        assert self.configuration is not None
        assert self.task is not None
        now = self.clock.wall()
        found = signs(
            self.configuration,
            now=now,
            version=self.task.version,
            ahead=self.task.ahead,
            disk_least=self.task.disk_least,
        )
        changes = alerts.update(found, now=now)
        return [kind_of(a) for a in changes.raised], [kind_of(a) for a in changes.cleared]

    def _client_for(self, name: str, live: bool) -> Client:
        """The client of an account; while X is out of reach, one that finds nobody listening."""
        from tests.faults.world import make_client

        assert self.task is not None
        nowhere = name == "x" and self.task.x_is_out_of_reach
        endpoints = Endpoints(x_api=NOBODY) if nowhere else self.endpoints
        return make_client(name, endpoints=endpoints, now=self.clock.wall)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _memory() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def _objects() -> Counter[str]:
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects())
