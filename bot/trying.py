"""Trying the addresses in posts that wait for a person, so that the desk can refuse what would not work."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot import images, links
from bot.fetch import FetchError, Gone, NotFound, Request, TooLarge
from bot.images import Fetch
from bot.values import Fetched
from review import addresses
from review.text import Tried

AT_ONCE = 20  # addresses in one pass


def try_addresses(*, now: datetime, fetch: Fetch, without_links: Collection[str] = ()) -> int:
    """Ask for the links and images that have not been tried, or not lately; return how many.

    `without_links` names sources whose pages are not to be read.
    """
    pages, pictures = addresses.to_try(now, without_links=without_links)
    wanted = [*sorted(pictures), *sorted(pages - pictures)][:AT_ONCE]
    if not wanted:
        return 0
    # Without what counts visitors: this is no visit.
    answers = fetch([Request(url if url in pictures else links.clean(url)) for url in wanted])
    for url, answer in zip(wanted, answers, strict=True):
        addresses.note(url, _tried(answer, is_image=url in pictures), now=now)
    addresses.forget(now)
    return len(wanted)


def _tried(answer: Fetched | FetchError, *, is_image: bool) -> Tried:
    if isinstance(answer, TooLarge) and is_image:
        # Larger than what we read of anything, and so than what any network takes.
        return Tried(size=1, answer=str(answer))
    if isinstance(answer, FetchError):
        return Tried(gone=isinstance(answer, (NotFound, Gone)), answer=str(answer))
    return images.tried(answer.body) if is_image else Tried()
