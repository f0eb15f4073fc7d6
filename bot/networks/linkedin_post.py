"""How a post and an image are written for LinkedIn. Pure.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.networks.answers import Answer
from bot.networks.base import Uploaded
from bot.networks.little_text import escape
from review.text import Content, facts_of

_FACTS = facts_of("linkedin")
_POST = re.compile(r"urn:li:[A-Za-z]+:[0-9]+")
_IMAGE = re.compile(r"urn:li:image:[A-Za-z0-9_-]{1,150}")


def body_of(
    content: Content,
    *,
    author: str,
    media: Sequence[Uploaded] = (),
    mentions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the body that publishes `content`: its link as a card with an image, or its images alone.

    LinkedIn shows a card or several images, never both; the checks before approval say so. `mentions` are
    names that become mentions, with their URNs.
    """
    post: dict[str, Any] = {
        "author": author,
        "commentary": escape(content.text, mentions=mentions or {}),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    if content.link:
        article = {
            "source": content.link,
            "title": _cut(content.card_title.strip() or content.link, _FACTS.card_title_limit),
        }
        if content.card_description.strip():
            article["description"] = _cut(
                content.card_description.strip(), _FACTS.card_description_limit
            )
        if media:
            article |= {"thumbnail": media[0].id, "thumbnailAltText": media[0].alt}
        post["content"] = {"article": article}
    elif len(media) > 1:
        images = [{"id": image.id, "altText": image.alt} for image in media]
        post["content"] = {"multiImage": {"images": images}}
    elif media:
        post["content"] = {"media": {"id": media[0].id, "altText": media[0].alt}}
    return post


def urn_of(answer: Answer) -> str:
    """Return the URN of the post that a good answer says it made, "" where it names none.

    The header is the proof: the body is empty. It is percent-encoded by some Rest.li servers, and older ones
    name it otherwise.
    """
    if not answer.ok:
        return ""
    location = answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
    named = (answer.headers.get("x-restli-id"), answer.headers.get("x-linkedin-id"), location)
    found = (unquote(name.strip()) for name in named if name)
    return next((urn for urn in found if is_post(urn)), "")


def is_post(urn: str) -> bool:
    """Say whether `urn` is that of a post."""
    return _POST.fullmatch(urn) is not None


@dataclass(frozen=True, slots=True)
class Upload:
    """Where the bytes of an image go, and what the image is called afterwards."""

    url: str
    urn: str


def upload_of(answer: Mapping[str, Any]) -> Upload | None:
    """Read the answer to `initializeUpload`; None where it names no place."""
    value = answer.get("value")
    if not isinstance(value, Mapping):
        return None
    url, urn = str(value.get("uploadUrl") or ""), str(value.get("image") or "")
    if urlsplit(url).scheme not in ("https", "http") or not _IMAGE.fullmatch(urn):
        return None
    return Upload(url, urn)


def is_theirs(url: str, *, api: str) -> bool:
    """Say whether `url` is on LinkedIn's hosts, or on the host that stands in for its API."""
    host = urlsplit(url).hostname or ""
    return host == urlsplit(api).hostname or (
        host.endswith(".linkedin.com") and url.startswith("https://")
    )


def _cut(text: str, limit: int) -> str:
    """`text`, or its beginning that fits `limit` UTF-16 code units, as the editor counts them too."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * limit:
        return text
    return f"{units[: 2 * (limit - 1)].decode('utf-16-le', 'ignore').rstrip()}…"
