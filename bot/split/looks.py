"""What makes one line of a page look like a heading."""

from __future__ import annotations

from bot.split import furniture, phrases
from bot.split.furniture import Furniture
from bot.split.lines import LONGEST_TITLE, Line, Signature, has_letters, in_capitals, words

ROOT: Signature = ("root", 0.0)
# A line of furniture words in ordinary type: it ends what stands before, and holds nothing below it.
PLAIN: Signature = ("plain", 8.0)
# What a list of definitions defines.
TERM: Signature = ("term", 5.5)
# Where a page mixes <h2> and large type, they rank by the size browsers give them.
_LEVELS = (0.0, 2.1, 2.55, 3.15, 4.0, 5.0, 6.0)


def signature(line: Line, *, body: float) -> Signature | None:
    """Say what makes `line` look like a heading, or None. `body` is the size of the text in pixels."""
    text = line.text
    if not text or len(text) > LONGEST_TITLE or line.region or not has_letters(text):
        return None
    if phrases.is_date(text) or phrases.is_greeting(text) or phrases.is_bare_action(text):
        return None
    hrefs = line.hrefs
    if hrefs and all(href.startswith("#") for href in hrefs) and not line.level:
        return None
    if line.level:
        return (
            None
            if phrases.is_byline(text) and line.level > 2
            else (f"h{line.level}", _LEVELS[line.level])
        )
    if line.sign is not None:
        return line.sign
    count = len(words(text))
    kind = furniture.of_title(text)
    plain = kind is not None and kind.strong and count <= 10 and _stands_alone(line, kind)
    look = _look(line, count, body)
    if look is not None and (phrases.is_byline(text) or furniture.is_boilerplate(text)):
        look = None
    if look is not None and kind is furniture.SPONSOR and plain:
        return PLAIN
    return look or (PLAIN if plain else None)


def _stands_alone(line: Line, kind: Furniture) -> bool:
    """Say whether a line of furniture words in ordinary type may end what stands before it."""
    if kind is furniture.SPONSOR:
        return True
    return line.text[-1:] not in ".!?;," and not line.item


def _look(line: Line, count: int, body: float) -> Signature | None:
    text = line.text
    if len(text) > 170 or count > 26 or text[-1] in ",;" or "@" in text or "://" in text:
        return None
    if text[-1] == "." and count >= 9:
        return None
    runs = [run for run in line.runs if any(mark.isalnum() for mark in run.text)]
    linked = bool(runs) and all(run.href for run in runs)
    if phrases.is_action(text) and (linked or in_capitals(text)):
        return None
    if line.titled:
        return ("class", 3.8)
    if line.term:
        return None if phrases.is_label(text) else TERM
    size = min((run.size for run in runs), default=body)
    bold = bool(runs) and all(run.bold for run in runs)
    if size >= body * 1.1:
        step = 2.2 if size >= body * 1.7 else 2.6 if size >= body * 1.35 else 3.2
        return (f"size {round(size)}{' bold' if bold else ''}", step + (0.0 if bold else 0.05))
    if bold and size >= body * 0.95:
        return ("bold", 6.5)
    if in_capitals(text) and count <= 12:
        return ("caps", 6.6)
    if linked and count >= 3 and not line.item:
        return ("link", 6.9)
    return None
