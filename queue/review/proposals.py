"""Where posts that wait for a decision would go, were all of them approved in their order. Changes nothing."""

from __future__ import annotations

from datetime import datetime

from config.timing import Calendar
from review import slots
from review.models import Post
from review.states import State

MOST = 200  # posts that are looked at


def proposals(
    taken: dict[int, list[datetime]], *, calendar: Calendar, now: datetime, before: datetime
) -> list[tuple[datetime, Post]]:
    """Give each post in review the slot it would get, and return those before `before`; one query.

    `taken` has the moments at which each account posts, by its key; the slots that are given are added to it.
    """
    found: list[tuple[datetime, Post]] = []
    full: set[int] = set()
    for post in _waiting():
        if post.account_id in full:
            continue
        mine = taken.setdefault(post.account_id, [])
        # The first of two approvers may have asked for a time.
        wish = post.due_at if post.due_at is not None and post.due_at > now else None
        slot = wish or slots.next_slot(
            now, calendar=calendar, account=post.account.name, taken=mine
        )
        if slot is None or slot >= before:
            if wish is None:
                full.add(post.account_id)
            continue
        mine.append(slot)
        found.append((slot, post))
    return found


def _waiting() -> list[Post]:
    """Return the posts in review whose accounts are in use, in the order of the queue; no revisions."""
    rows = Post.objects.filter(state=State.IN_REVIEW, account__active=True)
    return list(
        rows.select_related("account", "announcement").order_by(
            "announcement__entry__first_seen_at",
            "announcement__entry_id",
            "announcement__position",
            "announcement_id",
            "account__name",
        )[:MOST]
    )
