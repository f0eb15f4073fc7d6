"""Into the queue, and the verbs that people have."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from config.timing import Calendar
from review import addresses, budgets, record, text
from review.models import Account, Announcement, Connection, Post, Revision
from review.states import UNDO_WITHIN, State, Verb
from review.text import Content, say, together
from review.transitions import agreeing, restoring
from review.transitions.correcting import other_correction, refuse_beside_the_old
from review.transitions.moving import (
    BOT,
    MAX_REASON,
    Actor,
    NotAllowed,
    NotFit,
    TooLate,
    locked,
    move,
    permit,
    person,
    refuse_stale,
    who_was_first,
    write_revision,
)
from review.transitions.when import time_for
from review.transitions.words import NOW

# Neither network lets the same words out twice in a row, and followers would not thank us.
SAME_TEXT_WITHIN = timedelta(hours=24)
# For the way from the page to here: who presses in the tenth second is still in time.
UNDO_GRACE = timedelta(seconds=5)


@transaction.atomic
def submit(
    announcement: Announcement, *, account: Account, content: Content, now: datetime
) -> Post:
    """– → in_review. Put an announcement's draft for `account` into the queue, once.

    Returns the post; an existing one for the same announcement and account is returned unchanged.
    """
    known = Post.objects.filter(announcement=announcement, account=account).first()
    if known is not None:
        return known
    post = Post.objects.create(
        announcement=announcement,
        account=account,
        state=State.IN_REVIEW,
        created_at=now,
        changed_at=now,
    )
    revision = write_revision(post, content, number=1, actor=BOT, now=now)
    record.append(
        Verb.SUBMIT,
        actor=BOT.name,
        now=now,
        post_number=post.pk,
        to_state=State.IN_REVIEW,
        content_hash=revision.content_hash,
        details={"account": account.name, "revision": 1, "title": announcement.title},
    )
    return restoring.doubt(post, now=now)


@transaction.atomic
def amend(
    post_id: int, *, content: Content, by: Actor, now: datetime, seen: int | None, reason: str = ""
) -> Post:
    """in_review, scheduled → in_review. Write a new Revision; an approval of the old one ends.

    `seen` is the number of the revision that was edited. Unchanged content changes nothing. Content that
    does not fit its network may be saved; it cannot be approved. Raises TransitionError.
    """
    post = locked(post_id)
    content = replace(
        content,
        text=text.clean_text(content.text),
        image_alt=text.clean_text(content.image_alt),
    )
    newest = post.revisions.get(number=post.revision_number)
    if seen == post.revision_number and content == newest.content:
        permit(Verb.AMEND, post, by)
        return post
    number = post.revision_number + 1
    permit(Verb.AMEND, post, by)
    if seen in (None, post.revision_number):
        write_revision(post, content, number=number, actor=by, now=now)
    return move(
        post,
        Verb.AMEND,
        actor=by,
        now=now,
        seen=seen,
        reason=reason,
        revision_number=number,
        approved_number=None,
        due_at=None,
    )


def _refuse_own_words(post: Post, by: Actor) -> None:
    """With four eyes: refuse whoever wrote the words. What the bot rewrote since is still theirs."""
    if wrote_last(post, by):
        raise NotAllowed(
            say(
                "%(name)s wrote the text of this post, and four eyes are asked for: somebody else approves it.",
                name=by.name,
            )
        )


def wrote_last(post: Post, by: Actor) -> bool:
    """Say whether the last person to write a revision of this post was `by`; in doubt, yes."""
    last = post.revisions.filter(by_person=True).order_by("-number").first()
    if last is None:
        return False
    if last.written_by.casefold() == by.name.casefold():
        return True
    author = last.decisions.filter(verb=Verb.AMEND).order_by("pk").first()
    return author is None or (author.person_id is not None and author.person_id == by.person_id)


def _refuse_unfit(post: Post, revision: Revision, *, now: datetime, strict: bool) -> None:
    content = revision.content
    origin = text.Origin(tried=addresses.tried([content])) if strict else None
    errors = [
        problem.sentence
        for problem in text.problems(post.account.network, content, origin=origin)
        if problem.level == "error"
    ]
    if errors:
        raise NotFit(together(*errors))
    if not post.account.active:
        raise NotFit(
            say(
                "The account %(account)s is no longer in accounts.toml, so nothing can go out on it.",
                account=post.account.name,
            )
        )
    known = Connection.objects.filter(account=post.account).first()
    if post.account.live and known is not None and not known.is_for(post.account.who):
        raise NotFit(
            say(
                "%(account)s was connected as %(author)s, but accounts.toml says that it is %(who)s. "
                "Connect it again on the Accounts page, or correct accounts.toml.",
                account=post.account.name,
                author=known.author,
                who=post.account.who,
            )
        )
    bound = Q(state__in=[State.SCHEDULED, State.SENDING, State.UNCONFIRMED])
    lately = Q(state=State.PUBLISHED, published_at__gt=now - SAME_TEXT_WITHIN)
    twin = (
        Post.objects.filter(
            bound | lately,
            account=post.account,
            revisions__number=F("approved_number"),
            revisions__text=revision.text,
        )
        .exclude(pk=post.pk)
        .first()
    )
    if twin is not None:
        raise NotFit(
            say(
                "Post %(number)s says exactly the same on this account: %(stands)s. "
                "Reject this one, or change its text.",
                number=twin.pk,
                stands=NOW[State(twin.state)],
            )
        )


@transaction.atomic
def approve(
    post_id: int,
    *,
    by: Actor,
    now: datetime,
    calendar: Calendar,
    seen: int | None,
    when: datetime | None = None,
    within: timedelta = timedelta(0),
    strict: bool = False,
    mindful: bool = False,
) -> Post:
    """in_review → scheduled. Pin the revision that was seen, and set the time it goes out.

    `when` None means the next free slot of the account; `now` means at once. It goes out no sooner than
    `now` + `within`, so that the approval can be taken back. `strict` also refuses a link where nothing is,
    and images that the network does not take, by what they answered when the worker last tried them.
    `mindful` refuses a time in quiet hours, or too near to another post. Raises TransitionError.

    Where two are to approve, the first approval leaves the post in review. The second schedules it: for the time
    it says, else for the one that the first said while that is ahead, else for the next free slot.
    """
    post = locked(post_id)
    permit(Verb.APPROVE, post, by)
    if calendar.by_two:
        refuse_stale(Verb.APPROVE, post, seen=seen)
        by = agreeing.at_the_desk(by)
    if calendar.approvals != "any" and seen in (None, post.revision_number):
        _refuse_own_words(post, by)
    is_first = calendar.by_two and not agreeing.is_second(post, by)
    if is_first:
        agreeing.refuse_without_a_second(by, is_author=lambda one: wrote_last(post, person(one)))
    elif calendar.by_two and when is None and post.due_at is not None and post.due_at > now:
        when = post.due_at
    # Two approvals at once must not take the same slot.
    Account.objects.select_for_update().get(pk=post.account_id)
    revision = post.revisions.get(number=post.revision_number)
    if seen in (None, post.revision_number):
        _refuse_unfit(post, revision, now=now, strict=strict)
        refuse_beside_the_old(post)
    earliest = now + within
    if when is None:
        due = time_for(post, None, calendar=calendar, now=earliest)
    else:
        due = time_for(
            post,
            max(when, earliest) if when >= now else when,
            calendar=calendar,
            now=now,
            mindful=mindful,
        )
    if why := budgets.over(
        post.account, revision.content, at=due, zone=calendar.zone, besides=post.pk
    ):
        raise NotFit(why)
    if is_first:
        wish = due if when is not None and when > earliest else None
        return agreeing.note_first(post, revision, by=by, now=now, wish=wish)
    return move(
        post,
        Verb.APPROVE,
        actor=by,
        now=now,
        seen=seen,
        approved_number=post.revision_number,
        due_at=due,
        missed=False,
        rehearsed=not post.account.live,
        **({} if calendar.by_two else agreeing.ALONE),
        details={"due_at": due.isoformat(), "live": post.account.live},
    )


@transaction.atomic
def reject(post_id: int, *, by: Actor, now: datetime, seen: int | None, reason: str) -> Post:
    """in_review → rejected. The reason is kept. Raises TransitionError."""
    post = locked(post_id)
    if not reason.strip():
        permit(Verb.REJECT, post, by)
        raise NotFit(say("Say why it is rejected: the reason is kept with the post."))
    return move(post, Verb.REJECT, actor=by, now=now, seen=seen, reason=text.trimmed(reason))


@transaction.atomic
def hold(
    post_id: int,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    reason: str = "",
    only_own: bool = False,
) -> Post:
    """scheduled → in_review. The approval ends; where two approved, both, or `only_own`: that of `by`.

    Raises TransitionError.
    """
    post = locked(post_id)
    return move(
        post,
        Verb.HOLD,
        actor=by,
        now=now,
        seen=seen,
        reason=text.cut(reason, MAX_REASON),
        approved_number=None,
        due_at=None,
        **(agreeing.other_approval(post, by) if only_own else {}),
    )


@transaction.atomic
def undo(post_id: int, *, by: Actor, now: datetime) -> Post:
    """rejected → in_review. Take one's own rejection back, within `UNDO_WITHIN`.

    An approval is taken back by `hold`. Raises TransitionError.
    """
    post = locked(post_id)
    permit(Verb.UNDO, post, by)
    last = post.decisions.order_by("-pk").first()
    own = last is not None and (
        last.person_id == by.person_id if last.person_id else last.by == by.name
    )
    if last is None or not own or now - last.at > UNDO_WITHIN + UNDO_GRACE:
        raise TooLate(
            say(
                "Too late to undo: %(first)s. A rejection can be taken back for %(seconds)s seconds, "
                "by whoever made it.",
                first=who_was_first(post),
                seconds=UNDO_WITHIN.seconds,
            )
        )
    if other := other_correction(post.corrects_id, besides=post.pk):
        raise TooLate(
            say("Too late to undo: post %(number)s corrects the same one by now.", number=other.pk)
        )
    return move(
        post,
        Verb.UNDO,
        actor=by,
        now=now,
        approved_first_by=post.approved_first_by,
        approved_first_at=post.approved_first_at,
    )


@transaction.atomic
def withdraw(
    post_id: int, *, by: Actor, now: datetime, seen: int | None = None, reason: str = ""
) -> Post:
    """scheduled → withdrawn. Raises TransitionError."""
    return move(
        locked(post_id), Verb.WITHDRAW, actor=by, now=now, seen=seen, reason=text.trimmed(reason)
    )


@transaction.atomic
def requeue(post_id: int, *, by: Actor, now: datetime, reason: str = "") -> Post:
    """failed, unconfirmed → in_review. It needs a new approval before it can go out again."""
    post = locked(post_id)
    # Whoever says that it is not there ends the doubt; that the last try failed does not.
    settled: dict[str, Any] = {"look_at": None, "looks_done": 0, "restoration": None}
    return move(
        post,
        Verb.REQUEUE,
        actor=by,
        now=now,
        reason=reason,
        approved_number=None,
        due_at=None,
        **(settled if post.state == State.UNCONFIRMED else {}),
    )


@transaction.atomic
def confirm(
    post_id: int, *, by: Actor, now: datetime, url: str, network_id: str = "", reason: str = ""
) -> Post:
    """unconfirmed → published. Somebody found it on the network, at `url`. Raises TransitionError."""
    post = locked(post_id)
    if not url.startswith(("https://", "http://")) or any(c.isspace() for c in url):
        permit(Verb.CONFIRM, post, by)
        raise NotFit(say("Paste the link of the published post; it begins with https://."))
    last = post.attempts.order_by("-number").first()
    return move(
        post,
        Verb.CONFIRM,
        actor=by,
        now=now,
        reason=reason,
        url=url,
        network_id=network_id,
        published_at=last.opened_at if last else now,
        # In doubt after a backup was put back, it may never have been approved here.
        approved_number=post.approved_number or post.revision_number,
        missed=False,
        look_at=None,
        details={"url": url},
    )
