"""The values that travel between the steps. Read this first.

    bytes ─fetch→ Fetched ─parse→ Feed of Entry
    Entry (or the page it links to) ─split→ Piece ─sort→ Verdict ─card→ Card
    Announcement + account + wording ─draft→ Draft

All are frozen, hold plain text unless the name says `html`, and every datetime is aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """The three kinds of announcement that the product exists for."""

    PLAN = "plan"
    PRACTICE = "practice"
    REPORT = "report"


class SetAside(StrEnum):
    """Why a piece is no announcement. It stays visible, one click from the queue."""

    OTHER = "other"  # an item of news, but none of the kinds
    FURNITURE = "furniture"  # about, contact, contents, look back …


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered to one request, redirects followed.

    `status` 304 means unchanged and `body` is empty. `headers` has lower-case names. `permanent_url` is
    set when an unbroken chain of 301/308 led there. `body` is decoded of transfer compression; `digest` is
    its SHA-256 (hex).
    """

    url: str
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    permanent_url: str | None = None
    digest: str = ""

    @property
    def content_type(self) -> str:
        """The Content-Type header as sent, or an empty string."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as its source gave it.

    `key` identifies it within its source for ever; `aliases` are further keys by which the same item may
    come back (another guid form, its normalised link). `html` is sanitised; `summary` is plain text. `page`
    is the identity of the page it links to ("" where that is none of its own), `item_hash` that of the
    item's bytes in the feed, by which an unchanged item is passed over at the next poll ("" where unknown).
    """

    key: str
    title: str
    link: str
    summary: str = ""
    html: str = ""
    published_at: datetime | None = None
    language: str = ""
    aliases: tuple[str, ...] = ()
    page: str = ""
    item_hash: str = ""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a feed asks to be left alone: not again within `wait`, not in `hours` (0 to 23, UTC), not on
    `days` (0 is Monday)."""

    wait: timedelta | None = None
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed source: its entries in the order given, and what was odd about it in plain sentences.

    `items` holds the hashes of all its items' bytes where they can be told apart; `unchanged` counts those
    that were passed over because their bytes are known.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    language: str = ""
    problems: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm()
    unchanged: int = 0
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a piece: where it leads and the words it stood on."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bulletin with a title of its own, before anyone decides what it is.

    `paragraphs` are the source's own words, whole, in order (list items are paragraphs too). `link` is the
    first content link, unwrapped and without tracking, or empty. `furniture` says what kind of page
    furniture it is in a phrase for people ("the page's About block"), or is empty for a real item.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    link: str = ""
    links: tuple[Link, ...] = ()
    image: str = ""
    image_alt: str = ""
    furniture: str = ""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A page taken apart: its own title, its pieces in page order, its language where the page says so."""

    title: str
    pieces: tuple[Piece, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a piece announces (None: none of the kinds), and why, in phrases a person understands."""

    kind: Kind | None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What a linked page says of itself, for the link card.

    `alternates` maps a language code to the same page in that language. `answer` says what is wrong with the
    link that led here: why it does not answer, or the address it leads on to; empty when nothing is.
    """

    url: str
    title: str = ""
    description: str = ""
    image: str = ""
    image_alt: str = ""
    language: str = ""
    alternates: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing worth saying, or a piece set aside with the reason.

    `key` is stable within its entry: it comes from the title's words, not from the position, so a
    corrected bulletin keeps its announcements. Exactly one of `kind` and `set_aside` is set.
    """

    key: str
    title: str
    summary: str
    link: str
    language: str
    kind: Kind | None = None
    set_aside: SetAside | None = None
    because: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    page: str = ""  # the identity of the page it links to, "" where there is none
