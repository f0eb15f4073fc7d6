"""Which figures and names of a text its source lacks. Pure.

A draft may leave out, but not add. Figures are compared by what they are worth (`amounts`); a name is a word with a
capital that does not begin a statement, and stands in the source when a word there differs from it only in its ending,
in its beginning (as in Welsh), or in its language (Wales, Cymru).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from review.text.amounts import Figure, dates_in, days_in, figures_in, months_in
from review.text.numerals import MONTHS, TIMES
from review.text.places import other_names

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w&/])[#＃@＠]\w+")
_WORD = re.compile(r"[^\W\d_]\w*(?:[-'’&]\w+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;…|•·–—\n]|[\"“„«(‘¿¡\-*])\s*$")
# A further group of a number's digits: of "28 000" the 28 is no figure by itself.
_GROUP = r"['’\u00a0\u202f ]\d{3}(?!\d)"
# What stands beside a figure and is no name: Mio., M€, EUR.
_UNIT_AFTER = re.compile(r"\d[\s\u00a0\u202f]?$")
_CURRENCIES = frozenset(["eur", "gbp", "pln", "sek", "usd", "chf", "euro"])
_BETWEEN_NAMES = re.compile(r"\s+")
# Where every noun has a capital, a capital makes no name.
_NOUNS_WITH_CAPITALS = ("de",)
_STEM = 4  # letters in which a name and its inflected form agree at least
_ENDING = 3  # letters that an inflected form may have more
_SHORTEST = 3  # letters of a word that Welsh may have changed at its beginning
# What Welsh puts for the first letters of a word: its own, by what it becomes.
_CHANGED = (
    ("ngh", ("c",)),
    ("mh", ("p",)),
    ("nh", ("t",)),
    ("ng", ("g",)),
    ("ch", ("c",)),
    ("ph", ("p",)),
    ("th", ("t",)),
    ("dd", ("d",)),
    ("g", ("c",)),
    ("b", ("p",)),
    ("d", ("t",)),
    ("f", ("b", "m")),
    ("l", ("ll", "gl")),
    ("r", ("rh", "gr")),
    ("m", ("b",)),
    ("n", ("d",)),
    ("h", ("",)),
    ("w", ("gw",)),
    ("y", ("gy",)),
    ("a", ("ga",)),
    ("e", ("ge",)),
    ("o", ("go",)),
    ("i", ("gi",)),
)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a source says: its words, what its figures are worth, its months and its days."""

    words: frozenset[str]
    bare: frozenset[str]
    worth: frozenset[str]
    months: frozenset[int]
    days: frozenset[tuple[int, int]]


@lru_cache(maxsize=64)
def _read(source: str, language: str) -> _Source:
    whole = {_plain(word) for word in _WORD.findall(source)}
    # Of "Emilia-Romagna" either part may be said by itself.
    words = frozenset(whole | {part for word in whole for part in re.split(r"[-'&]", word)})
    worth = {
        one
        for figure in figures_in(source, language=language, one_way=True)
        for one in figure.worth
    }
    days = {(day, month) for _, day, month in days_in(source)} | dates_in(source)
    return _Source(
        words=words,
        bare=frozenset(map(_without_accents, words)),
        worth=frozenset(worth),
        months=frozenset(months_in(source)),
        days=frozenset(days),
    )


def unsupported(
    text: str, source: str, *, language: str = "", known: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the figures, days and names of `text` that `source` lacks, in order, each once.

    `language` (ISO 639-1) settles whether capitals make names, and which words are numbers; `known` are names that
    need no source. Addresses, hashtags and mentions do not count. Without a source there is nothing to compare with.
    """
    if not source.strip():
        return ()
    language = language.partition("-")[0].lower()
    text = _TAG.sub(" ", _ADDRESS.sub(" ", text))
    read = _read(source, language)
    found = [*_figures(text, source, read, language)]
    found += _days(text, read, found)
    if language not in _NOUNS_WITH_CAPITALS:
        familiar = {_plain(part) for name in known for part in _WORD.findall(name)}
        found += _names(text, read, familiar)
    return tuple(dict.fromkeys(found))


def _figures(text: str, source: str, read: _Source, language: str) -> Iterator[str]:
    figures = sorted(figures_in(text, language=language), key=lambda figure: figure.start)
    for figure in figures:
        if figure.worth.isdisjoint(read.worth) and not _stands_there(figure, source):
            yield figure.words.strip()


def _stands_there(figure: Figure, source: str) -> bool:
    """Say whether a figure stands in the source to the letter, whatever else it is a part of there."""
    place = re.escape(figure.words.strip())
    return re.search(rf"(?<![\w.,:]){place}(?!\w|[.,:]\d|{_GROUP})", source) is not None


def _days(text: str, read: _Source, lacking: Collection[str]) -> Iterator[str]:
    for words, day, month in days_in(text):
        known = (day, month) in read.days or month not in read.months
        if not known and words not in lacking and str(day) in read.worth:
            name = next(word for word in MONTHS if MONTHS[word] == month)
            yield f"{words} {_month_as_written(text, month) or name}"


def _month_as_written(text: str, month: int) -> str:
    return next((w for w in _WORD.findall(text) if MONTHS.get(w.casefold()) == month), "")


def _names(text: str, read: _Source, familiar: Collection[str]) -> Iterator[str]:
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
        low = _plain(word)
        is_unit = low in _CURRENCIES or (
            low in TIMES and _UNIT_AFTER.search(text, max(0, match.start() - 2), match.start())
        )
        if is_name and not is_unit and not _is_there(low, read, familiar):
            run.append(word)
        end = match.end()
    if run:
        yield " ".join(run)


def _is_there(word: str, read: _Source, familiar: Collection[str]) -> bool:
    if word in read.words or word in familiar or MONTHS.get(word) in read.months:
        return True
    parts = re.split(r"[-'&]", word)
    if len(parts) > 1 and all(len(part) < 2 or _is_there(part, read, familiar) for part in parts):
        return True
    if not other_names(word).isdisjoint(read.words):
        return True
    bare = _without_accents(word)
    if any(own in read.bare for own in _unchanged(bare)):
        return True
    stem = bare[: max(_STEM, len(bare) - 3)]
    if len(bare) == _SHORTEST:
        return any(other.startswith(bare) and len(other) <= _ENDING * 2 for other in read.bare)
    # The longer what they share, the longer an ending may be: Mazowsze, Mazowieckiego.
    ending = _ENDING if len(stem) == _STEM else _ENDING + 2
    return len(bare) >= _STEM and any(
        other.startswith(stem) and abs(len(other) - len(bare)) <= ending for other in read.bare
    )


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'")


def _unchanged(word: str) -> Iterator[str]:
    """Yield a word, and what it may be without the change that Welsh makes at its beginning."""
    yield word
    if len(word) < _SHORTEST:
        return
    for became, own in _CHANGED:
        if word.startswith(became):
            for letters in own:
                yield letters + word[len(became) :]


@lru_cache(maxsize=4096)
def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFKD", word.replace("ł", "l"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
