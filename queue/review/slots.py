"""When a post may go out: the next free slot, and whether a moment is allowed.

Pure. All moments are aware; slots and quiet hours are read in the calendar's zone, clock changes
included: a slot in the hour that is skipped moves on with the clock, one in the hour that comes twice
happens once, at its first passing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from config.timing import Blackout, Calendar, Quiet

LOOK_AHEAD = timedelta(days=400)
DAY = 24 * 60  # minutes


@lru_cache(maxsize=64)
def _holidays(place: str, year: int) -> frozenset[date]:
    country, _, part = place.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def is_bank_holiday(day: date, *, place: str) -> bool:
    """Say whether `day` is a public holiday in `place`, such as "GB-WLS" (ISO 3166 country and part)."""
    return day in _holidays(place, day.year)


def _within(span: Quiet, clock: time) -> bool:
    if span.start is None or span.end is None:
        return False
    if span.start <= span.end:
        return span.start <= clock < span.end
    return clock >= span.start or clock < span.end


def is_quiet(moment: datetime, *, calendar: Calendar) -> bool:
    """Say whether `moment` falls into quiet hours, a quiet day or a bank holiday."""
    local = moment.astimezone(calendar.zone)
    for span in calendar.quiet:
        if span.bank_holidays and is_bank_holiday(local.date(), place=calendar.bank_holidays):
            return True
        if local.weekday() in span.days or _within(span, local.time()):
            return True
    return False


def quiet_on(day: date, *, calendar: Calendar) -> tuple[tuple[int, int], ...]:
    """Return the quiet parts of a local day as (from, to) in minutes after midnight, to 1440; none overlap."""
    parts: list[tuple[int, int]] = []
    for span in calendar.quiet:
        holiday = span.bank_holidays and is_bank_holiday(day, place=calendar.bank_holidays)
        if holiday or day.weekday() in span.days:
            return ((0, DAY),)
        if span.start is not None and span.end is not None:
            start, end = _minute(span.start), _minute(span.end)
            parts += [(start, end)] if start <= end else [(0, end), (start, DAY)]
    found: list[tuple[int, int]] = []
    for start, end in sorted(part for part in parts if part[0] < part[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def blackout_at(moment: datetime, *, calendar: Calendar, account: str) -> Blackout | None:
    """Return the blackout that silences `account` at `moment`, if any."""
    for blackout in calendar.blackout:
        if blackout.covers(moment, account=account, zone=calendar.zone):
            return blackout
    return None


def slots_on(day: date, *, calendar: Calendar, account: str) -> list[datetime]:
    """Return the moments (UTC) of the weekly slots of `account` on a local day, the earliest first."""
    moments = set()
    for slot in calendar.slots_of(account):
        if day.weekday() in slot.days:
            local = datetime.combine(day, slot.at, tzinfo=calendar.zone)
            # Through UTC and back: a time that does not exist becomes the one after the gap.
            moments.add(local.astimezone(UTC))
    return sorted(moments)


def too_near(moment: datetime, taken: Iterable[datetime], spacing: timedelta) -> datetime | None:
    """Return the moment of `taken` that is nearer to `moment` than `spacing`, the nearest one; None where none is."""
    near = [other for other in taken if moment == other or abs(moment - other) < spacing]
    return min(near, key=lambda other: abs(moment - other), default=None)


def is_free(
    moment: datetime, *, calendar: Calendar, account: str, taken: Collection[datetime] = ()
) -> bool:
    """Say whether nothing keeps `account` from a slot at `moment`: quiet, a blackout, a post too near."""
    return not (
        is_quiet(moment, calendar=calendar)
        or blackout_at(moment, calendar=calendar, account=account) is not None
        or too_near(moment, taken, calendar.spacing) is not None
    )


def _candidates(after: datetime, *, calendar: Calendar, account: str) -> Iterator[datetime]:
    zone = calendar.zone
    day = after.astimezone(zone).date()
    last = day + LOOK_AHEAD
    while day <= last:
        moments = slots_on(day, calendar=calendar, account=account)
        yield from (moment for moment in moments if moment > after)
        day += timedelta(days=1)


def next_slot(
    after: datetime, *, calendar: Calendar, account: str, taken: Collection[datetime] = ()
) -> datetime | None:
    """Return the first slot after `after` (UTC) that is free and allowed for `account`, or None.

    `taken` are the moments at which the account posts already; a slot nearer to one of them than the
    calendar's spacing is not free, and a day that has as many as it may is full. None means no slot within 400 days: there are none, or all are quiet.
    """
    zone, most = calendar.zone, calendar.per_day_of(account)
    days = Counter(other.astimezone(zone).date() for other in taken)
    for moment in _candidates(after, calendar=calendar, account=account):
        if most is not None and days[moment.astimezone(zone).date()] >= most:
            continue
        if is_free(moment, calendar=calendar, account=account, taken=taken):
            return moment
    return None
