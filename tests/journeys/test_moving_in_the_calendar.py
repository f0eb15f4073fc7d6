"""Posts are moved in the calendar: dragged, chosen by keys, or clicked; and the server has the last word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from config import schema
from review import transitions
from review.models import Post
from review.states import State
from tests.journeys.browsers import Desk, configure, sign_in
from tests.making import SIAN, make_post

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(
        settings,
        tmp_path,
        calendar='timezone = "UTC"\nslots = ["Mon-Sun 09:30", "Mon-Sun 14:00"]\nquiet = ["18:00-08:00"]\n',
    )


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB")
    yield Desk(context, live_server.url)
    context.close()


def _scheduled(settings: Settings) -> tuple[Post, datetime]:
    """A post for ten o'clock on the Tuesday of next week, and that Monday's midnight."""
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight + timedelta(days=7 - now.weekday())
    post = make_post()
    when = monday + timedelta(days=1, hours=10)
    calendar = schema.current(settings.HERODR_CONFIG).calendar
    transitions.approve(post.pk, by=SIAN, now=now, calendar=calendar, seen=1, when=when)
    return post, monday


def _open(desk: Desk, monday: datetime) -> None:
    sign_in(desk)
    desk.open(f"/calendar/?from={monday:%Y-%m-%d}")


def _due(post: Post) -> datetime:
    fresh = Post.objects.get(pk=post.pk)
    assert fresh.state == State.SCHEDULED
    assert fresh.due_at
    return fresh.due_at


def test_a_post_is_dragged_to_a_free_slot_and_to_another_day(
    desk: Desk, settings: Settings
) -> None:
    post, monday = _scheduled(settings)
    _open(desk, monday)
    thursday = monday + timedelta(days=3)
    mine = desk.page.locator(f"#post-{post.pk}")
    mine.drag_to(desk.page.locator(f'[data-when="{thursday:%Y-%m-%d}T14:00"]'))
    expect(desk.page.locator("#said")).to_contain_text("Moved to")
    assert _due(post) == thursday + timedelta(hours=14)
    friday = monday + timedelta(days=4)
    mine.drag_to(desk.page.locator(f'[data-day="{friday:%Y-%m-%d}"] h2'))
    expect(desk.page.locator(f'[data-day="{friday:%Y-%m-%d}"] #post-{post.pk}')).to_be_visible()
    assert _due(post) == friday + timedelta(hours=14)
    assert desk.complaints == []


def test_a_post_is_moved_by_keys_alone(desk: Desk, settings: Settings) -> None:
    post, monday = _scheduled(settings)
    _open(desk, monday)
    mine = desk.page.locator(f"#post-{post.pk}")
    mine.get_by_role("link", name="Move").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#moving")).to_contain_text("arrow keys")
    tuesday = monday + timedelta(days=1)
    expect(desk.page.locator(f'[data-when="{tuesday:%Y-%m-%d}T14:00"]')).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(mine.get_by_role("link", name="Move")).to_be_focused()
    assert _due(post) == tuesday + timedelta(hours=10)
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("ArrowRight")
    wednesday = monday + timedelta(days=2)
    day = desk.page.get_by_role("button", name=f"the same time on {wednesday:%a} {wednesday.day}")
    expect(day).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    expect(desk.page.locator(f'[data-when="{wednesday:%Y-%m-%d}T09:30"]')).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#said")).to_contain_text("Moved to")
    assert _due(post) == wednesday + timedelta(hours=9, minutes=30)
    assert desk.complaints == []


def test_a_post_is_moved_by_two_clicks_and_by_the_form(desk: Desk, settings: Settings) -> None:
    post, monday = _scheduled(settings)
    _open(desk, monday)
    move = desk.page.locator(f"#post-{post.pk}").get_by_role("link", name="Move")
    move.click()
    thursday = monday + timedelta(days=3)
    desk.page.locator(f'[data-when="{thursday:%Y-%m-%d}T09:30"]').click()
    expect(desk.page.locator("#said")).to_contain_text("Moved to")
    assert _due(post) == thursday + timedelta(hours=9, minutes=30)
    move.click()
    move.click()
    expect(desk.page.get_by_label("Day and time")).to_be_visible()


def test_a_move_that_came_too_late_says_so_and_moves_nothing(
    desk: Desk, settings: Settings
) -> None:
    post, monday = _scheduled(settings)
    _open(desk, monday)
    transitions.hold(post.pk, by=SIAN, now=timezone.now())
    thursday = monday + timedelta(days=3)
    mine = desk.page.locator(f"#post-{post.pk}")
    mine.drag_to(desk.page.locator(f'[data-when="{thursday:%Y-%m-%d}T14:00"]'))
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Somebody was first")
    assert Post.objects.get(pk=post.pk).state == State.IN_REVIEW
