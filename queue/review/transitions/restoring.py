"""What follows when a backup was put back: the world may know more of a post than we do.

What was decided after the backup was taken is forgotten, so what is scheduled goes back to a person; and each
post that may have been published meanwhile is looked for on its account before anything is sent.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from review import record
from review.models import Entry, Event, Post, Restoration, Revision
from review.states import State, Verb
from review.text import month, say, together
from review.transitions.moving import BOT, locked, move, reasoned

# So long after, what comes in anew may still have been announced in the time that is forgotten.
IN_DOUBT_FOR = timedelta(days=30)
# Where nothing in the backup says when it was taken.
_LONG_AGO = timedelta(days=30)


def latest(*, now: datetime) -> Restoration | None:
    """Return the restoration that new posts are in doubt about at `now`, if there is one."""
    return (
        Restoration.objects.filter(restored_at__gt=now - IN_DOUBT_FOR)
        .order_by("restored_at")
        .last()
    )


def warning(restoration: Restoration) -> str:
    """Say in a sentence what a person must know about a post that is in doubt."""
    moment = timezone.localtime(restoration.backup_at)
    return say(
        "A backup of %(time)s on %(day)s %(month)s was put back, and what happened since is forgotten, so "
        "this may be published already.",
        time=f"{moment:%H:%M}",
        day=moment.day,
        month=month(moment.month),
    )


@transaction.atomic
def take_stock(*, now: datetime) -> Counter[str]:
    """Bring every open post back into a state that is true after a backup was put back at `now`.

    scheduled → in_review. What may be published meanwhile is to be looked for. Returns how many posts were
    taken back ("returned") and how many are to be looked for ("doubted").
    """
    restoration = Restoration.objects.create(backup_at=_last_moment(now), restored_at=now)
    record.append(
        "restore",
        actor=BOT.name,
        now=now,
        details={"backup_at": restoration.backup_at.isoformat()},
    )
    why = warning(restoration)
    counted: Counter[str] = Counter()
    for key in (
        Post.objects.filter(state=State.SCHEDULED).order_by("pk").values_list("pk", flat=True)
    ):
        move(
            locked(key),
            Verb.MISS,
            actor=BOT,
            now=now,
            reason=together(why, say("Approve it again.")),
            approved_number=None,
            due_at=None,
        )
        counted["returned"] += 1
    in_doubt = Post.objects.filter(
        state__in=[State.IN_REVIEW, State.FAILED, State.SENDING, State.UNCONFIRMED]
    )
    counted["doubted"] = in_doubt.update(restoration=restoration, look_at=now, looks_done=0)
    Post.objects.filter(state=State.IN_REVIEW, reason="").update(**reasoned(why))
    return counted


def doubt(post: Post, *, now: datetime) -> Post:
    """Have a new post looked for, when a backup was put back of late: it may be new only to us."""
    restoration = latest(now=now)
    if restoration is not None:
        changes = {"restoration": restoration, "look_at": now, **reasoned(warning(restoration))}
        for name, value in changes.items():
            setattr(post, name, value)
        post.save(update_fields=list(changes))
    return post


@transaction.atomic
def no_doubt(post_id: int, *, reason: str) -> None:
    """Note that a post in doubt is not on its account. Not a move: its state stays."""
    post = locked(post_id)
    # Where a person has decided meanwhile, the sentence about the doubt would be none about the state.
    words = reason if post.state == State.IN_REVIEW else post.why
    Post.objects.filter(pk=post.pk).update(restoration=None, look_at=None, **reasoned(words))


def contents_of(post: Post) -> list[Revision]:
    """Return the revisions under which a post may have been published, the newest first."""
    return list(post.revisions.order_by("-number"))


def _last_moment(now: datetime) -> datetime:
    """Return the last moment that the database knows of: it was copied then, or later."""
    known = [
        Event.objects.order_by("-pk").values_list("at", flat=True).first(),
        Entry.objects.order_by("-pk").values_list("first_seen_at", flat=True).first(),
    ]
    return min(max((at for at in known if at is not None), default=now - _LONG_AGO), now)
