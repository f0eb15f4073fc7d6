"""The record cannot be changed unseen."""

from __future__ import annotations

from typing import Any

import pytest

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
