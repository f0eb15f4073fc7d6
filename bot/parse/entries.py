"""From what a source gave to entries: identity, plain titles, clean links, safe HTML.

The key of an entry is, in this order: the GovDelivery bulletin it links to; its own id; its link; a hash
of its title and content. An id that comes twice in one feed is told apart by the link, then by its number.
"""

from __future__ import annotations

import hashlib
import html as entities
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import links, markup
from bot.head import language_code
from bot.values import Entry

# Counts up when a feed would be read differently: every source is then asked once without conditions.
VERSION = "2"

# No publisher announces more in one file; the rest of a longer one is history.
MAX_ENTRIES = 2000
MAX_SUMMARY = 5000
MAX_TITLE = 1000
# So much markup holds more words than a summary may have.
_ENOUGH = 40_000

_URL_GUID = re.compile(r"https?://[^/]+(/.*)", re.IGNORECASE)
# A shorter path ("/", "/news/") says too little to know an item by it.
_TELLING_PATH = 12
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]+);", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Raw:
    """One item as read from its format, before anything is decided about it.

    `title` and `summary` are HTML where `title_is_html`, `summary_is_html` say so; `base` is what relative
    addresses are seen from; `further_ids` are other names the source gives the same item.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    title_is_html: bool = True
    summary: str = ""
    summary_is_html: bool = True
    content: str = ""
    content_is_html: bool = True
    published_at: datetime | None = None
    language: str = ""
    base: str = ""
    further_ids: tuple[str, ...] = ()
    item_hash: str = ""


def plain(text: str, *, is_html: bool = True) -> str:
    """Return `text` on one line as plain text.

    Where it is no HTML, tags are words; entities are still decoded, since sources escape twice.
    """
    if is_html:
        return markup.to_text(text)
    return markup.fold(entities.unescape(text) if _ENTITY.search(text) else text)


def assemble(raws: Iterable[Raw]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Make entries of `raws`, in their order; also return what was odd, in plain sentences."""
    problems: list[str] = []
    kept: list[tuple[Raw, str, str]] = []
    empty = beyond = 0
    for raw in raws:
        link = links.clean(raw.link, base=raw.base)
        title = plain(raw.title[:_ENOUGH], is_html=raw.title_is_html)[:MAX_TITLE]
        if not (raw.guid.strip() or title or link):
            empty += 1
        elif len(kept) >= MAX_ENTRIES:
            beyond += 1
        else:
            kept.append((raw, title, link))
    if empty:
        problems.append(f"{_items(empty)} had no id, title or link and could not be used.")
    if beyond:
        problems.append(
            f"Only the first {MAX_ENTRIES} items were read; {beyond} more were left out."
        )
    return _entries(kept, problems), tuple(problems)


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"


def _entries(kept: Sequence[tuple[Raw, str, str]], problems: list[str]) -> tuple[Entry, ...]:
    keys = _keys(kept)
    repeated = len(kept) - len({first_key(raw, title, link) for raw, title, link in kept})
    if repeated:
        problems.append(f"{_items(repeated)} had the id of another item in the same feed.")
    found = [
        aliases_of(raw, link, key) for (raw, _title, link), key in zip(kept, keys, strict=True)
    ]
    # A name that two items share says nothing about either.
    uses = Counter(alias for aliases in found for alias in aliases)
    own = Counter(keys)
    return tuple(
        _entry(raw, title, link, key, tuple(a for a in aliases if uses[a] == 1 and not own[a]))
        for (raw, title, link), key, aliases in zip(kept, keys, found, strict=True)
    )


def _entry(raw: Raw, title: str, link: str, key: str, aliases: tuple[str, ...]) -> Entry:
    content, is_html = raw.content, raw.content_is_html
    if not content.strip():
        content, is_html = raw.summary, raw.summary_is_html
    source = content if is_html else entities.escape(content, quote=False)
    summary = plain(raw.summary[:_ENOUGH], is_html=raw.summary_is_html) or plain(
        content[:_ENOUGH], is_html=is_html
    )
    if len(summary) > MAX_SUMMARY:
        summary = summary[:MAX_SUMMARY].rsplit(" ", 1)[0] + "…"
    return Entry(
        key=key,
        title=title,
        link=link,
        summary=summary,
        html=markup.sanitise(source, base=raw.base) if source else "",
        published_at=raw.published_at,
        language=language_code(raw.language),
        aliases=aliases,
        page=page_of(link),
        item_hash=raw.item_hash,
    )


def first_key(raw: Raw, title: str, link: str) -> str:
    """Return the key of an item that has no twin: bulletin, own id, link, or hash of title and content."""
    if links.bulletin_id(link):
        return links.key(link)
    guid = " ".join(raw.guid.split())
    if guid:
        return guid
    if link:
        return link
    return (
        "hash:"
        + hashlib.sha256(
            "\n".join((title, raw.content or raw.summary)).encode("utf-8", "replace")
        ).hexdigest()
    )


def _keys(kept: Sequence[tuple[Raw, str, str]]) -> list[str]:
    taken: set[str] = set()
    keys: list[str] = []
    for number, (raw, title, link) in enumerate(kept):
        key = first = first_key(raw, title, link)
        if key in taken and link:
            key = f"{first}|{link}"
        while key in taken:
            key = f"{first}|{number}"
            number += 1
        taken.add(key)
        keys.append(key)
    return keys


def aliases_of(raw: Raw, link: str, key: str) -> tuple[str, ...]:
    """List the further keys by which the same item may come back."""
    names: list[str] = []
    guid = " ".join(raw.guid.split())
    for name in (guid, *raw.further_ids):
        names.append(name)
        web = _URL_GUID.fullmatch(name)
        if web:
            other = "http" if name[:5].lower() == "https" else "https"
            names += [f"{other}:{name.partition(':')[2]}", page_of(name)]
            if len(web[1]) >= _TELLING_PATH:
                names.append(web[1])
    names.append(page_of(link))
    if guid and link:
        names.append(f"{guid}|{link}")
    return tuple(dict.fromkeys(name for name in names if name and name != key))


def page_of(url: str) -> str:
    """Return the key of the page at `url`; "" for the front page of a site, which is no item's."""
    identity = links.key(url)
    return identity if any(mark in identity for mark in "/?") else ""
