"""Who carries jobs out: one hand in the calling thread, or several side by side.

A job is given under a key, such as the account it is for; two jobs of one key are never in hand at once. So a slow
network holds up its own account only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from django.db import connections

log = logging.getLogger(__name__)

Job = Callable[[], object]

IDLE = 2.0  # seconds that a hand waits for the next job before it gives its connection back


class Crew(Protocol):
    """Takes jobs. `keys` are those in hand."""

    @property
    def keys(self) -> frozenset[str]: ...

    def takes(self, key: str = "", *, spare: int = 0) -> bool:
        """Say whether a job of `key` would begin at once, and leave `spare` hands free."""
        ...

    def give(self, key: str, job: Job) -> None:
        """Carry `job` out, now. Only after `takes` said so."""
        ...


class Alone:
    """One hand: a job is done when `give` returns, and what it raises comes out of there."""

    @property
    def keys(self) -> frozenset[str]:
        """Nothing is ever in hand between two jobs."""
        return frozenset()

    def takes(self, key: str = "", *, spare: int = 0) -> bool:
        """Always."""
        return True

    def give(self, key: str, job: Job) -> None:
        """Do `job`."""
        job()


class SideBySide:
    """So many hands, each a thread with a database connection of its own.

    A hand keeps its connection from one job to the next: making one costs the database more than a post does.
    One that has had no job for `idle` seconds ends, and its connection with it.
    """

    def __init__(self, hands: int, *, idle: float = IDLE) -> None:
        self.hands = hands
        self._idle = idle
        self._lock = threading.Lock()
        self._given = threading.Condition(self._lock)
        self._ended = threading.Condition(self._lock)
        self._keys: set[str] = set()
        self._jobs: deque[tuple[str, Job]] = deque()  # given, and not yet begun
        self._threads: set[threading.Thread] = set()
        self._waiting = 0  # of the threads, for a job
        self._done = 0  # jobs, ever
        self._closed = False

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the jobs in hand."""
        with self._lock:
            return frozenset(self._keys)

    @property
    def done(self) -> int:
        """How many jobs have ended, ever."""
        with self._lock:
            return self._done

    def takes(self, key: str = "", *, spare: int = 0) -> bool:
        """Say whether a hand is free for `key`, and `spare` more."""
        with self._lock:
            return key not in self._keys and len(self._keys) + spare < self.hands

    def give(self, key: str, job: Job) -> None:
        """Begin `job`. Raises RuntimeError when one of that key is in hand, or no hand is free."""
        with self._lock:
            if self._closed or key in self._keys or len(self._keys) >= self.hands:
                raise RuntimeError(f"No hand is free for {key}.")
            if len(self._jobs) >= self._waiting:
                thread = threading.Thread(target=self._hand, name="hand")
                self._threads.add(thread)
                try:
                    thread.start()
                except BaseException:
                    self._threads.discard(thread)
                    raise
            self._keys.add(key)
            self._jobs.append((key, job))
            self._given.notify()

    def _hand(self) -> None:
        try:
            while (given := self._next()) is not None:
                self._carry_out(*given)
        finally:
            connections.close_all()
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _next(self) -> tuple[str, Job] | None:
        """Wait for a job; None when none has come for long, or none will."""
        with self._lock:
            self._waiting += 1
            try:
                self._given.wait_for(lambda: self._jobs or self._closed, self._idle)
            finally:
                self._waiting -= 1
            return self._jobs.popleft() if self._jobs else None

    def _carry_out(self, key: str, job: Job) -> None:
        try:
            job()
        except Exception:
            # A post that is in hand keeps its lease, which runs out: unconfirmed, never lost.
            log.exception("a job for %s failed", key)
            connections.close_all()
        finally:
            if any(one.errors_occurred for one in connections.all(initialized_only=True)):
                # What broke stays broken until it is closed.
                connections.close_all()
            with self._lock:
                self._keys.discard(key)
                self._done += 1
                self._ended.notify_all()

    def rest(self, seconds: float, *, since: int | None = None) -> bool:
        """Wait until a job has ended, `seconds` at the most; say whether one has.

        `since` is what `done` was when the caller last looked, so that what ended meanwhile counts too.
        """
        with self._lock:
            done = self._done if since is None else since
            return self._ended.wait_for(lambda: self._done != done, max(0.0, seconds))

    def finish(self, seconds: float) -> bool:
        """Wait until nothing is in hand, `seconds` at the most; say whether that came about."""
        until = time.monotonic() + seconds
        with self._lock:
            return self._ended.wait_for(lambda: not self._keys, max(0.0, until - time.monotonic()))

    def close(self) -> None:
        """Take no more jobs, and wait for those in hand."""
        with self._lock:
            self._closed = True
            self._given.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join()
