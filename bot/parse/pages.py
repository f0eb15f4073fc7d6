"""Web pages as sources: listings, and the feeds that a page advertises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from bot import head, links, markup
from bot.parse.dates import read_date
from bot.parse.entries import Raw, assemble
from bot.parse.errors import BadSelector, NotAPage
from bot.values import Feed

_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
)


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors that find the items of a listing page, and the parts inside each item.

    `title` and `link` may match the item itself. An empty `date` or `summary` is not looked for.
    """

    item: str
    title: str = "a"
    link: str = "a"
    date: str = ""
    summary: str = ""


def discover(body: bytes, *, url: str, content_type: str = "") -> tuple[str, ...]:
    """List the feed addresses that a page advertises, in its order, each once."""
    tree = markup.parse_html(markup.decode(body, content_type=content_type))
    base = head.base_of(tree, url)
    found = (
        links.resolve(link.get("href") or "", base=base)
        for link in tree.iter("link")
        if "alternate" in (link.get("rel") or "").lower().split()
        and (link.get("type") or "").split(";")[0].strip().lower() in _FEED_TYPES
    )
    return tuple(dict.fromkeys(address for address in found if address))


def read_listing(
    body: bytes, *, url: str, selectors: Selectors, content_type: str = "", language: str = ""
) -> Feed:
    """Read a page that lists items, one entry for each match of `selectors.item`.

    Raises `BadSelector`, naming it, and `NotAPage` for an empty body. A page on which the selectors match
    nothing gives a feed without entries and a sentence in its problems: the page has changed.
    """
    select = {
        name: _selector(name, getattr(selectors, name))
        for name in ("item", "title", "link", "date", "summary")
    }
    text = markup.decode(body, content_type=content_type)
    if not text.strip():
        raise NotAPage("The server answered with an empty body instead of a page.")
    tree = markup.parse_html(text)
    base = head.base_of(tree, url)
    page_language = head.language_of(tree, meta=head.meta_of(tree)) or language
    items = select["item"](tree)
    raws = [_item(item, select=select, base=base, language=page_language) for item in items]
    entries, problems = assemble(_once(raws))
    if not items:
        problems += (
            f'Nothing on the page matches the item selector "{selectors.item}"; perhaps the page has changed.',
        )
    elif not any(entry.title for entry in entries):
        problems += (f'No item has anything that matches the title selector "{selectors.title}".',)
    elif not any(entry.link for entry in entries):
        problems += (f'No item has anything that matches the link selector "{selectors.link}".',)
    return Feed(
        entries=entries, title=head.title_of(tree), language=page_language, problems=problems
    )


_Select = Callable[[HtmlElement], Sequence[HtmlElement]]


def _selector(name: str, css: str) -> _Select:
    if not css.strip():
        if name == "item":
            raise BadSelector(
                'The item selector is empty; write which elements are the items, such as "li.news".'
            )
        return lambda _element: ()
    try:
        compiled = CSSSelector(css, translator="html")
        # Some mistakes show only when the selector is used.
        compiled(markup.parse_html(""))
    except (SelectorError, etree.XPathError, ValueError, TypeError, RecursionError) as error:
        reason = str(error).rstrip(".")
        raise BadSelector(f'The {name} selector "{css}" is not a CSS selector: {reason}.') from None

    def select(element: HtmlElement) -> Sequence[HtmlElement]:
        found = compiled(element)
        return [e for e in found if isinstance(e, HtmlElement)] if isinstance(found, list) else ()

    return select


def _item(item: HtmlElement, *, select: dict[str, _Select], base: str, language: str) -> Raw:
    title = next(iter(select["title"](item)), None)
    linked = next((a for a in select["link"](item) if _address(a)), None)
    dated = next(iter(select["date"](item)), None)
    summary = next(iter(select["summary"](item)), None)
    return Raw(
        link=links.clean(_address(linked), base=base) if linked is not None else "",
        title=markup.text_of(title) if title is not None else "",
        title_is_html=False,
        summary=markup.text_of(summary) if summary is not None else "",
        summary_is_html=False,
        published_at=_date_of(dated) if dated is not None else None,
        language=item.get("lang") or language,
        base=base,
    )


def _address(element: HtmlElement) -> str:
    """Return the address `element` leads to: its own, or that of the first link inside."""
    if element.get("href"):
        return element.get("href") or ""
    inner = next((a for a in element.iter("a") if a.get("href")), None)
    return (inner.get("href") or "") if inner is not None else ""


def _date_of(element: HtmlElement) -> datetime | None:
    inner = next(element.iter("time"), None)
    for written in (
        element.get("datetime"),
        inner.get("datetime") if inner is not None else None,
        element.get("content"),
        markup.text_of(element),
    ):
        found = read_date(written or "")
        if found:
            return found
    return None


def _once(raws: Sequence[Raw]) -> list[Raw]:
    """Drop items that lead where an earlier one leads: a teaser picture and its headline, say."""
    seen: set[str] = set()
    kept = []
    for raw in raws:
        identity = links.key(raw.link)
        if identity and identity in seen:
            continue
        seen.add(identity)
        kept.append(raw)
    return kept
