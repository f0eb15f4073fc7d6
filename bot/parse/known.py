"""Items that are known byte for byte, taken out before the feed is read; and when a feed asks to be left alone.

A feed that is asked again holds mostly what it held before. Finding that out costs a thousandth of reading it:
each item has a hash of its bytes, and what has a known hash says nothing new. An edited item has another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import timedelta

from lxml import etree

from bot.parse.entries import MAX_ENTRIES, VERSION
from bot.values import Rhythm

_XML = "{http://www.w3.org/XML/1998/namespace}"
_NAMES = ("guid", "id", "link")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DIGITS = 24  # hexadecimal, of a hash; enough that no two items of a source ever meet
_MOST = 10**6  # a larger number in a ttl or a frequency is a mistake


def take_out(
    root: etree._Element, known: Collection[str], *, url: str, language: str
) -> tuple[list[str], list[str]]:
    """Take the items whose hash is in `known` out of the feed at `root`.

    Returns the hashes of the items left, in their order, and of those taken out. Nothing is taken out,
    and there are no hashes, where an item cannot be understood without its neighbours: nested items, or two
    that share an id or a link.
    """
    items = [e for e in root.iter("{*}item", "{*}entry") if e.getparent() is not None]
    if not items or len(items) > MAX_ENTRIES or _are_entangled(items):
        return [], []
    # What an item inherits belongs to what it says.
    salt = "\n".join((VERSION, url, language, *_inherited(root))).encode()
    left: list[str] = []
    taken: list[str] = []
    for item in items:
        written = etree.tostring(item, encoding="utf-8", with_tail=False)
        digest = hashlib.sha256(salt + written).hexdigest()[:_DIGITS]
        parent = item.getparent()
        if digest in known and parent is not None:
            parent.remove(item)
            taken.append(digest)
        else:
            left.append(digest)
    return left, taken


def _are_entangled(items: list[etree._Element]) -> bool:
    own = set(items)
    seen: set[str] = set()
    for item in items:
        if any(ancestor in own for ancestor in item.iterancestors()):
            return True
        names = {
            text
            for child in item
            if isinstance(child.tag, str) and etree.QName(child).localname in _NAMES
            if (text := (child.text or child.get("href") or "").strip())
        }
        if names & seen:
            return True
        seen |= names
    return False


def _inherited(root: etree._Element) -> Iterator[str]:
    for element in _heads(root):
        yield element.get(f"{_XML}base") or ""
        yield element.get(f"{_XML}lang") or ""
        for child in element:
            if isinstance(child.tag, str) and etree.QName(child).localname == "language":
                yield child.text or ""


def _heads(root: etree._Element) -> Iterator[etree._Element]:
    yield root
    for child in root:
        if isinstance(child.tag, str) and etree.QName(child).localname == "channel":
            yield child


def rhythm_of(root: etree._Element) -> Rhythm:
    """Read `ttl` (minutes), `skipHours`, `skipDays` (RSS 2.0) and `sy:updatePeriod` (RSS 1.0 module)."""
    said: dict[str, str] = {}
    hours: set[int] = set()
    days: set[int] = set()
    for parent in _heads(root):
        for child in parent:
            if not isinstance(child.tag, str):
                continue
            name = etree.QName(child).localname.lower()
            if name in ("ttl", "updateperiod", "updatefrequency"):
                said.setdefault(name, (child.text or "").strip().lower())
            elif name == "skiphours":
                # Some number the hours from 1 to 24.
                hours |= {n % 24 for e in child if (n := _number(e.text)) is not None and n <= 24}
            elif name == "skipdays":
                written = ((e.text or "").strip().lower() for e in child)
                days |= {_DAYS.index(day) for day in written if day in _DAYS}
    waits = []
    if minutes := _number(said.get("ttl")):
        waits.append(timedelta(minutes=minutes))
    if period := _PERIODS.get(said.get("updateperiod", "")):
        waits.append(period / (_number(said.get("updatefrequency")) or 1))
    # Who asks for silence in every hour or on every day has made a mistake.
    return Rhythm(
        wait=max(waits) if waits else None,
        hours=frozenset(hours) if len(hours) < 24 else frozenset(),
        days=frozenset(days) if len(days) < 7 else frozenset(),
    )


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return min(int(text[:9]), _MOST) if text.isascii() and text.isdigit() else None
