"""The desk with its script, in a real browser: keys, counters, undo, and nothing lost on the way."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from review import transitions
from review.models import Comment, Decision, Person, Post
from review.states import State
from tests.journeys.browsers import EVERY_HOUR, Desk, bulletin, configure, sign_in
from tests.making import NOW, make_account, make_announcement, make_content, make_entry

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

# What a practised reader takes for one card; the rest of two minutes is the machine's and the fingers'.
READING = 4.0  # seconds


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(settings, tmp_path, calendar=EVERY_HOUR)


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield Desk(context, live_server.url)
    context.close()


def _switch_keys_on(desk: Desk) -> None:
    desk.open("/keys/")
    desk.page.get_by_role("button", name="Switch them on").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Keyboard shortcuts are on.")
    desk.open("/")


def _stay(desk: Desk) -> None:
    """Mark the document, so that `_stayed` can tell whether it was loaded anew."""
    desk.page.evaluate("document.documentElement.dataset.same = 'yes'")


def _stayed(desk: Desk) -> bool:
    return bool(desk.page.evaluate("document.documentElement.dataset.same === 'yes'"))


def test_twenty_posts_in_two_minutes_by_keyboard_alone(desk: Desk) -> None:
    entry = make_entry(title="Cohes3ion newsletter")
    for position in range(10):
        announcement = make_announcement(entry, position=position)
        for network in ("x", "linkedin"):
            content = make_content(announcement, network)
            account = make_account(network)
            transitions.submit(announcement, account=account, content=content, now=NOW)
    sign_in(desk)
    _switch_keys_on(desk)
    _stay(desk)
    page = desk.page
    pressed = 0
    started = time.perf_counter()
    page.keyboard.press("j")
    for left in range(19, -1, -1):
        pressed += 1
        page.keyboard.press("a")
        expect(page.locator("section.post")).to_have_count(left)
    machine = time.perf_counter() - started
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert Post.objects.filter(state=State.SCHEDULED).count() == 20
    assert Decision.objects.count() == 20
    assert pressed <= 2 * 20
    assert machine + 20 * READING < 120
    assert _stayed(desk)
    assert desk.complaints == []


def test_keys_do_nothing_until_somebody_switches_them_on(desk: Desk) -> None:
    bulletin()
    sign_in(desk)
    for key in "jaersz":
        desk.page.keyboard.press(key)
    desk.page.get_by_text("Keyboard shortcuts").click()
    expect(desk.page.get_by_text("They are off for you")).to_be_visible()
    assert not Decision.objects.exists()
    _switch_keys_on(desk)
    assert Person.objects.get().keys


def test_keys_move_open_close_and_undo(desk: Desk) -> None:
    posts = bulletin()
    sign_in(desk)
    _switch_keys_on(desk)
    page = desk.page
    cards = page.locator("section.post")
    page.keyboard.press("j")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(cards.nth(0)).to_be_focused()
    first = cards.nth(0).get_attribute("id")

    page.keyboard.press("r")
    expect(page.get_by_label("Why?")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Why?")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.get_by_label("Why?")).to_be_focused()
    page.keyboard.type("dup")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Rejected: duplicate")
    expect(cards).to_have_count(5)
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("z")
    expect(page.get_by_role("status")).to_contain_text("Undone")
    expect(cards).to_have_count(6)
    expect(page.locator(f"#{first}")).to_be_focused()

    page.keyboard.press("s")
    expect(page.get_by_label("Day and time")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(cards).to_have_count(5)
    page.keyboard.press("z")
    expect(cards).to_have_count(6)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard shortcuts")
    assert {Post.objects.get(pk=post.pk).state for post in posts} == {State.IN_REVIEW}
    assert desk.complaints == []


def test_the_counter_the_checks_and_the_preview_follow_the_typing(desk: Desk) -> None:
    posts = bulletin()
    sign_in(desk)
    _stay(desk)
    x = desk.page.get_by_role("region", name=re.compile(r"^X\W+Eight"))
    x.get_by_role("link", name="Edit").click()
    field = x.get_by_label("Text")
    expect(field).to_be_focused()
    field.fill("Short words https://example.org/a/very/long/address/that/counts/23")
    expect(x.locator(".facts")).to_contain_text("35 / 280")
    expect(x.locator(".words")).to_contain_text("Short words")
    field.fill("far too long " * 30)
    expect(x.get_by_text("Must be mended")).to_be_visible()
    expect(desk.page.get_by_role("status")).to_contain_text("Shorten it by")
    assert Post.objects.get(pk=posts[0].pk).revision_number == 1
    field.fill("Words that fit.")
    expect(x.locator(".words")).to_have_text("Words that fit.")
    x.get_by_role("button", name="Save").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Saved as revision 2")
    expect(x.get_by_text("edited by Siân")).to_be_visible()
    expect(x).to_be_focused()
    assert _stayed(desk)
    assert desk.complaints == []


def test_words_that_are_not_saved_yet_outlive_a_decision_about_another_post(desk: Desk) -> None:
    bulletin()
    sign_in(desk)
    page = desk.page
    x = page.get_by_role("region", name=re.compile(r"^X\W+Eight"))
    x.get_by_role("link", name="Edit").click()
    x.get_by_label("Text").fill("Half a thought")
    expect(x.locator(".words")).to_have_text("Half a thought")
    other = page.get_by_role("region", name=re.compile(r"^X\W+Good"))
    other.get_by_role("button", name="Approve").click()
    expect(other).to_have_count(0)
    expect(x.get_by_label("Text")).to_have_value("Half a thought")
    x.get_by_role("button", name="Save").click()
    expect(x.locator(".words")).to_contain_text("Half a thought")


def test_somebody_asks_for_changes_and_all_see_it(desk: Desk) -> None:
    bulletin()
    sign_in(desk)
    x = desk.page.get_by_role("region", name=re.compile(r"^X\W+Eight"))
    x.get_by_role("link", name="Comment").click()
    x.get_by_label("What do you want to say?").fill("Name the regions, please.")
    x.get_by_role("button", name="Ask for changes").click()
    expect(x.get_by_role("list", name="Comments")).to_contain_text("Name the regions, please.")
    assert Comment.objects.get().asks_for_changes
    expect(desk.page.get_by_role("button", name="Approve the 5 posts on this page")).to_be_visible()


def test_a_conflict_is_told_on_the_page(desk: Desk) -> None:
    posts = bulletin()
    sign_in(desk)
    transitions.reject(
        posts[0].pk, by=transitions.operator("Bryn"), now=NOW, seen=1, reason="duplicate"
    )
    x = desk.page.get_by_role("region", name=re.compile(r"^X\W+Eight"))
    x.get_by_role("button", name="Approve").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Somebody was first")
    expect(desk.page.get_by_text("Bryn rejected it")).to_be_visible()


def test_a_double_click_makes_one_decision(desk: Desk) -> None:
    posts = bulletin()
    sign_in(desk)
    x = desk.page.get_by_role("region", name=re.compile(r"^X\W+Eight"))
    x.get_by_role("button", name="Approve").dblclick()
    expect(x).to_have_count(0)
    assert [d.post_id for d in Decision.objects.all()] == [posts[0].pk]
