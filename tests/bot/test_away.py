"""A job that takes too long or too much costs itself, and the others are done."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from bot.away import MIB, Away, Bounds, TooMuch, here


def double(number: int) -> int:
    """Return twice `number`; odd numbers have their troubles."""
    if number == 13:
        raise ValueError("Thirteen cannot be doubled.")
    if number == 15:
        raise KeyError(number)
    if number == 17:
        time.sleep(60)
    if number == 19:
        return len(bytearray(4096 * MIB))
    if number == 21:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


@pytest.fixture
def away() -> Iterator[Away]:
    with Away(bounds=Bounds(seconds=3.0, memory=512 * MIB)) as away:
        yield away


def test_every_job_is_done_and_known_by_its_number(away: Away) -> None:
    assert dict(away(double, range(40, 80))) == {n: 2 * (n + 40) for n in range(40)}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (13, "Thirteen cannot be doubled."),
        (15, "could not be read (KeyError)"),
        (17, "longer than 3 seconds"),
        (19, "more memory"),
        (21, "ended over it"),
    ],
)
def test_a_bad_job_costs_only_itself(away: Away, bad: int, words: str) -> None:
    results = dict(away(double, [2, bad, 4, 6, 8, 10]))
    error = results.pop(1)
    assert isinstance(error, ValueError)
    assert words in str(error)
    assert results == {0: 4, 2: 8, 3: 12, 4: 16, 5: 20}
    assert dict(away(double, [1])) == {0: 2}


def test_one_process_is_enough_for_a_little_work(away: Away) -> None:
    assert list(away(double, [1, 2])) == [(0, 2), (1, 4)]
    assert len(away._children) == 1
    process = away._children[0].process
    list(away(double, [3]))
    assert away._children[0].process is process


def test_a_process_that_has_grown_is_replaced() -> None:
    with Away(bounds=Bounds(grown=1)) as away:
        assert list(away(double, [1])) == [(0, 2)]
        assert away._children == []
        assert list(away(double, [2])) == [(0, 4)]


def test_idle_processes_end() -> None:
    with Away(bounds=Bounds(idle=0.0)) as away:
        list(away(double, [1]))
        away.rest()
        assert away._children == []


def test_who_stops_listening_leaves_nothing_behind(away: Away) -> None:
    for _ in away(double, range(40, 80)):
        break
    assert all(child.number is None for child in away._children)


def test_without_processes_the_answers_are_the_same() -> None:
    first, second, third = (result for _, result in here(double, [1, 13, 15]))
    assert first == 2
    assert isinstance(second, ValueError)
    assert isinstance(third, ValueError)
    assert not isinstance(third, TooMuch)
