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

from django.db.utils import OperationalError

from bot import retry
from bot.networks import registry
from bot.networks.base import (
    AccountDetails,
    Client,
    Endpoints,
    NetworkError,
    OutcomeUnknown,
    Published,
    Temporary,
    Unauthorised,
)
from bot.reconcile import ClientFor, Clock, Report, quietly, reconcile
from config import schema
from config.env import MissingSecretFile, secret
from review import accounts, queries, slots, transitions
from review.states import State
from review.transitions import Claim, TransitionError

log = logging.getLogger(__name__)

# Connect and read time-outs of one delivery add up to 25 s a request, and a post may take a few.
LEASE = timedelta(minutes=3)


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

        def read(part: str) -> str:
            try:
                return secret(f"{account.credentials}_{part}") if account.credentials else ""
            except MissingSecretFile as error:
                raise Unauthorised(str(error)) from None

        details = AccountDetails(
            name=account.name,
            network=account.network,
            handle=account.handle,
            author=account.author,
            credentials=account.credentials,
            secret=read,
        )
        # Both must say so: the row is what people saw when they approved, the file what holds now.
        return registry.client_for(
            details, live=live and account.live, endpoints=endpoints, now=clock
        )

    return client_for


def anything_to_do(*, now: datetime) -> bool:
    """Say whether a post is due, to be looked for, or left open by a worker that died."""
    return (
        queries.due(now).exists()
        or queries.unconfirmed_to_look_for(now).exists()
        or queries.lapsed_attempts(now).exists()
    )


def publish(
    configuration: schema.Configuration,
    *,
    clock: Clock,
    worker: str,
    client_for: ClientFor,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Settle what is open, then send what is due, one post after the other, until none is left."""
    report = Report()
    _sweep(clock(), report)
    reconcile(clock=clock, client_for=client_for, report=report, stop=stop)
    tidy(configuration, now=clock(), report=report)
    while not stop():
        now = clock()
        silent = [
            account.name
            for account in configuration.accounts
            if slots.blackout_at(now, calendar=configuration.calendar, account=account.name)
        ]
        claim = transitions.claim(
            worker=worker,
            now=now,
            lease=LEASE,
            silent=silent,
            spaced=queries.posted_since(now - configuration.calendar.spacing),
            spacing=configuration.calendar.spacing,
        )
        if claim is None:
            break
        _deliver(claim, clock, client_for, report)
    return report


# -- what has waited too long --------------------------------------------------------------------------


def tidy(
    configuration: schema.Configuration, *, now: datetime, report: Report | None = None
) -> None:
    """Give back to people what missed its time, and end what nobody decided about."""
    calendar = configuration.calendar
    for post in queries.approved_in_rehearsal():
        again = partial(
            transitions.amend,
            post.pk,
            content=queries.newest_revision(post).content,
            by=transitions.BOT,
            now=now,
            seen=None,
            reason="It was approved while its account rehearsed. The account is live now: approve it again.",
        )
        if quietly(again) and report:
            report.returned += 1
    halt = queries.halt()
    for post in queries.posts([State.SCHEDULED]).filter(due_at__lte=now):
        blackout = slots.blackout_at(now, calendar=calendar, account=post.account.name)
        if halt is not None:
            reason = f"Its time came while everything was stopped ({halt.by}: {halt.reason})."
        elif blackout is not None:
            reason = f"Its time fell into “{blackout.name}”, when nothing goes out."
        elif post.due_at is not None and now - post.due_at > calendar.stale_after:
            why = (
                f"the account is paused: {post.account.trouble}"
                if post.account.is_paused(now)
                else "Herodr was not running, or could not send"
            )
            reason = f"It missed its time by more than {_span(calendar.stale_after)} ({why})."
        else:
            continue
        if quietly(partial(transitions.miss, post.pk, now=now, reason=reason)) and report:
            report.returned += 1
    old = queries.posts([State.IN_REVIEW]).filter(created_at__lt=now - calendar.expire_after)
    for post in old:
        reason = f"Nobody decided about it within {_span(calendar.expire_after)}."
        quietly(partial(transitions.expire, post.pk, now=now, reason=reason))


def _span(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return f"{span.days} days"
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} hours" if minutes >= 120 else f"{minutes} minutes"


# -- what a dead worker left -------------------------------------------------------------------------


def _sweep(now: datetime, report: Report) -> None:
    for attempt in queries.lapsed_attempts(now):
        claim = Claim(
            post_id=attempt.post_id,
            attempt_id=attempt.pk,
            attempt_number=attempt.number,
            account=attempt.post.account.name,
            live=attempt.post.account.live,
            content=attempt.revision.content,
            due_at=attempt.opened_at,
        )
        reason = f"The worker {attempt.worker} stopped while it was sending this, so it may be published."
        lost = partial(
            transitions.lose_track,
            claim,
            now=now,
            outcome="worker died",
            reason=reason,
            look_at=now,
        )
        if quietly(lost):
            report.unconfirmed += 1


# -- one delivery --------------------------------------------------------------------------------------


def _deliver(claim: Claim, clock: Clock, client_for: ClientFor, report: Report) -> None:
    """Send one claimed post and settle it, whatever happens."""
    extra = {"post": claim.post_id, "attempt": claim.attempt_number, "account": claim.account}
    try:
        outcome = _try(claim, client_for)
    except NetworkError as error:
        log.warning("post %s on %s: %s", claim.post_id, claim.account, error, extra=extra)
        _settle(claim, error, clock, report)
        return
    now = clock()
    _insist(
        lambda: transitions.confirm_sent(
            claim, now=now, network_id=outcome.network_id, url=outcome.url
        )
    )
    report.published += 1
    log.info("post %s published on %s", claim.post_id, claim.account, extra=extra)


def _try(claim: Claim, client_for: ClientFor) -> Published:
    try:
        client = client_for(claim.account, claim.live)
    except NetworkError:
        raise
    except Exception as error:
        # Nothing has left the machine: the client could not even be made.
        log.exception("no client for %s", claim.account)
        raise Temporary(
            f"Herodr could not prepare the delivery ({type(error).__name__})."
        ) from None
    try:
        return client.deliver(claim.content)
    except NetworkError:
        raise
    except Exception as error:
        log.exception("post %s: unforeseen", claim.post_id)
        raise OutcomeUnknown(
            f"Something unforeseen happened while sending ({type(error).__name__}), so it may be published."
        ) from None


def _settle(claim: Claim, error: NetworkError, clock: Clock, report: Report) -> None:
    now = clock()
    decision = retry.decide(error, attempts=claim.attempt_number, now=now)
    outcome = type(error).__name__
    if decision.pause is not None:
        pause = decision.pause
        _insist(
            lambda: accounts.pause(
                claim.account, until=pause.until, trouble=decision.reason, now=now
            )
        )
        report.troubles.append(f"{claim.account} is paused: {decision.reason}")
    if decision.action is retry.Action.RETRY_LATER:
        at = decision.at or now
        _insist(
            lambda: transitions.retry_later(
                claim, now=now, at=at, outcome=outcome, reason=decision.reason
            )
        )
        report.later += 1
    elif decision.action is retry.Action.GIVE_UP:
        _insist(
            lambda: transitions.give_up(claim, now=now, outcome=outcome, reason=decision.reason)
        )
        report.failed += 1
    else:
        _insist(
            lambda: transitions.lose_track(
                claim, now=now, outcome=outcome, reason=decision.reason, look_at=decision.at
            )
        )
        report.unconfirmed += 1


def _insist(act: Callable[[], object], *, tries: int = 6) -> None:
    """Store an outcome, even when the database is locked or away for a moment.

    When it stays away, the attempt stays open and its lease runs out: unconfirmed, never lost.
    """
    for number in range(1, tries + 1):
        try:
            act()
        except OperationalError:
            if number == tries:
                raise
            time.sleep(0.2 * 2**number)
        except TransitionError as error:
            # The lease ran out meanwhile; the post is unconfirmed and will be looked for.
            log.warning("%s", error)
            return
        else:
            return
