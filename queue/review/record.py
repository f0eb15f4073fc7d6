"""The record: an append-only chain of events, each holding the hash of the one before it.

A changed, missing or inserted line breaks the chain at that line, and `verify` names it.

Names can be erased and the chain stays valid: each line is hashed with a salt. To erase, the names are replaced, the
salt is dropped and the hash is kept, so the chain holds and the names cannot be guessed from it; the line that tells
of the erasure carries a digest of all erased lines as they are now, so they cannot be changed either.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.db.utils import OperationalError

from review.models import Event, RecordHead

ERASE = "erase"


# While the end is locked everybody waits, so PostgreSQL takes it, adds the line and moves the end in one answer. It
# hashes what `_digest` would: the line as it is written, with the hash before it in its place.
_FIELDS = [field for field in Event._meta.concrete_fields if not field.primary_key]
_GIVEN = [field for field in _FIELDS if field.attname not in ("previous_hash", "hash")]
_AT_ONCE = f"""
    WITH head AS (SELECT last_hash FROM review_recordhead WHERE id = 1 FOR UPDATE),
    line AS (
        INSERT INTO review_event ({", ".join(field.column for field in _GIVEN)}, previous_hash, hash)
        SELECT {", ".join(["%s"] * len(_GIVEN))}, head.last_hash,
            encode(sha256(convert_to(%s || head.last_hash || %s, 'UTF8')), 'hex')
        FROM head RETURNING id, previous_hash, hash)
    UPDATE review_recordhead SET last_hash = line.hash FROM line WHERE review_recordhead.id = 1
    RETURNING line.id, line.previous_hash, line.hash
"""  # noqa: S608 - our own columns


def _digest(event: Event) -> str:
    return hashlib.sha256(_line(event).encode()).hexdigest()


def _line(event: Event) -> str:
    """Return what is hashed: the line, the hash before it and its salt, as JSON."""
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
    # The lines of the first version have no salt.
    return _json([event.salt, *parts] if event.salt else parts)


def _json(parts: object) -> str:
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash(parts: object) -> str:
    return hashlib.sha256(_json(parts).encode()).hexdigest()


def digest_of_erased() -> tuple[int, str]:
    """Count the erased lines, and hash them as they are now."""
    number, so_far = 0, ""
    for event in _events(Event.objects.filter(erased=True)):
        number, so_far = number + 1, _hash([so_far, event.pk, event.hash, _digest(event)])
    return number, so_far


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
        salt=secrets.token_hex(16),
    )
    # No savepoint: each answer of the database counts.
    with transaction.atomic(savepoint=False):
        if connection.vendor != "postgresql" or not _append_at_once(event):
            _append_step_by_step(event)
    return event


def _append_step_by_step(event: Event) -> None:
    # Locking the head makes concurrent writers queue, so the chain has one order.
    head, _ = RecordHead.objects.select_for_update().get_or_create(pk=1)
    event.previous_hash = head.last_hash
    event.hash = _digest(event)
    event.save(force_insert=True)
    head.last_hash = event.hash
    head.save(update_fields=["last_hash"])


def _append_at_once(event: Event) -> bool:
    """Add `event`, and say whether that was done: not before the record has an end to lock."""
    salt = _json(event.salt)
    before, after = f'[{salt},"', _line(event).removeprefix(f'[{salt},"')
    values = [field.get_db_prep_save(getattr(event, field.attname), connection) for field in _GIVEN]
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONCE, [*values, before, after])
        row = cursor.fetchone()
    if row is None:
        return False
    event.pk, event.previous_hash, event.hash = row
    event._state.adding, event._state.db = False, connection.alias
    return True


def verify() -> str:
    """Walk the whole record. Return "" when it is sound, else one sentence naming the first bad line."""
    try:
        return _verify()
    except _UNREADABLE:
        return _first_unreadable()


# What a row raises whose bytes are no time, no JSON or no text any more.
_UNREADABLE = (ValueError, TypeError, AttributeError, OperationalError)


def _first_unreadable() -> str:
    for key in Event.objects.order_by("pk").values_list("pk", flat=True):
        try:
            _digest(_rows().get(pk=key))
        except _UNREADABLE:
            return f"Event {key} cannot be read any more: it was changed after it was written."
    return "The record changed while it was read; ask again."


def _rows() -> QuerySet[Event]:
    """All lines; on SQLite also the bytes of what it would take in more than one spelling."""
    if connection.vendor != "sqlite":
        return Event.objects.all()
    names = ("at", "details", "erased")
    return Event.objects.annotate(**{f"{name}_given": Cast(name, TextField()) for name in names})


def _verify() -> str:
    previous = ""
    for event in _events(_rows()):
        if event.previous_hash != previous:
            return (
                f"Event {event.pk} does not follow the line before it: a line was removed or added."
            )
        # Whoever erases drops the salt.
        changed = event.salt if event.erased else _digest(event) != event.hash
        if changed or not _is_as_given(event):
            return f"Event {event.pk} ({event}) was changed after it was written."
        previous = event.hash
    head = RecordHead.objects.filter(pk=1).first()
    if (head.last_hash if head else "") != previous:
        return (
            "The end of the record is missing: its last line is not the one that was written last."
        )
    return _verify_erased()


def _is_as_given(event: Any) -> bool:
    """Whether the row holds the very bytes that were written: SQLite keeps another spelling of the same value too."""
    if connection.vendor != "sqlite":
        return True
    at: datetime = event.at
    return bool(
        event.at_given == str(at.astimezone(UTC).replace(tzinfo=None))
        and event.details_given == json.dumps(event.details)
        and event.erased_given == str(int(event.erased))
    )


def _verify_erased() -> str:
    number, digest = digest_of_erased()
    last = Event.objects.filter(verb=ERASE).order_by("-pk").first()
    vouched = (last.details.get("lines"), last.details.get("digest")) if last else (0, "")
    if vouched == (number, digest):
        return ""
    return (
        f"The {number} lines from which names were erased are not as "
        + (f"event {last.pk} left them." if last else "any event says.")
        + " One of them was changed after that."
    )


def _events(rows: QuerySet[Event] | None = None) -> Iterator[Event]:
    chosen = Event.objects.all() if rows is None else rows
    return chosen.order_by("pk").iterator(chunk_size=1000)
