"""The record: an append-only chain of events, each holding the hash of the one before it.

A changed, missing or inserted line breaks the chain at that line, and `verify` names it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from review.models import Event, RecordHead


def _digest(event: Event) -> str:
    parts = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(),
        event.verb,
        event.actor,
        event.post_number,
        event.from_state,
        event.to_state,
        event.content_hash,
        event.reason,
        event.details,
    ]
    line = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def append(
    verb: str,
    *,
    actor: str,
    now: datetime,
    post_number: int | None = None,
    from_state: str = "",
    to_state: str = "",
    content_hash: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Event:
    """Add one event to the record and return it. Call it inside the transaction it tells of."""
    with transaction.atomic():
        # Locking the head makes concurrent writers queue, so the chain has one order.
        head, _ = RecordHead.objects.select_for_update().get_or_create(pk=1)
        event = Event(
            at=now,
            verb=verb,
            actor=actor,
            post_number=post_number,
            from_state=from_state,
            to_state=to_state,
            content_hash=content_hash,
            reason=reason,
            details=dict(details or {}),
            previous_hash=head.last_hash,
        )
        event.hash = _digest(event)
        event.save(force_insert=True)
        head.last_hash = event.hash
        head.save(update_fields=["last_hash"])
    return event


def verify() -> str:
    """Walk the whole record. Return "" when it is sound, else one sentence naming the first bad line."""
    previous = ""
    for event in _events():
        if event.previous_hash != previous:
            return (
                f"Event {event.pk} does not follow the line before it: a line was removed or added."
            )
        if _digest(event) != event.hash:
            return f"Event {event.pk} ({event}) was changed after it was written."
        previous = event.hash
    head = RecordHead.objects.filter(pk=1).first()
    if (head.last_hash if head else "") != previous:
        return (
            "The end of the record is missing: its last line is not the one that was written last."
        )
    return ""


def _events() -> Iterator[Event]:
    return Event.objects.order_by("pk").iterator(chunk_size=1000)
