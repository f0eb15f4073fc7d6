"""Two approvers: the first approval of a revision, and taking it back. Neither is a move: the post stays in review.

Somebody is recognised by their key and by their name, and in doubt nobody is a second person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from review import queries
from review.models import Decision, Person, Post, Revision
from review.states import State, Verb
from review.text import month, say
from review.transitions.moving import (
    Actor,
    NotAllowed,
    NotFit,
    TooLate,
    locked,
    note,
    permit_new,
    who_was_first,
)

TAKE_BACK = "take back"
# The columns of a post that one person's approval is enough for.
ALONE: dict[str, Any] = {"approved_first_by": None, "approved_first_at": None}


def at_the_desk(by: Actor) -> Actor:
    """Return `by` as one of the people who may decide at the desk; a terminal gives a name only.

    Two ways to write one name must not make two approvers. Raises NotAllowed.
    """
    if by.person_id is not None:
        return by
    name = by.name.casefold()
    found = [
        one for one in queries.deciders() if name in (str(one).casefold(), one.username.casefold())
    ]
    if len(found) != 1:
        raise NotAllowed(
            say(
                "Two approvers are asked for, and “%(name)s” is not the name of one person who may decide "
                "at the desk. Give a name from the People page.",
                name=by.name,
            )
        )
    return replace(by, name=str(found[0]), person_id=found[0].pk)


def is_second(post: Post, by: Actor) -> bool:
    """Say whether somebody else's approval of this revision stands, so that the one of `by` is the second.

    Raises TooLate when it is `by` who approved it already.
    """
    first = standing_first(post)
    if first is None:
        return False
    if _is(by, first):
        raise TooLate(
            say(
                "%(name)s approved it already, and one person counts once: somebody else approves it too.",
                name=by.name,
            )
        )
    return True


def standing_first(post: Post) -> Person | None:
    """Return whose first approval of a post in review counts: not that of somebody who may decide no more."""
    first = post.approved_first_by
    if post.state != State.IN_REVIEW or first is None or not first.may_decide:
        return None
    return first


def first_approval(post: Post) -> str:
    """Say that a post in review has one approval of two, by whom and when; "" where it has none that counts."""
    first = standing_first(post)
    if first is None or post.approved_first_at is None:
        return ""
    at = timezone.localtime(post.approved_first_at)
    return say(
        "1 of 2 approvals: %(name)s, %(time)s on %(day)s %(month)s.",
        name=str(first),
        time=f"{at:%H:%M}",
        day=at.day,
        month=month(at.month),
    )


def refuse_without_a_second(by: Actor, *, is_author: Callable[[Person], bool]) -> None:
    """Refuse a first approval that nobody could second. Raises NotFit."""
    if all(_is(by, one) or is_author(one) for one in queries.deciders()):
        raise NotFit(
            say(
                "Two people approve each post, neither of them its author, and nobody besides %(name)s could "
                "approve this one. Give another person the right to decide on the People page, or change "
                "“approvals” in calendar.toml.",
                name=by.name,
            )
        )


def note_first(
    post: Post, revision: Revision, *, by: Actor, now: datetime, wish: datetime | None
) -> Post:
    """Keep the first of two approvals of a locked post, with the time that `by` wishes for it (None: any slot)."""
    changes: dict[str, Any] = {
        "approved_first_by": by.person_id,
        "approved_first_at": now,
        "due_at": wish,
    }
    return _note(
        post,
        revision,
        Verb.APPROVE,
        by=by,
        now=now,
        reason=say("1 of 2 approvals; somebody else approves it too."),
        changes=changes,
        details={"due_at": wish.isoformat()} if wish else {},
    )


@transaction.atomic
def take_back(post_id: int, *, by: Actor, now: datetime) -> Post:
    """Take one's own first approval back; the post stays in review. Raises TransitionError."""
    post = locked(post_id)
    permit_new(Verb.APPROVE, by)
    first = post.approved_first_by
    if post.state != State.IN_REVIEW or first is None:
        raise TooLate(
            say("There is no approval to take back: %(first)s.", first=who_was_first(post))
        )
    if not _is(by, first):
        raise NotAllowed(
            say(
                "%(first)s approved it, and nobody else can take that back. Edit or reject it instead.",
                first=str(first),
            )
        )
    revision = post.revisions.get(number=post.revision_number)
    changes = {**ALONE, "due_at": None}
    return _note(post, revision, TAKE_BACK, by=by, now=now, reason="", changes=changes, details={})


def other_approval(post: Post, by: Actor) -> dict[str, Any]:
    """Return the columns that let an approval by somebody besides `by` stand, when theirs alone of two ends."""
    if post.approved_first_at is None:
        return {}
    given = post.decisions.filter(
        verb=Verb.APPROVE, revision__number=post.revision_number, person__isnull=False
    )
    for decision in given.select_related("person").order_by("-pk")[:2]:
        if decision.person is not None and not _is(by, decision.person):
            return {"approved_first_by": decision.person, "approved_first_at": decision.at}
    return {}


def _is(by: Actor, person: Person) -> bool:
    names = {str(person).casefold(), person.username.casefold()}
    return by.person_id == person.pk or by.name.casefold() in names


def _note(
    post: Post,
    revision: Revision,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    reason: str,
    changes: dict[str, Any],
    details: dict[str, Any],
) -> Post:
    Post.objects.filter(pk=post.pk).update(**changes)
    Decision.objects.create(
        post=post, revision=revision, verb=verb, by=by.name, person_id=by.person_id, at=now
    )
    return note(
        post,
        verb,
        actor=by,
        now=now,
        reason=reason,
        content_hash=revision.content_hash,
        details={"revision": revision.number, **details},
    )
