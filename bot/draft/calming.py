"""Titles in capitals put into small letters, with their names kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from bot.draft.names import EVERYDAY, names_in
from review.text import ABBREVIATIONS

# A word with all that belongs to it, and its parts: ERDF-FUNDED, L'ÎLE-DE-FRANCE, WREXHAM'S, R&D.
_WORD = re.compile(r"[^\W_]+(?:[’'&.+-][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?]\s+)\W*$")
_AFTER_COLON = re.compile(r"[:–—|]\s+\W*$")
_STATEMENTS = re.compile(r"(\s*[:|]\s+|\s+[–—-]\s+)")
_LEAST_LETTERS = 8
_SHOUTED = 0.9
_VOWELS = frozenset("aeiouyäöåüáéíóúàèìòùâêîôûŵŷëïÿąęóæøœ")
_CONSONANTS_MOST = 5  # letters of a word without a vowel, which is an abbreviation: BBSR, NHS
_NUMERALS = frozenset(
    [
        "ii",
        "iii",
        "iv",
        "vii",
        "viii",
        "ix",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xix",
        "xx",
        "xxi",
    ]
)
_NOUNS_WITH_CAPITALS = ("de",)
_CAPITAL_AFTER_COLON = ("de", "sv")
_NOUN_LEAST = 4
_STEM_LEAST = 6  # letters of a word by which a longer name is known
_NAME_LEAST = 4  # letters of a name at a sentence's beginning; less may be an article
# German words of four letters and more that are no nouns, by their ending or by themselves.
_NO_NOUN = re.compile(
    r".{2,}(?:lich|ig|isch|bar|sam|los|haft|ell|iv|end)(?:e[mnrs]?)?"
    r"|(?:ge.{2,}(?:t|en)|(?:ver|be|er|ent|zer|vor|an|auf|aus|ein|ab|zu|nach)(?:ge)?.{2,}(?:t|iert))(?:e[mnrs]?)?"
    r"|.{2,}iert(?:e[mnrs]?)?|(?:erschien|beschloss|verabschied|verlieh|vorgeleg|übergeb|gewonn)(?:en|et)"
    r"|(?:einer|eine[ms]?|eines|durch|gegen|ohne|unter|über|zwischen|nach|nicht|auch|noch|oder|aber|sich|wird|werden|wurde|wurden|"
    r"haben|sind|kann|können|soll|sollen|mehr|neue[mnrs]?|erste[mnrs]?|alle[rnms]?|jetzt|heute|beim|zum|wenn|dass|diese[mnrs]?|"
    r"ihre[mnrs]?|unsere[mnrs]?|seine[mnrs]?|viele[rn]?|gute[mnrs]?|grüne[mnrs]?|große[mnrs]?|starke[mnrs]?|legt|stellt|zeigt|"
    r"startet|fördert|stärkt|bringt|macht|geht|gibt|steht|wächst|online|sowie|damit|dank|seit|fünf|sechs|sieben|acht|neun|zehn|"
    r"drei|vier|zwei|acht)"
)


def calm(title: str, *, words: Iterable[str], brands: Collection[str], language: str = "") -> str:
    """Return a title with what is all in capitals in small letters; any other title as it is.

    Names are spelled as `brands` or the source's own `words` (its text) spell them; countries, months, short
    abbreviations and what has a figure in it keep their capitals. Of "NEW REPORT: Growth in Wales" only the
    first part is shouted, and put right.
    """
    if not any(letter.isupper() for letter in title):
        return title
    parts = [title] if _is_shouted(title) else _STATEMENTS.split(title)
    if not any(_is_shouted(part) for part in parts):
        return title
    spelling = _Spelling(words, brands, language)
    done: list[str] = []
    for part in parts:
        before = "".join(done)
        done.append(spelling.calmed(part, after=before) if _is_shouted(part) else part)
    return "".join(done)


def _is_shouted(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    shouted = sum(letter.isupper() for letter in letters)
    return (
        len(letters) >= _LEAST_LETTERS
        and shouted >= _SHOUTED * len(letters)
        and " " in text.strip()
    )


class _Spelling:
    """How words of a title are written, by the source's own text, the brands, and the language."""

    def __init__(self, words: Iterable[str], brands: Collection[str], language: str) -> None:
        self._language = language
        self._everyday = EVERYDAY.get(language, frozenset())
        self._known, self._small, self._beside = _spellings(words)
        self._names = names_in(language)
        self._short = {word.casefold(): word for word in ABBREVIATIONS}
        # Of two spellings the one with small letters is read more easily.
        self._brands = {brand.casefold(): brand for brand in sorted(brands)}

    def calmed(self, text: str, *, after: str) -> str:
        """Return `text` in small letters; `after` is what stands before it in the title."""

        words = [found.group().casefold() for found in _WORD.finditer(text)]
        places = {found.start(): number for number, found in enumerate(_WORD.finditer(text))}

        def word(match: re.Match[str]) -> str:
            place = places[match.start()]
            around = {*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]}
            whole = self._name(match.group()) or self._in_a_row(match.group(), around)
            if whole is not None:
                return whole
            before = after + text[: match.start()]
            written = _PART.sub(
                lambda part: self._part(part.group(), first=part.start() == 0), match.group()
            )
            begins = _SENTENCE_BEGINS.search(before) or (
                self._language in _CAPITAL_AFTER_COLON and _AFTER_COLON.search(before)
            )
            return written[:1].upper() + written[1:] if begins else written

        return _WORD.sub(word, text)

    def _name(self, word: str) -> str | None:
        """Return the spelling of a word that has one of its own, else None."""
        low = word.casefold()
        for known in (self._known, self._brands, self._short, self._names):
            spelled = known.get(low)
            if spelled is not None and not (known is not self._known and self._is_everyday(low)):
                return spelled
        if "&" in word and len(word) <= _CONSONANTS_MOST:
            return word
        if len(low) >= _STEM_LEAST and low not in self._small and self._begins_a_name(low):
            return low[:1].upper() + low[1:]
        return None

    def _begins_a_name(self, low: str) -> bool:
        """Say whether a name in the source's text is this word with an ending: Małopolskiego, Götalandsregionen."""
        return any(
            known.startswith(low) and spelled[:1].isupper() and not spelled.isupper()
            for known, spelled in self._known.items()
        )

    def _in_a_row(self, word: str, around: Collection[str]) -> str | None:
        """Return the spelling of a word that is a later part of a name, where its neighbour stands beside it too."""
        low = word.casefold()
        spelled, neighbours = self._beside.get(low, ("", frozenset()))
        return spelled if low not in self._small and not neighbours.isdisjoint(around) else None

    def _is_everyday(self, low: str) -> bool:
        return low in self._everyday or (low in self._small and low not in self._brands)

    def _part(self, word: str, *, first: bool) -> str:
        low = word.lower()
        name = self._name(word)
        if name is not None and (len(low) > 1 or first):
            return name
        if any(letter.isdigit() for letter in word) or low in _NUMERALS:
            return word
        if 1 < len(word) <= _CONSONANTS_MOST and not _VOWELS & set(low):
            return word
        if (
            self._language in _NOUNS_WITH_CAPITALS
            and len(low) >= _NOUN_LEAST
            and low not in self._small
            and not _NO_NOUN.fullmatch(low)
        ):
            return low[:1].upper() + low[1:]
        return low


_Beside = dict[str, tuple[str, frozenset[str]]]


def _spellings(paragraphs: Iterable[str]) -> tuple[Mapping[str, str], Collection[str], _Beside]:
    """Return how the source spells words that are not in small letters, and those that it has in small ones.

    Of a row of words with capitals the first is taken for a name by itself; of the others ("Regional Innovation
    Strategy") the third value has each with its neighbours.
    """
    found: dict[str, str] = {}
    beginning: dict[str, str] = {}
    beside: _Beside = {}
    small: set[str] = set()
    for paragraph in paragraphs:
        if paragraph.isupper():
            continue
        matches = list(_WORD.finditer(paragraph))
        for number, match in enumerate(matches):
            before = matches[number - 1] if number else None
            begins = _SENTENCE_BEGINS.search(paragraph[max(0, match.start() - 12) : match.start()])
            in_row = (
                before is not None
                and paragraph[before.end() : match.start()] == " "
                and before.group()[0].isupper()
            )
            whole = match.group()
            for word in dict.fromkeys((whole, *_PART.findall(whole))):
                low = word.casefold()
                if word.islower():
                    small.add(low)
                elif len(word) < 2:
                    continue
                elif word.isupper() or not (begins or in_row):
                    found.setdefault(low, word)
                elif in_row and before is not None and not begins:
                    following = matches[number + 1 : number + 2]
                    near = {before.group().casefold(), *(m.group().casefold() for m in following)}
                    known = beside.get(low, (word, frozenset()))
                    beside[low] = (known[0], known[1] | near)
                elif len(word) >= _NAME_LEAST and _is_followed_by_name(paragraph, match.end()):
                    beginning.setdefault(low, word)
    known_names = {**beginning, **found}
    return {low: word for low, word in known_names.items() if low not in small}, small, beside


def _is_followed_by_name(paragraph: str, position: int) -> bool:
    """Say whether the word after `position` begins with a capital too, as in "Bable UK" or "Business Metropole"."""
    return (
        paragraph[position : position + 1] == " "
        and paragraph[position + 1 : position + 2].isupper()
    )
