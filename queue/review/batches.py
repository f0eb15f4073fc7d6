"""Rows in batches: sources taken for a worker, put off and written together, entries made together.

The only SQL of our own: a thousand sources that say nothing new must not cost a thousand objects, nor a
statement each. It is the same for SQLite and PostgreSQL.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from review.models import Source

_CLAIM = """
    UPDATE review_source SET next_check_at = %s WHERE id IN (
        SELECT id FROM review_source WHERE active AND next_check_at <= %s AND health <> 'gone'
        ORDER BY next_check_at LIMIT %s {lock})
    RETURNING id, name, url, address, etag, last_modified, read_as, body_hash,
        health = 'ok' AND trouble = '' AND failures = 0 AND moved_to = '',
        CAST(rhythm AS text), CAST(news_at AS text), CAST(baselined_at AS text)
"""
# Not "baselined_at IS NOT NULL": SQLite before 3.41 says 1 to that here, whatever is in the column.
# What sources.toml says of a source is written by `intake.sync_sources` alone.
_NOT_OURS = ("id", "name", "url", "active")


@dataclass(slots=True)
class Due:
    """A source that is due: what of its row is needed while nothing has changed.

    `is_well`: its last poll went well and nothing waits to be noted. `rhythm` is JSON; the moments are text, as
    the database writes them.
    """

    pk: int
    name: str
    url: str
    address: str
    etag: str
    last_modified: str
    read_as: str
    body_hash: str
    is_well: bool
    rhythm: str
    news_at: str | None
    baselined_at: str | None

    @property
    def is_known(self) -> bool:
        """Whether it has been read at this address."""
        return self.baselined_at is not None

    @property
    def since(self) -> datetime | None:
        """When it last had news, else when it was first read."""
        written = self.news_at or self.baselined_at
        return _moment(written) if written else None


def claim(number: int, *, now: datetime, until: datetime) -> list[Due]:
    """Take up to `number` sources that are due at `now`, those that wait longest, for this worker.

    Another worker passes them over until `until`: a worker that dies with them in hand costs them that long,
    not their turn.
    """
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with unhurried(), connection.cursor() as cursor:
        moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (until, now)]
        cursor.execute(_CLAIM.format(lock=lock), [*moments, number])
        return [Due(*row) for row in cursor.fetchall()]


def put_off(keys: Sequence[int], *, now: datetime, until: datetime) -> None:
    """Note of the sources `keys` that they were asked at `now` without news, and are asked next at `until`."""
    with unhurried():
        Source.objects.filter(pk__in=keys).update(checked_at=now, read_at=now, next_check_at=until)


def save(sources: Sequence[Source]) -> None:
    """Write what has been learnt of `sources`, one statement for all."""
    if not sources:
        return
    fields = [f for f in Source._meta.concrete_fields if f.attname not in _NOT_OURS]
    columns = ", ".join(f"{connection.ops.quote_name(f.column)} = %s" for f in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE review_source SET {columns} WHERE id = %s",  # noqa: S608 - our own columns
            [(*(_written(source, f) for f in fields), source.pk) for source in sources],
        )


def insert(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, known: bool = False
) -> None:
    """Make rows of `model`, one statement for all, without an object each; defaults for what a row leaves out.

    All `rows` name the same columns (an id of another row as `…_id`). With `known`, one that is there already
    stays as it is.
    """
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    given = [field for field in fields if field.attname in rows[0]]
    constant = [field for field in fields if field.attname not in rows[0]]
    rest = [field.get_db_prep_save(field.get_default(), connection) for field in constant]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in (*given, *constant))
    places = ", ".join(["%s"] * len(fields))
    clash = " ON CONFLICT DO NOTHING" if known else ""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places}){clash}",  # noqa: S608
            [(*(_prepared(f, row[f.attname]) for f in given), *rest) for row in rows],
        )


def _written(source: Source, field: models.Field[Any, Any]) -> Any:
    return _prepared(field, getattr(source, field.attname))


def _prepared(field: models.Field[Any, Any], value: Any) -> Any:
    # Text is stored as it is; asking the field would take as long as storing it.
    return value if type(value) is str else field.get_db_prep_save(value, connection)


@functools.lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    """Read a moment as the database writes it."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def unhurried() -> Iterator[None]:
    """Let SQLite commit without waiting for the disk: what is lost in a power cut here is asked again."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = FULL")
