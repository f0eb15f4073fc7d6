"""Entries that come in: what is new, what is known in other clothes, what has changed, what is held back.

An entry is known by its key, by any of its aliases, by its page together with its title, or by its very words.
What is known is never announced a second time, whatever its id, date or address says now. What a source
suddenly shows in bulk is held for a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from config import schema
from config.counting import many
from review import batches, silence
from review.models import Entry, EntryAlias, EntryVersion, Source

# Older than this at first sight is history, not news.
NEWS_FOR = timedelta(days=60)
# A known source that suddenly shows this many new entries at once has changed its ways; hold them.
FLOOD = 30
# So many new entries and not one that is known: the source has moved, or names everything anew.
UNFAMILIAR = 5
# After so long without an answer, what is new is not news without a look.
OUTAGE = timedelta(days=7)
# Words shorter than this ("Read more") say too little to know an entry by them.
_TELLING = 40
_PART = 500  # names in one query


class EntryLike(Protocol):
    """The shape of an entry as the bot parses it."""

    @property
    def key(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def title(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def page(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """What one poll brought: how many entries were new and to be announced, new but only noted (baseline,
    old, held), and changed since they were stored; how many of the noted are held for a person, and why."""

    new: int = 0
    noted: int = 0
    edited: int = 0
    waiting: int = 0
    held: str = ""  # one sentence


@dataclass(slots=True)
class _Fresh:
    """An entry nobody has seen before, and the further names under which this very poll shows it."""

    entry: EntryLike
    is_news: bool
    names: list[str] = field(default_factory=list)


def content_hash(entry: EntryLike) -> str:
    """Hash what an entry says (SHA-256, hex). Dates and addresses do not count: they change for nothing."""
    parts = json.dumps([entry.title, entry.summary, entry.html], ensure_ascii=False)
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()


def _names(entry: EntryLike) -> list[str]:
    """Return the keys by which an entry is known, the first its own."""
    return [_short(key) for key in (entry.key, *entry.aliases)]


def _short(key: str) -> str:
    return key if len(key) <= 500 else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _page(entry: EntryLike) -> str:
    return _short(entry.page)


def _words(entry: EntryLike) -> str:
    """Return the hash of an entry's words, or "" where they are too few to know it by."""
    return content_hash(entry) if len(entry.summary) >= _TELLING else ""


def _is_news(
    entry: EntryLike, position: int, *, first: bool, announce: schema.Announce, now: datetime
) -> bool:
    """Say whether a new entry is announced, by the source's `announce` rule and its age."""
    published = entry.published_at
    if first and not announce.all:
        if announce.since is not None:
            return published is not None and published >= announce.since
        return position < announce.newest
    if announce.all:
        return True
    return published is None or published > now - NEWS_FOR


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a poll of `source` showed: entries in the order given, and how many known ones besides.

    `announce` says what of its first poll is announced.
    """

    source: Source
    entries: Sequence[EntryLike]
    announce: schema.Announce
    unchanged: int = 0


@dataclass(slots=True)
class _Plan:
    """What is to be written of an arrival."""

    source: Source
    taken: Intake
    fresh: list[_Fresh]
    edits: list[tuple[Entry, EntryLike]]
    further: list[EntryAlias]


def store(
    source: Source,
    entries: Sequence[EntryLike],
    *,
    announce: schema.Announce,
    now: datetime,
    unchanged: int = 0,
) -> Intake:
    """Store what a poll of one source found; see `store_all`."""
    return store_all([Arrival(source, entries, announce, unchanged)], now=now)[0]


@transaction.atomic(savepoint=False)
def store_all(arrivals: Sequence[Arrival], *, now: datetime) -> list[Intake]:
    """Store what polls found: new entries, edits of known ones. Returns the counts, in the same order.

    A source's first poll is the baseline: its entries are stored but not announced, unless `announce` says
    so. Sets, but does not save, what each source itself remembers of its news.
    """
    settled = _settled([arrival.source for arrival in arrivals])
    known = look_up([(a.source, a.entries) for a in arrivals if a.source.pk in settled])
    plans = [
        _plan(a, known.get(a.source.pk, {}), settled=a.source.pk in settled, now=now)
        for a in arrivals
    ]
    aliases = [alias for plan in plans for alias in plan.further]
    if aliases:
        EntryAlias.objects.bulk_create(aliases, ignore_conflicts=True)
    for plan in plans:
        for row, entry in plan.edits:
            _replace(row, entry, now=now)
    _create(plans, now=now)
    # How long its silences are is worked out once a day.
    silence.note(
        [
            plan.source
            for plan in plans
            if plan.fresh
            and (plan.source.news_at is None or plan.source.news_at.date() != now.date())
        ]
    )
    for plan in plans:
        if plan.fresh:
            plan.source.news_at = now
    return [plan.taken for plan in plans]


def _settled(sources: Sequence[Source]) -> set[int]:
    """Return the keys of those of `sources` that have been read before, at this address or another."""
    settled = {source.pk for source in sources if source.baselined_at is not None}
    others = [source.pk for source in sources if source.pk not in settled]
    if others:
        settled |= set(
            Entry.objects.filter(source__in=others).values_list("source", flat=True).distinct()
        )
    return settled


def _plan(arrival: Arrival, known: Mapping[str, Entry], *, settled: bool, now: datetime) -> _Plan:
    """Work out what is new, what is known, and what has changed. Writes nothing."""
    source, entries = arrival.source, arrival.entries
    first = not settled
    order = _newest_first(entries)
    fresh: list[_Fresh] = []
    here: dict[str | tuple[str, str], _Fresh] = {}
    met = arrival.unchanged
    edits: list[tuple[Entry, EntryLike]] = []
    further: list[EntryAlias] = []
    for entry in entries:
        names = _names(entry)
        same = (_page(entry), entry.title.casefold())
        row = next((known[name] for name in names if name in known), None)
        if row is not None:
            met += 1
            if names[0] != row.key and names[0] not in known:
                further.append(EntryAlias(entry=row, source=source, key=names[0]))
            if row.content_hash != content_hash(entry):
                edits.append((row, entry))
            continue
        # A second item with the same name, or the same page and title, in this very poll is the same entry.
        twin = next((here[n] for n in (*names, *((same,) if same[0] else ())) if n in here), None)
        if twin is None:
            is_news = _is_news(
                entry, order[id(entry)], first=first, announce=arrival.announce, now=now
            )
            twin = _Fresh(entry, is_news)
            fresh.append(twin)
            if same[0]:
                here[same] = twin
        twin.names += names
        here.update((name, here.get(name, twin)) for name in names)
    news = sum(1 for item in fresh if item.is_news)
    held = ""
    if news and not first:
        moved = source.baselined_at is None
        held = _why_held(source, news=news, met=met, moved=moved, settled=settled, now=now)
    # Oldest first, so that drafts stand in the order in which things happened.
    fresh.sort(key=lambda item: -order[id(item.entry)])
    waiting = news if held else 0
    taken = Intake(
        new=news - waiting,
        noted=len(fresh) - news + waiting,
        edited=len(edits),
        waiting=waiting,
        held=held,
    )
    return _Plan(source, taken, fresh, edits, further)


def look_up(
    polls: Sequence[tuple[Source, Sequence[EntryLike]]],
) -> dict[int, dict[str, Entry]]:
    """Return, for each source, the stored entries by the names under which its poll shows them."""
    found: dict[int, dict[str, Entry]] = {source.pk: {} for source, _ in polls}
    sources = list(found)
    for part in _parts({name for _, entries in polls for e in entries for name in _names(e)}):
        for row in Entry.objects.filter(source__in=sources, key__in=part):
            found[row.source_id][row.key] = row
        aliases = EntryAlias.objects.filter(source__in=sources, key__in=part)
        for alias in aliases.select_related("entry"):
            found[alias.source_id].setdefault(alias.key, alias.entry)
    strangers = [
        (source.pk, entry)
        for source, entries in polls
        for entry in entries
        if not any(name in found[source.pk] for name in _names(entry))
    ]
    wanted = {_page(e) for _, e in strangers} | {_words(e) for _, e in strangers}
    by_page: dict[tuple[int, str, str], Entry] = {}
    by_words: dict[tuple[int, str], Entry] = {}
    for part in _parts(wanted - {""}):
        same = Q(page__in=part) | Q(content_hash__in=part)
        for row in Entry.objects.filter(same, source__in=sources):
            by_page[row.source_id, row.page, row.title.casefold()] = row
            by_words[row.source_id, row.content_hash] = row
    for pk, entry in strangers:
        again = by_page.get((pk, _page(entry) or "-", entry.title.casefold()))
        again = again or by_words.get((pk, _words(entry)))
        if again is not None:
            found[pk][_names(entry)[0]] = again
    return found


def _parts(names: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted(names)
    return (wanted[start : start + _PART] for start in range(0, len(wanted), _PART))


def _why_held(
    source: Source, *, news: int, met: int, moved: bool, settled: bool, now: datetime
) -> str:
    """Say why `news` new entries wait for a person, or "" where they need not."""
    if moved:
        why = f"its address changed and {many(news, 'entry', 'entries')} there cannot be told from what is known"
    elif source.read_at is not None and now - source.read_at > OUTAGE:
        days = (now - source.read_at).days
        why = f"it was not read for {days} days, and {many(news, 'entry', 'entries')} appeared meanwhile"
    elif news > FLOOD:
        why = f"{news} entries appeared at once, more than {FLOOD}"
    elif settled and not met and news >= UNFAMILIAR:
        why = f"{many(news, 'entry', 'entries')} appeared and not one that was known, as if it named everything anew"
    else:
        return ""
    return f"Held for a person: {why}. Release them if they are news, or dismiss them."


def _newest_first(entries: Sequence[EntryLike]) -> dict[int, int]:
    """Rank entries by date, newest first; those without a date keep their place in the feed."""
    dated = [(entry.published_at, i) for i, entry in enumerate(entries) if entry.published_at]
    if len(dated) < len(entries):
        return {id(entry): i for i, entry in enumerate(entries)}
    # Of two with the same date, the one higher up in the feed is the newer.
    newest_first = sorted(dated, key=lambda pair: (-pair[0].timestamp(), pair[1]))
    return {id(entries[i]): rank for rank, (_, i) in enumerate(newest_first)}


def _create(plans: Sequence[_Plan], *, now: datetime) -> None:
    rows: list[dict[str, Any]] = []
    further: list[tuple[int, str, str]] = []
    for plan in plans:
        held = bool(plan.taken.held)
        for item in plan.fresh:
            pk, key = plan.source.pk, item.names[0]
            rows.append(_row(plan.source, item, held=held, now=now))
            further += [(pk, key, name) for name in dict.fromkeys(item.names) if name != key]
    batches.insert(Entry, rows)
    if not further:
        return
    there = Entry.objects.filter(
        source__in={plan.source.pk for plan in plans if plan.fresh}, first_seen_at=now
    )
    pks = {(source, key): pk for source, key, pk in there.values_list("source", "key", "pk")}
    batches.insert(
        EntryAlias,
        [
            {"entry_id": pks[source, key], "source_id": source, "key": name}
            for source, key, name in further
        ],
        known=True,
    )


def _row(source: Source, item: _Fresh, *, held: bool, now: datetime) -> dict[str, Any]:
    entry, published = item.entry, item.entry.published_at
    announced = item.is_news and not held
    return {
        "source_id": source.pk,
        "key": item.names[0],
        "title": entry.title,
        "link": entry.link,
        "summary": entry.summary,
        "html": entry.html,
        "language": entry.language,
        # A date in the future is a mistake of the source.
        "published_at": min(published, now) if published else None,
        "first_seen_at": now,
        "content_hash": content_hash(entry),
        "announce": announced,
        "composed_at": None if announced else now,
        "held": item.is_news and held,
        "page": _page(entry),
    }


def _replace(row: Entry, entry: EntryLike, *, now: datetime) -> None:
    """Keep what `row` said, take over what `entry` says, and have an announced one composed again."""
    EntryVersion.objects.create(
        entry=row,
        replaced_at=now,
        title=row.title,
        summary=row.summary,
        html=row.html,
        content_hash=row.content_hash,
    )
    row.title, row.summary, row.html = entry.title, entry.summary, entry.html
    row.content_hash = content_hash(entry)
    row.link = entry.link or row.link
    row.page = _page(entry) or row.page
    if row.announce:
        row.composed_at = None
        row.compose_after = None
        row.compose_failures = 0
    row.save()
