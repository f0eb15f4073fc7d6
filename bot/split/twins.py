"""A page in two languages tells each thing twice; one of the two is enough."""

from __future__ import annotations

from bot.split.furniture import TWIN
from bot.split.lines import words
from bot.split.part import Part

# The commonest little words of a language that its neighbours on a page do not share.
_LITTLE = {
    "cy": "yn yr y mae ac ar gan wedi bydd ei eich cael hyn sydd gyda fel oedd nid dros rhwng neu dair newydd",
    "en": "the and of to is are was will be for with from by has have on at that this you we their can",
    "es": "el los las del y que por para con una sus ha han se más está son",
    "it": "il gli della di che per con una sono ha le nel alla dal è più",
    "pl": "w i na z się do jest oraz od przez dla nie będzie są po",
    "sv": "och att det som är på av för med till en ett har inte kan",
    "de": "der die das und ist mit von für auf den ein eine wird werden im nicht zu",
    "fr": "le les des et est pour une dans sur du par au avec sont qui pas",
    "nl": "het een van en de is voor met op zijn niet wordt aan",
    "ga": "agus an na ar le is tá sé don chun atá bhí",
    "fi": "ja on ei että se ovat sekä myös kun oli",
    "da": "og det er til af på en at med for ikke som har",
}
_WORDS = {code: frozenset(text.split()) for code, text in _LITTLE.items()}
_LEAST = 2
_DEFAULT = "en"


def tongue(text: str) -> str:
    """Give the code of the language a text is in, by its little words; "" where they do not say."""
    found = [word.lower().replace("’", "'") for word in words(text[:1500])]
    counts = sorted(
        ((sum(1 for word in found if word in little), code) for code, little in _WORDS.items()),
        reverse=True,
    )
    (most, code), (next_most, _) = counts[0], counts[1]
    return code if most >= _LEAST and most > next_most else ""


def set_aside(parts: list[Part], *, language: str) -> None:
    """Set aside the second telling of each item, where a page tells all of them in two languages.

    They stand by turns, or one language after the other. `language` is the one to keep, where it is one of
    the two; else English is kept, else what comes first.
    """
    items = [part for part in parts if part.kind is None]
    half = len(items) // 2
    if half < 2 or len(items) % 2:
        return
    spoken = [tongue(" ".join((part.title, *part.paragraphs()))) for part in items]
    for first, second in (
        (range(0, len(items), 2), range(1, len(items), 2)),
        (range(half), range(half, len(items))),
    ):
        one, other = _only({spoken[n] for n in first}), _only({spoken[n] for n in second})
        if one and other and one != other:
            wanted = language[:2].lower() if language[:2].lower() in (one, other) else _DEFAULT
            for number in first if wanted == other else second:
                items[number].kind = TWIN
            return


def _only(codes: set[str]) -> str:
    """Give the one language among `codes`; a text that does not say is of any."""
    known = codes - {""}
    return next(iter(known)) if len(known) == 1 else ""
