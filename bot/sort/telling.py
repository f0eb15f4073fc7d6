"""What to tell a person of the weights: the words of a piece that spoke for its label, where the rules name none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.sort.learned import Learned
from bot.sort.phrases import STOP
from bot.sort.reading import Reading, Statement
from bot.sort.shelves import LABELS

# Classes of hints.toml whose words a person understands as a sign of the label.
_CLASSES = {
    "plan": ("plan", "plan?", "settled"),
    "practice": ("practice", "practice?", "opens", "outcomes"),
    "report": ("report", "report?", "research"),
    "other": ("other", "other?", "coming", "when"),
}
_WORDS = ("title word", "title pair", "summary word", "summary pair")
_WEIGHTY = 0.2
_SHORT = 4  # letters: of shorter words a person learns nothing


def telling(
    reading: Reading, marks: Iterable[str], *, learned: Learned, label: str, most: int
) -> tuple[str, ...]:
    """Return at most `most` phrases such as “survey of” in the title, that spoke for `label` (of `LABELS`).

    They are words of a class that goes with the label, or where there is none, those that weighed most.
    Everyday words explain nothing, whatever they weigh, so that nothing may be left to tell.
    """
    found = [*_of_classes(reading, learned, label)] or [*_of_weight(reading, marks, learned, label)]
    kept: dict[str, str] = {}
    for words, where in found:
        if len(kept) < most and not any(words in one or one in words for one in kept):
            kept[words] = where
    return tuple(f"“{words}” in the {where}" for words, where in kept.items())


def _of_classes(reading: Reading, learned: Learned, label: str) -> Iterator[tuple[str, str]]:
    hints = learned.hints.get(reading.language.code)
    if hints is None:
        return
    common = reading.language.common
    parts: Sequence[tuple[str, Sequence[Statement]]] = (
        ("title", reading.title),
        ("summary", reading.summary),
    )
    for name in _CLASSES[label]:
        for where, statements in parts:
            for statement in statements:
                for hint in hints.find(statement.words):
                    words = " ".join(statement.words[hint.start : hint.end])
                    if name in hint.value and _says_something(words.split(), common):
                        yield words, where


def _of_weight(
    reading: Reading, marks: Iterable[str], learned: Learned, label: str
) -> Iterator[tuple[str, str]]:
    index = LABELS.index(label)
    ranked = sorted(
        (-learned.weights[mark][index], mark)
        for mark in marks
        if mark in learned.weights and mark.startswith(_WORDS)
    )
    for weight, mark in ranked:
        where, _, text = mark.split(" ", 2)
        words = text.split()
        if -weight >= _WEIGHTY and _says_something(words, reading.language.common):
            yield text, where


def _says_something(words: Sequence[str], common: Collection[str]) -> bool:
    if any(word in (STOP, "^", "$", "|") or word.startswith("#") for word in words):
        return False
    return any(len(word) >= _SHORT and word not in common for word in words)
