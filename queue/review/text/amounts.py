"""The figures in a text, by what they are worth: "1.234,5 Mio." and "1,234.5 million" are the same. Pure.

A number may be read in two ways ("1.250" is a thousand and more, or one and a quarter), so each has the set of what
it can be worth. Two figures are the same when they have a worth in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from review.text.numerals import MONTHS, NUMBERS, PERHAPS, TIMES

_SPACES = "\u00a0\u202f "
_NUMBER = re.compile(
    rf"(?<![\w.,])\d{{1,3}}(?:[.'’{_SPACES}]\d{{3}}(?!\d))+,\d+"  # 1.234,5 · 1 234,5 · 1'234,5
    rf"|(?<![\w.,])\d{{1,3}}(?:[,'’{_SPACES}]\d{{3}}(?!\d))+\.\d+"  # 1,234.5
    rf"|(?<![\w.,])\d{{1,3}}(?:[.,'’{_SPACES}]\d{{3}}(?!\d))+"
    r"|(?<!\w)\d+(?:[.,]\d+)?"
)
_TIME = re.compile(r"(?<![\w:])(\d{1,2})[:.h](\d{2})(?!\d)(?:\s*([ap])\.?m\b)?", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(\d{1,2})([./-]) ?(\d{1,2})\2 ?((?:19|20)\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2})-(\d{2})(?!\d)")
_YEARS = re.compile(r"(?<!\d)((?:19|20)(\d{2}))\s*[/–-]\s*(\d{2})(?!\d)")
_AFTER = re.compile(rf"[{_SPACES}]?([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")
_DAY_BEFORE = 24  # characters before a month in which its day stands
_DAY_AFTER = 8  # and after it: "May 3"
_DAY = re.compile(r"(?<![\d.,:])\d{1,2}(?![\d:]|[.,]\d)")
_LAST_DAY = 31
_AFTERNOON = 12
_GROUP = 3  # digits of a group of thousands
_POINT_FOR_DECIMALS = ("", "en", "cy")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stands in a text and where, and what it can be worth: numbers, or a time ("14:30")."""

    start: int
    words: str
    worth: frozenset[str]


def figures_in(text: str, *, language: str = "", one_way: bool = False) -> Iterator[Figure]:
    """Yield the figures of `text` in order of their kind: dates, times, numbers, and number words of `language`.

    With `one_way` a number such as "5,000" is read the one way that `language` has: in English five thousand.
    """
    points = ("." if language in _POINT_FOR_DECIMALS else ",") if one_way else ".,"
    taken: list[tuple[int, int]] = []
    for match in _DATE.finditer(text):
        taken.append(match.span())
        yield Figure(
            match.start(), match.group(), frozenset({_plain(match[1]), _plain(match[3]), match[4]})
        )
    for match in _ISO_DATE.finditer(text):
        taken.append(match.span())
        yield Figure(
            match.start(), match.group(), frozenset({match[1], _plain(match[2]), _plain(match[3])})
        )
    for match in _TIME.finditer(text):
        if ":" in match.group() and not _overlaps(match.span(), taken):
            taken.append(match.span())
            yield Figure(match.start(), match.group(), frozenset(_times(match)))
    for match in _YEARS.finditer(text):
        if not _overlaps(match.span(), taken):
            taken.append(match.span(3))
            yield Figure(
                match.start(3),
                match[3],
                frozenset({match[3].lstrip("0") or "0", match[1][:2] + match[3]}),
            )
    for match in _NUMBER.finditer(text):
        if not _overlaps(match.span(), taken):
            worth, words = _worth(match, text, points)
            yield Figure(match.start(), words, frozenset(worth))
    numbers = NUMBERS.get(language or "en", {})
    for match in _WORD.finditer(text):
        value = numbers.get(match.group().casefold())
        if value is not None:
            yield Figure(match.start(), match.group(), frozenset({str(value)}))


def days_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each month in words with a day beside it: the day as it stands, the day, and the month (1 to 12)."""
    for match in _WORD.finditer(text):
        month = MONTHS.get(match.group().casefold())
        if month is None:
            continue
        before = text[max(0, match.start() - _DAY_BEFORE) : match.start()]
        after = text[match.end() : match.end() + _DAY_AFTER]
        for part in (re.split(r"[;!?\n]", before)[-1], re.split(r"[;!?\n]", after)[0]):
            for day in _DAY.findall(part):
                if 1 <= int(day) <= _LAST_DAY:
                    yield day, int(day), month


def months_in(text: str) -> set[int]:
    """Return the months that a text names, in words or in dates."""
    found = {MONTHS[word] for word in _WORD.findall(text.casefold()) if word in MONTHS}
    for match in _DATE.finditer(text):
        found |= {int(match[1]), int(match[3])}
    return found | {int(match[2]) for match in _ISO_DATE.finditer(text)}


def dates_in(text: str) -> set[tuple[int, int]]:
    """Return the days (day, month) that a text has in figures; "3/4/2026" may be either."""
    found = {(int(m[1]), int(m[3])) for m in _DATE.finditer(text)}
    found |= {(month, day) for day, month in found}
    return found | {(int(m[3]), int(m[2])) for m in _ISO_DATE.finditer(text)}


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _plain(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _times(match: re.Match[str]) -> Iterator[str]:
    hour, minute, half = int(match[1]), match[2], (match[3] or "").lower()
    yield f"{hour}:{minute}"
    if half == "p" and hour < _AFTERNOON:
        yield f"{hour + _AFTERNOON}:{minute}"
    elif not half and hour > _AFTERNOON:
        yield f"{hour - _AFTERNOON}:{minute}"


def _worth(match: re.Match[str], text: str, points: str) -> tuple[set[str], str]:
    values = set(_readings(match.group(), points))
    after = _AFTER.match(text, match.end())
    word = after[1].casefold() if after else ""
    times = TIMES.get(word)
    words = match.group().strip()
    if after is None or times is None:
        return {_said(value) for value in values}, words
    attached = after.start(1) == match.end()
    money = text[match.start() - 1 : match.start()] in ("€", "£", "$") or attached
    multiplied = {value * times for value in values}
    if word in PERHAPS and not money:
        multiplied |= values
    return {_said(value) for value in multiplied}, text[match.start() : after.end()]


def _readings(number: str, points: str) -> Iterator[Decimal]:
    """Yield what a number can mean: its last mark parts thousands, or decimals where it is one of `points`."""
    bare = re.sub(rf"['’{_SPACES}]", "", number)
    marks = [mark for mark in bare if mark in ".,"]
    if not marks:
        yield Decimal(bare)
        return
    last = marks[-1]
    head, _, tail = bare.rpartition(last)
    digits = re.sub(r"[.,]", "", head)
    in_groups = len(tail) == _GROUP and len(set(marks)) == 1
    if marks.count(last) == 1 and (last in points or not in_groups):
        yield Decimal(f"{digits}.{tail}")
    if in_groups and (last not in points or len(points) > 1 or marks.count(last) > 1):
        yield Decimal(digits + tail)


def _said(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text.lstrip("0")) or "0"
