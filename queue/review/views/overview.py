"""The overview: a few figures of the last twelve weeks, drawn by the server, each also as text."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from review import figures
from review.views.common import desk, page

STEP, TALLEST, FLOOR = 40, 95, 118  # of the drawing's own units


@desk
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What waits, what went out each week, how long it took, and what is silent."""
    found = figures.gather(now=timezone.now())
    bars = [
        {
            "x": n * STEP + 6,
            "middle": n * STEP + 20,
            "y": FLOOR - max(1, week.height * TALLEST // 100),
            "height": max(1, week.height * TALLEST // 100),
            "label": FLOOR - 5 - week.height * TALLEST // 100,
            "count": week.count,
        }
        for n, week in enumerate(found.weeks)
    ]
    hours = None if found.median_time is None else round(found.median_time / timedelta(hours=1))
    return page(request, "overview", {"figures": found, "bars": bars, "hours": hours})
