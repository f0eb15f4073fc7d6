"""A bulletin as a flat list of lines with what can be seen of each: the form both readers produce."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

Signature = tuple[str, float]
"""How a heading looks, and its rank: the lower the number, the more it stands above."""

# A line longer than this is a paragraph, whatever its looks.
LONGEST_TITLE = 250

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_][\w'’.-]*")
_SENTENCE_END = re.compile(r"[.!?…。؟]['\"”’»)\]]*(?:\s|$)")
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad\u034f\u180e]")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look: bold or not, their size in pixels, the link they carry."""

    text: str
    bold: bool = False
    size: float = 16.0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An image as the page names it."""

    src: str
    alt: str = ""


@dataclass(slots=True)
class Line:
    """One line of a page: from one break to the next.

    `para` is shared by the lines of one paragraph. `rule` says that a rule stands before the line.
    `near` is how deep in the page's nesting the line and the one before still share a parent: an image
    belongs to the neighbour it shares more with. `sign` is what a text reader knows about a heading.
    """

    runs: tuple[Run, ...] = ()
    para: int = 0
    level: int = 0
    item: bool = False
    rule: bool = False
    near: int = 0
    region: str = ""
    titled: bool = False
    term: bool = False
    images: tuple[Image, ...] = ()
    sign: Signature | None = None
    text: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.text = squash("".join(run.text for run in self.runs))

    @property
    def hrefs(self) -> list[str]:
        """The links of the line, in order."""
        return [run.href for run in self.runs if run.href]


@dataclass(slots=True)
class Page:
    """What a reader found: the lines, and what the document says of itself."""

    lines: list[Line] = field(default_factory=list)
    subject: str = ""
    title: str = ""
    language: str = ""
    base: str = ""
    own: str = ""


def squash(text: str) -> str:
    """Give `text` on one line: every run of blanks and invisible marks becomes one space."""
    if not text.isascii():
        text = _INVISIBLE.sub(" ", text)
    return " ".join(text.split())


def has_letters(text: str) -> bool:
    """Say whether `text` holds a letter of any script."""
    return _LETTER.search(text) is not None


def words(text: str) -> list[str]:
    """Give the words and numbers of `text`."""
    return _WORD.findall(text)


def in_capitals(text: str) -> bool:
    """Say whether `text` is written in capitals (four letters at least)."""
    letters = [mark for mark in text if mark.isalpha()]
    return (
        len(letters) >= 4 and all(not mark.islower() for mark in letters) and text != text.lower()
    )


_ENOUGH_TO_TELL = 600  # characters that say whether a text says something


def is_sentence(text: str) -> bool:
    """Say whether `text` says something, as against a name, an address, a date or a table row.

    Scripts without capitals and without spaces between words count by length.
    """
    return _is_sentence(text[:_ENOUGH_TO_TELL])


# The same line is asked about by every step that reads it.
@lru_cache(maxsize=2048)
def _is_sentence(text: str) -> bool:
    found = words(text)
    if not found:
        return False
    small = len([word for word in found if word[0].islower()])
    if small * 2 < len(found):
        caseless = sum(1 for word in found if word[0].isalpha() and word.lower() == word.upper())
        if caseless * 2 > len(found):
            return len(text) >= 20
    if len(found) < 4:
        return False
    if _SENTENCE_END.search(text) and small >= 2 and small * 3 >= len(found):
        return True
    return len(found) >= 7 and small * 5 >= len(found) * 2


def is_short_sentence(text: str) -> bool:
    """Say whether `text` has a few words closed by a full stop: "On the green from noon."."""
    told = re.match(r"[^.!?…]{12,}[.!?…](?=\s|$)", text)
    return told is not None and len(words(told.group())) >= 4


def body_size(lines: Iterable[Line]) -> float:
    """Give the size in pixels in which most of the page's text is set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        if not line.level and not line.region:
            for run in line.runs:
                sizes[run.size] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 16.0


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines into paragraphs."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and groups[-1][-1].para == line.para and line.para:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
