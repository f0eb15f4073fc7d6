"""One bulletin (a page, a mail, or plain text) as a feed of one entry; `bot.split` takes it apart."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from lxml.html import HtmlElement

from bot import head, links, markup
from bot.parse.dates import read_date
from bot.parse.entries import Raw, aliases_of, first_key, page_of, plain
from bot.parse.errors import NotAPage
from bot.values import Entry, Feed

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|table|div|p|h[1-6]|br|a|ul|article|section|main|span|img)\b", re.I
)
_BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_MAIL_NAMES = re.compile(
    rb"(?:from|to|subject|mime-version|received|date|return-path|delivered-to|content-type|"
    rb"message-id|x-[a-z-]+|dkim-signature|arc-[a-z-]+|authentication-results):",
    re.I,
)
_DATELINE = re.compile(r"\bsent this bulletin (?:at|on)\s+(.{8,40})", re.I | re.S)
_BULLETIN_ADDRESS = re.compile(
    r"https?://content\.govdelivery\.com/(?:accounts/\w+/)?bulletins/[\w/-]+", re.I
)


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a mail says about the bulletin it carries."""

    text: str
    subject: str = ""
    sent_at: datetime | None = None


def read_bulletin(body: bytes, *, url: str, content_type: str = "", language: str = "") -> Feed:
    """Read one bulletin: a page, a saved or forwarded mail (.eml), or plain text.

    The entry's `html` is the whole page, sanitised but with its ids, classes, tables and bold type (see
    `markup.sanitise_page`); for plain text it is that text as it is, line breaks included. `url` may be
    empty or a file's: the link is then the one the bulletin itself names. Raises `NotAPage` for an empty
    or binary body.
    """
    if body.startswith(_BINARY):
        raise NotAPage("This is a file such as a PDF or a picture, not a page or a text.")
    letter = _opened(body) or _Letter(markup.decode(body, content_type=content_type))
    if not letter.text.strip():
        raise NotAPage("The bulletin is empty.")
    if _MARKUP.search(letter.text):
        entry = _from_page(letter, url=url, language=language)
    else:
        entry = _from_text(letter, url=url, language=language)
    return Feed(entries=(entry,), title=entry.title, language=entry.language)


def _from_page(letter: _Letter, *, url: str, language: str) -> Entry:
    tree = markup.parse_html(letter.text)
    meta = head.meta_of(tree)
    base = head.base_of(tree, url)
    title = (
        letter.subject
        or _words_of(tree, class_name="bulletin_subject")
        or plain(meta.get("og:title", ""))
        or head.title_of(tree)
        or _words_of(tree, tag="h1")
    )
    raw = Raw(
        link=head.canonical_of(tree, url=url, meta=meta) or _linked_bulletin(tree),
        title=title,
        summary=meta.get("og:description") or meta.get("description") or "",
        content=letter.text,
        published_at=letter.sent_at or _dateline(tree) or _declared_date(meta),
        language=head.language_of(tree, meta=meta) or language,
    )
    # A saved or forwarded copy has no address but the one it names as its own.
    return _entry(raw, html=markup.sanitise_page(letter.text, base=base or raw.link))


def _from_text(letter: _Letter, *, url: str, language: str) -> Entry:
    lines = (markup.fold(line).strip("#*=-_ ") for line in letter.text.splitlines())
    raw = Raw(
        link=links.clean(url) or _named_bulletin(letter.text),
        title=letter.subject or next((line for line in lines if line), ""),
        content=letter.text,
        published_at=letter.sent_at or _dateline_in(letter.text),
        language=language,
    )
    return _entry(raw, html=letter.text)


def _entry(raw: Raw, *, html: str) -> Entry:
    title = raw.title or "Untitled bulletin"
    key = first_key(raw, title, raw.link)
    aliases = aliases_of(raw, raw.link, key)
    if raw.title and not raw.link:
        # Its words are all that names it, and they change when an item is added: the title stays.
        aliases = (*aliases, f"bulletin:{markup.fold(raw.title).casefold()}"[:500])
    return Entry(
        key=key,
        title=title,
        link=raw.link,
        summary=plain(raw.summary),
        html=html,
        published_at=raw.published_at,
        language=head.language_code(raw.language),
        aliases=aliases,
        page=page_of(raw.link),
    )


def _opened(body: bytes) -> _Letter | None:
    """Read a mail as it was sent: its HTML part, else its text part; None for what is no mail."""
    start = body.lstrip()[:65536]
    lines = start.splitlines()[:3]
    if len(lines) < 3 or not _MAIL_NAMES.match(lines[0]):
        return None
    if not any(_MAIL_NAMES.match(line) or line[:1] in b" \t" for line in lines[1:]):
        return None
    # The standard library's mail parser raises many things on hostile headers; a letter that cannot be
    # opened is read as the text that it is.
    try:
        message = email.message_from_bytes(body.lstrip(), policy=email.policy.default)
        if not isinstance(message, EmailMessage):
            return None
        part = message.get_body(preferencelist=("html", "plain"))
        payload = part.get_payload(decode=True) if part is not None else None
        if part is None or not isinstance(payload, bytes):
            return None
        charset = part.get_content_charset() or ""
        return _Letter(
            text=markup.decode(payload, content_type=f"charset={charset}"),
            subject=re.sub(
                r"^(?:(?:fwd?|re)\s*:\s*)+",
                "",
                plain(str(message["subject"] or ""), is_html=False),
                flags=re.I,
            ),
            sent_at=read_date(str(message["date"] or "")),
        )
    except Exception:
        return None


def _words_of(tree: HtmlElement, *, tag: str = "", class_name: str = "") -> str:
    """Return the words of the first `tag`, or of the first element with `class_name`, that has any."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        fits = (
            class_name in (element.get("class") or "").split() if class_name else element.tag == tag
        )
        if fits and (words := markup.text_of(element)):
            return words
    return ""


def _dateline(tree: HtmlElement) -> datetime | None:
    return _dateline_in(_words_of(tree, class_name="dateline"))


def _dateline_in(text: str) -> datetime | None:
    """Read GovDelivery's "ORG sent this bulletin at 07/21/2026 05:26 PM EDT"."""
    found = _DATELINE.search(text)
    return read_date(found[1], us_order=True) if found else None


def _declared_date(meta: dict[str, str]) -> datetime | None:
    names = (
        "article:published_time",
        "datepublished",
        "dc.date.issued",
        "dcterms.issued",
        "publish-date",
        "date",
    )
    return next((found for name in names if (found := read_date(meta.get(name, "")))), None)


def _linked_bulletin(tree: HtmlElement) -> str:
    """Return the GovDelivery address that a mail names as its own: "View in browser", or the only one."""
    found: dict[str, str] = {}
    for element in tree.iter("a"):
        address = links.clean(element.get("href") or "")
        identity = links.bulletin_id(address)
        if identity and "browser" in markup.text_of(element).lower():
            return address
        if identity:
            found.setdefault(identity, address)
    return next(iter(found.values())) if len(found) == 1 else ""


def _named_bulletin(text: str) -> str:
    """Return the GovDelivery address that a copy of a bulletin repeats as its own, if there is just one."""
    found = {links.bulletin_id(a): links.clean(a) for a in _BULLETIN_ADDRESS.findall(text)}
    found.pop("", None)
    return next(iter(found.values())) if len(found) == 1 else ""
