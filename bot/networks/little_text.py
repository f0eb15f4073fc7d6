r"""LinkedIn's "little text": the notation of a post's `commentary`. Pure.

Fifteen characters are reserved and need a backslash wherever they stand; a post with one too few is
accepted and silently cut at that place. A hashtag is written ``#Word``, or ``{hashtag|\#|Wörd}`` for words
that are more than ASCII letters and digits. Only `commentary` is little text: a backslash in an article's
title or description would be shown.

Source: Microsoft Learn, LinkedIn, "little Text Format".
"""

from __future__ import annotations

import re

RESERVED = "\\|{}@[]()<>#*_~"

# The marks that follow a letter in decomposed text (w + circumflex) belong to the word.
_WORD = r"[\w\u0300-\u036f]+"
_PIECE = re.compile(
    rf"(?P<url>https?://\S+)"  # a "#" in an address is no hashtag
    rf"|(?<![\w&/#\u0300-\u036f])\#(?P<tag>{_WORD})"
    rf"|[{re.escape(RESERVED)}]",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_NOTATION = re.compile(
    r"\\(?P<char>.)"
    r"|\{hashtag\|\\?[#＃]\|(?P<tag>(?:\\.|[^\\{}|])+)\}"
    r"|@\[(?P<name>(?:\\.|[^\\\[\]])*)\]\((?:\\.|[^\\()])*\)",
    re.DOTALL,
)


def escape(text: str) -> str:
    """Write `text` as little text, so that followers read exactly `text`, its hashtags as hashtags."""
    return _PIECE.sub(_escaped, text)


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
