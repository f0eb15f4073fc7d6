"""The overview: a few figures of the last twelve weeks, drawn by the server, each also as text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

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
    bars = [_bar(n, week.height, week.count) for n, week in enumerate(found.weeks)]
    took = [
        _bar(2 * n, step.height, step.count) | {"step": step} for n, step in enumerate(found.took)
    ]
    longest = max((since for _source, since in found.silent if since), default=timedelta())
    silent = [
        (source, since, max(1, round(100 * (since / longest))) if since and longest else 0)
        for source, since in found.silent
    ]
    hours = None if found.median_time is None else round(found.median_time / timedelta(hours=1))
    context = {"figures": found, "bars": bars, "took": took, "silent": silent, "hours": hours}
    return page(request, "overview", context)


def _bar(place: int, height: int, count: int) -> dict[str, Any]:
    """Return where a bar stands in the drawing and how tall it is; `height` is 0 to 100."""
    tall = max(1, height * TALLEST // 100)
    return {
        "x": place * STEP + 6,
        "middle": place * STEP + 20,
        "y": FLOOR - tall,
        "height": tall,
        "label": FLOOR - 5 - height * TALLEST // 100,
        "count": count,
    }
