"""How a source stands after a poll: moved, failed, to be left alone with all of its site."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot import pace
from bot.fetch import Blocked, Gone, NotFound, Throttled
from bot.values import Fetched
from config import schema
from review.models import Source

log = logging.getLogger(__name__)

# A permanent redirect is believed after so many polls in a row over so long: maintenance pages move sites too.
MOVED_SEEN, MOVED_FOR = 3, timedelta(days=1)
# A host that asks for patience without saying how much gets so much, all its sources.
COOL = timedelta(minutes=15)
Health = Source.Health


def note_move(row: Source, answer: Fetched, *, now: datetime) -> None:
    """Follow a permanent redirect that has led to the same place long enough, on the same host only."""
    target = answer.permanent_url or ""
    if target != row.moved_to:
        row.moved_to, row.moved_since = target, now if target else None
        row.moved_seen = 0
    if not target or row.moved_since is None:
        return
    row.moved_seen += 1
    if row.moved_seen >= MOVED_SEEN and now - row.moved_since >= MOVED_FOR:
        if _site(target) != _site(row.asked_at):
            return  # `queries.notice` shows it to the operator, who decides.
        row.address, row.moved_to, row.moved_since, row.moved_seen = target, "", None, 0
        # Validators belong to an address.
        row.etag = row.last_modified = ""


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def fail(
    row: Source,
    source: schema.Source,
    error: Exception,
    *,
    now: datetime,
    rng: random.Random,
) -> None:
    """Note a failed poll: what is wrong, and when to ask again. Entries and validators stay."""
    row.checked_at = now
    row.trouble = str(error)
    row.moved_to, row.moved_since, row.moved_seen = "", None, 0
    asked = error.retry_after if isinstance(error, Throttled) else None
    row.failures += 1
    if row.address and isinstance(error, Gone | NotFound):
        # Where it moved to is no more; the operator's own address is asked next.
        row.address, row.health = "", Health.BROKEN
    elif isinstance(error, Blocked):
        row.health = Health.BLOCKED
    elif isinstance(error, Gone):
        row.health = Health.GONE
    else:
        row.health = Health.BROKEN
    wait = pace.after_failure(source.every, failures=row.failures, asked=asked)
    row.spared_until = now + min(asked, pace.LONGEST) if asked else None
    row.next_check_at = pace.moment(now, wait, jitter=rng.random())
    row.save()
    log.warning("could not watch %s: %s", row.name, error, extra={"source": row.name})


def spare(row: Source, error: Throttled, *, now: datetime) -> None:
    """Put off a source that was not even asked, since its site had just asked to be left alone."""
    row.next_check_at = row.spared_until = now + min(error.retry_after or COOL, pace.LONGEST)
    row.save(update_fields=["next_check_at", "spared_until"])


def cool(row: Source, error: Throttled, *, now: datetime) -> None:
    """Leave all sources of the site of `row` alone for as long as its server asks, restarts included."""
    site = _site(row.asked_at)
    until = now + min(error.retry_after or COOL, pace.LONGEST)
    others = Source.objects.filter(active=True, next_check_at__lt=until).exclude(pk=row.pk)
    for other in others.filter(url__icontains=site):
        if _site(other.asked_at) == site:
            Source.objects.filter(pk=other.pk).update(next_check_at=until, spared_until=until)
