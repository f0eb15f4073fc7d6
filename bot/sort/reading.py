"""Reads title and summary into statements: their words, the signs among them, and the nouns that decide.

The noun that says what a thing *is* decides: "progress report on the action plan" is a report, and a
"workshop on good practices" is neither. It is the noun that stands first in its statement, or that is the
object of a word such as "published"; nouns after a preposition only say what the thing is about. Of nouns
side by side the last decides in English, German and Swedish ("good practice guide"), else the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sort.phrases import STOP, Found
from bot.sort.rules import NOUNS, Language, Meaning, Sign

TITLE_WORDS = 60
SUMMARY_WORDS = 150
_REACH_BEFORE = 7  # words between a sign such as "published" and a noun after it
_REACH_FRESH = 4  # and after "new"
_REACH_AFTER = 9  # and a noun before it
_PARTS = (Sign.JOIN, Sign.ABOUT)
_ENDS_WITHIN = 3  # words before a noun that ends its statement as its head


@dataclass(frozen=True, slots=True)
class Noun:
    """The deciding noun of a group side by side: `words` with the `part` it plays, `new` announcing it."""

    sign: Sign
    sure: bool
    start: int
    end: int
    words: str
    part: str
    new: str = ""  # the phrase that announces it


@dataclass(frozen=True, slots=True)
class Statement:
    """The words between two marks, with the signs and the deciding nouns among them."""

    words: Sequence[str]
    signs: Sequence[Found[Meaning]]
    nouns: Sequence[Noun]


@dataclass(frozen=True, slots=True)
class Reading:
    """A title and a summary as one language reads them."""

    language: Language
    title_words: Sequence[str]
    summary_words: Sequence[str]
    title: Sequence[Statement]
    summary: Sequence[Statement]


def read(title: Sequence[str], summary: Sequence[str], *, language: Language) -> Reading:
    """Read the words of a title and of a summary by the rules of one language."""
    return Reading(
        language=language,
        title_words=title,
        summary_words=summary,
        title=_statements(title, language),
        summary=_statements(summary, language),
    )


def _statements(words: Sequence[str], language: Language) -> list[Statement]:
    found: list[Statement] = []
    start = 0
    for position, word in enumerate((*words, STOP)):
        if word == STOP:
            if position > start:
                part = words[start:position]
                signs = language.finder.find(part)
                found.append(Statement(part, signs, nouns_in(part, signs, language)))
            start = position + 1
    return found


def nouns_in(
    words: Sequence[str], signs: Sequence[Found[Meaning]], language: Language
) -> list[Noun]:
    """The deciding noun of each group of nouns side by side, and the part it plays."""
    groups: list[list[int]] = []
    for index, sign in enumerate(signs):
        if sign.value.sign not in NOUNS:
            continue
        if groups and _is_beside(signs, groups[-1][-1], index, language):
            groups[-1].append(index)
        else:
            groups.append([index])
    found: list[Noun] = []
    for group in groups:
        head = group[-1] if language.last_noun_decides else group[0]
        part, new = _part(words, signs, group[0], group[-1])
        if part == "is" and _is_part_of_name(words, signs, group[-1], language):
            part = "part"
        sign = signs[head]
        found.append(
            Noun(
                sign=sign.value.sign,
                sure=sign.value.sure,
                start=signs[group[0]].start,
                end=signs[group[-1]].end,
                words=text_of(words, sign),
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
            return "announced", text_of(words, sign)
        if meaning is Sign.FRESH and start - sign.end <= _REACH_FRESH:
            before = signs[index - 1] if index else None
            if before is None or sign.start - before.end > 1 or before.value.sign not in _PARTS:
                return "announced", text_of(words, sign)
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
                return "announced", text_of(words, sign)
        return "is", ""
    if signs[last].value.sign is Sign.PRACTICE and last + 1 < len(signs):
        # "Project from Lusatia recognised as good practice", where the verb comes last.
        after = signs[last + 1]
        if after.start == end and after.value.sign in (Sign.NEW, Sign.SETTLED):
            return "announced", text_of(words, after)
    # "End of term report": the noun that ends a statement may be its head for all that.
    if (
        end == len(words)
        and (start <= _ENDS_WITHIN or signs[last].value.sign is Sign.PRACTICE)
        and not any(sign.value.sign in NOUNS for sign in signs[:first])
    ):
        return "ends", ""
    return "about", ""


def text_of(words: Sequence[str], sign: Found[Meaning]) -> str:
    """The words of a sign, as they stand in the text."""
    return " ".join(words[sign.start : sign.end])
