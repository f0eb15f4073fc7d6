"""The calendar as it holds: what stands in calendar.toml, and the blackouts that people made at the desk."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from config import timing
from config.timing import Calendar
from review.models import Blackout


def in_force(*, now: datetime | None = None) -> QuerySet[Blackout]:
    """Return the desk's blackouts that nobody ended, the earliest first; with `now`, those not yet over."""
    rows = Blackout.objects.filter(ended_at__isnull=True).select_related("account")
    if now is not None:
        rows = rows.filter(ends_at__gt=now)
    return rows.order_by("starts_at", "pk")


def added_to(calendar: Calendar, *, now: datetime) -> Calendar:
    """Return `calendar` with the desk's blackouts that are not over at `now`; one query."""
    made = tuple(
        timing.Blackout.model_validate(
            {
                "name": row.reason,
                "from": row.starts_at,
                "to": row.ends_at,
                "accounts": (row.account.name,) if row.account else (),
            }
        )
        for row in in_force(now=now)
    )
    return (
        calendar.model_copy(update={"blackout": (*calendar.blackout, *made)}) if made else calendar
    )
