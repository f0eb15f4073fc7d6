"""What a batch of answers holds, stored: entries first, and with them, never before, the validators.

    answers ─read→ Feeds ─intake.store_all→ rows

Sources with nothing new, nearly all of them nearly always, cost one UPDATE for many.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from bot import pace, standing
from bot.fetch import FetchError, Throttled
from bot.read import Job, do, manner_of
from bot.values import Feed, Fetched, Rhythm
from config import schema
from review import batches, intake
from review.batches import Due
from review.models import Source

log = logging.getLogger(__name__)

TOGETHER = 100  # sources stored in one transaction …
TOGETHER_BYTES = 4 * 1024 * 1024  # … or fewer, where their answers were so large

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
class Poll:
    """One source, its settings, how it is read, and the answer of its server."""

    due: Due
    source: schema.Source
    read_as: str
    answer: Fetched | FetchError
    size: int = 0

    @property
    def fetched(self) -> Fetched:
        """The answer of a poll that did not fail."""
        assert isinstance(self.answer, Fetched)  # noqa: S101
        return self.answer

    @property
    def is_same(self) -> bool:
        """Whether the answer holds nothing but what was read before, in the same way."""
        due, answer = self.due, self.fetched
        known = due.is_known and due.read_as == self.read_as and answer.digest == due.body_hash
        return answer.status == 304 or known


def take(
    polls: Sequence[Poll],
    *,
    run: Run,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    """Store what a batch of answers holds; `run` does the reading."""
    quiet: dict[tuple[object, ...], list[Poll]] = {}
    to_read: list[Poll] = []
    others: list[Poll] = []
    for poll in polls:
        answer = poll.answer
        if isinstance(answer, FetchError):
            others.append(poll)
        elif not poll.is_same:
            to_read.append(poll)
        elif _is_quiet(poll.due, answer):
            quiet.setdefault(_likeness(poll, now=now), []).append(poll)
        else:
            others.append(poll)
    for alike in quiet.values():
        rhythm = pace.from_data(json.loads(alike[0].due.rhythm))
        wait = _wait(alike[0], since=alike[0].due.since, rhythm=rhythm, now=now)
        until = pace.moment(now, wait, jitter=rng.random(), rhythm=rhythm)
        batches.put_off([poll.due.pk for poll in alike], now=now, until=until)
    if not (to_read or others):
        return
    rows = Source.objects.in_bulk([poll.due.pk for poll in (*to_read, *others)])
    with transaction.atomic():
        for poll in others:
            row = rows[poll.due.pk]
            if isinstance(poll.answer, Throttled) and poll.answer.status is None:
                standing.spare(row, poll.answer, now=now)
            elif isinstance(poll.answer, FetchError):
                standing.fail(row, poll.source, poll.answer, now=now, rng=rng)
                report.troubles.append(f"{poll.source.name}: {poll.answer}")
            else:
                _unchanged(row, poll, now=now, rng=rng)
    done: list[_Read] = []
    size = 0
    for number, result in run(do, [_job(poll, rows[poll.due.pk]) for poll in to_read]):
        poll = to_read[number]
        done.append((rows.pop(poll.due.pk), poll, result))
        size += poll.size
        if len(done) == TOGETHER or size > TOGETHER_BYTES:
            _store_all(done, report=report, now=now, rng=rng)
            done, size = [], 0
    _store_all(done, report=report, now=now, rng=rng)
    # Last, so that nothing of this batch overwrites it.
    for poll in others:
        if isinstance(poll.answer, Throttled) and poll.answer.status is not None:
            standing.cool(rows[poll.due.pk], poll.answer, now=now)


def _job(poll: Poll, row: Source) -> Job:
    """Return the order to read the answer of `poll`, which gives its body away."""
    answer = poll.fetched
    poll.size = len(answer.body)
    poll.answer = replace(answer, body=b"")
    may_pass_over = poll.due.read_as == poll.read_as and poll.due.is_known
    known = frozenset(row.items.split()) if may_pass_over else frozenset()
    return Job(answer, manner_of(poll.source), known)


def _likeness(poll: Poll, *, now: datetime) -> tuple[object, ...]:
    """Return what decides when a quiet source is asked again; for those alike it is worked out once."""
    due, headers = poll.due, poll.fetched.headers
    expires = headers.get("expires")
    return (
        poll.source.every,
        headers.get("cache-control"),
        expires and (expires, headers.get("date")),
        due.rhythm,
        (now - (due.since or now)) // pace.QUIET_STEP,
    )


def _is_quiet(due: Due, answer: Fetched) -> bool:
    """Tell whether nothing at all is to be noted of an unchanged source, so that one UPDATE does for many."""
    return (
        due.is_well
        and answer.permanent_url is None
        and (answer.headers.get("last-modified") or due.last_modified) == due.last_modified
    )


def _unchanged(row: Source, poll: Poll, *, now: datetime, rng: random.Random) -> None:
    answer = poll.fetched
    if row.last_modified and answer.status == 304:
        row.last_modified = answer.headers.get("last-modified", "") or row.last_modified
    standing.note_move(row, answer, now=now)
    _well(row, poll, now=now, rng=rng)
    row.save()


def _wait(poll: Poll, *, since: datetime | None, rhythm: Rhythm, now: datetime) -> timedelta:
    return pace.wait(
        poll.source.every,
        fresh=pace.fresh_for(poll.fetched.headers),
        rhythm=rhythm,
        quiet=now - (since or now),
    )


def _well(row: Source, poll: Poll, *, now: datetime, rng: random.Random) -> None:
    rhythm = pace.from_data(row.rhythm)
    wait = _wait(poll, since=row.news_at or row.baselined_at, rhythm=rhythm, now=now)
    row.checked_at = row.read_at = now
    row.health, row.trouble, row.failures = Source.Health.OK, "", 0
    row.next_check_at = pace.moment(now, wait, jitter=rng.random(), rhythm=rhythm)


_Read = tuple[Source, Poll, Feed | ValueError]


def _store_all(done: Sequence[_Read], *, report: Report, now: datetime, rng: random.Random) -> None:
    """Store several sources in one transaction; where one cannot be stored, each by itself."""
    if not done:
        return
    read = [(row, poll, feed) for row, poll, feed in done if isinstance(feed, Feed)]
    with transaction.atomic():
        for row, poll, result in done:
            if isinstance(result, ValueError):
                _failed(row, poll, result, report=report, now=now, rng=rng)
        try:
            with transaction.atomic():
                said = _store(read, now=now, rng=rng)
        except Exception as error:
            if not _is_of_a_source(error):
                raise  # The database is the trouble, not a source.
            for _, poll, feed in read:
                _store_alone(poll, feed, report=report, now=now, rng=rng)
        else:
            _tell(said, report=report)


def _store_alone(
    poll: Poll, feed: Feed, *, report: Report, now: datetime, rng: random.Random
) -> None:
    try:
        with transaction.atomic():
            said = _store([(Source.objects.get(pk=poll.due.pk), poll, feed)], now=now, rng=rng)
    except Exception as error:
        if not _is_of_a_source(error):
            raise
        log.exception("could not store what %s holds", poll.source.name)
        sorry = ValueError("What it holds could not be stored; the log says why.")
        row = Source.objects.get(pk=poll.due.pk)
        _failed(row, poll, sorry, report=report, now=now, rng=rng)
    else:
        _tell(said, report=report)


def _is_of_a_source(error: Exception) -> bool:
    if not isinstance(error, DatabaseError):
        return True
    return type(error).__name__ in ("DataError", "IntegrityError")


def _failed(
    row: Source,
    poll: Poll,
    error: ValueError,
    *,
    report: Report,
    now: datetime,
    rng: random.Random,
) -> None:
    standing.fail(row, poll.source, error, now=now, rng=rng)
    report.troubles.append(f"{poll.source.name}: {error}")


def _store(
    read: Sequence[tuple[Source, Poll, Feed]], *, now: datetime, rng: random.Random
) -> list[tuple[str, intake.Intake]]:
    # Entries first, validators with them: a crash between the two would lose entries for ever.
    taken = intake.store_all(
        [
            intake.Arrival(row, feed.entries, poll.source.announce, unchanged=feed.unchanged)
            for row, poll, feed in read
        ],
        now=now,
    )
    for row, poll, feed in read:
        answer = poll.fetched
        keeps = pace.keeps_validators(answer.headers)
        row.etag = answer.headers.get("etag", "") if keeps else ""
        row.last_modified = answer.headers.get("last-modified", "") if keeps else ""
        row.body_hash, row.read_as = answer.digest, poll.read_as
        row.baselined_at = row.baselined_at or now
        row.rhythm = pace.as_data(feed.rhythm)
        row.items = " ".join(feed.items)
        standing.note_move(row, answer, now=now)
        _well(row, poll, now=now, rng=rng)
    batches.save([row for row, _, _ in read])
    return [(poll.source.name, each) for (_, poll, _), each in zip(read, taken, strict=True)]


def _tell(said: Sequence[tuple[str, intake.Intake]], *, report: Report) -> None:
    for name, taken in said:
        report.new += taken.new
        report.noted += taken.noted
        report.edited += taken.edited
        if taken.held:
            report.troubles.append(f"{name}: {taken.held}")
        log.info(
            "watched %s: %d new, %d noted, %d edited", name, taken.new, taken.noted, taken.edited
        )
