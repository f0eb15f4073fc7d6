"""The figures of the overview: what went out each week, how long it took, what is silent. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db.models import Count, Min, Q
from django.utils import timezone

from review import queries
from review.models import Post, Source
from review.states import State

WEEKS = 12
MOST_TIMED = 1000  # posts, the newest, whose time is looked at for the median


@dataclass(frozen=True, slots=True)
class Week:
    """How many posts went out in the week that begins on `monday`, and how tall to draw that (0 to 100)."""

    monday: date
    count: int
    height: int


# How long it took, in hours, up to each of these.
WITHIN = (1, 4, 24, 72)


@dataclass(frozen=True, slots=True)
class Took:
    """How many posts took at most `hours` from their source and more than the step before; None: longer than all."""

    hours: int | None
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the overview shows. `median_time` runs from the first sight of a source's news to its post."""

    weeks: tuple[Week, ...]
    published: int
    rehearsed: int
    median_time: timedelta | None
    took: tuple[Took, ...]
    oldest: timedelta | None  # how long the oldest undecided draft has waited
    silent: tuple[tuple[Source, timedelta | None], ...]


def gather(*, now: datetime) -> Figures:
    """Work out the figures of the last twelve weeks, in the page's zone; four queries, however many posts."""
    today = timezone.localtime(now).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    waits = Post.objects.filter(state=State.IN_REVIEW).aggregate(first=Min("created_at"))["first"]
    mondays = [first + timedelta(weeks=n) for n in range(WEEKS)]
    begins = [_midnight(monday) for monday in mondays]
    out = Post.objects.filter(state=State.PUBLISHED, published_at__gte=begins[0])
    ends = [*begins[1:], None]
    counted = out.aggregate(
        in_all=Count("pk"),
        in_rehearsal=Count("pk", filter=Q(rehearsed=True)),
        **{
            f"week_{n}": Count("pk", filter=_between(begin, end))
            for n, (begin, end) in enumerate(zip(begins, ends, strict=True))
        },
    )
    weeks = [counted[f"week_{n}"] for n in range(WEEKS)]
    most = max(weeks)
    times = [
        (published - seen).total_seconds()
        for published, seen in out.order_by("-published_at").values_list(
            "published_at", "announcement__entry__first_seen_at"
        )[:MOST_TIMED]
        if published is not None
    ]
    return Figures(
        weeks=tuple(
            Week(day, count, round(100 * count / most) if most else 0)
            for day, count in zip(mondays, weeks, strict=True)
        ),
        published=counted["in_all"],
        rehearsed=counted["in_rehearsal"],
        median_time=timedelta(seconds=median(times)) if times else None,
        took=_took(times),
        oldest=now - waits if waits else None,
        silent=tuple(
            (source, now - source.news_at if source.news_at else None)
            for source in queries.sources()
        ),
    )


def _took(times: list[float]) -> tuple[Took, ...]:
    steps = [*(hours * 3600.0 for hours in WITHIN), float("inf")]
    counts = [0] * len(steps)
    for seconds in times:
        counts[next(n for n, step in enumerate(steps) if seconds <= step)] += 1
    most = max(counts)
    return tuple(
        Took(hours, count, round(100 * count / most) if most else 0)
        for hours, count in zip((*WITHIN, None), counts, strict=True)
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _between(begin: datetime, end: datetime | None) -> Q:
    later = Q(published_at__gte=begin)
    return later if end is None else later & Q(published_at__lt=end)
