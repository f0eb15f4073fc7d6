"""What is to be done once in a while, and once only, however many workers there are."""

from __future__ import annotations

from datetime import datetime, timedelta

from review.models import Chore


def take(name: str, *, every: timedelta, now: datetime) -> bool:
    """Say whether the caller is to do the chore `name` now: true for one of all who ask, once in `every`."""
    row, made = Chore.objects.get_or_create(name=name, defaults={"next_at": now + every})
    if made:
        return True
    # Guarded: of two that see it due, one hits the row.
    return (
        Chore.objects.filter(pk=row.pk, next_at=row.next_at, next_at__lte=now).update(
            next_at=now + every
        )
        == 1
    )
