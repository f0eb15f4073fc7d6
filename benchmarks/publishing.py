"""What publishing costs: CPU for each post, and how quickly due posts drain on PostgreSQL.

`python -m benchmarks.publishing [--posts 1000]`. The networks are the emulators, over real HTTP on loopback.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Measure on a database each, in processes of their own: Django has one database for its life."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--only", choices=("cpu", "drain"))
    asked = parser.parse_args()
    if asked.only is None:
        import subprocess

        for only in ("cpu", "drain"):
            words = ["--only", only, "--posts", str(asked.posts)]
            subprocess.run([sys.executable, "-m", "benchmarks.publishing", *words], check=True)
        return
    with tempfile.TemporaryDirectory(prefix="herodr-bench-") as name:
        if asked.only == "cpu":
            _prepare(f"sqlite:///{name}/bench.sqlite3")
            cpu()
            return
        from tests import postgres

        with postgres.server() as address:
            _prepare(address)
            for workers in (1, 2, 4):
                drain(workers, asked.posts, Path(name), address)


def _prepare(address: str) -> None:
    import logging

    os.environ.update(
        DATABASE_URL=address,
        SECRET_KEY="only here",  # noqa: S106
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", interactive=False, verbosity=0)


def cpu(posts: int = 80) -> None:
    """CPU of claim, send and record, beside the bare request that the client's library makes."""
    from review.text import Content
    from tests.faults.world import World

    with World(duplicates=True) as world:
        world.make_posts(["x"] * posts)
        # The emulator answers in this process, on threads of its own: only the publisher's is counted.
        began = time.thread_time()
        world.work()
        ours = (time.thread_time() - began) / posts
        contents = [Content(text=f"Number {number} of the yardstick.") for number in range(15)]
        began = time.thread_time()
        for content in contents:
            world.client_for("x", True).deliver(content)
        bare = (time.thread_time() - began) / len(contents)
        done = sum(world.ledger("x").values()) - len(contents)
    print(
        f"claim, send, record: {ours * 1000:.1f} ms of CPU a post ({done} posts, SQLite); "
        f"the request alone: {bare * 1000:.1f} ms (ratio {ours / bare:.1f})"
    )


def drain(workers: int, posts: int, folder: Path, address: str) -> None:
    """Posts a second with so many workers, and how many claims were made twice."""
    from review.models import Attempt, Post
    from review.states import State
    from tests.emulators.x import Limits
    from tests.faults.killing import Nursery, now
    from tests.faults.world import World

    with Nursery(folder, address) as nursery, World(duplicates=False) as world:
        world.clock.now = now()
        world.x.clock = world.linkedin.clock = now
        world.x.limits["POST /2/tweets"] = Limits(10**9)
        world.linkedin.daily_limit = 10**9
        world.make_posts([("x", "page", "member")[number % 3] for number in range(posts)])
        began = time.monotonic()
        pids = [
            nursery.worker(X_API_URL=world.x.url, LINKEDIN_API_URL=world.linkedin.url)
            for _ in range(workers)
        ]
        while Post.objects.exclude(state=State.PUBLISHED).exists():
            time.sleep(0.1)
        took = time.monotonic() - began
        for pid in pids:
            os.kill(pid, 9)
        twice = Attempt.objects.count() - posts
        sent = sum(world.x.ledger.values()) + sum(world.linkedin.ledger.values())
    print(
        f"{workers} workers: {posts / took:.0f} posts/s ({posts} posts, PostgreSQL, {os.cpu_count()} cores "
        f"for all), {twice} double claims, {sent - posts} sent twice"
    )


if __name__ == "__main__":
    main()
