"""publish: claim → deliver → settle → record; and look for what is unconfirmed.

    scheduled ─claim→ Attempt open, committed ─deliver→ outcome ─retry.decide→ one of the settling verbs

No transaction is open while a network is asked. The claim is committed before the call, the outcome after
it; a worker that dies in between leaves an open attempt whose lease runs out, and that is *unconfirmed*,
never "try again". Nothing that happens after a post is published can publish it again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from django.db.models import Q

from bot import images
from bot.connect import tokens, ways
from bot.crew import Alone, Crew
from bot.deliver import Hands, deliver
from bot.networks import fence, registry
from bot.networks.base import (
    Client,
    Endpoints,
    Unauthorised,
)
from bot.reconcile import ClientFor, Clock, Report, quietly, reconcile
from bot.taking_down import take_down
from config import schema
from config.timing import Calendar
from review import blackouts, queries, slots, transitions
from review.states import State
from review.text import say
from review.transitions import Claim

log = logging.getLogger(__name__)

# Every request ends within 30 s, and a post with an image takes a few.
LEASE = timedelta(minutes=3)
# No request of a delivery begins later than this before the lease ends, so all have ended by then, even when
# the worker stood still in between: docs/decisions/0007 has the reasoning.
LAST_REQUEST = timedelta(seconds=45)


def real_clients(
    configuration: schema.Configuration, endpoints: Endpoints, clock: Clock
) -> ClientFor:
    """Return what makes the client of an account: by its network when live, else the rehearsal."""

    def client_for(name: str, live: bool) -> Client:
        account = configuration.account(name)
        if account is None:
            raise Unauthorised(
                f"The account {name} is not in accounts.toml.",
                mend="Put it back, or reject its posts.",
            )

        # Both must say so: the row is what people saw when they approved, the file what holds now.
        really = live and account.live
        token = tokens.token_for(account, tools=tokens.Tools(endpoints, clock)) if really else ""
        return registry.client_for(
            ways.details_of(account, token=token), live=really, endpoints=endpoints, now=clock
        )

    return client_for


def anything_to_do(*, now: datetime) -> bool:
    """Say whether a post is due, to be looked for, or left open by a worker that died."""
    return (
        queries.due(now).exists()
        or queries.to_look_for(now).exists()
        or queries.lapsed_attempts(now).exists()
        or queries.to_take_down(now).exists()
    )


def publish(
    configuration: schema.Configuration,
    *,
    clock: Clock,
    worker: str,
    client_for: ClientFor,
    stop: Callable[[], bool] = lambda: False,
    steady: fence.Steady = fence.steady,
    sleep: Callable[[float], None] = time.sleep,
    fetch: images.Fetch | None = None,
    crew: Crew | None = None,
) -> Report:
    """Send what is due until none is left; then settle what is open. `crew` does it, each account apart.

    `clock` is the wall clock; `steady` measures spans, in seconds, whatever people do to that clock.
    `fetch` gets the images of posts. With hands side by side this returns while some still work, and the
    report grows until they are done.
    """
    report, crew = Report(), crew or Alone()
    hands = Hands(clock, steady, sleep, client_for, report, fetch)
    _sweep(clock(), report)
    tidy(configuration, now=clock(), report=report)
    send(configuration, hands, worker=worker, stop=stop, crew=crew)

    def busy() -> bool:
        """Reading can wait: a post that has become due meanwhile goes first, with the next pass."""
        now = clock()
        return stop() or queries.may_go(now, **_held_back(configuration, now, crew)).exists()

    take_down(clock=clock, client_for=client_for, report=report, stop=busy, crew=crew)
    reconcile(clock=clock, client_for=client_for, report=report, stop=busy, crew=crew)
    return report


def send(
    configuration: schema.Configuration,
    hands: Hands,
    *,
    worker: str,
    stop: Callable[[], bool],
    crew: Crew,
) -> None:
    """Claim what is due and give it to `crew`, as long as it has a hand free; one post an account at a time."""
    while not stop() and crew.takes():
        now = hands.clock()
        deadline = hands.steady() + (LEASE - LAST_REQUEST).total_seconds()
        claim = transitions.claim(
            worker=worker,
            now=now,
            lease=LEASE,
            **_held_back(configuration, now, crew),
        )
        if claim is None:
            return
        crew.give(claim.account, partial(deliver, claim, hands, deadline))


class _HeldBack(TypedDict):
    silent: list[str]
    spaced: set[str]
    spacing: timedelta


def _held_back(
    configuration: schema.Configuration, now: datetime, crew: Crew | None = None
) -> _HeldBack:
    """Say which accounts are silent at `now` or in hand, and which posted so lately that a backlog waits."""
    calendar = configuration.calendar
    in_hand = crew.keys if crew is not None else frozenset()
    return {
        "silent": [*_silent(configuration, now), *in_hand],
        "spaced": queries.posted_since(now - calendar.spacing) if calendar.spacing else set(),
        "spacing": calendar.spacing,
    }


def _silent(configuration: schema.Configuration, now: datetime) -> list[str]:
    return [
        account.name
        for account in configuration.accounts
        if slots.blackout_at(now, calendar=configuration.calendar, account=account.name)
    ]


# -- what has waited too long --------------------------------------------------------------------------


def tidy(
    configuration: schema.Configuration, *, now: datetime, report: Report | None = None
) -> None:
    """Give back to people what missed its time, and end what nobody decided about."""
    calendar = blackouts.added_to(configuration.calendar, now=now)
    for post in queries.approved_in_rehearsal():
        again = partial(
            transitions.amend,
            post.pk,
            content=queries.newest_revision(post).content,
            by=transitions.BOT,
            now=now,
            seen=None,
            reason=say(
                "It was approved while its account rehearsed. The account is live now: approve it again."
            ),
        )
        if quietly(again) and report:
            report.returned += 1
    halt = queries.halt()
    late = Q(due_at__lte=now)
    if halt is None:
        # A backlog of a thousand that may go is none of our business here.
        late &= Q(due_at__lt=now - calendar.stale_after) | Q(
            account__name__in=_silent(configuration, now)
        )
    for post in queries.posts([State.SCHEDULED]).filter(late | _inside(calendar, now)):
        name = post.account.name
        blackout = slots.blackout_at(now, calendar=calendar, account=name) or (
            slots.blackout_at(post.due_at, calendar=calendar, account=name) if post.due_at else None
        )
        if halt is not None and post.due_at is not None and post.due_at <= now:
            reason = say(
                "Its time came while everything was stopped (%(name)s: %(reason)s).",
                name=halt.by,
                reason=halt.reason,
            )
        elif blackout is not None:
            reason = (
                say("Its time falls into “%(name)s”, when nothing goes out.", name=blackout.name)
                if post.due_at is not None and post.due_at > now
                else say(
                    "Its time fell into “%(name)s”, when nothing goes out.", name=blackout.name
                )
            )
        elif post.due_at is not None and now - post.due_at > calendar.stale_after:
            why = (
                say("the account is paused: %(trouble)s", trouble=post.account.trouble)
                if post.account.is_paused(now)
                else say("Herodr was not running, or could not send")
            )
            reason = say(
                "It missed its time by more than %(span)s (%(why)s).",
                span=_span(calendar.stale_after),
                why=why,
            )
        else:
            continue
        if quietly(partial(transitions.miss, post.pk, now=now, reason=reason)) and report:
            report.returned += 1
    old = queries.posts([State.IN_REVIEW]).filter(created_at__lt=now - calendar.expire_after)
    for post in old:
        reason = say("Nobody decided about it within %(span)s.", span=_span(calendar.expire_after))
        quietly(partial(transitions.expire, post.pk, now=now, reason=reason))


def _inside(calendar: Calendar, now: datetime) -> Q:
    """Match what is due in one of the calendar's blackouts, one that is to come or just over included.

    People are asked as soon as the file names it: after it, nothing may burst.
    """
    found = Q(pk__in=())
    for blackout in calendar.blackout:
        begin, end = blackout.ends_in(calendar.zone)
        if end > now - calendar.stale_after:
            on_its_accounts = Q(account__name__in=blackout.accounts) if blackout.accounts else Q()
            found |= Q(due_at__gte=begin, due_at__lt=end) & on_its_accounts
    return found


def _span(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return say("%(number)s days", number=span.days)
    minutes = int(span.total_seconds() // 60)
    if minutes >= 120:
        return say("%(number)s hours", number=minutes // 60)
    return say("%(number)s minutes", number=minutes)


# -- what a dead worker left -------------------------------------------------------------------------


def _sweep(now: datetime, report: Report) -> None:
    for attempt in queries.lapsed_attempts(now):
        claim = Claim(
            post_id=attempt.post_id,
            attempt_id=attempt.pk,
            attempt_number=attempt.number,
            account=attempt.post.account.name,
            network=attempt.post.account.network,
            live=attempt.post.account.live,
            content=attempt.revision.content,
            due_at=attempt.opened_at,
            revision_number=attempt.revision.number,
            content_hash=attempt.content_hash,
        )
        if attempt.post.state != State.SENDING:
            transitions.close_lapsed(claim, now=now)
            continue
        reason = say(
            "The worker %(worker)s stopped while it was sending this, so it may be published.",
            worker=attempt.worker,
        )
        lost = partial(
            transitions.lose_track,
            claim,
            now=now,
            outcome=transitions.WORKER_DIED,
            reason=reason,
            look_at=now,
        )
        if quietly(lost):
            report.unconfirmed += 1
