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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, transaction

from bot import away, pace, parse, standing
from bot.fetch import (
    FetchError,
    Request,
    Session,
    Throttled,
    user_agent,
)
from bot.read import Job, do, manner_of
from bot.values import Feed, Fetched, Rhythm
from config import schema
from review import intake
from review.models import Entry, Source

log = logging.getLogger(__name__)

BATCH = 250  # sources fetched together; bounds what is in memory
LEASE = timedelta(minutes=3)  # how long a batch may take before another worker may ask its sources
TOGETHER = 25  # sources stored in one transaction
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
class _Due:
    """A source that is due: the columns of its row that are needed while nothing has changed."""

    pk: int
    name: str
    url: str
    address: str
    etag: str
    last_modified: str
    read_as: str
    body_hash: str
    health: str
    trouble: str
    failures: int
    moved_to: str
    rhythm: dict[str, object]
    news_at: datetime | None
    baselined_at: datetime | None


_COLUMNS = tuple(column.name for column in fields(_Due))


@dataclass(slots=True)
class _Poll:
    """One source, its settings, and the answer of its server."""

    due: _Due
    source: schema.Source
    read_as: str
    answer: Fetched | FetchError
    digest: str = ""

    @property
    def fetched(self) -> Fetched:
        """The answer of a poll that did not fail."""
        assert isinstance(self.answer, Fetched)  # noqa: S101
        return self.answer


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
    settings = _settings(configuration)
    report = Report()
    due = list(
        Source.objects.filter(active=True, next_check_at__lte=now)
        .exclude(health=Health.GONE)
        .order_by("next_check_at")
        .values_list(*_COLUMNS)
    )
    for start in range(0, len(due), BATCH):
        if stop():
            break
        ours = _claim([row[0] for row in due[start : start + BATCH]], now=now)
        batch = [
            (_Due(*row), *settings[row[1]]) for row in due[start : start + BATCH] if row[0] in ours
        ]
        answers = _answers(batch, configuration, fetch)
        report.asked += len(batch)
        polls = [_Poll(*asked, answer) for asked, answer in zip(batch, answers, strict=True)]
        _take(polls, run=run, report=report, now=now, rng=rng)
    return report


def _claim(keys: Sequence[int], *, now: datetime) -> set[int]:
    """Take sources for this worker: another that looks at the same time passes them over.

    A worker that dies with them in hand costs them `LEASE`, not their turn.
    """
    with transaction.atomic():
        free = Source.objects.select_for_update(skip_locked=True).filter(
            pk__in=keys, next_check_at__lte=now
        )
        ours = set(free.values_list("pk", flat=True))
        Source.objects.filter(pk__in=ours).update(next_check_at=now + LEASE)
    return ours


_Settings = dict[str, tuple[schema.Source, str]]
_last: list[tuple[schema.Configuration, _Settings]] = []


def _settings(configuration: schema.Configuration) -> _Settings:
    """Return each source's settings and the way it is read, by name; worked out once a configuration."""
    if not _last or _last[0][0] is not configuration:
        found = {source.name: (source, _read_as(source)) for source in configuration.sources}
        _last[:] = [(configuration, found)]
    return _last[0][1]


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
    batch: Sequence[tuple[_Due, schema.Source, str]],
    configuration: schema.Configuration,
    fetch: Fetch,
) -> list[Fetched | FetchError]:
    remote = [
        Request(due.address or due.url, etag=due.etag, last_modified=due.last_modified)
        if due.read_as == read_as
        else Request(due.address or due.url)
        for due, source, read_as in batch
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
    polls: Sequence[_Poll],
    *,
    run: Run,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    """Store what a batch of answers holds."""
    quiet: dict[tuple[object, ...], list[_Poll]] = {}
    to_read: list[_Poll] = []
    others: list[_Poll] = []
    for poll in polls:
        due, answer = poll.due, poll.answer
        if isinstance(answer, FetchError):
            others.append(poll)
            continue
        if answer.status != 304:
            poll.digest = hashlib.sha256(answer.body).hexdigest()
            same = due.read_as == poll.read_as and poll.digest == due.body_hash
            if not (due.baselined_at and same):
                to_read.append(poll)
                continue
        if _is_quiet(due, answer):
            quiet.setdefault(_likeness(poll, now=now), []).append(poll)
        else:
            others.append(poll)
    for alike in quiet.values():
        due = alike[0].due
        rhythm = pace.from_data(due.rhythm)
        wait = _wait(alike[0], since=due.news_at or due.baselined_at, rhythm=rhythm, now=now)
        Source.objects.filter(pk__in=[poll.due.pk for poll in alike]).update(
            checked_at=now,
            read_at=now,
            next_check_at=pace.moment(now, wait, jitter=rng.random(), rhythm=rhythm),
        )
    if not (to_read or others):
        return
    rows = Source.objects.in_bulk([poll.due.pk for poll in (*to_read, *others)])
    with transaction.atomic():
        for poll in others:
            row = rows[poll.due.pk]
            if isinstance(poll.answer, FetchError):
                standing.fail(row, poll.source, poll.answer, now=now, rng=rng)
                report.troubles.append(f"{poll.source.name}: {poll.answer}")
            else:
                _unchanged(row, poll, now=now, rng=rng)
    jobs = [
        Job(
            poll.fetched,
            manner_of(poll.source),
            frozenset(rows[poll.due.pk].items.split())
            if poll.due.read_as == poll.read_as and poll.due.baselined_at
            else frozenset(),
        )
        for poll in to_read
    ]
    done: list[tuple[Source, _Poll, Feed | ValueError]] = []
    for number, result in run(do, jobs):
        done.append((rows[to_read[number].due.pk], to_read[number], result))
        if len(done) == TOGETHER:
            _store_all(done, report=report, now=now, rng=rng)
            done.clear()
    _store_all(done, report=report, now=now, rng=rng)
    # Last, so that nothing of this batch overwrites it.
    for poll in others:
        if isinstance(poll.answer, Throttled):
            standing.cool(rows[poll.due.pk], poll.answer, now=now)


def _likeness(poll: _Poll, *, now: datetime) -> tuple[object, ...]:
    """Return what decides when a quiet source is asked again; for those alike it is worked out once."""
    due, headers = poll.due, poll.fetched.headers
    expires = headers.get("expires")
    return (
        poll.source.every,
        headers.get("cache-control"),
        expires and (expires, headers.get("date")),
        str(due.rhythm) if due.rhythm else None,
        (now - (due.news_at or due.baselined_at or now)) // pace.QUIET_STEP,
    )


def _is_quiet(due: _Due, answer: Fetched) -> bool:
    """Tell whether nothing at all is to be noted of an unchanged source, so that one UPDATE does for many."""
    modified = answer.headers.get("last-modified") or due.last_modified
    return (
        due.health == "ok"
        and not (due.trouble or due.failures or due.moved_to)
        and answer.permanent_url is None
        and modified == due.last_modified
    )


def _unchanged(row: Source, poll: _Poll, *, now: datetime, rng: random.Random) -> None:
    answer = poll.fetched
    if row.last_modified and answer.status == 304:
        row.last_modified = answer.headers.get("last-modified", "") or row.last_modified
    standing.note_move(row, answer, now=now)
    _well(row, poll, now=now, rng=rng)
    row.save()


def _wait(poll: _Poll, *, since: datetime | None, rhythm: Rhythm, now: datetime) -> timedelta:
    return pace.wait(
        poll.source.every,
        fresh=pace.fresh_for(poll.fetched.headers),
        rhythm=rhythm,
        quiet=now - (since or now),
    )


def _well(row: Source, poll: _Poll, *, now: datetime, rng: random.Random) -> None:
    rhythm = pace.from_data(row.rhythm)
    wait = _wait(poll, since=row.news_at or row.baselined_at, rhythm=rhythm, now=now)
    row.checked_at = row.read_at = now
    row.health, row.trouble, row.failures = Health.OK, "", 0
    row.next_check_at = pace.moment(now, wait, jitter=rng.random(), rhythm=rhythm)


def _store_all(
    done: Sequence[tuple[Source, _Poll, Feed | ValueError]],
    *,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    """Store several sources in one transaction, each in its own savepoint."""
    if not done:
        return
    with transaction.atomic():
        read = [(row, result.entries) for row, _, result in done if isinstance(result, Feed)]
        known = intake.look_up([(row, entries) for row, entries in read if row.baselined_at])
        for row, poll, result in done:
            if isinstance(result, ValueError):
                standing.fail(row, poll.source, result, now=now, rng=rng)
                report.troubles.append(f"{poll.source.name}: {result}")
                continue
            try:
                with transaction.atomic():
                    _store(row, poll, result, known.get(row.pk), report=report, now=now, rng=rng)
            except Exception as error:
                if isinstance(error, DatabaseError) and not _is_data(error):
                    raise  # The database is the trouble, not this source.
                log.exception("could not store what %s holds", row.name)
                row = Source.objects.get(pk=row.pk)
                sorry = ValueError("What it holds could not be stored; the log says why.")
                standing.fail(row, poll.source, sorry, now=now, rng=rng)
                report.troubles.append(f"{poll.source.name}: {sorry}")


def _is_data(error: DatabaseError) -> bool:
    return type(error).__name__ in ("DataError", "IntegrityError")


def _store(
    row: Source,
    poll: _Poll,
    feed: Feed,
    known: Mapping[str, Entry] | None,
    *,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    source, answer = poll.source, poll.fetched
    # Entries first, validators with them: a crash between the two would lose entries for ever.
    taken = intake.store(
        row,
        feed.entries,
        announce=source.announce,
        now=now,
        unchanged=feed.unchanged,
        known=known,
    )
    keeps = pace.keeps_validators(answer.headers)
    row.etag = answer.headers.get("etag", "") if keeps else ""
    row.last_modified = answer.headers.get("last-modified", "") if keeps else ""
    row.body_hash, row.read_as = poll.digest, poll.read_as
    row.baselined_at = row.baselined_at or now
    row.rhythm = pace.as_data(feed.rhythm)
    row.items = " ".join(feed.items)
    standing.note_move(row, answer, now=now)
    _well(row, poll, now=now, rng=rng)
    row.save()
    report.new += taken.new
    report.noted += taken.noted
    report.edited += taken.edited
    if taken.held:
        report.troubles.append(f"{source.name}: {taken.held}")
    log.info(
        "watched %s: %d new, %d noted, %d edited", row.name, taken.new, taken.noted, taken.edited
    )
