"""Who carries jobs out: one hand in the calling thread, or several side by side.

A job is given under a key, such as the account it is for; two jobs of one key are never in hand at once. So a slow
network holds up its own account only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from django.db import connections

log = logging.getLogger(__name__)

Job = Callable[[], object]


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
    """So many hands, each a thread with a database connection of its own."""

    def __init__(self, hands: int) -> None:
        self.hands = hands
        self._pool = ThreadPoolExecutor(hands, thread_name_prefix="hand")
        self._changed = threading.Condition()
        self._keys: set[str] = set()
        self._done = 0  # jobs, ever

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the jobs in hand."""
        with self._changed:
            return frozenset(self._keys)

    def takes(self, key: str = "", *, spare: int = 0) -> bool:
        """Say whether a hand is free for `key`, and `spare` more."""
        with self._changed:
            return key not in self._keys and len(self._keys) + spare < self.hands

    def give(self, key: str, job: Job) -> None:
        """Begin `job`. Raises RuntimeError when one of that key is in hand, or no hand is free."""
        with self._changed:
            if key in self._keys or len(self._keys) >= self.hands:
                raise RuntimeError(f"No hand is free for {key}.")
            self._keys.add(key)
        try:
            self._pool.submit(self._carry_out, key, job)
        except BaseException:
            self._end(key)
            raise

    def _carry_out(self, key: str, job: Job) -> None:
        try:
            job()
        except Exception:
            # A post that is in hand keeps its lease, which runs out: unconfirmed, never lost.
            log.exception("a job for %s failed", key)
        finally:
            # An idle hand keeps no connection.
            connections.close_all()
            self._end(key)

    def _end(self, key: str) -> None:
        with self._changed:
            self._keys.discard(key)
            self._done += 1
            self._changed.notify_all()

    def rest(self, seconds: float) -> bool:
        """Wait until a job has ended, `seconds` at the most; say whether one has."""
        with self._changed:
            done = self._done
            return self._changed.wait_for(lambda: self._done != done, max(0.0, seconds))

    def finish(self, seconds: float) -> bool:
        """Wait until nothing is in hand, `seconds` at the most; say whether that came about."""
        until = time.monotonic() + seconds
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._keys, max(0.0, until - time.monotonic())
            )

    def close(self) -> None:
        """Take no more jobs, and wait for those in hand."""
        self._pool.shutdown(wait=True)
