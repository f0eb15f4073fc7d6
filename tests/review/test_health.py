"""What is wrong is said in a sentence with its mend, and nothing is said when all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from config.timing import Calendar
from review import health, record, transitions
from review.models import Account, Source, Worker
from tests.making import NOW, make_account, make_due_post, make_entry, minutes

pytestmark = pytest.mark.django_db


def a_worker_that_vanished() -> None:
    Worker.objects.create(name="w", started_at=NOW, heartbeat_at=NOW - minutes(3))


def a_post_that_stays() -> None:
    make_due_post()


def an_unconfirmed_post() -> None:
    make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(1))
    assert claim is not None
    transitions.lose_track(claim, now=NOW, outcome="?", reason="?", look_at=None)


def a_failed_post() -> None:
    make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(1))
    assert claim is not None
    transitions.give_up(claim, now=NOW, outcome="Refused", reason="no")


def a_paused_account() -> None:
    make_account()
    Account.objects.update(paused=True, trouble="The token is dead.")


def a_source_that_fails() -> None:
    make_entry()
    Source.objects.update(health="broken", failures=3, trouble="It does not answer.")


def a_source_that_is_gone() -> None:
    make_entry()
    Source.objects.update(health="gone", failures=1, trouble="It was taken away.")


def a_clock_that_was_set_back() -> None:
    record.append("note", actor="herodr", now=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("happens", "key", "words"),
    [
        (a_worker_that_vanished, "worker gone", "Start one with `bot run`"),
        (a_post_that_stays, "posts overdue", "1 post was due"),
        (an_unconfirmed_post, "posts unconfirmed", "Look on the account"),
        (a_failed_post, "posts failed", "1 post could not be published"),
        (a_paused_account, "account paused: cohes3ion-x", "The token is dead."),
        (a_source_that_fails, "source broken: Bulletins", "It does not answer."),
        (a_source_that_is_gone, "source gone: Bulletins", "It was taken away."),
        (a_clock_that_was_set_back, "clock wrong", "Set its clock right"),
    ],
)
def test_each_trouble_has_its_sign(happens: Callable[[], None], key: str, words: str) -> None:
    happens()
    at = NOW if key in ("clock wrong", "worker gone") else NOW + minutes(61)
    (sign,) = health.signs(now=at, calendar=Calendar())
    assert sign.key == key
    assert words in sign.sentence


def test_when_all_is_well_there_is_no_sign() -> None:
    Worker.objects.create(name="w", started_at=NOW, heartbeat_at=NOW)
    make_due_post()
    make_entry()
    Source.objects.update(health="broken", failures=2)
    assert health.signs(now=NOW + minutes(1), calendar=Calendar()) == []


def test_a_worker_that_said_good_bye_is_not_missed() -> None:
    Worker.objects.create(name="w", started_at=NOW, heartbeat_at=NOW, stopped_at=NOW)
    assert health.signs(now=NOW + timedelta(days=1), calendar=Calendar()) == []


def test_one_living_worker_is_enough() -> None:
    a_worker_that_vanished()
    Worker.objects.create(name="other", started_at=NOW, heartbeat_at=NOW)
    assert health.signs(now=NOW, calendar=Calendar()) == []


def test_a_post_that_waits_for_the_end_of_a_blackout_is_not_overdue() -> None:
    make_due_post()
    calendar = Calendar.model_validate(
        {"blackout": [{"name": "Election", "from": NOW, "to": NOW + timedelta(days=1)}]}
    )
    assert health.signs(now=NOW + minutes(30), calendar=calendar) == []


def test_errors_come_before_warnings() -> None:
    a_failed_post()
    a_paused_account()
    levels = [sign.level for sign in health.signs(now=NOW, calendar=None)]
    assert levels == ["error", "warning"]
