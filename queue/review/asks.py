"""What people ask of each other about posts: to see to one, or to read what a comment says.

Nothing here moves a post. Who is asked finds it in what waits for them, and is told by a notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from review import record
from review.models import Ask, Comment, Person, Post
from review.states import NEEDS_A_PERSON
from review.text import say
from review.transitions import Actor, NotAllowed, NotFit, TooLate
from review.transitions.moving import who_was_first

ASSIGN = "assign"


def colleagues() -> list[Person]:
    """Return who may be asked: everybody who is active and may edit or decide, by name."""
    people = Person.objects.filter(is_active=True).order_by("name", "pk")
    return [person for person in people if person.may_edit]


@transaction.atomic
def assign(posts: Iterable[int], *, to: Person | None, by: Actor, now: datetime) -> list[Post]:
    """Hand posts that need a person to `to`; None: to nobody, so that they wait for whoever may.

    Returns those that were not theirs before, in the order of their keys. Raises NotAllowed, NotFit, TooLate.
    """
    if not by.may_edit:
        raise NotAllowed(say("%(name)s may look, but not hand posts to people.", name=by.name))
    if to is not None and not to.may_edit:
        raise NotFit(
            say(
                "%(name)s may not edit or decide about posts, so none can be handed to them.",
                name=str(to),
            )
        )
    rows = list(
        Post.objects.select_for_update(of=("self",))
        .select_related("announcement")
        .filter(pk__in=list(posts))
        .order_by("pk")
    )
    if rows and not any(post.state in NEEDS_A_PERSON for post in rows):
        raise TooLate(
            say("Too late to hand it to somebody: %(first)s.", first=who_was_first(rows[0]))
        )
    key = to.pk if to is not None else None
    given = [post for post in rows if post.state in NEEDS_A_PERSON and post.assignee_id != key]
    for post in given:
        Post.objects.filter(pk=post.pk).update(assignee=to)
        post.assignee = to
    if to is not None and to.pk != by.person_id:
        Ask.objects.bulk_create(
            # A hand-over shows on the post itself; only a comment waits to be answered.
            [Ask(post=post, person=to, by=by.name, at=now, answered_at=now) for post in given]
        )
    for post in given:
        record.append(
            ASSIGN,
            actor=by.name,
            now=now,
            post_number=post.pk,
            details={"to": str(to) if to is not None else ""},
        )
    return given


def named_in(text: str, people: Iterable[Person]) -> list[Person]:
    """Return who of `people` a comment names: "@" and the name, the user name, or a first name only one has.

    Of names that begin alike, the longest that stands there counts.
    """
    known: dict[str, Person | None] = {}
    for person in people:
        words = str(person).casefold().split()
        if words:
            first = words[0]
            known[first] = None if first in known else person
    for person in people:
        for name in (person.username, str(person)):
            if name.strip():
                known[" ".join(name.casefold().split())] = person
    if not known:
        return []
    either = "|".join(
        r"\s+".join(map(re.escape, name.split())) for name in sorted(known, key=len, reverse=True)
    )
    found: dict[int, Person] = {}
    for match in re.finditer(rf"(?<![\w@])@({either})(?!\w)", text, re.IGNORECASE):
        named = known.get(" ".join(match[1].casefold().split()))
        if named is not None:
            found[named.pk] = named
    return list(found.values())


def mention(comment: Comment, people: Iterable[Person]) -> None:
    """Keep that a comment asks these people; whoever wrote it is not asked."""
    Ask.objects.bulk_create(
        [
            Ask(
                post_id=comment.post_id,
                person=person,
                by=comment.by,
                at=comment.at,
                comment=comment,
            )
            for person in people
            if person.pk != comment.person_id
        ]
    )


def answer(person: Person, posts: Iterable[int], *, now: datetime) -> int:
    """Note that a person has done something about these posts. Returns how many questions that answered."""
    return Ask.objects.filter(person=person, post__in=list(posts), answered_at__isnull=True).update(
        answered_at=now
    )
