"""Title and summary → verdict."""

from __future__ import annotations

from bot.sort.phrases import words_of
from bot.sort.rules import KINDS, Language, Rules, Sign
from bot.sort.tale import ENOUGH as TALE_ENOUGH
from bot.sort.tale import tale
from bot.sort.weigh import SUMMARY_WORDS, TITLE_WORDS, Scales, weigh
from bot.values import Kind, Verdict

ENOUGH = 1.4  # less than this is not enough for a kind
_ENOUGH_ALONE = 1.25  # where nothing speaks against it
# In doubt a piece goes to the queue, where a person decides; nobody may look at what was set aside. So a kind
# need not outweigh what speaks against it, only come near.
_DOUBT = 0.7
_REASONS = 3
_PLAINLY = 2  # everyday words that tell a language, against what a source declares
_NO_WORDS = "no words that name a plan, a practice or a report"


def sort(title: str, summary: str = "", *, language: str = "", rules: Rules) -> Verdict:
    """Say what a piece with this title and summary announces, and why.

    `language` is its ISO 639-1 code, where known ("en-GB" will do); a text that is plainly in another
    language is read in that one.
    """
    words = set(words_of(f"{title} {summary}", most=TITLE_WORDS + SUMMARY_WORDS))
    spoken = _languages(words, declared=language, rules=rules)
    weighed = [(weigh(title, summary, language=one), one) for one in spoken]
    scales, spoken_best = max(weighed, key=lambda found: found[0].total)
    if scales.strongest < ENOUGH:
        told = tale(title, summary, scales=scales, language=spoken_best)
        if told.weight >= TALE_ENOUGH:
            return Verdict(Kind.PRACTICE, told.because)
    return _verdict(scales)


def _languages(words: set[str], *, declared: str, rules: Rules) -> tuple[Language, ...]:
    """The languages a text may be in: the declared one, unless its everyday words are another's."""
    known = rules.languages.get(declared.partition("-")[0].strip().lower())
    if known is not None and not known.common.isdisjoint(words):
        return (known,)
    hits = {code: len(words & one.common) for code, one in rules.languages.items()}
    most = max(hits.values())
    if known is not None and most < _PLAINLY:
        return (known,)
    return tuple(rules.languages[code] for code, number in hits.items() if number == most)


def _verdict(scales: Scales) -> Verdict:
    kind = max(KINDS, key=lambda sign: scales.weight[sign])
    weight = scales.weight[kind]
    against = scales.weight[Sign.OTHER]
    if (weight >= ENOUGH and weight >= _DOUBT * against) or (
        weight >= _ENOUGH_ALONE and not against
    ):
        return Verdict(Kind(kind.value), _reasons(scales, kind))
    if against:
        return Verdict(None, _reasons(scales, Sign.OTHER))
    if weight:
        reasons = ", ".join(_reasons(scales, *KINDS))
        return Verdict(None, (f"only {reasons}: not enough to say that it is announced",))
    return Verdict(None, (_NO_WORDS,))


def _reasons(scales: Scales, *signs: Sign) -> tuple[str, ...]:
    ranked = sorted(
        (entry for entry in scales.because if entry[1] in signs), key=lambda entry: -entry[0]
    )
    return tuple(dict.fromkeys(phrase for _, _, phrase in ranked))[:_REASONS]
