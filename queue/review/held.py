"""Entries that came in an unusual way and wait for a person: let in, or kept as known."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from review import record
from review.models import Entry


@transaction.atomic
def release(name: str, *, by: str, now: datetime) -> int:
    """Let the held entries of the source `name` be drafted. Returns how many."""
    number = Entry.objects.filter(source__name=name, held=True).update(
        held=False, announce=True, composed_at=None
    )
    return _decided("release", name, number, by=by, now=now)


@transaction.atomic
def dismiss(name: str, *, by: str, now: datetime) -> int:
    """Keep the held entries of the source `name` as known, without drafting them. Returns how many."""
    number = Entry.objects.filter(source__name=name, held=True).update(held=False)
    return _decided("dismiss", name, number, by=by, now=now)


def _decided(verb: str, name: str, number: int, *, by: str, now: datetime) -> int:
    if number:
        record.append(verb, actor=by, now=now, details={"source": name, "entries": number})
    return number
