"""Identity is decided once: what is new, what is known, what has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from config.schema import Account as AccountSettings
from config.schema import Announce
from config.schema import Source as SourceSettings
from review import intake
from review.models import Account, Announcement, Entry, EntryVersion, Event, Source
from tests.making import NOW, make_announcement, make_entry

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Item:
    key: str
    title: str = "A report is published"
    link: str = ""
    summary: str = "Words."
    html: str = ""
    language: str = "en"
    published_at: datetime | None = None
    aliases: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True)
class Found:
    key: str
    title: str
    kind: str | None = "report"
    set_aside: str | None = None
    summary: str = "Words."
    paragraphs: tuple[str, ...] = ("Words.",)
    link: str = "https://example.org/r"
    language: str = "en"
    because: tuple[str, ...] = ("“report” in the title",)
    page: str = ""


def source(*, baselined: bool = True) -> Source:
    return Source.objects.create(
        name="News",
        url="https://example.org/feed",
        next_check_at=NOW,
        baselined_at=NOW if baselined else None,
    )


def store(row: Source, *items: Item, announce: Announce | None = None) -> intake.Intake:
    return intake.store(row, items, announce=announce or Announce(), now=NOW)


def announced() -> list[str]:
    return [e.key for e in Entry.objects.filter(announce=True).order_by("pk")]


def test_the_first_poll_is_the_baseline_and_announces_nothing() -> None:
    taken = store(source(baselined=False), Item("a"), Item("b"))
    assert (taken.new, taken.noted) == (0, 2)
    assert announced() == []


def test_the_first_poll_may_announce_the_newest_by_date() -> None:
    old, new = (Item(k, published_at=NOW - timedelta(days=d)) for k, d in (("old", 2), ("new", 1)))
    store(source(baselined=False), old, new, announce=Announce(newest=1))
    assert announced() == ["new"]


def test_the_first_poll_may_announce_the_newest_by_place_where_dates_are_missing() -> None:
    store(source(baselined=False), Item("top"), Item("below"), announce=Announce(newest=1))
    assert announced() == ["top"]


def test_the_first_poll_may_announce_what_is_dated_after_a_day() -> None:
    items = [
        Item("before", published_at=datetime(2026, 3, 31, tzinfo=UTC)),
        Item("after", published_at=datetime(2026, 4, 2, tzinfo=UTC)),
        Item("undated"),
    ]
    since = Announce(since=datetime(2026, 4, 1, tzinfo=UTC))
    store(source(baselined=False), *items, announce=since)
    assert announced() == ["after"]


def test_the_first_poll_may_announce_all_oldest_first() -> None:
    store(source(baselined=False), Item("top"), Item("below"), announce=Announce(all=True))
    assert announced() == ["below", "top"]


def test_later_polls_announce_what_is_new_and_nothing_twice() -> None:
    row = source()
    store(row, Item("a"))
    taken = store(row, Item("b"), Item("a"))
    assert (taken.new, taken.edited) == (1, 0)
    assert announced() == ["a", "b"]


def test_what_is_old_at_first_sight_is_noted_not_announced() -> None:
    taken = store(source(), Item("a", published_at=NOW - timedelta(days=90)))
    assert (taken.new, taken.noted) == (0, 1)


def test_a_date_in_the_future_is_clipped() -> None:
    store(source(), Item("a", published_at=NOW + timedelta(days=3)))
    assert Entry.objects.get().published_at == NOW


@pytest.mark.parametrize(
    "again",
    [
        Item("a", published_at=NOW),  # re-dated
        Item("a", link="https://example.org/moved"),
        Item("new-guid", aliases=("link:example.org/r",)),  # re-guided, same link
        Item("link:example.org/r"),
    ],
)
def test_a_known_entry_that_comes_back_in_other_clothes_is_not_new(again: Item) -> None:
    row = source()
    store(row, Item("a", aliases=("link:example.org/r",)))
    assert store(row, again).new == 0
    assert Entry.objects.count() == 1


def test_one_poll_with_the_same_item_twice_gives_one_entry() -> None:
    assert store(source(), Item("a"), Item("a", title="Again")).new == 1
    assert Entry.objects.count() == 1


def test_an_edit_is_kept_with_what_it_replaced_and_composed_again() -> None:
    row = source()
    store(row, Item("a"))
    Entry.objects.update(composed_at=NOW)
    assert store(row, Item("a", title="A corrected title")).edited == 1
    entry = Entry.objects.get()
    assert (entry.title, entry.composed_at) == ("A corrected title", None)
    assert EntryVersion.objects.get().title == "A report is published"


def test_an_edit_of_a_baseline_entry_is_not_announced() -> None:
    row = source(baselined=False)
    store(row, Item("a"))
    row.baselined_at = NOW
    store(row, Item("a", title="A corrected title"))
    assert announced() == []
    assert Entry.objects.get().composed_at is not None


def test_a_flood_is_noted_and_said_not_drafted() -> None:
    taken = store(source(), *(Item(str(n)) for n in range(intake.FLOOD + 1)))
    assert taken.new == 0
    assert f"{intake.FLOOD + 1} entries appeared at once" in taken.held
    assert announced() == []


def test_a_key_longer_than_its_column_still_identifies() -> None:
    row = source()
    store(row, Item("k" * 5000))
    assert store(row, Item("k" * 5000)).new == 0


def settings(**given: str) -> SourceSettings:
    return SourceSettings.model_validate(
        {"name": "News", "url": "https://example.org/feed", **given}
    )


def test_a_source_that_moves_starts_from_a_new_baseline() -> None:
    row = source()
    Source.objects.update(etag='"1"', body_hash="x")
    intake.sync_sources([settings(url="https://example.org/other")], now=NOW)
    row.refresh_from_db()
    assert (row.baselined_at, row.etag, row.body_hash) == (None, "", "")


def test_a_source_that_leaves_the_file_is_kept_but_not_asked() -> None:
    row = source()
    intake.sync_sources([], now=NOW)
    row.refresh_from_db()
    assert not row.active
    intake.sync_sources([settings()], now=NOW)
    row.refresh_from_db()
    assert row.active


def account(**given: object) -> AccountSettings:
    return AccountSettings.model_validate({"name": "ours", "network": "x", **given})


def test_going_live_is_recorded() -> None:
    intake.sync_accounts([account()], now=NOW)
    assert Event.objects.count() == 0
    intake.sync_accounts([account(live=True)], now=NOW)
    assert Account.objects.get().live
    assert Event.objects.get().verb == "go live"
    intake.sync_accounts([], now=NOW)
    assert not Account.objects.get().active


def test_announcements_are_known_by_their_key_not_their_place() -> None:
    entry = make_entry()
    intake.announce(entry, [Found("a", "A"), Found("b", "B")], cards={}, now=NOW)
    changed = intake.announce(
        entry, [Found("c", "C"), Found("b", "B"), Found("a", "A, corrected")], cards={}, now=NOW
    )
    assert [row.key for row in changed] == ["c", "a"]
    assert Announcement.objects.count() == 3


def test_a_kind_that_a_person_gave_survives_a_change_of_the_source() -> None:
    entry = make_entry()
    piece = Found("a", "A", kind=None, set_aside="other")
    (row,) = intake.announce(entry, [piece], cards={}, now=NOW)
    intake.take_in(row.pk, kind="plan", by="Siân", now=NOW)
    intake.announce(entry, [replace(piece, title="A, corrected")], cards={}, now=NOW)
    row.refresh_from_db()
    assert (row.kind, row.set_aside, row.title) == ("plan", "", "A, corrected")


def test_what_is_taken_in_waits_for_its_words_and_is_recorded() -> None:
    row = make_announcement(kind="", set_aside="furniture")
    assert list(intake.waiting_for_words()) == []
    intake.take_in(row.pk, kind="practice", by="Siân", now=NOW)
    assert [a.pk for a in intake.waiting_for_words()] == [row.pk]
    assert Event.objects.get().actor == "Siân"
