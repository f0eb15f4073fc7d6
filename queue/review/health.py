"""Is all well? What the rows tell, in sentences; the same for `bot check`, alerts, `/readyz` and `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.db import connection
from django.db.models import Q

from config.counting import many
from config.timing import Calendar
from review import blackouts, budgets, queries, slots
from review.models import Connection, Event, Post, Source, Worker
from review.states import State

ALIVE_FOR = timedelta(minutes=2)  # since a worker's last heartbeat
OVERDUE = timedelta(minutes=10)  # a due post should have left long before
ASKED_FOR = timedelta(hours=1)  # an unconfirmed post waits for a person
PUT_OFF = timedelta(hours=1)  # a post that is tried again and again has been due for long
CLOCK = timedelta(minutes=5)  # the record cannot be from the future
MISSED_FOR = timedelta(hours=1)  # a worker that vanished while others go on; then nobody misses it
TOKEN_STAGES = {14: "", 7: " within a week", 1: " within a day"}  # days ahead; each is said once
NEARLY = Decimal("0.9")  # of a budget
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
    if calendar is not None:
        calendar = blackouts.added_to(calendar, now=now)
    found = [
        *_workers(now),
        *_posts(now, calendar),
        *_accounts(now),
        *_tokens(now),
        *_budgets(now, calendar),
        *_approvers(calendar),
        *_sources(now),
        *_clock(now),
    ]
    return sorted(found, key=lambda sign: sign.level != "error")


def _workers(now: datetime) -> Iterator[Sign]:
    workers = list(queries.workers()[:50])
    # The one-pass workers of `bot once` come and go; they are nobody's to miss.
    lasting = [worker for worker in workers if worker.stopped_at is None]
    alive = sum(is_alive(worker, now=now) for worker in workers)
    if alive:
        for worker in lasting:
            if ALIVE_FOR <= now - worker.heartbeat_at < MISSED_FOR:
                yield Sign(
                    f"worker lost: {worker.name}",
                    "warning",
                    f"The worker {worker.name} has not been seen since {worker.heartbeat_at:%H:%M} UTC and did not "
                    f"say that it stops; {many(alive, 'other goes', 'others go')} on. See what ended it.",
                )
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
    # A backlog leaves one by one, the calendar's spacing apart: its account is at work.
    at_work = queries.posted_since(now - OVERDUE - calendar.spacing) if calendar else set()
    overdue = [
        post
        for post in queries.due(now - OVERDUE)
        .exclude(account__name__in=at_work)
        .select_related("account")[:100]
        if calendar is None
        or slots.blackout_at(now, calendar=calendar, account=post.account.name) is None
    ]
    if overdue:
        yield Sign(
            "posts overdue",
            "error",
            f"{many(len(overdue), 'post was', 'posts were')} due more than 10 minutes ago and "
            "did not leave. See that a worker runs and what its log says.",
        )
    put_off = (
        Post.objects.filter(
            Q(account__paused=False) | Q(account__paused_until__lte=now),
            state=State.SCHEDULED,
            account__active=True,
            attempts__opened_at__lt=now - PUT_OFF,
            attempts__opened_at__gt=now - timedelta(days=1),
        )
        .order_by("pk")
        .distinct()
    )
    late = [post for post in put_off[:100] if post.due_at and post.due_at - now < PUT_OFF]
    if late:
        yield Sign(
            "posts put off",
            "error",
            f"{many(len(late), 'post has', 'posts have')} been tried for more than an hour and could not be sent: "
            f"{late[0].reason} It is tried again; see that this machine reaches the network.",
        )
    asked = Post.objects.filter(
        state=State.UNCONFIRMED, look_at__isnull=True, changed_at__lt=now - ASKED_FOR
    ).count()
    if asked:
        yield Sign(
            "posts unconfirmed",
            "error",
            f"{many(asked, 'post waits', 'posts wait')} for somebody to say whether it was published. "
            "Look on the account, then answer in the queue.",
        )
    failed = Post.objects.filter(state=State.FAILED).count()
    if failed:
        yield Sign(
            "posts failed",
            "warning",
            f"{many(failed, 'post', 'posts')} could not be published. The queue says why.",
        )


def _approvers(calendar: Calendar | None) -> Iterator[Sign]:
    if calendar is None or not calendar.by_two:
        return
    able = queries.deciders()
    if len(able) < 2:
        who = f"only {able[0]} may decide" if able else "nobody may decide yet"
        yield Sign(
            "too few approvers",
            "error",
            f"calendar.toml asks for two approvers, but {who}, so nothing can be approved. Give another person the "
            'right to decide on the People page, or write approvals = "four eyes" or "any".',
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


def _tokens(now: datetime) -> Iterator[Sign]:
    """An end that comes near is told at each stage; all stages that have begun say the same sentence."""
    connections = Connection.objects.filter(account__active=True, account__live=True)
    for one in connections.select_related("account"):
        left = one.days_left(now)
        if left is None or one.account.is_paused(now):
            continue
        ends = f"in {many(left, 'day', 'days')}" if left else "now"
        sentence = (
            f"What {one.connected_by} consented to for {one.account.name} ends {ends}: press Reconnect on the "
            f"Accounts page, or run `bot connect {one.account.network} --account {one.account.name}`."
        )
        yield from _stages(one.account.name, left, sentence)
    for account in queries.accounts().filter(live=True, connection__isnull=True):
        left = account.key_days_left(now)
        if left is None or account.is_paused(now):
            continue
        ends = f"in {many(left, 'day', 'days')}" if left else "now"
        sentence = (
            f"The token that is set for {account.name} ends {ends}: set a new one, and the day it ends, or connect "
            f"the account with `bot connect {account.network} --account {account.name}`."
        )
        yield from _stages(account.name, left, sentence)


def _stages(name: str, left: int, sentence: str) -> Iterator[Sign]:
    for days, stage in TOKEN_STAGES.items():
        if left <= days:
            yield Sign(f"token ends{stage}: {name}", "warning" if left else "error", sentence)


def _budgets(now: datetime, calendar: Calendar | None) -> Iterator[Sign]:
    if calendar is None:
        return
    for account in queries.accounts().filter(live=True, monthly_budget__isnull=False):
        budget = account.monthly_budget or Decimal(0)
        spent = budgets.spent(account, at=now, zone=calendar.zone)
        if spent >= NEARLY * budget:
            yield Sign(
                f"budget nearly spent: {account.name}",
                "warning",
                f"Of the {budgets.dollars(budget)} that {account.name} may spend this month, {budgets.dollars(spent)} "
                "is spent or scheduled. Raise monthly_budget in accounts.toml, or publish less until the month ends.",
            )


def _sources(now: datetime) -> Iterator[Sign]:
    for source in queries.sources():
        if source.standing(now) == Source.Health.SILENT:
            yield Sign(
                f"source silent: {source.name}",
                "warning",
                f"The source {source.name} answers, but has had nothing new for longer than usual. See whether it "
                "publishes somewhere else now.",
            )
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


def ahead_of_database(now: datetime) -> timedelta:
    """Return how far `now` is ahead of PostgreSQL's clock; zero on SQLite, which has none of its own."""
    if connection.vendor != "postgresql":
        return timedelta(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: datetime = cursor.fetchone()[0]
    return now - there
