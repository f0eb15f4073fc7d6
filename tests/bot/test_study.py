"""Pages that entries link to are read where they can be killed; a hostile one costs its own entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bot import away, compose, find
from bot.away import Away, Bounds, TooMuch
from bot.values import Announcement, Fetched, SetAside
from config.schema import Configuration, Source
from review.models import Entry, Post
from review.models import Source as Row
from tests.bot.test_compose import BOTH, BULLETIN, MIND, PAGE, configuration, entry
from tests.bot.test_watch import Web
from tests.making import CALENDAR, NOW, minutes

pytestmark = pytest.mark.django_db

HOSTILE = b"<p>hostile"


def weary(function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Read as ever, but find that hostile pages take too long."""
    for number, job in enumerate(jobs):
        page = job if isinstance(job, Fetched) else job.page
        if page is not None and page.body == HOSTILE:
            yield number, TooMuch("It was not read: that takes longer than 20 seconds.")
        else:
            yield number, next(iter(away.here(function, [job])))[1]


def go(web: Web, settings: Configuration, *, after: float = 0) -> compose.Report:
    return compose.compose(settings, mind=MIND, now=NOW + minutes(after), fetch=web, run=weary)


def test_a_page_that_takes_too_long_costs_its_own_source_one_try_a_pass() -> None:
    web = Web()
    for number in (1, 2):
        web.put(f"{PAGE}/{number}", HOSTILE)
        entry(key=str(number), link=f"{PAGE}/{number}")
    other = Row.objects.create(name="Other", url="https://example.org/o", next_check_at=NOW)
    web.put(PAGE, BULLETIN.encode())
    Entry.objects.create(
        source=other, key="1", title="B", link=PAGE, first_seen_at=NOW, content_hash="x"
    )
    following = {"announce": "all", "follow": "bulletin", "cards": False}
    settings = Configuration(
        directory=configuration().directory,
        sources=tuple(
            Source.model_validate({"name": name, "url": f"https://example.org/{name}", **following})
            for name in ("News", "Other")
        ),
        accounts=BOTH,
        calendar=CALENDAR,
    )
    report = go(web, settings)
    assert (report.waiting, report.announcements) == (1, 2)
    first, second = Entry.objects.filter(source__name="News").order_by("pk")
    assert "takes longer than 20 seconds" in first.trouble
    assert (second.compose_failures, second.trouble) == (0, "")


def test_what_stays_unreadable_is_drafted_from_the_words_of_its_entry() -> None:
    web = Web()
    web.put(PAGE, HOSTILE)
    row = entry(link=PAGE)
    settings = configuration(follow="page", cards=False)
    for number in range(len(compose.PATIENCE) + 1):
        assert Post.objects.count() == 0
        go(web, settings, after=number * 600)
    row.refresh_from_db()
    assert Post.objects.count() == 2
    assert row.trouble == ""


def test_a_linked_page_that_takes_too_long_costs_only_the_card() -> None:
    web = Web()
    row = entry()
    web.put(row.link, HOSTILE)
    assert go(web, configuration()).posts == 2
    assert row.announcements.get().card == {}


def test_pages_are_read_in_another_process_as_they_are_in_this() -> None:
    web = Web()
    web.put(PAGE, BULLETIN.encode(), **{"content-type": "text/html"})
    for name in ("plans", "hub"):
        web.put(f"https://example.org/{name}", b"<title>A page</title><p>Words.</p>")
    entry(title="Bulletin 7", link=PAGE, summary="")
    with Away(bounds=Bounds(seconds=60)) as processes:
        report = compose.compose(
            configuration(follow="bulletin"), mind=MIND, now=NOW, fetch=web, run=processes
        )
    assert (report.announcements, report.posts, report.set_aside) == (2, 4, 1)
    assert {post.announcement.card["title"] for post in Post.objects.all()} == {"A page"}


def test_no_bulletin_has_endless_items_or_words() -> None:
    items = "".join(
        f"<h2>Report {n} is published</h2><p>The report finds growth in {n} regions.</p>"
        for n in range(find.MAX_PIECES * 2)
    )
    long = f"<h2>Report {'on growth ' * 5000}</h2>" + f"<p>{'Regions grew. ' * 20_000}</p>" * 3
    found = find.in_bulletin(f"{long}{items}", url=PAGE, rules=MIND.rules)
    assert len(found) <= find.MAX_PIECES
    assert all(len(piece.title) <= find.MAX_TITLE + 1 for piece in found)
    assert all(sum(map(len, piece.paragraphs)) <= find.MAX_WORDS + 1 for piece in found)
    assert _kinds(found)


def _kinds(found: Sequence[Announcement]) -> list[Announcement]:
    return [piece for piece in found if piece.set_aside is not SetAside.FURNITURE]
