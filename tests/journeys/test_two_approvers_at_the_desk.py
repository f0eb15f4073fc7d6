"""Two people approve one post, each in a browser; and a name at the terminal is one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from review.models import Post
from review.states import State
from tests.journeys.browsers import EVERY_HOUR, Desk, bulletin, configure, sign_in
from tests.making import make_person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(settings, tmp_path, calendar=f'approvals = "two approvers"\n{EVERY_HOUR}')


def sign_in_as_bryn(desk: Desk) -> None:
    desk.open("/sign-in/")
    desk.page.locator("#id_username").fill("bryn")
    desk.page.locator("#id_password").fill("correct horse battery")
    desk.page.locator("main button.go").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Queue")


@pytest.mark.parametrize("script", [True, False])
def test_two_people_approve_a_post_after_one_another(
    at_desk: Callable[..., Desk], script: bool
) -> None:
    post = bulletin()[0]
    make_person("Bryn")
    sian, bryn = at_desk(script=script), at_desk(script=script)
    sign_in(sian)
    sign_in_as_bryn(bryn)
    card = f"#post-{post.pk}"
    expect(sian.page.locator(card)).to_contain_text("Two people approve it.")
    sian.page.locator(card).get_by_role("button", name="Approve").click()
    expect(sian.page.get_by_role("status")).to_contain_text("1 of 2 approvals: yours is kept")
    expect(sian.page.locator(card)).to_have_count(0)
    # A second thought within ten seconds, and a third.
    sian.page.get_by_role("button", name="Undo").click()
    expect(sian.page.locator(card).get_by_role("button", name="Approve")).to_be_visible()
    sian.page.locator(card).get_by_role("button", name="Approve").click()
    expect(sian.page.locator(card)).to_have_count(0)
    sian.open(f"/posts/{post.pk}/")
    expect(sian.page.locator(card)).to_contain_text(
        "You approved it; somebody else approves it too."
    )
    expect(sian.page.locator(card).get_by_role("button", name="Take it back")).to_be_visible()
    bryn.open("/")
    expect(bryn.page.locator(f"{card} .approvals")).to_contain_text("1 of 2 approvals: Siân, ")
    bryn.page.locator(card).get_by_role("button", name="Approve").click()
    expect(bryn.page.get_by_role("status")).to_contain_text("Approved for")
    found = Post.objects.get(pk=post.pk)
    assert found.state == State.SCHEDULED
    assert [one.by for one in found.decisions.filter(verb="approve")] == ["Siân", "Siân", "Bryn"]
    assert sian.complaints == bryn.complaints == []


def test_an_edit_between_the_two_asks_both_again(at_desk: Callable[..., Desk]) -> None:
    post = bulletin()[0]
    make_person("Bryn")
    make_person("Nia")
    sian, bryn = at_desk(script=True), at_desk(script=True)
    sign_in(sian)
    sign_in_as_bryn(bryn)
    card = f"#post-{post.pk}"
    sian.page.locator(card).get_by_role("button", name="Approve").click()
    expect(sian.page.locator(card)).to_have_count(0)
    bryn.open(f"/posts/{post.pk}/")
    bryn.page.locator(f"#amend-text-{post.pk}").fill("Eight regions have a plan.")
    bryn.page.locator("#edit").get_by_role("button", name="Save").click()
    expect(bryn.page.locator(card)).to_contain_text("You wrote this text")
    expect(bryn.page.locator(f"{card} .approvals")).to_have_text("Two people approve it.")
    sian.open("/")
    expect(sian.page.locator(card).get_by_role("button", name="Approve")).to_be_visible()
    assert Post.objects.get(pk=post.pk).state == State.IN_REVIEW
