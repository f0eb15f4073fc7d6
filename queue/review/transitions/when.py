"""When an approved post goes out: the next free slot, or a time that a person chose, if it will do."""

from __future__ import annotations

from datetime import datetime

from config.timing import Calendar
from review import blackouts, slots
from review.models import Account, Post
from review.states import State
from review.text import say
from review.transitions.moving import NotFit


def _taken(account: Account, *, besides: int) -> list[datetime]:
    rows = (
        Post.objects.filter(account=account, due_at__isnull=False)
        .filter(state__in=[State.SCHEDULED, State.SENDING, State.UNCONFIRMED, State.PUBLISHED])
        .exclude(pk=besides)
        .order_by("-due_at")
        .values_list("due_at", flat=True)[:1000]
    )
    return [due for due in rows if due is not None]


def time_for(
    post: Post, when: datetime | None, *, calendar: Calendar, now: datetime, mindful: bool = False
) -> datetime:
    """Return when `post` goes out: its next free slot where `when` is None. Raises NotFit for a time that will not do.

    `mindful` also refuses quiet hours, and a time too near to another post of the account.
    """
    name = post.account.name
    calendar = blackouts.added_to(calendar, now=now)
    if when is None:
        due = slots.next_slot(
            now, calendar=calendar, account=name, taken=_taken(post.account, besides=post.pk)
        )
        if due is None:
            raise NotFit(
                say(
                    "There is no free slot in the next 400 days: choose a time, or add slots to calendar.toml."
                )
            )
        return due
    if when < now:
        raise NotFit(say("That time has passed; choose a later one, or “now”."))
    blackout = slots.blackout_at(when, calendar=calendar, account=name)
    if blackout is not None:
        raise NotFit(
            say("Nothing goes out then: “%(name)s”. Choose a time outside it.", name=blackout.name)
        )
    if mindful:
        _refuse_the_quiet_and_the_crowded(post, when, calendar=calendar)
    return when


def _refuse_the_quiet_and_the_crowded(post: Post, when: datetime, *, calendar: Calendar) -> None:
    if slots.is_quiet(when, calendar=calendar):
        raise NotFit(
            say("That is in the quiet hours of calendar.toml. Choose a time outside them.")
        )
    taken = _taken(post.account, besides=post.pk)
    near = slots.too_near(when, taken, calendar.spacing)
    if near is not None:
        raise NotFit(
            say(
                "%(account)s has a post at %(time)s already, and %(minutes)s minutes must lie between two. "
                "Choose another time.",
                account=post.account.name,
                time=f"{near.astimezone(calendar.zone):%H:%M}",
                minutes=int(calendar.spacing.total_seconds() // 60),
            )
        )
