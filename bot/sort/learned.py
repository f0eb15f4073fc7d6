"""Weights that decide what a piece announces, learned from labelled rows (`python -m benchmarks.learning`).

A multinomial logistic regression: each mark of a piece (`features`) weighs for or against each kind, and the
sums decide. Weights lie in weights.csv, one mark a line, for people to read.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from bot.sort.features import Hints, features, letters
from bot.sort.phrases import STOP, Finder, phrase_words
from bot.sort.reading import Reading
from bot.sort.shelves import NO_SHELVES, Counts, Shelves, read_shelves

Weight = Counts
NO_WEIGHT: Weight = (0.0, 0.0, 0.0, 0.0)
LETTERS = 0.5  # what a group of letters counts, where a word counts 1
BIAS = "every piece"
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights by the names of marks, the classes of words (`hints`) of each language, and what addresses say."""

    weights: Mapping[str, Weight]
    hints: Mapping[str, Hints]
    shelves: Shelves = NO_SHELVES
    _of_words: dict[str, Weight] = field(default_factory=dict)

    def marks(self, reading: Reading, *, title: str, summary: str, place: str) -> set[str]:
        """Return the names of the marks of a piece, as `features` does."""
        return features(
            reading,
            title=title,
            summary=summary,
            place=place,
            hints=self.hints.get(reading.language.code, _NO_HINTS),
        )

    def weigh(self, marks: Iterable[str], title_words: Iterable[str]) -> Weight:
        """Return the sum of all weights for each of `LABELS`."""
        get = self.weights.get
        of_words = self._of_words
        found = [self.weights.get(BIAS, NO_WEIGHT)]
        found += [weight for mark in marks if (weight := get(mark))]
        found += [of_words.get(word) or self._of_word(word) for word in set(title_words)]
        # Marks come in any order, and sums of them differ in the last bits: rounded, one piece has one sum.
        plan, practice, report, other = (round(sum(of), 9) for of in zip(*found, strict=True))
        return (plan, practice, report, other)

    def _of_word(self, word: str) -> Weight:
        parts = () if word == STOP else letters(word)
        found = [self.weights[part] for part in parts if part in self.weights]
        plan, practice, report, other = (
            LETTERS * sum(one[index] for one in found) for index in range(4)
        )
        if len(self._of_words) >= _REMEMBERED:
            self._of_words.clear()
        self._of_words[word] = known = (plan, practice, report, other)
        return known


_NO_HINTS: Hints = Finder(())


@cache
def packaged() -> Learned:
    """Read the weights and classes that come with the package."""
    here = resources.files("bot.sort")
    return Learned(
        weights=read_weights(here.joinpath("weights.csv").read_text(encoding="utf-8")),
        hints=read_hints(here.joinpath("hints.toml").read_text(encoding="utf-8")),
        shelves=read_shelves(here.joinpath("shelves.toml").read_text(encoding="utf-8")),
    )


def read_weights(text: str) -> dict[str, Weight]:
    """Read weights.csv: a mark, then its weight for plan, practice, report and other, in hundredths."""
    rows = csv.reader(io.StringIO(text))
    next(rows, None)
    return {
        mark: (int(plan) / 100, int(practice) / 100, int(report) / 100, int(other) / 100)
        for mark, plan, practice, report, other in rows
    }


def read_hints(text: str) -> dict[str, Hints]:
    """Read hints.toml: for each language, classes of words. A phrase may be of several."""
    found: dict[str, Hints] = {}
    for code, table in tomllib.loads(text).items():
        classes: dict[tuple[str, ...], list[str]] = {}
        for name, phrases in table.items():
            for phrase in phrases:
                classes.setdefault(phrase_words(phrase), []).append(name)
        found[code] = Finder((words, tuple(names)) for words, names in classes.items())
    return found
