"""Is all well? What the rows tell, in sentences; the same for `bot check`, alerts, `/readyz` and `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from config.timing import Calendar
from review import queries, slots
from review.models import Event, Post, Source, Worker
from review.states import State

ALIVE_FOR = timedelta(minutes=2)  # since a worker's last heartbeat
OVERDUE = timedelta(minutes=10)  # a due post should have left long before
ASKED_FOR = timedelta(hours=1)  # an unconfirmed post waits for a person
CLOCK = timedelta(minutes=5)  # the record cannot be from the future
FAILURES = 3  # in a row; one failed poll is weather


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is wrong. `key` stays the same while it lasts; the sentence says what and the mend."""

    key: str
    level: Literal["error", "warning"]
    sentence: str


def is_alive(worker: Worker, *, now: datetime) -> bool:
    """Say whether a worker has given a sign of life lately and has not said that it stops."""
    return worker.stopped_at is None and now - worker.heartbeat_at < ALIVE_FOR


def signs(*, now: datetime, calendar: Calendar | None) -> list[Sign]:
    """Return what is wrong at `now` (aware), worst first. `calendar` None: the configuration is broken."""
    found = [
        *_workers(now),
        *_posts(now, calendar),
        *_accounts(now),
        *_sources(),
        *_clock(now),
    ]
    return sorted(found, key=lambda sign: sign.level != "error")


def _workers(now: datetime) -> Iterator[Sign]:
    workers = list(queries.workers()[:50])
    # The one-pass workers of `bot once` come and go; they are nobody's to miss.
    lasting = [worker for worker in workers if worker.stopped_at is None]
    if any(is_alive(worker, now=now) for worker in workers):
        return
    if lasting:
        last = lasting[0].heartbeat_at
        yield Sign(
            "worker gone",
            "error",
            f"No worker has been seen since {last:%Y-%m-%d %H:%M} UTC, so nothing is watched or sent. "
            "Start one with `bot run` or `bot worker`.",
        )


def _posts(now: datetime, calendar: Calendar | None) -> Iterator[Sign]:
    overdue = [
        post
        for post in queries.due(now - OVERDUE).select_related("account")[:100]
        if calendar is None
        or slots.blackout_at(now, calendar=calendar, account=post.account.name) is None
    ]
    if overdue:
        yield Sign(
            "posts overdue",
            "error",
            f"{_many(len(overdue), 'post was', 'posts were')} due more than 10 minutes ago and "
            "did not leave. See that a worker runs and what its log says.",
        )
    asked = Post.objects.filter(
        state=State.UNCONFIRMED, look_at__isnull=True, changed_at__lt=now - ASKED_FOR
    ).count()
    if asked:
        yield Sign(
            "posts unconfirmed",
            "error",
            f"{_many(asked, 'post waits', 'posts wait')} for somebody to say whether it was published. "
            "Look on the account, then answer in the queue.",
        )
    failed = Post.objects.filter(state=State.FAILED).count()
    if failed:
        yield Sign(
            "posts failed",
            "warning",
            f"{_many(failed, 'post', 'posts')} could not be published. The queue says why.",
        )


def _accounts(now: datetime) -> Iterator[Sign]:
    for account in queries.accounts():
        if account.is_paused(now):
            yield Sign(
                f"account paused: {account.name}",
                "error",
                f"The account {account.name} is paused: {account.trouble} Mend that, then press Resume on the "
                f"Sources page, or `bot resume {account.name} --by NAME`.",
            )


def _sources() -> Iterator[Sign]:
    for source in queries.sources():
        if source.health == Source.Health.GONE or source.failures >= FAILURES:
            yield Sign(
                f"source {source.health}: {source.name}",
                "error",
                f"The source {source.name} is {source.get_health_display()}: {source.trouble}",
            )


def _clock(now: datetime) -> Iterator[Sign]:
    last = Event.objects.order_by("-pk").values_list("at", flat=True).first()
    if last is not None and last > now + CLOCK:
        yield Sign(
            "clock wrong",
            "error",
            f"The record's last line is from {last:%Y-%m-%d %H:%M} UTC, which this machine says is yet to "
            "come. Set its clock right.",
        )


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
