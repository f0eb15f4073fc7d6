"""One piece in the making, and how it is finished: addresses cleaned, link and image chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from bot import links
from bot.split import furniture
from bot.split.furniture import Furniture
from bot.split.lines import Image, Line, paragraphs, squash
from bot.values import Link, Piece

_SOCIAL_HOSTS = (
    "twitter.com", "x.com", "facebook.com", "linkedin.com", "instagram.com", "youtube.com", "reddit.com",
    "tiktok.com", "threads.net", "bsky.app", "flickr.com", "whatsapp.com", "pinterest.com", "t.me",
    "mastodon.social", "discord.gg", "addthis.com",
)  # fmt: skip
_LONGEST_LINK_TEXT = 200
# What GOV.UK and its like print before each part of an entry, and the lines that only say when.
_FIELD = re.compile(r"(?:page summary|change made|summary|description)\s*:\s*", re.IGNORECASE)
_STAMP = re.compile(
    r"(?:time updated|(?:first |last )?(?:updated|published))(?: on| at)?\s*:.{0,60}", re.IGNORECASE
)
_NO_PICTURE = re.compile(r"logo|icon|spacer|whitespace|divider|pixel|placeholder", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """A piece in the making: its title, the lines that are its own, and what furniture it is."""

    title: str
    body: list[Line] = field(default_factory=list)
    heading: list[Line] = field(default_factory=list)
    kind: Furniture | None = None
    href: str = ""
    lead: str = ""
    rest: str = ""
    look: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether a person may want to see it: a bare name of a section is nothing to see."""
        bare = self.kind in (furniture.SECTION, furniture.INTRODUCTION)
        return any(line.text for line in self.body) or (bool(self.title) and not bare)

    def paragraphs(self) -> list[str]:
        """The words of each paragraph, in order."""
        texts: list[str] = []
        for number, unit in enumerate(paragraphs(self.body)):
            text = self.rest.lstrip(":–—|•· ") if number == 0 and self.lead else ""
            text = _unlabelled(text or squash(" ".join(line.text for line in unit)))
            if text and not _is_address(text):
                texts.append(text)
        return texts


def piece(part: Part, *, base: str) -> Piece:
    """Give a finished piece: addresses cleaned, the first content link chosen."""
    all_links, first = links_of(part, base=base)
    image = next(
        (
            found
            for line in (*part.heading, *part.body)
            for found in line.images
            if _image(found, base)
        ),
        None,
    )
    return Piece(
        title=squash(part.title),
        paragraphs=tuple(part.paragraphs()),
        link=first,
        links=all_links,
        image=_image(image, base) if image else "",
        image_alt=image.alt if image else "",
        furniture=part.kind.phrase if part.kind else "",
    )


def links_of(part: Part, *, base: str) -> tuple[tuple[Link, ...], str]:
    """Give a part's publishable links in order, and the one that is its own."""
    texts: dict[str, str] = {}
    for line in (*part.heading, *part.body):
        for run in line.runs:
            if not run.href or run.href.startswith("#"):
                continue
            url = links.found(run.href, base=base)
            if not url or (base and url.partition("#")[0] == base.partition("#")[0] and "#" in url):
                continue
            known = texts.get(url, "")
            if len(known) < _LONGEST_LINK_TEXT:
                texts[url] = squash(f"{known} {run.text}")
    found = tuple(Link(url=url, text=text) for url, text in texts.items())
    content = [
        link
        for link in found
        if not is_social(host_of(link.url)) and not furniture.is_boilerplate(link.text)
    ]
    written = [link for link in content if not link.text.startswith("www.")] or content
    chosen = next(iter(written), None) or next(iter(found), None)
    own = links.found(part.href, base=base) if part.href and not part.href.startswith("#") else ""
    published = tuple(link for link in found if not links.is_opaque_tracker(link.url))
    return published, own or (chosen.url if chosen else "")


def host_of(url: str) -> str:
    """Give the host of an address without "www.", or an empty string."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_social(host: str) -> bool:
    """Say whether a host is a social network."""
    return any(host == name or host.endswith(f".{name}") for name in _SOCIAL_HOSTS)


def _image(image: Image, base: str) -> str:
    """Give an image's address, or "" for logos, icons, spacers and what is not on the web."""
    if (
        not image.src
        or _NO_PICTURE.search(image.src.rsplit("/", 1)[-1][:200])
        or _NO_PICTURE.search(image.alt[:200])
    ):
        return ""
    try:
        url = urljoin(base, image.src)
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (
        url
        if parts.scheme in ("http", "https") and parts.hostname and len(url) <= links.MAX_LENGTH
        else ""
    )


def _unlabelled(text: str) -> str:
    """Give a paragraph without the label of the field that it is; "" for one that only says when."""
    if _STAMP.fullmatch(text) is not None:
        return ""
    label = _FIELD.match(text)
    return text[label.end() :] if label else text


def _is_address(text: str) -> bool:
    return " " not in text and text.lower().startswith(("http://", "https://", "www.", "<http"))
