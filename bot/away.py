"""Runs a function in a process of its own, where it can be killed.

What strangers send is read here: a body that takes too long or too much memory costs its own job and nothing
else. The processes start when there is work, are used again, and end when they have been idle or have grown.

    parent ─(function, argument)→ child; child ─(whether it went well, result or error)→ parent
"""

from __future__ import annotations

import contextlib
import importlib
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Self, TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")

MIB = 1024 * 1024


class TooMuch(ValueError):
    """A job took more time or memory than it may. The text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a job may cost, and how long an idle process is kept. Times in seconds."""

    seconds: float = 20.0
    memory: int = 1024 * MIB  # address space of a process
    grown: int = 192 * MIB  # a process that once held so much is replaced
    idle: float = 300.0


def here(
    function: Callable[[Argument], Result], jobs: Sequence[Argument]
) -> Iterator[tuple[int, Result | ValueError]]:
    """Do `jobs` in this process: for a handful that a person waits for, and for tests."""
    for number, job in enumerate(jobs):
        yield number, _tried(function, job)


def _tried(function: Callable[[Argument], Result], job: Argument) -> Result | ValueError:
    try:
        return function(job)
    except ValueError as error:
        return error
    except MemoryError:
        return TooMuch("It was not read: that takes more memory than one source may have.")
    except Exception as error:
        return ValueError(f"It could not be read ({type(error).__name__}).")


@dataclass
class _Child:
    """One process and what it is doing."""

    process: subprocess.Popen[bytes]
    line: Connection
    number: int | None = None
    until: float = 0.0
    used_at: float = field(default_factory=time.monotonic)

    def end(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.wait()


class Away:
    """A few processes that do jobs. Not for use by several threads at a time. Use as a context manager, or
    call `close`."""

    def __init__(self, *, processes: int = 2, bounds: Bounds | None = None) -> None:
        self._most = processes
        self._bounds = bounds or Bounds()
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(
        self, function: Callable[[Argument], Result], jobs: Sequence[Argument]
    ) -> Iterator[tuple[int, Result | ValueError]]:
        """Do `jobs` with `function`, a function of a module; yield each one's number and result as it is done.

        A job that raises ValueError yields that error; one that takes too much yields `TooMuch`.
        """
        waiting = list(enumerate(jobs))[::-1]
        del jobs  # What is done with need not be held.
        try:
            while waiting or self._busy():
                while waiting and (child := self._free(len(waiting))) is not None:
                    number, job = waiting.pop()
                    self._give(child, number, function, job)
                yield from self._taken()
        finally:
            # Who stops listening halfway does not want the rest.
            for child in self._busy():
                self._drop(child)

    def rest(self) -> None:
        """End the processes that have been idle for long."""
        now = time.monotonic()
        for child in list(self._children):
            if child.number is None and now - child.used_at > self._bounds.idle:
                self._drop(child)

    def close(self) -> None:
        """End all processes."""
        for child in list(self._children):
            self._drop(child)

    def _busy(self) -> list[_Child]:
        return [child for child in self._children if child.number is not None]

    def _free(self, wanted: int) -> _Child | None:
        for child in self._children:
            if child.number is None:
                return child
        # A second process pays only where there is work enough to make up for its start.
        if len(self._children) < (1 if wanted < 4 else self._most):
            self._children.append(self._start())
            return self._children[-1]
        return None

    def _start(self) -> _Child:
        ours, theirs = Pipe()
        with theirs:
            handle = theirs.fileno()
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "bot.away", str(handle), str(self._bounds.memory)],
                pass_fds=(handle,),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return _Child(process, ours)

    def _give(self, child: _Child, number: int, function: Callable[..., Any], job: Any) -> None:
        child.number = number
        child.until = time.monotonic() + self._bounds.seconds
        order = (function.__module__, function.__qualname__, job)
        with contextlib.suppress(OSError):
            # A process that is no more shows when its answer is awaited.
            child.line.send_bytes(pickle.dumps(order, pickle.HIGHEST_PROTOCOL))

    def _taken(self) -> Iterator[tuple[int, Any]]:
        busy = self._busy()
        if not busy:
            return
        patience = max(0.0, min(child.until for child in busy) - time.monotonic())
        answered = wait([child.line for child in busy], patience)
        for child in busy:
            number = child.number
            assert number is not None  # noqa: S101
            if child.line in answered:
                yield number, self._answer(child)
            elif time.monotonic() >= child.until:
                self._drop(child)
                seconds = f"{self._bounds.seconds:g} seconds"
                yield number, TooMuch(f"It was not read: that takes longer than {seconds}.")

    def _answer(self, child: _Child) -> Any:
        try:
            # Our own process wrote it, not the stranger whose words are in it.
            grown, result = pickle.loads(child.line.recv_bytes())  # noqa: S301
        except (EOFError, OSError, pickle.UnpicklingError):
            self._drop(child)
            return TooMuch("It was not read: the process that reads it ended over it.")
        child.number, child.used_at = None, time.monotonic()
        if grown > self._bounds.grown:
            self._drop(child)
        return result

    def _drop(self, child: _Child) -> None:
        self._children.remove(child)
        child.end()


def _most_held() -> int:
    """Return the most memory that this process ever held, in bytes."""
    # Linux counts in ru_maxrss what the parent held when it started us; VmHWM is our own.
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _serve(handle: int, memory: int) -> None:
    """Be the child: do what comes over the line until it closes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Connection(handle) as line:
        while True:
            try:
                module, name, job = pickle.loads(line.recv_bytes())  # noqa: S301
            except (EOFError, OSError):
                return
            result = _tried(getattr(importlib.import_module(module), name), job)
            del job
            grown = _most_held()
            try:
                line.send_bytes(pickle.dumps((grown, result), pickle.HIGHEST_PROTOCOL))
            except MemoryError:
                sorry = TooMuch("It was not read: that takes more memory than one source may have.")
                line.send_bytes(pickle.dumps((grown, sorry)))
            except OSError:
                return


if __name__ == "__main__":
    # Under its own name, so that its errors are those the parent knows.
    importlib.import_module("bot.away")._serve(int(sys.argv[1]), int(sys.argv[2]))
