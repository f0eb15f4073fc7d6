"""Correcting what is published: it is taken down, and a new post about the same thing goes to review.

The published post keeps its words, its link and its story; the new one says what it corrects. Nothing is put up
again by itself: the correction needs an approval like any post, and gets none while the old post is still there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from review import record, text
from review.models import Decision, Post
from review.states import State, Verb
from review.transitions.moving import (
    MAX_REASON,
    Actor,
    NotFit,
    TooLate,
    locked,
    permit_new,
    reasoned,
    who_was_first,
    write_revision,
)
from review.transitions.taking_down import take_down

ENDED = (State.REJECTED, State.WITHDRAWN, State.EXPIRED)


@transaction.atomic
def correct(post_id: int, *, by: Actor, now: datetime, reason: str, words: str = "") -> Post:
    """– → in_review. Take a published post down, and submit its correction; returns the correction.

    The correction begins with the published content, its text replaced by `words` where they are given.
    One that was taken down already can be corrected too. Raises TransitionError.
    """
    post = locked(post_id)
    permit_new(Verb.CORRECT, by)
    if post.state != State.PUBLISHED:
        raise TooLate(
            text.say(
                "Only a published post can be corrected: %(first)s.", first=who_was_first(post)
            )
        )
    open_one = other_correction(post.pk)
    if open_one is not None:
        raise TooLate(
            text.say("It is being corrected already, by post %(number)s.", number=open_one.pk)
        )
    reason = reason.strip()
    if not reason:
        raise NotFit(text.say("Say what was wrong: the reason is kept with both posts."))
    if post.taken_down_at is None and post.take_down_at is None:
        take_down(post.pk, by=by, now=now, reason=reason)
    pinned = post.revisions.get(number=post.approved_number or post.revision_number)
    content = pinned.content
    if words:
        content = replace(content, text=text.clean_text(words))
    correction = Post.objects.create(
        announcement=post.announcement,
        account=post.account,
        corrects=post,
        state=State.IN_REVIEW,
        **reasoned(
            text.cut(
                text.say("It corrects post %(number)s: %(reason)s", number=post.pk, reason=reason),
                MAX_REASON,
            )
        ),
        created_at=now,
        changed_at=now,
    )
    revision = write_revision(correction, content, number=1, actor=by, now=now)
    Decision.objects.create(
        post=correction,
        revision=revision,
        verb=Verb.CORRECT,
        by=by.name,
        person_id=by.person_id,
        reason=reason,
        at=now,
    )
    record.append(
        Verb.CORRECT,
        actor=by.name,
        now=now,
        post_number=correction.pk,
        to_state=State.IN_REVIEW,
        content_hash=revision.content_hash,
        reason=reason,
        details={
            "account": post.account.name,
            "revision": 1,
            "corrects": post.pk,
            "url": post.url,
        },
    )
    return correction


def other_correction(post_id: int | None, *, besides: int | None = None) -> Post | None:
    """Return the correction of a post that has not ended, other than `besides`; None where there is none."""
    if post_id is None:
        return None
    open_ones = Post.objects.filter(corrects=post_id).exclude(state__in=ENDED)
    return open_ones.exclude(pk=besides or 0).first()


def refuse_beside_the_old(post: Post) -> None:
    """Refuse to approve a correction whose old post is still on the account. Raises NotFit."""
    old = post.corrects
    if old is not None and old.taken_down_at is None:
        raise NotFit(
            text.say(
                "Post %(number)s, which this one corrects, is still on the account. "
                "Wait until it is taken down: %(reason)s",
                number=old.pk,
                reason=old.why or text.say("the worker does it"),
            )
        )
