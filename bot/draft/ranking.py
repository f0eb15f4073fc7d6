"""Which of a source's sentences tell the most, alone (X) or together (LinkedIn). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from review.text import MOST_WORDS, count_words

# A sentence that begins so leans on the one before it: nobody can read it alone.
_LEANS = {
    "en": r"this|these|those|that|he|she|his|her|its|their|but|and|or|however|also|therefore|so|then|instead|both|either|neither|"
    r"meanwhile|in addition|as a result|moreover|furthermore|yet|such|others?|another|the (?:first|second|third|latter|former|other)s?|"
    r"here|there|among (?:them|these)|for example|for instance|similarly|by contrast|to this end|of these|of those|as such|in turn",
    "cy": r"mae (?:hwn|hyn|hon|rhain|rhai)|yn ogystal|ond|hefyd|fodd bynnag|felly|yno|dyma|hyn|hwn|hon|rhain|er enghraifft|ei|eu",
    "es": r"ese|esa|este|esta|esto|estos|estas|dich[oa]s?|además|pero|sin embargo|también|así|por ello|allí|amb[oa]s|entre ell[oa]s|"
    r"por ejemplo|por otra parte|asimismo|su|sus",
    "it": r"quest[oaie]|quest[’']\w+|tal[ei]|inoltre|ma|anche|così|pertanto|entrambi|tra (?:quest[ie]|loro)|lì|vi|ad esempio|infine|"
    r"suo|sua|suoi|sue",
    "pl": r"to|ten|ta|te|tę|tym|tego|tej|ci|ich|jej|jego|jednak|również|ponadto|także|dlatego|obie|oba|wśród nich|tam|na przykład|ale",
    "sv": r"detta|denna|dessa|dessutom|men|även|också|därför|där|däremot|båda|bland dem|då|till exempel|deras|dess|hans|hennes",
    "de": r"dies\w*|dabei|danach|damit|dafür|darin|dazu|daher|dort|außerdem|aber|auch|beide|zudem|darunter|so|hierzu|ferner|deshalb|"
    r"jedoch|zum beispiel|ihr\w*|sein\w*|deren|dessen|denn",
    "fr": r"cette|ce|cet|ces|c[’']\w+|celui|celle|ceux|mais|aussi|en outre|ainsi|cependant|de plus|par ailleurs|parmi (?:eux|elles)|là|"
    r"par exemple|enfin|son|sa|ses|leurs?",
}
# And one that begins so means the title or the sentence before: "It names 24 measures."
_MEANS = {
    "en": r"it|they",
    "cy": r"mae[’']n|mae[’']r un|maen nhw|maent|bydd yn|mae hi|mae o|mae e",
    "es": r"él|ella|ellos|ellas|incluye|contiene|prevé|recoge|se trata",
    "it": r"esso|essa|essi|si tratta|comprende|prevede|contiene",
    "pl": r"on|ona|ono|oni|one|zawiera|obejmuje|określa|wskazuje",
    "sv": r"den|det|de",
    "de": r"er|sie|es",
    "fr": r"il|elle|ils|elles|on y",
}
# A post goes out on another day than its source.
_TODAY = {
    "en": r"today|yesterday|tomorrow|tonight|this (?:morning|afternoon|evening|week|month)|(?:last|next) (?:week|month)",
    "cy": r"heddiw|ddoe|yfory|yr wythnos hon|y mis hwn|yr wythnos nesaf",
    "es": r"hoy|ayer|mañana|esta semana|este mes|la semana pasada|la próxima semana",
    "it": r"oggi|ieri|domani|questa settimana|questo mese|stamattina|la settimana scorsa",
    "pl": r"dziś|dzisiaj|wczoraj|jutro|w tym tygodniu|w tym miesiącu",
    "sv": r"i ?dag|i ?går|i ?morgon|denna vecka|i veckan|denna månad",
    "de": r"heute|gestern|morgen|diese woche|diesen monat|in dieser woche",
    "fr": r"aujourd[’']hui|hier|demain|cette semaine|ce mois-ci|ce matin|la semaine dernière",
}
# One word for the day, which a sentence can do without where it stands inside it: "has today published".
_DAY_WORD = {
    "en": r"today|yesterday",
    "cy": r"heddiw|ddoe",
    "es": r"hoy|ayer",
    "it": r"oggi|ieri",
    "pl": r"dziś|dzisiaj|wczoraj",
    "sv": r"i ?dag|i ?går",
    "de": r"heute|gestern",
    "fr": r"aujourd[’']hui|hier",
}
# After these it cannot: "from today".
_BOUND = re.compile(
    r"(?<!\w)(?:from|until|till|since|as of|of|by|for|o|hyd|ers|tan|desde|hasta|de|a partir de|da|fino a|dal|di|od|do|från|till|sedan|av|ab|bis|"
    r"seit|von|à partir d['’]|jusqu['’]|depuis|d['’]|dès)\s*\Z",
    re.IGNORECASE,
)
_FIRST_PERSON = {
    "en": r"we|our|us|i|my|you|your",
    "cy": r"rydym|rydyn|rwy|rwyf|ein|ni|ichi|chi|eich",
    "es": r"nosotros|nuestr[oa]s?|os|vuestr[oa]s?|hemos|estamos|usted",
    "it": r"noi|nostr[oaie]|abbiamo|siamo|vi|vostr[oaie]",
    "pl": r"my|nas|nasz\w*|jesteśmy|państw[ou]|państwa",
    "sv": r"vi|vår[at]?|våra|oss|du|dig|din|ditt",
    "de": r"wir|unser\w*|uns|ihnen",
    "fr": r"nous|notre|nos|vous|votre|vos",
}
_GLAD = re.compile(
    r"(?:delighted|pleased|proud|excited|happy|thrilled) to (?:announce|share|say|present|publish|launch)|falch o|yn bleser|"
    r"nos complace|encantad[oa]s de|nos alegra|siamo (?:lieti|felici|orgogliosi)|con piacere|z przyjemnością|miło nam|"
    r"glada (?:att|över)|stolta (?:att|över)|freuen uns|freuen sich|heureux de|ravis? de|fiers? de|le plaisir de",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"(?<![\w.,])(?!(?:19|20)\d\d(?![\d.,]))\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_QUOTE = re.compile(r"[“«„”»\"].*?[”»“\"]|(?<!\w)[‘'][^‘’']{10,}[’']")
_QUOTED_LEAST = 5  # words; fewer are a name or a term in quotation marks
_EASY = (7, 22)  # words of a sentence that is read at a glance
_STEM = 5  # letters by which words of title and sentence are compared
_LETTERS = 4  # a shorter word tells nothing by itself
_NOTHING_NEW = (
    0.45  # less of a sentence than this that the title has not: it only says the title again
)
_LITTLE_NEW = 0.2
_EARLY = 9  # sentences of an item's beginning; what comes after belongs to another thought
_FEW = 2  # sentences; fewer are little for a network with room
_MONEY = re.compile(
    r"[%‰£€$]|\b(?:per cent|percent|procent|prozent|proc|millions?|miliwn|millones|milioni|mln|miljoner|mio|kr|zł)\b",
    re.IGNORECASE,
)
_FALLBACK = "en"


def _compiled(words: Mapping[str, str], *, at_beginning: bool) -> dict[str, re.Pattern[str]]:
    # Where a word is looked for at the beginning, a quotation mark may stand before it.
    before = r"\A[\"'“„«‘(]*" if at_beginning else r"(?<!\w)"
    return {
        language: re.compile(rf"{before}(?:{pattern})(?!\w)", re.IGNORECASE)
        for language, pattern in words.items()
    }


_LEANING = _compiled(_LEANS, at_beginning=True)
_MEANING = _compiled(_MEANS, at_beginning=True)
_DAYS = _compiled(_TODAY, at_beginning=False)
_DAY_WORDS = {
    language: re.compile(
        rf"(?<![\w,;(])(?:{words})(?![\w’',])(?: \([^()]{{1,30}}\))?", re.IGNORECASE
    )
    for language, words in _DAY_WORD.items()
}
_PERSONS = _compiled(_FIRST_PERSON, at_beginning=False)


def most_telling(
    sentences: Sequence[str], *, title: str, language: str = "", most: int
) -> tuple[str, ...]:
    """Return up to `most` sentences that can stand alone under the title, the most telling first.

    A sentence tells more when it comes early, gives a figure, is short enough to read at a glance, and says
    what the title does not; less when it quotes, or speaks of "us".
    """
    standing = [
        (number, sentence)
        for number, sentence in enumerate(sentences)
        if not (
            _is(_LEANING, sentence, language)
            or count_words(sentence) > MOST_WORDS
            or speaks_of_today(sentence, language)
            or fresh(sentence, title) < _NOTHING_NEW
        )
    ]
    ranked = sorted(standing, key=lambda one: _worth(one[0], one[1], title, language), reverse=True)
    return tuple(sentence for _, sentence in ranked[:most])


def best_together(
    sentences: Sequence[str], *, title: str, language: str = "", most: int
) -> tuple[str, ...]:
    """Return up to `most` sentences that read well one after the other, in the source's order.

    Long ones, those that speak of today, rejoice, or only say the title again are passed over while
    others are there; so is one that leans on what was passed over.
    """
    found = _together(sentences, title=title, language=language, most=most, least_new=_NOTHING_NEW)
    if len(found) < _FEW:
        # What the title says too is better than next to nothing, when it adds who or where.
        found = _together(
            sentences, title=title, language=language, most=most, least_new=_LITTLE_NEW
        )
    return found or tuple(
        sentence for sentence in sentences[:1] if not speaks_of_today(sentence, language)
    )


def _together(
    sentences: Sequence[str], *, title: str, language: str, most: int, least_new: float
) -> tuple[str, ...]:
    chosen: list[str] = []
    before = True
    for number, sentence in enumerate(sentences[:_EARLY]):
        repeats = fresh(sentence, title) < least_new
        glad = _GLAD.search(sentence) is not None
        fit = not (
            repeats
            or glad
            or count_words(sentence) > MOST_WORDS
            or speaks_of_today(sentence, language)
            or (_is(_LEANING, sentence, language) and not (chosen and before))
            or (_is(_MEANING, sentence, language) and not before)
        )
        if fit:
            chosen.append(sentence)
        # The title stands for a first sentence that says the same.
        before = fit or ((repeats or glad) and number == 0)
        if len(chosen) == most:
            break
    return tuple(chosen)


def speaks_of_today(sentence: str, language: str) -> bool:
    """Say whether a sentence names a day that will be another when the post goes out."""
    return _is(_DAYS, sentence, language)


def undated(sentence: str, language: str) -> str:
    """Return a sentence without "today" where it can do without: a post goes out on another day than its source.

    What only stands beside the word, such as "(Tuesday 9 June)", goes with it.
    """
    pattern = _DAY_WORDS.get(language)
    match = pattern.search(sentence) if pattern is not None else None
    if match is None or any(mark in sentence for mark in '"“„«'):
        return sentence
    before, after = sentence[: match.start()], sentence[match.end() :]
    if _BOUND.search(before) or not before.rstrip()[-1:].isalnum():
        return sentence
    rest = before.rstrip() + after if after[:1] in ".!" else before + after.lstrip()
    return rest if not speaks_of_today(rest, language) else sentence


def fresh(sentence: str, title: str) -> float:
    """Return the share of a sentence's telling words (0 to 1) that the title does not have."""
    known = set(_stems(title))
    words = _stems(sentence)
    return sum(1 for word in words if word not in known) / max(len(words), 1)


def _worth(number: int, sentence: str, title: str, language: str) -> float:
    size = count_words(sentence)
    bare = _QUOTE.sub(" ", sentence)
    quoted = max((len(found.split()) for found in _QUOTE.findall(sentence)), default=0)
    means = _is(_MEANING, sentence, language)
    return (
        -0.4 * min(number, 6)
        + (0.9 if _FIGURE.search(sentence) else 0.3 if _YEAR.search(sentence) else 0.0)
        + (0.3 if _MONEY.search(sentence) else 0.0)
        + (0.5 if _EASY[0] <= size <= _EASY[1] else 0.0)
        + 2.0 * min(fresh(sentence, title), 0.7)
        - (0.4 if means and number == 1 else 1.5 if means and number > 1 else 0.0)
        - (0.7 if _is(_PERSONS, bare, language) else 0.0)
        - (1.0 if _GLAD.search(sentence) else 0.0)
        - (1.2 if quoted >= _QUOTED_LEAST else 0.0)
    )


def _is(patterns: Mapping[str, re.Pattern[str]], sentence: str, language: str) -> bool:
    pattern = patterns.get(language) or patterns[_FALLBACK]
    return pattern.search(sentence) is not None


def _stems(text: str) -> list[str]:
    words = re.findall(r"\w+", text.casefold())
    return [word[:_STEM] for word in words if len(word) >= _LETTERS or word[0].isdigit()]
