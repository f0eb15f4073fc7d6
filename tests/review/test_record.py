"""The record cannot be changed unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from review import record
from review.models import Event, RecordHead
from tests.making import NOW

pytestmark = pytest.mark.django_db


def write_three() -> None:
    for number in range(3):
        record.append("note", actor="Siân", now=NOW, post_number=number, reason="a reason")


def test_an_empty_record_is_sound() -> None:
    assert record.verify() == ""


def test_each_event_carries_the_hash_of_the_one_before() -> None:
    write_three()
    first, second, third = Event.objects.order_by("pk")
    assert first.previous_hash == ""
    assert second.previous_hash == first.hash
    assert third.previous_hash == second.hash
    assert record.verify() == ""


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "Bryn"},
        {"verb": "approve"},
        {"reason": "another reason"},
        {"post_number": 99},
        {"details": {"link": "https://example.org"}},
        {"to_state": "published"},
        {"content_hash": "f" * 64},
    ],
)
def test_one_changed_value_is_named(change: dict[str, Any]) -> None:
    write_three()
    second = Event.objects.order_by("pk")[1]
    Event.objects.filter(pk=second.pk).update(**change)
    assert f"Event {second.pk}" in record.verify()
    assert "was changed" in record.verify()


# Its place in the order is what the tests of removed and added lines are about.
COLUMNS = [field.column for field in Event._meta.concrete_fields if not field.primary_key]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases check what is written")
@pytest.mark.parametrize("column", COLUMNS)
def test_any_one_byte_changed_in_any_column_is_noticed_and_its_event_named(column: str) -> None:
    """As somebody does who opens the file: past Django, and past what a column may hold."""
    for number in range(3):
        record.append(
            "approve",
            actor="Siân",
            now=NOW,
            post_number=4711,
            from_state="in_review",
            to_state="scheduled",
            content_hash="ab" * 32,
            reason="A reason with “signs”.",
            details={"account": "cohes3ion-x", "revision": number, "links": [1, None, True]},
        )
    middle = Event.objects.order_by("pk")[1].pk
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        question = f"SELECT CAST({column} AS BLOB) FROM review_event WHERE id = %s"  # noqa: S608
        cursor.execute(question, [middle])
        was = bytes(cursor.fetchone()[0])
        assert was
        for place, byte in enumerate(was):
            for other in {byte ^ 1, byte ^ 0x20, 0x31, 0x20, 0xFF} - {byte}:
                now = was[:place] + bytes([other]) + was[place + 1 :]
                change = f"UPDATE review_event SET {column} = CAST(%s AS TEXT) WHERE id = %s"  # noqa: S608
                cursor.execute(change, [now, middle])
                assert f"Event {middle} " in record.verify(), now
        back = int(was) if column in ("post_number", "erased") else was.decode()
        cursor.execute(f"UPDATE review_event SET {column} = %s WHERE id = %s", [back, middle])  # noqa: S608
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert record.verify() == ""


def test_a_removed_event_is_noticed() -> None:
    write_three()
    second, third = Event.objects.order_by("pk")[1:]
    second.delete()
    assert f"Event {third.pk} does not follow" in record.verify()


def test_a_removed_end_is_noticed() -> None:
    write_three()
    last = Event.objects.order_by("pk").last()
    assert last is not None
    last.delete()
    assert "The end of the record is missing" in record.verify()


def test_a_forged_end_is_noticed() -> None:
    write_three()
    RecordHead.objects.update(last_hash="0" * 64)
    assert record.verify() != ""
