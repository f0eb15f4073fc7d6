"""The calendar's pages: a week or a month as it is planned, and the blackouts made at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from config import schema, timing
from config.timing import Calendar
from review import blackouts, forms, queries, shown, silencing, slots, transitions
from review.models import Account, Blackout, Post
from review.proposals import proposals
from review.said import told
from review.states import State
from review.transitions import NotFit, TransitionError
from review.views.common import calendar, desk, ended, page, signed_in

DRAWN = (State.SCHEDULED, State.SENDING, State.UNCONFIRMED, State.PUBLISHED)
TOLD_BEFORE = 10  # blackouts that are over
MOST_YEARS = 5  # from now; further away is a slip of the hand


@dataclass(frozen=True, slots=True)
class Free:
    """A free slot that is still to come: when, the networks and the keys of the accounts that have it."""

    at: datetime
    networks: tuple[str, ...]
    accounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """A day's hours as a picture: spans and marks in minutes after midnight, and the same in words."""

    quiet: tuple[tuple[int, int], ...]  # where each begins, and how wide it is
    dark: tuple[tuple[int, int], ...]
    marks: tuple[tuple[int, str], ...]  # where each post is, and what it is
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar. `proposed` has where posts in review would go, were all approved in their order."""

    date: date
    posts: tuple[shown.Shown, ...]
    proposed: tuple[tuple[datetime, Post], ...]
    free: tuple[Free, ...]
    blackouts: tuple[timing.Blackout, ...]
    bank_holiday: bool
    quiet: bool
    strip: Strip
    today: bool
    outside: bool  # of the month that is looked at

    @property
    def lines(self) -> list[tuple[datetime, str, shown.Shown | Post | Free]]:
        """What stands on the day, by time: each with its moment and what it is (post, proposed or free)."""
        posts = [(row.post.due_at, "post", row) for row in self.posts if row.post.due_at]
        proposed = [(moment, "proposed", post) for moment, post in self.proposed]
        free = [(slot.at, "free", slot) for slot in self.free]
        return sorted([*posts, *proposed, *free], key=lambda line: line[0])


@desk
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Draw a week or a month: what goes out when, free slots, quiet days, bank holidays, blackouts."""
    now = timezone.now()
    today = timezone.localtime(now).date()
    chosen = _date(request.GET.get("from", ""), today)
    month = request.GET.get("by") == "month"
    first, after = _month(chosen) if month else _week(chosen)
    begin = chosen.replace(day=1) if month else first
    known, _trouble = calendar()
    days = _days(first, after, calendar=known, now=now, month=chosen.month if month else 0)
    context = {
        "nothing": not any(day.posts or day.proposed for day in days),
        "month": month,
        "begin": begin,
        "last": after - timedelta(days=1),
        "days": days,
        "before": begin - timedelta(days=1 if month else 7),
        "after": _next_month(begin) if month else after,
        "chosen": chosen,
        "today": today,
    }
    return page(request, "calendar", context)


def _date(written: str, default: date) -> date:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return default
    return found if abs(found.year - default.year) <= MOST_YEARS else default


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month(day: date) -> tuple[date, date]:
    """Return the Monday on or before the first of the month, and the Monday after its last day."""
    last = _next_month(day) - timedelta(days=1)
    return _week(day.replace(day=1))[0], _week(last)[1]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _days(
    first: date, after: date, *, calendar: Calendar | None, now: datetime, month: int
) -> list[Day]:
    found = queries.posts(DRAWN).filter(due_at__gte=_midnight(first), due_at__lt=_midnight(after))
    posts = list(found.order_by("due_at", "pk"))
    rows = shown.show(posts, calendar=None, now=now, checks=False)
    accounts = list(queries.accounts())
    taken = queries.due_times(after=min(now, _midnight(first)) - timedelta(days=1))
    proposed = (
        proposals(taken, calendar=calendar, now=now, before=_midnight(after)) if calendar else []
    )
    return [
        _day(day, rows, accounts, taken, proposed, calendar=calendar, now=now, month=month)
        for day in (first + timedelta(days=n) for n in range((after - first).days))
    ]


def _day(
    day: date,
    rows: Sequence[shown.Shown],
    accounts: Sequence[Account],
    taken: dict[int, list[datetime]],
    waiting: Sequence[tuple[datetime, Post]],
    *,
    calendar: Calendar | None,
    now: datetime,
    month: int,
) -> Day:
    free: dict[datetime, list[Account]] = {}
    if calendar is not None:
        for account in accounts:
            mine = taken.get(account.pk, [])
            for moment in slots.slots_on(day, calendar=calendar, account=account.name):
                if moment > now and slots.is_free(
                    moment, calendar=calendar, account=account.name, taken=mine
                ):
                    free.setdefault(moment, []).append(account)
    begin, end = _midnight(day), _midnight(day + timedelta(days=1))
    posts = tuple(r for r in rows if r.post.due_at and begin <= r.post.due_at < end)
    proposed = tuple(sorted((p for p in waiting if begin <= p[0] < end), key=lambda p: p[0]))
    dark = tuple(
        span
        for span in (calendar.blackout if calendar else ())
        if calendar and span.overlaps(begin, end, zone=calendar.zone)
    )
    return Day(
        date=day,
        posts=posts,
        proposed=proposed,
        free=tuple(
            Free(
                moment,
                tuple(shown.network_label(account.network) for account in whose),
                tuple(account.pk for account in whose),
            )
            for moment, whose in sorted(free.items())
        ),
        blackouts=dark,
        strip=_strip(day, posts, proposed, dark, calendar=calendar),
        bank_holiday=calendar is not None
        and slots.is_bank_holiday(day, place=calendar.bank_holidays),
        quiet=calendar is not None and any(day.weekday() in span.days for span in calendar.quiet),
        today=day == timezone.localtime(now).date(),
        outside=bool(month) and day.month != month,
    )


def _strip(
    day: date,
    posts: Sequence[shown.Shown],
    proposed: Sequence[tuple[datetime, Post]],
    dark: Sequence[timing.Blackout],
    *,
    calendar: Calendar | None,
) -> Strip:
    """Draw the hours of a day. On the two days of the year that are longer or shorter, an hour's place is the clock's."""
    quiet = slots.quiet_on(day, calendar=calendar) if calendar else ()
    spans = []
    for span in dark if calendar else ():
        start, end = span.ends_in(calendar.zone) if calendar else (span.start, span.end)
        spans.append((_minute_of(start, day), _minute_of(end, day)))
    marks = [(_minute_of(r.post.due_at, day), r.post.state) for r in posts if r.post.due_at]
    marks += [(_minute_of(moment, day), State.IN_REVIEW.value) for moment, _post in proposed]
    said = [
        gettext("Quiet %(start)s–%(end)s") % {"start": _clock(start), "end": _clock(end)}
        for start, end in quiet
    ]
    words = said + [
        gettext("Blackout %(start)s–%(end)s") % {"start": _clock(start), "end": _clock(end)}
        for start, end in spans
    ]
    return Strip(
        quiet=tuple((start, end - start) for start, end in quiet),
        dark=tuple((start, end - start) for start, end in spans),
        marks=tuple(sorted(marks)),
        words="; ".join(words) or gettext("No quiet hours"),
    )


def _minute_of(moment: datetime, day: date) -> int:
    """Return the minute of the local day at which a moment is; its ends where it lies before or after it."""
    local = timezone.localtime(moment)
    if local.date() != day:
        return 0 if local.date() < day else slots.DAY
    return local.hour * 60 + local.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@desk
def blackout(request: HttpRequest) -> HttpResponse:
    """List the blackouts, and make one."""
    if request.method != "POST":
        return _blackouts(request, forms.BlackoutForm())
    form = forms.BlackoutForm(request.POST)
    if not form.is_valid():
        return _blackouts(request, form, status=422)
    try:
        _made, returned = silencing.black_out(
            reason=form.cleaned_data["reason"],
            starts_at=form.cleaned_data["starts"],
            ends_at=form.cleaned_data["ends"],
            account=form.cleaned_data["account"],
            by=transitions.person(signed_in(request)),
            now=timezone.now(),
        )
    except NotFit as error:
        form.add_error("ends", told(error))
        return _blackouts(request, form, status=422)
    except TransitionError as error:
        return ended(request, error)
    said = gettext("Nothing goes out then.")
    if returned:
        back = ngettext(
            "%(count)s post that was due then is back in the queue.",
            "%(count)s posts that were due then are back in the queue.",
            returned,
        )
        said = f"{said} {back % {'count': returned}}"
    messages.success(request, said)
    return redirect("blackouts")


@desk
def end_blackout(request: HttpRequest, pk: int) -> HttpResponse:
    """End a blackout before its time."""
    if request.method != "POST":
        return redirect("blackouts")
    try:
        silencing.end(pk, by=transitions.person(signed_in(request)), now=timezone.now())
    except Blackout.DoesNotExist:
        raise Http404 from None
    except TransitionError as error:
        return ended(request, error)
    messages.success(
        request,
        gettext("The blackout is over. What it sent back to the queue waits there for a decision."),
    )
    return redirect("blackouts")


def _blackouts(
    request: HttpRequest, form: forms.BlackoutForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    made = blackouts.in_force(now=now)
    context = {
        "form": form,
        "made": made,
        "written": _written(now),
        "over": Blackout.objects.exclude(pk__in=made)
        .select_related("account")
        .order_by("-ends_at")[:TOLD_BEFORE],
    }
    return page(request, "blackouts", context, status=status)


def _written(now: datetime) -> list[tuple[timing.Blackout, datetime, datetime]]:
    """Return the blackouts of calendar.toml that are not over, each with its beginning and end."""
    try:
        own = schema.current(settings.HERODR_CONFIG).calendar
    except schema.ConfigurationError:
        return []  # the banner says what is wrong
    spans = [(span, *span.ends_in(own.zone)) for span in own.blackout]
    return [found for found in spans if found[2] > now]
