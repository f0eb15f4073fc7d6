"""Title and summary → verdict: the rules say what a piece speaks of, the weights decide, and both say why.

Where a phrase of the operator's own stands in a piece, the rules alone decide.
"""

from __future__ import annotations

from bot.sort.learned import Learned
from bot.sort.phrases import words_of
from bot.sort.reading import SUMMARY_WORDS, TITLE_WORDS, Reading, read
from bot.sort.rules import KINDS, NOUNS, Language, Rules, Sign
from bot.sort.shelves import LABELS, shelves_of
from bot.sort.tale import ENOUGH as TALE_ENOUGH
from bot.sort.tale import place_in, tale
from bot.sort.telling import telling
from bot.sort.weigh import Scales, weigh
from bot.values import Kind, Verdict

ENOUGH = 1.4  # less than this is not enough for a kind
_ENOUGH_ALONE = 1.25  # where nothing speaks against it
# In doubt a piece goes to the queue, where a person decides; nobody may look at what was set aside. So a kind
# need not outweigh what speaks against it, only come near.
_DOUBT = 0.7
_DOUBT_LEARNED = 1.0
_SAYS_SOMETHING = 3  # words: of fewer nobody learns anything by looking
_SHELF_TELLS = 1.0  # what a shelf counts for its label, to be given as a reason
_REASONS = 3
_PLAINLY = 2  # everyday words that tell a language, against what a source declares
_NO_WORDS = "no words that name a plan, a practice or a report"
_OWN_DECIDE = NOUNS | {Sign.COMING, Sign.PROCESS, Sign.NOTHING}


def sort(
    title: str, summary: str = "", *, language: str = "", link: str = "", rules: Rules
) -> Verdict:
    """Say what a piece with this title and summary announces, and why.

    `language` is its ISO 639-1 code, where known ("en-GB" will do); a text that is plainly in another
    language is read in that one. `link` is the address of the page it leads to, where known.
    """
    title_words = words_of(title, most=TITLE_WORDS)
    summary_words = words_of(summary, most=SUMMARY_WORDS)
    spoken = languages_of({*title_words, *summary_words}, declared=language, rules=rules)
    readings = [read(title_words, summary_words, language=one) for one in spoken]
    weighed = [(weigh(one), one) for one in readings]
    scales, reading = max(weighed, key=lambda found: found[0].total) if weighed[1:] else weighed[0]
    if rules.learned is None or _has_own_phrase(reading):
        return _by_rules(title, summary, scales, reading)
    return _by_weights(title, summary, scales, reading, link=link, learned=rules.learned)


def languages_of(words: set[str], *, declared: str, rules: Rules) -> tuple[Language, ...]:
    """The languages a text may be in: the declared one, unless its everyday words are another's."""
    known = rules.languages.get(declared.partition("-")[0].strip().lower())
    if known is not None and not known.common.isdisjoint(words):
        return (known,)
    hits = {code: len(words & one.common) for code, one in rules.languages.items()}
    most = max(hits.values())
    if known is not None and most < _PLAINLY:
        return (known,)
    return tuple(rules.languages[code] for code, number in hits.items() if number == most)


def _has_own_phrase(reading: Reading) -> bool:
    return any(
        sign.value.is_own and sign.value.sign in _OWN_DECIDE
        for statement in (*reading.title, *reading.summary)
        for sign in statement.signs
    )


def _by_weights(
    title: str, summary: str, scales: Scales, reading: Reading, *, link: str, learned: Learned
) -> Verdict:
    if not reading.title_words and not reading.summary_words:
        return Verdict(None, (_NO_WORDS,))
    place = place_in(title, reading.language)
    marks = learned.marks(reading, title=title, summary=summary, place=place)
    stands = shelves_of(link, shelves=learned.shelves) if link else {}
    found = (learned.weigh(marks, reading.title_words), *stands.values())
    weights = {label: sum(one[index] for one in found) for index, label in enumerate(LABELS)}
    if len(reading.title_words) + len(reading.summary_words) >= _SAYS_SOMETHING:
        weights["other"] -= _DOUBT_LEARNED
    label = max(LABELS, key=lambda one: weights[one])
    index = LABELS.index(label)
    shelf = tuple(
        f"“{part}” in its address"
        for part, counts in stands.items()
        if counts[index] >= _SHELF_TELLS
    )
    if label == "other":
        reasons = (*_why_not(scales), *shelf) or telling(
            reading, marks, learned=learned, label=label, most=_REASONS
        )
        return Verdict(None, reasons or (_NO_WORDS,))
    kind = Kind(label)
    because = (*_reasons(scales, Sign(label)), *shelf)
    if not because and kind is Kind.PRACTICE:
        because = tale(title, summary, scales=scales, reading=reading).because
    if not because:
        words = ", ".join(telling(reading, marks, learned=learned, label=label, most=_REASONS))
        because = (f"it reads like a {label}" + (f": {words}" if words else " as a whole"),)
    return Verdict(kind, because)


def _by_rules(title: str, summary: str, scales: Scales, reading: Reading) -> Verdict:
    if scales.strongest < ENOUGH:
        told = tale(title, summary, scales=scales, reading=reading)
        if told.weight >= TALE_ENOUGH:
            return Verdict(Kind.PRACTICE, told.because)
    sign = max(KINDS, key=lambda one: scales.weight[one])
    weight = scales.weight[sign]
    against = scales.weight[Sign.OTHER]
    if (weight >= ENOUGH and weight >= _DOUBT * against) or (
        weight >= _ENOUGH_ALONE and not against
    ):
        return Verdict(Kind(sign.value), _reasons(scales, sign))
    return Verdict(None, _why_not(scales) or (_NO_WORDS,))


def _why_not(scales: Scales) -> tuple[str, ...]:
    if against := _reasons(scales, Sign.OTHER):
        return against
    if reasons := ", ".join(_reasons(scales, *KINDS)):
        return (f"only {reasons}: not enough to say that it is announced",)
    return ()


def _reasons(scales: Scales, *signs: Sign) -> tuple[str, ...]:
    ranked = sorted(
        (entry for entry in scales.because if entry[1] in signs), key=lambda entry: -entry[0]
    )
    return tuple(dict.fromkeys(phrase for _, _, phrase in ranked))[:_REASONS]
