"""A compressed month on a real PostgreSQL: `python -m tests.soak`. Exit 1 when a promise was broken.

Nothing is lost, nothing is doubled, every alert is raised and cleared, and the memory and the open files of a worker that
is there from the first day to the last stay flat, through faults, kills, restarts and an upgrade under its feet.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from collections import Counter
from statistics import mean
from typing import TYPE_CHECKING

from tests import postgres

if TYPE_CHECKING:
    from tests.soak.month import Month
    from tests.soak.worker import Done

WARM = 0.25  # of the month, and a day at least: then a worker has done each thing once
GROWTH = 1.05  # of a worker's memory since then
DAY = 96  # steps
LONG = (
    5 * DAY
)  # steps: over less, a worker still reads some of its libraries and tables for the first time
MORE_FILES = 4
MORE_OBJECTS = 500  # of one type


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
        _live(month, verbose=asked.verbose)
        there = len(month.done)
        held = month.done[max(int(there * WARM), min(DAY, there // 2)) :]
        month.wind_down()
        broken = [*month.broken_promises(), *filter(None, [record.verify()]), *_growth(held)]
        for line in broken:
            print(f"BROKEN: {line}")
        memory = [done.memory / 1e6 for done in held]
        files = [done.files for done in held]
        print(
            f"{asked.days:g} days with {asked.sources} sources in {time.monotonic() - began:.0f} s: "
            f"{Entry.objects.filter(announce=True).count()} entries, {Post.objects.count()} posts, each published once "
            f"in {Attempt.objects.count()} tries, {Event.objects.count()} lines of the record; "
            f"{month.crashes} workers killed; {sum(month.raised.values())} alerts of {len(month.raised)} kinds raised "
            f"and cleared; a worker's memory {memory[0]:.1f} → {memory[-1]:.1f} MB (highest {max(memory):.1f}), "
            f"open files {min(files)} to {max(files)}."
        )
    return 1 if broken else 0


def _growth(held: list[Done]) -> list[str]:
    """Say what a worker holds more of at the end than when it was warm; nothing where it is flat."""
    tenth = max(1, len(held) // 10)
    before = mean(done.memory for done in held[:tenth]) / 1e6
    after = mean(done.memory for done in held[-tenth:]) / 1e6
    said = []
    if len(held) >= LONG and after > GROWTH * before:
        said.append(f"a worker's memory grew from {before:.1f} to {after:.1f} MB")
    few, many = min(done.files for done in held[:tenth]), max(done.files for done in held[-tenth:])
    if many > few + MORE_FILES:
        said.append(f"a worker's open files grew from {few} to {many}")
    counted = [done.objects for done in held if done.objects]
    more = counted[-1] - counted[0] if counted else Counter()
    said += [
        f"a worker holds {number} more objects of the type {name}"
        for name, number in more.most_common(5)
        if number > MORE_OBJECTS
    ]
    return said


def _live(month: Month, *, verbose: bool) -> None:
    """Let the month go by."""
    schedule = list(month.schedule())
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
            # One worker is of the next version now; the other goes on as it is.
            month.restart(0, politely=True)
        if verbose and number % DAY == DAY - 1:
            last = month.done[-1]
            print(
                f"day {number // DAY}: {last.memory / 1e6:.1f} MB, {last.files} files, "
                f"{last.objects.total()} objects, {dict(month.raised)}",
                flush=True,
            )
    if upgrade is not None:
        upgrade.join()


def _release() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE review_post ADD COLUMN of_the_next_version text NOT NULL DEFAULT ''"
        )
        cursor.execute("CREATE INDEX of_the_next_version ON review_event (at)")
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
