"""What comes as JSON: JSON Feed 1.0 and 1.1 (jsonfeed.org), and GovDelivery's widget feed.

The widget feed is a call, not JSON: `GDWidgets[0].update([{"subject", "pub_date", "href"}, …]);`
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.head import language_code
from bot.parse.dates import read_date
from bot.parse.entries import Raw, assemble, plain
from bot.parse.errors import NotAFeed
from bot.values import Feed

_CALL = re.compile(r"\s*[\w.$\[\]\"']{1,80}\((.*)\)\s*;?\s*", re.DOTALL)
# JSON can escape what no text may hold: NUL, and halves of characters.
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_WIDGET_ROW = frozenset(("subject", "href"))


def looks_like_json(text: str) -> bool:
    """Tell whether `text` can be JSON, or JSON in a call."""
    start = text.lstrip()[:200]
    return start.startswith(("{", "[")) or bool(
        re.match(r"GDWidgets\b|[\w.$\[\]]{1,80}\(\s*[\[{]", start)
    )


def read(text: str, *, url: str, language: str) -> Feed:
    """Read a JSON Feed or a GovDelivery widget feed. Raises `NotAFeed` for other JSON."""
    call = _CALL.fullmatch(text)
    try:
        data = json.loads(call[1] if call else text)
    except (ValueError, RecursionError):
        raise NotAFeed("This looks like JSON but is broken off or not well-formed.") from None
    if isinstance(data, list) and all(
        isinstance(r, dict) and r.keys() >= _WIDGET_ROW for r in data
    ):
        entries, problems = assemble(_widget_rows(data, url=url, language=language))
        return Feed(entries=entries, language=language, problems=problems)
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(items, list):
        raise NotAFeed('This is JSON but no JSON Feed: it has no list of "items".')
    feed_language = language_code(_text(data, "language")) or language
    entries, problems = assemble(_items(items, url=url, language=feed_language))
    return Feed(
        entries=entries,
        title=plain(_text(data, "title"), is_html=False),
        language=feed_language,
        problems=problems,
    )


def _text(item: dict[str, Any], *names: str) -> str:
    """Return the first of `names` that holds words; numbers are written out (ids often are)."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and (words := _UNFIT.sub("", value).strip()):
            return words
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def _items(items: list[Any], *, url: str, language: str) -> Iterator[Raw]:
    for item in items:
        if not isinstance(item, dict):
            continue
        html = _text(item, "content_html")
        yield Raw(
            guid=_text(item, "id"),
            link=_text(item, "url", "external_url"),
            title=_text(item, "title"),
            title_is_html=False,
            summary=_text(item, "summary"),
            summary_is_html=False,
            content=html or _text(item, "content_text"),
            content_is_html=bool(html),
            published_at=read_date(_text(item, "date_published"))
            or read_date(_text(item, "date_modified")),
            language=_text(item, "language") or language,
            base=url,
        )


def _widget_rows(rows: list[Any], *, url: str, language: str) -> Iterator[Raw]:
    for row in rows:
        yield Raw(
            link=_text(row, "href"),
            title=_text(row, "subject"),
            published_at=read_date(_text(row, "pub_date"), us_order=True),
            language=language,
            base=url,
        )
