"""Looking for what is unconfirmed among an account's own posts, and what follows.

Found → confirmed. Provably absent after the last look → back in review. Where the network does not let us look,
a person is asked. Nothing unconfirmed is ever sent again from here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot import retry
from bot.crew import Crew
from bot.networks.base import (
    AlreadyPublished,
    CannotLook,
    Client,
    NetworkError,
    Published,
    Throttled,
)
from config import logs
from review import queries, transitions
from review.models import Post
from review.states import State
from review.text import Content, say, together
from review.transitions import TransitionError

log = logging.getLogger(__name__)

# Reading failed: this is how long until the account's own posts are asked for again.
LOOK_AGAIN = timedelta(minutes=5)
# This machine's clock may be wrong by a time zone, or have been set back since; and a network that refuses a
# text as a duplicate may mean one from up to about a day ago. So a post is looked for from a day before.
CLOCKS_DIFFER = timedelta(hours=24)

ClientFor = Callable[[str, bool], Client]
Clock = Callable[[], datetime]


@dataclass
class Report:
    """What one pass of `publish` did, by outcome."""

    published: int = 0
    later: int = 0
    failed: int = 0
    unconfirmed: int = 0
    confirmed: int = 0
    returned: int = 0
    taken_down: int = 0
    troubles: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Say it in a sentence."""
        parts = [
            f"{number} {words}"
            for number, words in (
                (self.published, "published"),
                (self.confirmed, "found published"),
                (self.later, "put off"),
                (self.failed, "failed"),
                (self.unconfirmed, "unconfirmed"),
                (self.returned, "back in review"),
                (self.taken_down, "taken down"),
            )
            if number
        ]
        said = f"Posts: {', '.join(parts)}." if parts else "No post was due."
        return " ".join([said, *dict.fromkeys(self.troubles)])


def quietly(act: Callable[[], object]) -> bool:
    """Carry a move out unless somebody else was faster."""
    try:
        act()
    except TransitionError as error:
        log.info("%s", error)
        return False
    return True


# What reads leaves this many hands to what sends.
SPARE_HANDS = 2


def reconcile(
    *, clock: Clock, client_for: ClientFor, report: Report, stop: Callable[[], bool], crew: Crew
) -> None:
    """Look for every unconfirmed post whose time to be looked for has come."""
    for post in queries.to_look_for(clock()):
        if stop():
            return
        key = f"looking for posts of {post.account.name}"
        if crew.takes(key, spare=SPARE_HANDS):
            crew.give(key, partial(_look_for, post, clock, client_for, report))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for: the texts under which it may be out, since when, and when it was lost track of."""

    contents: tuple[Content, ...]
    since: datetime
    lost_at: datetime
    twin: bool = False  # the network said that it has this text already


def _wanted(post: Post) -> _Wanted:
    attempts = list(post.attempts.select_related("revision").order_by("number"))
    begun = [attempt.opened_at for attempt in attempts]
    if post.restoration is not None:
        # Which text went out, nobody here knows.
        return _Wanted(
            tuple(dict.fromkeys(one.content for one in transitions.contents_of(post))),
            min([post.restoration.backup_at, *begun]) - CLOCKS_DIFFER,
            post.restoration.restored_at,
        )
    last = attempts[-1]
    return _Wanted(
        (last.revision.content,),
        min(begun) - CLOCKS_DIFFER,
        last.closed_at or last.opened_at,
        last.outcome == AlreadyPublished.__name__,
    )


def _find(client: Client, post: Post, wanted: _Wanted) -> Published | None:
    for content in wanted.contents:
        found = client.find(content, since=wanted.since)
        if found is not None and not queries.is_known(post.pk, found.network_id):
            return found
    return None


def _look_for(post: Post, clock: Clock, client_for: ClientFor, report: Report) -> None:
    with logs.about(post=post.pk, attempt=post.attempt_count, account=post.account.name):  # type: ignore[attr-defined]  # annotated
        _look(post, clock, client_for, report)


def _look(post: Post, clock: Clock, client_for: ClientFor, report: Report) -> None:
    wanted = _wanted(post)
    now = clock()
    try:
        found = _find(client_for(post.account.name, post.account.live), post, wanted)
    except CannotLook as error:
        why = together(post.why, error.sentence)
        if post.state == State.IN_REVIEW:
            why = together(
                why, say("Look there: if it is on the account, reject it here; if not, approve it.")
            )
        transitions.look_again(post.pk, look_at=None, looks_done=post.looks_done, reason=why)
        return
    except NetworkError as error:
        wait = error.until if isinstance(error, Throttled) else now + LOOK_AGAIN
        _ask_again(
            post,
            max(wait, now + LOOK_AGAIN),
            say("Herodr could not look for it yet: %(error)s", error=error.sentence),
        )
        return
    except Exception as error:
        log.exception("could not look for post %s", post.pk)
        _ask_again(
            post,
            now + LOOK_AGAIN,
            say("Herodr could not look for it yet (%(error)s).", error=type(error).__name__),
        )
        return
    now = clock()
    if found is not None:
        if quietly(
            lambda: transitions.confirm(
                post.pk,
                by=transitions.BOT,
                now=now,
                url=found.url,
                network_id=found.network_id,
                reason=say("Found among the account's own posts."),
            )
        ):
            report.confirmed += 1
        else:
            # Whatever stood in the way must not make us ask the network each second.
            _ask_again(post, now + LOOK_AGAIN, post.why)
        return
    done = post.looks_done + 1
    next_look = retry.reconcile_at(wanted.lost_at, done)
    # What was published long before a backup was put back shows at the first look, or not at all.
    if next_look is not None and (post.restoration is None or next_look > now):
        transitions.look_again(
            post.pk, look_at=max(next_look, now), looks_done=done, reason=post.why
        )
    elif post.state != State.UNCONFIRMED:
        transitions.no_doubt(
            post.pk,
            reason=together(
                _without_doubt(post),
                say("Herodr looked: it is not on the account in these words."),
            ),
        )
    else:
        reason = (
            say(
                "The network says that it has this text already, but it is not among the account's posts. "
                "Change the text, or wait a day before you approve it again."
            )
            if wanted.twin
            else say(
                "It is not on the account, so it was not published. Approve it again to send it."
            )
        )
        if quietly(
            lambda: transitions.requeue(post.pk, by=transitions.BOT, now=now, reason=reason)
        ):
            report.returned += 1


def _without_doubt(post: Post) -> str:
    """The reason a post gives, without what was said of looking for it."""
    return transitions.warning(post.restoration) if post.restoration else post.why


def _ask_again(post: Post, at: datetime, reason: str) -> None:
    transitions.look_again(post.pk, look_at=at, looks_done=post.looks_done, reason=reason)
