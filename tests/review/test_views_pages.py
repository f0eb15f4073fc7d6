"""What the pages say: everything there is to know, escaped, in local time, and quickly."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from review import transitions
from review.models import Account, Source
from review.states import State
from review.text import Content
from tests.making import (
    BRYN,
    CALENDAR,
    NOW,
    SIAN,
    make_account,
    make_announcement,
    make_due_post,
    make_entry,
    make_post,
    minutes,
)
from tests.review.desk import (
    CONFIGURED,
    do,
    fill,
    parsed,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def test_the_queue_shows_the_posts_of_a_bulletin_together_with_all_there_is_to_know(
    sian: Client,
) -> None:
    entry = make_entry(title="Cohes3ion newsletter")
    announcement = make_announcement(
        entry, kind="plan", paragraphs=[f"Paragraph {n}" for n in range(1, 6)]
    )
    make_post("x", announcement=announcement)
    make_post("linkedin", announcement=announcement, account=make_account("linkedin", live=True))
    make_post("x", announcement=make_announcement(entry, kind="practice"))
    tree = parsed(sian.get(reverse("queue")).text)
    [bulletin] = tree.xpath("//section[@class='bulletin']")
    assert "Cohes3ion newsletter" in bulletin.xpath("string(.//h2)")
    first, second = bulletin.xpath(".//article")
    assert [first.xpath("string(.//header//p)"), second.xpath("string(.//header//p)")] == [
        "Plan",
        "Practice",
    ]
    linkedin, x = first.xpath(".//section")
    words = " ".join(first.xpath("string(.)").split())
    for expected in (
        "Paragraph 5",
        "“report” with “published” in the title",
        "Rehearsal nothing leaves this machine",
        "Live goes out to followers",
    ):
        assert expected in words
    assert "/ 280" in x.xpath("string(.)")
    assert "would cost $" in x.xpath("string(.)")
    assert "Rehearsal" in x.xpath("string(.)")
    assert "Rehearsal" not in linkedin.xpath("string(.)")
    assert len(bulletin.xpath(".//section")) == 3


def test_nothing_from_a_source_becomes_markup_or_a_dangerous_link(sian: Client) -> None:
    evil = "<script>alert('title')</script>"
    entry = make_entry(title=evil, link="javascript:alert(1)")
    announcement = make_announcement(
        entry,
        title=evil,
        summary=evil,
        paragraphs=[evil, "</blockquote><img src=x onerror=alert(1)>"],
        because=[evil],
        link="javascript:alert(1)",
        language='en" onload="x',
    )
    content = Content(
        text=f'{evil} https://example.org/?q="><script> #tag" onclick=x',
        link="data:text/html,<script>",
        card_title=evil,
        card_description=evil,
        image="javascript:alert(1)",
        image_alt=evil,
    )
    account = make_account()
    post = transitions.submit(announcement, account=account, content=content, now=NOW)
    make_announcement(entry, title=evil, kind="", set_aside="other", link="javascript:alert(1)")
    Source.objects.update(url="javascript:alert(1)", trouble=evil)
    Account.objects.update(paused=True, trouble=evil, who=evil)
    for address in (
        reverse("queue"),
        reverse("post", args=[post.pk]),
        reverse("set-aside"),
        reverse("sources"),
    ):
        page = sian.get(address).text
        assert page.count("<script") == 1  # ours, by its address
        tree = parsed(page)
        assert not tree.xpath("//@*[starts-with(name(), 'on')] | //img[@src='x']")
        for link in tree.xpath("//main//@href | //main//@src | //@cite"):
            assert re.match(r"https?://|/|#|\?", link), link


def test_the_post_page_tells_the_whole_story(sian: Client) -> None:
    post = make_post(account=make_account(live=True))
    transitions.amend(
        post.pk, content=Content(text="Bryn's words"), by=BRYN, now=NOW + minutes(1), seen=1
    )
    transitions.approve(
        post.pk, by=SIAN, now=NOW + minutes(2), calendar=CALENDAR, seen=2, when=NOW + minutes(3)
    )
    claim = transitions.claim(worker="worker-7", now=NOW + minutes(3), lease=minutes(2))
    assert claim
    transitions.confirm_sent(
        claim, now=NOW + minutes(4), network_id="1", url="https://x.com/cohes3ion/status/1"
    )
    page = sian.get(reverse("post", args=[post.pk]))
    tree = parsed(page.text)
    story = [" ".join(line.text_content().split()) for line in tree.xpath("//ol[1]/li")]
    assert story[0] == "Tue 24 Nov, 09:00 herodr drafted it (revision 1)"
    assert story[1] == "Tue 24 Nov, 09:01 Bryn changed it (revision 2)"
    assert story[2] == ("Tue 24 Nov, 09:02 Siân approved it (for Tue 24 Nov, 09:03, revision 2)")
    assert "worker-7" in page.text
    assert tree.xpath("//a[@href='https://x.com/cohes3ion/status/1']")
    assert "Revision 1 by herodr" in page.text
    # Published is final; all that is left is to take it down, and that asks for a reason first.
    (link,) = tree.xpath("//main//a[contains(@href, 'take-down')]/@href")
    asked = parsed(sian.get(str(link)).text)
    take_down = reverse("verb", args=[post.pk, "take-down"])
    assert asked.xpath(
        f"//form[starts-with(@action, '{take_down}')]//input[@name='reason'][@required]"
    )


def test_times_are_shown_in_the_calendars_zone(sian: Client, config: Path) -> None:
    (config / "calendar.toml").write_text(f'timezone = "Europe/Athens"\n{CONFIGURED}')
    make_post()
    page = sian.get(reverse("queue")).text
    assert "Tue 24 Nov, 14:00" in page  # 09:30 in Athens has passed
    assert "Times are local to Europe/Athens." in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("queue", "Nothing waits for you"),
        ("scheduled", "Nothing is scheduled"),
        ("published", "Nothing yet"),
        ("set-aside", "Nothing is set aside"),
        ("sources", "No source is watched yet"),
    ],
)
def test_an_empty_page_says_what_to_do_next(sian: Client, address: str, words: str) -> None:
    page = sian.get(reverse(address)).text
    assert words in page
    assert "empty" in page


def test_a_broken_configuration_is_said_and_the_posts_still_stand(
    sian: Client, config: Path
) -> None:
    post = make_post()
    (config / "calendar.toml").write_text('slots = ["whenever"]')
    for address in (reverse("queue"), reverse("post", args=[post.pk]), reverse("scheduled")):
        page = sian.get(address)
        assert page.status_code == 200
        alert = parsed(page.text).xpath("string(//*[@role='alert'])")
        assert "calendar.toml" in alert
        assert "UTC" in page.text
    assert "14 regions grew" in sian.get(reverse("queue")).text
    refused = do(sian, post, "approve")
    assert refused.status_code == 422
    assert "Nothing can be approved while the configuration is broken" in refused.text
    assert state(post) == State.IN_REVIEW
    assert do(sian, post, "reject", preset="duplicate").status_code == 302


def test_a_calendar_without_slots_asks_for_another_time(sian: Client, config: Path) -> None:
    (config / "calendar.toml").write_text("slots = []")
    post = make_post()
    assert "There is no free slot" in sian.get(reverse("queue")).text
    assert do(sian, post, "approve").status_code == 422
    assert do(sian, post, "approve", at="now").status_code == 302


def test_published_says_what_each_post_cost_and_each_month(sian: Client) -> None:
    live = make_account(name="our-x", live=True)
    for _ in range(2):
        post = make_post(account=live)
        transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW)
    make_due_post("linkedin")
    while claim := transitions.claim(worker="w", now=NOW, lease=minutes(2)):
        later = NOW + minutes(300)
        transitions.confirm_sent(claim, now=later, network_id="", url="https://x.com/a/status/1")
    page = sian.get(reverse("published")).text
    assert page.count("It cost $0.20 on X.") == 2
    assert "on LinkedIn" not in page.split("months")[0]
    rows = [
        " ".join(row.text_content().split())
        for row in parsed(page).xpath("//details[contains(@class, 'months')]//tbody/tr")
    ]
    assert rows == [
        "November 2026cohes3ion-linkedin1 1 of them in rehearsalnothing",
        "November 2026our-x2$0.40",
    ]
    assert "5 hours after its source had it." in page


def test_published_says_who_approved_and_can_be_narrowed(sian: Client) -> None:
    make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
    assert claim
    transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/a/status/1")
    rejected = make_post()
    transitions.reject(rejected.pk, by=BRYN, now=NOW, seen=1, reason="duplicate")
    everything = parsed(sian.get(reverse("published")).text)
    assert len(everything.xpath("//article")) == 2
    only = sian.get(reverse("published"), {"state": "published"}).text
    assert len(parsed(only).xpath("//article")) == 1
    assert "Approved by Siân, " in only
    assert "https://x.com/a/status/1" in only
    assert "0 minutes after its source had it." in only
    assert sian.get(reverse("published"), {"state": "rubbish", "page": "x"}).status_code == 200


@pytest.mark.parametrize("posts", [2, 200])
def test_a_queue_of_any_size_asks_the_database_the_same_number_of_times(
    sian: Client, posts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(posts)
    sian.get(reverse("queue"))  # now she has seen them all
    with django_assert_num_queries(16):
        page = sian.get(reverse("queue"))
    assert page.text.count('class="announcement"') == min(posts // 2, 20)


@pytest.mark.parametrize("address", ["scheduled", "published", "set-aside", "sources"])
def test_the_other_lists_ask_a_fixed_number_of_times_too(
    sian: Client,
    address: str,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for number in range(12):
        post = make_post(account=make_account(name=f"account-{number}"))
        make_announcement(kind="", set_aside="other")
        due = transitions.approve(
            post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW + minutes(60)
        )
        if number % 2:
            transitions.withdraw(due.pk, by=SIAN, now=NOW)
    with django_assert_max_num_queries(12):
        assert sian.get(reverse(address)).status_code == 200


def test_a_long_queue_has_pages(sian: Client) -> None:
    fill(54)
    first = sian.get(reverse("queue")).text
    assert "Page 1 of 2" in first
    assert "54 posts need a decision." in first
    assert sian.get(reverse("queue"), {"page": 2}).text.count('class="announcement"') == 7
    assert sian.get(reverse("queue"), {"page": 99}).status_code == 200


def test_the_reader_goes_on_where_there_is_more_to_do(sian: Client) -> None:
    entry = make_entry()
    first, second = make_announcement(entry), make_announcement(entry)
    posts = [make_post(n, announcement=first) for n in ("x", "linkedin")]
    posts.append(make_post("x", announcement=second))
    tree = parsed(sian.get(reverse("queue")).text)

    # A browser keeps the fragment of a form's address when the answer sends it on without one.
    assert tree.xpath("//form[@id='verbs']/input[@name='next']/@value") == ["/"]
    together, *single = [
        str(address).partition("#")[2] for address in tree.xpath("//article//button/@formaction")
    ]
    assert together == f"announcement-{second.pk}"
    assert single == [f"announcement-{key}" for key in (first.pk, first.pk, first.pk)]
