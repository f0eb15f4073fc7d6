"""Entry or bulletin → announcements: split, then sort each piece.

Pure, and the whole of what the product understands: `bot preview` and the unattended half both call this.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot import links
from bot.head import language_code
from bot.sort import Rules, sort
from bot.split import piece_key, split
from bot.values import Announcement, Bulletin, Card, Entry, Piece, SetAside

SUMMARY = 600  # characters; a summary is for people to read at a glance


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
        paragraphs=(words,) if words else (),
        link=links.clean(entry.link),
    )
    return _announcements(
        (piece,), rules=rules, language=entry.language, page=entry.link, keys=(entry.key,)
    )


def in_bulletin(
    document: str, *, url: str, title: str = "", language: str = "", rules: Rules
) -> tuple[Announcement, ...]:
    """Find the announcements in a bulletin page (HTML or text), and what is set aside, in page order.

    An item without a link of its own gets the bulletin's address with the item's name after `#`.
    """
    bulletin: Bulletin = split(document, url=url, title=title)
    return _announcements(
        bulletin.pieces, rules=rules, language=language or bulletin.language, page=url, keys=()
    )


def _announcements(
    pieces: Iterable[Piece], *, rules: Rules, language: str, page: str, keys: tuple[str, ...]
) -> tuple[Announcement, ...]:
    found: list[Announcement] = []
    seen: set[str] = set()
    all_pieces = list(pieces)
    items = sum(1 for piece in all_pieces if not piece.furniture)
    for number, piece in enumerate(all_pieces):
        key = piece_key(piece.title) or f"piece-{number}"
        if keys:
            key = "entry"
        while key in seen:
            key += "-2"
        seen.add(key)
        summary = _summary(piece.paragraphs)
        link = piece.link or links.clean(page)
        if not piece.link and items > 1 and link:
            link = f"{link.partition('#')[0]}#{key}"
        base = Announcement(
            key=key,
            title=piece.title,
            summary=summary,
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
        verdict = sort(piece.title, " ".join(piece.paragraphs), language=language, rules=rules)
        found.append(
            replace(
                base,
                kind=verdict.kind,
                set_aside=None if verdict.kind else SetAside.OTHER,
                because=verdict.because,
            )
        )
    return tuple(found)


def _page(link: str) -> str:
    """Return the identity of the place `link` leads to; "" for a site's front page, which is no news."""
    page = links.key(link)
    if not any(mark in page for mark in "/?"):
        return ""
    fragment = link.partition("#")[2]
    return f"{page}#{fragment}" if fragment else page


def _summary(paragraphs: tuple[str, ...]) -> str:
    text = " ".join(paragraphs)
    if len(text) <= SUMMARY:
        return text
    return text[:SUMMARY].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def link_in(language: str, link: str, card: Card | None) -> str:
    """Return where an announcement in `language` leads: the linked page's version in that language, where
    the page is in another and names one (hreflang)."""
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
