"""The life of a post: its states, the verbs that move it, and who may use them.

Pure data. `review.transitions` is the only module that writes a state, and it asks this table first.
The same table is in `docs/states.md`, where a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a post stands. The value is what the database, the command line and JSON say."""

    IN_REVIEW = "in_review"  # a person has to decide
    SCHEDULED = "scheduled"  # approved: an exact revision, with a due time
    SENDING = "sending"  # an attempt is open; the network may already have the post
    PUBLISHED = "published"  # the network has it, once
    FAILED = "failed"  # certainly not published, and only a person can help
    UNCONFIRMED = "unconfirmed"  # it may be published; nobody may send it again yet
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What can happen to a post; spelled the same on the page, the command line and in the record."""

    SUBMIT = "submit"
    AMEND = "amend"
    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    CONFIRM = "confirm"
    RETRY_LATER = "retry later"
    GIVE_UP = "give up"
    LOSE_TRACK = "lose track"
    REQUEUE = "requeue"
    EXPIRE = "expire"
    MISS = "miss"
    UNDO = "undo"
    CORRECT = "correct"


class Who(StrEnum):
    """Which side of the house may use a verb."""

    PERSON = "person"
    BOT = "bot"
    EITHER = "person or bot"


class Role(StrEnum):
    """What a person at the desk is there for. Each may do what the ones before it may."""

    VIEWER = "viewer"  # reads
    EDITOR = "editor"  # changes texts, comments, asks for changes
    APPROVER = "approver"  # decides what goes out
    ADMINISTRATOR = "administrator"  # manages people too


EDITORS_VERBS: frozenset[Verb] = frozenset({Verb.AMEND})


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from which states a verb leads where, and whose verb it is."""

    verb: Verb
    sources: frozenset[State]
    target: State
    who: Who


def _move(verb: Verb, sources: set[State], target: State, who: Who) -> Move:
    return Move(verb, frozenset(sources), target, who)


MOVES: tuple[Move, ...] = (
    _move(Verb.SUBMIT, set(), State.IN_REVIEW, Who.BOT),
    # The bot amends too: when the source of something unpublished changes, the draft follows it.
    _move(Verb.AMEND, {State.IN_REVIEW, State.SCHEDULED}, State.IN_REVIEW, Who.EITHER),
    _move(Verb.APPROVE, {State.IN_REVIEW}, State.SCHEDULED, Who.PERSON),
    _move(Verb.REJECT, {State.IN_REVIEW}, State.REJECTED, Who.PERSON),
    _move(Verb.HOLD, {State.SCHEDULED}, State.IN_REVIEW, Who.PERSON),
    _move(Verb.WITHDRAW, {State.SCHEDULED}, State.WITHDRAWN, Who.PERSON),
    _move(Verb.CLAIM, {State.SCHEDULED}, State.SENDING, Who.BOT),
    _move(Verb.CONFIRM, {State.SENDING}, State.PUBLISHED, Who.BOT),
    _move(Verb.CONFIRM, {State.UNCONFIRMED}, State.PUBLISHED, Who.EITHER),
    # Proof that came late: the network's answer beats what was concluded without it.
    _move(
        Verb.CONFIRM,
        {State.IN_REVIEW, State.SCHEDULED, State.FAILED},
        State.PUBLISHED,
        Who.BOT,
    ),
    _move(Verb.RETRY_LATER, {State.SENDING}, State.SCHEDULED, Who.BOT),
    _move(Verb.GIVE_UP, {State.SENDING}, State.FAILED, Who.BOT),
    _move(Verb.LOSE_TRACK, {State.SENDING}, State.UNCONFIRMED, Who.BOT),
    _move(Verb.REQUEUE, {State.FAILED}, State.IN_REVIEW, Who.PERSON),
    _move(Verb.REQUEUE, {State.UNCONFIRMED}, State.IN_REVIEW, Who.EITHER),
    _move(Verb.EXPIRE, {State.IN_REVIEW, State.SCHEDULED}, State.EXPIRED, Who.BOT),
    _move(Verb.MISS, {State.SCHEDULED}, State.IN_REVIEW, Who.BOT),
    # A slip of the hand: only whoever rejected it, and only within `UNDO_WITHIN`.
    _move(Verb.UNDO, {State.REJECTED}, State.IN_REVIEW, Who.PERSON),
    # A new post, which says what was published once more and better; the old one is taken down.
    _move(Verb.CORRECT, set(), State.IN_REVIEW, Who.PERSON),
)

# `REJECTED` is as final as these once `UNDO_WITHIN` has passed.
FINAL: frozenset[State] = frozenset({State.PUBLISHED, State.WITHDRAWN, State.EXPIRED})

# How long a decision at the desk can be taken back by whoever made it. What is approved goes out no sooner.
UNDO_WITHIN = timedelta(seconds=10)

# A person has something to do about these.
NEEDS_A_PERSON: tuple[State, ...] = (State.IN_REVIEW, State.UNCONFIRMED, State.FAILED)


def move_for(verb: Verb, state: State | None) -> Move | None:
    """Return the row of the table for `verb` on a post in `state` (None: no post yet), if there is one."""
    for move in MOVES:
        if move.verb is verb and (not move.sources if state is None else state in move.sources):
            return move
    return None


def sources_of(verb: Verb) -> frozenset[State]:
    """Return every state from which `verb` leads somewhere."""
    return frozenset().union(*(move.sources for move in MOVES if move.verb is verb))


def verbs_for_person(state: State) -> tuple[Verb, ...]:
    """List the verbs a person has for a post in `state`, in the order of the table."""
    return tuple(m.verb for m in MOVES if m.who is not Who.BOT and state in m.sources)


def may(role: Role, verb: Verb) -> bool:
    """Say whether people of `role` have `verb` at all. What is not named here is not allowed."""
    if not any(move.verb is verb and move.who is not Who.BOT for move in MOVES):
        return False
    if role in (Role.APPROVER, Role.ADMINISTRATOR):
        return True
    return role is Role.EDITOR and verb in EDITORS_VERBS
