"""Sources are asked at their interval or later, never earlier, and never later than a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import pace
from bot.values import Rhythm

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
DATE = "Tue, 24 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, timedelta(0)),
        ({"cache-control": "public, max-age=3600"}, HOUR),
        ({"cache-control": 'max-age="3600"'}, HOUR),
        ({"cache-control": "s-maxage=3600"}, timedelta(0)),
        ({"cache-control": "no-cache", "expires": DATE, "date": DATE}, timedelta(0)),
        ({"expires": "Tue, 24 Nov 2026 10:00:00 GMT", "date": DATE}, HOUR),
        ({"expires": "Tue, 24 Nov 2026 08:00:00 GMT", "date": DATE}, timedelta(0)),
        ({"expires": "0", "date": DATE}, timedelta(0)),
        ({"expires": "Tue, 24 Nov 2026 10:00:00 GMT"}, timedelta(0)),
        ({"cache-control": "max-age=a lot"}, timedelta(0)),
    ],
)
def test_an_answer_says_how_long_it_is_fresh(headers: dict[str, str], fresh: timedelta) -> None:
    assert pace.fresh_for(headers) == fresh


@pytest.mark.parametrize(
    ("headers", "keeps"),
    [({}, True), ({"expires": "0"}, False), ({"cache-control": "no-store"}, False)],
)
def test_an_answer_that_must_not_be_kept_is_asked_for_anew(
    headers: dict[str, str], keeps: bool
) -> None:
    assert pace.keeps_validators(headers) is keeps


@pytest.mark.parametrize(
    ("given", "wait"),
    [
        ({}, QUARTER),
        ({"fresh": HOUR}, HOUR),
        ({"fresh": timedelta(seconds=5)}, QUARTER),
        ({"fresh": timedelta(days=365)}, DAY),
        ({"rhythm": Rhythm(wait=HOUR)}, HOUR),
        ({"rhythm": Rhythm(wait=timedelta(days=9))}, DAY),
        ({"quiet": DAY}, QUARTER),
        ({"quiet": 2 * DAY}, timedelta(minutes=25)),
        ({"quiet": 300 * DAY}, HOUR),
    ],
)
def test_headers_feeds_and_silence_only_lengthen(
    given: dict[str, timedelta], wait: timedelta
) -> None:
    assert pace.wait(QUARTER, **given) == wait  # type: ignore[arg-type]


def test_a_longer_interval_of_the_operators_stands() -> None:
    assert pace.wait(7 * DAY, fresh=HOUR) == 7 * DAY


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [pace.after_failure(QUARTER, failures=n) for n in (1, 2, 3, 50)]
    assert waits == [QUARTER, 2 * QUARTER, 4 * QUARTER, DAY]
    assert pace.after_failure(QUARTER, failures=1, asked=2 * HOUR) == 2 * HOUR
    assert pace.after_failure(QUARTER, failures=1, asked=400 * DAY) == DAY
    assert pace.after_failure(QUARTER, failures=9, asked=timedelta(seconds=1)) == QUARTER


@pytest.mark.parametrize(
    ("rhythm", "at"),
    [
        (Rhythm(hours=frozenset({9, 10})), NOW.replace(hour=11)),
        (Rhythm(days=frozenset({1})), NOW.replace(day=25, hour=0)),
        (Rhythm(days=frozenset({1, 2, 3})), NOW + DAY),  # the cap
    ],
)
def test_hours_and_days_to_be_skipped_are_skipped(rhythm: Rhythm, at: datetime) -> None:
    assert pace.moment(NOW, QUARTER, jitter=0, rhythm=rhythm) == at


RHYTHMS = st.builds(
    Rhythm,
    wait=st.none() | st.timedeltas(min_value=timedelta(seconds=1), max_value=400 * DAY),
    hours=st.frozensets(st.integers(0, 23)),
    days=st.frozensets(st.integers(0, 6)),
)


@given(RHYTHMS, st.floats(0, 1), st.timedeltas(timedelta(0), 900 * DAY))
def test_the_next_question_is_never_early_and_never_beyond_reason(
    rhythm: Rhythm, jitter: float, quiet: timedelta
) -> None:
    wait = pace.wait(QUARTER, rhythm=rhythm, quiet=quiet)
    at = pace.moment(NOW, wait, jitter=jitter, rhythm=rhythm)
    assert NOW + QUARTER <= NOW + wait <= at <= NOW + DAY * 1.1
    assert pace.from_data(pace.as_data(rhythm)) == rhythm
