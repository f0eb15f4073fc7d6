"""watch: due sources → fetch → parse → intake.

    due sources ─fetch→ answers ─harvest→ rows

A source that fails costs its own poll and nothing else: its row says in one sentence what is wrong, and it
is asked again later. What is due is a row (`next_check_at`), so a restart asks nobody again.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import away, parse
from bot.fetch import Crowded, FetchError, Request, Session, user_agent
from bot.harvest import Poll, Report, Run, take
from bot.read import manner_of
from bot.values import Fetched
from config import schema
from review import batches, intake
from review.batches import Due

__all__ = ["BATCH", "LEASE", "Report", "http_fetch", "watch"]

BATCH = 500  # sources fetched together; their bodies are bounded by `Limits.held`
LEASE = timedelta(minutes=10)  # how long a batch may take before another worker may ask its sources

Fetch = Callable[[Sequence[Request]], Sequence[Fetched | FetchError]]
_Asked = tuple[Due, schema.Source, str]


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
    settings = _settings(configuration, now=now)
    report = Report()
    crowded_out: list[_Asked] = []
    while not stop():
        due = batches.claim(BATCH - len(crowded_out), now=now, until=now + LEASE)
        ours = [row for row in due if row.name in settings and settings[row.name][0].url == row.url]
        if len(ours) < len(due):
            # Another process has other settings; those of the last who looked count.
            intake.sync_sources(configuration.sources, now=now)
        batch = [*crowded_out, *((row, *settings[row.name]) for row in ours)]
        if not batch and not due:
            break
        answers = _answers(batch, configuration, fetch)
        polls = [Poll(*asked, answer) for asked, answer in zip(batch, answers, strict=True)]
        there = [poll for poll in polls if not isinstance(poll.answer, Crowded)]
        # Where nothing at all found room, that is an answer like any other.
        crowded_out = (
            [
                asked
                for asked, answer in zip(batch, answers, strict=True)
                if isinstance(answer, Crowded)
            ]
            if there
            else []
        )
        report.asked += len(there or polls)
        take(there or polls, run=run, report=report, now=now, rng=rng)
    return report


_Settings = dict[str, tuple[schema.Source, str]]
_last: list[tuple[schema.Configuration, _Settings]] = []


def _settings(configuration: schema.Configuration, *, now: datetime) -> _Settings:
    """Return each source's settings and the way it is read, by name; worked out once a configuration.

    The rows follow the configuration: when it is new, and when their number says that they do not.
    """
    if not _last or _last[0][0] is not configuration:
        intake.sync_sources(configuration.sources, now=now)
        found = {source.name: (source, _read_as(source)) for source in configuration.sources}
        _last[:] = [(configuration, found)]
    elif intake.number_of_sources() != len(configuration.sources):
        intake.sync_sources(configuration.sources, now=now)
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
    batch: Sequence[_Asked], configuration: schema.Configuration, fetch: Fetch
) -> list[Fetched | FetchError]:
    remote = [_request(*asked) for asked in batch if not asked[1].is_file]
    answers: Iterator[Fetched | FetchError] = iter(fetch(remote) if remote else ())
    return [
        _digested(
            _read_file(configuration.path_of(source), source.url)
            if source.is_file
            else next(answers)
        )
        for _, source, _ in batch
    ]


def _request(due: Due, source: schema.Source, read_as: str) -> Request:
    url = due.address or due.url
    if due.read_as != read_as:
        return Request(url)
    return Request(
        url,
        etag=due.etag,
        last_modified=due.last_modified,
        digest=due.body_hash if due.is_known else "",
    )


def _digested(answer: Fetched | FetchError) -> Fetched | FetchError:
    if isinstance(answer, FetchError) or answer.status == 304 or answer.digest:
        return answer
    return replace(answer, digest=hashlib.sha256(answer.body).hexdigest())


def _read_file(path: Path, url: str) -> Fetched | FetchError:
    try:
        return Fetched(url=url, status=200, body=path.read_bytes())
    except OSError as error:
        return FetchError(
            f"The file {url} cannot be read ({error.strerror}); correct it in sources.toml."
        )
