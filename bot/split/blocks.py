"""Plain text into blocks: page breaks of printed copies joined, rules, underlines and contents lists read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from bot import links
from bot.split import furniture
from bot.split.lines import has_letters, words
from bot.split.titles import normalise_title

_RULE = re.compile(r"\s{0,80}(?:- )?(?:([-=_*~#•·+.—–])(?:\s?\1){1,}|(?:[-=*~_#]\s?){3,})\s*")
BULLET = re.compile(r"\s{0,12}(?:[*•·▪►»‣o+–—-]|\d{1,2}[.)])\s+(?=\S)")
NUMBER = re.compile(r"\s{0,6}\d{1,2}[.)]\s+(?=\S)")
ATX = re.compile(r"\s{0,3}(#{1,6})\s+(\S.*)")
_URL_LINE = re.compile(r"\s*<?(https?://\S+?)>?\s*")
_PAGE_NUMBER = re.compile(r"\s*(?:page\s+)?\d{1,3}\s*(?:of|/)\s*\d{1,3}\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"\w@\w")
_ENDS = '.!?:…)”"'


@dataclass(slots=True)
class Block:
    """Lines without a blank one between; `rule` stands before the block, `underline` the mark of one beneath its first `heads` lines."""

    lines: list[str] = field(default_factory=list)
    rule: bool = False
    underline: str = ""
    heads: int = 1


def without_page_breaks(rows: list[str], *, url: str) -> list[str]:
    """Drop the page's own address where a printed copy repeats it, and join the text it parts."""
    rows = [row.removeprefix("- ") if row.startswith("- -") else row for row in rows]
    quoted = sum(1 for row in rows if row.startswith(">"))
    if quoted * 2 > len(rows):
        rows = [row.removeprefix(">").removeprefix(" ") for row in rows]
    found = [
        (place, match[1])
        for place, row in enumerate(rows)
        if "://" in row and (match := _URL_LINE.fullmatch(row))
    ]
    counts = Counter(address for _, address in found)
    own = links.key(url)
    parting = Counter(address for place, address in found if _parts_a_sentence(rows, place))
    dropped: set[int] = {
        place for place, row in enumerate(rows) if len(row) < 30 and _PAGE_NUMBER.fullmatch(row)
    }
    for place, address in found:
        is_own = bool(own) and links.key(address) == own
        if is_own or (counts[address] >= 2 and parting[address] * 2 >= counts[address]):
            dropped.add(place)
    kept: list[str] = []
    for place, row in enumerate(rows):
        if place not in dropped:
            kept.append(row)
        elif _parts_a_sentence(rows, place):
            while kept and not kept[-1].strip():
                kept.pop()
            for after in range(place + 1, min(place + 6, len(rows))):
                if rows[after].strip():
                    break
                dropped.add(after)
    return kept


def _parts_a_sentence(rows: list[str], place: int) -> bool:
    before = next(
        (row.strip() for row in reversed(rows[max(place - 4, 0) : place]) if row.strip()), ""
    )
    after = next((row.strip() for row in rows[place + 1 : place + 5] if row.strip()), "")
    return bool(before and after) and before[-1] not in _ENDS and after[0].islower()


def _is_rule(row: str) -> bool:
    bare = row.strip()
    return (
        2 <= len(bare) <= 300 and not bare[0].isalnum() and _RULE.fullmatch(row[:400]) is not None
    )


def read_blocks(rows: list[str], *, marked: bool) -> list[Block]:
    blocks: list[Block] = []
    current: Block | None = None
    rule = False
    for row in rows:
        if not row.strip():
            current = None
            continue
        if _is_rule(row):
            title = _title_of_box(current) if current is not None else ""
            is_atx = marked and title.startswith("#")
            if (
                current is not None
                and title
                and not is_atx
                and not current.underline
                and may_be_title(title)
            ):
                current.underline, current.heads = row.strip()[0], len(current.lines)
            else:
                rule = True
            current = None
            continue
        if marked and ATX.fullmatch(row):
            blocks.append(Block(lines=[row], rule=rule))
            current, rule = None, False
            continue
        if current is None:
            current = Block(rule=rule)
            rule = False
            blocks.append(current)
        current.lines.append(row)
    return blocks


def _title_of_box(block: Block) -> str:
    """Give what a rule beneath a block makes its heading: one line, or a few between two rules."""
    if len(block.lines) > (3 if block.rule else 1) or any(
        BULLET.match(row) for row in block.lines[1:]
    ):
        return ""
    return " ".join(row.strip() for row in block.lines)


def may_be_title(row: str) -> bool:
    text = row.strip()
    return (
        0 < len(text) <= 140
        and len(words(text)) <= 18
        and text[-1] not in ".;,"
        and has_letters(text)
        and "://" not in text
        and not _ADDRESS.search(text)
        and not furniture.is_boilerplate(text)
    )


def unbulleted(text: str) -> str:
    bullet = BULLET.match(text)
    return text[bullet.end() :].strip() if bullet and not NUMBER.match(text) else text.strip()


def contents_of(blocks: list[Block]) -> set[str]:
    """Give the normalised entries of the text's list of contents."""
    entries: set[str] = set()
    for number, block in enumerate(blocks):
        for place, row in enumerate(block.lines[:3]):
            if furniture.of_title(unbulleted(row).strip("#*_ ")) is furniture.CONTENTS:
                below = block.lines[place + 1 :]
                if not below and number + 1 < len(blocks):
                    below = blocks[number + 1].lines
                entries |= {normalise_title(entry) for entry in _entries(below)}
    entries.discard("")
    return entries


def _entries(rows: list[str]) -> list[str]:
    """Join the wrapped entries of a list of contents."""
    entries: list[str] = []
    marked = any(BULLET.match(row) for row in rows)
    for row in rows:
        if marked and entries and not BULLET.match(row):
            entries[-1] = f"{entries[-1]} {row.strip()}"
        else:
            entries.append(unbulleted(row))
    return entries


def is_contents_block(block: Block, contents: set[str]) -> bool:
    names = [normalise_title(entry) for entry in _entries(block.lines)]
    return len(names) >= 2 and sum(1 for name in names if name in contents) * 2 > len(names)
