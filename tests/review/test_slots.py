"""When posts may go out."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.timing import Calendar
from review import slots

LONDON = ZoneInfo("Europe/London")


def calendar(**given: Any) -> Calendar:
    return Calendar.model_validate(
        {
            "slots": ["Mon-Fri 09:30", "Mon-Fri 14:00"],
            "quiet": ["18:00-08:00", "Sat", "Sun", "bank holidays"],
            **given,
        }
    )


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-11-24T09:00", "2026-11-24T09:30"),
        ("2026-11-24T09:30", "2026-11-24T14:00"),  # strictly after
        ("2026-11-24T14:00", "2026-11-25T09:30"),
        ("2026-11-27T15:00", "2026-11-30T09:30"),  # over the weekend
        ("2026-12-24T15:00", "2026-12-29T09:30"),  # Christmas, Boxing Day (Mon 28 in lieu)
        ("2026-07-01T09:00", "2026-07-01T09:30"),  # summer time
    ],
)
def test_the_next_slot_is_the_next_working_time(after: str, expected: str) -> None:
    found = slots.next_slot(local(after), calendar=calendar(), account="a")
    assert found == local(expected)


def test_a_taken_slot_and_its_surroundings_are_passed_over() -> None:
    taken = [local("2026-11-24T09:50")]
    found = slots.next_slot(
        local("2026-11-24T09:00"), calendar=calendar(spacing="45m"), account="a", taken=taken
    )
    assert found == local("2026-11-24T14:00")


def test_a_blackout_is_passed_over_for_the_accounts_it_names() -> None:
    black = calendar(
        blackout=[
            {
                "name": "mourning",
                "from": local("2026-11-24T00:00"),
                "to": local("2026-11-26T00:00"),
                "accounts": ["a"],
            }
        ]
    )
    after = local("2026-11-24T09:00")
    assert slots.next_slot(after, calendar=black, account="a") == local("2026-11-26T09:30")
    assert slots.next_slot(after, calendar=black, account="b") == local("2026-11-24T09:30")


def test_without_slots_or_with_all_of_them_quiet_there_is_none() -> None:
    after = local("2026-11-24T09:00")
    assert slots.next_slot(after, calendar=calendar(slots=[]), account="a") is None
    assert slots.next_slot(after, calendar=calendar(slots=["Sun 10:00"]), account="a") is None


def test_a_slot_in_the_hour_that_is_skipped_moves_on_with_the_clock() -> None:
    # 29 March 2026: 01:00 GMT becomes 02:00 BST; 01:30 does not exist.
    night = calendar(slots=["Sun 01:30"], quiet=[])
    found = slots.next_slot(local("2026-03-28T12:00"), calendar=night, account="a")
    assert found is not None
    assert found.astimezone(LONDON).isoformat() == "2026-03-29T02:30:00+01:00"


def test_a_slot_in_the_hour_that_comes_twice_happens_once() -> None:
    # 25 October 2026: 01:30 comes at 00:30 UTC and again at 01:30 UTC.
    night = calendar(slots=["Sun 01:30"], quiet=[])
    first = slots.next_slot(local("2026-10-24T12:00"), calendar=night, account="a")
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert first is not None
    second = slots.next_slot(first, calendar=night, account="a")
    assert second == local("2026-11-01T01:30")


def test_a_day_that_has_as_many_as_it_may_is_full() -> None:
    rules = calendar(per_day=1, spacing="1m")
    taken = [local("2026-11-24T12:00")]
    found = slots.next_slot(local("2026-11-24T09:00"), calendar=rules, account="a", taken=taken)
    assert found == local("2026-11-25T09:30")


def test_an_account_may_have_slots_and_a_limit_of_its_own() -> None:
    rules = calendar(accounts={"a": {"slots": ["Wed 10:00"], "per_day": 1}})
    after = local("2026-11-24T09:00")
    assert slots.next_slot(after, calendar=rules, account="a") == local("2026-11-25T10:00")
    assert slots.next_slot(after, calendar=rules, account="b") == local("2026-11-24T09:30")


@pytest.mark.parametrize(
    ("zone", "day", "gap"),
    [
        ("Europe/London", date(2026, 3, 29), (60, 120, 60)),
        ("Europe/London", date(2026, 10, 25), None),
        ("Europe/Brussels", date(2026, 3, 29), (120, 180, 60)),
        ("Europe/Brussels", date(2026, 10, 25), None),
        ("America/New_York", date(2026, 3, 8), (120, 180, 60)),
        ("America/New_York", date(2026, 11, 1), None),
        # Half an hour, on the other half of the earth; and at midnight, so that the day begins at one.
        ("Australia/Lord_Howe", date(2026, 10, 4), (120, 150, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 5), None),
        ("Africa/Cairo", date(2026, 4, 24), (0, 60, 60)),
        ("Asia/Kolkata", date(2026, 3, 29), None),
    ],
)
def test_at_every_minute_of_a_clock_change_each_weekly_slot_happens_once(
    zone: str, day: date, gap: tuple[int, int, int] | None
) -> None:
    """A slot at any minute of the day is met once: at its time or, in the gap, as much later as the clock jumps."""
    there = ZoneInfo(zone)
    begin, end, jump = gap or (0, 0, 0)
    start = datetime.combine(day, time(12), tzinfo=there).astimezone(UTC) - timedelta(hours=16)
    name = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.weekday()]
    for minute in range(24 * 60):
        rules = calendar(
            timezone=zone, slots=[f"{name} {minute // 60:02}:{minute % 60:02}"], quiet=[]
        )
        found = slots.next_slot(start, calendar=rules, account="a")
        assert found is not None
        wanted = datetime.combine(day, time(minute // 60, minute % 60))
        late = found.astimezone(there).replace(tzinfo=None) - wanted
        assert late == timedelta(minutes=jump if begin <= minute < end else 0)
        again = slots.next_slot(found, calendar=rules, account="a")
        assert again is not None
        assert again.astimezone(there).date() == day + timedelta(days=7)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 25), True),
        (date(2026, 12, 28), True),
        (date(2026, 5, 4), True),
        (date(2026, 11, 24), False),
    ],
)
def test_the_bank_holidays_of_wales_are_known(day: date, expected: bool) -> None:
    assert slots.is_bank_holiday(day, place="GB-WLS") is expected


@given(
    after=st.datetimes(
        min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2027, 12, 31),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    minutes=st.lists(st.integers(0, 60 * 24 * 10), max_size=8),
)
def test_a_slot_is_always_later_free_and_not_quiet(after: datetime, minutes: list[int]) -> None:
    rules = calendar()
    taken = [after + timedelta(minutes=m) for m in minutes]
    found = slots.next_slot(after, calendar=rules, account="a", taken=taken)
    assert found is not None
    assert found > after
    assert not slots.is_quiet(found, calendar=rules)
    assert all(abs(found - other) >= rules.spacing for other in taken)


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        ([], ()),
        (["18:00-08:00"], ((0, 480), (1080, 1440))),
        (["18:00-08:00", "07:00-09:00", "12:00-12:30"], ((0, 540), (720, 750), (1080, 1440))),
        (["12:00-12:00"], ()),
        (["Tue"], ((0, 1440),)),
        (["Wed"], ()),
        (["bank holidays"], ()),
    ],
)
def test_the_quiet_parts_of_a_day(quiet: list[str], expected: tuple[tuple[int, int], ...]) -> None:
    calendar = Calendar.model_validate({"quiet": quiet})
    assert slots.quiet_on(date(2026, 11, 24), calendar=calendar) == expected


def test_a_bank_holiday_is_quiet_all_day() -> None:
    calendar = Calendar.model_validate({"quiet": ["bank holidays"]})
    assert slots.quiet_on(date(2026, 12, 25), calendar=calendar) == ((0, 1440),)


@given(
    st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1439)), max_size=5),
    st.integers(0, 1439),
)
def test_a_minute_is_quiet_when_it_lies_in_a_quiet_part(
    spans: list[tuple[int, int]], minute: int
) -> None:
    written = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]
    calendar = Calendar.model_validate({"quiet": written, "timezone": "UTC"})
    moment = datetime(2026, 11, 24, minute // 60, minute % 60, tzinfo=UTC)
    parts = slots.quiet_on(moment.date(), calendar=calendar)
    assert any(a <= minute < b for a, b in parts) == slots.is_quiet(moment, calendar=calendar)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(parts))
