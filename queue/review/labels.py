"""What people decided about kinds, as labelled rows: `bot rules test` can try rules on them.

A row is an announcement whose kind a person stood for: approved for some account, taken out of what was set
aside, put under another kind, or rejected as "not for us" (then its label is `other`). What nobody has
decided is no row: the rules must not be taught by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from review.models import Announcement, Decision, Event

NOT_FOR_US = "not for us"
COLUMNS = ("title", "summary", "language", "label", "said_by", "source", "link")


class LabelledRow(TypedDict):
    """One announcement with the kind that a person gave it. `said_by` names who, and with what verb."""

    title: str
    summary: str
    language: str
    label: str
    said_by: str
    source: str
    link: str


def labelled_rows() -> Iterator[LabelledRow]:
    """Yield the labelled rows, oldest announcement first. A later decision outweighs an earlier one."""
    labels: dict[int, tuple[str, str]] = {}
    for event in Event.objects.filter(verb__in=("take in", "change kind")).order_by("pk"):
        details = event.details
        labels[details["announcement"]] = (details["kind"], f"{event.actor}: {event.verb}")
    decisions = Decision.objects.filter(verb__in=("approve", "reject")).select_related("post")
    for decision in decisions.order_by("pk"):
        number = decision.post.announcement_id
        who = f"{decision.by}: {decision.verb}"
        if decision.verb == "approve":
            labels.setdefault(number, ("", who))
        elif decision.reason.casefold().startswith(NOT_FOR_US):
            labels[number] = ("other", who)
    rows = Announcement.objects.filter(pk__in=labels).select_related("entry__source")
    for row in rows.order_by("pk").iterator(chunk_size=500):
        label, who = labels[row.pk]
        label = label or row.kind
        if not label:
            continue
        yield {
            "title": row.title,
            # All the words that sorting saw, not only the glance that the page shows.
            "summary": " ".join(row.paragraphs) or row.summary,
            "language": row.language,
            "label": label,
            "said_by": who,
            "source": row.entry.source.name,
            "link": row.link,
        }
