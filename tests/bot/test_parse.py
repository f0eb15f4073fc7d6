"""Bytes to entries, from every kind of source."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import feedparser
import nh3
import pytest
from feedparser.sanitizer import _HTMLSanitizer
from hypothesis import given
from hypothesis import strategies as st

from bot import links, markup, parse
from bot.parse.dates import read_date
from bot.parse.entries import MAX_ENTRIES
from bot.values import Feed

HERE = Path(__file__).resolve().parent
FIXTURES = HERE / "fixtures_watch"
SHARED = HERE.parents[2] / "shared" / "samples"
URL = "https://public.example/feeds/news.xml"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def rss(items: str, *, channel: str = "") -> bytes:
    return f"<rss version='2.0'><channel>{channel}{items}</channel></rss>".encode()


def item(**parts: str) -> str:
    return (
        "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items()) + "</item>"
    )


# Feeds


def test_a_topic_feed_becomes_entries_known_by_their_bulletins() -> None:
    feed = parse.parse(fixture("topic.rss"), url=URL)
    first, second = feed.entries
    assert (feed.title, feed.language) == ("Regional policy & funding", "en")
    assert first.key == "govdelivery:RHANBARTH/3a1b2c4"
    assert first.title == "Eight action plans & one guide"
    assert first.published_at == datetime(2026, 10, 6, 14, 30, tzinfo=UTC)
    assert first.summary == "Eight plans Read more"
    assert first.html == (
        "<h2>Eight plans</h2><p>Read "
        '<a href="https://public.example/plans?utm_source=govdelivery" '
        'rel="nofollow noopener noreferrer">more</a></p>'
    )
    assert second.key == "govdelivery:RHANBARTH/3a1b000"
    assert second.published_at is None
    assert feed.problems == ("1 item had no id, title or link and could not be used.",)


def test_atom_keeps_its_languages_bases_and_literal_titles() -> None:
    feed = parse.parse(fixture("news.atom"), url=URL, language="en")
    first, second = feed.entries
    assert (feed.title, feed.language) == ("Newyddion & mwy", "cy")
    assert first.key == "tag:llyw.example,2005:/newyddion/cynllun"
    assert first.title == "Cynllun <b> newydd"
    assert first.link == "https://llyw.example/cymraeg/cynllun"
    assert first.language == "cy"
    assert first.published_at == datetime(2026, 5, 2, 9, 15, tzinfo=UTC)
    assert 'href="https://llyw.example/map"' in first.html
    assert second.language == "en"
    assert second.title == "A report"
    assert second.published_at == datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>c</title></channel><item><title>T</title><link>https://e.org/t</link></item></rdf:RDF>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"/><item rdf:about="https://e.org/t"><title>T</title><link>https://e.org/t</link></item></rdf:RDF>',
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item><title>T</title><link>https://e.org/t</link></item></channel></rss>',
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>T</title><link rel="alternate" type="text/html" href="https://e.org/t"/></entry></feed>',
        '<feed><entry><title>T</title><link href="https://e.org/t"/></entry></feed>',
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>T</a:title><a:link href="https://e.org/t"/></a:entry></a:feed>',
        '<rss version="2.0"><channel><item><title>T</title><guid>https://e.org/t</guid></item></channel></rss>',
        '\n\n  <?xml version="1.0"?><rss version="2.0"><channel><item><title>T</title><link>/t</link></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>T</title><link>https://e.org/t</link></item><item><title>cut o',
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 7, "url": "https://e.org/t", "title": "T"}]}',
        'callback({"items": [{"id": "7", "external_url": "/t", "title": "T"}]})',
    ],
)
def test_every_format_gives_the_same_item(body: str) -> None:
    first = parse.parse(body.encode(), url="https://e.org/feed").entries[0]
    assert (first.title, first.link) == ("T", "https://e.org/t")


def test_a_json_feed_is_read_in_full() -> None:
    body = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Assembly R&D", "language": "ga-IE",
        "items": [
            {"id": " a1 ", "url": "report?utm_source=x", "title": "Plans &amp; <reports>", "content_html": "<p>Text<script>x</script></p>", "summary": "Short", "date_published": "2026-02-03T04:05:06.789+01:00"},
            {"id": 2, "content_text": "a < b", "date_published": "never", "date_modified": "2026-02-03", "language": "en"},
            "not an item",
        ],
    }  # fmt: skip
    feed = parse.parse(json.dumps(body).encode(), url="https://e.org/x/feed.json")
    first, second = feed.entries
    assert (feed.title, feed.language) == ("Assembly R&D", "ga")
    assert (first.key, first.title) == ("a1", "Plans & <reports>")
    assert first.link == "https://e.org/x/report"
    assert (first.html, first.summary, first.language) == ("<p>Text</p>", "Short", "ga")
    assert first.published_at == datetime(2026, 2, 3, 3, 5, 6, 789000, tzinfo=UTC)
    assert (second.key, second.html, second.summary) == ("2", "a &lt; b", "a < b")
    assert (second.language, second.published_at) == ("en", datetime(2026, 2, 3, tzinfo=UTC))


def test_a_widget_feed_is_read_through_its_call() -> None:
    first, second = parse.parse(fixture("widget.jsonp"), url=URL, language="en").entries
    assert (first.key, first.title) == ("govdelivery:RHANBARTH/41fa7c2", "Plans & practices (R&D)")
    assert first.published_at == datetime(2026, 7, 8, 20, 39, tzinfo=UTC)
    assert second.published_at is None  # a zone nobody knows is not guessed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty body"),
        (b"  \n", "empty body"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "web page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><item/></html>", "web page"),
        (b"<urlset><url/></urlset>", "sitemap"),
        (b"<opml version='2.0'></opml>", "list of feeds"),
        (b"<note><to>x</to></note>", "neither RSS"),
        (b'{"error": "quota"}', "no JSON Feed"),
        (b'{"items": [', "not well-formed"),
        (b"[" * 100_000, "not well-formed"),
        (b"Service temporarily unavailable", "neither XML nor JSON"),
        (b"%PDF-1.7 \x00\x01", "neither XML nor JSON"),
        (b"<rss>" + b" " * parse.MAX_BYTES, "larger than 15 MiB"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(body: bytes, words: str) -> None:
    with pytest.raises(parse.NotAFeed) as caught:
        parse.parse(body, url=URL)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_web_page_names_the_feed_it_advertises() -> None:
    with pytest.raises(parse.NotAFeed, match=r"https://assembly\.example/feed/") as caught:
        parse.parse(fixture("listing.html"), url="https://assembly.example/")
    assert caught.value.advertised == (
        "https://assembly.example/feed/",
        "https://assembly.example/news/atom.xml",
    )
    assert parse.discover(fixture("bulletin.html"), url=URL) == ()


@pytest.mark.parametrize("called", ["text/html", "text/plain", "image/png", "nonsense", ""])
def test_what_a_server_calls_a_feed_does_not_matter(called: str) -> None:
    found = parse.parse(
        b"<rss><channel><item><title>T</title></item></channel></rss>", url=URL, content_type=called
    )
    assert [entry.title for entry in found.entries] == ["T"]


def test_a_feed_without_items_is_a_feed() -> None:
    feed = parse.parse(rss("", channel="<title>Quiet</title>"), url=URL)
    assert (feed.title, feed.entries, feed.problems) == ("Quiet", (), ())


# Identity


def keys(body: bytes) -> list[str]:
    return [entry.key for entry in parse.parse(body, url=URL).entries]


def test_the_key_is_the_id_then_the_link_then_a_hash() -> None:
    found = keys(rss(
        item(guid=" id 1\n", title="a", link="https://e.org/1")
        + item(title="b", link="https://e.org/2?utm_source=x")
        + item(title="c", description="text")
        + item(title="c", description="other text")
    ))  # fmt: skip
    assert found[:2] == ["id 1", "https://e.org/2"]
    assert found[2].startswith("hash:")
    assert found[2] != found[3]


def test_a_key_does_not_hang_on_where_the_feed_is() -> None:
    body = rss(item(guid="1", title="a", link="https://e.org/1") + item(title="c"))
    here, there = (parse.parse(body, url=u).entries for u in (URL, "https://moved.example/feed"))
    assert [e.key for e in here] == [e.key for e in there]


def test_an_id_that_comes_twice_is_told_apart_by_link_then_by_number() -> None:
    body = rss(
        item(guid="same", link="https://e.org/1", title="a")
        + item(guid="same", link="https://e.org/2", title="b")
        + item(guid="same", link="https://e.org/2", title="c")
        + item(guid="same", title="d")
    )
    feed = parse.parse(body, url=URL)
    assert [e.key for e in feed.entries] == ["same", "same|https://e.org/2", "same|2", "same|3"]
    assert feed.problems == ("3 items had the id of another item in the same feed.",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # the site moved to https, to another host, or began to write ids
        (item(guid="http://e.org/news/plan-2026", title="a"), item(guid="https://e.org/news/plan-2026", title="a")),
        (item(guid="http://old.org/news/plan-2026", title="a"), item(guid="http://new.org/news/plan-2026", title="a")),
        (item(title="a", link="http://www.e.org/news/plan/"), item(guid="77", title="a", link="https://e.org/news/plan?utm_source=x")),
        (item(guid="1", title="a", link="https://content.govdelivery.com/accounts/RR/bulletins/1a"), item(title="a", link="https://content.govdelivery.com/bulletins/gd/RR-1a")),
    ],
)  # fmt: skip
def test_an_item_that_comes_back_under_another_name_is_recognised(before: str, after: str) -> None:
    old, new = (parse.parse(rss(x), url=URL).entries[0] for x in (before, after))
    assert {old.key, *old.aliases} & {new.key, *new.aliases}


def test_names_that_say_nothing_are_no_aliases() -> None:
    shared = parse.parse(
        rss(
            item(guid="1", title="a", link="https://e.org/news")
            + item(guid="2", title="b", link="https://e.org/news")
        ),
        url=URL,
    ).entries
    assert not set(shared[0].aliases) & set(shared[1].aliases)
    front = parse.parse(rss(item(guid="https://e.org/", title="a", link="https://e.org/")), url=URL)
    assert "e.org" not in front.entries[0].aliases
    assert "/" not in front.entries[0].aliases


# Dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-19T10:00:00Z", "2026-02-19T10:00"),
        ("2026-02-19T10:00:00.123456789+02:00", "2026-02-19T08:00:00.123456"),
        ("2026-02-19 10:00:00 +0100", "2026-02-19T09:00"),
        ("2026-02-19", "2026-02-19T00:00"),
        ("2026-02", "2026-02-01T00:00"),
        ("Thu, 19 Feb 2026 10:00:00 +0000", "2026-02-19T10:00"),
        ("Thu, 19 Feb 2026 10:00:00 EST", "2026-02-19T15:00"),
        ("Thu, 19 Feb 2026 10:00:00 BST", "2026-02-19T09:00"),
        ("19 February 2026", "2026-02-19T00:00"),
        ("Published: Thursday 19th of February 2026 at 14:05", "2026-02-19T14:05"),
        ("February 19, 2026 2:05 PM", "2026-02-19T14:05"),
        ("19 Chwefror 2026", "2026-02-19T00:00"),
        ("1af Mai 2026", "2026-05-01T00:00"),
        ("19/02/2026", "2026-02-19T00:00"),
        ("02/19/2026", "2026-02-19T00:00"),
        ("19.02.2026 08:30", "2026-02-19T08:30"),
        ("Thu, 19 Feb 2026 10:00:00 IST", None),  # Irish, Indian or Israeli
        ("31 February 2026", None),
        ("99/99/2026", None),
        ("0000-00-00T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_left(text: str, moment: str | None) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("07/08/2026 04:39 PM EDT", "2026-07-08T20:39"),
        ("07/08/2026 12:01 AM GMT", "2026-07-08T00:01"),
        ("07/21/2026 05:26 PM BST", "2026-07-21T16:26"),
        ("21/07/2026 17:26", "2026-07-21T17:26"),
        ("07/08/2026 04:39 PM QQQ", None),
    ],
)
def test_govdelivery_dates_have_the_month_first(text: str, moment: str | None) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None
    assert read_date(text, us_order=True) == expected


@given(st.text(max_size=40))
def test_any_words_are_a_date_in_utc_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or found.tzinfo is UTC


# Hostile and broken bodies


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b'<!DOCTYPE l [<!ENTITY a0 "ha">' + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
            + b"]>" + rss(item(title="&amp;a11;&a11;", link="https://e.org/")),
            id="entities of entities",
        ),
        pytest.param(b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 60_000 + b'">]>' + rss(item(title="&a;" * 60_000, link="https://e.org/")), id="one long entity"),
        pytest.param(b"<rss version='2.0'><channel>" + b"<a>" * 100_000, id="deep"),
        pytest.param(rss("<item " + " ".join(f"a{n}='1'" for n in range(50_000)) + "><title>t</title></item>"), id="attributes"),
        pytest.param(b"<rss version='2.0'><channel><item><title>t</title><description>" + b"<b>" * 50_000, id="unclosed"),
        pytest.param(b"<rss version='2.0'><channel>" + b"<item>" * 30_000, id="items in items"),
        pytest.param(b'{"items": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", id="deep JSON"),
    ],
)  # fmt: skip
@pytest.mark.timeout(120)  # a hang, not a slow machine
def test_a_hostile_feed_comes_to_an_end(body: bytes) -> None:
    try:
        feed = parse.parse(body, url=URL)
    except parse.NotAFeed:
        feed = None
    assert feed is None or all(len(entry.title) < 200_000 for entry in feed.entries)


def test_no_file_is_read_through_an_entity() -> None:
    body = b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>" + rss(
        item(title="x&f;y", link="https://e.org/")
    )
    assert parse.parse(body, url=URL).entries[0].title in ("xy", "x&f;y")


def test_a_short_entity_of_the_feed_is_kept() -> None:
    body = b'<!DOCTYPE r [<!ENTITY nbsp "&#160;"><!ENTITY yhat "&#375;">]>' + rss(
        item(title="t&yhat;&nbsp;b", link="https://e.org/")
    )
    assert parse.parse(body, url=URL).entries[0].title == "tŷ b"


def test_a_long_feed_is_cut_and_says_so() -> None:
    body = rss("".join(item(guid=str(n), title=str(n)) for n in range(MAX_ENTRIES + 5)))
    feed = parse.parse(body, url=URL)
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.problems == (
        f"Only the first {MAX_ENTRIES} items were read; 5 more were left out.",
    )


def test_a_large_broken_feed_gives_the_items_before_the_break() -> None:
    whole = "".join(
        item(guid=str(n), title=f"caf&eacute; {n}", description="word " * 200) for n in range(1200)
    )
    feed = parse.parse(rss(whole)[:-1500], url=URL)
    assert len(feed.entries) >= 1198
    assert feed.entries[0].title == "café 0"


def test_characters_xml_forbids_cost_nothing() -> None:
    feed = parse.parse(rss(item(title="a\x0bb\x01", link="https://e.org/1")), url=URL)
    assert feed.entries[0].title == "ab"


def test_text_stays_as_the_publisher_wrote_it() -> None:
    assert (
        parse.parse(rss(item(title="Ã©", link="https://e.org/")), url=URL).entries[0].title == "Ã©"
    )


# Listings

LISTING = parse.Selectors(item="ul.news li", title="h3", link="a", date="time, .date", summary="p")


def test_a_listing_gives_one_entry_an_item() -> None:
    feed = parse.read_listing(
        fixture("listing.html"), url="https://assembly.example/x", selectors=LISTING
    )
    plan, practice, unlinked = feed.entries
    assert (feed.title, feed.language) == ("News | Assembly", "ga")
    assert (plan.title, plan.link, plan.summary) == (
        "Regional plan adopted",
        "https://assembly.example/news/plan-1",
        "Adopted by all.",
    )
    assert plan.published_at == datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    assert plan.key == plan.link
    assert practice.link == "https://assembly.example/news/practice"
    assert practice.published_at == datetime(2026, 2, 19, tzinfo=UTC)
    assert (unlinked.title, unlinked.link) == ("Words without a link", "")


def test_an_item_may_be_its_own_title_and_link() -> None:
    body = b"<p><a class=n href=/1>One</a> <a class=n href=/2>Two</a>"
    feed = parse.read_listing(body, url="https://e.org/", selectors=parse.Selectors(item="a.n"))
    assert [(e.title, e.link) for e in feed.entries] == [
        ("One", "https://e.org/1"),
        ("Two", "https://e.org/2"),
    ]


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (parse.Selectors(item="li["), 'item selector "li["'),
        (parse.Selectors(item="li", title="::"), 'title selector "::"'),
        (parse.Selectors(item="li", date="p:no-such-thing"), 'date selector "p:no-such-thing"'),
        (parse.Selectors(item=" "), "item selector is empty"),
    ],
)
def test_a_wrong_selector_is_named(selectors: parse.Selectors, words: str) -> None:
    with pytest.raises(parse.BadSelector) as caught:
        parse.read_listing(fixture("listing.html"), url=URL, selectors=selectors)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("selectors", "words"),
    [
        (parse.Selectors(item="div.gone"), 'item selector "div.gone"'),
        (parse.Selectors(item="ul.news li", title="h5"), 'title selector "h5"'),
        (parse.Selectors(item="ul.news li", title="h3", link="b"), 'link selector "b"'),
    ],
)
def test_a_page_that_changed_is_a_problem_with_a_sentence(
    selectors: parse.Selectors, words: str
) -> None:
    feed = parse.read_listing(fixture("listing.html"), url=URL, selectors=selectors)
    assert any(words in problem for problem in feed.problems)


def test_an_empty_listing_is_no_page() -> None:
    with pytest.raises(parse.NotAPage):
        parse.read_listing(b" ", url=URL, selectors=LISTING)


# Bulletins

BULLETIN_URL = "https://content.govdelivery.com/bulletins/gd/RHANBARTH-3a1b2c4?wgt_ref=x"


def test_a_bulletin_page_is_one_entry_with_its_layout() -> None:
    feed = parse.read_bulletin(fixture("bulletin.html"), url=BULLETIN_URL)
    (entry,) = feed.entries
    assert entry.title == "Regional plans & practices"
    assert entry.key == "govdelivery:RHANBARTH/3a1b2c4"
    assert entry.link == "https://content.govdelivery.com/bulletins/gd/RHANBARTH-3a1b2c4"
    assert entry.published_at == datetime(2026, 7, 21, 16, 26, tzinfo=UTC)
    assert (entry.language, entry.summary) == ("en", "What the regions published")
    for kept in (
        'id="bulletin_body"', 'class="bulletin_body rs_read_this"', 'class="gd_combo_table"',
        'style="font-size:18px;font-weight:bold"', 'id="mail_footer"', 'alt="Map of eight regions"',
        'src="https://content.govdelivery.com/attachments/map.png"', "Eight plans published",
    ):  # fmt: skip
        assert kept in entry.html
    for gone in ("track()", "onerror", "position", "<script", "<title"):
        assert gone not in entry.html


def test_a_mail_is_opened_and_knows_its_bulletin() -> None:
    (entry,) = parse.read_bulletin(fixture("bulletin.eml"), url="file:bulletin.eml").entries
    assert entry.title == "Cynlluniau gweithredu Tŷ"
    assert entry.key == "govdelivery:RHANBARTH/3a1b2c4"
    assert entry.published_at == datetime(2026, 7, 22, 8, 0, tzinfo=UTC)
    assert entry.language == "cy"
    assert "<h2>Café</h2>" in entry.html


def test_a_text_bulletin_stays_text_and_names_itself() -> None:
    text = "## Eight plans\n\nThe plans <2026> are out\nhttps://content.govdelivery.com/accounts/RR/bulletins/1a\n here.\n"
    (entry,) = parse.read_bulletin(text.encode(), url="file:copy.txt", language="en").entries
    assert (entry.title, entry.html) == ("Eight plans", text)
    assert (entry.key, entry.link) == (
        "govdelivery:RR/1a",
        "https://content.govdelivery.com/accounts/RR/bulletins/1a",
    )
    assert entry.language == "en"


def test_a_page_elsewhere_is_known_by_its_canonical_address() -> None:
    page = "<head><link rel=canonical href='/news/plan'><meta property=og:title content='A &amp; B'></head><p>x"
    (entry,) = parse.read_bulletin(page.encode(), url="http://e.org/news/plan?session=1").entries
    assert (entry.title, entry.key) == ("A & B", "http://e.org/news/plan")


def test_a_bulletin_without_an_address_is_known_by_its_title_when_its_words_change() -> None:
    page = b"<title>Bulletin 12</title><p>%s"
    one, two = (parse.read_bulletin(page % t, url="").entries[0] for t in (b"one", b"two"))
    assert one.key.startswith("hash:")
    assert one.key != two.key
    assert set(one.aliases) & set(two.aliases) == {"bulletin:bulletin 12"}
    # One with neither has nothing but its words, and one with an address needs no more.
    assert parse.read_bulletin(b"<p>one", url="").entries[0].aliases == ()
    there = b"<link rel=canonical href='https://e.org/news/12'>" + page % b"one"
    assert not any("bulletin:" in a for a in parse.read_bulletin(there, url="").entries[0].aliases)


@pytest.mark.parametrize("body", [b"", b" \n ", b"%PDF-1.4", b"\x89PNG\r\n", b"PK\x03\x04zip"])
def test_what_is_no_bulletin_is_refused(body: bytes) -> None:
    with pytest.raises(parse.NotAPage):
        parse.read_bulletin(body, url=URL)


# Anything at all

BODIES = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.one_of(
            st.sampled_from((
                b"<rss version='2.0'>", b"<channel>", b"<item>", b"</item>", b"<title>", b"</title>", b"<link>", b"<guid>",
                b"<pubDate>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<entry>", b"<content type='xhtml'>", b"&#x110000;",
                b"&#0;", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"xml:base='//['", b"<?xml version='1.0' encoding='utf-16'?>",
                b"{\"items\":[", b"{\"id\":1e999}", b"]}", b"<html>", b"<p class='dateline'>", b"From: a\nTo: b\nSubject: =?x?q?=ff?=\n\n",
                b"<base href='http://['>", b"<meta property=og:url content='http://['>", b"<a href='", b"'>", b"2026-99-99", b"\x00", b"\xff",
            )),
            st.binary(max_size=6),
        ),
        max_size=14,
    ).map(b"".join),
)  # fmt: skip


def attempt(read: Callable[[], Feed]) -> tuple[Feed | None, str]:
    """What `read` gives, or the sentence with which it refuses."""
    try:
        return read(), ""
    except parse.Unreadable as error:
        return None, str(error)


@given(BODIES, st.text(max_size=20))
def test_any_body_is_read_or_refused_in_a_sentence(body: bytes, content_type: str) -> None:
    readers: tuple[Callable[[], Feed], ...] = (
        lambda: parse.parse(body, url=URL, content_type=content_type),
        lambda: parse.read_listing(body, url=URL, selectors=LISTING),
        lambda: parse.read_bulletin(body, url="", content_type=content_type),
    )
    for read in readers:
        feed, refusal = attempt(read)
        assert feed is not None or refusal.endswith(".")
        if feed is None:
            continue
        assert len({entry.key for entry in feed.entries}) == len(feed.entries)
        for entry in feed.entries:
            assert entry.key
            assert entry.link == "" or entry.link.startswith(("http://", "https://"))
            assert entry.published_at is None or entry.published_at.tzinfo is UTC
    assert isinstance(parse.discover(body, url=URL), tuple)


@given(st.text(max_size=20))
def test_any_selector_is_used_or_named(css: str) -> None:
    selectors = parse.Selectors(item=css)
    feed, refusal = attempt(
        lambda: parse.read_listing(fixture("listing.html"), url=URL, selectors=selectors)
    )
    assert feed is not None or "item selector" in refusal


# The shared samples

MANIFEST = SHARED / "feeds" / "manifest.csv"
# Files whose row we read differently, with the reason. None is needed at present: addresses are
# compared as pages (see `links.key`), titles as words.
DIFFERENT: dict[str, str] = {}


def sample_rows() -> list[dict[str, str]]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def needs_samples() -> None:
    if not MANIFEST.exists():
        pytest.skip("needs the shared samples beside the checkout")


@cache
def sample(file: str) -> Feed:
    return parse.parse((MANIFEST.parent / file).read_bytes(), url=URL)


def test_every_shared_feed_reads_as_four_parsers_read_it() -> None:
    needs_samples()
    wrong = []
    for row in sample_rows():
        feed = sample(row["file"])
        first = feed.entries[0]
        read = (len(feed.entries), first.title, links.key(first.link))
        told = (
            int(row["expected_entries"]),
            markup.to_text(row["first_title"]),
            links.key(links.clean(row["first_link"], base=URL)),
        )
        if read != told and row["file"] not in DIFFERENT:
            wrong.append((row["file"], read, told))
    assert wrong == []


def test_what_is_kept_is_as_strict_as_feedparser_or_stricter() -> None:
    needs_samples()
    assert markup._TAGS.issubset(_HTMLSanitizer.acceptable_elements | {"mark"})
    for names in markup._ATTRIBUTES.values():
        assert names <= _HTMLSanitizer.acceptable_attributes
    kept = 0
    for row in sample_rows():
        for entry in sample(row["file"]).entries:
            tree = markup.parse_html(entry.html)
            for element in tree.iter():
                kept += 1
                assert element.tag in markup._TAGS | {"html", "head", "body"}, row["file"]
                for name, value in element.attrib.items():
                    assert name in {"rel"}.union(*markup._ATTRIBUTES.values()), row["file"]
                    if name in ("href", "src"):
                        assert value.startswith(("http://", "https://", "mailto:")), (
                            row["file"],
                            value,
                        )
    assert kept > 10_000


def test_no_words_are_lost_against_feedparser() -> None:
    needs_samples()
    rows = [r for r in sample_rows() if not r["format"].startswith("json")][::6]
    for row in rows:
        path = MANIFEST.parent / row["file"]
        with path.open("rb") as stream:
            theirs = feedparser.parse(stream)
        ours = sample(row["file"])
        for their, our in zip(theirs.entries[:5], ours.entries[:5], strict=True):
            content = next((c.value for c in their.get("content", ())), "") or their.get(
                "summary", ""
            )
            letters = "".join(markup.to_text(nh3.clean(content)).split())
            assert "".join(markup.to_text(our.html).split())[:200] == letters[:200], row["file"]
