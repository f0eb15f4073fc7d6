"""Sentences that can be said in another language later: an English text that knows how it was put together.

What a check or a transition says is written once, in English, and is a plain text to the command line, the log and
the record. Beside the text it keeps its pattern and what was put into it; `stored` and `read` carry that through the
database, and the pages look the pattern up in their own language (`review.said`). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

Value = str | int


class Said(str):
    """An English sentence with the `pattern` and the `values` that it was made of.

    A value may be such a sentence itself. `parts` is set instead where several stand one after the other.
    """

    __slots__ = ("parts", "pattern", "values")
    pattern: str
    values: Mapping[str, Value]
    parts: tuple[str, ...]

    @classmethod
    def made(
        cls, english: str, *, pattern: str = "", values: Mapping[str, Value], parts: Iterable[str]
    ) -> Self:
        """Return the sentence `english` with what it is made of."""
        sentence = cls(english)
        sentence.pattern, sentence.values, sentence.parts = pattern, values, tuple(parts)
        return sentence


def say(pattern: str, /, **values: str | int) -> Said:
    """Put `values` into the English `pattern`: say("Post %(number)s is gone.", number=3)."""
    return Said.made(
        pattern % values if values else pattern, pattern=pattern, values=values, parts=()
    )


def together(*sentences: str) -> str:
    """Put sentences one after the other; empty ones leave no trace."""
    parts = [sentence for sentence in sentences if sentence]
    return parts[0] if len(parts) == 1 else Said.made(" ".join(parts), values={}, parts=parts)


def cut(sentence: str, most: int) -> str:
    """Return a sentence that is no longer than `most` characters; one that fits stays what it is."""
    return sentence if len(sentence) <= most else sentence[:most]


def trimmed(sentence: str) -> str:
    """Return a sentence without white space around it; one that has none stays what it is."""
    bare = sentence.strip()
    return sentence if bare == sentence else bare


def stored(sentence: str) -> dict[str, Any] | None:
    """Return what of a sentence is kept beside its text, as JSON data; None where it is a text only."""
    if not isinstance(sentence, Said):
        return None
    if sentence.parts:
        return {
            "en": str(sentence),
            "parts": [stored(part) or str(part) for part in sentence.parts],
        }
    values = {
        name: stored(value) if isinstance(value, Said) else value
        for name, value in sentence.values.items()
    }
    return {"en": str(sentence), "say": sentence.pattern, "with": values}


def read(text: str, kept: Any) -> str:
    """Return the sentence that `stored` kept beside `text`; the text alone where that belongs to another one."""
    if not isinstance(kept, Mapping) or kept.get("en") != text:
        return text
    if isinstance(parts := kept.get("parts"), list):
        return Said.made(text, values={}, parts=[_inner(part) for part in parts])
    pattern, values = kept.get("say"), kept.get("with")
    if not isinstance(pattern, str) or not isinstance(values, Mapping):
        return text
    known = {str(name): _inner(value) for name, value in values.items()}
    return Said.made(text, pattern=pattern, values=known, parts=())


def _inner(value: Any) -> str:
    if isinstance(value, Mapping):
        return read(str(value.get("en", "")), value)
    return str(value)


def to_say(pattern: str, /) -> str:
    """Return a pattern as it is: marks one that `say` gets from a table, so that its translation is missed."""
    return pattern


_MONTHS = (
    to_say("January"),
    to_say("February"),
    to_say("March"),
    to_say("April"),
    to_say("May"),
    to_say("June"),
    to_say("July"),
    to_say("August"),
    to_say("September"),
    to_say("October"),
    to_say("November"),
    to_say("December"),
)


def month(number: int) -> Said:
    """Return the name of a month, 1 to 12, for a sentence."""
    return say(_MONTHS[number - 1])
