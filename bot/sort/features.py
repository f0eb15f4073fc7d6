"""What the weights look at: the marks of a title and a summary, each by its name.

    "title noun plan: announced"   a deciding noun, and the part it plays
    "title then fresh plan"        two signs, one after the other
    "title class research"         a word of a class in hints.toml
    "title word strategy"          a word; "title pair adopts strategy": two
    "plan over coming"             what the title names, and what the summary says below it

The names are what weights.csv holds, so that a person can read there what counts for what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.sort.phrases import STOP, Finder
from bot.sort.reading import Reading, Statement
from bot.sort.rules import Sign

Hints = Finder[tuple[str, ...]]

TITLE_MARKS = 30  # words of the title whose own names count
SUMMARY_MARKS = 60  # and of the summary
_LETTERS = (4, 5)
_YEAR = re.compile(r"(?:19|20)\d\d")
# A figure that is no year: 340 homes, 12 %.
FIGURE = re.compile(r"(?<![\w.,/-])(?!(?:19|20)\d\d\b)\d[\d.,]*")
_FIGURE_WITHIN = 1500  # characters of the summary
_CROSSING = frozenset(
    {
        Sign.PLAN,
        Sign.PRACTICE,
        Sign.REPORT,
        Sign.OTHER,
        Sign.COMING,
        Sign.PROCESS,
        Sign.NEW,
        Sign.SETTLED,
        Sign.TELLS,
    }
)
_DEEDS = frozenset({Sign.COMING, Sign.PROCESS, Sign.NEW, Sign.SETTLED, Sign.TELLS})


def features(reading: Reading, *, title: str, summary: str, place: str, hints: Hints) -> set[str]:
    """Return the names of all marks of a piece but the letters of its title's words.

    `place` is what the title names before a colon or after its last comma, "" if nothing.
    """
    found: set[str] = set()
    for statement in reading.title:
        _signs(found, "title", statement)
    for number, statement in enumerate(reading.summary):
        _signs(found, "later" if number else "summary", statement)
    _crossings(found, reading)
    for where, statements, words, most in (
        ("title", reading.title, reading.title_words, TITLE_MARKS),
        ("summary", reading.summary, reading.summary_words, SUMMARY_MARKS),
    ):
        _classes(found, where, statements, hints, most)
        _words(found, where, words[:most])
        for tale in reading.language.tales.find(words):
            found.add(f"{where} tale {tale.value}")
    if place:
        found.add("place first" if title.startswith(place) else "place last")
    if FIGURE.search(title):
        found.add("title figure")
    if FIGURE.search(summary[:_FIGURE_WITHIN]):
        found.add("summary figure")
    if not reading.summary_words:
        found.add("summary none")
    if title.rstrip().endswith("?"):
        found.add("title question")
    if ":" in title:
        found.add("title colon")
    if _YEAR.search(title):
        found.add("title year")
    return found


def letters(word: str) -> Iterable[str]:
    """Return the names of the groups of four and of five letters in a word of the title.

    They carry what inflected and compound words have in common.
    """
    if word[0].isdigit():
        return ()
    marked = f"<{word}>"
    return (
        f"letters {marked[start : start + size]}"
        for size in _LETTERS
        for start in range(len(marked) - size + 1)
    )


def _signs(found: set[str], where: str, statement: Statement) -> None:
    before = "^"
    for sign in statement.signs:
        meaning = sign.value
        if meaning.sign is Sign.NOTHING:
            continue
        name = meaning.sign.value if meaning.sure else f"{meaning.sign.value}?"
        found.add(f"{where} sign {name}")
        found.add(f"{where} then {before} {name}")
        before = name
    found.add(f"{where} then {before} $")
    for noun in statement.nouns:
        name = noun.sign.value if noun.sure else f"{noun.sign.value}?"
        found.add(f"{where} noun {name}: {noun.part}")
        if noun.start == 0:
            found.add(f"{where} first {noun.sign.value}")


def _crossings(found: set[str], reading: Reading) -> None:
    named = "+".join(sorted({noun.sign.value for part in reading.title for noun in part.nouns}))
    named = named or "nothing"
    found.add(f"title names {named}")
    for statement in reading.title:
        for sign in statement.signs:
            if sign.value.sign in _DEEDS:
                found.add(f"{named} with {sign.value.sign}")
    opens = ""
    for number, statement in enumerate(reading.summary):
        for sign in statement.signs:
            if sign.value.sign in _CROSSING:
                found.add(f"{named} {'far over' if number else 'over'} {sign.value.sign}")
        if not opens and statement.nouns:
            opens = statement.nouns[0].sign.value
    found.add(f"{named} over first {opens or 'nothing'}")


def _classes(
    found: set[str], where: str, statements: Sequence[Statement], hints: Hints, most: int
) -> None:
    left = most
    for number, statement in enumerate(statements):
        if left <= 0:
            break
        before = "^"
        for hint in hints.find(statement.words[:left]):
            for name in hint.value:
                found.add(f"{where} class {name}")
                if hint.start == 0 and number == 0:
                    found.add(f"{where} opens {name}")
            name = hint.value[0].removesuffix("?")
            found.add(f"{where} classes {before} {name}")
            before = name
        found.add(f"{where} classes {before} $")
        left -= len(statement.words) + 1


def _words(found: set[str], where: str, words: Sequence[str]) -> None:
    before = "^"
    for word in words:
        if word == STOP:
            word = "|"
        elif word[0].isdigit() and word.isdigit():
            word = "#year" if _YEAR.fullmatch(word) else "#"
        found.add(f"{where} word {word}")
        found.add(f"{where} pair {before} {word}")
        found.add(f"any word {word}")
        before = word
    if words:
        found.add(f"{where} pair {before} $")
