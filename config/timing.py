"""The calendar's parts: durations, weekly slots, quiet hours, blackouts, and how people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BANK_HOLIDAYS = "bank holidays"


def parse_duration(text: object) -> timedelta:
    """Read "45s", "15m", "6h" or "2d". Raises ValueError with the mend."""
    match = re.fullmatch(r"\s*(\d+)\s*([smhd])\s*", text) if isinstance(text, str) else None
    if match is None:
        raise ValueError('write a duration such as "45s", "15m", "6h" or "2d"')
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def parse_days(text: str) -> frozenset[int]:
    """Read "Mon", "Mon-Fri" or "Mon,Wed" into weekday numbers (Monday is 0). Raises ValueError."""
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        try:
            start = DAYS.index(first.strip().title())
            end = DAYS.index(last.strip().title()) if last else start
        except ValueError:
            raise ValueError(
                f'write days as {", ".join(DAYS)} or "Mon-Fri", not "{text}"'
            ) from None
        while True:
            days.add(start)
            if start == end:
                break
            start = (start + 1) % 7
    return frozenset(days)


def parse_clock(text: str) -> time:
    """Read "09:30". Raises ValueError with the mend."""
    try:
        hours, minutes = text.strip().split(":")
        return time(int(hours), int(minutes))
    except ValueError:
        raise ValueError(f'write a time of day such as "09:30", not "{text}"') from None


@dataclass(frozen=True, slots=True)
class WeeklySlot:
    """Weekdays and a local time of day at which a post may go out."""

    days: frozenset[int]
    at: time


@dataclass(frozen=True, slots=True)
class Quiet:
    """A part of the week in which nothing is scheduled: a span of the day, whole days, or bank holidays."""

    days: frozenset[int] = frozenset()
    start: time | None = None
    end: time | None = None
    bank_holidays: bool = False


def _slot(value: object) -> object:
    if isinstance(value, WeeklySlot):
        return value
    days, _, clock = str(value).strip().rpartition(" ")
    if not days:
        raise ValueError('write a slot as days and a time, such as "Mon-Fri 09:30"')
    return WeeklySlot(parse_days(days), parse_clock(clock))


def _quiet(value: object) -> object:
    if isinstance(value, Quiet):
        return value
    text = str(value).strip()
    if text.lower() == BANK_HOLIDAYS:
        return Quiet(bank_holidays=True)
    if ":" in text:
        start, dash, end = text.partition("-")
        if not dash:
            raise ValueError('write quiet hours as a span such as "18:00-08:00"')
        return Quiet(start=parse_clock(start), end=parse_clock(end))
    return Quiet(days=parse_days(text))


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


class Strict(BaseModel):
    """A table in which every key must be known; frozen once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Blackout(Strict):
    """A span in which nothing goes out, on all accounts or the named ones."""

    name: str
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    accounts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None) or self.end <= self.start:
            raise ValueError('"to" must be later than "from", both with or both without an offset')
        return self

    def covers(self, moment: datetime, *, account: str, zone: ZoneInfo) -> bool:
        """Say whether `account` must be silent at `moment`; naive ends are read in `zone`."""
        if self.accounts and account not in self.accounts:
            return False
        start, end = self.ends_in(zone)
        return start <= moment < end

    def ends_in(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return its beginning and its end; what has no offset is read in `zone`."""
        start, end = (t if t.tzinfo else t.replace(tzinfo=zone) for t in (self.start, self.end))
        return start, end

    def overlaps(self, begin: datetime, end: datetime, *, zone: ZoneInfo) -> bool:
        """Say whether any of [`begin`, `end`) lies in it, whatever the account."""
        mine, over = self.ends_in(zone)
        return mine < end and begin < over


class Keep(Strict):
    """How long what is not needed any more is kept. Keys, links, decisions and the record are kept for good."""

    words: Duration = timedelta(days=730)
    tries: Duration = timedelta(days=365)
    notices: Duration = timedelta(days=90)


WALES = "GB-WLS"


class AccountCalendar(Strict):
    """What one account does differently."""

    slots: tuple[Annotated[WeeklySlot, BeforeValidator(_slot)], ...] | None = None
    per_day: int | None = Field(default=None, ge=1)


class Calendar(Strict):
    """When posts may go out."""

    timezone: str = "Europe/London"
    slots: tuple[Annotated[WeeklySlot, BeforeValidator(_slot)], ...] = ()
    quiet: tuple[Annotated[Quiet, BeforeValidator(_quiet)], ...] = ()
    bank_holidays: str = WALES
    per_day: int | None = Field(default=None, ge=1)
    accounts: dict[str, AccountCalendar] = Field(default_factory=dict)
    spacing: Duration = timedelta(minutes=45)
    stale_after: Duration = timedelta(hours=6)
    expire_after: Duration = timedelta(days=30)
    remind_before: Duration = timedelta(days=1)
    blackout: tuple[Blackout, ...] = ()
    approvals: Literal["any", "four eyes", "two approvers"] = "any"
    keep: Keep = Keep()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise ValueError('write a time zone such as "Europe/London"') from None
        return name

    @field_validator("bank_holidays")
    @classmethod
    def _place(cls, place: str) -> str:
        if place == WALES:
            return place  # known; the list of all places is slow to load
        import holidays

        country, _, part = place.partition("-")
        try:
            holidays.country_holidays(country, subdiv=part or None, years=2026)
        except NotImplementedError:
            raise ValueError(
                'write a country and part such as "GB-WLS", "GB-ENG" or "IE"'
            ) from None
        return place

    def slots_of(self, account: str) -> tuple[WeeklySlot, ...]:
        """The weekly slots of `account`: its own where it has some."""
        own = self.accounts.get(account)
        return self.slots if own is None or own.slots is None else own.slots

    def per_day_of(self, account: str) -> int | None:
        """How many posts of `account` may get a slot on one day; None: as many as there are slots."""
        own = self.accounts.get(account)
        return self.per_day if own is None or own.per_day is None else own.per_day

    @property
    def by_two(self) -> bool:
        """Whether two people must approve a post before it is scheduled."""
        return self.approvals == "two approvers"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which slots and quiet hours are read."""
        return ZoneInfo(self.timezone)
