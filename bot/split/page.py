"""HTML, as served or as mailed, into lines: one pass over the tags, whatever their depth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import cast

from lxml import etree

from bot.split import furniture, names
from bot.split.lines import Image, Line, Page, Run, has_letters, is_sentence, squash
from bot.split.styles import (
    HEADING_SIZES,
    NO_LOOK,
    Look,
    font_size,
    read_sheet,
    read_style,
    sized,
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = _names(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header html legend li main nav ol p pre section summary table tbody td"
    " tfoot th thead tr ul"
)
_UNREAD = _names(
    "script noscript template iframe object embed svg math canvas audio video select textarea button"
    " option input map head"
)
_BOLD = frozenset(("b", "strong"))
_MARK = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# A tag of this length is an image in the address of another; no tag we read is.
_ENDLESS_TAG = re.compile(r"<[a-zA-Z/][^<>]{65536,}>?")
# Bulletins beyond this many characters are cut: the longest real one is a twentieth of it.
_LONGEST = 2_000_000
_DEEPEST = 20_000
_MOST_LINES = 20_000


@dataclass(slots=True)
class _Style:
    """What an element hands down to what it holds."""

    bold: bool = False
    size: float = 16.0
    hidden: bool = False
    href: str = ""
    level: int = 0
    item: bool = False
    region: str = ""
    titled: bool = False
    term: bool = False
    within: int = 0
    pre: bool = False
    subject: bool = False


_BULLETIN, _MAIN, _ARTICLE = 4, 2, 1


class _Reader:
    """A target for lxml's parser: gets every tag and text in order, keeps no tree."""

    def __init__(self) -> None:
        self.page = Page()
        self.stack: list[tuple[str, _Style]] = []
        self.style = _Style()
        self.runs: list[Run] = []
        self.images: list[Image] = []
        self.sheet: dict[str, Look] = {}
        self.reading: str = ""
        self.text: list[str] = []
        self.within: list[int] = []
        self.headings: list[str] = []
        self.articles = 0
        self.para = 1
        self.low = 0
        self.breaks = 0
        self.rule = False
        self.og_title = ""
        self.looks: dict[str, Look] = {}

    # --- what the parser calls

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not isinstance(tag, str):
            return
        outer = self.style
        if len(self.stack) >= _DEEPEST:
            self.stack.append((tag, outer))
            return
        if tag in ("title", "style"):
            self.reading, self.text = tag, []
        elif tag in _BLOCKS:
            self._end_line(new_paragraph=True)
        elif tag == "br":
            self._line_break()
        elif tag == "hr":
            self._end_line(new_paragraph=True)
            if not outer.hidden:
                self.rule = True
        elif tag == "img":
            self._image(attributes)
        elif tag == "base" and not self.page.base:
            self.page.base = attributes.get("href", "")
        elif tag == "link" and attributes.get("rel") == "canonical":
            self.page.own = attributes.get("href", "")
        elif tag == "meta":
            self._meta(attributes)
        if tag in ("html", "body") and not self.page.language:
            self.page.language = attributes.get("lang") or attributes.get("xml:lang") or ""
        self.stack.append((tag, outer))
        if attributes or tag in _BOLD or tag in _UNREAD or tag[0] in "habslmnfp" or tag == "dt":
            self.style = self._styled(tag, attributes, outer)

    def end(self, tag: str) -> None:
        if not isinstance(tag, str) or not self.stack:
            return
        if tag == self.reading:
            self._read()
        style = self.style
        if tag in _BLOCKS:
            self._end_line(new_paragraph=True)
        _, self.style = self.stack.pop()
        if style.subject and not self.style.subject:
            self.page.subject = squash("".join(self.headings))
        self.low = min(self.low, len(self.stack))

    def data(self, text: str) -> None:
        if self.reading:
            self.text.append(text)
            return
        style = self.style
        if style.subject:
            self.headings.append(text)
            return
        if style.hidden:
            return
        if style.pre and "\n" in text:
            for number, part in enumerate(text.split("\n")):
                if number:
                    self._line_break()
                if part:
                    self._say(part)
            return
        self._say(text)

    def comment(self, text: str) -> None:
        return

    def close(self) -> Page:
        self._end_line(new_paragraph=True)
        self.page.title = self.page.title or self.og_title
        return self.page

    # --- what they need

    def _say(self, text: str) -> None:
        style = self.style
        blank = text.isspace()
        if not blank:
            self.breaks = 0
        self.runs.append(
            Run(text=text, bold=style.bold, size=style.size, href="" if blank else style.href)
        )

    def _line_break(self) -> None:
        had_text = self._end_line(new_paragraph=False)
        if not had_text:
            self.breaks += 1
            self.para += 1
        else:
            self.breaks = 1

    def _end_line(self, *, new_paragraph: bool) -> bool:
        """Close the line in hand; say whether it held anything."""
        runs, images = self.runs, self.images
        if new_paragraph:
            self.para += 1
        if not runs and not images:
            return False
        self.runs, self.images = [], []
        style = self.style
        if style.level and not any(run.text.strip() for run in runs):
            # A heading that is an image: what it says stands in its alternative text.
            runs = [Run(text=image.alt, href=style.href) for image in images if image.alt] or runs
        line = Line(
            runs=tuple(runs),
            para=self.para - 1 if new_paragraph else self.para,
            level=style.level,
            item=style.item,
            rule=self.rule,
            near=self.low,
            region=style.region,
            titled=style.titled,
            term=style.term,
            images=tuple(images),
        )
        if (not line.text and not images) or len(self.page.lines) >= _MOST_LINES:
            return False
        self.rule = False
        self.page.lines.append(line)
        self.within.append(style.within)
        self.low = len(self.stack)
        return True

    def _image(self, attributes: Mapping[str, str]) -> None:
        style = self.style
        if style.hidden or style.subject or _is_tiny(attributes):
            return
        image = Image(src=attributes.get("src", "").strip(), alt=squash(attributes.get("alt", "")))
        if any(run.text.strip() for run in self.runs):
            self.images.append(image)
            return
        self.runs = []
        self.images = [image]
        if style.href:
            self.runs = [Run(text="", href=style.href)]
        self._end_line(new_paragraph=False)

    def _meta(self, attributes: Mapping[str, str]) -> None:
        name = (
            attributes.get("property")
            or attributes.get("name")
            or attributes.get("http-equiv")
            or ""
        ).lower()
        content = attributes.get("content", "")
        if name == "og:title":
            self.og_title = squash(content)
        elif (
            name in ("content-language", "og:locale", "dc.language", "language")
            and not self.page.language
        ):
            self.page.language = content.split(",")[0]

    def _read(self) -> None:
        text, tag = "".join(self.text), self.reading
        self.reading, self.text = "", []
        if tag == "title":
            self.page.title = self.page.title or squash(text)
        else:
            self.sheet.update(read_sheet(text))

    def _styled(self, tag: str, attributes: Mapping[str, str], outer: _Style) -> _Style:
        style = copy(outer)
        called = f"{attributes.get('class', '')} {attributes.get('id', '')}".split()
        if tag in _UNREAD or "hidden" in attributes:
            style.hidden = True
        elif tag in _BOLD:
            style.bold = True
        elif tag[0] == "h" and len(tag) == 2 and tag[1] in "123456":
            style.level, style.bold = int(tag[1]), False
            style.size = HEADING_SIZES[style.level]
            style.subject = style.subject or "bulletin_subject" in called
        elif tag == "a":
            style.href = attributes.get("href", "").strip() or outer.href
        elif tag == "li":
            style.item = True
        elif tag == "dt":
            style.term = True
        elif tag == "font":
            style.size = font_size(attributes.get("size", ""), outer.size)
        elif tag in ("small", "big"):
            style.size = outer.size * (0.83 if tag == "small" else 1.2)
        elif tag == "main" or attributes.get("role") == "main":
            style.within |= _MAIN
        elif tag == "article":
            style.within |= _ARTICLE
            self.articles += 1
        elif tag == "pre":
            style.pre = True
        elif (tag in ("nav", "footer", "aside", "header") and not outer.within) or tag == "nav":
            style.region = (
                furniture.PREHEADER.phrase if tag == "header" else furniture.FOOTER.phrase
            )
        if not attributes:
            return style
        if attributes.get("role") in names.FRAME_ROLES and not outer.within:
            style.region = furniture.FOOTER.phrase
        for name in called:
            self._named(name, style)
        if "style" in attributes:
            self._apply(self._look(attributes["style"]), style, outer)
        return style

    def _look(self, text: str) -> Look:
        look = self.looks.get(text)
        if look is None:
            look = self.looks[text] = read_style(text)
        return look

    def _named(self, name: str, style: _Style) -> None:
        """Take from one class name or id what it says of the element."""
        if len(name) > 60:
            return
        if name == "bulletin_body":
            style.within |= _BULLETIN
        elif names.TITLED.fullmatch(name):
            style.titled = True
        elif names.SEPARATOR.fullmatch(name):
            self.rule = True
        elif names.FOOTERS.fullmatch(name) or names.FRAMES.fullmatch(name):
            style.region = furniture.FOOTER.phrase
        elif names.HEADERS.fullmatch(name):
            style.region = furniture.PREHEADER.phrase
        elif names.SOCIAL.fullmatch(name):
            style.region = furniture.FOLLOW.phrase
        look = self.sheet.get(name, NO_LOOK)
        if look is not NO_LOOK:
            self._apply(look, style, style)

    @staticmethod
    def _apply(look: Look, style: _Style, outer: _Style) -> None:
        if look.hidden:
            style.hidden = True
        if look.bold is not None:
            style.bold = look.bold
        if look.size:
            style.size = sized(look.size, outer.size)
            # Preheaders are set in a size nobody can read.
            if style.size <= 2:
                style.hidden = True


def _is_tiny(attributes: Mapping[str, str]) -> bool:
    """Say whether an image is a tracking pixel or a spacer."""
    for side in ("width", "height"):
        value = attributes.get(side, "").removesuffix("px").strip()
        if value.isdigit() and len(value) < 5 and int(value) <= 24:
            return True
    return not (attributes.get("src", "").strip() or attributes.get("alt", "").strip())


def read_html(document: str) -> Page:
    """Read an HTML page or fragment of any quality into lines."""
    source = _ENDLESS_TAG.sub("", _MARK.sub("", document[:_LONGEST]))
    reader = _Reader()
    # lxml calls a target with text only; its stubs allow bytes too.
    target = cast("etree.ParserTarget", reader)
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True, recover=True)
    try:
        parser.feed(source.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        # What was read until then is all there is (an empty document has nothing to read).
        reader.close()
    return _body_only(reader)


def _body_only(reader: _Reader) -> Page:
    """Keep the part of the page that holds the bulletin, where the page says which it is."""
    page = reader.page
    total = sum(len(line.text) for line in page.lines)
    for mark in (_BULLETIN, _MAIN, _ARTICLE if reader.articles == 1 else 0):
        kept = [
            line for line, within in zip(page.lines, reader.within, strict=True) if within & mark
        ]
        size = sum(len(line.text) for line in kept)
        if any(has_letters(line.text) for line in kept) and (mark == _BULLETIN or size * 3 > total):
            if mark != _BULLETIN:
                page.subject = page.subject or _heading_before(page.lines, kept)
            page.lines = kept
            break
    if not any(is_sentence(line.text) for line in page.lines if not line.region):
        # Names that would drop the whole page mean something else there.
        for line in page.lines:
            line.region = ""
    return page


def _heading_before(lines: list[Line], kept: list[Line]) -> str:
    """Give the page's only h1, when it stands above the part kept."""
    if any(line.level == 1 for line in kept):
        return ""
    first = [line.text for line in lines if line.level == 1]
    return first[0] if len(first) == 1 else ""
