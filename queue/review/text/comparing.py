"""What two texts share, and what one changed of the other, for people who read them side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Literal

# Longer texts are not compared: it would take too long, and nobody could read the result.
MOST_WORDS = 2_000
_WORDS = re.compile(r"\s+|[^\s]+")
_FIGURE = r"(?<![\w.])(?:\d[\d.,]*\d|\d)(?!\w)"
_CAPITALISED = r"\b[^\W\d_a-z][\w’'-]{2,}"
_FACT = re.compile(f"{_FIGURE}|{_CAPITALISED}")
# At the beginning of a sentence every word has a capital: only inside one is it likely a name.
_SURE = re.compile(rf"{_FIGURE}|(?<=[\w,;(] ){_CAPITALISED}")

Change = Literal["same", "added", "removed"]


def changes(old: str, new: str) -> tuple[tuple[Change, str], ...]:
    """Say word by word how `new` came from `old`; empty when they are the same, or too long to compare."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if old == new or max(len(before), len(after)) > MOST_WORDS:
        return ()
    found: list[tuple[Change, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", "".join(before[a:b])))
            continue
        if b > a:
            found.append(("removed", "".join(before[a:b])))
        if d > c:
            found.append(("added", "".join(after[c:d])))
    return tuple(found)


def facts(texts: Iterable[str]) -> frozenset[str]:
    """Return the figures of some texts, and the words with a capital inside a sentence."""
    return frozenset(found for text in texts for found in _SURE.findall(text))


def split_at(text: str, known: frozenset[str]) -> Iterator[tuple[bool, str]]:
    """Yield the parts of `text` in order, each with whether it is one of the `known` facts."""
    end = 0
    for match in _FACT.finditer(text):
        if match[0] in known:
            if match.start() > end:
                yield False, text[end : match.start()]
            yield True, match[0]
            end = match.end()
    if end < len(text):
        yield False, text[end:]
