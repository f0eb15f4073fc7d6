"""How long a text is: X's weighted length, LinkedIn's characters, and what in a text is a link or an emoji.

X counts by the rules of twitter-text, configuration v3: a link is 23 however long, an emoji is 2, most
letters of European languages are 1, and everything else is 2. Links and emoji are found by
twitter-text-parser; the sum is made here, because the parser looks for emoji, slowly, in every text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from types import ModuleType
from typing import Any

# The parser's search for links takes very long over some texts, so that longer ones than this, and words
# with more dots than this ("a.a.a.…": 280 of them take 0.1 s, 1,000 take 1.6 s), never reach it.
MOST = 1_000
_MOST_DOTS = 20
LINK_WEIGHT = 23
_INNER_DOT = re.compile(r"(?<=[^.])\.(?=[^.])")
# What X counts as one: twitter-text's config/v3.json, "ranges". Everything else weighs two.
_WEIGHS_TWO = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
# No emoji without one of these: © ® ‼ ⁉, the keycap mark, or anything from the symbols upwards.
_PERHAPS_EMOJI = re.compile("[©®‼⁉\u20e3\u2100-\U0010ffff]")
_NEWLINE = re.compile(r"\r\n?")
# An address that X certainly takes whole, to be counted without the parser reading all of it.
_LONG_ADDRESS = re.compile(
    r"(?<!\S)(https?://(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,10})/[\w%/.~=&?+-]{100,3800}[\w/=](?!\S)",
    re.ASCII,
)


def _load() -> tuple[Callable[[str], list[dict[str, Any]]], re.Pattern[str]]:
    """Import twitter-text-parser.

    It reads its emoji table through `pkg_resources`, which setuptools no longer ships, so that one
    function of it is lent for the time of the import.
    """
    known = sys.modules.get("pkg_resources")
    lent = ModuleType("pkg_resources")
    lent.resource_string = _resource  # type: ignore[attr-defined]
    sys.modules["pkg_resources"] = lent
    try:
        from twitter_text.extract_urls import extract_urls_with_indices
        from twitter_text.regexp.emoji import emoji
    finally:
        if known is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = known
    return extract_urls_with_indices, emoji


def _resource(module: str, name: str) -> bytes:
    return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()


_find_addresses, _EMOJI = _load()


def weighted(text: str) -> int:
    """Return the length of `text` as X counts it, after NFC and with one character for a line break.

    What the parser must not read is counted on the safe side: a text of more than 1,000 characters, long
    addresses aside, by its characters, which is too long for X; and every dot in one with a monstrous word
    as a link more.
    """
    return _weighted(text)


@lru_cache(maxsize=512)
def _weighted(text: str) -> int:
    text = _shortened(text)
    if len(text) > MOST:
        return _weight(text)
    if _is_monstrous(text):
        return _weight(text) + LINK_WEIGHT * text.count(".")
    addresses = _spans(text)
    total = 0
    if addresses:
        kept = []
        end = 0
        for start, stop in addresses:
            kept.append(text[end:start])
            total += LINK_WEIGHT
            end = stop
        kept.append(text[end:])
        parts = kept
    else:
        parts = [text]
    for part in parts:
        if _PERHAPS_EMOJI.search(part):
            part, number = _EMOJI.subn("", part)
            total += 2 * number
        total += _weight(part)
    return total


def _weight(text: str) -> int:
    return len(text) + len(_WEIGHS_TWO.findall(text))


def _is_monstrous(text: str) -> bool:
    # Dots in a row are quick to pass over; what takes long is a dot with something on either side.
    return text.count(".") > _MOST_DOTS and any(
        len(_INNER_DOT.findall(word)) > _MOST_DOTS for word in text.split()
    )


def _shortened(text: str) -> str:
    text = _NEWLINE.sub("\n", unicodedata.normalize("NFC", text))
    return _LONG_ADDRESS.sub(r"\1/x", text) if len(text) > MOST else text


def _spans(text: str) -> list[tuple[int, int]]:
    return [
        (found["indices"][0], found["indices"][0] + len(found["url"]))
        for found in _find_addresses(text)
    ]


def addresses(text: str) -> tuple[str, ...]:
    """Return what X would make links of, in order, as it is written. Reads the first 1,000 characters only."""
    text = text[:MOST]
    return () if _is_monstrous(text) else tuple(text[start:end] for start, end in _spans(text))


def has_address(text: str) -> bool:
    """Say whether X would make a link of anything in `text`: an address, or a bare name like gov.wales.

    A text too long for X is searched in its first 1,000 characters only, and a monstrous word is taken
    for an address, the dearer of the two.
    """
    text = _shortened(text)[:MOST]
    return _is_monstrous(text) or bool(_spans(text))


def emoji_in(text: str) -> tuple[str, ...]:
    """Return the emoji of `text` in order; a sequence that shows as one picture is one."""
    if not _PERHAPS_EMOJI.search(text):
        return ()
    return tuple(found for found in _EMOJI.findall(text) if found not in "©®™")


def utf16(text: str) -> int:
    """Return the length of `text` in UTF-16 code units: an emoji counts as two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
