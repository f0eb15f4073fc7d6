"""Makes guessing passwords slow: after some wrong ones, a user name has to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from review.models import FailedSignIn

WITHIN = timedelta(minutes=15)
MOST_FROM_ONE_ADDRESS = 5
# From all addresses together; higher, so that a stranger does not easily keep a colleague out.
MOST_FROM_ANYWHERE = 30


def must_wait(username: str, *, address: str, now: datetime) -> bool:
    """Say whether no password is tried for `username` from `address` now."""
    lately = FailedSignIn.objects.filter(username=_plain(username), at__gt=now - WITHIN)
    return (
        lately.filter(address=address).count() >= MOST_FROM_ONE_ADDRESS
        or lately.count() >= MOST_FROM_ANYWHERE
    )


def failed(username: str, *, address: str, now: datetime) -> None:
    """Keep a wrong password in mind, and forget those that no longer count."""
    FailedSignIn.objects.filter(at__lte=now - WITHIN).delete()
    FailedSignIn.objects.create(username=_plain(username), address=address[:64], at=now)


def succeeded(username: str, *, address: str) -> None:
    """Forget the wrong passwords before the right one."""
    FailedSignIn.objects.filter(username=_plain(username), address=address[:64]).delete()


def _plain(username: str) -> str:
    return username.strip().casefold()[:150]
