"""Bytes to entries: feeds of every kind, listing pages, bulletins.

Pure: nothing is fetched, and the only errors are those of `bot.parse.errors`.
"""

from __future__ import annotations

from collections.abc import Collection

from bot import markup
from bot.parse import jsons, syndication
from bot.parse.bulletins import read_bulletin
from bot.parse.entries import VERSION
from bot.parse.errors import BadSelector, NotAFeed, NotAPage, Unreadable
from bot.parse.pages import Selectors, discover, read_listing
from bot.values import Feed

__all__ = [
    "MAX_BYTES",
    "VERSION",
    "BadSelector",
    "NotAFeed",
    "NotAPage",
    "Selectors",
    "Unreadable",
    "discover",
    "parse",
    "read_bulletin",
    "read_listing",
]

# What the fetcher lets through, decoded.
MAX_BYTES = 15 * 1024 * 1024

# Documents that people mistake for feeds, by their first tag.
_LOOKALIKES = {
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "opml": "a list of feeds (OPML)",
    "svg": "a picture (SVG)",
    "error": "an error message in XML",
    "opensearchdescription": "a search description",
}


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    language: str = "",
    known: Collection[str] = (),
) -> Feed:
    """Read a feed: RSS 0.9 to 2.0, Atom 0.3 and 1.0, JSON Feed, or a GovDelivery widget feed.

    `url` is where the body came from, redirects followed: relative links are seen from it. `language` is
    used for what does not say its own. The format is read from the body; the Content-Type only helps
    with the encoding. Items whose `item_hash` is in `known` may be passed over. Raises `NotAFeed`, whose
    sentence says what the body is instead.
    """
    if len(body) > MAX_BYTES:
        raise NotAFeed(f"The feed is larger than {MAX_BYTES // 1024**2} MiB; it was not read.")
    text = markup.decode(body, content_type=content_type).lstrip("\ufeff\x00 \t\r\n")
    if not text:
        raise NotAFeed("The server answered with an empty body instead of a feed.")
    if jsons.looks_like_json(text):
        return jsons.read(text, url=url, language=language)
    root = syndication.root_of(text)
    if root in ("html", "head", "body") or text[:15].lower().startswith("<!doctype html"):
        raise _a_web_page(body, url=url, content_type=content_type)
    if root in _LOOKALIKES:
        raise NotAFeed(f"This is {_LOOKALIKES[root]}, not a feed.")
    if not root:
        raise NotAFeed("This is no feed: it holds neither XML nor JSON.")
    return syndication.read(text, url=url, language=language, known=known)


def _a_web_page(body: bytes, *, url: str, content_type: str) -> NotAFeed:
    advertised = discover(body, url=url, content_type=content_type)
    if advertised:
        mend = f"it names this feed: {advertised[0]}"
    else:
        mend = "it names no feed; perhaps the feed moved, or the site shows a notice"
    return NotAFeed(f"This is a web page, not a feed; {mend}.", advertised=advertised)
