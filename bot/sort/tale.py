"""Tells a tale of a thing done, as lists of case studies hold them, from other news.

Such a piece often has no word for what it is: "Leeds: heat from waste for 2,000 homes". What it has is a place,
a deed, and an outcome; what it has not is a programme, a minister, or a date to come.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sort.features import FIGURE
from bot.sort.phrases import words_of
from bot.sort.reading import Reading
from bot.sort.rules import KINDS, Language, Sign
from bot.sort.weigh import Scales

ENOUGH = 1.35
_SIGNS = 2  # a deed, a place, an outcome, a figure: so many at least

# Found by logistic regression on labelled tales and other news, rounded.
_DEED = 1.6  # times what the deeds weigh
_OUTCOME = 1.3
_FIGURE = 0.9
_PLACE_AT_END = 1.3
_PLACE_BEFORE_COLON = 0.9
_OPENS = 0.4
_DISTANT = -1.1
_AGAINST = -1.2  # times what speaks for something else
_DEEDS_AT_MOST = 3.0
_LABEL_WORDS = 5
_PLACE_WORDS = 3

_LABEL = re.compile(r"([^:\d]{2,60}):\s+\S")
_LAST_PART = re.compile(r"\S,\s+([^\s,:;.!?\d]+(?:\s[^\s,:;.!?\d]+)*)\s*$")


@dataclass(frozen=True, slots=True)
class Tale:
    """How much a piece looks like a tale of a thing done, and the phrases that say so."""

    weight: float
    because: tuple[str, ...]


def tale(title: str, summary: str, *, scales: Scales, reading: Reading) -> Tale:
    """Weigh a piece as a tale; `scales` is what the other rules found in it."""
    in_title, in_summary = reading.title_words, reading.summary_words
    language = reading.language
    weight = _DEED * min(scales.weight[Sign.DEED], _DEEDS_AT_MOST)
    weight += _AGAINST * scales.weight[Sign.OTHER]
    because = [phrase for _, sign, phrase in scales.because if sign is Sign.DEED][:1]
    if place := place_in(title, language):
        weight += _PLACE_BEFORE_COLON if title.startswith(place) else _PLACE_AT_END
        because.append(f"“{place}” named in the title")
    has_beginning = bool(place) or any(
        sign is Sign.DEED and phrase.endswith("in the title") for _, sign, phrase in scales.because
    )
    outcome = ""
    opens = is_distant = False
    for words, where in ((in_title, "title"), (in_summary, "summary")):
        for found in language.tales.find(words):
            said = " ".join(words[found.start : found.end])
            if found.value is Sign.OUTCOME:
                outcome = outcome or f"“{said}” in the {where}"
            elif found.value is Sign.DISTANT:
                is_distant = True
            elif found.start == 0:
                opens = True
    if outcome:
        weight += _OUTCOME
        because.append(outcome)
    if figure := FIGURE.search(summary[:1500]):
        weight += _FIGURE
        because.append(f"“{figure.group().rstrip('.,')}” in the summary")
    if opens:
        weight += _OPENS
        because.append("it tells how")
    weight += _DISTANT * is_distant
    if len(because) < _SIGNS or not (has_beginning or opens):
        return Tale(0.0, ())
    return Tale(weight, ("a thing done: " + ", ".join(dict.fromkeys(because)),))


def place_in(title: str, language: Language) -> str:
    """Return the few words before a colon or after the last comma that may name a place or a body."""
    if (label := _LABEL.match(title)) and _is_name(label[1], language, _LABEL_WORDS):
        return label[1].strip()
    if (last := _LAST_PART.search(title)) and _is_name(last[1], language, _PLACE_WORDS):
        return last[1]
    return ""


def _is_name(text: str, language: Language, most: int) -> bool:
    words = words_of(text, most=most + 1)
    signs = {found.value.sign for found in language.finder.find(words)}
    return 0 < len(words) <= most and signs.isdisjoint((*KINDS, Sign.OTHER, Sign.NEW, Sign.COMING))
