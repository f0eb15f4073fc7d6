"""Pages that are one announcement stay whole, whatever sub-headings they have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.split import furniture, phrases
from bot.split.lines import Line, is_sentence, words
from bot.split.part import Part
from bot.split.titles import normalise_title

_LONGEST_FIRST_SENTENCE = 160
# Fewer words than this above the first heading greet or lead in; they tell nothing.
_LEAST_SAID = 12
# A name of fewer words is a newsletter's more often than a piece of news.
_LEAST_HEADLINE = 4
_STEP = re.compile(r"((?:[^\W\d]+\s){1,3})\d{1,2}\b")
_TEXT = (furniture.INTRODUCTION, furniture.SECTION, furniture.LOOSE)


def whole_if_one(parts: list[Part], *, title: str) -> list[Part]:
    """Put the page together again where it is one announcement; else give `parts` as they are.

    `title` is the page's own title, for a page whose headings only divide its text.
    """
    items = [part for part in parts if part.kind is None]
    headline = _headline(parts, items)
    if headline:
        return _joined(parts, headline)
    said = sum(_count(part) for part in parts if part.kind is furniture.INTRODUCTION)
    if len(items) >= 2 and not _only_divided(items, said) and not _is_letter(parts, items):
        return parts
    if len(items) == 1:
        only = items[0]
        divided = phrases.is_subheading(only.title)
        if said < _LEAST_SAID and not divided:
            return parts
        own = only.title if not divided and (not title or _count(only) * 2 >= said) else title
        return _joined(parts, own)
    return _joined(parts, title)


def _headline(parts: Sequence[Part], items: Sequence[Part]) -> str:
    """Give the headline of a page whose other headings only divide what it announces, or "".

    It stands first, in a look of its own, tells something, and of what follows hardly anything leads anywhere
    else than it does.
    """
    named = (part for part in parts if part.title and part.kind in (None, furniture.INTRODUCTION))
    first = next(named, None)
    below = [part for part in items if part is not first]
    if first is None or len(below) < 2 or any(part.look in ("lead", first.look) for part in below):
        return ""
    if first.look not in ("h1", "h2") and not first.look.startswith("size"):
        return ""
    texts = [text for text in first.paragraphs() if is_sentence(text)]
    if (
        len(words(first.title)) < _LEAST_HEADLINE
        or phrases.names_issue(first.title)
        or phrases.is_section(first.title)
        or sum(len(words(text)) for text in texts) < _LEAST_SAID
        or any(phrases.is_greeting(text) for text in first.paragraphs()[:1])
    ):
        return ""
    own = _targets(first)
    elsewhere = sum(1 for part in below if _targets(part) - own)
    return first.title if elsewhere * 3 <= len(below) and (own or not elsewhere) else ""


def _targets(part: Part) -> set[str]:
    """Give where a part leads, without anchors and addresses of people."""
    hrefs = (href for line in (*part.heading, *part.body) for href in line.hrefs)
    return {href for href in hrefs if not href.startswith(("#", "mailto:", "tel:"))}


def _only_divided(items: Sequence[Part], said: int) -> bool:
    """Say whether headings only divide one text: questions, "Background", "How to apply"."""
    dividing = sum(1 for part in items if phrases.is_subheading(part.title))
    if dividing * 2 >= len(items) or _are_steps(items):
        return True
    # A long text above short headings none of which links anywhere is an article with its parts.
    linked = any(part.href or any(line.hrefs for line in part.body) for part in items)
    short = all(len(words(part.title)) <= 4 for part in items)
    return dividing > 0 and short and not linked and said >= 60


def _is_letter(parts: Sequence[Part], items: Sequence[Part]) -> bool:
    """Say whether a page is a letter with topics: a greeting, a farewell, and no topic that links anywhere."""
    if any(part.href or any(line.hrefs for line in part.body) for part in items):
        return False
    texts = [line.text for part in parts for line in part.body if line.text]
    greets = any(phrases.is_greeting(text) for text in texts[:4])
    return greets and any(phrases.is_farewell(text) for text in texts[-12:])


def _are_steps(items: Sequence[Part]) -> bool:
    """Say whether most headings count the parts of one thing: "Lesson 1: …", "Lesson 2: …"."""
    stems = Counter(match[1].lower() for part in items if (match := _STEP.match(part.title)))
    return bool(stems) and stems.most_common(1)[0][1] * 2 > len(items) >= 3


def _count(part: Part) -> int:
    return sum(len(words(text)) for text in part.paragraphs())


def _joined(parts: list[Part], title: str) -> list[Part]:
    """Join what tells something into one part, in page order; furniture stays beside it."""
    body: list[Line] = []
    rest: list[Part] = []
    name = normalise_title(title)
    place = -1
    for part in parts:
        if part.kind is not None and part.kind not in _TEXT:
            rest.append(part)
            continue
        if place < 0:
            place = len(rest)
        if part.title and part.look != "lead" and normalise_title(part.title) != name:
            body.extend(part.heading)
        body.extend(
            line for line in part.body if not line.text or normalise_title(line.text) != name
        )
    whole = Part(title=title, body=body)
    texts = whole.paragraphs()
    if not texts:
        return parts
    whole.title = title or first_sentence(texts)
    return [*rest[:place], whole, *rest[place:]]


def first_sentence(texts: Sequence[str]) -> str:
    """Give the first sentence of a text as its title, cut at a word where it is long."""
    text = next((text for text in texts if is_sentence(text)), texts[0]).strip("_=*-~# ")
    for place, mark in enumerate(text[: _LONGEST_FIRST_SENTENCE + 1]):
        if mark in ".!?…。؟" and text[place + 1 : place + 2] in ("", " ") and place >= 12:
            return text[: place + 1].rstrip(".")
    if len(text) <= _LONGEST_FIRST_SENTENCE:
        return text
    return text[:_LONGEST_FIRST_SENTENCE].rsplit(" ", 1)[0].rstrip(",;: ") + "…"
