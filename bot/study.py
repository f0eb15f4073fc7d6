"""What entries and the pages they link to say, read in processes that can be killed.

    Entry row ─page→ document ─find→ Announcements ─cards→ link cards

A page is as much a stranger's as a feed: one that takes too long to read costs its own entry and nothing else.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import find, links
from bot.card import card_of
from bot.fetch import FetchError, Gone, NotFound, Request, ServerTrouble, Unreachable
from bot.sort import Rules
from bot.values import Announcement, Card, Entry, Fetched
from config import schema
from review import models as rows

log = logging.getLogger(__name__)

AT_ONCE = 8  # pages in memory together

Fetch = Callable[[Sequence[Request]], Sequence[Fetched | FetchError]]
Run = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[tuple[int, Any]]]


@dataclass(frozen=True, slots=True)
class Study:
    """How one pass reads: `rules` are pickled once, since they take longer to write than a page to read."""

    fetch: Fetch
    run: Run
    rules: bytes

    @classmethod
    def of(cls, rules: Rules, *, fetch: Fetch, run: Run) -> Study:
        """Make ready to read by `rules`."""
        return cls(fetch, run, pickle.dumps(rules, pickle.HIGHEST_PROTOCOL))

    def pages(
        self, entries: Iterable[rows.Entry], sources: Mapping[str, schema.Source]
    ) -> dict[int, Fetched | FetchError]:
        """Fetch, together, the pages of those `entries` that need theirs; by the entry's key."""
        wanted = [entry for entry in entries if _needs_page(entry, sources.get(entry.source.name))]
        answers = self.fetch([Request(entry.link) for entry in wanted]) if wanted else ()
        return {entry.pk: answer for entry, answer in zip(wanted, answers, strict=True)}

    def find(
        self, entry: rows.Entry, source: schema.Source | None, page: Fetched | None
    ) -> tuple[Announcement, ...]:
        """Return what `entry` announces. Raises ValueError, with a sentence, for what cannot be read."""
        is_page = page is not None and source is not None and source.follow == "bulletin"
        is_entry = source is not None and source.type == "bulletin"
        order = find.Search(
            Entry(
                key=entry.key,
                title=entry.title,
                link=entry.link,
                summary=entry.summary,
                html=entry.html,
                language=entry.language,
                published_at=entry.published_at,
            ),
            rules=self.rules,
            page=page if is_page or not is_entry else None,
            is_bulletin=is_page or is_entry,
        )
        for _, found in self.run(find.search, [order]):
            if isinstance(found, ValueError):
                raise found
            return tuple(found)
        return ()

    def cards(
        self,
        found: Iterable[Announcement],
        page: Fetched | None,
        source: schema.Source | None,
    ) -> dict[str, Card]:
        """Read the page behind each announcement's link. One that cannot be read only costs its card."""
        if source is None or not source.cards:
            return {}
        wanted = [piece for piece in found if piece.kind and piece.link.startswith("http")]
        own = [p for p in wanted if page is not None and _bare(p.link) == _bare(page.url)]
        cards: dict[str, Card] = {}
        if page is not None and own:
            for _, card in self.run(card_of, [page]):
                if isinstance(card, Card):
                    cards |= {piece.key: card for piece in own}
        others = [piece for piece in wanted if piece not in own]
        for start in range(0, len(others), AT_ONCE):
            some = others[start : start + AT_ONCE]
            answers = self.fetch([Request(piece.link) for piece in some])
            read = self._read(some, answers)
            cards |= read
            there = [
                p for p, answer in zip(some, answers, strict=True) if isinstance(answer, Fetched)
            ]
            if any(piece.key not in read for piece in there):
                # Pages of one bulletin are often of one site; the next ones would cost as much.
                break
        return cards

    def _read(
        self, pieces: Sequence[Announcement], answers: Sequence[Fetched | FetchError]
    ) -> dict[str, Card]:
        cards: dict[str, Card] = {}
        there: list[tuple[Announcement, Fetched]] = []
        for piece, answer in zip(pieces, answers, strict=True):
            if isinstance(answer, Fetched):
                there.append((piece, answer))
                continue
            log.info("no link card for %s: %s", piece.link, answer)
            # A server that only turns this machine away may well answer a person.
            if isinstance(answer, (NotFound, Gone, Unreachable, ServerTrouble)):
                cards[piece.key] = Card(url="", answer=str(answer))
        for number, card in self.run(card_of, [answer for _, answer in there]):
            piece, answer = there[number]
            if isinstance(card, Card):
                moved = answer.url if _leads_elsewhere(piece.link, answer.url) else ""
                cards[piece.key] = replace(card, answer=moved)
            else:
                log.warning("no link card for %s: %s", piece.link, card)
        return cards


def _needs_page(entry: rows.Entry, source: schema.Source | None) -> bool:
    """Tell whether the page of `entry` has to be asked: its source says so, or it has no words but a title."""
    if source is None or not entry.link:
        return False
    wordless = not (entry.summary.strip() or entry.html.strip())
    return bool(source.follow) or (source.cards and wordless)


def _bare(url: str) -> str:
    return url.partition("#")[0]


def _leads_elsewhere(link: str, end: str) -> bool:
    """Say whether a link ends at another page, not only at its secure or tidied form."""

    def bare(url: str) -> str:
        clean = _bare(links.clean(url)).partition("://")[2]
        return clean.removeprefix("www.").rstrip("/").casefold()

    return bare(link) != bare(end)
