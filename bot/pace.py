"""When to ask a source again. Pure.

Not before `every` has passed, nor before server and feed say they have something new; a source that has been
quiet for long is asked a little less often. Headers and feeds only lengthen, and never beyond a day: a wrong
one must not stop a source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.values import Rhythm

LONGEST = timedelta(hours=24)
# A quiet source is asked again after this part of the time it has been quiet, up to an hour.
_PART_OF_QUIET = 100
_QUIETEST = timedelta(hours=1)
_STEP = timedelta(minutes=5)  # so that many sources share one moment, and one write
QUIET_STEP = _STEP * _PART_OF_QUIET

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})\b", re.IGNORECASE)


def fresh_for(headers: Mapping[str, str]) -> timedelta:
    """Return how long an answer stays fresh by its Cache-Control or Expires header (RFC 9111), else zero.

    `headers` has lower-case names. An unreadable header says nothing.
    """
    control = headers.get("cache-control", "")
    if found := _MAX_AGE.search(control):
        return timedelta(seconds=int(found[1]))
    if control or "expires" not in headers:
        return timedelta(0)
    expires, asked = _date(headers["expires"]), _date(headers.get("date", ""))
    if expires is None or asked is None:
        return timedelta(0)
    return max(expires - asked, timedelta(0))


def keeps_validators(headers: Mapping[str, str]) -> bool:
    """Tell whether the answer may be asked for again by its validators; `Expires: 0` and `no-store` say no."""
    return headers.get("expires", "").strip() != "0" and "no-store" not in headers.get(
        "cache-control", ""
    )


def wait(
    every: timedelta,
    *,
    fresh: timedelta = timedelta(0),
    rhythm: Rhythm = Rhythm(),  # noqa: B008 - frozen
    quiet: timedelta = timedelta(0),
) -> timedelta:
    """Return how long a source is left alone after a good answer; `quiet` is how long it has had no news."""
    longest = max(LONGEST, every)
    slowed = min(_STEP * (quiet // QUIET_STEP), _QUIETEST)
    return min(max(every, fresh, rhythm.wait or timedelta(0), slowed), longest)


def after_failure(every: timedelta, *, failures: int, asked: timedelta | None = None) -> timedelta:
    """Return how long to wait after so many failures in a row; `asked` is what the server itself wants."""
    longest = max(LONGEST, every)
    if asked:
        return min(max(every, asked), longest)
    doubled: timedelta = every * 2 ** min(max(failures, 1) - 1, 10)
    return min(doubled, longest)


def moment(now: datetime, wait: timedelta, *, jitter: float, rhythm: Rhythm = Rhythm()) -> datetime:  # noqa: B008
    """Return when to ask again: after `wait`, up to a tenth later, not in an hour or on a day to be skipped.

    `jitter` is between 0 and 1. It only lengthens: servers count an early request against us.
    """
    at = now + wait * (1 + jitter / 10)
    last = max(at, now + LONGEST)
    while at < last and (at.hour in rhythm.hours or at.weekday() in rhythm.days):
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(at, last)


def as_data(rhythm: Rhythm) -> dict[str, object]:
    """Write `rhythm` down as JSON data; an empty one as {}."""
    if rhythm == Rhythm():
        return {}
    return {
        "wait": rhythm.wait.total_seconds() if rhythm.wait else 0,
        "hours": sorted(rhythm.hours),
        "days": sorted(rhythm.days),
    }


def from_data(data: Mapping[str, object]) -> Rhythm:
    """Read what `as_data` wrote."""
    if not data:
        return Rhythm()
    seconds, hours, days = data.get("wait"), data.get("hours"), data.get("days")
    return Rhythm(
        wait=timedelta(seconds=seconds) if isinstance(seconds, int | float) and seconds else None,
        hours=frozenset(hours) if isinstance(hours, list) else frozenset(),
        days=frozenset(days) if isinstance(days, list) else frozenset(),
    )


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
