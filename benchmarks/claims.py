"""How many posts many workers claim and settle on one PostgreSQL in a second, and whether two ever get the same one.

    python -m benchmarks.claims --posts 400 --workers 1 2 5 10 25 50

A worker is a thread with a connection of its own; they are spread over as many processes as there are processors, so on
few processors it is Python that sets the limit, not the claims. Each claim is settled as published, without a network. The
yardstick is one worker in the same run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def work(name: str, threads: int) -> None:
    """Claim and settle until nothing is due, with so many threads; print each post that was claimed."""
    import threading
    from datetime import datetime, timedelta

    from django.db import connection

    from review import transitions
    from tests.making import NOW

    now: datetime = NOW
    claimed: list[int] = []

    def one(number: int) -> None:
        while True:
            claim = transitions.claim(
                worker=f"{name}-{number}", now=now, lease=timedelta(minutes=3)
            )
            if claim is None:
                break
            claimed.append(claim.post_id)
            transitions.confirm_sent(
                claim, now=now, network_id=str(claim.post_id), url="https://x.example/1"
            )
        connection.close()

    print("ready", flush=True)
    sys.stdin.readline()
    hands = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    print(*claimed, flush=True)


def fill(number: int) -> None:
    """Put so many due posts there."""
    from tests.making import make_account, make_due_post

    for count in range(number):
        make_due_post(account=make_account(name=f"account-{count % 20}"))


def round_of(workers: int, posts: int) -> float:
    """Return posts a second that `workers` claim and settle. Fails when one was claimed twice or left."""
    from review.models import Attempt, Post

    fill(posts)
    processes = min(workers, os.cpu_count() or 1)
    shares = [workers // processes + (number < workers % processes) for number in range(processes)]
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.claims",
                "--child",
                f"w{number}",
                "--threads",
                str(share),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, share in enumerate(shares)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    started = time.perf_counter()
    said = [child.communicate("go\n")[0] for child in children]
    took = time.perf_counter() - started
    claimed = [int(word) for text in said for word in text.split()]
    assert all(child.returncode == 0 for child in children)
    assert len(claimed) == len(set(claimed)) == posts, "a post was claimed twice, or left"
    assert not Post.objects.exclude(state="published").exists()
    assert Attempt.objects.filter(closed_at__isnull=True).count() == 0
    return posts / took


def main() -> None:
    """Measure each number of workers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=400)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 5, 10, 25, 50])
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sys.path[:0] = [str(ROOT / "queue")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    if asked.child:
        django.setup()
        work(asked.child, asked.threads)
        return
    from tests import postgres

    with postgres.server() as address:
        os.environ.update(
            DATABASE_URL=address,
            PYTHONPATH=f"{ROOT}:{ROOT / 'queue'}",
        )
        django.setup()
        from django.core.management import call_command

        from review import record

        call_command("migrate", verbosity=0)
        alone = 0.0
        for workers in asked.workers:
            rate = round_of(workers, asked.posts)
            alone = alone or rate
            print(
                f"{workers:3} workers: {rate:6.0f} posts a second ({rate / alone:.1f} × one worker)",
                flush=True,
            )
        assert record.verify() == ""
        print("No post was claimed twice, none was left, and the record is sound.")


if __name__ == "__main__":
    main()
