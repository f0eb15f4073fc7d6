"""Who is looking at which post, and what has changed in it since somebody last looked.

A look must cost next to nothing: one row a person, written again only when it has something new to say, and
lost without harm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q

from review import text
from review.batches import unhurried
from review.models import Looking, Person, Post, Revision, Seen
from review.text.comparing import Change

# A page with the script says every ten seconds that it is still there; it is written again after `AGAIN_AFTER`.
AGAIN_AFTER = timedelta(seconds=15)
LOOKING_FOR = timedelta(seconds=75)


@dataclass(frozen=True, slots=True)
class Since:
    """What is different now from what somebody saw last.

    `words` are the changes of the text, word by word, empty where only something else changed; `number` is the
    revision that was seen.
    """

    number: int
    words: tuple[tuple[Change, str], ...]
    link: bool
    card: bool
    images: bool


def look(person: Person, post: int, *, now: datetime) -> None:
    """Note that a person is looking at a post. Nothing is written where that is known already."""
    fresh = Looking.objects.filter(person=person, post=post, at__gt=now - AGAIN_AFTER)
    if fresh.exists() or not Post.objects.filter(pk=post).exists():
        return
    try:
        with unhurried(), transaction.atomic():
            Looking.objects.update_or_create(person=person, defaults={"post_id": post, "at": now})
    except DatabaseError:
        return  # somebody else writes, and the next look says the same


def leave(person: Person, post: int) -> None:
    """Note that a person is not looking at that post any more, whatever else they look at by now."""
    own = Looking.objects.filter(person=person, post=post)
    try:
        if own.exists():
            with unhurried():
                own.delete()
    except DatabaseError:
        return  # it ends by itself


def lookers(posts: Collection[int], *, besides: Person, now: datetime) -> dict[int, list[str]]:
    """Return the names of those who are looking at these posts now, by the post's key."""
    found: dict[int, list[str]] = {}
    rows = Looking.objects.filter(at__gt=now - LOOKING_FOR).exclude(person=besides)
    for row in rows.select_related("person").order_by("at"):
        if row.post_id in posts:
            found.setdefault(row.post_id, []).append(str(row.person))
    return found


def saw(person: Person, posts: Iterable[int]) -> None:
    """Note that a person has seen these posts as they are now."""
    rows = Post.objects.filter(pk__in=list(posts)).values_list("pk", "revision_number")
    with unhurried():
        Seen.objects.bulk_create(
            [Seen(person=person, post_id=pk, number=number) for pk, number in rows],
            update_conflicts=True,
            unique_fields=["person", "post"],
            update_fields=["number"],
        )


def since(posts: Sequence[Post], person: Person) -> dict[int, Since]:
    """Return what has changed in these posts since `person` saw them, by the post's key.

    A post that they never saw is seen as it is from now on. `posts` come from `review.queries.posts`.
    """
    known = dict(
        Seen.objects.filter(person=person, post__in=[post.pk for post in posts]).values_list(
            "post_id", "number"
        )
    )
    new = [post for post in posts if post.pk not in known]
    if new:
        _begin(person, new)
    changed = {
        post.pk: post for post in posts if known.get(post.pk, 0) not in (0, post.revision_number)
    }
    if not changed:
        return {}
    which = Q()
    for key, post in changed.items():
        which |= Q(post=key, number__in=[known[key], post.revision_number])
    revisions = {(row.post_id, row.number): row for row in Revision.objects.filter(which)}
    found = {}
    for key, post in changed.items():
        before, after = revisions.get((key, known[key])), revisions[key, post.revision_number]
        if before is not None and before.content_hash != after.content_hash:
            found[key] = _compare(before, after)
    return found


def _begin(person: Person, posts: Iterable[Post]) -> None:
    rows = [Seen(person=person, post=post, number=post.revision_number) for post in posts]
    try:
        with unhurried():
            Seen.objects.bulk_create(rows, ignore_conflicts=True)
    except DatabaseError:
        return  # the next page does it


def _compare(before: Revision, after: Revision) -> Since:
    a, b = before.content, after.content
    return Since(
        number=before.number,
        words=text.changes(a.text, b.text),
        link=a.link != b.link,
        card=(a.card_title, a.card_description) != (b.card_title, b.card_description),
        images=(a.image, a.image_alt, a.more_images) != (b.image, b.image_alt, b.more_images),
    )
