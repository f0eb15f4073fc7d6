"""Weighs what title and summary say for each kind, and against.

The noun that says what a thing *is* decides: "progress report on the action plan" is a report, and a
"workshop on good practices" is neither. It is the noun that stands first in its statement, or that is the
object of a word such as "published"; nouns after a preposition only say what the thing is about. Of nouns
side by side the last decides in English, German and Swedish ("good practice guide"), else the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.sort.phrases import STOP, Found, words_of
from bot.sort.rules import KINDS, NOUNS, Language, Meaning, Sign

TITLE_WORDS = 60
SUMMARY_WORDS = 150
_REACH_BEFORE = 7  # words between a sign such as "published" and a noun after it
_REACH_FRESH = 4  # and after "new"
_REACH_AFTER = 9  # and a noun before it

# A report has many names, and a summary's first words that hold one mean it; a plan is called by its own.
_NAMED_LOOSELY = (Sign.REPORT, Sign.PRACTICE)
_PARTS = (Sign.JOIN, Sign.ABOUT)

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
_ENDS_WITHIN = 3  # words before a noun that ends its statement as its head
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


@dataclass(frozen=True, slots=True)
class _Noun:
    sign: Sign
    sure: bool
    start: int
    end: int
    words: str
    part: str
    new: str = ""  # the phrase that announces it


def weigh(title: str, summary: str, *, language: Language) -> Scales:
    """Weigh a title and a summary by the rules of one language."""
    in_title = Scales()
    statements = _statements(words_of(title, most=TITLE_WORDS))
    for number, statement in enumerate(statements):
        is_label = number == 0 and len(statements) > 1 and len(statement) <= _LABEL_WORDS
        _weigh_title(statement, is_label, language, in_title)
    in_summary = Scales()
    for number, statement in enumerate(_statements(words_of(summary, most=SUMMARY_WORDS))):
        _weigh_summary(statement, number, language, in_summary, in_title)
    scales = Scales(because=in_title.because + in_summary.because)
    for sign in scales.weight:
        scales.weight[sign] = in_title.weight[sign] + in_summary.weight[sign]
    return scales


def _statements(words: Sequence[str]) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    start = 0
    for position, word in enumerate(words):
        if word == STOP:
            if position > start:
                found.append(words[start:position])
            start = position + 1
    if start < len(words):
        found.append(words[start:])
    return found


def _weigh_title(words: Sequence[str], is_label: bool, language: Language, scales: Scales) -> None:
    signs = language.finder.find(words)
    nouns = _nouns(words, signs, language)
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
        scales.add(Sign.OTHER, weight, f"“{_text(words, sign)}” in the title")
    for sign in signs:
        if sign.value.sign is Sign.PROCESS and not is_settled:
            scales.add(Sign.OTHER, _PROCESS_IN_TITLE, f"“{_text(words, sign)}” in the title")
        if sign.value.sign is Sign.DEED:
            scales.add(Sign.DEED, _DEED_IN_TITLE, f"“{_text(words, sign)}” in the title")
    if any(noun.new and noun.sign is not Sign.OTHER for noun in nouns):
        scales.has_announced = True
        scales.is_settled = scales.is_settled or is_settled


def _weigh_summary(
    words: Sequence[str], number: int, language: Language, scales: Scales, title: Scales
) -> None:
    signs = language.finder.find(words)
    nouns = _nouns(words, signs, language)
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
            scales.add(named, _NEW_ALONE * share, f"“{_text(words, news[0])}” in the summary")
    for sign in coming:
        weight = _COMING_IN_SUMMARY * share / (3 if title.is_settled else 1)
        scales.add(Sign.OTHER, weight, f"“{_text(words, sign)}” in the summary")
    in_process = [sign for sign in signs if sign.value.sign is Sign.PROCESS]
    if in_process and not news:
        for sign in in_process:
            phrase = f"“{_text(words, sign)}” in the summary"
            scales.add(Sign.OTHER, _PROCESS_IN_SUMMARY * share, phrase)
        if number == 0 and not title.has_announced:
            for kind in KINDS:
                title.weight[kind] *= _IN_PROCESS
    for sign in signs:
        if sign.value.sign is Sign.DEED:
            weight = _DEED_IN_SUMMARY * share
            scales.add(Sign.DEED, weight, f"“{_text(words, sign)}” in the summary")


def _nouns(
    words: Sequence[str], signs: Sequence[Found[Meaning]], language: Language
) -> list[_Noun]:
    """The deciding noun of each group of nouns side by side, and the part it plays."""
    groups: list[list[int]] = []
    for index, sign in enumerate(signs):
        if sign.value.sign not in NOUNS:
            continue
        if groups and _is_beside(signs, groups[-1][-1], index, language):
            groups[-1].append(index)
        else:
            groups.append([index])
    found: list[_Noun] = []
    for group in groups:
        head = group[-1] if language.last_noun_decides else group[0]
        part, new = _part(words, signs, group[0], group[-1])
        if part == "is" and _is_part_of_name(words, signs, group[-1], language):
            part = "part"
        sign = signs[head]
        found.append(
            _Noun(
                sign=sign.value.sign,
                sure=sign.value.sure,
                start=signs[group[0]].start,
                end=signs[group[-1]].end,
                words=_text(words, sign),
                part=part,
                new=new,
            )
        )
    return found


def _is_part_of_name(
    words: Sequence[str], signs: Sequence[Found[Meaning]], last: int, language: Language
) -> bool:
    """Say whether a noun only begins a longer name: "strategy board", "action plan clinic"."""
    end = signs[last].end
    if not language.written_apart or end == len(words) or words[end][0].isdigit():
        return False
    if signs[last].value.sign not in (Sign.PLAN, Sign.PRACTICE):
        return False
    follows = last + 1 < len(signs) and signs[last + 1].start == end
    return not follows and words[end] not in language.common


def _is_beside(signs: Sequence[Found[Meaning]], last: int, index: int, language: Language) -> bool:
    """Say whether two nouns make one name: "practice guide", and, of an event, "report launch event"."""
    between = signs[last:index]
    if any(one.end != next_.start for one, next_ in zip(between, signs[last + 1 :], strict=False)):
        return False
    if len(between) == 1:
        return True
    return (
        language.last_noun_decides
        and signs[index].value.sign is Sign.OTHER
        and signs[index].value.sure
        and all(sign.value.sign in (Sign.NEW, Sign.SETTLED) for sign in between[1:])
    )


def _part(
    words: Sequence[str], signs: Sequence[Found[Meaning]], first: int, last: int
) -> tuple[str, str]:
    """Say what part a group of nouns plays, and the phrase that announces it."""
    start, end = signs[first].start, signs[last].end
    joined = False
    for index in range(first - 1, -1, -1):
        sign = signs[index]
        meaning = sign.value.sign
        if start - sign.end > _REACH_BEFORE or meaning in NOUNS:
            break
        if meaning in (Sign.NEW, Sign.SETTLED):
            return "announced", _text(words, sign)
        if meaning is Sign.FRESH and start - sign.end <= _REACH_FRESH:
            before = signs[index - 1] if index else None
            if before is None or sign.start - before.end > 1 or before.value.sign not in _PARTS:
                return "announced", _text(words, sign)
            # "Webinar on the new strategy" is about it, however new.
        elif meaning is Sign.ABOUT:
            return "about", ""
        elif meaning is Sign.JOIN:
            joined = True
            break
    # "Regional action plans published": the sign may follow, though not across another noun.
    if not joined:
        for sign in signs[last + 1 :]:
            meaning = sign.value.sign
            if meaning in NOUNS or sign.start - end > _REACH_AFTER:
                break
            if meaning in (Sign.NEW, Sign.SETTLED, Sign.TELLS):
                return "announced", _text(words, sign)
        return "is", ""
    if signs[last].value.sign is Sign.PRACTICE and last + 1 < len(signs):
        # "Project from Lusatia recognised as good practice", where the verb comes last.
        after = signs[last + 1]
        if after.start == end and after.value.sign in (Sign.NEW, Sign.SETTLED):
            return "announced", _text(words, after)
    # "End of term report": the noun that ends a statement may be its head for all that.
    if (
        end == len(words)
        and (start <= _ENDS_WITHIN or signs[last].value.sign is Sign.PRACTICE)
        and not any(sign.value.sign in NOUNS for sign in signs[:first])
    ):
        return "ends", ""
    return "about", ""


def _said(noun: _Noun) -> str:
    if noun.new:
        return f"“{noun.words}” with “{noun.new}”"
    return f"“{noun.words}”"


def _text(words: Sequence[str], sign: Found[Meaning]) -> str:
    return " ".join(words[sign.start : sign.end])
