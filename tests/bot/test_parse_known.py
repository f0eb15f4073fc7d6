"""Items whose bytes are known are passed over, and nothing else about the feed is read differently."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from bot import parse
from bot.values import Entry, Feed, Rhythm
from tests.bot.test_parse import MANIFEST

URL = "https://example.org/feed"
RSS = '<rss version="2.0"><channel><title>N</title>{0}</channel></rss>'
ITEM = "<item><guid>{0}</guid><title>{1}</title><link>https://example.org/{0}</link></item>"


def read(*items: str, known: tuple[str, ...] = (), head: str = "") -> Feed:
    return parse.parse(RSS.format(head + "".join(items)).encode(), url=URL, known=known)


def test_a_known_item_is_passed_over_and_counted() -> None:
    first = read(ITEM.format("a", "A"), ITEM.format("b", "B"))
    hashes = tuple(entry.item_hash for entry in first.entries)
    assert all(len(h) == 24 for h in hashes)
    again = read(ITEM.format("c", "C"), ITEM.format("a", "A"), ITEM.format("b", "B"), known=hashes)
    assert [entry.title for entry in again.entries] == ["C"]
    assert again.unchanged == 2


def test_an_edited_item_is_read_again() -> None:
    first = read(ITEM.format("a", "A"), ITEM.format("b", "B"))
    hashes = tuple(entry.item_hash for entry in first.entries)
    again = read(ITEM.format("a", "A, corrected"), ITEM.format("b", "B"), known=hashes)
    assert [(e.key, e.title) for e in again.entries] == [("a", "A, corrected")]


def test_what_an_item_inherits_belongs_to_it() -> None:
    (entry,) = read(ITEM.format("a", "A")).entries
    again = read(ITEM.format("a", "A"), known=(entry.item_hash,), head="<language>cy</language>")
    assert [e.language for e in again.entries] == ["cy"]


def test_items_that_share_a_name_are_read_together() -> None:
    items = (ITEM.format("a", "A"), ITEM.format("a", "B"))
    first = read(*items)
    again = read(*items, known=tuple(e.item_hash for e in first.entries))
    assert (again.entries, again.unchanged) == (first.entries, 0)


def test_a_feed_that_is_broken_off_is_read_whole() -> None:
    body = RSS.format(ITEM.format("a", "A") + ITEM.format("b", "B")).encode()
    hashes = tuple(e.item_hash for e in parse.parse(body, url=URL).entries)
    broken = parse.parse(body[:-20], url=URL, known=hashes)
    assert [e.key for e in broken.entries] == ["a", "b"]
    assert broken.unchanged == 0


@pytest.mark.parametrize(
    ("head", "rhythm"),
    [
        ("<ttl>90</ttl>", Rhythm(wait=timedelta(minutes=90))),
        ("<ttl>soon</ttl>", Rhythm()),
        (
            "<skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours>",
            Rhythm(hours=frozenset({0, 5})),
        ),
        (
            "<skipDays><day>Saturday</day><day>sunday</day><day>Caturday</day></skipDays>",
            Rhythm(days=frozenset({5, 6})),
        ),
        (
            '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily'
            '</sy:updatePeriod><sy:updateFrequency xmlns:sy="http://purl.org/rss/1.0/modules/'
            'syndication/">2</sy:updateFrequency>',
            Rhythm(wait=timedelta(hours=12)),
        ),
        (
            "<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>",
            Rhythm(),
        ),
    ],
)
def test_a_feed_says_when_to_leave_it_alone(head: str, rhythm: Rhythm) -> None:
    assert read(ITEM.format("a", "A"), head=head).rhythm == rhythm


def sample_files() -> list[Path]:
    with MANIFEST.open(encoding="utf-8", newline="") as lines:
        return [MANIFEST.parent / row["file"] for row in csv.DictReader(lines)]


def test_one_new_item_is_read_as_a_full_reading_reads_it_in_every_shared_feed() -> None:
    if not MANIFEST.exists():
        pytest.skip("needs the shared samples beside the checkout")
    cut = 0
    for path in sample_files():
        body = path.read_bytes()
        full = parse.parse(body, url=URL).entries
        for new in {0, len(full) // 2}:
            known = {e.item_hash for i, e in enumerate(full) if i != new} - {""}
            feed = parse.parse(body, url=URL, known=known)
            if feed.unchanged:
                cut += 1
                expected: tuple[Entry, ...] = full[new : new + 1]
            else:
                expected = full
            assert feed.entries == expected, path.name
    assert cut > 80
