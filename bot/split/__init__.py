"""One bulletin → its announcements: a page taken apart into the pieces a careful editor would name.

`page` and `plain` read HTML and text into lines, `outline` finds the headings, `leads` the items marked only
by their first words, `pieces` says what each part is, `single` keeps a page whole that is one announcement.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot import links
from bot.split import pieces, rivals, single, twins
from bot.split.outline import outline
from bot.split.page import read_html
from bot.split.part import piece
from bot.split.plain import read_text
from bot.split.titles import normalise_title, piece_key
from bot.values import Bulletin

__all__ = ["normalise_title", "piece_key", "split"]

_TAG = re.compile(
    r"<(?:!doctype|html|head|body|table|tr|td|div|p|h[1-6]|ul|ol|li|br|section|article|center|font|span|strong|b|em|a\s|img\s)[\s/>]?[^<>]*>",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"</(?:html|body|table|tr|td|div|p|h[1-6]|ul|ol|li|section|article|center|font|span|strong|b|em|a)\s*>",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)


def split(document: str, *, url: str = "", title: str = "", language: str = "") -> Bulletin:
    """Take a bulletin apart: HTML as served or as mailed, plain text, or text with Markdown marks.

    `url` is the page's address (relative links are resolved against it; a text copy's page breaks repeat
    it), `title` what its source calls it, used where the page does not name itself, `language` the one to keep of a page in two. Pieces come in page
    order, in the page's own words; those with `furniture` set are no announcements. A page that is one
    announcement gives one piece that is not furniture. Nothing raises: an empty or unreadable document
    gives a bulletin without pieces.
    """
    page = read_html(document) if is_html(document) else read_text(document, url=url)
    base = _base(page.base, url or page.own)
    nodes = outline(page)
    parts = pieces.parts_of(nodes)
    for lines in rivals.readings(page.lines, nodes, points=rivals.worth(parts)):
        other = outline(replace(page, lines=lines))
        rival = pieces.parts_of(other)
        if rivals.worth(rival) >= rivals.worth(parts) + 1:
            nodes, parts = other, rival
    pieces.once(parts, base=base)
    twins.set_aside(parts, language=language or page.language)
    heading = next((node.title for node in nodes if node.is_issue), "")
    own = page.subject or heading or title.strip() or _usable(page.title)
    parts = single.whole_if_one(parts, title=own)
    return Bulletin(
        title=own or next((part.title for part in parts if part.kind is None), ""),
        pieces=tuple(piece(part, base=base) for part in parts if part.is_shown),
        language=_language(page.language),
    )


def is_html(document: str) -> bool:
    """Say whether a document is HTML (a few tags in a text with Markdown marks do not make it so)."""
    start = document[:2000].lstrip("\ufeff \t\r\n")
    if start[:1] == "<" and _TAG.match(start) is not None:
        return True
    sample = document[:200_000]
    return len(_CLOSING.findall(sample)) + len(re.findall(r"<br\s*/?>", sample, re.IGNORECASE)) >= 2


def _base(base: str, url: str) -> str:
    return links.clean(base, base=url) or links.clean(url) if base else links.clean(url)


def _usable(title: str) -> str:
    """Give the document's title unless it is an unfilled field of a mailing system."""
    return "" if "*|" in title or "[[" in title or "{{" in title else title


def _language(language: str) -> str:
    tag = language.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""
