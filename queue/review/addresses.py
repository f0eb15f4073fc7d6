"""The addresses in posts that wait for a person, and what each answered when it was last tried."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db.models import F

from review.models import Address, Revision
from review.states import State
from review.text import Content, Tried

AT_ONCE = 200  # revisions looked through for addresses to try
GOOD_FOR = timedelta(hours=24)
# One where nothing is may be mended while somebody waits for it; one that is in trouble gets an hour.
AGAIN = timedelta(minutes=10)
LATER = timedelta(hours=1)
KEEP = timedelta(days=30)


def to_try(now: datetime, *, without_links: Collection[str] = ()) -> tuple[set[str], set[str]]:
    """Return the links, and the images, of posts in review that are to be tried now.

    A link that its announcement's card was read from lately is known to answer. `without_links` names sources
    whose links nobody is to read.
    """
    revisions = (
        Revision.objects.filter(number=F("post__revision_number"), post__state=State.IN_REVIEW)
        .select_related("post__announcement__entry__source")
        .defer("post__announcement__entry__html")
        .order_by("-pk")[:AT_ONCE]
    )
    links: set[str] = set()
    images: set[str] = set()
    for revision in revisions:
        announcement = revision.post.announcement
        source = announcement.entry.source.name
        read = announcement.card.get("url") and now - announcement.created_at < GOOD_FOR
        fresh = read and not revision.by_person
        if revision.link and source not in without_links and not fresh:
            links.add(revision.link)
        images |= {image.url for image in revision.content.images}
    known = {
        row.url
        for row in Address.objects.filter(digest__in=[_digest(url) for url in links | images])
        if row.again_at > now
    }
    return _of_the_web(links - known), _of_the_web(images - known)


def note(url: str, tried: Tried, *, now: datetime) -> None:
    """Keep what `url` answered, and when to try it again."""
    again = AGAIN if tried.gone else LATER if tried.answer else GOOD_FOR
    Address.objects.update_or_create(
        digest=_digest(url),
        defaults={"url": url, "tried_at": now, "again_at": now + again, **asdict(tried)},
    )


def forget(now: datetime) -> None:
    """Forget what has not been tried for long: no post that waits has it."""
    Address.objects.filter(tried_at__lt=now - KEEP).delete()


def tried(contents: Iterable[Content]) -> dict[str, Tried]:
    """Return what the addresses in `contents` answered, those that were tried."""
    urls = {
        url
        for content in contents
        for url in (content.link, *(image.url for image in content.images))
        if url
    }
    if not urls:
        return {}
    return {
        row.url: Tried(row.gone, row.answer, row.kind, row.size, row.width, row.height)
        for row in Address.objects.filter(digest__in=[_digest(url) for url in urls])
    }


def _of_the_web(urls: Iterable[str]) -> set[str]:
    return {url for url in urls if url.startswith(("https://", "http://"))}


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
