"""Several people at the desk, each with a browser: handing over, asking, looking, and going back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from review import looks
from review.models import Looking, Person, Post
from review.states import State
from tests.journeys.browsers import EVERY_HOUR, Desk, bulletin, configure, sign_in
from tests.making import make_announcement, make_person, make_post

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(settings, tmp_path, calendar=EVERY_HOUR)


def sign_in_as(desk: Desk, name: str) -> None:
    desk.open("/sign-in/")
    desk.page.locator("#id_username").fill(name.lower())
    desk.page.locator("#id_password").fill("correct horse battery")
    desk.page.locator("main button.go").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Queue")


@pytest.mark.parametrize("script", [True, False])
def test_a_bulletin_is_handed_over_and_a_colleague_asked_with_and_without_the_script(
    at_desk: Callable[..., Desk], script: bool
) -> None:
    posts = bulletin()
    make_person("Bryn")
    sian, bryn = at_desk(script=script), at_desk(script=script)
    sign_in(sian)
    card = sian.page.locator(f"#post-{posts[0].pk}")
    card.get_by_role("link", name="Assign").click()
    card.get_by_label("Who sees to it?").select_option("Bryn")
    card.get_by_label("All posts of this bulletin that wait").check()
    card.get_by_role("button", name="Hand it over").click()
    expect(sian.page.get_by_role("status")).to_contain_text("6 posts handed to Bryn, who is told.")
    expect(sian.page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    sian.page.get_by_role("link", name="See everything that waits").click()
    expect(card).to_contain_text("Bryn sees to it")
    sign_in_as(bryn, "Bryn")
    bryn.page.get_by_role("link", name="Handed to me").click()
    card = bryn.page.locator(f"#post-{posts[0].pk}")
    expect(card).to_contain_text("Yours to see to")
    card.get_by_role("link", name="Comment").click()
    card.get_by_label("What do you want to say?").fill("Is 14 right?")
    card.get_by_label("Ask somebody").select_option("Siân")
    card.get_by_role("button", name="Just say it").click()
    expect(bryn.page.locator(f"#post-{posts[0].pk} .comments")).to_contain_text(
        "@Siân Is 14 right?"
    )
    sian.open("/")
    expect(sian.page.locator("section.post")).to_have_count(1)
    sian.page.get_by_role("button", name="I have seen it").click()
    expect(sian.page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert sian.complaints == bryn.complaints == []


def test_a_colleague_who_reads_a_card_is_seen_there_and_gone_when_they_leave(
    at_desk: Callable[..., Desk],
) -> None:
    posts = bulletin()
    make_person("Nia", may_decide=False)
    sian, nia = at_desk(), at_desk()
    sign_in(sian)
    sign_in_as(nia, "Nia")
    nia.page.locator(f"#n{posts[1].pk}").click()
    expect(nia.page.get_by_role("heading", level=1)).to_have_text(posts[1].announcement.title)
    card = sian.page.locator(f"#post-{posts[1].pk}")
    expect(card).to_contain_text("Nia is looking at this.", timeout=15_000)
    expect(sian.page.locator(".looked-at")).to_have_count(1)
    # Her next page says that she left, and which one she reads now.
    nia.open(f"/posts/{posts[2].pk}/")
    sian.open("/")
    expect(sian.page.locator(".looked-at")).to_have_count(1)
    expect(sian.page.locator(f"#post-{posts[2].pk} .looked-at")).to_be_visible()
    Looking.objects.update(at=Post.objects.get(pk=posts[0].pk).created_at - looks.LOOKING_FOR)
    sian.open("/")
    expect(sian.page.locator(".looked-at")).to_have_count(0)
    assert sian.complaints == nia.complaints == []


def test_posts_are_approved_together_only_once_they_have_been_on_screen(
    at_desk: Callable[..., Desk],
) -> None:
    for _ in range(6):
        announcement = make_announcement()
        for network in ("x", "linkedin"):
            make_post(network, announcement=announcement)
    sian = at_desk()
    sign_in(sian)
    together = sian.page.get_by_role("button", name=re.compile("^Approve the 12 posts"))
    together.click()
    expect(sian.page.get_by_role("status")).to_contain_text("has not been on your screen yet")
    assert not Post.objects.exclude(state=State.IN_REVIEW).exists()
    for card in sian.page.locator("section.post .looks .words").all():
        card.scroll_into_view_if_needed()
        sian.page.wait_for_timeout(60)
    together.click()
    expect(sian.page.get_by_role("status")).to_contain_text("Approved 12 posts")
    assert not Post.objects.filter(state=State.IN_REVIEW).exists()
    assert sian.complaints == []


def test_the_back_button_after_a_decision_shows_a_page_that_decides_nothing_twice(
    at_desk: Callable[..., Desk],
) -> None:
    posts = bulletin()
    sian = at_desk(script=False)
    sign_in(sian)
    make_person("Bryn")
    sian.page.locator(f"#post-{posts[0].pk}").get_by_role(
        "button", name=re.compile("^Approve")
    ).click()
    expect(sian.page.get_by_role("status")).to_contain_text("Approved for")
    sian.page.go_back()
    expect(sian.page.get_by_role("heading", level=1)).to_have_text("Queue")
    old = sian.page.locator(f"#post-{posts[0].pk}").get_by_role(
        "button", name=re.compile("^Approve")
    )
    if old.count():  # the browser kept the old page: its button is too late, and says so
        old.click()
        expect(sian.page.get_by_role("heading", level=1)).to_contain_text("Too late")
        expect(sian.page.locator("main")).to_contain_text("Siân approved it at")
    assert Post.objects.get(pk=posts[0].pk).decisions.count() == 1
    assert Person.objects.count() == 2
