"""watch: due sources → fetch → parse → intake.

    due sources ─fetch_all→ answers ─read→ Feed ─intake.store→ rows; then, and only then, the validators

A source that fails costs its own poll and nothing else: its row says in one sentence what is wrong, and it
is asked again later. What is due is a row (`next_check_at`), so a restart asks nobody again.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from bot.fetch import Blocked, FetchError, Gone, Request, Throttled, fetch_all, user_agent
from bot.read import read
from bot.values import Fetched
from config import schema
from review import intake
from review.models import Source

log = logging.getLogger(__name__)

BATCH = 100  # sources fetched together; bounds what is in memory
LONGEST = timedelta(hours=24)  # no header and no failure stops a source for longer
Health = Source.Health

Fetch = Callable[[Sequence[Request]], Sequence[Fetched | FetchError]]


@dataclass
class Report:
    """What one pass of `watch` did."""

    asked: int = 0
    new: int = 0
    noted: int = 0
    edited: int = 0
    troubles: list[str] = field(default_factory=list)


def watch(
    configuration: schema.Configuration,
    *,
    now: datetime,
    rng: random.Random,
    fetch: Fetch,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Ask every source that is due, store what is new, and say what happened."""
    intake.sync_sources(configuration.sources, now=now)
    settings = {source.name: source for source in configuration.sources}
    report = Report()
    due = list(Source.objects.filter(active=True, next_check_at__lte=now).order_by("next_check_at"))
    for start in range(0, len(due), BATCH):
        if stop():
            break
        batch = [(row, settings[row.name]) for row in due[start : start + BATCH]]
        for (row, source), answer in zip(batch, _answers(batch, configuration, fetch), strict=True):
            report.asked += 1
            _take(row, source, answer, report=report, now=now, rng=rng)
    return report


def http_fetch(allow_hosts: Sequence[str], *, contact: str = "") -> Fetch:
    """Return the real fetch, which lets through the private hosts or networks in `allow_hosts`.

    `contact` is an address at which servers' operators find ours.
    """
    agent = user_agent(contact)
    return lambda requests: fetch_all(requests, allow_hosts=allow_hosts, agent=agent)


def _answers(
    batch: Sequence[tuple[Source, schema.Source]],
    configuration: schema.Configuration,
    fetch: Fetch,
) -> list[Fetched | FetchError]:
    remote = [
        Request(row.url, etag=row.etag, last_modified=row.last_modified)
        for row, source in batch
        if not source.is_file
    ]
    answers: Iterator[Fetched | FetchError] = iter(fetch(remote) if remote else ())
    return [
        _read_file(configuration.path_of(source), source.url) if source.is_file else next(answers)
        for _, source in batch
    ]


def _read_file(path: Path, url: str) -> Fetched | FetchError:
    try:
        return Fetched(url=url, status=200, body=path.read_bytes())
    except OSError as error:
        return FetchError(
            f"The file {url} cannot be read ({error.strerror}); correct it in sources.toml."
        )


def _take(
    row: Source,
    source: schema.Source,
    answer: Fetched | FetchError,
    *,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    row.checked_at = now
    if isinstance(answer, FetchError):
        _fail(row, source, answer, report=report, now=now, rng=rng)
        return
    row.next_check_at = _later(now, source.every, rng)
    digest = hashlib.sha256(answer.body).hexdigest()
    if answer.status == 304 or (row.baselined_at and digest == row.body_hash):
        row.health, row.trouble, row.failures = Health.OK, "", 0
        row.save()
        return
    try:
        feed = read(answer, source)
        if feed.problems and not feed.entries:
            # A listing whose selectors find nothing has changed; that is not "no news".
            raise ValueError(feed.problems[0])
    except ValueError as error:
        _fail(row, source, error, report=report, now=now, rng=rng)
        return
    # Entries first, validators with them: a crash between the two would lose entries for ever.
    with transaction.atomic():
        taken = intake.store(row, feed.entries, announce=source.announce, now=now)
        row.etag = answer.headers.get("etag", "")
        row.last_modified = answer.headers.get("last-modified", "")
        row.body_hash = digest
        row.baselined_at = row.baselined_at or now
        row.health, row.failures = Health.OK, 0
        row.trouble = taken.held
        row.save()
    report.new += taken.new
    report.noted += taken.noted
    report.edited += taken.edited
    if taken.held:
        report.troubles.append(f"{source.name}: {taken.held}")
    log.info(
        "watched %s: %d new, %d noted, %d edited", row.name, taken.new, taken.noted, taken.edited
    )


def _fail(
    row: Source,
    source: schema.Source,
    error: Exception,
    *,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    """Note a failed poll: what is wrong, and when to ask again. Entries and validators stay."""
    row.failures += 1
    row.trouble = str(error)
    wait = source.every * 2 ** min(row.failures - 1, 10)
    row.health = Health.BROKEN
    if isinstance(error, Blocked):
        row.health = Health.BLOCKED
    elif isinstance(error, Gone):
        row.health, wait = Health.GONE, LONGEST
    elif isinstance(error, Throttled) and error.retry_after:
        wait = max(source.every, error.retry_after)
    row.next_check_at = _later(now, min(wait, max(LONGEST, source.every)), rng)
    row.save()
    report.troubles.append(f"{source.name}: {error}")
    log.warning("could not watch %s: %s", row.name, error)


def _later(now: datetime, wait: timedelta, rng: random.Random) -> datetime:
    """Add up to a tenth, never less: servers count an early request against us."""
    return now + wait * (1 + rng.random() / 10)
