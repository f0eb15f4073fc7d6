"""Is a post that we read on a network the one that we sent? Pure.

The text decides, because two announcements of one bulletin may share their link. Networks change a text on
its way: they shorten addresses, normalise letters and spaces, append the address of a picture, or cut the
end off. Where the link is there, such changes are forgiven; where it is not, only the same text will do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from review.text import Content

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
# Invisible characters that networks drop.
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001f\u007f\u200b\u2060\ufeff]")
# A shorter beginning than this could be the beginning of many posts.
_ENOUGH = 40


def is_same(content: Content, *, text: str, links: Collection[str]) -> bool:
    """Say whether a post that reads `text` and leads to `links` is `content` as its network shows it.

    `text` has its addresses in full, as far as the network tells them.
    """
    if _bare(text) == _bare(content.text):
        return not (content.link and links) or _leads_to(content, links)
    ours, theirs = _words(content.text), _words(text)
    if not ours or not theirs:
        return False
    if not links:
        # The network names no addresses: what is left of the text has to do.
        return ours == theirs
    if not _leads_to(content, links):
        return False
    shorter, longer = sorted((ours, theirs), key=len)
    return ours == theirs or (
        len(shorter) >= _ENOUGH and longer.startswith(shorter.rstrip("…").rstrip())
    )


def _leads_to(content: Content, links: Collection[str]) -> bool:
    ours = {_address(url) for url in (content.link, *_ADDRESS.findall(content.text)) if url}
    return any(_address(link) in ours for link in links)


def _squeeze(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def _bare(text: str) -> str:
    """The text with addresses as X also reads them: without scheme and closing slash."""
    return " ".join(word.rstrip("/") for word in _SCHEME.sub("", _squeeze(text)).split(" "))


def _words(text: str) -> str:
    return _squeeze(_ADDRESS.sub(" ", text))


def _address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    rest = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return f"{parts.netloc.lower()}{unquote(rest).rstrip('/')}"
