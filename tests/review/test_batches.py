"""Sources are taken, put off and written in batches, and SQLite waits for the disk again afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from review import batches
from review.models import Entry, Source
from tests.making import NOW

LATER = NOW + timedelta(minutes=10)


def make(name: str, **given: object) -> Source:
    row = {"url": "https://example.org/", "next_check_at": NOW, **given}
    return Source.objects.create(name=name, **row)


@pytest.mark.django_db
def test_what_is_due_is_taken_once_and_the_longest_waiting_first() -> None:
    make("second", next_check_at=NOW - timedelta(minutes=1))
    make("first", next_check_at=NOW - timedelta(minutes=2))
    make("not due", next_check_at=NOW + timedelta(seconds=1))
    make("gone", health="gone")
    make("left", active=False)
    taken = [batches.claim(1, now=NOW, until=LATER) for _ in range(3)]
    assert [[due.name for due in each] for each in taken] == [["first"], ["second"], []]
    # A worker that died with them in hand costs them the lease.
    assert len(batches.claim(9, now=LATER, until=LATER + timedelta(minutes=10))) == 3


@pytest.mark.django_db
def test_a_source_that_is_due_says_what_is_needed_of_it() -> None:
    make("new")
    make(
        "known",
        health="ok",
        baselined_at=NOW - timedelta(days=3),
        news_at=NOW - timedelta(days=1),
        rhythm={"wait": 60},
        etag='W/"1"',
    )
    make("ill", health="ok", trouble="It is ill.")
    due = {each.name: each for each in batches.claim(9, now=NOW, until=LATER)}
    assert [(bool(d.is_well), d.is_known) for d in (due["new"], due["known"], due["ill"])] == [
        (False, False),
        (True, True),
        (False, False),
    ]
    assert due["known"].etag == 'W/"1"'
    assert due["known"].rhythm.replace(" ", "") == '{"wait":60}'
    assert due["known"].since == NOW - timedelta(days=1)
    assert due["new"].since is None


@pytest.mark.django_db
def test_what_was_learnt_is_written_and_what_the_file_says_is_not() -> None:
    row, other = make("a"), make("b")
    row.etag, row.rhythm, row.silent_after, row.name = '"2"', {"hours": [1]}, LATER, "c"
    batches.save([row, other])
    row = Source.objects.get(pk=row.pk)
    assert (row.etag, row.rhythm, row.silent_after) == ('"2"', {"hours": [1]}, LATER)
    assert row.name == "a"
    batches.save([])


@pytest.mark.django_db
def test_rows_are_made_together_with_defaults_for_what_they_leave_out() -> None:
    source = make("a")
    row = {
        "source_id": source.pk,
        "title": "T – ŵ",
        "first_seen_at": NOW,
        "published_at": None,
        "content_hash": "x",
    }
    batches.insert(Entry, [{**row, "key": name} for name in ("1", "2")])
    batches.insert(Entry, [{**row, "key": name, "title": "new"} for name in ("2", "3")], known=True)
    made = Entry.objects.order_by("pk")
    assert [entry.title for entry in made] == ["T – ŵ", "T – ŵ", "new"]
    assert {(e.published_at, e.announce, e.trouble, e.first_seen_at) for e in made} == {
        (None, True, "", NOW)
    }
    with pytest.raises(IntegrityError):
        batches.insert(Entry, [{**row, "key": "1"}])


@pytest.mark.django_db(transaction=True)
def test_sqlite_waits_for_the_disk_again_afterwards() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has the setting")
    row = make("a")
    batches.claim(1, now=NOW, until=LATER)
    batches.put_off([row.pk], now=NOW, until=LATER)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)
