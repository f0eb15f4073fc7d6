from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.base import (
    AlreadyPublished,
    CannotLook,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    OutOfCredit,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from bot.retry import Action, Decision, Pause, decide, reconcile_at

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, Decision(Action.CONFIRM)),
        (
            Throttled("Wait.", until=after(hours=2)),
            Decision(Action.RETRY_LATER, "Wait.", after(hours=2), Pause(after(hours=2))),
        ),
        (
            Throttled("Wait.", until=after(hours=-2)),
            Decision(Action.RETRY_LATER, "Wait.", NOW, Pause(after(hours=-2))),
        ),
        (
            OutOfCredit("Pay.", until=after(days=7)),
            Decision(Action.RETRY_LATER, "Pay.", after(days=7), Pause(after(days=7))),
        ),
        (
            OutOfCredit("Pay."),
            Decision(Action.RETRY_LATER, "Pay.", after(minutes=1), Pause(None)),
        ),
        (
            Unauthorised("Expired.", mend="Connect again."),
            Decision(Action.RETRY_LATER, "Expired. Connect again.", after(minutes=1), Pause(None)),
        ),
        (
            Unauthorised("Expired."),
            Decision(Action.RETRY_LATER, "Expired.", after(minutes=1), Pause(None)),
        ),
        (Temporary("Away."), Decision(Action.RETRY_LATER, "Away.", after(minutes=1))),
        (Refused("Too long."), Decision(Action.GIVE_UP, "Too long.")),
        (NotSent("Odd."), Decision(Action.GIVE_UP, "Odd.")),
        (AlreadyPublished("Twice."), Decision(Action.LOSE_TRACK, "Twice.", after(seconds=15))),
        (OutcomeUnknown("Cut."), Decision(Action.LOSE_TRACK, "Cut.", after(seconds=15))),
        (CannotLook("No."), Decision(Action.LOSE_TRACK, "No.", after(seconds=15))),
        (NetworkError("Odd."), Decision(Action.LOSE_TRACK, "Odd.", after(seconds=15))),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_outcome_has_what_follows_it(error: NetworkError | None, expected: Decision) -> None:
    assert decide(error, attempts=1, now=NOW) == expected


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (6, 60), (7, 60), (8, 60)],
)
def test_something_passing_is_tried_again_later_and_later(attempts: int, minutes: int) -> None:
    decision = decide(Temporary("Away."), attempts=attempts, now=NOW)
    assert decision == Decision(Action.RETRY_LATER, "Away.", after(minutes=minutes))


@pytest.mark.parametrize("attempts", [9, 10, 100])
def test_what_does_not_pass_goes_to_a_person(attempts: int) -> None:
    decision = decide(Temporary("Away."), attempts=attempts, now=NOW)
    assert decision == Decision(Action.GIVE_UP, f"Given up after {attempts} tries. Away.")


@pytest.mark.parametrize("attempts", [1, 9, 100])
@pytest.mark.parametrize(
    "error", [OutcomeUnknown("Cut."), AlreadyPublished("Twice."), NetworkError("Odd.")]
)
def test_what_may_be_published_is_never_sent_again(error: NetworkError, attempts: int) -> None:
    assert decide(error, attempts=attempts, now=NOW).action is Action.LOSE_TRACK


@pytest.mark.parametrize(
    ("looks_done", "at"),
    [(0, after(seconds=15)), (1, after(seconds=60)), (2, after(minutes=5)), (3, None), (9, None)],
)
def test_a_lost_post_is_looked_for_three_times(looks_done: int, at: datetime | None) -> None:
    assert reconcile_at(NOW, looks_done) == at
