"""Answer → Feed, by the type of the source it came from. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import parse
from bot.values import Feed, Fetched

if TYPE_CHECKING:
    from config import schema


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is read: what of a source's settings matters for that, and nothing else."""

    type: str = "feed"
    language: str = ""
    selectors: parse.Selectors | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An answer to be read; items whose hash is in `known` may be passed over."""

    answer: Fetched
    manner: Manner
    known: frozenset[str] = frozenset()


def manner_of(source: schema.Source) -> Manner:
    """Return how the answers of `source` are read."""
    select = source.select
    selectors = None
    if source.type == "listing" and select is not None:
        selectors = parse.Selectors(
            item=select.item,
            title=select.title,
            link=select.link,
            date=select.date,
            summary=select.summary,
        )
    return Manner(type=source.type, language=source.language, selectors=selectors)


def read(answer: Fetched, source: schema.Source, *, known: Collection[str] = ()) -> Feed:
    """Read an answer the way its source's type says. Raises ValueError with a sentence for people."""
    return do(Job(answer, manner_of(source), frozenset(known)))


def do(job: Job) -> Feed:
    """Do a reading job. Raises ValueError with a sentence for people."""
    answer, manner = job.answer, job.manner
    if manner.selectors is not None:
        feed = parse.read_listing(
            answer.body,
            url=answer.url,
            selectors=manner.selectors,
            content_type=answer.content_type,
            language=manner.language,
        )
    elif manner.type == "bulletin":
        feed = parse.read_bulletin(
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            language=manner.language,
        )
    else:
        feed = parse.parse(
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            language=manner.language,
            known=job.known,
        )
    if feed.problems and not feed.entries and not feed.unchanged:
        # A listing whose selectors find nothing has changed; that is not "no news".
        raise parse.Unreadable(feed.problems[0])
    return feed
