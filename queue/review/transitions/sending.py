"""The verbs that the bot has: claim, settle, miss, expire."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from review import queries
from review.models import Attempt, Post
from review.states import State, Verb
from review.text import Content, cut, say, stored, together
from review.transitions import restoring
from review.transitions.moving import (
    BOT,
    MAX_REASON,
    TooLate,
    locked,
    move,
    note,
    reasoned,
    who_was_first,
)

# How an attempt ended that may have published its post all the same.
WORKER_DIED = "worker died"
RESTORED = "restored"
DOUBTFUL = (WORKER_DIED, "OutcomeUnknown", "AlreadyPublished")


@dataclass(frozen=True, slots=True)
class Doubt:
    """An earlier attempt whose outcome nobody knows: what it sent, when it began and when it ended."""

    content: Content
    opened_at: datetime
    closed_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A post in a worker's hands: what to deliver for whom, under which open attempt."""

    post_id: int
    attempt_id: int
    attempt_number: int
    account: str
    live: bool
    content: Content
    due_at: datetime
    network: str = ""
    revision_number: int = 1
    doubts: tuple[Doubt, ...] = ()  # earlier tries of this post that may have published it
    content_hash: str = ""  # of its revision, as it is stored


@transaction.atomic
def claim(
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    silent: Collection[str] = (),
    spaced: Collection[str] = (),
    spacing: timedelta = timedelta(0),
) -> Claim | None:
    """scheduled → sending. Take the post that is due longest and open an Attempt; None if nothing is due.

    Committed before anything is sent, so a crash leaves evidence. Accounts that are paused, no longer
    configured or named in `silent` are passed over. Those in `spaced` posted less than `spacing` ago: what is
    later than that on them is a backlog, and waits, so that it does not burst. `lease` is how long the
    attempt may take.
    """
    due = (
        queries.may_go(now, silent=silent, spaced=spaced, spacing=spacing)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("account")
    )
    post = due.first()
    if post is None or post.approved_number is None or post.due_at is None:
        return None
    revision = post.revisions.get(number=post.approved_number)
    tries = list(post.attempts.select_related("revision"))
    number = len(tries) + 1
    attempt = Attempt.objects.create(
        post=post,
        revision=revision,
        number=number,
        worker=worker,
        opened_at=now,
        lease_until=now + lease,
        content_hash=revision.content_hash,
    )
    due_at = post.due_at
    doubts = tuple(
        Doubt(past.revision.content, past.opened_at, past.closed_at, past.outcome)
        for past in tries
        if past.outcome in DOUBTFUL and past.closed_at is not None
    )
    if (restored := post.restoration) is not None:
        doubts += tuple(
            Doubt(revision.content, restored.backup_at, restored.restored_at, RESTORED)
            for revision in restoring.contents_of(post)
        )
    move(
        post,
        Verb.CLAIM,
        actor=BOT,
        now=now,
        seen=post.approved_number,
        content_hash=revision.content_hash,
        rehearsed=not post.account.live,
        details={"attempt": number, "worker": worker, "live": post.account.live},
    )
    return Claim(
        post_id=post.pk,
        attempt_id=attempt.pk,
        attempt_number=number,
        account=post.account.name,
        live=post.account.live,
        content=revision.content,
        due_at=due_at,
        network=post.account.network,
        revision_number=revision.number,
        doubts=doubts,
        content_hash=revision.content_hash,
    )


def _close(claim: Claim, *, now: datetime, outcome: str, detail: str = "") -> bool:
    hit = Attempt.objects.filter(pk=claim.attempt_id, closed_at__isnull=True).update(
        closed_at=now, outcome=outcome, detail=detail, detail_said=stored(detail)
    )
    return hit == 1


def _hash_of(claim: Claim, post: Post) -> str:
    """Return the hash of the post's newest revision where the claim knows it, else ""."""
    return claim.content_hash if claim.revision_number == post.revision_number else ""


def _settle(claim: Claim, post: Post, *, now: datetime, outcome: str, detail: str) -> None:
    """Close the attempt of `claim`. Raises TooLate when somebody has closed it already: the post may be in
    other hands by now, and what this worker learned is no longer about the try that is open."""
    if not _close(claim, now=now, outcome=outcome, detail=detail):
        raise TooLate(
            say(
                "Attempt %(number)s was taken to have died: %(first)s.",
                number=claim.attempt_number,
                first=who_was_first(post),
            )
        )


@transaction.atomic
def confirm_sent(
    claim: Claim, *, now: datetime, network_id: str, url: str, reason: str = ""
) -> Post:
    """sending → published. The network proved it.

    Also when the proof comes late, and the post was given up meanwhile: from unconfirmed, in_review,
    scheduled and failed. Raises TooLate when the post has ended; then `note_proof` is what is left.
    """
    post = locked(claim.post_id)
    if not _close(claim, now=now, outcome="published", detail=url):
        reason = reason or say("The proof that it is published came late.")
    return move(
        post,
        Verb.CONFIRM,
        actor=BOT,
        now=now,
        reason=reason,
        content_hash=_hash_of(claim, post),
        network_id=network_id,
        url=url,
        published_at=now,
        look_at=None,
        missed=False,
        approved_number=post.approved_number or claim.revision_number,
        details={"url": url, "attempt": claim.attempt_number},
    )


@transaction.atomic
def note_proof(claim: Claim, *, now: datetime, network_id: str, url: str) -> Post:
    """Keep a proof that came when the post had ended. Not a move: people must see that it is out.

    A post that is published under this id already is only as it should be.
    """
    post = locked(claim.post_id)
    _close(claim, now=now, outcome="published", detail=url)
    if post.state == State.PUBLISHED and post.network_id in ("", network_id):
        return post
    reason = cut(
        say("It is on the account a second time, at %(url)s: take one of the two down.", url=url)
        if post.state == State.PUBLISHED
        else together(
            say("It is on the account all the same, at %(url)s: the proof came late.", url=url),
            post.why,
        ),
        MAX_REASON,
    )
    Post.objects.filter(pk=post.pk).update(**reasoned(reason), changed_at=now)
    return note(
        post,
        Verb.CONFIRM,
        actor=BOT,
        now=now,
        reason=reason,
        content_hash=claim.content.fingerprint(claim.account),
        details={"url": url, "attempt": claim.attempt_number},
    )


@transaction.atomic
def close_lapsed(claim: Claim, *, now: datetime) -> None:
    """Close an attempt whose lease ended while its post had moved on already. Not a move."""
    _close(claim, now=now, outcome=WORKER_DIED, detail=say("The post had moved on already."))


@transaction.atomic
def retry_later(claim: Claim, *, now: datetime, at: datetime, outcome: str, reason: str) -> Post:
    """sending → scheduled, at a later time. Only when the network certainly does not have the post."""
    post = locked(claim.post_id)
    _settle(claim, post, now=now, outcome=outcome, detail=reason)
    return move(
        post,
        Verb.RETRY_LATER,
        actor=BOT,
        now=now,
        reason=reason,
        content_hash=_hash_of(claim, post),
        due_at=at,
        details={"attempt": claim.attempt_number, "outcome": outcome, "due_at": at.isoformat()},
    )


@transaction.atomic
def give_up(claim: Claim, *, now: datetime, outcome: str, reason: str) -> Post:
    """sending → failed. Certainly not published; only a person can help."""
    post = locked(claim.post_id)
    _settle(claim, post, now=now, outcome=outcome, detail=reason)
    return move(
        post,
        Verb.GIVE_UP,
        actor=BOT,
        now=now,
        reason=reason,
        content_hash=_hash_of(claim, post),
        details={"attempt": claim.attempt_number, "outcome": outcome},
    )


@transaction.atomic
def lose_track(
    claim: Claim, *, now: datetime, outcome: str, reason: str, look_at: datetime | None
) -> Post:
    """sending → unconfirmed. It may be published: look for it at `look_at`, never send it again unasked."""
    post = locked(claim.post_id)
    _settle(claim, post, now=now, outcome=outcome, detail=reason)
    return move(
        post,
        Verb.LOSE_TRACK,
        actor=BOT,
        now=now,
        reason=reason,
        content_hash=_hash_of(claim, post),
        look_at=look_at,
        looks_done=0,
        details={"attempt": claim.attempt_number, "outcome": outcome},
    )


@transaction.atomic
def look_again(post_id: int, *, look_at: datetime | None, looks_done: int, reason: str) -> None:
    """Note when a post that may be published is to be looked for next. Not a move: its state stays."""
    in_doubt = Q(
        restoration__isnull=False, state__in=[State.IN_REVIEW, State.SCHEDULED, State.FAILED]
    )
    Post.objects.filter(Q(state=State.UNCONFIRMED) | in_doubt, pk=post_id).update(
        look_at=look_at, looks_done=looks_done, **reasoned(reason)
    )


@transaction.atomic
def miss(post_id: int, *, now: datetime, reason: str) -> Post:
    """scheduled → in_review, marked as having missed its time. A person decides anew."""
    return move(
        locked(post_id),
        Verb.MISS,
        actor=BOT,
        now=now,
        reason=reason,
        missed=True,
        approved_number=None,
        due_at=None,
    )


@transaction.atomic
def expire(post_id: int, *, now: datetime, reason: str) -> Post:
    """in_review, scheduled → expired. Nobody decided in time."""
    return move(locked(post_id), Verb.EXPIRE, actor=BOT, now=now, reason=reason)
