"""What is fuzzed: each target takes any bytes and must answer, in a bounded time, or refuse in a sentence."""

from __future__ import annotations

from collections.abc import Callable

from bot import links, markup, parse
from bot.card import read_card
from bot.parse import read_bulletin
from bot.split import split
from bot.values import Feed

URL = "https://example.org/news/"
TYPES = ("", "text/html; charset=utf-8", "application/rss+xml", "text/xml; charset=iso-8859-1")


def _entries(feed: Feed, *, sanitised: bool = True) -> None:
    keys = [entry.key for entry in feed.entries]
    assert len(keys) == len(set(keys)), "two entries have one key"
    for entry in feed.entries:
        assert entry.key, "an entry without a key"
        assert "\n" not in entry.title, "a title of several lines"
        assert "\x00" not in f"{entry.title}{entry.summary}{entry.html}{entry.key}{entry.link}"
        assert not (sanitised and "<script" in entry.html.lower()), "a script"
        assert entry.link in ("", links.clean(entry.link)), "a link that is not clean"
        assert not links.is_opaque_tracker(entry.link), "one reader's own link"
        for text in (entry.title, entry.summary, entry.html, entry.key):
            text.encode()


def _is_sentence(refusal: str) -> None:
    assert refusal.endswith("."), "a refusal that is no sentence"


def feed(data: bytes) -> None:
    """Read a feed; then again with its items known."""
    kind = TYPES[data[0] % len(TYPES)] if data else ""
    try:
        found = parse.parse(data[1:], url=URL, content_type=kind)
    except parse.Unreadable as error:
        _is_sentence(str(error))
        return
    _entries(found)
    again = parse.parse(data[1:], url=URL, content_type=kind, known=found.items)
    assert len(again.entries) in (0, len(found.entries)), "some were passed over, some not"


def bulletin(data: bytes) -> None:
    """Read a bulletin and take it apart."""
    kind = TYPES[data[0] % len(TYPES)] if data else ""
    try:
        found = read_bulletin(data[1:], url=URL, content_type=kind)
    except parse.Unreadable as error:
        _is_sentence(str(error))
        return
    # A bulletin in plain text stays as it was sent; it is only ever shown as text.
    _entries(found, sanitised=False)
    for entry in found.entries:
        page = split(entry.html, url=URL, title=entry.title)
        for piece in page.pieces:
            assert piece.link in ("", links.found(piece.link))
    split(markup.decode(data[1:], content_type=kind), url=URL)


def card(data: bytes) -> None:
    """Read a page's link card, and the feeds it names."""
    kind = TYPES[data[0] % len(TYPES)] if data else ""
    found = read_card(data[1:], url=URL, content_type=kind)
    assert found.url.startswith("https://example.org")
    assert "\x00" not in f"{found.title}{found.description}{found.image_alt}"
    for address in (found.image, *found.alternates.values()):
        assert address in ("", links.clean(address))
    parse.discover(data[1:], url=URL, content_type=kind)


TARGETS: dict[str, Callable[[bytes], None]] = {"feed": feed, "bulletin": bulletin, "card": card}
