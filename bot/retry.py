"""What next, after one try to publish. Pure.

published                               confirm
Throttled, Unauthorised, OutOfCredit    the account pauses; the post waits
Temporary                               a little later, then later still, then a person
Refused                                 a person
AlreadyPublished, OutcomeUnknown        lose track: look for it, never send it again by itself
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.networks.base import (
    NetworkError,
    NotSent,
    OutOfCredit,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from review.text import say, together

# After the first, the second … try in vain. Together about five hours: shorter than most posts stay fresh.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 60, 60, 60, 60))
# A network shows a post in its lists a little after it took it.
LOOKS = (timedelta(seconds=15), timedelta(seconds=60), timedelta(minutes=5))
# A post of a paused account is due again at once when the pause ends.
_SOON = timedelta(minutes=1)


class Action(StrEnum):
    """The verb that settles the attempt."""

    CONFIRM = "confirm"
    RETRY_LATER = "retry later"
    GIVE_UP = "give up"
    LOSE_TRACK = "lose track"


@dataclass(frozen=True, slots=True)
class Pause:
    """The whole account waits: until a moment (aware, UTC), or, when None, until somebody resumes it.

    `of_connection`: connecting the account anew ends it.
    """

    until: datetime | None = None
    of_connection: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What next, and why, in sentences for the desk.

    `at` is when to send again (`RETRY_LATER`) or to look for it first (`LOSE_TRACK`).
    """

    action: Action
    reason: str = ""
    at: datetime | None = None
    pause: Pause | None = None


def decide(error: NetworkError | None, *, attempts: int, now: datetime) -> Decision:
    """Decide what follows a try that ended with `error` (None: published), the try `attempts` of its post.

    Whatever is not certainly *not sent* loses track: an outcome nobody foresaw is never sent again.
    """
    if error is None:
        return Decision(Action.CONFIRM)
    reason = error.sentence
    match error:
        case Throttled(until=until):
            return Decision(Action.RETRY_LATER, reason, max(until, now), Pause(until))
        case OutOfCredit(until=until):
            return Decision(Action.RETRY_LATER, reason, until or now + _SOON, Pause(until))
        case Unauthorised(mend=mend, connecting=connecting):
            pause = Pause(None, of_connection=connecting)
            return Decision(Action.RETRY_LATER, together(reason, mend), now + _SOON, pause)
        case Temporary():
            return _later(reason, attempts=attempts, now=now)
        case Refused() | NotSent():
            return Decision(Action.GIVE_UP, reason)
    return Decision(Action.LOSE_TRACK, reason, reconcile_at(now, 0))


def _later(reason: str, *, attempts: int, now: datetime) -> Decision:
    if attempts > len(BACK_OFF):
        return Decision(
            Action.GIVE_UP,
            together(say("Given up after %(number)s tries.", number=attempts), reason),
        )
    return Decision(Action.RETRY_LATER, reason, now + BACK_OFF[max(attempts, 1) - 1])


def reconcile_at(lost_at: datetime, looks_done: int) -> datetime | None:
    """Return when to look for a post that was lost track of at `lost_at`; None after the last look."""
    return lost_at + LOOKS[looks_done] if looks_done < len(LOOKS) else None
