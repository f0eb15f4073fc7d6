"""Other readings of a page than the one by its headings, and which of all explains the page best.

Some senders mark no title at all: a rule stands before each item and the item's first line names it, or a
picture with words in it stands for the title and says them in its alternative text. Such lines are given the
look of a heading, the page is read again, and the reading wins in which more of the page is items that have a
title and words of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.split import furniture, phrases
from bot.split.lines import (
    Line,
    Run,
    Signature,
    has_letters,
    is_sentence,
    is_short_sentence,
    words,
)
from bot.split.looks import PLAIN
from bot.split.outline import Node
from bot.split.part import Part

_ASIDE: Signature = ("aside", 4.0)
# A reading that finds so much has found how the page marks its items.
_LEAST_FOUND = 2.0
_LONGEST_TITLE = 140
_MOST_WORDS = 18
_PICTURE_ONLY = re.compile(
    r"\b(?:logos?|icons?|banner|header|masthead|photo\w*|picture|image|portrait|spacer|divider|button|screenshot|map of|facebook"
    r"|twitter|linkedin|instagram|youtube)\b|\.(?:png|jpe?g|gif|webp)$",
    re.IGNORECASE,
)


def readings(
    lines: Sequence[Line], nodes: Sequence[Node], *, points: float
) -> Iterator[list[Line]]:
    """Yield the lines anew, with other lines for headings; nothing where the page gives no reason to.

    `nodes` is the reading by headings, worth `points`: what heads items there sets the rank of the others.
    """
    sign = _usual_look(nodes)
    ruled = _after_rules(lines)
    if ruled:
        yield [
            replace(line, sign=sign) if place in ruled and not line.level else replace(line)
            for place, line in enumerate(lines)
        ]
    by_turns = _by_turns(lines) if points < _LEAST_FOUND else set()
    if by_turns:
        yield [
            replace(line, sign=sign) if place in by_turns and not line.level else replace(line)
            for place, line in enumerate(lines)
        ]
    pictured = _pictured(lines, {id(line) for node in nodes[1:] for line in node.heading})
    if pictured:
        yield [
            _spelled_out(line, sign) if place in pictured else replace(line)
            for place, line in enumerate(lines)
        ]


def worth(parts: Sequence[Part]) -> float:
    """Say how well a reading explains a page: a point for each item with a title and words of its own.

    Half a point goes for each text that is left over without a title, or swallowed with others by one item.
    """
    points = 0.0
    for part in parts:
        if part.kind is None:
            told = [text for text in part.paragraphs() if is_sentence(text)]
            points += (1.0 if told else 0.3) if part.title else 0.0
            points -= 0.5 * _swallowed(part)
        elif part.kind in (furniture.LOOSE, furniture.INTRODUCTION):
            points -= 0.5 * sum(
                1 for line in part.body if any(line.hrefs) and is_sentence(line.text)
            )
    return points


def _swallowed(part: Part) -> int:
    """Count the rules inside an item that part texts with links of their own."""
    return sum(1 for line in part.body[1:] if line.rule and line.text)


def _usual_look(nodes: Sequence[Node]) -> Signature:
    looks = Counter(
        node.sign
        for node in nodes[1:]
        if node.sign is not PLAIN and node.kind is None and not node.is_issue and node.texts()
    )
    sign, count = looks.most_common(1)[0] if looks else (_ASIDE, 0)
    return sign if count >= 2 else _ASIDE


def _after_rules(lines: Sequence[Line]) -> set[int]:
    """Give the places of the lines that name what follows a rule, where most of what rules part has one."""
    starts = [place for place, line in enumerate(lines) if line.rule]
    found: set[int] = set()
    telling = 0
    for start, end in pairwise([*starts, len(lines)]):
        texts = [place for place in range(start, end) if lines[place].text]
        tells = [place for place in texts if _tells(lines[place].text)]
        if not tells:
            continue
        telling += 1
        if tells != texts[:1] and may_name(lines[texts[0]]):
            found.add(texts[0])
    return found if len(found) >= 2 and len(found) * 2 >= telling else set()


def _by_turns(lines: Sequence[Line]) -> set[int]:
    """Give the places of short lines on their own that take turns with texts which lead somewhere.

    Nothing but this turn shows them for titles (they may be in italics, or underlined); that most texts have
    a link of their own shows that they are items.
    """
    texts = [place for place, line in enumerate(lines) if line.text and not line.region]
    found = [
        place
        for place, below in pairwise(texts)
        if lines[place].para != lines[below].para
        and _tells(lines[below].text)
        and may_name(lines[place])
        and not _tells(lines[place].text)
        and not phrases.is_label(lines[place].text)
    ]
    linked = sum(
        1
        for place, end in pairwise([*found, len(lines)])
        if any(_leads_on(href) for line in lines[place:end] for href in line.hrefs)
    )
    return set(found) if len(found) >= 3 and linked * 4 >= len(found) * 3 else set()


def may_name(line: Line) -> bool:
    """Say whether a line may be a title, by its words alone."""
    text = line.text
    return (
        0 < len(text) <= _LONGEST_TITLE
        and len(words(text)) <= _MOST_WORDS
        and has_letters(text)
        and text[-1] not in ".;,:"
        and "@" not in text
        and "://" not in text
        and not line.region
        and not line.item
        and not phrases.is_date(text)
        and not phrases.is_greeting(text)
        and not phrases.is_byline(text)
        and not (line.hrefs and phrases.is_action(text))
        and not furniture.is_boilerplate(text)
    )


def _tells(text: str) -> bool:
    return is_sentence(text) or is_short_sentence(text)


def _pictured(lines: Sequence[Line], headings: set[int]) -> set[int]:
    """Give the places of pictures whose words stand for a title: text without a heading follows each."""
    found: set[int] = set()
    headed, begun = False, False
    for place, line in enumerate(lines):
        if line.text:
            headed = id(line) in headings
            begun = begun or _tells(line.text)
            continue
        if not begun and not any(_leads_on(href) for href in line.hrefs):
            continue  # whoever sends the page has a name and a picture at its top
        alt = next((image.alt for image in line.images if image.alt), "")
        if not alt or headed:
            continue
        follower = next((later for later in lines[place + 1 :] if later.text or _says(later)), None)
        if (
            follower is not None
            and id(follower) not in headings
            and _tells(follower.text)
            and not furniture.is_boilerplate(follower.text)
            and _says(line)
        ):
            found.add(place)
    return found


def _leads_on(href: str) -> bool:
    """Say whether a link leads to more than a site's front page."""
    return href.partition("://")[2].partition("/")[2] not in ("", "#")


def _says(line: Line) -> bool:
    """Say whether a picture's alternative text may be a title: words, and none that describe a picture."""
    alt = next((image.alt for image in line.images if image.alt), "")
    return (
        len(words(alt)) >= 2
        and not _PICTURE_ONLY.search(alt)
        and may_name(Line(runs=(Run(text=alt, href=next(iter(line.hrefs), "")),)))
    )


def _spelled_out(line: Line, sign: Signature) -> Line:
    alt = next(image.alt for image in line.images if image.alt)
    return replace(line, runs=(Run(text=alt, href=next(iter(line.hrefs), "")),), sign=sign)
