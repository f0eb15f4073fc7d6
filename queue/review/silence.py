"""How long a source may usually have nothing new to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import F, Window
from django.db.models.functions import Coalesce, RowNumber

from review.models import Entry, Source

# A source is called silent after twice its longest silence of late, and never before this.
_SILENCE = timedelta(days=14)
_LATE = 20  # entries that count as "of late"


def note(sources: Sequence[Source]) -> None:
    """Set until when it is usual that nothing new appears; None where too little is known."""
    if not sources:
        return
    moments: dict[int, list[datetime]] = {source.pk: [] for source in sources}
    moment = Coalesce("published_at", "first_seen_at")
    late = (
        Entry.objects.filter(source__in=list(moments))
        .annotate(moment=moment)
        .annotate(rank=Window(RowNumber(), partition_by=F("source"), order_by=F("moment").desc()))
        .filter(rank__lte=_LATE)
        .order_by("source", "rank")
    )
    for pk, at in late.values_list("source", "moment"):
        moments[pk].append(at)
    for source in sources:
        source.silent_after = _silent_after(moments[source.pk])


def _silent_after(moments: Sequence[datetime]) -> datetime | None:
    gaps = [later - earlier for later, earlier in pairwise(moments)]
    if len({moment.date() for moment in moments}) < 5:
        return None
    return moments[0] + max(_SILENCE, 2 * max(gaps))
