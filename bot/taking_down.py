"""Taking published posts down where a person asked for it: safe to repeat, so it is repeated until it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot.crew import Crew
from bot.networks.base import NetworkError, Refused, Temporary, Throttled
from bot.reconcile import SPARE_HANDS, ClientFor, Clock, Report, quietly
from config import logs
from review import connections, queries, transitions
from review.models import Post

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=5)


def take_down(
    *, clock: Clock, client_for: ClientFor, report: Report, stop: Callable[[], bool], crew: Crew
) -> None:
    """Ask the networks to take down what is to go now."""
    for post in queries.to_take_down(clock()):
        if stop():
            return
        key = f"taking down posts of {post.account.name}"
        if crew.takes(key, spare=SPARE_HANDS):
            crew.give(key, partial(_take_down, post, clock, client_for, report))


def _take_down(post: Post, clock: Clock, client_for: ClientFor, report: Report) -> None:
    with logs.about(post=post.pk, account=post.account.name):
        _ask(post, clock, client_for, report)


def _ask(post: Post, clock: Clock, client_for: ClientFor, report: Report) -> None:
    began = clock()
    try:
        # What was rehearsed is nowhere, even when its account is live by now.
        client = client_for(post.account.name, post.account.live and not post.rehearsed)
        client.delete(transitions.network_id_of(post))
    except Exception as error:
        now = clock()
        if not isinstance(error, NetworkError):
            log.exception("could not take post %s down", post.pk)
        why = str(error) if isinstance(error, NetworkError) else f"({type(error).__name__})"
        again = None if isinstance(error, Refused) else now + AGAIN
        if isinstance(error, Throttled):
            again = max(error.until, now + AGAIN)
        elif not isinstance(error, (Refused, Temporary)) and not connections.changed_since(
            post.account.name, began
        ):
            # Keys or credit: no use in asking often, but somebody may mend it.
            again = now + 12 * AGAIN
        failed = partial(transitions.not_taken_down, post.pk, now=now, again_at=again, why=why)
        quietly(failed)
        report.troubles.append(f"Post {post.pk} is still on {post.account.name}: {why}")
        return
    if quietly(partial(transitions.taken_down, post.pk, now=clock())):
        report.taken_down += 1
