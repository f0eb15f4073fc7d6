"""Items marked only by how their paragraph begins: bold words, or a linked headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.split import furniture, phrases
from bot.split.lines import (
    Line,
    Run,
    has_letters,
    is_sentence,
    is_short_sentence,
    paragraphs,
    squash,
    words,
)

_DELIMITERS = ":–—|-•·"
_LONGEST_LEAD = 170
_NUMBER = re.compile(r"\(?(\d{1,2})[.):]\s")


@dataclass(slots=True)
class Lead:
    """A paragraph that begins like an item: its title, and the link that title carries."""

    title: str
    href: str
    lines: list[Line]
    bold: bool
    rest: str = ""
    in_list: bool = False


@dataclass(slots=True)
class Parted:
    """A text taken apart at its leads: what stands before the first, and each lead with what follows."""

    before: list[Line]
    parts: list[tuple[Lead, list[Line]]]


def part(
    lines: Sequence[Line], *, is_pattern: bool = False, under_heading: bool = True
) -> Parted | None:
    """Take a text apart where most of its paragraphs begin like items, or return None.

    `is_pattern` says that the page is known to write its items so: then one is enough.
    """
    units = [unit for unit in paragraphs(lines) if any(line.text for line in unit)]
    found = [find(unit) for unit in units]
    first = next((place for place, lead in enumerate(found) if lead is not None), None)
    if first is None:
        return None
    leads = [lead for lead in found if lead is not None]
    rest = [place for place in range(first, len(units)) if not _is_extra(units[place])]
    least = 1 if is_pattern else 2
    telling = sum(1 for unit in units if not _is_extra(unit))
    enough = telling // 2 if is_pattern else (len(rest) * 3 + 4) // 5
    if _are_numbered(leads):
        enough = len(rest) // 4
    if len(leads) < max(least, enough):
        return None
    if any(lead.bold for lead in leads) and not _bold_will_do(
        leads, first=first, under_heading=under_heading
    ):
        return None
    parted = Parted(before=[line for unit in units[:first] for line in unit], parts=[])
    for unit, lead in zip(units[first:], found[first:], strict=True):
        if lead is not None:
            parted.parts.append((lead, list(lead.lines)))
        else:
            parted.parts[-1][1].extend(unit)
    return parted


def _are_numbered(leads: list[Lead]) -> bool:
    """Say whether leads carry numbers in order ("1. …", "2. …"): then long texts may stand between them."""
    numbers = [int(match[1]) for lead in leads if (match := _NUMBER.match(lead.title))]
    return (
        len(numbers) >= 3 and len(numbers) * 4 >= len(leads) * 3 and numbers == sorted(set(numbers))
    )


def _bold_will_do(leads: list[Lead], *, first: int, under_heading: bool) -> bool:
    """Say whether bold leads are items: in a list below an introduction they are its points."""
    bold = [lead for lead in leads if lead.bold]
    if all(lead.in_list for lead in bold):
        return first == 0 and all(any(line.hrefs for line in lead.lines) for lead in bold)
    return first == 0 or not under_heading


def _is_extra(unit: list[Line]) -> bool:
    text = " ".join(line.text for line in unit)
    return not is_sentence(text) or furniture.is_boilerplate(text)


def find(unit: list[Line]) -> Lead | None:
    """Read the lead of one paragraph, or return None where it has none."""
    runs = [run for line in unit for run in (*line.runs, Run(text="\n", size=0.0))]
    place = next((n for n, run in enumerate(runs) if has_letters(run.text)), None)
    if place is None or not (runs[place].bold or runs[place].href):
        return None
    start = runs[place]
    by_link = bool(start.href)
    taken: list[str] = []
    end = place
    for end in range(place, len(runs)):
        run = runs[end]
        belongs = run.href == start.href if by_link else run.bold
        if run.text == "\n" or not (
            belongs or (not has_letters(run.text) and not run.text.strip(" \t\r\n"))
        ):
            break
        taken.append(run.text)
    title = squash("".join(taken))
    breaks = runs[end].text == "\n"
    rest = squash("".join(run.text for run in runs[end:]))
    if not _is_title(title, by_link=by_link) or not _is_delimited(
        title, rest, breaks=breaks, by_link=by_link
    ):
        return None
    text = rest.lstrip(_DELIMITERS + " ")
    if not is_sentence(text) and not (by_link and breaks and is_short_sentence(text)):
        return None
    return Lead(
        title=title.rstrip(":|–— "),
        href=start.href,
        lines=unit,
        bold=not by_link,
        rest=rest,
        in_list=unit[0].item,
    )


def _is_title(title: str, *, by_link: bool) -> bool:
    if (
        not has_letters(title)
        or len(title) > _LONGEST_LEAD
        or phrases.is_date(title)
        or phrases.is_byline(title)
    ):
        return False
    if phrases.is_label(title) or phrases.is_greeting(title):
        return False
    return not by_link or (
        len(words(title)) >= 2 and not phrases.is_bare_action(title) and "://" not in title
    )


def _is_delimited(title: str, rest: str, *, breaks: bool, by_link: bool) -> bool:
    """Say whether the lead ends where a title ends, and is no emphasis inside a sentence."""
    if breaks:
        return not by_link or not phrases.is_action(title)
    if not rest:
        return False
    if rest[0] in _DELIMITERS:
        return rest[0] != "-" or rest[:2] == "- "
    if title[-1] in ":.!?|–—" or title[-2:] in (".”", '."', ".’", "?”", "!”"):
        return True
    return by_link and len(words(title)) >= 3 and rest[0].isupper() and not phrases.is_action(title)
