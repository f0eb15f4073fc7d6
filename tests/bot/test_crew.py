"""Several hands do jobs side by side, never two of one key, and nothing of it is lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.crew import Alone, SideBySide

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def crew() -> Iterator[SideBySide]:
    made = SideBySide(3)
    yield made
    made.close()


def test_alone_a_job_is_done_when_it_was_given() -> None:
    done: list[int] = []
    crew = Alone()
    assert crew.takes("x")
    crew.give("x", lambda: done.append(1))
    assert done == [1]
    assert crew.keys == frozenset()


def test_a_job_that_waits_holds_up_its_own_key_only(crew: SideBySide) -> None:
    gate = threading.Event()
    done: list[str] = []
    crew.give("slow", gate.wait)
    crew.give("quick", lambda: done.append("quick"))
    while not done:
        crew.rest(1)
    assert not crew.takes("slow")
    assert crew.takes("quick")
    gate.set()
    assert crew.finish(10)
    assert crew.takes("slow")


def test_a_second_job_of_a_key_is_refused_and_nothing_waits_in_line(crew: SideBySide) -> None:
    gate = threading.Event()
    for key in "abc":
        crew.give(key, gate.wait)
    assert not crew.takes("d")
    for key in ("a", "d"):
        with pytest.raises(RuntimeError, match="No hand is free"):
            crew.give(key, gate.wait)
    gate.set()
    assert crew.finish(10)


def test_reading_leaves_hands_free_for_sending(crew: SideBySide) -> None:
    gate = threading.Event()
    crew.give("a", gate.wait)
    assert not crew.takes("reading", spare=2)
    assert crew.takes("sending")
    gate.set()
    assert crew.finish(10)


def test_a_job_that_fails_frees_its_hand_and_is_said(
    crew: SideBySide, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ValueError("unforeseen")

    for _ in range(5):
        crew.give("a", broken)
        assert crew.finish(10)
    assert caplog.text.count("a job for a failed") == 5


def test_many_jobs_are_each_done_once_and_never_two_of_a_key_together(crew: SideBySide) -> None:
    at_once: Counter[str] = Counter()
    most: Counter[str] = Counter()
    done: Counter[str] = Counter()
    lock = threading.Lock()

    def job(key: str) -> None:
        with lock:
            at_once[key] += 1
            most[key] = max(most[key], at_once[key])
        with lock:
            at_once[key] -= 1
            done[key] += 1

    wanted = [f"{number % 5}" for number in range(200)]
    while wanted:
        key = next((k for k in wanted if crew.takes(k)), None)
        if key is None:
            crew.rest(1)
            continue
        wanted.remove(key)
        crew.give(key, lambda key=key: job(key))  # type: ignore[misc]
    assert crew.finish(10)
    assert done == {str(k): 40 for k in range(5)}
    assert set(most.values()) == {1}


def test_a_hand_keeps_its_thread_for_the_next_job_and_goes_when_none_comes() -> None:
    crew = SideBySide(3, idle=0.2)
    by: list[threading.Thread] = []
    for _ in range(5):
        crew.give("a", lambda: by.append(threading.current_thread()))
        assert crew.finish(10)
        # Until it waits again, a new job would be another hand's.
        while by[-1].is_alive() and not crew._waiting:
            crew.rest(0.001)
    for thread in by:
        thread.join(10)
    assert not any(thread.is_alive() for thread in by)
    crew.give("a", lambda: by.append(threading.current_thread()))
    assert crew.finish(10)
    assert by[-1] not in by[:-1]
    crew.close()


def test_what_ended_between_two_looks_is_not_overslept(crew: SideBySide) -> None:
    before = crew.done
    crew.give("a", lambda: None)
    assert crew.finish(10)
    assert crew.rest(60, since=before)


def test_a_crew_that_is_closed_takes_no_more(crew: SideBySide) -> None:
    crew.close()
    with pytest.raises(RuntimeError, match="No hand is free"):
        crew.give("a", lambda: None)
