"""A compressed month on a real PostgreSQL: `python -m tests.soak`. Exit 1 when a promise was broken.

Nothing is lost, nothing is doubled, every alert is raised and cleared, and memory and open files stay flat, through
faults, kills, restarts and an upgrade under the workers' feet.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from tests import postgres

if TYPE_CHECKING:
    from tests.soak.month import Month

GROWTH = 1.25  # of memory, from the second quarter to the last
MORE_FILES = 12


def main() -> int:
    """Play the month; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--rate", type=float, default=0.1, help="news of a source in a day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", "--verbose", action="store_true")
    asked = parser.parse_args()
    with postgres.server() as address:
        os.environ.update(
            DATABASE_URL=address,
            SECRET_KEY="only for this month",
            DJANGO_SETTINGS_MODULE="config.settings",
        )
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        logging.disable(logging.CRITICAL)
        call_command("migrate", interactive=False, verbosity=0)
        # A month of commits in some minutes; what a power cut does is played elsewhere.
        with connection.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET synchronous_commit = off")
            cursor.execute("SELECT pg_reload_conf()")
        connection.close()
        return _play(asked)


def _play(asked: argparse.Namespace) -> int:
    from review import record
    from review.models import Attempt, Entry, Event, Post
    from tests.soak.month import Month

    began = time.monotonic()
    with Month(days=asked.days, sources=asked.sources, rate=asked.rate, seed=asked.seed) as month:
        memory, files = _live(month, verbose=asked.verbose)
        month.wind_down()
        broken = [*month.broken_promises(), *filter(None, [record.verify()])]
        quarter = max(1, len(memory) // 4)
        before, after = mean(memory[quarter : 2 * quarter]), mean(memory[-quarter:])
        if after > GROWTH * before:
            broken.append(f"memory grew from {before:.0f} to {after:.0f} MB")
        if files[-1] > min(files[quarter:]) + MORE_FILES:
            broken.append(f"open files grew from {min(files[quarter:])} to {files[-1]}")
        for line in broken:
            print(f"BROKEN: {line}")
        print(
            f"{asked.days:g} days with {asked.sources} sources in {time.monotonic() - began:.0f} s: "
            f"{Entry.objects.filter(announce=True).count()} entries, {Post.objects.count()} posts, each published once "
            f"in {Attempt.objects.count()} tries, {Event.objects.count()} lines of the record; "
            f"{month.crashes} workers killed; {sum(month.raised.values())} alerts of {len(month.raised)} kinds raised "
            f"and cleared; memory {before:.0f} → {after:.0f} MB, open files {min(files)} to {max(files)}."
        )
    return 1 if broken else 0


def _live(month: Month, *, verbose: bool) -> tuple[list[float], list[int]]:
    """Let the month go by. Returns memory (MB) and open files, eight times a day."""
    schedule = list(month.schedule())
    memory: list[float] = []
    files: list[int] = []
    upgrade: threading.Thread | None = None
    for number in range(month.steps):
        month.clock.now = month.at_step(number)
        for begin, end, act in schedule:
            if number == begin:
                act(True)
            elif number == end:
                act(False)
        if number == month.steps // 2:
            # The next version's release adds what it needs while both workers of this one go on.
            upgrade = threading.Thread(target=_release)
            upgrade.start()
        month.step(number)
        if number == month.steps // 2 + 2:
            for which in list(month.workers):
                month.restart(which, politely=True)
        if number % 12 == 0:
            memory.append(_memory())
            files.append(len(list(Path("/proc/self/fd").iterdir())))
        if verbose and number % 96 == 0:
            print(
                f"day {number // 96}: {memory[-1]:.0f} MB, {files[-1]} files, {dict(month.raised)}",
                flush=True,
            )
    if upgrade is not None:
        upgrade.join()
    return memory, files


def _release() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE review_post ADD COLUMN of_the_next_version text NOT NULL DEFAULT ''"
        )
        cursor.execute("CREATE INDEX of_the_next_version ON review_event (at)")
    connection.close()


def _memory() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
