"""What comes into the house: entries, their edits and duplicates, announcements, accounts.

Identity is decided once, here. An entry is known by its key or by any of its aliases; an entry that is
known is never announced a second time, whatever its date or address says now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from config import schema
from review import record
from review.models import Account, Announcement, Entry, EntryAlias, EntryVersion, Source

# Older than this at first sight is history, not news.
NEWS_FOR = timedelta(days=60)
# A known source that suddenly shows this many new entries at once has changed its ways; hold them.
FLOOD = 30


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


class AnnouncementLike(Protocol):
    """The shape of an announcement as the bot finds it."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def paragraphs(self) -> tuple[str, ...]: ...
    @property
    def link(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def set_aside(self) -> str | None: ...
    @property
    def because(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Intake:
    """What one poll brought: how many entries were new and to be announced, new but only noted (baseline,
    old, flood), and changed since they were stored."""

    new: int = 0
    noted: int = 0
    edited: int = 0
    held: str = ""  # one sentence, when a flood was held back


# -- sources and accounts -----------------------------------------------------------------------------


@transaction.atomic
def sync_sources(sources: Sequence[schema.Source], *, now: datetime) -> None:
    """Give every source in sources.toml its row; a changed address starts anew from a baseline."""
    rows = {row.name: row for row in Source.objects.all()}
    for source in sources:
        row = rows.pop(source.name, None)
        if row is None:
            Source.objects.create(name=source.name, url=source.url, next_check_at=now)
        elif row.url != source.url:
            # Validators belong to an address, and a new one may list everything under new ids.
            row.url = source.url
            row.etag = row.last_modified = row.body_hash = row.trouble = ""
            row.baselined_at = row.checked_at = None
            row.health, row.failures, row.next_check_at, row.active = "new", 0, now, True
            row.save()
        elif not row.active:
            row.active, row.next_check_at = True, now
            row.save(update_fields=["active", "next_check_at"])
    for row in rows.values():
        if row.active:
            row.active = False
            row.save(update_fields=["active"])


@transaction.atomic
def sync_accounts(accounts: Sequence[schema.Account], *, now: datetime) -> None:
    """Give every account in accounts.toml its row. Going live is recorded."""
    rows = {row.name: row for row in Account.objects.all()}
    for account in accounts:
        row = rows.pop(account.name, None) or Account(name=account.name)
        before = (row.pk, row.network, row.who, row.live, row.active)
        was_live = row.live
        row.network, row.who, row.live, row.active = (
            account.network,
            account.who,
            account.live,
            True,
        )
        if before == (row.pk, row.network, row.who, row.live, row.active):
            continue
        row.save()
        if account.live != was_live:
            record.append(
                "go live" if account.live else "rehearse",
                actor="accounts.toml",
                now=now,
                details={"account": account.name},
            )
    for row in rows.values():
        if row.active:
            row.active = False
            row.save(update_fields=["active"])


# -- entries ------------------------------------------------------------------------------------------


def content_hash(entry: EntryLike) -> str:
    """Hash what an entry says (SHA-256, hex). Dates and addresses do not count: they change for nothing."""
    parts = json.dumps([entry.title, entry.summary, entry.html], ensure_ascii=False)
    return hashlib.sha256(parts.encode()).hexdigest()


def _keys(entry: EntryLike) -> list[str]:
    """Return the keys by which an entry is known, the first its own; over-long ones as their hash."""
    return [
        key if len(key) <= 500 else hashlib.sha256(key.encode()).hexdigest()
        for key in (entry.key, *entry.aliases)
    ]


def _known(source: Source, entries: Sequence[EntryLike]) -> dict[str, Entry]:
    keys = {key for entry in entries for key in _keys(entry)}
    found: dict[str, Entry] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for alias in EntryAlias.objects.filter(source=source, key__in=part).select_related("entry"):
            found[alias.key] = alias.entry
        for row in Entry.objects.filter(source=source, key__in=part):
            found[row.key] = row
    return found


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


@transaction.atomic
def store(
    source: Source, entries: Sequence[EntryLike], *, announce: schema.Announce, now: datetime
) -> Intake:
    """Store what a poll of `source` found: new entries, edits of known ones. Returns the counts.

    The first poll is the baseline: its entries are stored but not announced, unless `announce` says so.
    Rules: one entry per key or alias; an edit is kept with what it replaced; a flood is held.
    """
    first = source.baselined_at is None
    known = _known(source, entries)
    order = _newest_first(entries)
    fresh: list[tuple[EntryLike, bool]] = []
    edited = 0
    for entry in entries:
        row = next((known[key] for key in _keys(entry) if key in known), None)
        if row is None:
            fresh.append(
                (
                    entry,
                    _is_news(entry, order[id(entry)], first=first, announce=announce, now=now),
                )
            )
            # A second item with the same key or alias in this very poll is the same entry.
            placeholder = Entry(source=source, key=entry.key, content_hash=content_hash(entry))
            known.update(dict.fromkeys(_keys(entry), placeholder))
        elif row.pk is not None and row.content_hash != content_hash(entry):
            _replace(row, entry, now=now)
            edited += 1
    news = sum(1 for _, is_news in fresh if is_news)
    held = ""
    if not first and not announce.all and news > FLOOD:
        held = (
            f"{news} entries appeared at once, more than {FLOOD}; they were noted, not drafted. "
            "If they are news, set announce to a date in sources.toml and the source's address anew."
        )
        fresh = [(entry, False) for entry, _ in fresh]
        news = 0
    # Oldest first, so that drafts stand in the order in which things happened.
    for entry, is_news in sorted(fresh, key=lambda pair: -order[id(pair[0])]):
        _create(source, entry, is_news=is_news, now=now)
    return Intake(new=news, noted=len(fresh) - news, edited=edited, held=held)


def _newest_first(entries: Sequence[EntryLike]) -> dict[int, int]:
    """Rank entries by date, newest first; those without a date keep their place in the feed."""
    dated = [(entry.published_at, i) for i, entry in enumerate(entries) if entry.published_at]
    if len(dated) < len(entries):
        return {id(entry): i for i, entry in enumerate(entries)}
    # Of two with the same date, the one higher up in the feed is the newer.
    newest_first = sorted(dated, key=lambda pair: (-pair[0].timestamp(), pair[1]))
    return {id(entries[i]): rank for rank, (_, i) in enumerate(newest_first)}


def _create(source: Source, entry: EntryLike, *, is_news: bool, now: datetime) -> None:
    published = entry.published_at
    own, *aliases = _keys(entry)
    row = Entry.objects.create(
        source=source,
        key=own,
        title=entry.title,
        link=entry.link,
        summary=entry.summary,
        html=entry.html,
        language=entry.language,
        # A date in the future is a mistake of the source.
        published_at=min(published, now) if published else None,
        first_seen_at=now,
        content_hash=content_hash(entry),
        announce=is_news,
        composed_at=None if is_news else now,
    )
    EntryAlias.objects.bulk_create(
        [
            EntryAlias(entry=row, source=source, key=key)
            for key in dict.fromkeys(aliases)
            if key != own
        ],
        ignore_conflicts=True,
    )


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
    if row.announce:
        row.composed_at = None
        row.compose_after = None
        row.compose_failures = 0
    row.save()


# -- announcements ------------------------------------------------------------------------------------


@transaction.atomic
def announce(
    entry: Entry,
    found: Iterable[AnnouncementLike],
    *,
    cards: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> list[Announcement]:
    """Store the announcements found in `entry`, by their key. Returns those whose words are new or changed.

    One that is known keeps the kind a person gave it; its words follow the source.
    """
    rows = {row.key: row for row in entry.announcements.all()}
    changed: list[Announcement] = []
    for position, piece in enumerate(found):
        fresh = {
            "title": piece.title,
            "summary": piece.summary,
            "paragraphs": list(piece.paragraphs),
            "link": piece.link,
            "language": piece.language,
        }
        row = rows.get(piece.key)
        if row is None:
            row = Announcement.objects.create(
                entry=entry,
                key=piece.key,
                position=position,
                kind=piece.kind or "",
                set_aside=piece.set_aside or "",
                because=list(piece.because),
                card=dict(cards.get(piece.key, {})),
                created_at=now,
                **fresh,
            )
            rows[piece.key] = row
            changed.append(row)
        elif any(getattr(row, name) != value for name, value in fresh.items()):
            for name, value in fresh.items():
                setattr(row, name, value)
            row.card = dict(cards.get(piece.key, row.card))
            row.save()
            changed.append(row)
    return changed


@transaction.atomic
def take_in(announcement_id: int, *, kind: str, by: str, now: datetime) -> Announcement:
    """Make an announcement of a piece that was set aside: the bot drafts it at its next pass."""
    row = Announcement.objects.select_for_update().get(pk=announcement_id)
    if row.set_aside:
        row.because = [f"{by} took it out of what was set aside"]
        row.kind, row.set_aside, row.drafted_at = kind, "", None
        row.save()
        record.append("take in", actor=by, now=now, details={"announcement": row.pk, "kind": kind})
    return row


@transaction.atomic
def change_kind(announcement_id: int, *, kind: str, by: str, now: datetime) -> Announcement:
    """Put an announcement under the kind a person says: the bot drafts it anew at its next pass.

    Works on what was set aside too. Who said it is recorded, and becomes a labelled row.
    """
    row = Announcement.objects.select_for_update().get(pk=announcement_id)
    if row.set_aside:
        return take_in(announcement_id, kind=kind, by=by, now=now)
    if row.kind != kind:
        record.append(
            "change kind",
            actor=by,
            now=now,
            details={"announcement": row.pk, "kind": kind, "was": row.kind},
        )
        row.because = [f"{by} says that it is a {kind}"]
        row.kind, row.drafted_at = kind, None
        row.save(update_fields=["because", "kind", "drafted_at"])
    return row


def waiting_for_words() -> Any:
    """Return the announcements of a kind that have not been drafted yet, oldest first."""
    return (
        Announcement.objects.filter(~Q(kind=""), drafted_at__isnull=True)
        .select_related("entry__source")
        .order_by("pk")
    )
