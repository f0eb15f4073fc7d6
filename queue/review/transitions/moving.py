"""The one place where a post's state is written: permission, guarded UPDATE, Decision, Event."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from review import record
from review.models import STATE_LABELS, Decision, Event, Person, Post, Revision
from review.states import MOVES, Role, State, Verb, Who, may, move_for
from review.text import Content

MAX_REASON = 1000  # characters


class TransitionError(Exception):
    """A verb could not be carried out; nothing was changed."""


class NotAllowed(TransitionError):
    """This actor may not use this verb here."""


class TooLate(TransitionError):
    """The post has moved on, or has a newer revision than the one that was seen."""


class NotFit(TransitionError):
    """The content, the time or the reason will not do."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person at the desk or the terminal, or the bot."""

    name: str
    is_bot: bool = False
    may_decide: bool = False
    may_edit: bool = False
    person_id: int | None = None

    def may(self, verb: Verb) -> bool:
        """Whether this actor's role has `verb`; the bot's verbs are for the table to say."""
        role = Role.VIEWER
        if self.may_decide:
            role = Role.APPROVER
        elif self.may_edit:
            role = Role.EDITOR
        return self.is_bot or may(role, verb)


BOT = Actor("herodr", is_bot=True)


def person(who: Person) -> Actor:
    """Return the actor for somebody signed in at the desk."""
    return Actor(str(who), may_decide=who.may_decide, may_edit=who.may_edit, person_id=who.pk)


def operator(name: str) -> Actor:
    """Return the actor for somebody at the machine's own terminal, who may decide."""
    return Actor(name.strip(), may_decide=True, may_edit=True)


def locked(post_id: int) -> Post:
    try:
        return (
            Post.objects.select_for_update(of=("self",)).select_related("account").get(pk=post_id)
        )
    except Post.DoesNotExist:
        raise NotFit(f"There is no post {post_id}.") from None


def who_was_first(post: Post) -> str:
    event = Event.objects.filter(post_number=post.pk).exclude(to_state="").order_by("-pk").first()
    label = str(STATE_LABELS[State(post.state)]).lower()
    if event is None:
        return f"it is {label} now"
    at = timezone.localtime(event.at)
    done = PAST.get(event.verb, event.verb)
    return f"{event.actor} {done} it at {at:%H:%M} on {at:%-d %B}; it is {label} now"


PAST = {
    Verb.SUBMIT.value: "submitted",
    Verb.AMEND.value: "amended",
    Verb.APPROVE.value: "approved",
    Verb.REJECT.value: "rejected",
    Verb.HOLD.value: "held",
    Verb.WITHDRAW.value: "withdrew",
    Verb.CLAIM.value: "began to send",
    Verb.CONFIRM.value: "confirmed",
    Verb.RETRY_LATER.value: "postponed",
    Verb.GIVE_UP.value: "gave up on",
    Verb.LOSE_TRACK.value: "lost track of",
    Verb.REQUEUE.value: "requeued",
    Verb.EXPIRE.value: "expired",
    Verb.MISS.value: "returned",
    "take down": "asked to take down",
    Verb.UNDO.value: "took back the rejection of",
    Verb.CORRECT.value: "began to correct",
}


def permit(verb: Verb, post: Post, actor: Actor) -> State:
    """Return the state `verb` leads to. Raises NotAllowed or TooLate."""
    if not actor.may_decide:
        permit_new(verb, actor)
    if not actor.is_bot and not actor.name:
        raise NotAllowed("Say who decides: every decision is kept with a name.")
    move = move_for(verb, State(post.state))
    if move is None:
        raise TooLate(f"Too late to {verb}: {who_was_first(post)}.")
    wanted = Who.BOT if actor.is_bot else Who.PERSON
    if move.who not in (wanted, Who.EITHER):
        if any(other.verb is verb and other.who is not move.who for other in MOVES):
            # A person's verb elsewhere: the post has moved on since they saw it.
            raise TooLate(f"Too late to {verb}: {who_was_first(post)}.")
        label = str(STATE_LABELS[State(post.state)]).lower()
        raise NotAllowed(f"To {verb} a post that is {label} is not for {actor.name} to do.")
    return move.target


def permit_new(verb: Verb, actor: Actor) -> None:
    """Raises NotAllowed unless `actor` may begin a post with `verb`."""
    if not actor.may(verb):
        can = "edit" if actor.may_edit else "look"
        raise NotAllowed(f"{actor.name or 'This person'} may {can}, but not decide about posts.")
    if not actor.is_bot and not actor.name:
        raise NotAllowed("Say who decides: every decision is kept with a name.")


def move(
    post: Post,
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    reason: str = "",
    content_hash: str = "",
    details: dict[str, Any] | None = None,
    **changes: Any,
) -> Post:
    """Carry out `verb` on a locked post: guarded UPDATE, Decision, Event. Returns it as it is now.

    `content_hash` is that of its newest revision, from those who have read it already.
    """
    target = permit(verb, post, actor)
    if seen is not None and seen != post.revision_number:
        raise TooLate(
            f"Too late to {verb} revision {seen}: {who_was_first(post)}, "
            f"with a newer text (revision {post.revision_number}). Read that one first."
        )
    if len(reason) > MAX_REASON:
        raise NotFit(f"The reason is longer than {MAX_REASON} characters; shorten it.")
    number = changes.get("revision_number", post.revision_number)
    changes |= {"state": target, "changed_at": now, "reason": reason}
    hit = Post.objects.filter(
        pk=post.pk, state=post.state, revision_number=post.revision_number
    ).update(**changes)
    if hit != 1:
        post.refresh_from_db()
        raise TooLate(f"Too late to {verb}: {who_was_first(post)}.")
    if not actor.is_bot:
        revision = Revision.objects.get(post=post, number=number)
        content_hash = revision.content_hash
        Decision.objects.create(
            post=post,
            revision=revision,
            verb=verb,
            by=actor.name,
            person_id=actor.person_id,
            reason=reason,
            at=now,
        )
    if not content_hash:
        content_hash = post.revisions.values_list("content_hash", flat=True).get(number=number)
    before = post.state
    # Nobody else has written it: the row is locked, and the guard has hit.
    for field, value in changes.items():
        setattr(post, field, value)
    # The last thing in the transaction: it locks the end of the record for all.
    record.append(
        verb,
        actor=actor.name,
        now=now,
        post_number=post.pk,
        from_state=before,
        to_state=target,
        content_hash=content_hash,
        reason=reason,
        details={"account": post.account.name, "revision": number, **(details or {})},
    )
    return post


def write_revision(
    post: Post, content: Content, *, number: int, actor: Actor, now: datetime
) -> Revision:
    return Revision.objects.create(
        post=post,
        number=number,
        content_hash=content.fingerprint(post.account.name),
        written_by=actor.name,
        by_person=not actor.is_bot,
        written_at=now,
        **asdict(content),
    )
