"""Finds many phrases at once in a text, word by word.

A phrase is a few words; `*` at a word's beginning or end stands for any letters ("strateg*", "*bericht").
Capitals do not matter, and apostrophes and hyphens part words, in phrases as in texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

# A word (dots inside belong to it: nps.gov, 1.5), or a mark that parts one statement from the next.
_TOKEN = re.compile(r"[^\W_]+(?:\.[^\W_]+)*|\s[-–—]+(?=\s)|[:;.!?|()•·¿¡\n]")
STOP = "\n"  # how a parting mark stands in a list of words
_PHRASE_WORD = re.compile(r"\*?[^\W_]+(?:\.[^\W_]+)*\*?")
_REMEMBERED = 50_000
_USUAL = 16  # characters of a word and what parts it from the next, at most as a rule


def words_of(text: str, *, most: int) -> list[str]:
    """Return the words of `text`, at most `most`, in small letters; marks between them are `STOP`."""
    folded = text.casefold()
    # Of a text that cannot have many more words than are asked for, all are taken at once: that is quicker.
    if len(folded) <= most * _USUAL:
        tokens = _TOKEN.findall(folded)[:most]
    else:
        tokens = [match.group() for match in islice(_TOKEN.finditer(folded), most)]
    return [token if token[0].isalnum() else STOP for token in tokens]


def phrase_words(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as `Finder` takes them, with their `*`."""
    return tuple(_PHRASE_WORD.findall(phrase.casefold()))


@dataclass(slots=True)
class _Node(Generic[T]):
    after: dict[int, _Node[T]] = field(default_factory=dict)
    value: T | None = None


class Found(NamedTuple, Generic[T]):
    """A phrase found in the words `start` to `end` (exclusive)."""

    start: int
    end: int
    value: T


class Finder(Generic[T]):
    """Finds the longest phrase at each place, from left to right, without overlaps."""

    def __init__(self, phrases: Iterable[tuple[Sequence[str], T]]) -> None:
        """Take (words, value) pairs. Where two phrases are the same, the first keeps its value."""
        self._root: _Node[T] = _Node()
        self._exact: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._suffixes: dict[str, int] = {}
        self._infixes: dict[str, int] = {}
        self._known: dict[str, tuple[int, ...]] = {}
        # What begins with a word: the value where it is a phrase by itself, and what may go on. () is nothing.
        self._starts: dict[str, tuple[T | None, tuple[_Node[T], ...]] | tuple[()]] = {}
        count = 0
        for words, value in phrases:
            node = self._root
            for word in words:
                bare = word.strip("*")
                table = {
                    (False, False): self._exact,
                    (False, True): self._prefixes,
                    (True, False): self._suffixes,
                    (True, True): self._infixes,
                }[word.startswith("*"), word.endswith("*")]
                number = table.get(bare)
                if number is None:
                    number = table[bare] = count
                    count += 1
                node = node.after.setdefault(number, _Node())
            if node is not self._root and node.value is None:
                node.value = value

    def _numbers(self, word: str) -> tuple[int, ...]:
        known = self._known.get(word)
        if known is None:
            found = [self._exact[word]] if word in self._exact else []
            for size in range(len(word), 0, -1):
                if (number := self._prefixes.get(word[:size])) is not None:
                    found.append(number)
                if (number := self._suffixes.get(word[-size:])) is not None:
                    found.append(number)
            found += [number for part, number in self._infixes.items() if part in word]
            known = tuple(found)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[word] = known
        return known

    def find(self, words: Sequence[str]) -> list[Found[T]]:
        """Return the phrases among `words`, in order."""
        found: list[Found[T]] = []
        starts = self._starts
        end = 0
        # Most words begin nothing, and are passed over here.
        for position in [place for place, word in enumerate(words) if starts.get(word, True)]:
            if position < end:
                continue
            word = words[position]
            begun = starts.get(word)
            if begun is None:
                begun = self._start(word)
            if not begun:
                continue
            value, nodes = begun
            if nodes:
                longest = self._longest(words, position, value, nodes)
            else:
                longest = None if value is None else Found(position, position + 1, value)
            if longest is not None:
                found.append(longest)
                end = longest.end
        return found

    def _start(self, word: str) -> tuple[T | None, tuple[_Node[T], ...]] | tuple[()]:
        # Where several patterns fit a word, the most exact comes first.
        after = self._root.after
        nodes = [after[number] for number in self._numbers(word) if number in after]
        value = next((node.value for node in nodes if node.value is not None), None)
        begun = (value, tuple(node for node in nodes if node.after)) if nodes else ()
        if len(self._starts) >= _REMEMBERED:
            self._starts.clear()
        self._starts[word] = begun
        return begun

    def _longest(
        self, words: Sequence[str], start: int, value: T | None, nodes: Sequence[_Node[T]]
    ) -> Found[T] | None:
        end = position = start + 1
        total = len(words)
        while nodes and position < total:
            numbers = self._numbers(words[position])
            if not numbers:
                break
            following = [
                node.after[number] for number in numbers for node in nodes if number in node.after
            ]
            position += 1
            for node in following:
                if node.value is not None:
                    value, end = node.value, position
                    break
            nodes = [node for node in following if node.after]
        return None if value is None else Found(start, end, value)
