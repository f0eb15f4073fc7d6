"""HTML from strangers: made into plain text, or made safe to keep.

Pure. Nothing here raises, whatever the markup.
"""

from __future__ import annotations

import functools
import html as entities
import re

import nh3
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bot import links

# Bodies beyond this are cut: no item is that long, and deep nesting costs quadratic time.
MAX_LENGTH = 2 * 1024 * 1024


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Deeper than any newsletter's tables in tables.
MAX_DEPTH = 400

# What holds no words for a reader.
_WORDLESS = _names(
    "head script style template noscript iframe object embed svg math canvas audio video select "
    "textarea button"
)
_BLOCKS = _names(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre "
    "section summary table tbody td tfoot th thead tr ul"
)
_CHARSET = re.compile(r"""(?:charset|encoding)\s*=\s*["']?\s*([a-z][\w.:-]*)""", re.I)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# What people declare, and the larger set that they really use (as browsers do).
_BROADER = {
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
# Tags that close themselves or each other, so that a thousand unclosed ones are no nesting.
_NEVER_NESTED = _names(
    "area base br col colgroup dd dt embed hr img input li link meta option p param source tbody td "
    "tfoot th thead tr track wbr"
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# A tag with ten thousand attributes takes seconds; one this long is an embedded image, dropped anyway.
_ENDLESS_TAG = re.compile(r"<[a-zA-Z/][^<>]{65536,}>?")
_LINE_END = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINE = re.compile(r"\n[ \t\f\v\r]*(?:\n\s*)+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
# Invisible padding that newsletters put behind the preheader, and soft hyphens.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]"
)

_TAGS = _names(
    "a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub sup table "
    "tbody td tfoot th thead time tr u ul var"
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_DROP_WITH_CONTENT = {
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title",
    "textarea", "select", "noembed", "noframes", "xmp",
}  # fmt: skip

_PAGE_TAGS = _TAGS | _names(
    "address article aside big center details font footer header main nav section strike summary tt"
)
_PAGE_ATTRIBUTES: dict[str, set[str]] = {
    **_ATTRIBUTES,
    "*": {"lang", "dir", "id", "class", "style", "role", "hidden", "align", "width", "height",
          "bgcolor", "aria-hidden", "aria-label", "aria-level"},
    "a": {"href", "title", "name"},
    "font": {"size", "color", "face"},
}  # fmt: skip
# Enough to see what is bold, large or hidden; nothing that fetches or moves.
_PAGE_STYLES = {
    "font-size", "font-weight", "font-style", "text-transform", "text-align", "display", "visibility",
    "color", "background-color", "opacity", "max-height", "height", "line-height", "mso-hide",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}


def to_text(html: str) -> str:
    """Return the words of `html` on one line: entities decoded, tags gone, white space folded."""
    if "<" not in html:
        return fold(entities.unescape(html))
    return fold(" ".join(block for block in _blocks(html)))


def paragraphs(html: str) -> tuple[str, ...]:
    """Return the words of `html` block by block: paragraphs, headings, list items, table cells.

    Two line breaks in a row separate paragraphs too, as do blank lines where there is no markup.
    """
    if "<" not in html:
        parts = _BLANK_LINE.split(entities.unescape(html))
    else:
        parts = [part for block in _blocks(html) for part in _BLANK_LINE.split(block)]
    return tuple(folded for part in parts if (folded := fold(part)))


def fold(text: str) -> str:
    """Fold all white space of `text` to single spaces and drop characters that cannot be seen."""
    return " ".join(_UNSEEN.sub("", text).split())


def decode(body: bytes, *, content_type: str = "") -> str:
    """Return `body` as text, whatever encoding it really has.

    A byte order mark decides; then bytes that are valid UTF-8 are UTF-8, whatever a server's default
    says; then the header's charset, then what the document declares. What fits nothing is read as
    Windows-1252, which always gives some text. NUL characters, which no database takes, are left out.
    """
    return _decoded(body, content_type).replace("\x00", "")


def _decoded(body: bytes, content_type: str) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    # The one family of encodings that hides in plain ASCII: escape sequences switch its alphabet.
    if b"\x1b$" not in body and b"\x1b(" not in body:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    in_header = _CHARSET.search(content_type)
    in_document = _CHARSET.search(body[:4096].decode("latin-1"))
    for found in (in_header, in_document):
        name = found[1].lower() if found else ""
        try:
            return body.decode(_BROADER.get(name, name))
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("windows-1252", "replace")


def sanitise(html: str, *, base: str = "") -> str:
    """Return `html` with only harmless tags: no style, no script, no handlers.

    Links and images lead to http, https or mailto addresses; relative ones are resolved against
    `base`, and lose their address where there is no base.
    """
    return _clean(html, base=base, page=False)


def sanitise_page(html: str, *, base: str = "") -> str:
    """Sanitise a whole page like `sanitise`, but keep what shows how it is laid out.

    Ids, classes, roles, alignment, `font` tags and the few style properties that say what is bold,
    large or hidden stay.
    """
    return _clean(html, base=base, page=True)


def parse_html(html: str) -> HtmlElement:
    """Return the element tree of `html`, a page or a fragment; an empty page for nothing."""
    # Not as text: lxml refuses text that declares an encoding.
    source = _prepared(html).encode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return document_fromstring(source, parser=parser, ensure_head_body=True)
    except (etree.LxmlError, AssertionError, ValueError):
        return document_fromstring(b"<html></html>", ensure_head_body=True)


def text_of(element: HtmlElement) -> str:
    """Return the words inside `element` on one line."""
    return fold(" ".join(_blocks_of(element)))


def is_hidden(element: HtmlElement) -> bool:
    """Tell whether the page hides `element` from readers by its own attributes."""
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def _is_too_deep(html: str) -> bool:
    """Tell whether `html` nests so deeply that tidying it would take quadratic time."""
    if html.count("<") <= MAX_DEPTH:
        return False
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _NEVER_NESTED:
            continue
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


def _clean(html: str, *, base: str, page: bool) -> str:
    prepared = _prepared(html)
    if _is_too_deep(prepared):
        # Nobody wrote this by hand: keep the words, give up the markup.
        prepared = "".join(f"<p>{entities.escape(part)}</p>" for part in paragraphs(prepared))
    return _cleaner(base, page=page).clean(prepared)


def _prepared(html: str) -> str:
    return _ENDLESS_TAG.sub("", _CONTROLS.sub("", html[:MAX_LENGTH]))


@functools.lru_cache(maxsize=64)
def _cleaner(base: str, *, page: bool) -> nh3.Cleaner:
    def resolve(url: str) -> str | None:
        return links.resolve(url, base=base) or None

    return nh3.Cleaner(
        tags=set(_PAGE_TAGS if page else _TAGS),
        attributes=_PAGE_ATTRIBUTES if page else _ATTRIBUTES,
        clean_content_tags=_DROP_WITH_CONTENT,
        filter_style_properties=_PAGE_STYLES if page else None,
        generic_attribute_prefixes={"data-govd"} if page else None,
        link_rel="nofollow noopener noreferrer",
        url_schemes=_SCHEMES,
        url_relative=resolve if base else "deny",
    )


def _blocks(html: str) -> list[str]:
    return _blocks_of(parse_html(html))


def _blocks_of(root: HtmlElement) -> list[str]:
    """Walk `root` once, iteratively (nesting may be deep), gathering the text between block edges.

    A line break is a newline in the text; other white space of the source is a space.
    """
    blocks: list[str] = []
    words: list[str] = []
    preserving = 0

    def say(text: str) -> None:
        words.append(text if preserving else _LINE_END.sub(" ", text))

    def end_block() -> None:
        if words:
            blocks.append("".join(words))
            words.clear()

    unseen = False
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _WORDLESS or is_hidden(element):
                unseen = True
                walk.skip_subtree()
                continue
            if tag == "br":
                words.append("\n")
            elif tag in _BLOCKS:
                end_block()
            preserving += tag == "pre"
            if text := element.text:
                say(text)
            continue
        if event == "end" and not unseen:
            preserving -= tag == "pre"
            if tag in _BLOCKS:
                end_block()
        # What was passed over ends at once; only what comes behind it is read.
        unseen = False
        if element is not root and (text := element.tail):
            say(text)
    end_block()
    return blocks
