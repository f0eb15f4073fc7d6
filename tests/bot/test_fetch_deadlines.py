"""What takes too long ends; what somebody else cancels is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from bot.fetch.deadlines import Deadlines


def test_what_is_quick_is_returned_and_what_is_slow_ends() -> None:
    async def run() -> list[object]:
        deadlines = Deadlines(0.1)

        async def work(seconds: float) -> str:
            await asyncio.sleep(seconds)
            return "done"

        async def one(seconds: float) -> str:
            return await deadlines.within(work(seconds))

        return list(
            await asyncio.gather(one(0), one(600), one(0.001), one(600), return_exceptions=True)
        )

    first, second, third, fourth = asyncio.run(run())
    assert (first, third) == ("done", "done")
    assert isinstance(second, TimeoutError)
    assert isinstance(fourth, TimeoutError)


def test_a_task_that_was_ended_goes_on_with_the_next() -> None:
    async def run() -> str:
        deadlines = Deadlines(0.05)
        with pytest.raises(TimeoutError):
            await deadlines.within(asyncio.sleep(600))
        await asyncio.sleep(0)
        return await deadlines.within(asyncio.sleep(0.001, "next"))

    assert asyncio.run(run()) == "next"


def test_a_cancellation_from_elsewhere_stays_one() -> None:
    async def run() -> None:
        task = asyncio.ensure_future(Deadlines(600).within(asyncio.sleep(600)))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())


def test_an_error_of_the_work_is_its_own() -> None:
    async def fail() -> None:
        raise ValueError("mine")

    async def run() -> None:
        await Deadlines(1).within(fail())

    with pytest.raises(ValueError, match="mine"):
        asyncio.run(run())
