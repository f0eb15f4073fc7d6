"""The little of CSS that a splitter needs: is it shown, is it bold, how large is it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLASS_ONLY = re.compile(r"^(?:[a-z0-9]+)?\.([\w-]+)$")
_LENGTH = re.compile(r"^([\d.]{1,8})\s*(px|pt|em|rem|%)?")

# HTML's <font size="1"> to "7" in pixels, as browsers draw them.
FONT_SIZES = (10.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)
HEADING_SIZES = (16.0, 32.0, 24.0, 19.0, 16.0, 13.5, 11.0)
_NAMED_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}
_HIDING = {
    "display": ("none",),
    "visibility": ("hidden", "collapse"),
    "opacity": ("0", "0.0", "0%"),
    "max-height": ("0", "0px"),
}
# Styles beyond this many characters are no longer a newsletter's own.
_LONGEST_SHEET = 200_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a style changes; None where it says nothing."""

    hidden: bool = False
    bold: bool | None = None
    size: str = ""


NO_LOOK = Look()


def read_style(style: str) -> Look:
    """Read the declarations of one `style` attribute (or of one rule)."""
    hidden, bold, size = False, None, ""
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if not colon:
            continue
        name, value = name.strip().lower(), value.replace("!important", "").strip().lower()
        if value in _HIDING.get(name, ()):
            hidden = True
        elif name == "font-weight":
            bold = _is_bold(value)
        elif name == "font-size":
            size = value
        elif name == "font":
            parts = value.split()
            bold = any(_is_bold(part) for part in parts[:3]) or bold
            size = next(
                (part.split("/")[0] for part in parts if part[:1].isdigit() and not part.isdigit()),
                size,
            )
    return Look(hidden=hidden, bold=bold, size=size)


def _is_bold(value: str) -> bool:
    if value.isdigit():
        return int(value[:4]) >= 600
    return value in ("bold", "bolder")


def sized(value: str, inherited: float) -> float:
    """Give a CSS or `<font size>` value in pixels; `inherited` is the size around it."""
    if value in _NAMED_SIZES:
        return _NAMED_SIZES[value]
    if value in ("smaller", "larger"):
        return inherited * (0.83 if value == "smaller" else 1.2)
    match = _LENGTH.match(value)
    if match is None:
        return inherited
    try:
        number = float(match[1])
    except ValueError:
        return inherited
    factor = {"pt": 4 / 3, "em": inherited, "rem": 16.0, "%": inherited / 100}.get(
        match[2] or "px", 1.0
    )
    return min(max(number * factor, 0.0), 200.0)


def font_size(value: str, inherited: float) -> float:
    """Give the pixels of `<font size=…>`: 1 to 7, or a step such as +1."""
    value = value.strip()
    if not value.lstrip("+-").isdigit() or len(value) > 3:
        return inherited
    steps = 3 + int(value) if value[0] in "+-" else int(value)
    return FONT_SIZES[min(max(steps, 1), 7)]


def read_sheet(sheet: str) -> dict[str, Look]:
    """Read the class rules of a style sheet: class name to look. Media queries are for other screens."""
    looks: dict[str, Look] = {}
    for rule in _without_media(_without_comments(sheet[:_LONGEST_SHEET])).split("}"):
        selectors, brace, declarations = rule.rpartition("{")
        if not brace:
            continue
        look: Look | None = None
        for selector in selectors.split(","):
            name = _CLASS_ONLY.match(selector.strip())
            if name is not None:
                look = look or read_style(declarations)
                looks[name[1]] = look
    return looks


def _without_comments(sheet: str) -> str:
    kept: list[str] = []
    place = 0
    while (start := sheet.find("/*", place)) >= 0:
        kept.append(sheet[place:start])
        end = sheet.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        place = end + 2
    kept.append(sheet[place:])
    return "".join(kept)


def _without_media(sheet: str) -> str:
    if "@" not in sheet:
        return sheet
    kept: list[str] = []
    depth, start, at = 0, 0, -1
    for place, mark in enumerate(sheet):
        if mark == "@" and depth == 0 and at < 0:
            kept.append(sheet[start:place])
            at = place
        elif mark == ";" and depth == 0 and at >= 0:
            start, at = place + 1, -1
        elif mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
            if depth == 0 and at >= 0:
                start, at = place + 1, -1
    if at < 0:
        kept.append(sheet[start:])
    return "".join(kept)
