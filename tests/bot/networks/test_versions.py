from __future__ import annotations

from datetime import date

import pytest

from bot.networks.base import Endpoints
from bot.networks.versions import days_left, sunset


@pytest.mark.parametrize(
    ("version", "day"),
    [
        ("202609", date(2027, 9, 15)),
        ("202608", date(2027, 8, 17)),
        ("202511", date(2026, 11, 16)),
        ("202704", date(2028, 4, 15)),
        ("203012", date(2031, 12, 15)),
    ],
)
def test_a_version_ends_when_linkedin_said_or_about_a_year_on(version: str, day: date) -> None:
    assert sunset(version) == day


@pytest.mark.parametrize(
    "version", ["", "2026", "202613", "202600", "2026-09", "20260915", "２０２６０９"]
)
def test_what_is_no_version_is_told_so(version: str) -> None:
    assert days_left(version, date(2026, 11, 24)) is None
    with pytest.raises(ValueError, match="such as 202609"):
        sunset(version)


def test_days_are_counted_down_and_past() -> None:
    assert days_left("202511", date(2026, 11, 15)) == 1
    assert days_left("202511", date(2026, 11, 16)) == 0
    assert days_left("202511", date(2026, 11, 24)) == -8


def test_the_version_that_is_shipped_had_months_to_live_when_this_was_written() -> None:
    left = days_left(Endpoints().linkedin_version, date(2026, 11, 24))
    assert left is not None
    assert left > 200
