"""What a web page says of itself in its head: address, metadata, language versions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from bot import links, markup


def base_of(tree: HtmlElement, url: str) -> str:
    """Return what the page's relative addresses are seen from: its `<base>`, else `url`."""
    for element in tree.iter("base"):
        found = links.resolve(element.get("href") or "", base=url)
        if found:
            return found
    return url


def meta_of(tree: HtmlElement) -> dict[str, str]:
    """Return the page's metadata by lower-case name or property; the first that says something counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            element.get("property") or element.get("name") or element.get("itemprop") or ""
        ).lower()
        content = markup.fold(element.get("content") or "")
        if name and content:
            found.setdefault(name.strip(), content)
    return found


def canonical_of(tree: HtmlElement, *, url: str, meta: dict[str, str]) -> str:
    """Return the page's own address, clean: canonical link, `og:url`, else `url`.

    A claim that points to another site or to the site's front page is a template's mistake, not this page.
    """
    here = links.clean(url)
    base = base_of(tree, url)
    claims = [link.get("href") or "" for link in _links(tree, "canonical")] + [
        meta.get("og:url", "")
    ]
    for claim in claims:
        found = links.clean(claim, base=base)
        if found and (not here or _is_same_page(found, here)):
            return found
    return here


def alternates_of(tree: HtmlElement, *, url: str) -> dict[str, str]:
    """Return the addresses of the same page in other languages, by plain language code."""
    base = base_of(tree, url)
    found: dict[str, str] = {}
    for link in _links(tree, "alternate"):
        code = language_code(link.get("hreflang") or "")
        address = links.clean(link.get("href") or "", base=base)
        if code and address:
            found.setdefault(code, address)
    return found


def language_of(tree: HtmlElement, *, meta: dict[str, str]) -> str:
    """Return the plain code of the language the page declares, or ""."""
    written = (
        tree.get("lang"),
        tree.get("xml:lang"),
        meta.get("og:locale"),
        meta.get("dc.language"),
    )
    return next((code for text in written if (code := language_code(text or ""))), "")


def language_code(text: str) -> str:
    """Return the plain language of a tag: "en" for "en-GB", "" for what is no tag."""
    code = re.split(r"[-_]", text.strip(), maxsplit=1)[0].lower()
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else ""


def title_of(tree: HtmlElement) -> str:
    """Return the words of the page's `<title>`, or ""."""
    element = next(tree.iter("title"), None)
    return markup.fold(str(element.text_content())) if element is not None else ""


def _links(tree: HtmlElement, rel: str) -> Iterator[HtmlElement]:
    return (e for e in tree.iter("link") if rel in (e.get("rel") or "").lower().split())


def _is_same_page(claimed: str, here: str) -> bool:
    claim, own = urlsplit(claimed), urlsplit(here)
    same_site = (claim.hostname or "").removeprefix("www.") == (own.hostname or "").removeprefix(
        "www."
    )
    is_front = not claim.path.strip("/") and not claim.query
    was_front = not own.path.strip("/") and not own.query
    return same_site and is_front == was_front
