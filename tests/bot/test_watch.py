"""Sources are asked when they are due; one that fails costs its own poll and nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import watch
from bot.fetch import Blocked, Crowded, FetchError, Gone, Request, Throttled, Unreachable
from bot.values import Fetched
from config.schema import Configuration, Source
from config.timing import Calendar
from review import intake
from review.models import Entry
from review.models import Source as Row
from tests.making import NOW, minutes

pytestmark = pytest.mark.django_db

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>"""
ITEM = "<item><title>{0}</title><link>https://example.org/{0}</link><guid>{0}</guid></item>"


def feed(*names: str) -> bytes:
    return FEED.format(items="".join(ITEM.format(name) for name in names)).encode()


@dataclass
class Web:
    """Answers by address, and remembers what was asked."""

    answers: dict[str, Fetched | FetchError] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def put(self, url: str, body: bytes, **headers: str) -> None:
        self.answers[url] = Fetched(url=url, status=200, body=body, headers=headers)

    def __call__(self, requests: Sequence[Request]) -> list[Fetched | FetchError]:
        self.asked += requests
        return [self.answers[request.url] for request in requests]


NEWS, OTHER = "https://example.org/feed", "https://example.org/other"


def configuration(*sources: dict[str, Any], folder: Path = Path()) -> Configuration:
    return Configuration(
        directory=folder,
        sources=tuple(Source.model_validate(source) for source in sources),
        accounts=(),
        calendar=Calendar(),
    )


def source(name: str = "News", url: str = NEWS, **given: Any) -> dict[str, Any]:
    return {"name": name, "url": url, "announce": "all", **given}


def go(
    web: Web, *sources: dict[str, Any], at: datetime = NOW, folder: Path = Path()
) -> watch.Report:
    return watch.watch(
        configuration(*(sources or (source(),)), folder=folder),
        now=at,
        rng=random.Random(1),  # noqa: S311 - repeatable jitter
        fetch=web,
    )


def titles() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("title", flat=True))


def row(name: str = "News") -> Row:
    return Row.objects.get(name=name)


def test_new_entries_are_stored_oldest_first() -> None:
    web = Web()
    web.put(NEWS, feed("newest", "oldest"))
    assert go(web).new == 2
    assert titles() == ["oldest", "newest"]


def test_a_source_is_asked_again_only_when_it_is_due() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    go(web)
    go(web, at=NOW + minutes(14))
    assert len(web.asked) == 1
    # Waiting grows by up to a tenth, and never shrinks.
    assert minutes(15) <= row().next_check_at - NOW <= minutes(16.5)
    go(web, at=NOW + minutes(17))
    assert len(web.asked) == 2


def test_validators_are_sent_back_byte_for_byte() -> None:
    web = Web()
    web.put(NEWS, feed("a"), etag='W/"x"', **{"last-modified": "Tue, 24 Nov 2026 09:00:00 GMT"})
    go(web)
    go(web, at=NOW + minutes(20))
    assert web.asked[1] == Request(
        NEWS, etag='W/"x"', last_modified="Tue, 24 Nov 2026 09:00:00 GMT"
    )


def test_validators_are_kept_only_with_the_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web()
    web.put(NEWS, feed("a"), etag='"1"')

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("review.intake.store_all", broken)
        go(web)
    assert (row().etag, row().health) == ("", "broken")
    assert "could not be stored" in row().trouble
    assert go(web, at=NOW + minutes(20)).new == 1
    assert row().etag == '"1"'


def test_an_unchanged_answer_is_no_news_and_ends_a_trouble() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    go(web)
    web.answers[NEWS] = Unreachable("The server does not answer.")
    go(web, at=NOW + minutes(20))
    web.answers[NEWS] = Fetched(url=NEWS, status=304)
    go(web, at=NOW + minutes(60))
    assert (row().health, row().trouble, row().failures) == ("ok", "", 0)
    assert titles() == ["a"]


@pytest.mark.parametrize(
    ("error", "health"),
    [
        (Unreachable("The server does not answer."), "broken"),
        (Blocked("The server refuses this host.", status=403), "blocked"),
        (Gone("The feed is gone.", status=410), "gone"),
    ],
)
def test_a_failing_source_says_so_and_the_others_go_on(error: FetchError, health: str) -> None:
    web = Web(answers={NEWS: error})
    web.put(OTHER, feed("a"))
    report = go(web, source(), source("Other", OTHER))
    assert (row().health, row().trouble) == (health, str(error))
    assert report.new == 1
    assert report.troubles == [f"News: {error}"]


def test_a_page_that_is_no_feed_is_a_trouble_and_loses_nothing() -> None:
    web = Web()
    web.put(NEWS, feed("a"), etag='"1"')
    go(web)
    web.put(NEWS, b"<!doctype html><title>Down for maintenance</title><p>Back soon.</p>")
    go(web, at=NOW + minutes(20))
    assert row().health == "broken"
    assert row().etag == '"1"'
    assert titles() == ["a"]


def test_a_failing_source_is_asked_less_and_less_often_but_at_least_daily() -> None:
    web = Web(answers={NEWS: Unreachable("down")})
    waits, at = [], NOW
    for _ in range(12):
        go(web, at=at)
        waits.append(row().next_check_at - at)
        at = row().next_check_at
    assert waits[1] > waits[0] * 1.5
    assert max(waits) <= timedelta(hours=24) * 1.1


def test_a_server_that_asks_for_patience_gets_it() -> None:
    web = Web(answers={NEWS: Throttled("busy", status=429, retry_after=timedelta(hours=2))})
    go(web)
    assert row().next_check_at >= NOW + timedelta(hours=2)


def test_a_sample_file_is_read_from_the_configuration_folder(tmp_path: Path) -> None:
    (tmp_path / "sample.rss").write_bytes(feed("a"))
    assert go(Web(), source(url="file:sample.rss"), folder=tmp_path).new == 1
    report = go(Web(), source("Gone", url="file:gone.rss"), folder=tmp_path)
    assert "file:gone.rss cannot be read" in report.troubles[0]


def test_a_bulletin_page_is_one_entry(tmp_path: Path) -> None:
    page = b"<html><head><title>News</title></head><body><h2>A</h2><p>Words.</p></body></html>"
    web = Web()
    web.put(NEWS, page)
    assert go(web, source(type="bulletin")).new == 1


def test_a_bulletin_in_a_file_that_gains_an_item_is_the_same_entry(tmp_path: Path) -> None:
    page = "<title>Bulletin 12</title><body><h2>A report published</h2><p>Words.</p>{}</body>"
    ours = source(url="file:bulletin.html", type="bulletin", announce="all")
    (tmp_path / "bulletin.html").write_text(page.format(""))
    assert go(Web(), ours, folder=tmp_path).new == 1
    (tmp_path / "bulletin.html").write_text(page.format("<h2>A plan published</h2><p>More.</p>"))
    Row.objects.update(next_check_at=NOW)
    report = go(Web(), ours, folder=tmp_path)
    assert (report.new, report.edited) == (0, 1)
    assert "A plan published" in Entry.objects.get().html


def test_a_listing_is_read_by_its_selectors() -> None:
    web = Web()
    web.put(
        NEWS,
        b"<html><body><ul><li class=n><a href='/a'>First</a></li>"
        b"<li class=n><a href='/b'>Second</a></li></ul></body></html>",
    )
    listing = source(type="listing", select={"item": "li.n", "title": "a", "link": "a"})
    assert go(web, listing).new == 2
    assert set(titles()) == {"First", "Second"}


def test_a_listing_in_which_nothing_is_found_any_more_is_in_trouble() -> None:
    web = Web()
    web.put(NEWS, b"<html><body><p>All new!</p></body></html>")
    report = go(web, source(type="listing", select={"item": "li.n"}))
    assert row().health == "broken"
    assert "li.n" in report.troubles[0]


def test_a_json_feed_is_read() -> None:
    web = Web()
    web.put(
        NEWS,
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "N", "items": '
        b'[{"id": "1", "url": "https://example.org/1", "title": "From JSON", "content_text": "x"}]}',
        **{"content-type": "application/feed+json"},
    )
    go(web)
    assert titles() == ["From JSON"]


def test_many_sources_are_asked_in_batches_and_a_stop_is_heeded_between_them() -> None:
    sources = [source(f"S{n}", f"https://example.org/{n}") for n in range(watch.BATCH + 1)]
    web = Web()
    for given in sources:
        web.put(given["url"], feed("a"))
    report = watch.watch(
        replace(configuration(*sources)),
        now=NOW,
        rng=random.Random(1),  # noqa: S311
        fetch=web,
        stop=lambda: len(web.asked) >= watch.BATCH,
    )
    assert report.asked == watch.BATCH


def test_what_finds_no_room_is_asked_again_in_the_same_pass() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    web.put(OTHER, feed("b"))

    def narrow(requests: Sequence[Request]) -> list[Fetched | FetchError]:
        first, *others = web(requests)
        return [first, *(Crowded("no room.") for _ in others)]

    report = watch.watch(
        configuration(source(), source("Other", OTHER)),
        now=NOW,
        rng=random.Random(1),  # noqa: S311
        fetch=narrow,
    )
    assert (report.asked, report.new, report.troubles) == (2, 2, [])
    assert len(web.asked) == 3


def test_what_finds_no_room_even_alone_is_in_trouble() -> None:
    assert "no room" in go(Web(answers={NEWS: Crowded("no room.")})).troubles[0]
    assert row().health == "broken"


def test_one_source_that_cannot_be_stored_costs_only_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    web.put(OTHER, feed("b"))
    really = intake.store_all

    def broken(arrivals: Sequence[intake.Arrival], *, now: datetime) -> list[intake.Intake]:
        if any(arrival.source.name == "News" for arrival in arrivals):
            raise ValueError("this one")
        return really(arrivals, now=now)

    monkeypatch.setattr("review.intake.store_all", broken)
    report = go(web, source(), source("Other", OTHER))
    assert report.new == 1
    assert (row().health, row("Other").health) == ("broken", "ok")


def test_a_source_renamed_under_a_running_worker_is_followed() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    settings = configuration(source())

    def look(at: datetime) -> watch.Report:
        return watch.watch(settings, now=at, rng=random.Random(1), fetch=web)  # noqa: S311

    look(NOW)
    Row.objects.update(url="https://example.org/from-elsewhere")
    assert look(NOW + minutes(20)).asked == 1
    assert (row().url, web.asked[-1].url) == (NEWS, NEWS)
    Row.objects.update(active=False)
    assert look(NOW + minutes(40)).asked == 1
