"""What comes into the house: entries, their edits and duplicates, announcements, accounts.

Identity is decided once, here. An entry is known by its key or by any of its aliases; an entry that is
known is never announced a second time, whatever its date or address says now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from config import schema
from review import record
from review.arrivals import (
    FLOOD,
    NEWS_FOR,
    Arrival,
    EntryLike,
    Intake,
    content_hash,
    store,
    store_all,
)
from review.held import dismiss, release
from review.models import Account, Announcement, Entry, Event, Source
from review.states import State

__all__ = [
    "FLOOD",
    "NEWS_FOR",
    "AnnouncementLike",
    "Arrival",
    "EntryLike",
    "Intake",
    "announce",
    "ask_now",
    "content_hash",
    "dismiss",
    "number_of_sources",
    "release",
    "said_elsewhere",
    "store",
    "store_all",
    "sync_accounts",
    "sync_sources",
    "take_in",
    "waiting_for_words",
]


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
    @property
    def page(self) -> str: ...


# -- sources and accounts -----------------------------------------------------------------------------


@transaction.atomic
def sync_sources(sources: Sequence[schema.Source], *, now: datetime) -> None:
    """Give every source in sources.toml its row; a changed address starts anew from a baseline."""
    there = Source.objects.filter(active=True).values_list("name", "url")
    if set(there) == {(source.name, source.url) for source in sources}:
        return
    rows = {row.name: row for row in Source.objects.all()}
    fresh = [source for source in sources if source.name not in rows]
    # Several workers may start at once; one of them makes the row.
    Source.objects.bulk_create(
        [Source(name=source.name, url=source.url, next_check_at=now) for source in fresh],
        ignore_conflicts=True,
    )
    for source in sources:
        row = rows.pop(source.name, None)
        if row is None:
            continue
        if row.url != source.url:
            # Validators belong to an address, and a new one may list everything under new ids.
            row.url = source.url
            row.etag = row.last_modified = row.body_hash = row.trouble = ""
            row.address = row.moved_to = ""
            row.moved_since, row.moved_seen = None, 0
            row.baselined_at = row.checked_at = row.silent_after = None
            row.rhythm = {}
            row.health, row.failures, row.next_check_at, row.active = "new", 0, now, True
            row.save()
        elif not row.active:
            row.active, row.next_check_at = True, now
            row.save(update_fields=["active", "next_check_at"])
    for row in rows.values():
        if row.active:
            row.active = False
            row.save(update_fields=["active"])


def number_of_sources() -> int:
    """Return how many sources the rows say are in sources.toml."""
    return Source.objects.filter(active=True).count()


@transaction.atomic
def sync_accounts(accounts: Sequence[schema.Account], *, now: datetime) -> None:
    """Give every account in accounts.toml its row. Going live is recorded."""
    rows = {row.name: row for row in Account.objects.all()}
    for account in accounts:
        row = rows.pop(account.name, None)
        if row is None:
            row, _ = Account.objects.get_or_create(
                name=account.name,
                defaults={"network": account.network, "who": account.who, "live": False},
            )
        before = (row.network, row.who, row.live, row.active, row.monthly_budget)
        was_live = row.live
        row.network, row.who, row.live, row.active, row.monthly_budget = (
            account.network,
            account.who,
            account.live,
            True,
            account.monthly_budget,
        )
        if before == (row.network, row.who, row.live, row.active, row.monthly_budget):
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


def ask_now(name: str, *, now: datetime) -> Source:
    """Have the source `name` asked at the next pass, one that was gone included. Raises `DoesNotExist`.

    Where its server asked to be left alone, it is asked when that is over: see `next_check_at`.
    """
    row = Source.objects.get(name=name, active=True)
    if row.health == Source.Health.GONE:
        row.health = Source.Health.NEW
    row.next_check_at = max(now, row.spared_until or now)
    row.save(update_fields=["health", "next_check_at"])
    return row


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
            "page": piece.page[:500],
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


def said_elsewhere(
    entry: Entry, pages: Collection[str], *, beside: Collection[str], now: datetime
) -> dict[str, str]:
    """Return which of `pages` another source in `beside` has announced of late, with that source's name.

    Two sources often carry the same news; who came first has announced it.
    """
    wanted = [page[:500] for page in pages if page]
    found = (
        Announcement.objects.filter(page__in=wanted, created_at__gt=now - NEWS_FOR)
        .exclude(kind="")
        .exclude(entry__source_id=entry.source_id)
        .filter(entry__source__name__in=beside)
    )
    return dict(found.values_list("page", "entry__source__name"))


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
        # Whoever approved one of its drafts first saw it under another kind.
        row.posts.filter(approved_first_at__isnull=False, state=State.IN_REVIEW).update(
            approved_first_by=None, approved_first_at=None, due_at=None
        )
    return row


def who_changed_kind(announcement: Announcement, *, since: datetime) -> str:
    """Return who put it under another kind at `since` (UTC) or later; empty when nobody did."""
    told = Event.objects.filter(
        verb="change kind", details__announcement=announcement.pk, at__gte=since
    )
    newest = told.order_by("-pk").first()
    return newest.actor if newest is not None else ""


def waiting_for_words() -> Any:
    """Return the announcements of a kind that have not been drafted yet, oldest first."""
    return (
        Announcement.objects.filter(~Q(kind=""), drafted_at__isnull=True)
        .select_related("entry__source")
        .order_by("pk")
    )
