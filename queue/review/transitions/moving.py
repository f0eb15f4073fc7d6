"""The one place where a post's state is written: permission, guarded UPDATE, Decision, Event."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from review import record
from review.models import Decision, Event, Person, Post, Revision
from review.states import MOVES, Role, State, Verb, Who, may, move_for
from review.text import Content, month, say, stored
from review.transitions.words import NOW, PAST, TO_DO

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
        raise NotFit(say("There is no post %(number)s.", number=post_id)) from None


def who_was_first(post: Post) -> str:
    """Say who moved a post last, when, and where it stands now; no sentence of its own: it ends without a stop."""
    event = Event.objects.filter(post_number=post.pk).exclude(to_state="").order_by("-pk").first()
    stands = NOW[State(post.state)]
    if event is None:
        return stands
    at = timezone.localtime(event.at)
    done = PAST.get(event.verb)
    when: dict[str, str | int] = {
        "name": event.actor,
        "time": f"{at:%H:%M}",
        "day": at.day,
        "month": month(at.month),
    }
    clause = (
        say(done, **when) if done else say("%(name)s: %(verb)s", name=event.actor, verb=event.verb)
    )
    return say("%(clause)s; %(stands)s", clause=clause, stands=stands)


def permit(verb: Verb, post: Post, actor: Actor) -> State:
    """Return the state `verb` leads to. Raises NotAllowed or TooLate."""
    if not actor.may_decide:
        permit_new(verb, actor)
    if not actor.is_bot and not actor.name:
        raise NotAllowed(say("Say who decides: every decision is kept with a name."))
    move = move_for(verb, State(post.state))
    if move is None:
        raise _too_late(verb, post)
    wanted = Who.BOT if actor.is_bot else Who.PERSON
    if move.who not in (wanted, Who.EITHER):
        if any(other.verb is verb and other.who is not move.who for other in MOVES):
            # A person's verb elsewhere: the post has moved on since they saw it.
            raise _too_late(verb, post)
        raise NotAllowed(
            say(
                "It is not for %(name)s %(to_do)s this post: %(stands)s.",
                name=actor.name,
                to_do=TO_DO[verb],
                stands=NOW[State(post.state)],
            )
        )
    return move.target


def _too_late(verb: Verb, post: Post) -> TooLate:
    return TooLate(
        say("Too late %(to_do)s: %(first)s.", to_do=TO_DO[verb], first=who_was_first(post))
    )


def reasoned(reason: str) -> dict[str, Any]:
    """Return the columns of a post for its reason: the words, and what they are made of."""
    return {"reason": reason, "reason_said": stored(reason)}


def told_in(reason: str) -> dict[str, Any]:
    """Return what a line of the record keeps of how its reason is made, for pages in other languages."""
    kept = stored(reason)
    return {"said": kept} if kept else {}


def note(
    post: Post,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
    content_hash: str = "",
    details: dict[str, Any],
) -> Post:
    """Write what happened to a post that stays in its state into the record; returns the post as it is stored now."""
    record.append(
        verb,
        actor=actor.name,
        now=now,
        post_number=post.pk,
        from_state=post.state,
        to_state=post.state,
        content_hash=content_hash,
        reason=reason,
        details={"account": post.account.name, **details, **told_in(reason)},
    )
    post.refresh_from_db()
    return post


def permit_new(verb: Verb, actor: Actor) -> None:
    """Raises NotAllowed unless `actor` may begin a post with `verb`."""
    if not actor.may(verb):
        name = actor.name or say("This person")
        raise NotAllowed(
            say("%(name)s may edit, but not decide about posts.", name=name)
            if actor.may_edit
            else say("%(name)s may look, but not decide about posts.", name=name)
        )
    if not actor.is_bot and not actor.name:
        raise NotAllowed(say("Say who decides: every decision is kept with a name."))


def refuse_stale(verb: Verb, post: Post, *, seen: int | None) -> None:
    """Refuse a verb on an older revision than the newest. Raises TooLate."""
    if seen is not None and seen != post.revision_number:
        raise TooLate(
            say(
                "Too late %(to_do)s revision %(seen)s: %(first)s, with a newer text (revision %(number)s). "
                "Read that one first.",
                to_do=TO_DO[verb],
                seen=seen,
                first=who_was_first(post),
                number=post.revision_number,
            )
        )


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
    refuse_stale(verb, post, seen=seen)
    if len(reason) > MAX_REASON:
        raise NotFit(
            say("The reason is longer than %(most)s characters; shorten it.", most=MAX_REASON)
        )
    number = changes.get("revision_number", post.revision_number)
    if target == State.IN_REVIEW:
        # A first approval of two ends here too, unless the verb says that it stands.
        changes = {"approved_first_by": None, "approved_first_at": None, **changes}
    changes |= {"changed_at": now, **reasoned(reason)}
    hit = Post.objects.filter(
        pk=post.pk, state=post.state, revision_number=post.revision_number
    ).update(state=target, **changes)
    if hit != 1:
        post.refresh_from_db()
        raise _too_late(verb, post)
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
            reason_said=stored(reason),
            at=now,
        )
    if not content_hash:
        content_hash = post.revisions.values_list("content_hash", flat=True).get(number=number)
    before = post.state
    # Nobody else has written it: the row is locked, and the guard has hit.
    for field, value in {"state": target, **changes}.items():
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
        details={
            "account": post.account.name,
            "revision": number,
            **told_in(reason),
            **(details or {}),
        },
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
