"""How many posts many workers claim and settle on one PostgreSQL in a second, and whether two ever get the same one.

    python -m benchmarks.claims --posts 400 --workers 1 2 5 10 25 50

A worker is a process with a connection of its own. Each claim is settled as published, without a network, so what is
measured is the database and the record. The yardstick is one worker in the same run; on few processors it is the
processors that set the limit, so the CPU of the workers and of PostgreSQL stands beside each figure.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def work(name: str, begin: Any, found: Any) -> None:
    """Claim and settle until nothing is due; give each post that was claimed, and the CPU it took, to `found`."""
    from django.db import connection

    from review import transitions
    from tests.making import NOW

    now: datetime = NOW
    claimed: list[int] = []
    connection.ensure_connection()
    begin.wait()
    used = time.process_time()
    while True:
        claim = transitions.claim(worker=name, now=now, lease=timedelta(minutes=3))
        if claim is None:
            break
        claimed.append(claim.post_id)
        transitions.confirm_sent(
            claim, now=now, network_id=str(claim.post_id), url="https://x.example/1"
        )
    found.put((claimed, time.process_time() - used))
    connection.close()


def fill(number: int) -> None:
    """Put so many due posts there."""
    from tests.making import make_account, make_due_post

    for count in range(number):
        make_due_post(account=make_account(name=f"account-{count % 20}"))


def round_of(workers: int, posts: int) -> tuple[float, float, float]:
    """Return posts a second that `workers` claim and settle, and the CPU a post takes in them and in PostgreSQL, in
    milliseconds. Fails when one was claimed twice or left."""
    from django.db import connections

    from benchmarks.publishing import cpu_of_server
    from review.models import Attempt, Post

    fill(posts)
    # A connection must not be shared with a process that is forked.
    connections.close_all()
    forks = multiprocessing.get_context("fork")
    begin, found = forks.Barrier(workers + 1), forks.SimpleQueue()
    children = [
        forks.Process(target=work, args=(f"w{number}", begin, found)) for number in range(workers)
    ]
    for child in children:
        child.start()
    before = cpu_of_server()
    begin.wait()
    started = time.perf_counter()
    said = [found.get() for _ in children]
    took = time.perf_counter() - started
    there = cpu_of_server() - before
    for child in children:
        child.join()
    claimed = [post for some, _ in said for post in some]
    assert all(child.exitcode == 0 for child in children)
    assert len(claimed) == len(set(claimed)) == posts, "a post was claimed twice, or left"
    assert not Post.objects.exclude(state="published").exists()
    assert Attempt.objects.filter(closed_at__isnull=True).count() == 0
    return posts / took, sum(used for _, used in said) / posts * 1000, there / posts * 1000


def main() -> None:
    """Measure each number of workers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=400)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 5, 10, 25, 50])
    asked = parser.parse_args()
    sys.path[:0] = [str(ROOT / "queue")]
    from tests import postgres

    with postgres.server() as address:
        os.environ.update(DATABASE_URL=address, DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        from django.core.management import call_command

        from review import record

        call_command("migrate", verbosity=0)
        alone = 0.0
        for workers in asked.workers:
            rate, ours, there = round_of(workers, asked.posts)
            alone = alone or rate
            print(
                f"{workers:3} workers: {rate:6.0f} posts a second ({rate / alone:.1f} × one worker); CPU a post: "
                f"{ours:.1f} ms in the workers, {there:.1f} ms in PostgreSQL; load average {os.getloadavg()[0]:.0f}",
                flush=True,
            )
        assert record.verify() == ""
        print("No post was claimed twice, none was left, and the record is sound.")


if __name__ == "__main__":
    main()
