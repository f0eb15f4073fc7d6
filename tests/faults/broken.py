"""Publishers that are broken on purpose. The runs must catch every one, or they prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from bot import deliver, publish, retry
from bot.networks import fence
from bot.networks.base import NetworkError, OutcomeUnknown
from review import queries, transitions
from review.models import Attempt
from review.transitions import Claim


def _retry_on_time_out() -> Any:
    decide = retry.decide

    def again(error: NetworkError | None, *, attempts: int, now: datetime) -> retry.Decision:
        if isinstance(error, OutcomeUnknown):
            at = now + timedelta(minutes=1)
            return retry.Decision(retry.Action.RETRY_LATER, str(error), at)
        return decide(error, attempts=attempts, now=now)

    return mock.patch.object(retry, "decide", again)


def _mark_before_send() -> Any:
    def marked(claim: Claim, hands: deliver.Hands, deadline: float) -> None:
        transitions.confirm_sent(
            claim, now=hands.clock(), network_id=str(claim.attempt_id), url="https://x.com/"
        )
        with suppress(NetworkError):
            hands.client_for(claim.account, claim.live).deliver(claim.content)

    return mock.patch.object(publish, "deliver", marked)


def _forget_the_lease() -> Any:
    return mock.patch.object(queries, "lapsed_attempts", return_value=Attempt.objects.none())


def _take_a_dead_worker_for_not_sent() -> Any:
    def again(claim: Claim, *, now: datetime, **more: Any) -> None:
        transitions.retry_later(claim, now=now, at=now, outcome="Temporary", reason="again")

    return mock.patch.object(transitions, "lose_track", again)


def _send_after_the_lease() -> Any:
    return mock.patch.object(fence, "passed", return_value=False)


def _trust_a_clock() -> Any:
    """Take a post for absent although this machine's clock was wrong when it was sent."""
    from bot import reconcile

    return mock.patch.multiple(reconcile, CLOCKS_DIFFER=timedelta(minutes=1))


BROKEN: dict[str, Callable[[], Any]] = {
    "retry-on-time-out": _retry_on_time_out,
    "mark-before-send": _mark_before_send,
    "forget-the-lease": _forget_the_lease,
    "dead-is-not-sent": _take_a_dead_worker_for_not_sent,
    "send-after-the-lease": _send_after_the_lease,
    "trust-a-clock": _trust_a_clock,
}


@contextmanager
def publisher(name: str) -> Iterator[None]:
    """Use the broken publisher `name` inside; the real one when that is ""."""
    if not name:
        yield
        return
    with BROKEN[name]():
        yield
