"""The same news never makes a second announcement, in whatever clothes it comes; floods wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot import parse
from bot.values import Entry as Parsed
from config.schema import Announce
from review import arrivals, intake
from review.models import Entry, EntryVersion, Event, Source
from tests.making import NOW

pytestmark = pytest.mark.django_db

RSS = '<rss version="2.0"><channel><title>N</title>{0}</channel></rss>'
WORDS = "The report finds that fourteen regions grew, and says in plain words why they did."
DAY = timedelta(days=1)


def item(
    name: str = "a",
    *,
    guid: str = "https://example.org/reports/a",
    title: str = "A report is published",
    link: str = "https://example.org/reports/a",
    date: str = "Mon, 23 Nov 2026 09:00:00 GMT",
    words: str = WORDS,
) -> str:
    link = link.replace("&", "&amp;")
    return (
        f"<item><guid>{guid.replace('/a', f'/{name}')}</guid><title>{title}</title>"
        f"<link>{link.replace('/a', f'/{name}')}</link><pubDate>{date}</pubDate>"
        f"<description>{words}</description></item>"
    )


def read(*items: str) -> tuple[Parsed, ...]:
    return parse.parse(RSS.format("".join(items)).encode(), url="https://example.org/feed").entries


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        name="News",
        url="https://example.org/feed",
        next_check_at=NOW,
        baselined_at=NOW,
        read_at=NOW,
    )


def store(source: Source, *items: str, now: datetime = NOW) -> arrivals.Intake:
    taken = arrivals.store(source, read(*items), announce=Announce(), now=now)
    source.read_at = now
    source.save()
    return taken


@pytest.mark.parametrize(
    "again",
    [
        item(words=WORDS + " Corrected."),
        item(title="A report has been published"),
        item(date="Tue, 24 Nov 2026 09:00:00 GMT"),
        item(date="yesterday or so"),
        item(guid="7f3c"),
        item(guid="7f3c", title="Another title"),
        item(guid="http://example.org/reports/a", link="http://example.org/reports/a"),
        item(link="http://www.example.org/reports/a/"),
        item(guid="new", link="https://example.org/reports/a?utm_source=rss&utm_medium=feed"),
        item(guid="new", link="https://example.org/reports/a#top"),
        item(guid="https://new.example/reports/a", link="https://new.example/reports/a"),
        item(guid="new", link="https://new.example/node/17"),  # the very words
    ],
    ids=[
        "edited", "retitled", "re-dated", "undated", "re-guided", "re-guided and retitled", "http",
        "www", "tracking", "fragment", "new host", "everything new but the words",
    ],
)  # fmt: skip
def test_a_known_entry_in_other_clothes_is_never_announced_again(
    source: Source, again: str
) -> None:
    assert store(source, item()).new == 1
    taken = store(source, again, now=NOW + DAY)
    assert taken.new == taken.noted == 0
    # Nor in a later poll, when only the new clothes are there.
    assert store(source, again, now=NOW + 2 * DAY).new == 0
    assert Entry.objects.filter(announce=True).count() == 1


@pytest.mark.parametrize(
    "twice",
    [
        (item(), item()),
        (item(), item(guid="7f3c")),
        (item(), item(guid="7f3c", link="https://example.org/reports/a?utm_source=x")),
    ],
)
def test_an_entry_fed_twice_in_one_poll_is_one(source: Source, twice: tuple[str, str]) -> None:
    assert store(source, *twice).new == 1
    assert store(source, *reversed(twice), now=NOW + DAY).new == 0
    assert store(source, twice[1], now=NOW + 2 * DAY).new == 0


def test_two_items_that_share_only_a_landing_page_are_two(source: Source) -> None:
    first = item(title="A plan", words="")
    second = item(title="A report", guid="7f3c", words="")
    assert store(source, first, second).new == 2


def test_an_entry_that_left_the_feed_and_comes_back_is_known(source: Source) -> None:
    store(source, item("a"))
    store(source, item("b", title="Another", words=""), now=NOW + DAY)
    assert store(source, item("a"), now=NOW + 300 * DAY).new == 0


def test_an_edit_keeps_what_was_said_before(source: Source) -> None:
    store(source, item())
    assert store(source, item(words="Quite other words.")).edited == 1
    assert EntryVersion.objects.get().summary == WORDS
    assert Entry.objects.get().composed_at is None


def many(number: int, *, start: int = 0) -> list[str]:
    return [item(f"n{start + n}", title=f"Report {start + n}", words="") for n in range(number)]


HOLDS: dict[str, tuple[Callable[[Source], None], list[str], str]] = {
    "flood": (lambda _: None, [item("old"), *many(31)], "31 entries appeared at once"),
    "renamed": (lambda _: None, many(5), "not one that was known"),
    "outage": (
        lambda source: setattr(source, "read_at", NOW - 9 * DAY),
        [item("old"), *many(1)],
        "not read for 9 days, and 1 entry appeared",
    ),
    "move": (
        lambda source: setattr(source, "baselined_at", None),
        many(2),
        "its address changed and 2 entries",
    ),
}


@pytest.mark.parametrize("case", HOLDS)
def test_what_comes_in_an_unusual_way_waits_for_a_person(source: Source, case: str) -> None:
    prepare, items, why = HOLDS[case]
    store(source, item("old"))
    prepare(source)
    taken = store(source, *items)
    assert (taken.new, taken.waiting) == (0, len([i for i in items if "/old<" not in i]))
    assert why in taken.held
    assert Entry.objects.filter(held=True, announce=False).count() == taken.waiting
    # At the next poll they are known, and still wait.
    assert store(source, *items).held == ""
    assert Entry.objects.filter(held=True).count() == taken.waiting


def test_a_handful_of_news_beside_known_entries_is_no_flood(source: Source) -> None:
    store(source, item("old"))
    assert store(source, item("old"), *many(30)).new == 30
    assert store(source, *many(4, start=30)).new == 4


def test_a_person_releases_or_dismisses_what_is_held(source: Source) -> None:
    store(source, item("old"))
    Entry.objects.update(composed_at=NOW)
    store(source, *many(5))
    assert intake.release("News", by="Siân", now=NOW) == 5
    assert Entry.objects.filter(announce=True, composed_at=None).count() == 5
    store(source, *many(6, start=50))
    assert intake.dismiss("News", by="Siân", now=NOW) == 6
    assert Entry.objects.filter(held=True).count() == 0
    assert Entry.objects.filter(announce=True).count() == 6
    assert intake.dismiss("News", by="Siân", now=NOW) == 0
    assert list(Event.objects.values_list("verb", "actor")) == [
        ("release", "Siân"),
        ("dismiss", "Siân"),
    ]


def test_how_long_a_silence_is_usual_follows_from_the_past(source: Source) -> None:
    dates = [f"{day:02} Nov 2026 09:00:00 GMT" for day in (1, 6, 11, 16, 21)]
    store(source, *(item(f"d{n}", title=f"T{n}", date=d, words="") for n, d in enumerate(dates)))
    last = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    assert source.silent_after == last + 14 * DAY
    store(
        source, item("late", title="Late", date="Fri, 01 Jan 2027 09:00:00 GMT"), now=NOW + 40 * DAY
    )
    assert source.silent_after is not None
    assert source.silent_after > NOW + 100 * DAY


def test_too_few_entries_say_nothing_about_silence(source: Source) -> None:
    store(source, *many(4))
    assert source.silent_after is None
