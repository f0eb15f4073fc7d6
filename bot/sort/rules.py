"""Reads rules.toml: which words name a plan, a practice or a report, in each language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.sort.phrases import Finder, phrase_words

if TYPE_CHECKING:
    from bot.sort.learned import Learned


class RulesError(ValueError):
    """rules.toml cannot be used. The text names file, key and mend."""


class Sign(StrEnum):
    """What a phrase says about the piece it stands in."""

    PLAN = "plan"
    PRACTICE = "practice"
    REPORT = "report"
    OTHER = "other"  # it names something that is none of the kinds: an event, a job, a call
    NEW = "new"  # something is published, available, recognised
    SETTLED = "settled"  # something is adopted, approved: it was a draft, and is none now
    FRESH = "fresh"  # "new", "latest", before the noun
    TELLS = "tells"  # what a document does: it finds, shows, explains
    COMING = "coming"  # something is not there yet: drafted, consulted on, to be adopted
    PROCESS = "process"  # what is done about a document in a meeting: heard, debated, attacked
    DEED = "deed"  # somebody did something that others may want to copy
    ABOUT = "about"  # a verb that does something else with a document: welcomes, calls for
    JOIN = "join"  # a preposition: what follows is what the piece is about, not what it is
    OUTCOME = "outcome"  # what came of a deed: it halved, saved, helped
    OPENS = "opens"  # how a tale begins: "How", "Turning"
    DISTANT = "distant"  # words of programmes and politics, which tales of deeds do without
    NOTHING = "nothing"  # looks like one of the others, and is not


KINDS = (Sign.PLAN, Sign.PRACTICE, Sign.REPORT)
NOUNS = frozenset((*KINDS, Sign.OTHER))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means: its sign, and for nouns whether it names such a thing for sure.

    `is_own`: the operator added it to the phrases that come with the package.
    """

    sign: Sign
    sure: bool = True
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """The rules of one language. `last_noun_decides`: a "good practice guide" is a guide.

    `written_apart`: what stands after a noun may be the head of a longer name, as in "strategy board".
    `tales` finds what tells a tale of a thing done from other news.
    """

    code: str
    name: str
    last_noun_decides: bool
    written_apart: bool
    common: frozenset[str]
    finder: Finder[Meaning]
    tales: Finder[Sign]
    phrases: frozenset[tuple[tuple[str, ...], Sign]] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """What rules.toml says.

    `brands` are names as their owners spell them; `hashtags` finds words and gives the tag with its `#`;
    `tags` are all of them, the preferred first. `learned` weighs what the rules find; without it, the rules
    alone decide.
    """

    languages: Mapping[str, Language]
    brands: frozenset[str] = frozenset()
    hashtags: Finder[str] = field(default_factory=lambda: Finder[str](()))
    tags: tuple[str, ...] = ()
    learned: Learned | None = None

    def tag_rank(self, tag: str) -> int:
        """Where a hashtag stands in the book: the first is preferred."""
        return self.tags.index(tag) if tag in self.tags else len(self.tags)


_LANGUAGE_KEYS = {
    "name", "last_noun_decides", "written_apart", "common", "joins", "about", "nothing",
    "new", "settled", "fresh", "tells", "coming", "process", "deeds",
    "outcomes", "opens", "distant", "plan", "practice", "report", "other",
}  # fmt: skip
_CODE = re.compile(r"[a-z]{2,3}")
_TAG = re.compile(r"#(?=\w*[^\W\d_])[^\W_a-z]\w*")


def read_rules(
    text: str, *, where: str, packaged: Rules | None = None, learned: Learned | None = None
) -> Rules:
    """Read the text of rules.toml; `where` names it in messages.

    Phrases that `packaged` has not are the operator's own, and decide where they stand. Raises `RulesError` naming file, key and mend for the first thing that is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{where}: it is not valid TOML: {error}. Correct that line.") from None
    brands = _brands(data.pop("brands", {}), where)
    hashtags, tags = _hashtags(data.pop("hashtags", {}), where, brands)
    known = packaged.languages if packaged else {}
    languages = {
        code: _language(code, table, where, known.get(code)) for code, table in data.items()
    }
    if not languages:
        raise RulesError(f"{where}: there is no language in it; add a table such as [en].")
    return Rules(languages=languages, brands=brands, hashtags=hashtags, tags=tags, learned=learned)


def _brands(table: object, where: str) -> frozenset[str]:
    table = _table(table, where, "brands")
    for key in table:
        if key != "names":
            raise RulesError(
                f'{where}: key "brands.{key}": there is no such key; write names = […].'
            )
    names = _strings(table.get("names", []), where, "brands.names")
    return frozenset(name.strip() for name in names if name.strip())


def _hashtags(
    table: object, where: str, brands: frozenset[str]
) -> tuple[Finder[str], tuple[str, ...]]:
    pairs = []
    for phrase, tag in _table(table, where, "hashtags").items():
        key = f'key "hashtags.{phrase}"'
        if not phrase_words(phrase):
            raise RulesError(f"{where}: {key}: write the words to look for before the = sign.")
        if not isinstance(tag, str) or not (_TAG.fullmatch(tag) or tag.removeprefix("#") in brands):
            raise RulesError(
                f'{where}: {key}: write a hashtag such as "#SmartSpecialisation": letters and figures, '
                "with a capital for each word."
            )
        pairs.append((phrase_words(phrase), tag))
    return Finder(pairs), tuple(dict.fromkeys(tag for _, tag in pairs))


def _language(code: str, table: object, where: str, packaged: Language | None) -> Language:
    if not _CODE.fullmatch(code):
        raise RulesError(
            f'{where}: key "{code}": write the code of a language, such as [en], or [brands] or [hashtags].'
        )
    table = _table(table, where, code)
    for key in table:
        if key not in _LANGUAGE_KEYS:
            known = ", ".join(sorted(_LANGUAGE_KEYS))
            raise RulesError(
                f'{where}: key "{code}.{key}": there is no such key; the keys are {known}.'
            )
    name = table.get("name", code)
    flags = {key: table.get(key, False) for key in ("last_noun_decides", "written_apart")}
    for key, value in flags.items():
        if not isinstance(value, bool):
            raise RulesError(f'{where}: key "{code}.{key}": write true or false.')
    if not isinstance(name, str):
        raise RulesError(f'{where}: key "{code}.name": write the language\'s name in quotes.')
    phrases: list[tuple[tuple[str, ...], Meaning]] = []

    def add(key: str, value: object, meaning: Meaning) -> None:
        for words in _phrases(value, where, f"{code}.{key}"):
            is_own = packaged is None or (words, meaning.sign) not in packaged.phrases
            phrases.append((words, replace(meaning, is_own=is_own)))

    for key, sign in (
        ("nothing", Sign.NOTHING),
        ("new", Sign.NEW),
        ("settled", Sign.SETTLED),
        ("fresh", Sign.FRESH),
        ("about", Sign.ABOUT),
        ("tells", Sign.TELLS),
        ("coming", Sign.COMING),
        ("process", Sign.PROCESS),
        ("deeds", Sign.DEED),
    ):
        add(key, table.get(key, []), Meaning(sign))
    for sign in (*KINDS, Sign.OTHER):
        part = _table(table.get(sign.value, {}), where, f"{code}.{sign}")
        for key in part:
            if key not in ("sure", "perhaps"):
                raise RulesError(
                    f'{where}: key "{code}.{sign}.{key}": there is no such key; the keys are sure, perhaps.'
                )
        add(f"{sign}.sure", part.get("sure", []), Meaning(sign))
        add(f"{sign}.perhaps", part.get("perhaps", []), Meaning(sign, sure=False))
    add("joins", _words(table.get("joins", ""), where, f"{code}.joins"), Meaning(Sign.JOIN))
    common = frozenset(_words(table.get("common", ""), where, f"{code}.common"))
    tales = [
        (words, sign)
        for key, sign in (
            ("outcomes", Sign.OUTCOME),
            ("opens", Sign.OPENS),
            ("distant", Sign.DISTANT),
        )
        for words in _phrases(table.get(key, []), where, f"{code}.{key}")
    ]
    return Language(
        code=code,
        name=name,
        last_noun_decides=flags["last_noun_decides"],
        written_apart=flags["written_apart"],
        common=common,
        finder=Finder(phrases),
        tales=Finder(tales),
        phrases=frozenset((words, meaning.sign) for words, meaning in phrases),
    )


def _phrases(value: object, where: str, key: str) -> list[tuple[str, ...]]:
    found = []
    for phrase in _strings(value, where, key):
        words = phrase_words(phrase)
        if not words or any(len(word.strip("*")) < 2 for word in words if "*" in word):
            raise RulesError(
                f'{where}: key "{key}": "{phrase}" is no phrase; write words, with * only at '
                "the beginning or end of a word of two letters or more."
            )
        found.append(words)
    return found


def _table(value: object, where: str, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise RulesError(f'{where}: key "{key}": write it as a table, [{key}].')
    return value


def _strings(value: object, where: str, key: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RulesError(f'{where}: key "{key}": write a list of phrases in quotes, ["…", "…"].')
    return value


def _words(value: object, where: str, key: str) -> list[str]:
    if not isinstance(value, str):
        raise RulesError(f'{where}: key "{key}": write words in one pair of quotes, "of for on".')
    return value.casefold().split()
