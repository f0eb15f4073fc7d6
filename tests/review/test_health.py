"""What is wrong is said in a sentence with its mend, and nothing is said when all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from config.timing import Calendar
from review import health, record, transitions
from review.models import Account, Connection, Post, Source, Worker
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


def a_silent_source() -> None:
    make_entry()
    Source.objects.update(health="ok", silent_after=NOW - minutes(1))


def a_post_that_is_put_off_again_and_again() -> None:
    make_due_post()
    for past in (0, 30, 59):
        at = NOW + minutes(past)
        claim = transitions.claim(worker="w", now=at, lease=minutes(1))
        assert claim is not None
        again = at + minutes(15)
        transitions.retry_later(
            claim, now=at, at=again, outcome="Temporary", reason="X cannot be reached."
        )


def a_token_that_ends_soon() -> None:
    Connection.objects.create(
        account=make_account(live=True),
        sealed="",
        author="",
        connected_at=NOW,
        connected_by="Siân",
        expires_at=NOW + timedelta(days=13),
    )


def a_budget_that_is_nearly_spent() -> None:
    make_due_post(account=make_account(live=True))
    Account.objects.update(monthly_budget=Decimal("0.21"))
    Post.objects.update(due_at=NOW + timedelta(hours=3))


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
        (a_silent_source, "source silent: Bulletins", "nothing new for longer than usual"),
        (a_post_that_is_put_off_again_and_again, "posts put off", "X cannot be reached."),
        (
            a_token_that_ends_soon,
            "token ends: cohes3ion-x",
            "`bot connect x --account cohes3ion-x`",
        ),
        (a_budget_that_is_nearly_spent, "budget nearly spent: cohes3ion-x", "$0.20"),
        (a_clock_that_was_set_back, "clock wrong", "Set its clock right"),
    ],
)
def test_each_trouble_has_its_sign(happens: Callable[[], None], key: str, words: str) -> None:
    happens()
    at = NOW if key in ("clock wrong", "worker gone") else NOW + minutes(61)
    (sign,) = health.signs(now=at, calendar=Calendar())
    assert sign.key == key
    assert words in sign.sentence


@pytest.mark.parametrize(
    ("left", "stages"),
    [
        (14.5, []),
        (14, [""]),
        (8, [""]),
        (7, ["", " within a week"]),
        (2, ["", " within a week"]),
        (1, ["", " within a week", " within a day"]),
        (0, ["", " within a week", " within a day"]),
    ],
)
def test_the_end_of_a_token_is_counted_down_at_fourteen_seven_and_one_days(
    left: float, stages: list[str]
) -> None:
    a_token_that_ends_soon()
    Connection.objects.update(expires_at=NOW + timedelta(days=left))
    signs = [sign for sign in health.signs(now=NOW, calendar=Calendar()) if "token" in sign.key]
    assert [sign.key for sign in signs] == [f"token ends{one}: cohes3ion-x" for one in stages]
    assert len({sign.sentence for sign in signs}) <= 1
    for sign in signs:
        assert (f"in {left} day" if left else "ends now") in sign.sentence


def test_a_token_that_renews_itself_is_not_counted_down() -> None:
    a_token_that_ends_soon()
    Connection.objects.update(renewable=True, expires_at=NOW + timedelta(hours=1))
    assert health.signs(now=NOW, calendar=Calendar()) == []
    Connection.objects.update(renewable_until=NOW + timedelta(days=3))
    assert len(health.signs(now=NOW, calendar=Calendar())) == 2


def test_when_all_is_well_there_is_no_sign() -> None:
    Worker.objects.create(name="w", started_at=NOW, heartbeat_at=NOW)
    make_due_post()
    make_entry()
    Source.objects.update(health="broken", failures=2)
    assert health.signs(now=NOW + minutes(1), calendar=Calendar()) == []


def test_a_worker_that_said_good_bye_is_not_missed() -> None:
    Worker.objects.create(name="w", started_at=NOW, heartbeat_at=NOW, stopped_at=NOW)
    assert health.signs(now=NOW + timedelta(days=1), calendar=Calendar()) == []


def test_a_worker_that_vanished_beside_others_is_noticed_for_an_hour() -> None:
    a_worker_that_vanished()
    other = Worker.objects.create(name="other", started_at=NOW, heartbeat_at=NOW)
    (sign,) = health.signs(now=NOW, calendar=Calendar())
    assert (sign.key, sign.level) == ("worker lost: w", "warning")
    assert "1 other goes on" in sign.sentence
    Worker.objects.filter(pk=other.pk).update(heartbeat_at=NOW + minutes(58))
    assert health.signs(now=NOW + minutes(58), calendar=Calendar()) == []


def test_a_backlog_that_keeps_its_spacing_is_not_overdue_but_one_that_stands_still_is() -> None:
    for _ in range(3):
        make_due_post()
    late = NOW + minutes(90)
    claim = transitions.claim(worker="w", now=late, lease=minutes(1))
    assert claim is not None
    transitions.confirm_sent(claim, now=late, network_id="1", url="https://x.example/1")
    calendar = Calendar(spacing="45m")
    assert health.signs(now=late + minutes(44), calendar=calendar) == []
    (sign,) = health.signs(now=late + minutes(56), calendar=calendar)
    assert sign.key == "posts overdue"
    assert "2 posts were due" in sign.sentence


@pytest.mark.parametrize(
    "mend",
    [
        lambda: Account.objects.update(paused=False),
        lambda: Source.objects.update(health="ok", failures=0, silent_after=None),
        lambda: Worker.objects.update(heartbeat_at=NOW + minutes(61)),
        lambda: Account.objects.update(monthly_budget=Decimal("25")),
    ],
)
def test_what_is_mended_is_not_said_any_more(mend: Callable[[], object]) -> None:
    a_paused_account()
    a_source_that_fails()
    a_worker_that_vanished()
    make_due_post(account=make_account(live=True))
    Account.objects.update(live=True, monthly_budget=Decimal("0.20"))
    Post.objects.update(rehearsed=False, due_at=NOW + timedelta(hours=3))
    before = {sign.key for sign in health.signs(now=NOW + minutes(61), calendar=Calendar())}
    mend()
    after = {sign.key for sign in health.signs(now=NOW + minutes(61), calendar=Calendar())}
    assert len(before) == 4
    assert len(before - after) == 1


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
