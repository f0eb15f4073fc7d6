"""Says a sentence of `review.text.saying` in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from review.text.saying import Said


def told(sentence: object) -> str:
    """Return a sentence, or what an error says, in the language that is active; a plain text stays as it is.

    A translation that lacks a value, or asks for one that is not there, gives way to the English.
    """
    if isinstance(sentence, Exception):
        sentence = sentence.args[0] if sentence.args else ""
    if not isinstance(sentence, Said):
        return str(sentence)
    if sentence.parts:
        return " ".join(told(part) for part in sentence.parts)
    if not sentence.pattern:
        return str(sentence)
    pattern = gettext(sentence.pattern)
    values: Mapping[str, str] = {name: told(value) for name, value in sentence.values.items()}
    try:
        return pattern % values if values else pattern
    except (KeyError, ValueError, TypeError):
        return str(sentence)
