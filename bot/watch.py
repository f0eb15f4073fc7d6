"""watch: due sources → fetch → parse → intake.

    due sources ─fetch→ answers ─read→ Feed ─intake.store→ rows; then, and only then, the validators

A source that fails costs its own poll and nothing else: its row says in one sentence what is wrong, and it
is asked again later. What is due is a row (`next_check_at`), so a restart asks nobody again. Sources with
nothing new, nearly all of them nearly always, cost one UPDATE for the whole batch.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.db import DatabaseError, transaction

from bot import away, pace, parse
from bot.fetch import (
    Blocked,
    FetchError,
    Gone,
    NotFound,
    Request,
    Session,
    Throttled,
    user_agent,
)
from bot.read import Job, do, manner_of
from bot.values import Feed, Fetched, Rhythm
from config import schema
from review import intake
from review.models import Source

log = logging.getLogger(__name__)

BATCH = 200  # sources fetched together; bounds what is in memory
TOGETHER = 25  # sources stored in one transaction
# A permanent redirect is believed after so many polls in a row over so long: maintenance pages move sites too.
MOVED_SEEN, MOVED_FOR = 3, timedelta(days=1)
# A host that asks for patience without saying how much gets so much, all its sources.
COOL = timedelta(minutes=15)
Health = Source.Health

Fetch = Callable[[Sequence[Request]], Sequence[Fetched | FetchError]]
Run = Callable[[Callable[[Job], Feed], Sequence[Job]], Iterator[tuple[int, Feed | ValueError]]]


@dataclass
class Report:
    """What one pass of `watch` did."""

    asked: int = 0
    new: int = 0
    noted: int = 0
    edited: int = 0
    troubles: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Poll:
    """One source, its settings, and the answer of its server."""

    row: Source
    source: schema.Source
    read_as: str
    answer: Fetched
    digest: str = ""


def watch(
    configuration: schema.Configuration,
    *,
    now: datetime,
    rng: random.Random,
    fetch: Fetch,
    run: Run = away.here,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Ask every source that is due, store what is new, and say what happened. `run` does the reading."""
    intake.sync_sources(configuration.sources, now=now)
    settings = {source.name: (source, _read_as(source)) for source in configuration.sources}
    report = Report()
    due = list(
        Source.objects.filter(active=True, next_check_at__lte=now)
        .exclude(health=Health.GONE)
        .order_by("next_check_at")
    )
    for start in range(0, len(due), BATCH):
        if stop():
            break
        batch = [(row, *settings[row.name]) for row in due[start : start + BATCH]]
        answers = _answers(batch, configuration, fetch)
        report.asked += len(batch)
        _take(batch, answers, run=run, report=report, now=now, rng=rng)
    return report


def http_fetch(allow_hosts: Sequence[str], *, contact: str = "") -> Session:
    """Return the real fetch, which lets through the private hosts or networks in `allow_hosts`.

    `contact` is an address at which servers' operators find ours.
    """
    return Session(allow_hosts=allow_hosts, agent=user_agent(contact))


def _read_as(source: schema.Source) -> str:
    """Name the way `source` is read: another parser or other settings, another name."""
    manner = f"{parse.VERSION} {manner_of(source)!r}"
    return hashlib.sha256(manner.encode()).hexdigest()


def _answers(
    batch: Sequence[tuple[Source, schema.Source, str]],
    configuration: schema.Configuration,
    fetch: Fetch,
) -> list[Fetched | FetchError]:
    remote = [
        Request(row.asked_at, etag=row.etag, last_modified=row.last_modified)
        if row.read_as == read_as
        else Request(row.asked_at)
        for row, source, read_as in batch
        if not source.is_file
    ]
    answers: Iterator[Fetched | FetchError] = iter(fetch(remote) if remote else ())
    return [
        _read_file(configuration.path_of(source), source.url) if source.is_file else next(answers)
        for _, source, _ in batch
    ]


def _read_file(path: Path, url: str) -> Fetched | FetchError:
    try:
        return Fetched(url=url, status=200, body=path.read_bytes())
    except OSError as error:
        return FetchError(
            f"The file {url} cannot be read ({error.strerror}); correct it in sources.toml."
        )


def _take(
    batch: Sequence[tuple[Source, schema.Source, str]],
    answers: Sequence[Fetched | FetchError],
    *,
    run: Run,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    """Store what a batch of answers holds."""
    quiet: dict[tuple[timedelta, Rhythm], list[int]] = {}
    to_read: list[_Poll] = []
    for (row, source, read_as), answer in zip(batch, answers, strict=True):
        if isinstance(answer, FetchError):
            _fail(row, source, answer, report=report, now=now, rng=rng)
            continue
        poll = _Poll(row, source, read_as, answer)
        if answer.status != 304:
            poll.digest = hashlib.sha256(answer.body).hexdigest()
            if not (row.baselined_at and row.read_as == read_as and poll.digest == row.body_hash):
                to_read.append(poll)
                continue
        if _unchanged(poll, now=now, rng=rng):
            alike = (_wait(poll, now=now), pace.from_data(row.rhythm))
            quiet.setdefault(alike, []).append(row.pk)
    for (wait, rhythm), keys in quiet.items():
        Source.objects.filter(pk__in=keys).update(
            checked_at=now,
            read_at=now,
            next_check_at=pace.moment(now, wait, jitter=rng.random(), rhythm=rhythm),
        )
    jobs = [
        Job(p.answer, manner_of(p.source), intake.known_items(p.row))
        if p.row.read_as == p.read_as
        else Job(p.answer, manner_of(p.source))
        for p in to_read
    ]
    done: list[tuple[_Poll, Feed | ValueError]] = []
    for number, result in run(do, jobs):
        done.append((to_read[number], result))
        if len(done) == TOGETHER:
            _store_all(done, report=report, now=now, rng=rng)
            done.clear()
    _store_all(done, report=report, now=now, rng=rng)


def _unchanged(poll: _Poll, *, now: datetime, rng: random.Random) -> bool:
    """Note that nothing changed; tell whether that is all there is to note, so that one UPDATE does for many."""
    row, answer = poll.row, poll.answer
    modified = answer.headers.get("last-modified", "") or row.last_modified
    plain = (
        row.health == Health.OK
        and not (row.trouble or row.failures or row.moved_to)
        and answer.permanent_url is None
        and modified == row.last_modified
    )
    if plain:
        return True
    if row.last_modified and answer.status == 304:
        row.last_modified = modified
    _note_move(row, answer, now=now)
    _well(poll, now=now, rng=rng)
    row.save()
    return False


def _wait(poll: _Poll, *, now: datetime) -> timedelta:
    since = poll.row.news_at or poll.row.baselined_at or now
    return pace.wait(
        poll.source.every,
        fresh=pace.fresh_for(poll.answer.headers),
        rhythm=pace.from_data(poll.row.rhythm),
        quiet=now - since,
    )


def _well(poll: _Poll, *, now: datetime, rng: random.Random) -> None:
    row = poll.row
    row.checked_at = row.read_at = now
    row.health, row.trouble, row.failures = Health.OK, "", 0
    row.next_check_at = pace.moment(
        now, _wait(poll, now=now), jitter=rng.random(), rhythm=pace.from_data(row.rhythm)
    )


def _note_move(row: Source, answer: Fetched, *, now: datetime) -> None:
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


def _store_all(
    done: Sequence[tuple[_Poll, Feed | ValueError]],
    *,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    """Store several sources in one transaction, each in its own savepoint."""
    if not done:
        return
    with transaction.atomic():
        for poll, result in done:
            if isinstance(result, ValueError):
                _fail(poll.row, poll.source, result, report=report, now=now, rng=rng)
                continue
            try:
                with transaction.atomic():
                    _store(poll, result, report=report, now=now, rng=rng)
            except Exception as error:
                if isinstance(error, DatabaseError) and not _is_data(error):
                    raise  # The database is the trouble, not this source.
                log.exception("could not store what %s holds", poll.row.name)
                row = Source.objects.get(pk=poll.row.pk)
                sorry = ValueError("What it holds could not be stored; the log says why.")
                _fail(row, poll.source, sorry, report=report, now=now, rng=rng)


def _is_data(error: DatabaseError) -> bool:
    return type(error).__name__ in ("DataError", "IntegrityError")


def _store(poll: _Poll, feed: Feed, *, report: Report, now: datetime, rng: random.Random) -> None:
    row, source, answer = poll.row, poll.source, poll.answer
    # Entries first, validators with them: a crash between the two would lose entries for ever.
    taken = intake.store(
        row, feed.entries, announce=source.announce, now=now, unchanged=feed.unchanged
    )
    keeps = pace.keeps_validators(answer.headers)
    row.etag = answer.headers.get("etag", "") if keeps else ""
    row.last_modified = answer.headers.get("last-modified", "") if keeps else ""
    row.body_hash, row.read_as = poll.digest, poll.read_as
    row.baselined_at = row.baselined_at or now
    row.rhythm = pace.as_data(feed.rhythm)
    _note_move(row, answer, now=now)
    _well(poll, now=now, rng=rng)
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
    row.next_check_at = pace.moment(now, wait, jitter=rng.random())
    row.save()
    if isinstance(error, Throttled):
        _cool(
            _site(row.asked_at) or error.host, now + min(asked or COOL, pace.LONGEST), besides=row
        )
    report.troubles.append(f"{source.name}: {error}")
    log.warning("could not watch %s: %s", row.name, error)


def _cool(site: str, until: datetime, *, besides: Source) -> None:
    """Leave all sources of a site alone until `until`, restarts included."""
    others = Source.objects.filter(active=True, next_check_at__lt=until, url__icontains=site)
    for other in others.exclude(pk=besides.pk):
        if _site(other.asked_at) == site:
            Source.objects.filter(pk=other.pk).update(next_check_at=until)
