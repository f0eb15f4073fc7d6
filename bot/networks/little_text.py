r"""LinkedIn's "little text": the notation of a post's `commentary`. Pure.

Fifteen characters are reserved and need a backslash wherever they stand; a post with one too few is
accepted and silently cut at that place. A hashtag is written ``#Word``, or ``{hashtag|\#|Wörd}`` for words
that are more than ASCII letters and digits. A mention is written ``@[Name](urn:li:organization:1)`` and reads
as the name alone. Only `commentary` is little text: a backslash in an article's
title or description would be shown.

Source: Microsoft Learn, LinkedIn, "little Text Format".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

RESERVED = "\\|{}@[]()<>#*_~"

# The marks that follow a letter in decomposed text (w + circumflex) belong to the word.
_WORD = r"[\w\u0300-\u036f]+"
_ADDRESS = r"https?://\S+"  # a "#", or a name, inside an address is a part of the address
_SPECIAL = rf"(?<![\w&/#\u0300-\u036f])\#(?P<tag>{_WORD})|[{re.escape(RESERVED)}]"
_PIECE = re.compile(rf"{_ADDRESS}|{_SPECIAL}", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_NOTATION = re.compile(
    r"\\(?P<char>.)"
    r"|\{hashtag\|\\?[#＃]\|(?P<tag>(?:\\.|[^\\{}|])+)\}"
    r"|@\[(?P<name>(?:\\.|[^\\\[\]])*)\]\((?:\\.|[^\\()])*\)",
    re.DOTALL,
)


def escape(text: str, *, mentions: Mapping[str, str] | None = None) -> str:
    """Write `text` as little text, so that followers read exactly `text`, its hashtags as hashtags.

    `mentions` are names of pages and people with their URNs. The first time that such a name stands in the
    text, spelled just so, it becomes a mention, which reads as the name.
    """
    known = _known(mentions)
    if not known:
        return _PIECE.sub(_escaped, text)
    left = dict(known)

    def written(match: re.Match[str]) -> str:
        name = match["mention"]
        if name is None:
            return _escaped(match)
        urn = left.pop(name, None)
        return _plain(name) if urn is None else _mention(name, urn)

    return _piece_with(known).sub(written, text)


def mentioned(text: str, *, mentions: Mapping[str, str]) -> tuple[str, ...]:
    """Return the mentions that `escape` makes of names in `text`, in order, as LinkedIn gets them."""
    known = _known(mentions)
    if not known:
        return ()
    found = dict.fromkeys(match["mention"] for match in _piece_with(known).finditer(text))
    return tuple(_mention(name, known[name]) for name in found if name is not None)


def _known(mentions: Mapping[str, str] | None) -> dict[str, str]:
    return {name: urn for name, urn in (mentions or {}).items() if name.strip()}


def _piece_with(known: Mapping[str, str]) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    name = rf"(?<![\w#])(?P<mention>(?-i:{names}))(?!\w)"
    return re.compile(rf"{_ADDRESS}|{name}|{_SPECIAL}", re.IGNORECASE)


def _mention(name: str, urn: str) -> str:
    return f"@[{_plain(name)}]({_plain(urn)})"


def _escaped(match: re.Match[str]) -> str:
    tag = match["tag"]
    if tag is None or not _LETTER.search(tag):
        return _plain(match[0])
    if tag.isascii() and "_" not in tag:
        return f"#{tag}"
    return f"{{hashtag|\\#|{_plain(tag)}}}"


def _plain(text: str) -> str:
    return "".join(f"\\{char}" if char in RESERVED else char for char in text)


def unescape(little_text: str) -> str:
    """Return what followers read where LinkedIn stores `little_text`; a mention reads as its name.

    Lenient: what is not valid notation stays as it is.
    """
    return _NOTATION.sub(_read, little_text)


def _read(match: re.Match[str]) -> str:
    if match["char"] is not None:
        return match["char"]
    if match["tag"] is not None:
        return f"#{unescape(match['tag'])}"
    return unescape(match["name"])
