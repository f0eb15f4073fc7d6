"""What people say about a post without changing it: a comment, or a request for changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from review import asks, record
from review.models import Comment, Person, Post
from review.states import State
from review.text import clean_text, say
from review.transitions import Actor, NotAllowed, NotFit, TooLate

MOST = 2_000  # characters


@transaction.atomic
def add(
    post_id: int,
    *,
    text: str,
    asks_for_changes: bool,
    by: Actor,
    now: datetime,
    seen: int,
    tell: Person | None = None,
) -> Comment:
    """Keep what `by` says about revision `seen`, beside the post and in the record.

    Whom it names with an "@" is asked for an answer; so is `tell`, whose name is put before it if it is missing.

    A request for changes stands until a newer revision is written; it forbids nothing, and everybody sees it.
    Raises NotAllowed, NotFit for an empty or an endless text, TooLate when changes of an older revision or
    of a post that is no longer in review are asked for.
    """
    if not by.may_edit:
        raise NotAllowed(say("%(name)s may look, but not comment on posts.", name=by.name))
    text = clean_text(text).strip()
    if not text:
        raise NotFit(say("Write what you want to say."))
    people = asks.colleagues() if "@" in text or tell is not None else []
    named = asks.named_in(text, people)
    if tell is not None and tell in people and tell not in named:
        text = f"@{tell} {text}"
        named = [tell, *named]
    if len(text) > MOST:
        raise NotFit(
            say("The comment is longer than %(most)s characters; shorten it.", most=f"{MOST:,}")
        )
    post = Post.objects.select_for_update(of=("self",)).filter(pk=post_id).first()
    if post is None:
        raise NotFit(say("There is no post %(number)s.", number=post_id))
    if asks_for_changes and (post.state != State.IN_REVIEW or seen != post.revision_number):
        raise TooLate(
            say(
                "Too late to ask for changes: the post was changed or decided in the meantime. Open it again."
            )
        )
    comment = Comment.objects.create(
        post=post,
        revision_number=seen,
        text=text,
        asks_for_changes=asks_for_changes,
        by=by.name,
        person_id=by.person_id,
        at=now,
    )
    asks.mention(comment, named)
    details: dict[str, Any] = {"revision": seen}
    if named:
        details["named"] = [str(person) for person in named]
    record.append(
        "ask for changes" if asks_for_changes else "comment",
        actor=by.name,
        now=now,
        post_number=post.pk,
        reason=text,
        details=details,
    )
    return comment
