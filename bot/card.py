"""A page's link card: title, description, picture with its alt text, language versions. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from bot import head, links, markup
from bot.values import Card, Fetched

# Networks cut cards at about these lengths; a whole page in a description helps nobody.
MAX_TITLE = 300
MAX_DESCRIPTION = 500

# A paragraph shorter than this is a date, a byline or a label.
_MIN_PARAGRAPH = 60

_NOT_CONTENT = frozenset(("header", "footer", "nav", "aside", "form", "noscript", "button"))
_CONSENT = re.compile(
    r"\b(?:cookie|cookies|cwcis|cwcïau|javascript|browser|consent)\b", re.IGNORECASE
)


def read_card(body: bytes, *, url: str, content_type: str = "") -> Card:
    """Read what the page at `url` says of itself. Never raises: a page that says nothing gives a bare card.

    Open Graph first, then Twitter's names, then the page's own title, description and first paragraph. Links
    are absolute and without tracking; `url` in the card is the page's canonical address.
    """
    if content_type and not _is_page(content_type):
        return Card(url=links.clean(url))
    tree = markup.parse_html(markup.decode(body, content_type=content_type))
    meta = head.meta_of(tree)
    base = head.base_of(tree, url)
    title = _first(meta, "og:title", "twitter:title") or head.title_of(tree) or _heading(tree)
    description = _first(
        meta, "og:description", "twitter:description", "description", "dc.description"
    )
    image = links.clean(
        _first(
            meta,
            "og:image:secure_url",
            "og:image",
            "og:image:url",
            "twitter:image",
            "twitter:image:src",
        ),
        base=base,
    )
    return Card(
        url=head.canonical_of(tree, url=url, meta=meta),
        title=_short(markup.to_text(title), MAX_TITLE),
        description=_short(markup.to_text(description) or _lead(tree), MAX_DESCRIPTION),
        image=image,
        image_alt=_alt(tree, image=image, meta=meta, base=base) if image else "",
        language=head.language_of(tree, meta=meta),
        alternates=head.alternates_of(tree, url=url),
    )


def card_of(answer: Fetched) -> Card:
    """Read the card of a page as it was fetched."""
    return read_card(answer.body, url=answer.url, content_type=answer.content_type)


def _is_page(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or "html" in kind or kind in ("text/plain", "application/xml", "text/xml")


def _first(meta: dict[str, str], *names: str) -> str:
    return next((meta[name] for name in names if meta.get(name)), "")


def _heading(tree: HtmlElement) -> str:
    element = next(tree.iter("h1"), None)
    return markup.text_of(element) if element is not None else ""


def _lead(tree: HtmlElement) -> str:
    """Return the first real paragraph: in the main part where the page marks one."""
    for root in (*tree.iter("main"), *tree.iter("article"), tree):
        for element in root.iter("p"):
            if any(a.tag in _NOT_CONTENT for a in element.iterancestors()):
                continue
            text = markup.text_of(element)
            if len(text) >= _MIN_PARAGRAPH and not _CONSENT.search(text):
                return text
    return ""


def _alt(tree: HtmlElement, *, image: str, meta: dict[str, str], base: str) -> str:
    """Return the picture's alt text: as declared, else that of the same picture on the page."""
    declared = _first(meta, "og:image:alt", "twitter:image:alt")
    if declared:
        return markup.to_text(declared)
    wanted = _file(image)
    for element in tree.iter("img"):
        alt = markup.fold(element.get("alt") or "")
        if alt and _file(links.clean(element.get("src") or "", base=base)) == wanted:
            return alt
    return ""


def _file(image: str) -> str:
    """Return the name of a picture's file: sites serve one picture in many sizes from many folders."""
    return urlsplit(image).path.rpartition("/")[2].lower() or image


def _short(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"
