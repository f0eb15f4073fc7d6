"""Finds many phrases at once in a text, word by word.

A phrase is a few words; `*` at a word's beginning or end stands for any letters ("strateg*", "*bericht").
Capitals do not matter, and apostrophes and hyphens part words, in phrases as in texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

# A word (dots inside belong to it: nps.gov, 1.5), or a mark that parts one statement from the next.
_TOKEN = re.compile(r"[^\W_]+(?:\.[^\W_]+)*|\s[-–—]+(?=\s)|[:;.!?|()•·¿¡\n]")
STOP = "\n"  # how a parting mark stands in a list of words
_PHRASE_WORD = re.compile(r"\*?[^\W_]+(?:\.[^\W_]+)*\*?")
_REMEMBERED = 50_000


def words_of(text: str, *, most: int) -> list[str]:
    """Return the words of `text`, at most `most`, in small letters; marks between them are `STOP`."""
    found = []
    for match in _TOKEN.finditer(text.casefold()):
        token = match.group()
        found.append(token if token[0].isalnum() else STOP)
        if len(found) == most:
            break
    return found


def phrase_words(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as `Finder` takes them, with their `*`."""
    return tuple(_PHRASE_WORD.findall(phrase.casefold()))


@dataclass(slots=True)
class _Node(Generic[T]):
    after: dict[int, _Node[T]] = field(default_factory=dict)
    value: T | None = None


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
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
        self._starts: dict[str, tuple[_Node[T], ...]] = {}
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
        position = 0
        total = len(words)
        starts = self._starts
        while position < total:
            word = words[position]
            nodes = starts.get(word)
            if nodes is None:
                nodes = self._start(word)
            best = self._longest(words, position, nodes) if nodes else None
            if best is None:
                position += 1
            else:
                found.append(best)
                position = best.end
        return found

    def _start(self, word: str) -> tuple[_Node[T], ...]:
        # Where several patterns fit a word, the most exact comes first.
        after = self._root.after
        nodes = tuple(after[number] for number in self._numbers(word) if number in after)
        if len(self._starts) >= _REMEMBERED:
            self._starts.clear()
        self._starts[word] = nodes
        return nodes

    def _longest(
        self, words: Sequence[str], start: int, nodes: Sequence[_Node[T]]
    ) -> Found[T] | None:
        best: Found[T] | None = None
        position = start + 1
        while True:
            goes_on = False
            for node in reversed(nodes):
                if node.value is not None:
                    best = Found(start, position, node.value)
                goes_on = goes_on or bool(node.after)
            if position == len(words) or not goes_on:
                return best
            numbers = self._numbers(words[position])
            nodes = [
                node.after[number] for number in numbers for node in nodes if number in node.after
            ]
            if not nodes:
                return best
            position += 1
