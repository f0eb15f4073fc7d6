"""Server time of the queue page, by number of waiting posts."""

from __future__ import annotations

import time
from statistics import median

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from review.models import Post  # noqa: E402
from tests.making import make_announcement, make_person, make_post  # noqa: E402


def measure() -> tuple[float, int, int]:
    """Milliseconds (median of 7), queries and bytes of the page."""
    times = []
    for _ in range(7):
        started = time.perf_counter()
        answer = client.get("/")
        times.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    return median(times), len(queries), len(answer.content)


setup_test_environment()
call_command("migrate", verbosity=0)
client = Client()
client.force_login(make_person())
figures = []
for wanted in (2, 200):
    while Post.objects.count() < wanted:
        announcement = make_announcement()
        make_post("x", announcement=announcement)
        make_post("linkedin", announcement=announcement)
    figures.append(measure())
(small, few, _), (large, many, size) = figures
print(
    f"queue page: {large:.0f} ms with 200 posts waiting ({size / 1000:.0f} kB), "
    f"{small:.0f} ms with 2 (ratio {large / small:.1f}); {many} and {few} queries"
)
