"""Time limits for many short tasks at once.

A timer for each task costs a twentieth of a short answer; one look over all of them now and then costs nothing,
and ends a task at most that much later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlines:
    """Ends what takes longer than `seconds`. For the tasks of one event loop."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._look_every = min(1.0, seconds / 20)
        self._until: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._looking: asyncio.TimerHandle | None = None

    async def within(self, work: Awaitable[T]) -> T:
        """Return what `work` returns. Raises TimeoutError where that takes too long."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - only tasks await
        loop = asyncio.get_running_loop()
        self._until[task] = loop.time() + self._seconds
        if self._looking is None:
            self._looking = loop.call_later(self._look_every, self._look, loop)
        try:
            return await work
        except asyncio.CancelledError:
            # Somebody else may have cancelled it too; then that counts.
            if task in self._ended and task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            del self._until[task]
            self._ended.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = None
        if not self._until:
            return
        now = loop.time()
        for task, until in self._until.items():
            if until <= now and task not in self._ended:
                self._ended.add(task)
                task.cancel()
        self._looking = loop.call_later(self._look_every, self._look, loop)
