"""Entry or bulletin → announcements: split, then sort each piece.

Pure, and the whole of what the product understands: `bot preview` and the unattended half both call this.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from bot import links, markup
from bot.card import read_card
from bot.head import language_code
from bot.sort import Rules, sort
from bot.split import piece_key, split
from bot.values import Announcement, Bulletin, Card, Entry, Fetched, Piece, SetAside

SUMMARY = 600  # characters; a summary is for people to read at a glance
# No bulletin has more items, and none of them more words: the rest of a larger one is not read.
MAX_PIECES, MAX_TITLE, MAX_WORDS = 200, 500, 20_000


@dataclass(frozen=True, slots=True)
class Search:
    """An order to find what an entry announces, fit to be sent to another process.

    `rules` are pickled; `page` is what the entry links to, where that is to be read. With `is_bulletin` the
    page, or else the entry's own content, is taken apart.
    """

    entry: Entry
    rules: bytes
    page: Fetched | None = None
    is_bulletin: bool = False


def search(order: Search) -> tuple[Announcement, ...]:
    """Do what `order` says."""
    entry, page, rules = order.entry, order.page, _rules(order.rules)
    if not order.is_bulletin:
        return in_entry(
            entry, rules=rules, lead=read_card(page.body, url=page.url).description if page else ""
        )
    if page is None:
        document, url = entry.html, entry.link
    else:
        document, url = markup.decode(page.body, content_type=page.content_type), page.url
    return in_bulletin(document, url=url, title=entry.title, language=entry.language, rules=rules)


@functools.lru_cache(maxsize=2)
def _rules(pickled: bytes) -> Rules:
    rules: Rules = pickle.loads(pickled)  # noqa: S301 - our own process wrote them
    return rules


def in_entry(entry: Entry, *, rules: Rules, lead: str = "") -> tuple[Announcement, ...]:
    """Find what a feed item announces; `lead` is its page's first words, where known.

    An item is one announcement, unless it carries a whole GovDelivery bulletin with several.
    """
    if entry.html and links.bulletin_id(entry.link):
        found = in_bulletin(
            entry.html, url=entry.link, title=entry.title, language=entry.language, rules=rules
        )
        if sum(1 for piece in found if piece.set_aside is not SetAside.FURNITURE) > 1:
            return found
    words = entry.summary or lead
    piece = Piece(
        title=entry.title or words[:120],
        paragraphs=_paragraphs(entry.html, words),
        link=links.clean(entry.link),
    )
    return _announcements(
        (piece,),
        rules=rules,
        language=entry.language,
        page=entry.link,
        keys=(entry.key,),
        summary=words,
    )


def _paragraphs(html: str, summary: str) -> tuple[str, ...]:
    """Return an item's own words paragraph by paragraph: what its summary says, then what else its content does."""
    blocks = markup.paragraphs(html)
    there = markup.fold(" ".join(blocks))
    if not blocks or summary.removesuffix("…").rstrip() in there:
        return blocks or ((summary,) if summary else ())
    return (summary, *(block for block in blocks if block not in summary)) if summary else blocks


def in_bulletin(
    document: str, *, url: str, title: str = "", language: str = "", rules: Rules
) -> tuple[Announcement, ...]:
    """Find the announcements in a bulletin page (HTML or text), and what is set aside, in page order.

    An item without a link of its own gets the bulletin's address with the item's name after `#`.
    """
    bulletin: Bulletin = split(document, url=url, title=title, language=language)
    return _announcements(
        bulletin.pieces, rules=rules, language=language or bulletin.language, page=url, keys=()
    )


def _announcements(
    pieces: Iterable[Piece],
    *,
    rules: Rules,
    language: str,
    page: str,
    keys: tuple[str, ...],
    summary: str = "",
) -> tuple[Announcement, ...]:
    found: list[Announcement] = []
    seen: set[str] = set()
    all_pieces = [_bounded(piece) for piece in islice(pieces, MAX_PIECES)]
    items = sum(1 for piece in all_pieces if not piece.furniture)
    for number, piece in enumerate(all_pieces):
        key = piece_key(piece.title) or f"piece-{number}"
        if keys:
            key = "entry"
        while key in seen:
            key += "-2"
        seen.add(key)
        words = summary or " ".join(piece.paragraphs)
        link = piece.link or links.clean(page)
        if not piece.link and items > 1 and link:
            link = f"{link.partition('#')[0]}#{key}"
        base = Announcement(
            key=key,
            title=piece.title,
            summary=_cut(words, SUMMARY),
            link=link,
            language=language,
            paragraphs=piece.paragraphs,
            image=piece.image,
            image_alt=piece.image_alt,
            page=_page(link),
        )
        if piece.furniture:
            found.append(replace(base, set_aside=SetAside.FURNITURE, because=(piece.furniture,)))
            continue
        verdict = sort(piece.title, words, language=language, link=piece.link or page, rules=rules)
        found.append(
            replace(
                base,
                kind=verdict.kind,
                set_aside=None if verdict.kind else SetAside.OTHER,
                because=verdict.because,
            )
        )
    return tuple(found)


def _bounded(piece: Piece) -> Piece:
    """Return `piece` with no more words than anybody reads."""
    if len(piece.title) <= MAX_TITLE and sum(map(len, piece.paragraphs)) <= MAX_WORDS:
        return piece
    left, kept = MAX_WORDS, []
    for paragraph in piece.paragraphs:
        if left <= 0:
            break
        kept.append(_cut(paragraph, left))
        left -= len(paragraph)
    return replace(piece, title=_cut(piece.title, MAX_TITLE), paragraphs=tuple(kept))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _page(link: str) -> str:
    """Return the identity of the place `link` leads to; "" for a site's front page, which is no news."""
    page = links.key(link)
    if not any(mark in page for mark in "/?"):
        return ""
    fragment = link.partition("#")[2]
    return f"{page}#{fragment}" if fragment else page


def link_in(language: str, link: str, card: Card | None, *, page: str) -> str:
    """Return where an announcement in `language` leads: the linked page's version in that language, where
    the page is in another and names one (hreflang). A click counter gives way to the page behind it, and where nobody
    knows that, to `page`, where the announcement stands."""
    if links.is_opaque_tracker(link):
        # Published as it stands, every follower would count as one reader.
        behind = (card.answer, card.url) if card else ()
        link = next((end for end in behind if links.clean(end)), "") or links.clean(page)
    if card is None or not language or not card.language:
        return link
    wanted = language_code(language)
    if card.language == wanted or "#" in link:
        return link
    return card.alternates.get(wanted) or link


def with_card(announcement: Announcement, card: Card | None) -> Announcement:
    """Take from the linked page what the source did not say itself: words, and an image with its text."""
    if card is None:
        return announcement
    summary = announcement.summary or card.description
    return replace(
        announcement,
        summary=summary,
        paragraphs=announcement.paragraphs or ((summary,) if summary else ()),
        image=announcement.image or card.image,
        image_alt=announcement.image_alt if announcement.image else card.image_alt,
    )
