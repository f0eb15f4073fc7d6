"""Plain text, wrapped or not, with Markdown marks or without, into lines."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.split import furniture, phrases
from bot.split.blocks import (
    ATX,
    BULLET,
    NUMBER,
    Block,
    contents_of,
    is_contents_block,
    may_be_title,
    read_blocks,
    unbulleted,
    without_page_breaks,
)
from bot.split.inline import runs_of
from bot.split.lines import Line, Page, Run, Signature, in_capitals, is_sentence, words
from bot.split.titles import normalise_title

_LONGEST = 2_000_000
_MOST_ROWS = 60_000
_MARKDOWN = re.compile(
    r"(?m)^#{1,6} \S|\[[^\[\]\n]+\]\(https?://|\*\*[^*\s][^*\n]*\*\*|(?<!\w)__[^_\s][^_\n]*__(?!\w)"
)
_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n)*\n")
_SIGNATURE = re.compile(r"\n-----BEGIN PGP SIGNATURE-----.*", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LEAD = re.compile(r"\s*(\d{1,2}[.)]\s+)?([^.:!?a-z\n]{6,100}[.:!?])(?=\s)")

_BOXED = re.compile(r"\s*([*=~+_|#-])\1{0,5}\s*([^\s*=~+_|#-][^\n]{2,100}?)\s*\1{1,6}\s*")

BOXED: Signature = ("boxed", 2.4)
UNDERLINED: Signature = ("underlined", 2.2)
RULED: Signature = ("ruled", 2.0)
LISTED: Signature = ("listed", 3.0)
NUMBERED: Signature = ("numbered", 5.0)
ALONE: Signature = ("alone", 7.0)
WRAPPED: Signature = ("wrapped", 7.0)


def read_text(document: str, *, url: str = "") -> Page:
    """Read a text into lines: page breaks joined, wrapped lines joined, headings told by their setting."""
    text = _CONTROLS.sub("", document[:_LONGEST]).replace("\r\n", "\n").replace("\r", "\n")
    text = _SIGNATURE.sub("", _SIGNED.sub("", text, count=1)).replace("\f", "\n\n")
    rows = without_page_breaks(text.split("\n")[:_MOST_ROWS], url=url)
    marked = len(_MARKDOWN.findall(text[:200_000])) >= 2
    blocks = read_blocks(rows, marked=marked)
    writer = _Writer(blocks, marked=marked)
    writer.write()
    return Page(lines=writer.lines, title=writer.title)


class _Writer:
    """Turns blocks into lines, once it is known how this text sets its headings."""

    def __init__(self, blocks: list[Block], *, marked: bool) -> None:
        self.blocks = blocks
        self.marked = marked
        self.lines: list[Line] = []
        self.title = ""
        self.para = 0
        widths = sorted(
            len(row.rstrip()) for block in blocks if len(block.lines) > 2 for row in block.lines
        )
        self.width = widths[len(widths) * 9 // 10] if widths else 72
        self.contents = contents_of(blocks)
        headed = sum(
            1 for block in blocks if block.underline or (marked and block.lines[0].startswith("##"))
        )
        self.has_marks = headed >= 2
        self.has_rules = not self.has_marks and self._rules_head()
        listed = sum(1 for block in blocks if self._is_listed(block))
        boxed = sum(1 for block in blocks if _is_boxed(block.lines[0]))
        self.has_boxes = not marked and not self.has_marks and boxed >= 2
        self.is_strict = self.has_boxes or self.has_marks or self.has_rules or listed >= 2

    def _rules_head(self) -> bool:
        ruled = [block for block in self.blocks if block.rule]
        heading = [block for block in ruled if self._heads_rule(block)]
        return len(heading) >= 2 and len(heading) * 2 >= len(ruled)

    def _heads_rule(self, block: Block) -> bool:
        first = block.lines[0]
        if not may_be_title(first) or phrases.is_greeting(first.strip()):
            return False
        if len(block.lines) == 1:
            return True
        return _is_early(
            block.lines, 0, max(self.width, *(len(row.rstrip()) for row in block.lines))
        )

    def _is_listed(self, block: Block) -> bool:
        return self._listed_lines(block) > 0

    def _listed_lines(self, block: Block) -> int:
        """Say how many lines of a block are a heading that the list of contents names."""
        if not self.contents or is_contents_block(block, self.contents):
            return 0
        for count in (1, 2, 3):
            name = normalise_title(unbulleted(" ".join(row.strip() for row in block.lines[:count])))
            if name and name in self.contents and count <= len(block.lines):
                return count
        return 0

    def write(self) -> None:
        for number, block in enumerate(self.blocks):
            follower = self.blocks[number + 1] if number + 1 < len(self.blocks) else None
            self._write_block(block, follower)
        first = next((line for line in self.lines if line.text), None)
        if (
            first is not None
            and first.sign is None
            and not first.level
            and may_be_title(first.text)
        ):
            self.title = first.text.strip("_=*-~# ")

    def _write_block(self, block: Block, follower: Block | None) -> None:
        rule = block.rule
        level = self._level(block)
        if level:
            match = ATX.fullmatch(block.lines[0])
            self._add(
                match[2].rstrip("# ") if match else block.lines[0].strip(), rule=rule, level=level
            )
            self._add_text(block.lines[1:], rule=False)
            return
        count, sign = self._heading(block, follower)
        if sign is not None:
            title = " ".join(row.strip() for row in block.lines[:count])
            self._add(unbulleted(title) if not NUMBER.match(title) else title, rule=rule, sign=sign)
            self._add_text(block.lines[count:], rule=False)
            return
        self._add_text(block.lines, rule=rule)

    def _level(self, block: Block) -> int:
        if self.marked:
            match = ATX.fullmatch(block.lines[0])
            if match:
                return len(match[1])
            if block.underline == "=":
                return 1
            if block.underline == "-" and not self._is_listed(block):
                return 2
        return 0

    def _heading(self, block: Block, follower: Block | None) -> tuple[int, Signature | None]:
        """Say how many lines of a block are its heading, and what shows it."""
        first = block.lines[0].strip()
        if block.underline:
            return block.heads, UNDERLINED
        listed = self._listed_lines(block)
        if listed:
            return listed, LISTED
        if self.has_boxes and _is_boxed(first):
            return 1, BOXED
        if self.has_rules:
            return (1, RULED) if block.rule and self._heads_rule(block) else (0, None)
        if self.is_strict or not may_be_title(first) or phrases.is_greeting(first):
            return 0, None
        if self.marked and _bold_only(first):
            return 0, None
        if NUMBER.match(first) and len(block.lines) == 1 and _is_text(follower):
            return 1, NUMBERED
        if BULLET.match(block.lines[0]) and len(block.lines) == 1 and _is_told(follower):
            return 1, NUMBERED
        if (
            BULLET.match(block.lines[0])
            or "@" in first
            or not (first[0].isupper() or not first[0].isalpha())
        ):
            return 0, None
        width = max(len(row.rstrip()) for row in block.lines)
        count = next(
            (n for n in range(len(block.lines)) if not _is_early(block.lines, n, width)),
            len(block.lines),
        )
        if 1 < count == len(block.lines) and in_capitals(first):
            count = 1  # the text below is one line too
        title = " ".join(row.strip() for row in block.lines[:count])
        if (
            not 0 < count <= 6
            or not may_be_title(title)
            or (title[-1] == ":" and furniture.of_title(title) is None)
        ):
            return 0, None
        if count == len(block.lines):
            ends = title[-1] in "!?" and not in_capitals(title)
            return (count, ALONE) if count <= 4 and not ends and _is_text(follower) else (0, None)
        body = block.lines[count:]
        if (
            title[-1] in "!?"
            or not _is_text(Block(lines=body))
            or not body[0].strip()[:1].isupper()
        ):
            return 0, None
        return count, WRAPPED

    def _add(
        self,
        text: str,
        *,
        rule: bool,
        level: int = 0,
        sign: Signature | None = None,
        item: bool = False,
    ) -> None:
        self.para += 1
        runs = runs_of(text, marked=self.marked)
        if not level and sign is None:
            runs = _capital_lead(runs)
        self.lines.append(
            Line(runs=runs, para=self.para, level=level, rule=rule, sign=sign, item=item)
        )

    def _add_text(self, rows: list[str], *, rule: bool) -> None:
        """Add the paragraphs of a block: wrapped lines joined, list items and short lines on their own."""
        if not rows:
            return
        width = max(len(row.rstrip()) for row in rows)
        paragraph: list[str] = []
        item = False
        for place, row in enumerate(rows):
            bullet = BULLET.match(row)
            is_new = bool(paragraph) and (
                bullet is not None or row[:1] == "\t" or _ends_paragraph(rows, place - 1, width)
            )
            if is_new:
                self._add(" ".join(paragraph), rule=rule, item=item)
                paragraph, rule, item = [], False, False
            if bullet is not None and not paragraph:
                item = not row.strip()[:1].isdigit()
                row = row[bullet.end() :] if item else row
            paragraph.append(row.strip())
        if paragraph:
            self._add(" ".join(paragraph), rule=rule, item=item)


def _capital_lead(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Set a paragraph's first words bold where capitals set them off: "SECURE LINKS. The new …"."""
    if not runs or runs[0].bold or runs[0].href:
        return runs
    match = _LEAD.match(runs[0].text[:140])
    if (
        match is None
        or not in_capitals(match[2])
        or len(words(match[2])) < 2
        or not runs[0].text[match.end() :].strip()
    ):
        return runs
    lead = Run(text=runs[0].text[: match.end()], bold=True)
    return (lead, replace(runs[0], text=runs[0].text[match.end() :]), *runs[1:])


def _is_boxed(row: str) -> bool:
    """Say whether a line is set between marks of one kind: "* Title *", "=== Title ==="."""
    match = _BOXED.fullmatch(row[:140])
    return match is not None and may_be_title(match[2])


def _is_early(rows: list[str], place: int, width: int) -> bool:
    """Say whether a line breaks although the next word would have fitted: it ends a heading or a paragraph."""
    if place + 1 >= len(rows):
        return True
    follower = rows[place + 1].split()
    return not follower or len(rows[place].strip()) + 1 + len(follower[0]) <= width - 1


def _ends_paragraph(rows: list[str], place: int, width: int) -> bool:
    row, follower = rows[place].strip(), rows[place + 1].strip()
    if width > 140:
        return True
    if not _is_early(rows, place, width) or not follower or follower[0].islower():
        return False
    return row[-1:] in ".!?:" or len(row) * 4 < width * 3


def _is_text(block: Block | None) -> bool:
    return block is not None and is_sentence(" ".join(row.strip() for row in block.lines[:12]))


def _is_told(block: Block | None) -> bool:
    return block is not None and not BULLET.match(block.lines[0]) and _is_text(block)


def _bold_only(text: str) -> bool:
    return len(text) > 4 and text[:2] in ("**", "__") and text[-2:] == text[:2]
