"""Taking a published post down. Not a move: it was published, and stays so in the record.

A person asks, with a reason; the worker asks the network, as often as it takes, because a network that has
deleted a post already says so without harm.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from review.models import Decision, Post, Revision
from review.states import State
from review.text import cut, month, say, together
from review.transitions.moving import (
    BOT,
    MAX_REASON,
    Actor,
    NotAllowed,
    NotFit,
    TooLate,
    locked,
    note,
    reasoned,
    who_was_first,
)

TAKE_DOWN = "take down"
# The ids that are in the addresses of posts, for those that a person confirmed by their link.
_IN_ADDRESS = re.compile(r"(urn:li:[A-Za-z]+:[0-9]+)|/status/([0-9]{1,19})(?![0-9])")


def network_id_of(post: Post) -> str:
    """Return the network's id of a published post, from its link where that is all we have; or ""."""
    found = _IN_ADDRESS.search(post.url)
    return post.network_id or (found[1] or found[2] if found else "")


@transaction.atomic
def take_down(post_id: int, *, by: Actor, now: datetime, reason: str) -> Post:
    """Ask for a published post to be taken down. The reason is kept. Raises TransitionError."""
    post = locked(post_id)
    if not by.may_decide or not by.name:
        raise NotAllowed(
            say(
                "%(name)s may look, but not decide about posts.",
                name=by.name or say("This person"),
            )
        )
    if post.state != State.PUBLISHED:
        raise TooLate(
            say("Only a published post can be taken down: %(first)s.", first=who_was_first(post))
        )
    if post.taken_down_at is not None or post.take_down_at is not None:
        raise TooLate(say("It is being taken down already: %(first)s.", first=who_was_first(post)))
    if not reason.strip():
        raise NotFit(say("Say why it is taken down: the reason is kept with the post."))
    if len(reason) > MAX_REASON // 2:
        raise NotFit(
            say("The reason is longer than %(most)s characters; shorten it.", most=MAX_REASON // 2)
        )
    if not network_id_of(post):
        raise NotFit(
            say(
                "Herodr does not know this post's number on its network. Take it down there yourself: %(url)s",
                url=post.url,
            )
        )
    revision = Revision.objects.get(post=post, number=post.approved_number or post.revision_number)
    Decision.objects.create(
        post=post,
        revision=revision,
        verb=TAKE_DOWN,
        by=by.name,
        person_id=by.person_id,
        reason=reason.strip(),
        at=now,
    )
    why = say("%(name)s takes it down: %(reason)s", name=by.name, reason=reason.strip())
    return _note(post, by, now, why, take_down_at=now)


@transaction.atomic
def taken_down(post_id: int, *, now: datetime) -> Post:
    """Note that the network has the post no more."""
    post = locked(post_id)
    if post.taken_down_at is not None:
        return post
    decision, when = _asked(post), _when(now)
    reason = (
        say(
            "Taken down at %(time)s on %(day)s %(month)s %(year)s by %(name)s: %(reason)s",
            name=decision.by,
            reason=decision.reason,
            **when,
        )
        if decision
        else say("Taken down at %(time)s on %(day)s %(month)s %(year)s", **when)
    )
    return _note(post, BOT, now, reason, take_down_at=None, taken_down_at=now)


@transaction.atomic
def gone(post_id: int, *, by: Actor, now: datetime) -> Post:
    """Note that `by` has taken the post down on the network itself, as was asked for.

    For a network that keeps Herodr waiting, or does not let it: what corrects the post waits for that too.
    Raises TransitionError.
    """
    post = locked(post_id)
    if not by.may_decide or not by.name:
        raise NotAllowed(
            say("%(name)s may look, but not decide about posts.", name=by.name or "This person")
        )
    if post.taken_down_at is not None:
        raise TooLate(say("It is taken down already: %(first)s.", first=who_was_first(post)))
    decision = _asked(post) if post.state == State.PUBLISHED else None
    if decision is None:
        raise NotFit(
            say("Nobody asked for it to be taken down. Do that first: the reason is kept.")
        )
    reason = say(
        "Taken down on its network by %(name)s, as noted at %(time)s on %(day)s %(month)s %(year)s: %(reason)s",
        name=by.name,
        reason=decision.reason,
        **_when(now),
    )
    return _note(post, by, now, reason, take_down_at=None, taken_down_at=now)


def _asked(post: Post) -> Decision | None:
    return Decision.objects.filter(post=post, verb=TAKE_DOWN).order_by("-pk").first()


def _when(now: datetime) -> dict[str, str | int]:
    local = timezone.localtime(now)
    return {
        "time": f"{local:%H:%M}",
        "day": local.day,
        "month": month(local.month),
        "year": local.year,
    }


@transaction.atomic
def not_taken_down(post_id: int, *, now: datetime, again_at: datetime | None, why: str) -> Post:
    """Note that the network did not take the post down, and when it is asked again (None: not by itself)."""
    post = locked(post_id)
    if post.taken_down_at is not None:
        return post
    mend = (
        "" if again_at else say("Take it down there yourself, or try again: %(url)s", url=post.url)
    )
    reason = cut(together(say("It is still on the account."), why, mend), MAX_REASON)
    if again_at is not None and post.reason == reason:
        Post.objects.filter(pk=post.pk).update(take_down_at=again_at)
        return post
    return _note(post, BOT, now, reason, take_down_at=again_at)


def _note(post: Post, actor: Actor, now: datetime, reason: str, **changes: Any) -> Post:
    Post.objects.filter(pk=post.pk).update(**reasoned(reason), changed_at=now, **changes)
    return note(
        post,
        TAKE_DOWN,
        actor=actor,
        now=now,
        reason=reason,
        details={"url": post.url, "done": "taken_down_at" in changes},
    )
