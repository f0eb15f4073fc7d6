"""Who is told of what, once: new drafts in one message a batch, drafts that will soon expire, what is asked of one.

    new drafts ─quiet for five minutes→ Batch ─one row each→ Notice ─claimed by one worker→ sent

Rows guard every step, so any number of workers may look at once. Nothing here sends anything.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from config.timing import Calendar
from review import queries, sign_in
from review.models import Ask, Batch, MailedLink, Notice, Person, Post, Revision, Told
from review.states import NEEDS_A_PERSON, State

DIGEST, REMINDER, ASKED = "digest", "reminder", "asked"
QUIET_FOR = timedelta(minutes=5)  # since the last draft: a feed of twenty items is one message
LONGEST_WAIT = timedelta(minutes=30)  # since the first: a stream of drafts is told of all the same
NEWS_FOR = timedelta(days=1)  # what is older was there before anybody was to be told
TOGETHER = timedelta(hours=2)  # what expires this soon after the first is in the same reminder
LINK_LIFETIME = timedelta(days=3)
MOST_POSTS = 500  # in one batch
MOST_TRIES = 6


def close_digest(*, now: datetime, chats: Sequence[str]) -> Batch | None:
    """Make the batch of what came into the queue and has not been told of, once it is quiet there.

    `chats` names the chats that are told as well. Of two workers at once, one makes it.
    """
    told = Told.objects.filter(post=OuterRef("pk"), occasion=DIGEST)
    new = list(
        Post.objects.filter(state=State.IN_REVIEW, created_at__gt=now - NEWS_FOR)
        .filter(~Exists(told))
        .order_by("pk")[:MOST_POSTS]
    )
    back = [
        post
        for post in Post.objects.filter(
            state=State.IN_REVIEW, missed=True, changed_at__gt=now - NEWS_FOR
        ).order_by("pk")[:MOST_POSTS]
        if not Told.objects.filter(post=post, occasion=_missed(post)).exists()
    ]
    if not new and not back:
        return None
    came = [post.created_at for post in new] + [post.changed_at for post in back]
    if max(came) > now - QUIET_FOR and min(came) > now - LONGEST_WAIT:
        return None
    occasions = {post.pk: DIGEST for post in new} | {post.pk: _missed(post) for post in back}
    return _close(DIGEST, occasions, now=now, chats=chats)


def _missed(post: Post) -> str:
    return f"missed {post.changed_at.isoformat()}"


def close_reminder(*, now: datetime, calendar: Calendar) -> Batch | None:
    """Make the batch of the drafts that nobody decided about and that will soon expire."""
    ahead = min(calendar.remind_before, calendar.expire_after / 2)
    told = Told.objects.filter(post=OuterRef("pk"), occasion=REMINDER)
    waiting = (
        Post.objects.filter(state=State.IN_REVIEW).filter(~Exists(told)).order_by("created_at")
    )
    first = waiting.filter(created_at__lte=now - calendar.expire_after + ahead).first()
    if first is None:
        return None
    soon = waiting.filter(created_at__lte=first.created_at + TOGETHER)[:MOST_POSTS]
    return _close(REMINDER, {post.pk: REMINDER for post in soon}, now=now, chats=())


def close_asked(*, now: datetime) -> list[Batch]:
    """Make a batch for each person of whom something was asked about posts, once no more comes.

    They alone are told: of what was handed to them and is still theirs, and of comments that wait for their answer.
    """
    untold = list(
        Ask.objects.filter(told_at__isnull=True, at__gt=now - NEWS_FOR)
        .select_related("person", "post")
        .order_by("person", "pk")[:MOST_POSTS]
    )
    made = []
    for person, of_person in groupby(untold, key=lambda ask: ask.person):
        asks = list(of_person)
        latest, first = max(ask.at for ask in asks), min(ask.at for ask in asks)
        if latest > now - QUIET_FOR and first > now - LONGEST_WAIT:
            continue
        with transaction.atomic():
            occasions = {ask.post_id: f"asked {ask.pk}" for ask in asks if _still_asks(ask)}
            wants = person in readers(ASKED) if occasions else False
            batch = _close(ASKED, occasions, now=now, chats=(), people=[person]) if wants else None
            Ask.objects.filter(pk__in=[ask.pk for ask in asks]).update(told_at=now)
        if batch is not None:
            made.append(batch)
    return made


def _still_asks(ask: Ask) -> bool:
    if ask.comment_id is None:
        return ask.post.assignee_id == ask.person_id
    return ask.answered_at is None


def asks_of(batch: Batch) -> dict[int, list[Ask]]:
    """Return what a batch tells somebody that they are asked, by the post's key, oldest first."""
    person = Notice.objects.filter(batch=batch).values("person")
    found: dict[int, list[Ask]] = {}
    for ask in (
        Ask.objects.filter(person__in=person, told_at=batch.made_at)
        .select_related("comment", "post")
        .order_by("pk")
    ):
        if _still_asks(ask):
            found.setdefault(ask.post_id, []).append(ask)
    return found


@transaction.atomic
def _close(
    kind: str,
    occasions: dict[int, str],
    *,
    now: datetime,
    chats: Sequence[str],
    people: Sequence[Person] | None = None,
) -> Batch | None:
    batch = Batch.objects.create(kind=kind, made_at=now)
    # In the order of the keys, so that of two at once the second waits for the first and finds nothing left.
    Told.objects.bulk_create(
        [Told(batch=batch, post_id=pk, occasion=occasions[pk]) for pk in sorted(occasions)],
        ignore_conflicts=True,
    )
    if not Told.objects.filter(batch=batch).exists():
        batch.delete()
        return None
    Notice.objects.bulk_create(
        [
            *(
                Notice(batch=batch, person=person, to=f"person {person.pk}", next_try_at=now)
                for person in (readers(kind) if people is None else people)
            ),
            *(Notice(batch=batch, to=f"chat {chat}", next_try_at=now) for chat in chats),
        ]
    )
    return batch


def readers(kind: str) -> list[Person]:
    """Return who is told: active, with an address of their own, and wanting it."""
    people = Person.objects.filter(is_active=True, emailaddress__verified=True).distinct()
    wanting = {DIGEST: "gets_digest", REMINDER: "gets_reminders", ASKED: "gets_asks"}[kind]
    return [person for person in people.order_by("pk") if getattr(person, wanting)]


def posts(batch: Batch) -> list[Post]:
    """Return the posts of a batch that still wait for somebody, as the queue shows them."""
    states = NEEDS_A_PERSON if batch.kind == ASKED else [State.IN_REVIEW]
    rows = queries.posts(states).filter(told__batch=batch)
    return list(
        rows.order_by(
            "announcement__entry__first_seen_at",
            "announcement__entry_id",
            "announcement__position",
            "announcement_id",
            "account__name",
        )
    )


def claim(*, now: datetime) -> Notice | None:
    """Take the next notice that is due into one's hands; nobody else gets it. None: nothing is due."""
    while True:
        due = (
            Notice.objects.select_related("batch", "person")
            .filter(next_try_at__lte=now)
            .order_by("next_try_at", "pk")
            .first()
        )
        if due is None:
            return None
        if Notice.objects.filter(pk=due.pk, next_try_at=due.next_try_at).update(
            next_try_at=None, claimed_at=now
        ):
            return due


def sent(notice: Notice, *, now: datetime) -> None:
    """Note that a notice went out, or was not needed any more."""
    Notice.objects.filter(pk=notice.pk).update(sent_at=now, trouble="")


def not_sent(notice: Notice, *, why: str, for_good: bool, now: datetime) -> None:
    """Note that a notice did not go out. It is tried again, ever later, unless that is of no use."""
    tries = notice.tries + 1
    again = None if for_good or tries >= MOST_TRIES else now + timedelta(minutes=4 ** (tries - 1))
    Notice.objects.filter(pk=notice.pk).update(tries=tries, trouble=why[:500], next_try_at=again)


# -- approving from a mail ------------------------------------------------------------------------------


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_links(
    person: Person, rows: Iterable[tuple[Post, Revision]], *, now: datetime
) -> dict[int, str]:
    """Make one link for each post, bound to its newest revision and to `person`. Return the tokens by post."""
    tokens: dict[int, str] = {}
    links = []
    for post, revision in rows:
        tokens[post.pk] = token = secrets.token_urlsafe(32)
        links.append(
            MailedLink(
                token_hash=_digest(token),
                person=person,
                post=post,
                revision_number=revision.number,
                content_hash=revision.content_hash,
                expires_at=now + LINK_LIFETIME,
            )
        )
    MailedLink.objects.bulk_create(links)
    return tokens


def link_of(token: str) -> MailedLink | None:
    """Return what a token stands for, used up or expired or not; None when there is no such link."""
    return (
        MailedLink.objects.select_related("person", "post__account", "post__announcement")
        .filter(token_hash=_digest(token))
        .first()
    )


def use(link: MailedLink, *, now: datetime) -> bool:
    """Use a link up. Of any number at once, one succeeds. Call it in the transaction of the deed."""
    return bool(
        MailedLink.objects.filter(pk=link.pk, used_at__isnull=True, expires_at__gt=now).update(
            used_at=now
        )
    )


def tidy(*, now: datetime) -> None:
    """Forget links that expired a month ago, and batches that were told of half a year ago."""
    MailedLink.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()
    Batch.objects.filter(made_at__lt=now - timedelta(days=180)).filter(
        ~Q(told__post__state=State.IN_REVIEW)
    ).delete()


def address(person: Person) -> str:
    """Return where mail to a person goes, or ""."""
    return sign_in.address_of(person) if person.is_active else ""
