"""Titles made fit to be read: out of capitals, and cut where it does no harm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from itertools import pairwise

from review.text import emoji_in

ELLIPSIS = "…"
_WORD = re.compile(r"[^\W_]+(?:[’'&.-][^\W_]+)*")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?:]\s+)\W*$")
_TRAILING = " \t,;:–—-(/&+“„\"'«"
# Under this many letters a word in capitals is as likely an abbreviation: EU, NHS, OECD.
_ABBREVIATION = 4
_NOUNS_WITH_CAPITALS = ("de",)
# Words too small to end a cut title on.
_SMALL_WORDS = """
    a an the of for in on to and or with by from at as y yr ar i o am gan de la el en del los las con por para un una
    e di il da per su w na do z dla oraz och på för med av der die das und von für den dem des le les du et au aux
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def calm(title: str, *, words: Iterable[str], brands: Collection[str], language: str = "") -> str:
    """Return a title that is all in capitals in small letters; any other title as it is.

    Names are spelled as `brands` or the source's own `words` (its text) spell them; what has a figure in
    it, or is a short abbreviation that is no everyday word, stays.
    """
    letters = [letter for letter in title if letter.isalpha()]
    shouted = sum(letter.isupper() for letter in letters)
    if len(letters) < 8 or shouted < 0.9 * len(letters) or " " not in title.strip():
        return title
    spelled = _spellings(words)
    spelled.update({brand.casefold(): brand for brand in brands})

    def small(match: re.Match[str]) -> str:
        word = match.group()
        known = spelled.get(word.casefold())
        if known is not None:
            return known
        if any(letter.isdigit() for letter in word):
            return word
        low = word.lower()
        begins = bool(_SENTENCE_BEGINS.search(title[: match.start()]))
        is_noun_perhaps = language in _NOUNS_WITH_CAPITALS and len(low) >= _ABBREVIATION
        return low[:1].upper() + low[1:] if begins or is_noun_perhaps else low

    return _WORD.sub(small, title)


def _spellings(paragraphs: Iterable[str]) -> dict[str, str]:
    """How the source spells words that are not in small letters inside its sentences."""
    found: dict[str, str] = {}
    small: set[str] = set()
    for paragraph in paragraphs:
        if paragraph.isupper():
            continue
        for match in _WORD.finditer(paragraph):
            word = match.group()
            if word.islower():
                small.add(word)
            elif not _SENTENCE_BEGINS.search(paragraph[: match.start()][-12:]):
                found.setdefault(word.casefold(), word)
    return {key: word for key, word in found.items() if key not in small}


def cut(title: str, *, fits: Callable[[str], bool]) -> str:
    """Return the longest beginning of `title` that `fits`, with "…", or the whole title when that fits.

    The cut falls between words, and never inside a link, a number with its unit, a name of several words, a
    hashtag or an emoji. Text without spaces is cut between letters. Returns "" when nothing fits.
    """
    if fits(title):
        return title
    for places in (_places_between_words(title), _places_between_letters(title)):
        best = _longest(title, places, fits)
        if best:
            return best
    return ""


def _longest(title: str, places: list[int], fits: Callable[[str], bool]) -> str:
    low, high = 0, len(places) - 1
    best = ""
    while low <= high:
        middle = (low + high) // 2
        candidate = _closed(title[: places[middle]])
        if candidate and fits(candidate):
            best = candidate
            low = middle + 1
        else:
            high = middle - 1
    return best


def _closed(beginning: str) -> str:
    words = beginning.rstrip(_TRAILING).split(" ")
    while len(words) > 1 and words[-1].casefold().strip(_TRAILING) in _SMALL:
        words.pop()
    kept = " ".join(words).rstrip(_TRAILING + ".…")
    return kept + ELLIPSIS if kept else ""


def _places_between_words(title: str) -> list[int]:
    tokens = list(re.finditer(r"\S+", title))
    good = []
    loose = []
    for this, following in pairwise(tokens):
        a, b = this.group(), following.group()
        ends_statement = a[-1] in ",;:.!?–—-)”»"
        name = a[:1].isupper() and b[:1].isupper()
        number = _has_figure(a) or (a[:1].isupper() and _has_figure(b))
        if ends_statement or not number:
            loose.append(this.end())
            if ends_statement or not name:
                good.append(this.end())
    # In a Title Where Every Word Has a Capital a capital says nothing.
    return good if len(good) >= len(loose) / 4 else loose


def _has_figure(token: str) -> bool:
    return any(letter.isdigit() for letter in token)


def _places_between_letters(title: str) -> list[int]:
    """Where a text without spaces may be cut: between letters that stand for themselves (Chinese, Thai)."""
    first = re.search(r"\S+", title)
    if first is None or not _is_plain(first.group()):
        return []
    start, end = first.span()
    return [
        place
        for place in range(start + 1, end)
        if not unicodedata.combining(title[place]) and title[place].isalpha()
    ]


def _is_plain(token: str) -> bool:
    """A token that is no link, hashtag, mention, number or row of emoji."""
    return not (
        token.startswith(("#", "@", "＃", "＠"))
        or "." in token
        or "/" in token
        or _has_figure(token)
        or emoji_in(token)
    )
