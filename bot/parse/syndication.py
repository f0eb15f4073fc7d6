"""RSS and Atom, through feedparser: the only module that imports it.

Feedparser's own sanitising and resolving of addresses inside HTML are off: they take two thirds of its time.
What is kept is sanitised by `bot.markup` instead, which resolves addresses on the way.
"""

from __future__ import annotations

import calendar
import functools
import io
import re
import xml.sax.expatreader
import xml.sax.handler
import xml.sax.xmlreader
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html.entities import html5
from typing import Any

import feedparser.mixin
from feedparser.api import LooseFeedParser, StrictFeedParser
from lxml import etree

from bot.head import language_code
from bot.parse.dates import read_date
from bot.parse.entries import Raw, assemble, plain
from bot.parse.errors import NotAFeed
from bot.parse.known import rhythm_of, take_out
from bot.values import Feed, Rhythm

# Feedparser resolves the same base at every tag, a tenth of its time; and it looks every character up in a
# table that lacks most of them, which costs an error each.
feedparser.mixin.make_safe_absolute_uri = functools.lru_cache(maxsize=256)(
    feedparser.mixin.make_safe_absolute_uri
)
feedparser.mixin._cp1252 = [feedparser.mixin._cp1252.get(n, chr(n)) for n in range(256)]

# An ill-formed feed goes through a slow forgiving parser; beyond this size it could take minutes.
MAX_ILL_FORMED = 1024 * 1024
MAX_ATTRIBUTES = 100

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_FIRST_TAG = re.compile(r"<([a-zA-Z_][\w.-]*:)?([a-zA-Z_][\w.-]*)")
_ENTITY = re.compile(r"<!ENTITY\s[^>]*>")
_ENTITY_VALUE = re.compile(r"""<!ENTITY\s+(\w+)\s+["']([^"']*)["']""")
_HARMLESS_ENTITY = re.compile(
    r"<!ENTITY\s+\w+\s+(?:\"(?:&#\w{1,8};|[^&\"%]{0,12})\"|'(?:&#\w{1,8};|[^&'%]{0,12})')\s*>"
)
# Under this name feedparser takes text as it is: called "utf-8", it re-decodes what looks mis-decoded,
# and what the publisher wrote is not ours to change.
_CODEC = "utf8"
_NAMES = {
    name: text
    for name, text in html5.items()
    if name not in ("lt;", "gt;", "amp;", "quot;", "apos;")
}
_NAMED = re.compile(r"&[A-Za-z][A-Za-z0-9]{1,31};")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_FEED_ROOTS = frozenset(("rss", "feed", "rdf", "channel", "rss091"))


def root_of(text: str) -> str:
    """Return the lower-case local name of the first tag of `text`, or ""."""
    found = _FIRST_TAG.search(text[:65536])
    return found[2].lower() if found else ""


def read(text: str, *, url: str, language: str, known: Collection[str] = ()) -> Feed:
    """Read the text of an RSS (any version) or Atom document.

    Raises `NotAFeed` where feedparser finds neither a feed nor an item.
    """
    items = _Items(frozenset(known), language)
    result = _parsed(text, url=url, items=items)
    found = result.entries
    if not found and root_of(text) not in _FEED_ROOTS and not result.version:
        raise NotAFeed("This is no feed: it is neither RSS, nor Atom, nor JSON Feed.")
    feed_language = language_code(result.feeddata.get("language") or "") or language
    hashes = items.hashes if len(items.hashes) == len(found) else [""] * len(found)
    entries, problems = assemble(_raws(result, hashes, url=url, language=feed_language))
    if result.bozo and not found:
        problems = (
            "The feed is broken off or not well-formed, and no item could be read.",
            *problems,
        )
    title = result.feeddata.get("title") or ""
    detail = result.feeddata.get("title_detail") or {}
    return Feed(
        entries=entries,
        title=plain(title, is_html=_is_html(detail)),
        language=feed_language,
        problems=problems,
        rhythm=items.rhythm,
        unchanged=len(items.taken),
        items=(*items.taken, *items.hashes),
    )


class _Items:
    """What was found out about a feed's items before feedparser saw them; see `bot.parse.known`."""

    def __init__(self, known: frozenset[str], language: str) -> None:
        self.known = known
        self.language = language
        self.hashes: list[str] = []
        self.taken: list[str] = []
        self.rhythm = Rhythm()


def _parsed(text: str, *, url: str, items: _Items) -> Any:
    """Run feedparser's parsers on `text`: the strict one where it is well-formed, else the forgiving one.

    They are driven from here, not through `feedparser.parse`, for three reasons: that opens or fetches what
    looks like a name; it changes text that looks like wrongly decoded UTF-8; and neither of its parsers
    has a limit, while both take quadratic time on hostile bodies.
    """
    text = _ILLEGAL.sub("", _DECLARATION.sub("", text, count=1))
    start = _FIRST_TAG.search(text)
    head_end = start.start() if start else 0
    declared = [e for e in _ENTITY.findall(text[:head_end]) if _HARMLESS_ENTITY.fullmatch(e)]
    # The document type goes, but for entities that stand for a character or two.
    head = f"<!DOCTYPE feed [{''.join(declared)}]>" if declared else ""
    body = text[head_end:]
    base = url if url.startswith(("http://", "https://")) else ""
    document = f"{head}{body}".encode()
    found = None
    tree = _reasonable(document)
    if tree is not None:
        items.rhythm = rhythm_of(tree)
        # An entity of the document type would be lost where the tree is written again.
        if not declared:
            items.hashes, items.taken = take_out(
                tree, items.known, url=url, language=items.language
            )
            document = etree.tostring(tree, encoding="utf-8") if items.taken else document
        found = _strictly(document, base=base)
        if found is None and items.taken:
            return _parsed(text, url=url, items=_start_again(items))
    if found is None and len(body) <= MAX_ILL_FORMED:
        values = {name: value for e in declared for name, value in _ENTITY_VALUE.findall(e)}
        found = _forgivingly(body, base=base, entities=values)
    if found is None:
        found = _strictly(_mended(body), base=base)
        if found is None:
            raise NotAFeed("The feed is so broken that nothing in it could be read.")
        found.bozo = 1
    return found


def _start_again(items: _Items) -> _Items:
    items.known, items.hashes, items.taken = frozenset(), [], []
    return items


def _reasonable(document: bytes) -> etree._Element | None:
    """Return the tree of a `document` that is well-formed, of sane depth, and without tags of endless
    attributes; None for another."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(document, parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return None if tree.xpath(f"boolean(//*[@*[{MAX_ATTRIBUTES}]])") else tree


class _Strict(StrictFeedParser):  # type: ignore[misc]
    """Keeps what it knows of the text in hand in a plain dictionary, not in one of feedparser's own, which it
    asks at every tag and copies at every text: a tenth of its time."""

    @property
    def contentparams(self) -> dict[str, Any]:
        return self._contentparams

    @contentparams.setter
    def contentparams(self, given: Mapping[str, Any]) -> None:
        self._contentparams = dict(given)


class _Expat(xml.sax.expatreader.ExpatParser):
    """Hands over each text as one: else Expat cuts it at every line and entity, a third of the time."""

    _parser: Any

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True
        self._parser.buffer_size = 64 * 1024


def _strictly(document: bytes, *, base: str) -> Any:
    """Read a well-formed document; None where it is not."""
    parser = _Strict(base, None, _CODEC)
    _switch_off(parser)
    # Expat fetches nothing (external entities are off), and the document type was taken off before.
    reader = _Expat()
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(document))
    try:
        reader.parse(source)
    except Exception:
        # Not well-formed, or one of the many things that feedparser's handlers raise on odd values.
        return None
    return parser


def _forgivingly(body: str, *, base: str, entities: dict[str, str]) -> Any:
    """Read an ill-formed document as far as it can be understood; None where the parser itself fails."""
    parser = LooseFeedParser(base, None, _CODEC, entities)
    _switch_off(parser)
    try:
        parser.feed(body)
    except Exception:
        # It raises many things on odd character references and declarations.
        return None
    parser.bozo = 1
    return parser


def _switch_off(parser: Any) -> None:
    parser.resolve_relative_uris = False
    parser.sanitize_html = False
    # An id is a name, not an address: resolved, it would change whenever the feed moves.
    parser.can_be_relative_uri = parser.can_be_relative_uri - {"id"}


def _mended(body: str) -> bytes:
    """Close what is open, drop what cannot be understood, and write HTML's entities as characters."""
    body = _NAMED.sub(lambda found: _NAMES.get(found[0][1:], found[0]), body)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(body.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return b""
    if tree is None:
        return b""
    for element in tree.iter(etree.Element):
        if len(element.attrib) >= MAX_ATTRIBUTES:
            element.attrib.clear()
    return etree.tostring(tree)


def _raws(result: Any, hashes: Sequence[str], *, url: str, language: str) -> Iterator[Raw]:
    for entry, item_hash in zip(result.entries, hashes, strict=True):
        title_detail = entry.get("title_detail") or {}
        summary_detail = entry.get("summary_detail") or {}
        content, content_detail = _content(entry)
        base = content_detail.get("base") or summary_detail.get("base") or title_detail.get("base")
        further = (entry.get("feedburner_origlink"),)
        yield Raw(
            guid=str(entry.get("id") or ""),
            link=_link(entry),
            title=str(entry.get("title") or ""),
            title_is_html=_is_html(title_detail),
            summary=str(entry.get("summary") or ""),
            summary_is_html=_is_html(summary_detail),
            content=content,
            content_is_html=_is_html(content_detail),
            published_at=_date(entry),
            language=str(
                title_detail.get("language") or content_detail.get("language") or language
            ),
            base=str(base or url),
            further_ids=tuple(str(name) for name in further if name),
            item_hash=item_hash,
        )


def _link(entry: Any) -> str:
    """Return where `entry` leads: its first link to a page, else whatever feedparser calls its link."""
    pages = [x for x in entry.get("links") or () if x.get("rel") == "alternate" and x.get("href")]
    best = next((x for x in pages if "html" in (x.get("type") or "text/html")), None)
    if best or pages:
        return str((best or pages[0]).get("href"))
    # Without a link, feedparser takes the id for one, even where it is a bare word or number.
    named = str(entry.get("link") or "")
    return named if "/" in named else ""


def _content(entry: Any) -> tuple[str, Any]:
    """Return the fullest content of `entry` that is text, and its details."""
    candidates = [c for c in entry.get("content") or () if _is_words(c)]
    if not candidates:
        return "", {}
    best = max(candidates, key=lambda c: str(c.get("type")) in _HTML_TYPES)
    return str(best.get("value") or ""), best


def _is_words(detail: Any) -> bool:
    kind = str(detail.get("type") or "text/html").lower()
    if kind.startswith("application/"):
        return kind.endswith(("xml", "html"))
    return not kind.startswith(("image/", "audio/", "video/", "multipart/"))


def _is_html(detail: Any) -> bool:
    # feedparser has already looked whether RSS text is HTML; Atom says so itself.
    return str(detail.get("type") or "text/html").lower() != "text/plain"


def _date(entry: Any) -> datetime | None:
    """Return when `entry` was published, else updated; a date that cannot be read is no date."""
    for name in ("published", "updated", "created"):
        # dict.get, since feedparser's own answers "updated" with "published" and a warning.
        written = dict.get(entry, name)
        found = read_date(written) if isinstance(written, str) else None
        found = found or _from_tuple(dict.get(entry, f"{name}_parsed"))
        if found:
            return found
    return None


def _from_tuple(moment: Any) -> datetime | None:
    if not moment:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), tz=UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
