"""The moment after which a delivery may not begin a request any more.

A worker that stood still (a suspended machine, a stopped process) may wake when its lease has long ended and
others have looked for the post in vain. It must not send then. So every request asks here last: a passed
deadline means that nothing was sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Steady = Callable[[], float]


def steady() -> float:
    """Return seconds on a clock that nobody can set, and that goes on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


_deadline: ContextVar[tuple[float, Steady] | None] = ContextVar("deadline", default=None)


@contextmanager
def until(deadline: float, clock: Steady = steady) -> Iterator[None]:
    """Let no request begin after `deadline` (seconds of `clock`) while inside."""
    token = _deadline.set((deadline, clock))
    try:
        yield
    finally:
        _deadline.reset(token)


def passed() -> bool:
    """Say whether it is too late to begin a request."""
    limit = _deadline.get()
    return limit is not None and limit[1]() >= limit[0]
