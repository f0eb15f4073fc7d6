"""A morning at the desk in a real browser, without JavaScript, on a wide and on the narrowest screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from review import sign_in
from review.models import Decision, Post
from review.states import State
from tests.journeys.browsers import Desk, bulletin, configure
from tests.journeys.browsers import sign_in as sign_in_at
from tests.making import make_announcement

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

PASSWORD = "four quiet herons wade"


@pytest.fixture
def wide(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    """A browser on a laptop."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=False, locale="en-GB"
    )
    yield Desk(context, live_server.url)
    context.close()


@pytest.fixture
def narrow(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    """A browser 320 CSS pixels wide: what WCAG asks to work without scrolling sideways."""
    context = chromium.new_context(viewport={"width": 320, "height": 800}, locale="en-GB")
    yield Desk(context, live_server.url)
    context.close()


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(settings, tmp_path)


def test_from_the_first_link_to_an_approved_post(wide: Desk) -> None:
    bulletin()
    path = sign_in.first_link(now=timezone.now())  # the browser lives in real time
    assert path
    page = wide.page

    wide.open(path)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Your name").fill("Siân")
    page.get_by_label("User name").fill("sian")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Go to the queue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    expect(page.get_by_role("status")).to_contain_text("Welcome, Siân.")
    expect(page.get_by_role("article")).to_have_count(3)

    plan = page.get_by_role("article", name="Eight regional action plans published")
    expect(plan.get_by_text("nothing leaves this machine")).to_have_count(2)
    button = plan.get_by_role("region", name=re.compile(r"^X\W+Eight")).get_by_role(
        "button", name="Approve"
    )
    shown = button.locator(".when").inner_text()
    button.click()
    expect(page.get_by_role("status")).to_contain_text(f"Approved for {shown} on @cohes3ion")
    expect(plan.get_by_role("region")).to_have_count(1)

    page.get_by_role("link", name="Scheduled").click()
    line = page.get_by_role("article")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("Eight regional action plans published")
    expect(line).to_contain_text(shown.rpartition(", ")[2])
    assert Decision.objects.get().by == "Siân"
    assert wide.complaints == []

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("User name").fill("sian")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    assert wide.complaints == []


def test_editing_and_rejecting_in_place_without_javascript(wide: Desk) -> None:
    posts = bulletin()
    sign_in_at(wide)
    page = wide.page
    x = page.get_by_role("region", name=re.compile(r"^X\W+Two"))
    x.get_by_text("Edit", exact=True).click()
    x.get_by_label("Text").fill("New words from Siân\n\nhttps://example.org/report")
    x.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as revision 2")
    expect(x.get_by_text("New words from Siân").first).to_be_visible()
    expect(x.get_by_text("edited by Siân")).to_be_visible()

    x.get_by_text("Reject", exact=True).click()
    x.get_by_label("Why?").select_option("wrong link")
    x.get_by_role("button", name="Reject this post").click()
    expect(page.get_by_role("status")).to_contain_text("Rejected: wrong link")
    assert Post.objects.get(pk=posts[4].pk).state == State.REJECTED
    assert wide.complaints == []


def test_a_double_click_on_approve_makes_one_decision(wide: Desk) -> None:
    bulletin()
    sign_in_at(wide)
    button = wide.page.get_by_role("region", name=re.compile(r"^X\W+Eight")).get_by_role(
        "button", name="Approve"
    )
    button.dblclick()
    late = wide.page.get_by_role("heading", name="Somebody was first")
    expect(late.or_(wide.page.get_by_role("status"))).to_be_visible()
    assert Decision.objects.count() == 1


def test_the_keyboard_reaches_the_content_and_the_verbs(wide: Desk) -> None:
    bulletin()
    sign_in_at(wide)
    page = wide.page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.get_by_role("button", name="Approve both").first.evaluate(
            "e => e.matches(':focus')"
        ):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Approved 2 posts")


@pytest.mark.parametrize(
    "path", ["/", "/scheduled/", "/published/", "/set-aside/", "/sources/", "/people/", "post"]
)
def test_no_page_scrolls_sideways_at_320_pixels(narrow: Desk, path: str) -> None:
    posts = bulletin()
    make_announcement(posts[0].announcement.entry, kind="", set_aside="other", title="W" * 80)
    sign_in_at(narrow)
    page = narrow.page
    page.get_by_role("region", name=re.compile(r"^X\W+Good")).get_by_role(
        "button", name="Approve"
    ).click()
    expect(page.get_by_role("status")).to_contain_text("Approved")
    narrow.open(f"/posts/{posts[0].pk}/" if path == "post" else path)
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 320, f"{path} is {width} wide with “{summary.inner_text()}” open"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert narrow.complaints == []


def test_everything_to_press_is_big_enough_and_has_a_name(narrow: Desk) -> None:
    bulletin()
    sign_in_at(narrow)
    for control in narrow.page.locator("button, summary, .top a, input, select, textarea").all():
        box = control.bounding_box()
        if box is None or not control.is_visible() or control.get_attribute("type") == "hidden":
            continue
        assert min(box["width"], box["height"]) >= 24, control.inner_text()
    unnamed = narrow.page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
        ".filter(e => !e.labels.length).map(e => e.outerHTML)"
    )
    assert unnamed == []
