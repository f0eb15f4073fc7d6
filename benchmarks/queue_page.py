"""Server time, size and number of queries of the queue's first page, by number of waiting posts.

python -m benchmarks.queue_page [--posts 2 200 5000]
"""

from __future__ import annotations

import argparse
import os
import time
from statistics import median


def measure(wanted: int) -> tuple[float, float, int, int]:
    """Milliseconds of CPU and of waiting (medians of 7), queries and bytes, with so many posts waiting."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from review.models import Person, Post
    from tests.making import make_account, make_announcement, make_person, make_post

    accounts = [(name, make_account(name=name, network=name)) for name in ("x", "linkedin")]
    while Post.objects.count() < wanted:
        announcement = make_announcement()
        for name, account in accounts:
            make_post(name, account=account, announcement=announcement)
    client = Client()
    client.force_login(Person.objects.first() or make_person())
    cpu, whole = [], []
    for _ in range(7):
        started, used = time.perf_counter(), time.process_time()
        answer = client.get("/")
        whole.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    return median(cpu), median(whole), len(queries), len(answer.content)


def main() -> None:
    """Measure each number, in one database in memory that grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, nargs="+", default=[2, 200, 5000])
    asked = parser.parse_args()
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    for wanted in sorted(asked.posts):
        cpu, whole, queries, size = measure(wanted)
        print(
            f"{wanted:5} posts waiting: {cpu:.0f} ms of CPU, {whole:.0f} ms in all, {queries} queries, "
            f"{size / 1000:.1f} kB",
            flush=True,
        )
    print(f"load average {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
