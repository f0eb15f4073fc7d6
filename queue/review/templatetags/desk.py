"""How the desk's pages show moments, links, money and the text of a post."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from review import budgets, reasons, shown, story, text
from review import said as saying
from review.models import Comment

register = template.Library()

# In the text of a post: an address, a hashtag, a mention.
_MARKED = re.compile(r"https?://[^\s<>\"]+|(?<![\w/])[#@]\w+")
_ADDRESS_ENDS_BEFORE = ".,;:!?…'’”)]}"


def _moment(value: datetime) -> str:
    return shown.moment(value, now=timezone.now())


@register.filter
def reason_said(value: str) -> str:
    """Say why a piece was drafted or set aside, in the language of the page."""
    return reasons.reason(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Show a moment in local time: "Thu 26 Nov, 09:30"; with the year when it is not this one."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', timezone.localtime(value).isoformat(), _moment(value)
    )


@register.filter
def plain_moment(value: datetime | None) -> str:
    """Like `moment`, without the mark-up for machines: for a button that many posts have."""
    return _moment(value) if value else ""


@register.filter
def clock(value: datetime) -> str:
    """Show the local time of day: "09:30"."""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), date_format(local, "H:i")
    )


@register.filter
def field_moment(value: datetime | None) -> str:
    """Write a moment in local time the way a datetime-local field wants it."""
    return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}" if value else ""


@register.filter
def web(address: str) -> str:
    """Return an address when it is one of the web, else "": nothing else may become a link."""
    return address if shown.is_web(address) else ""


@register.filter
def domain(address: str) -> str:
    """Return the host of a web address, without "www."."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@register.filter
def dollars(value: Decimal) -> str:
    """Show a price: "$0.20"."""
    return budgets.dollars(value)


def _pieces(words: str) -> Iterator[SafeString]:
    end = 0
    for match in _MARKED.finditer(words):
        found = match[0]
        if found.startswith("http"):
            # A full stop or a closing bracket after an address belongs to the sentence.
            found = found.rstrip(_ADDRESS_ENDS_BEFORE)
        yield format_html("{}", words[end : match.start()])
        if found.startswith("http"):
            yield format_html('<a href="{}">{}</a>', found, found)
        else:
            yield format_html('<span class="tag">{}</span>', found)
        end = match.start() + len(found)
    yield format_html("{}", words[end:])


@register.filter
def post_text(words: str) -> SafeString:
    """Show the text of a post with its addresses, hashtags and mentions marked; all else escaped."""
    return format_html_join("", "{}", ((piece,) for piece in _pieces(words)))


@register.filter
def marked(words: str, known: frozenset[str]) -> SafeString:
    """Show the source's words with the figures and names marked that the drafts use."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", part) if is_fact else part,)
            for is_fact, part in text.split_at(words, known)
        ),
    )


@register.filter
def naming(comment: Comment) -> SafeString:
    """Show the words of a comment with the people marked whom it asks."""
    names = sorted({f"@{ask.person}" for ask in comment.asks.all()}, key=len, reverse=True)
    if not names:
        return format_html("{}", comment.text)
    parts = re.split(f"({'|'.join(map(re.escape, names))})", comment.text, flags=re.IGNORECASE)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<strong class="tag">{}</strong>', part) if index % 2 else part,)
            for index, part in enumerate(parts)
        ),
    )


@register.filter
def together(rows: Iterable[shown.Shown]) -> str:
    """Name posts with the revisions on the page, for a button that decides about all of them: "12-1.13-4"."""
    return ".".join(f"{row.post.pk}-{row.post.revision_number}" for row in rows)


@register.filter
def as_json(value: object) -> str:
    """Write a value as JSON, for a script to read out of the page."""
    return json.dumps(value, cls=DjangoJSONEncoder)


# As a browser names itself: what stands for it, the most particular first.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser_name(user_agent: str) -> str:
    """Name a browser and its system for people: "Firefox, Windows"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    if not browser and "Safari/" in user_agent:
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or user_agent[:60] or "?"


@register.filter
def said(sentence: str) -> str:
    """Say a sentence of a check, a transition or the worker in the language of the page."""
    return saying.told(sentence)


@register.filter
def done(verb: str) -> str:
    """Say in the past tense what somebody did to a post: "approved it"."""
    return str(story.DONE.get(verb, verb))


@register.filter
def own_name(language: str) -> str:
    """Name a language of the desk as those who speak it do: "Cymraeg"."""
    return str(dict(settings.LANGUAGES).get(language, language))


@register.filter
def network(name: str) -> str:
    """Name a network for people: "LinkedIn"."""
    return shown.network_label(name)


@register.filter
def span(value: timedelta) -> str:
    """Say how long something took: "40 minutes", "5 hours", "3 days"."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", value.days) % {"n": value.days}
