"""Title and summary → verdict."""

from __future__ import annotations

from bot.sort.phrases import words_of
from bot.sort.rules import KINDS, Language, Rules, Sign
from bot.sort.weigh import SUMMARY_WORDS, TITLE_WORDS, Scales, deeds, weigh
from bot.values import Kind, Verdict

ENOUGH = 1.4  # less than this is not enough for a kind
_DEEDS_ENOUGH = 1.3
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
    scales = [weigh(title, summary, language=one) for one in spoken]
    return _verdict(max(scales, key=lambda found: found.total))


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
    if weight < ENOUGH and against < 1 and scales.has_deed_in_title:
        told = deeds(scales)
        if told >= _DEEDS_ENOUGH:
            return Verdict(Kind.PRACTICE, _reasons(scales, Sign.DEED, Sign.PRACTICE))
    if weight >= ENOUGH and weight >= _DOUBT * against:
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
