"""Weighs what title and summary say for each kind, and against, by the rules alone.

A noun weighs by the part it plays in its statement (`reading` says which).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sort.reading import Noun, Reading, Statement, text_of
from bot.sort.rules import KINDS, Sign

# A report has many names, and a summary's first words that hold one mean it; a plan is called by its own.
_NAMED_LOOSELY = (Sign.REPORT, Sign.PRACTICE)

# How much a noun weighs, for sure and perhaps, by the part it plays in its statement.
_IN_TITLE = {
    "announced": (4.0, 3.0),
    "is": (3.0, 1.3),
    "ends": (2.0, 0.8),
    "about": (0.9, 0.3),
    "part": (1.2, 0.4),
}
_IN_SUMMARY = {
    "announced": (2.4, 1.5),
    "is": (1.1, 0.5),
    "ends": (0.8, 0.3),
    "about": (0.5, 0.2),
    "part": (0.6, 0.2),
}
_IN_PASSING = 0.5  # an event or a job named in the summary, but not among its first words
_LATER = 0.5  # sentences of the summary after the first
_AMONG_FIRST = 6  # words that may stand before such a noun
_OPENS = 2.0  # a noun among the first words of the summary
_OPENS_AT_LEAST = 1.4
_DEFINES = 4.2  # the summary's first word: "Case study of …", "Workshop on …"
_TOPIC = 0.6  # a plan before a colon, when a sure noun of another kind follows
_NOT_YET = 0.2  # nouns of a statement that says "draft", "to be adopted"
_LABEL = 1.5  # "Tender: evaluation of …": a label before a colon says what the piece is
_LABEL_WORDS = 4
_COMING_IN_TITLE = 3.2
_COMING_IN_SUMMARY = 4.0
_PROCESS_IN_TITLE = 2.0
_PROCESS_IN_SUMMARY = 1.6
_IN_PROCESS = (
    0.6  # a document in the title that the summary only tells a meeting or a quarrel about
)
_NEW_ALONE = 0.8  # "Adopted by the council in May": its noun is in the title
_DEED_IN_TITLE = 0.8
_DEED_IN_SUMMARY = 0.5
_MORE = 0.3  # what every further phrase for the same sign adds, as a share of its weight


@dataclass(slots=True)
class Scales:
    """What weighs for each sign, and the phrases that say so with their weight, for people to read."""

    weight: dict[Sign, float] = field(
        default_factory=lambda: dict.fromkeys((*KINDS, Sign.OTHER, Sign.DEED), 0.0)
    )
    best: dict[Sign, float] = field(
        default_factory=lambda: dict.fromkeys((*KINDS, Sign.OTHER, Sign.DEED), 0.0)
    )
    because: list[tuple[float, Sign, str]] = field(default_factory=list)
    is_settled: bool = False
    has_label: bool = False  # "Webinar: …": what follows is what the webinar is about
    has_announced: bool = False

    @property
    def total(self) -> float:
        """All that weighs for anything: how much sense the rules of a language make of a text."""
        return sum(self.weight.values())

    @property
    def strongest(self) -> float:
        """What weighs for the kind that most speaks for."""
        return max(self.weight[kind] for kind in KINDS)

    def add(self, sign: Sign, weight: float, phrase: str) -> None:
        """Lay `weight` on the scale of `sign`, because of `phrase`."""
        self.because.append((weight, sign, phrase))
        if sign is Sign.DEED:
            self.weight[sign] += weight
            return
        best, rest = max(weight, self.best[sign]), min(weight, self.best[sign])
        self.weight[sign] += best - self.best[sign] + _MORE * rest
        self.best[sign] = best


def weigh(reading: Reading) -> Scales:
    """Weigh what one language reads in a title and a summary."""
    in_title = Scales()
    for number, statement in enumerate(reading.title):
        is_label = number == 0 and len(reading.title) > 1 and len(statement.words) <= _LABEL_WORDS
        _weigh_title(statement, is_label, in_title)
    in_summary = Scales()
    for number, statement in enumerate(reading.summary):
        _weigh_summary(statement, number, in_summary, in_title)
    scales = Scales(because=in_title.because + in_summary.because)
    for sign in scales.weight:
        scales.weight[sign] = in_title.weight[sign] + in_summary.weight[sign]
    return scales


def _weigh_title(statement: Statement, is_label: bool, scales: Scales) -> None:
    words, signs, nouns = statement.words, statement.signs, statement.nouns
    is_settled = any(sign.value.sign is Sign.SETTLED for sign in signs)
    coming = [sign for sign in signs if sign.value.sign is Sign.COMING]
    is_about_label = scales.has_label
    for noun in nouns:
        if (
            noun.sign is not Sign.PLAN
            and noun.part != "about"
            and (noun.sure or noun.sign is Sign.OTHER)
        ):
            scales.weight[Sign.PLAN] *= _TOPIC
        part = "is" if noun.sign is Sign.OTHER and noun.part == "announced" else noun.part
        weight = _IN_TITLE[part][0 if noun.sure else 1]
        if noun.sign is Sign.OTHER:
            weight *= _LABEL if is_label else 1
            scales.has_label = scales.has_label or (is_label and noun.sure)
        elif is_about_label or (coming and not is_settled):
            weight *= _NOT_YET
        scales.add(noun.sign, weight, f"{_said(noun)} in the title")
    for sign in coming:
        # A draft that somebody adopts is adopted.
        weight = _COMING_IN_TITLE / (3 if is_settled else 1)
        scales.add(Sign.OTHER, weight, f"“{text_of(words, sign)}” in the title")
    for sign in signs:
        if sign.value.sign is Sign.PROCESS and not is_settled:
            scales.add(Sign.OTHER, _PROCESS_IN_TITLE, f"“{text_of(words, sign)}” in the title")
        if sign.value.sign is Sign.DEED:
            scales.add(Sign.DEED, _DEED_IN_TITLE, f"“{text_of(words, sign)}” in the title")
    if any(noun.new and noun.sign is not Sign.OTHER for noun in nouns):
        scales.has_announced = True
        scales.is_settled = scales.is_settled or is_settled


def _weigh_summary(statement: Statement, number: int, scales: Scales, title: Scales) -> None:
    words, signs, nouns = statement.words, statement.signs, statement.nouns
    share = 1.0 if number == 0 else _LATER
    coming = [sign for sign in signs if sign.value.sign is Sign.COMING]
    for noun in nouns:
        weight = _IN_SUMMARY[noun.part][0 if noun.sure else 1] * share
        if number == 0 and noun is nouns[0] and noun.part != "about":
            if noun.start == 0 and noun.sure and noun.sign is not Sign.PLAN:
                weight = _DEFINES
            elif noun.start <= _AMONG_FIRST and (noun.sure or noun.sign in _NAMED_LOOSELY):
                weight = max(weight * _OPENS, _OPENS_AT_LEAST)
            if (
                noun.sure
                and noun.start <= _AMONG_FIRST
                and noun.sign is not Sign.PLAN
                and not title.has_announced
            ):
                # A strategy in the title, and "The evaluation …" below it: the evaluation is what is new.
                title.weight[Sign.PLAN] *= _TOPIC
        if noun.sign is Sign.OTHER:
            if noun.start > _AMONG_FIRST and not title.weight[Sign.OTHER]:
                weight *= _IN_PASSING
        elif coming:
            weight *= _NOT_YET
        scales.add(noun.sign, weight, f"{_said(noun)} in the summary")
    news = [sign for sign in signs if sign.value.sign in (Sign.NEW, Sign.SETTLED)]
    if news and not coming and not any(noun.new for noun in nouns):
        named = max(KINDS, key=lambda kind: title.weight[kind])
        if title.weight[named] >= 1:
            scales.add(named, _NEW_ALONE * share, f"“{text_of(words, news[0])}” in the summary")
    for sign in coming:
        weight = _COMING_IN_SUMMARY * share / (3 if title.is_settled else 1)
        scales.add(Sign.OTHER, weight, f"“{text_of(words, sign)}” in the summary")
    in_process = [sign for sign in signs if sign.value.sign is Sign.PROCESS]
    if in_process and not news:
        for sign in in_process:
            phrase = f"“{text_of(words, sign)}” in the summary"
            scales.add(Sign.OTHER, _PROCESS_IN_SUMMARY * share, phrase)
        if number == 0 and not title.has_announced:
            for kind in KINDS:
                title.weight[kind] *= _IN_PROCESS
    for sign in signs:
        if sign.value.sign is Sign.DEED:
            weight = _DEED_IN_SUMMARY * share
            scales.add(Sign.DEED, weight, f"“{text_of(words, sign)}” in the summary")


def _said(noun: Noun) -> str:
    if noun.new:
        return f"“{noun.words}” with “{noun.new}”"
    return f"“{noun.words}”"
