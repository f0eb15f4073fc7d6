"""Which figures and names of a text its source lacks. Pure.

A draft may leave out, but not add. A figure is compared by its digits ("28,000" is "28 000"); a name is a word
with a capital that does not begin a statement, and stands in the source when a word there differs from it only
in its ending or, as in Welsh, its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w&/])[#＃@＠]\w+")
_FIGURE = re.compile(r"(?<![^\W\d_])\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,:]\d+)?")
_BETWEEN_DIGITS = re.compile(r"[^\d]")
_WORD = re.compile(r"[^\W\d_]\w*(?:[-'’&]\w+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;…|•–—\n]|[\"“„«(‘¿¡\-*])\s*$")
_BETWEEN_NAMES = re.compile(r"\s+")
# Where every noun has a capital, a capital makes no name.
_NOUNS_WITH_CAPITALS = ("de",)
_NUMBER_WORDS = {
    "1": "one",
    "2": "two",
    "3": "three",
    "4": "four",
    "5": "five",
    "6": "six",
    "7": "seven",
    "8": "eight",
    "9": "nine",
    "10": "ten",
    "11": "eleven",
    "12": "twelve",
}
_STEM = 4  # letters in which a name and its inflected form agree at least
_MUTATED = 2  # letters that Welsh may change at a word's beginning


def unsupported(
    text: str, source: str, *, language: str = "", known: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the figures and names of `text` that `source` lacks, in order, each once.

    `language` (ISO 639-1) settles whether capitals make names; `known` are names that need no source.
    Addresses, hashtags and mentions do not count. Without a source there is nothing to compare with.
    """
    if not source.strip():
        return ()
    text = _TAG.sub(" ", _ADDRESS.sub(" ", text))
    source_words = {word.casefold() for word in _WORD.findall(source)}
    found = [*_figures(text, source, source_words)]
    if language.partition("-")[0].lower() not in _NOUNS_WITH_CAPITALS:
        familiar = {part.casefold() for name in known for part in _WORD.findall(name)}
        found += _names(text, source_words | familiar)
    return tuple(dict.fromkeys(found))


def _figures(text: str, source: str, source_words: Collection[str]) -> Iterator[str]:
    there = {_BETWEEN_DIGITS.sub("", figure) for figure in _FIGURE.findall(source)}
    # "2019/20" and "12.5.2024" are figures one by one as well.
    there |= set(re.findall(r"\d+", source))
    for figure in _FIGURE.findall(text):
        digits = _BETWEEN_DIGITS.sub("", figure)
        if digits not in there and _NUMBER_WORDS.get(digits) not in source_words:
            yield figure.strip()


def _names(text: str, there: Collection[str]) -> Iterator[str]:
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match.group()
        is_name = word[0].isupper() and not _BEGINS.search(
            text, max(0, match.start() - 8), match.start()
        )
        is_beside = _BETWEEN_NAMES.fullmatch(text[end : match.start()]) is not None
        if run and not (is_name and is_beside):
            yield " ".join(run)
            run = []
        if is_name and not _is_there(word.casefold(), there):
            run.append(word)
        end = match.end()
    if run:
        yield " ".join(run)


def _is_there(word: str, there: Collection[str]) -> bool:
    if word in there:
        return True
    parts = re.split(r"[-'’&]", word)
    if len(parts) > 1 and all(part in there or len(part) < 2 for part in parts):
        return True
    stem = word[: max(_STEM, len(word) - 3)]
    tail = word[_MUTATED:]
    return len(word) >= _STEM and any(
        (other.startswith(stem) and abs(len(other) - len(word)) <= 3)
        or (len(tail) >= _STEM and other.endswith(tail) and len(other) - len(tail) <= _MUTATED)
        for other in there
    )
