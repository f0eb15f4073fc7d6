"""Does it stay quick? Every page and tick on a small and on a large database, side by side, and who reads whole tables.

    python -m benchmarks.scale --entries 1000000 --posts 100000 [--sqlite]

Both hold the same open work (100 posts in review, 20 scheduled, 5 unconfirmed); what differs is the past. The
machine may be busy, so each figure is the least of five, and the ratio is what counts. With `--plans`, the plans of
what reads a large table from end to end are printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SMALL = 1000
BIG_TABLES = ("review_entry", "review_announcement", "review_post", "review_revision", "review_attempt",
              "review_event", "review_decision", "review_entryalias")  # fmt: skip


def multiply(model: Any, template: Any, number: int, **given: str) -> None:
    """Add `number` copies of the row `template`; `given` has SQL for some columns, `g` counting from 1."""
    from django.db import connection

    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    chosen = [given.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) WITH RECURSIVE numbers(g) AS '  # noqa: S608 - our own words
            f"(SELECT 1 UNION ALL SELECT g + 1 FROM numbers WHERE g < %s) "
            f'SELECT {", ".join(chosen)} FROM numbers, "{table}" t WHERE t.id = %s ORDER BY g',
            [number, template.pk],
        )


def ago(seconds: int, more: int = 0) -> str:
    """Return SQL for the moment `g` times so many seconds ago, and `more`."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return f"datetime('now', '-' || (g * {seconds} + {more}) || ' seconds')"
    return f"now() - (g * {seconds} + {more}) * interval '1 second'"


def noise() -> str:
    """Return SQL for two kB that do not compress: as much room as some five kB of prose."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return "hex(randomblob(960 + 0 * g))"
    return "(SELECT string_agg(md5((g * 61 + n)::text), ' ') FROM generate_series(1, 60) n)"


def fill(entries: int, posts: int) -> None:
    """Load the past, in bulk, and the open work, by the verbs."""
    from django.db import connection

    from review import transitions
    from review.models import (
        Announcement,
        Attempt,
        Decision,
        Entry,
        EntryAlias,
        Event,
        Post,
        Revision,
    )
    from tests.making import (
        CALENDAR,
        NOW,
        SIAN,
        make_announcement,
        make_due_post,
        make_entry,
        make_post,
    )

    for number in range(100):
        make_post("x" if number % 2 else "linkedin")
    for number in range(20):
        post = make_post()
        transitions.approve(
            post.pk,
            by=SIAN,
            now=NOW,
            calendar=CALENDAR,
            seen=1,
            when=NOW + timedelta(days=30 + number),
        )
    for _ in range(5):
        make_due_post()
        claim = transitions.claim(worker="w", now=NOW, lease=timedelta(minutes=3))
        assert claim is not None
        transitions.lose_track(claim, now=NOW, outcome="OutcomeUnknown", reason="?", look_at=None)
    entry = make_entry(html="<p>" + "words of the source " * 100 + "</p>", summary="words " * 30)
    multiply(
        Entry, entry, entries, key="'key-' || g", link="'https://example.org/e/' || g",
        page="'example.org/e/' || g", first_seen_at=ago(60), composed_at=ago(60),
        content_hash="md5(CAST(g AS text)) || md5(CAST(g AS text))",
        html=noise(),
    )  # fmt: skip
    first = Entry.objects.get(key="key-1").pk
    alias = EntryAlias.objects.create(entry=entry, source=entry.source, key="alias-0")
    multiply(EntryAlias, alias, entries, entry_id=f"{first} + g - 1", key="'alias-' || g")
    done = make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=timedelta(minutes=3))
    assert claim is not None
    assert claim.post_id == done.pk
    transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/s/1")
    done = Post.objects.get(pk=done.pk)
    aside = make_announcement(entry, kind="", set_aside="other")
    multiply(
        Announcement, aside, entries // 5, entry_id=f"{first} + g - 1", key="'aside-' || g",
        created_at=ago(300), page="'example.org/a/' || g",
    )  # fmt: skip
    top = Announcement.objects.order_by("-pk").first()
    assert top is not None
    multiply(
        Announcement, done.announcement, posts, entry_id=f"{first} + g - 1", key="'said-' || g",
        created_at=ago(6000), page="'example.org/p/' || g", title="'Report ' || g || ' published'",
    )  # fmt: skip
    spoken = Announcement.objects.get(key="said-1").pk
    multiply(
        Post, done, posts, announcement_id=f"{spoken} + g - 1", network_id="'id-' || g",
        changed_at=ago(6000), published_at=ago(6000), due_at=ago(6000),
        created_at=ago(6001), state="CASE WHEN mod(g, 10) = 0 THEN 'rejected' ELSE 'published' END",
    )  # fmt: skip
    past = Post.objects.get(network_id="id-1").pk
    for model, manager in ((Revision, done.revisions), (Attempt, done.attempts)):
        more = {"opened_at": ago(6000), "closed_at": ago(6000)} if model is Attempt else {}
        if model is Attempt:
            more["revision_id"] = f"{Revision.objects.order_by('-pk')[0].pk} - {posts} + g"
        multiply(model, manager.get(), posts, post_id=f"{past} + g - 1", **more)
    newest = Revision.objects.order_by("-pk")[0].pk
    multiply(
        Decision, done.decisions.get(), posts, post_id=f"{past} + g - 1",
        revision_id=f"{newest} - {posts} + g", at=ago(6000),
    )  # fmt: skip
    line = Event.objects.order_by("-pk")[0]
    multiply(
        Event, line, posts * 4, post_number=f"{past} + g / 4", at=ago(1500, 60),
        hash="md5(CAST(g AS text)) || md5(CAST(g + 1 AS text))",
    )  # fmt: skip
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself before long.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def size() -> int:
    """Bytes of the database, indexes included."""
    from django.db import connection

    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        return sum(each.stat().st_size for each in (name, Path(f"{name}-wal")) if each.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def things() -> dict[str, Callable[[], object]]:
    """What people and the worker do all day, by name."""
    from django.db import transaction
    from django.test import Client

    from bot import alerts, publish
    from bot.commands.status import collect
    from bot.values import Entry as Found
    from config import schema
    from review import arrivals, batches, intake, queries, transitions
    from review.models import Entry, Source
    from review.states import NEEDS_A_PERSON
    from tests.making import make_person

    client = Client()
    client.force_login(make_person("Reader", admin=True))
    configuration = schema.load(schema.PACKAGED)
    now = datetime.now(UTC)
    first = queries.posts(NEEDS_A_PERSON)[0].pk
    source = Source.objects.get()
    known = [
        Found(
            key=row.key, title=row.title, link=row.link, aliases=(f"alias-{row.pk}",), page=row.page
        )
        for row in Entry.objects.order_by("pk")[:20]
    ]

    bearer = {"Authorization": "Bearer only-to-measure"}

    def page(address: str) -> Callable[[], object]:
        def get() -> object:
            answer = client.get(address, headers=bearer)
            assert answer.status_code == 200, (address, answer.status_code)
            return answer

        return get

    def claim() -> None:
        with transaction.atomic():
            transitions.claim(worker="w", now=now, lease=timedelta(minutes=3))
            transaction.set_rollback(True)

    def approve() -> None:
        from tests.making import SIAN

        with transaction.atomic():
            transitions.approve(
                first,
                by=SIAN,
                now=now,
                calendar=configuration.calendar,
                seen=1,
                when=now + timedelta(days=9),
            )
            transaction.set_rollback(True)

    pages = {
        f"page {address}": page(address)
        for address in ("/", "/scheduled/", "/published/", "/published/?page=50", "/set-aside/", "/sources/",
                        f"/posts/{first}/", "/people/", "/?words=growth", "/?page=2", "/calendar/", "/overview/", "/account/",
                        "/metrics", "/healthz", "/readyz")
    }  # fmt: skip
    return {
        **pages,
        "tick: anything to send?": lambda: publish.anything_to_do(now=now),
        "tick: claim": claim,
        "tick: sources that are due": lambda: batches.claim(64, now=now, until=now),
        "tick: give back and expire": lambda: publish.tidy(configuration, now=now),
        "tick: look over everything": lambda: alerts.signs(
            configuration, now=now, version="", folder=ROOT
        ),
        "tick: find 20 entries of a poll": lambda: arrivals.look_up([(source, known)]),
        "tick: what is to be drafted": lambda: list(
            Entry.objects.filter(composed_at__isnull=True, announce=True).order_by("pk")[:50]
        ),
        "tick: waiting for words": lambda: list(intake.waiting_for_words()),
        "approve": approve,
        "bot queue list": lambda: list(queries.posts(NEEDS_A_PERSON)),
        "bot status": lambda: collect(now),
        "counts by state": lambda: (queries.counts(), queries.outcomes()),
    }


def measure(plans: bool) -> dict[str, float]:
    """Milliseconds of each thing, the least of five."""
    from django.db import connection

    figures: dict[str, float] = {}
    for name, act in things().items():
        times = []
        for _ in range(5):
            started = time.perf_counter()
            act()
            times.append((time.perf_counter() - started) * 1000)
        figures[name] = min(times)
        if plans:
            explain(name, act, connection)
    return figures


def explain(name: str, act: Callable[[], object], connection: Any) -> None:
    """Print the plans in `act` that read a large table from end to end."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        act()
    for query in captured.captured_queries:
        if not query["sql"].startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                steps = [str(row[3]) for row in cursor.fetchall()]
                scans = [
                    step
                    for step in steps
                    if step.startswith("SCAN") and any(table in step for table in BIG_TABLES)
                ]
                if scans:
                    print(f"  {name}: {'; '.join(scans)}: {query['sql'][:400]}", file=sys.stderr)
                continue
            try:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
            except Exception as error:
                print(f"  {name}: {error}", file=sys.stderr)
                continue
            plan = cursor.fetchone()[0]
        scans = [
            f"{node['Relation Name']} ({node['Plan Rows']} rows)"
            for node in nodes(plan[0]["Plan"])
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG_TABLES
        ]
        if scans:
            print(
                f"  {name}: reads all of {', '.join(scans)}: {query['sql'][:400]}", file=sys.stderr
            )


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@contextmanager
def databases(sqlite: bool) -> Iterator[list[str]]:
    """Two empty databases: files, or on one PostgreSQL of our own."""
    sys.path[:0] = [str(ROOT), str(ROOT / "queue")]
    if sqlite:
        with tempfile.TemporaryDirectory(prefix="herodr-scale-") as folder:
            yield [f"sqlite:///{folder}/{name}.sqlite3" for name in ("small", "large")]
        return
    import psycopg

    from tests import postgres

    with postgres.server() as address:
        with psycopg.connect(address, autocommit=True) as plain:
            for name in ("small", "large"):
                plain.execute(f"CREATE DATABASE {name}")
        yield [address.replace("/postgres?", f"/{name}?") for name in ("small", "large")]


def one(entries: int, posts: int, *, plans: bool) -> None:
    """Fill the database of DATABASE_URL, measure, and print what was found as JSON."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    empty = size()
    fill(entries, posts)
    print(json.dumps({"bytes": size() - empty, "figures": measure(plans)}))


def main() -> None:
    """Measure both, and print them side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.entries, given.posts, plans=given.plans)
        return
    with databases(given.sqlite) as addresses:
        found = []
        for address, entries, posts in zip(
            addresses, (SMALL, given.entries), (SMALL // 10, given.posts), strict=True
        ):
            words = [
                sys.executable,
                "-m",
                "benchmarks.scale",
                "--one",
                "--entries",
                str(entries),
                "--posts",
                str(posts),
            ]
            done = subprocess.run(
                [*words, *(["--plans"] if given.plans and address == addresses[-1] else [])],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings",
                     "PYTHONPATH": f"{ROOT}:{ROOT / 'queue'}", "SECRET_KEY": "only to measure", "METRICS_TOKEN": "only-to-measure"},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )  # fmt: skip
            found.append(json.loads(done.stdout.splitlines()[-1]))
    small, large = found
    print(f"{'':34}{SMALL:>10,} entries {given.entries:>10,} entries   ratio")
    for name, before in small["figures"].items():
        after = large["figures"][name]
        print(f"{name:34}{before:>15.1f} ms {after:>15.1f} ms {after / before:>7.1f}")
    grown = large["bytes"] - small["bytes"]
    print(
        f"\nEach 1,000 entries, with a tenth as many posts, take {grown / given.entries * 1000 / 1e6:.1f} MB."
    )


if __name__ == "__main__":
    main()
