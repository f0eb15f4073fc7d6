"""A worker of an older version, as far as the database can tell: it knows the tables up to a migration and no more.

The models are Django's own reconstruction of that migration, so every INSERT and UPDATE names exactly the columns that
its version knew. What it does with them is written down here once more as the first version did it: claim by guarded
UPDATE, open an attempt, commit, send, settle, one line of the record for each move.

    python -m tests.upgrading.old_worker seed 0001_initial 30
    python -m tests.upgrading.old_worker work 0001_initial
    python -m tests.upgrading.old_worker walk       migration after migration, the version before at work in between
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django


def models(migration: str) -> Any:
    """Return a function from a model's name to the model as it was after a migration."""
    apps = _apps(migration)
    return lambda name: apps.get_model("review", name)


def _apps(migration: str) -> Any:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connection).project_state(("review", migration)).apps


def append(model: Any, verb: str, post: Any, *, source: str, target: str, now: datetime) -> None:
    """Add a line to the record, hashed as the first version hashed it."""
    head, _ = model("RecordHead").objects.select_for_update().get_or_create(pk=1)
    values: dict[str, Any] = {
        "verb": verb,
        "actor": "herodr",
        "post_number": post.pk,
        "from_state": source,
        "to_state": target,
        "content_hash": "0" * 64,
        "reason": "",
        "details": {"account": "ours-x", "version": "first"},
    }
    parts = [head.last_hash, now.astimezone(UTC).isoformat(), *values.values()]
    line = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(line.encode()).hexdigest()
    model("Event").objects.create(at=now, previous_hash=head.last_hash, hash=digest, **values)
    head.last_hash = digest
    head.save(update_fields=["last_hash"])


def seed(model: Any, number: int, *, source: str = "News") -> None:
    """Put `number` posts there, approved by a person and due now."""
    now = datetime.now(UTC)
    account, _ = model("Account").objects.get_or_create(
        name="ours-x", defaults={"network": "x", "who": "@ours", "live": True}
    )
    source = model("Source").objects.create(name=source, url="file:news.xml", next_check_at=now)
    entry = model("Entry").objects.create(
        source=source,
        key="e",
        title="Reports",
        first_seen_at=now,
        content_hash="0",
        composed_at=now,
    )
    for count in range(number):
        title = f"Report {count} on regional growth published"
        announcement = model("Announcement").objects.create(
            entry=entry, key=str(count), kind="report", title=title, created_at=now, drafted_at=now
        )
        post = model("Post").objects.create(
            announcement=announcement,
            account=account,
            state="scheduled",
            approved_number=1,
            due_at=now,
            created_at=now,
            changed_at=now,
        )
        model("Revision").objects.create(
            post=post,
            number=1,
            text=title,
            content_hash="0" * 64,
            written_by="herodr",
            written_at=now,
        )


def one_post(model: Any, client: Any) -> bool:
    """Send the post that is due longest. Returns whether there was one."""
    from django.db import transaction

    from review.text import Content

    now = datetime.now(UTC)
    with transaction.atomic():
        due = model("Post").objects.filter(state="scheduled", due_at__lte=now)
        post = due.order_by("due_at", "pk").select_for_update(skip_locked=True).first()
        if post is None:
            return False
        revision = model("Revision").objects.get(post=post, number=post.approved_number)
        attempt = model("Attempt").objects.create(
            post=post,
            revision=revision,
            number=1,
            worker="old",
            opened_at=now,
            lease_until=now + timedelta(minutes=3),
            content_hash=revision.content_hash,
        )
        hit = (
            model("Post")
            .objects.filter(pk=post.pk, state="scheduled")
            .update(state="sending", changed_at=now)
        )
        if hit != 1:
            raise RuntimeError("the claim did not hit one row")
        append(model, "claim", post, source="scheduled", target="sending", now=now)
    proof = client.deliver(Content(text=revision.text))
    now = datetime.now(UTC)
    with transaction.atomic():
        model("Attempt").objects.filter(pk=attempt.pk).update(closed_at=now, outcome="published")
        hit = (
            model("Post")
            .objects.filter(pk=post.pk, state="sending")
            .update(
                state="published",
                changed_at=now,
                published_at=now,
                network_id=proof.network_id,
                url=proof.url,
            )
        )
        if hit != 1:
            raise RuntimeError("the settlement did not hit one row")
        append(model, "confirm", post, source="sending", target="published", now=now)
    return True


def work(model: Any) -> None:
    """Send what is due, not too fast, until there is nothing left; keep a heartbeat."""
    from bot.networks.base import AccountDetails, Endpoints
    from bot.networks.x import XClient

    details = AccountDetails(
        name="ours-x",
        network="x",
        handle="@ours",
        credentials="X",
        secret=lambda name: os.environ[f"X_{name}"],
    )
    while True:
        client = XClient(
            details, endpoints=Endpoints.from_environment(os.environ), now=lambda: datetime.now(UTC)
        )
        model("Worker").objects.update_or_create(
            name="old",
            defaults={"started_at": datetime.now(UTC), "heartbeat_at": datetime.now(UTC)},
        )
        if not one_post(model, client):
            return
        time.sleep(0.5)


def walk() -> None:
    """Take the database from the first migration to the last, and say what a step changed or did not take.

    After each step the version before it writes its rows, and sends one post.
    """
    from types import SimpleNamespace

    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    names = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "review")
    anybody = SimpleNamespace(
        deliver=lambda _: SimpleNamespace(network_id="1", url="https://e.org")
    )
    call_command("migrate", "review", names[0], verbosity=0)
    seed(models(names[0]), 3)
    for before, after in itertools.pairwise(names):
        apps = _apps(before)
        was = _rows(apps)
        call_command("migrate", "review", after, verbosity=0)
        for table, rows in _rows(apps).items():
            if rows != was[table]:
                sys.stdout.write(f"{after} changed what {before} had written to {table}\n")
        seed(models(before), 2, source=f"News of {before}")
        if not one_post(models(before), anybody):
            sys.stdout.write(f"after {after} the version of {before} finds nothing to send\n")


def _rows(apps: Any) -> dict[str, list[Any]]:
    """Return every row of the queue's tables, with the columns that `apps` knows."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in apps.get_app_config("review").get_models()
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    match sys.argv[1:]:
        case ["seed", migration, number]:
            seed(models(migration), int(number))
        case ["work", migration]:
            work(models(migration))
        case ["walk"]:
            walk()
