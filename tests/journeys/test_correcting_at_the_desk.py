"""A wrong figure is out: taken down, corrected with another image, refused for a dead link, approved; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from review import addresses, transitions
from review.models import Post
from review.states import State
from review.text import Tried
from tests.journeys.browsers import Desk, configure, sign_in
from tests.making import CALENDAR, SIAN, make_post, minutes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def desk(chromium: Browser, live_server: Any, settings: Settings, tmp_path: Path) -> Iterator[Desk]:
    configure(settings, tmp_path)
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=False, locale="en-GB"
    )
    yield Desk(context, live_server.url)
    context.close()


def published() -> Post:
    now = timezone.now()
    post = make_post("linkedin")
    transitions.approve(post.pk, by=SIAN, now=now, calendar=CALENDAR, seen=1, when=now)
    claim = transitions.claim(worker="w", now=now, lease=minutes(3))
    assert claim is not None
    urn = "urn:li:share:7"
    url = f"https://www.linkedin.com/feed/update/{urn}/"
    return transitions.confirm_sent(claim, now=now, network_id=urn, url=url)


def test_what_is_wrong_is_taken_down_corrected_and_approved_anew(desk: Desk) -> None:
    old = published()
    sign_in(desk)
    page = desk.page
    desk.open(f"/posts/{old.pk}/")
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("What was wrong?").fill("13 regions, not 14")
    page.get_by_role("button", name="Take it down and correct it").click()

    new = Post.objects.get(corrects=old)
    expect(page.get_by_text(f"It corrects post {old.pk}: 13 regions, not 14").first).to_be_visible()
    page.get_by_label("Text", exact=True).fill("The report finds that 13 regions grew.")
    page.get_by_label("Link", exact=True).fill("https://example.org/wrong")
    page.get_by_label("Images").fill("https://example.org/map.png A map of the 13 regions")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A map of the 13 regions").first).to_be_visible()

    # What the worker would do meanwhile.
    transitions.taken_down(old.pk, now=timezone.now())
    gone = Tried(gone=True, answer="Its server says that nothing is there (404).")
    addresses.note("https://example.org/wrong", gone, now=timezone.now())
    desk.open(f"/posts/{new.pk}/")
    expect(page.get_by_text("The link is dead").first).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.get_by_label("Link", exact=True).fill("https://example.org/right")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Approve").click()
    new.refresh_from_db()
    assert new.state == State.SCHEDULED
    assert [image.alt for image in new.revisions.get(number=3).content.images] == [
        "A map of the 13 regions"
    ]
    assert desk.complaints == []


def test_who_took_it_down_on_the_network_presses_a_button(desk: Desk) -> None:
    old = published()
    sign_in(desk)
    page = desk.page
    now = timezone.now()
    transitions.take_down(old.pk, by=SIAN, now=now, reason="a wrong figure")
    why = "LinkedIn asks to wait: its limit for today is reached."
    transitions.not_taken_down(old.pk, now=now, again_at=now + minutes(600), why=why)
    desk.open(f"/posts/{old.pk}/")
    expect(page.get_by_text("It is still on the account.").first).to_be_visible()
    page.get_by_role("button", name="I have taken it down there myself").click()
    expect(page.get_by_role("status")).to_contain_text("Noted: it is taken down.")
    expect(page.get_by_text("Taken down on its network by").first).to_be_visible()
    assert desk.complaints == []
