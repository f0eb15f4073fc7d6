"""The conversation with servers: what they ask for is heeded, and nothing is believed too soon."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import watch
from bot.away import Away, Bounds
from bot.fetch import Gone, NotFound, Request, Throttled, Unreachable
from bot.values import Fetched
from review import intake, queries
from review.models import Entry
from tests.bot.test_watch import NEWS, OTHER, Web, configuration, feed, go, row, source
from tests.making import NOW, minutes

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def moved(web: Web, target: str) -> None:
    answer = web.answers[NEWS]
    assert isinstance(answer, Fetched)
    web.answers[NEWS] = replace(answer, url=target, permanent_url=target)


def test_cache_headers_lengthen_the_wait_on_news_and_on_none() -> None:
    web = Web()
    web.put(NEWS, feed("a"), **{"cache-control": "max-age=7200"})
    go(web)
    assert row().next_check_at >= NOW + minutes(120)
    later = NOW + DAY
    web.answers[NEWS] = Fetched(url=NEWS, status=304, headers={"cache-control": "max-age=10800"})
    go(web, at=later)
    assert later + minutes(180) <= row().next_check_at <= later + minutes(200)


def test_what_the_feed_asks_is_remembered_for_the_polls_without_one() -> None:
    web = Web()
    web.put(NEWS, feed("a").replace(b"<title>News", b"<ttl>120</ttl><title>News"))
    go(web)
    assert row().next_check_at >= NOW + minutes(120)
    web.answers[NEWS] = Fetched(url=NEWS, status=304)
    go(web, at=NOW + DAY)
    assert row().next_check_at >= NOW + DAY + minutes(120)


def test_a_quiet_source_is_asked_less_often() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    go(web)
    go(web, at=NOW + 30 * DAY)
    assert row().next_check_at >= NOW + 30 * DAY + minutes(60)


def test_nothing_is_kept_of_an_answer_that_must_not_be_stored() -> None:
    web = Web()
    web.put(NEWS, feed("a"), etag='"1"', expires="0")
    go(web)
    go(web, at=NOW + DAY)
    assert web.asked[1] == Request(NEWS)


def test_a_host_that_asks_for_patience_gets_it_for_all_its_sources() -> None:
    third = "https://other.example/feed"
    web = Web(answers={NEWS: Throttled("busy", status=429, retry_after=timedelta(hours=3))})
    web.put(OTHER, feed("a"))
    web.put(third, feed("a"))
    go(web, source(), source("Other", OTHER), source("Third", third))
    assert row("Other").next_check_at >= NOW + minutes(180)
    assert row("Third").next_check_at < NOW + minutes(20)


def test_a_person_cannot_cut_short_what_a_server_asked_for() -> None:
    wait = timedelta(hours=3)
    web = Web(answers={NEWS: Throttled("busy", status=429, retry_after=wait)})
    web.put(OTHER, feed("a"))
    go(web, source(), source("Other", OTHER))
    for name in ("News", "Other"):
        assert intake.ask_now(name, now=NOW).next_check_at == NOW + wait
    assert intake.ask_now("News", now=NOW + DAY).next_check_at == NOW + DAY
    web.put(NEWS, feed("a"))
    go(web, source(), source("Other", OTHER), at=NOW + DAY)
    assert intake.ask_now("News", now=NOW + DAY).next_check_at == NOW + DAY


def test_a_source_that_was_only_spared_is_in_no_trouble() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    go(web)
    web.answers[NEWS] = Throttled("busy", retry_after=timedelta(hours=1))
    assert go(web, at=NOW + DAY).troubles == []
    assert (row().health, row().trouble, row().failures) == ("ok", "", 0)
    assert row().next_check_at == NOW + DAY + timedelta(hours=1)


def test_two_sources_that_meet_at_one_address_are_said() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    web.put(OTHER, feed("a"))
    moved(web, OTHER)
    both = (source(), source("Other", OTHER))
    for hours in (0, 15, 30):
        go(web, *both, at=NOW + timedelta(hours=hours))
    assert row().address == OTHER
    assert "the same address as Other" in queries.notice(row())
    assert queries.notice(row("Other")) == ""


def test_patience_beyond_a_day_is_a_mistake() -> None:
    web = Web(answers={NEWS: Throttled("busy", status=503, retry_after=timedelta(days=400))})
    go(web)
    assert row().next_check_at <= NOW + DAY * 1.1


def test_what_is_gone_is_not_asked_again_until_somebody_says_so() -> None:
    web = Web(answers={NEWS: Gone("It is gone.", status=410)})
    go(web)
    go(web, at=NOW + 30 * DAY)
    assert len(web.asked) == 1
    assert "bot sources ask" in queries.notice(row())
    intake.ask_now("News", now=NOW + 30 * DAY)
    web.put(NEWS, feed("a"))
    go(web, at=NOW + 30 * DAY)
    assert row().health == "ok"


def test_a_source_moves_only_after_days_of_saying_so() -> None:
    web = Web()
    web.put(NEWS, feed("a"), etag='"1"')
    target = "https://example.org/new-feed"
    for hours in (0, 1, 2, 3):
        moved(web, target)
        go(web, at=NOW + timedelta(hours=hours))
    assert row().address == ""
    moved(web, target)
    go(web, at=NOW + timedelta(hours=30))
    assert row().address == target
    assert row().url == NEWS  # sources.toml stays the operator's
    assert target in queries.notice(row())
    web.put(target, feed("a"))
    go(web, at=NOW + 3 * DAY)
    # Validators belong to an address.
    assert web.asked[-1] == Request(target)


def test_one_answer_without_the_redirect_starts_the_count_again() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    target = "https://example.org/new-feed"
    for day in range(5):
        web.put(NEWS, feed("a"))
        if day != 2:
            moved(web, target)
        go(web, at=NOW + day * DAY / 2)
    assert row().moved_seen == 2
    assert row().moved_since == NOW + 1.5 * DAY


def test_a_failure_on_the_way_starts_the_count_again() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    moved(web, "https://example.org/new-feed")
    go(web)
    web.answers[NEWS] = Unreachable("down")
    go(web, at=NOW + DAY)
    assert row().moved_to == ""


def test_a_move_to_another_site_is_for_the_operator_to_believe() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    target = "https://parking.example/feed"
    for day in range(6):
        moved(web, target)
        go(web, at=NOW + day * DAY)
    assert row().address == ""
    assert f"moved for good to {target}" in queries.notice(row())


def test_a_move_to_nowhere_is_taken_back() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    go(web)
    row_ = row()
    row_.address = "https://example.org/new-feed"
    row_.save()
    web.answers[row_.address] = NotFound("nothing there", status=404)
    go(web, at=NOW + DAY)
    assert (row().address, row().health) == ("", "broken")
    go(web, at=NOW + 3 * DAY)
    assert (web.asked[-1].url, row().health) == (NEWS, "ok")


def test_another_way_of_reading_asks_once_without_conditions() -> None:
    web = Web()
    web.put(NEWS, feed("a"), etag='"1"')
    go(web)
    go(web, source(language="cy"), at=NOW + DAY)
    go(web, source(language="cy"), at=NOW + 2 * DAY)
    assert [request.etag for request in web.asked] == ["", "", '"1"']


def test_a_newer_last_modified_on_unchanged_is_kept() -> None:
    web = Web()
    web.put(NEWS, feed("a"), **{"last-modified": "Tue, 24 Nov 2026 09:00:00 GMT"})
    go(web)
    newer = "Wed, 25 Nov 2026 09:00:00 GMT"
    web.answers[NEWS] = Fetched(url=NEWS, status=304, headers={"last-modified": newer})
    go(web, at=NOW + DAY)
    assert row().last_modified == newer


def test_unchanged_sources_cost_no_write_each(django_assert_max_num_queries: object) -> None:
    sources = [source(f"S{n}", f"https://example.org/{n}") for n in range(40)]
    web = Web()
    for given in sources:
        web.put(given["url"], feed("a"))
    go(web, *sources)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert go(web, *sources, at=NOW + minutes(30)).asked == 40
    assert row("S7").next_check_at > NOW + minutes(44)


def test_a_changed_feed_is_read_only_where_it_changed() -> None:
    web = Web()
    web.put(NEWS, feed("a", "b"))
    go(web)
    web.put(NEWS, feed("c", "a", "b"))
    report = go(web, at=NOW + DAY)
    assert (report.new, report.edited) == (1, 0)
    assert Entry.objects.count() == 3


def test_five_standings_are_told_apart() -> None:
    web = Web()
    web.put(NEWS, feed("a"))
    go(web)
    row_ = row()
    row_.silent_after = NOW + 20 * DAY
    assert row_.standing(NOW) == "ok"
    assert row_.standing(NOW + 21 * DAY) == "silent"
    for health in ("broken", "blocked", "gone"):
        row_.health = health
        assert row_.standing(NOW + 21 * DAY) == health


def test_a_hostile_feed_costs_its_own_poll() -> None:
    web = Web()
    web.put(NEWS, b"<rss><channel>" + b"<item><title>x</title>" * 60_000)
    web.put(OTHER, feed("a"))
    with Away(bounds=Bounds(seconds=2)) as away:
        watch.watch(
            configuration(source(), source("Other", OTHER)),
            now=NOW,
            rng=random.SystemRandom(),
            fetch=web,
            run=away,
        )
    assert row("Other").health == "ok"
    assert Entry.objects.filter(source__name="Other").count() == 1
