"""Taking a published post down at the desk."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review import transitions
from review.models import Post
from tests.making import NOW, make_due_post, minutes
from tests.review.desk import do, message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def published() -> Post:
    post = make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(3))
    assert claim is not None
    return transitions.confirm_sent(claim, now=NOW, network_id=str(post.pk), url="https://x.com/1")


def test_a_published_post_can_be_taken_down_with_a_reason(sian: Client) -> None:
    post = published()
    page = reverse("post", args=[post.pk])
    assert "Take down" in sian.get(page).content.decode()
    assert "Take it down" in sian.get(f"{page}?open=take-down-{post.pk}").content.decode()
    answer = do(sian, post, "take-down", reason="a wrong figure")
    assert message(sian, answer).startswith("It will be taken down in a moment.")
    post.refresh_from_db()
    assert post.take_down_at == NOW
    after = sian.get(page).content.decode()
    assert "Siân takes it down: a wrong figure" in after
    assert "Take down" not in after


def test_without_a_reason_it_stays(sian: Client) -> None:
    post = published()
    assert do(sian, post, "take-down", reason="").status_code == 422
    post.refresh_from_db()
    assert post.take_down_at is None


def test_who_may_only_look_cannot_take_anything_down(charlie: Client) -> None:
    post = published()
    assert "Take down" not in charlie.get(reverse("post", args=[post.pk])).content.decode()
    do(charlie, post, "take-down", reason="I want to")
    post.refresh_from_db()
    assert post.take_down_at is None


def test_who_took_it_down_on_the_network_says_so_with_a_button(
    sian: Client, charlie: Client
) -> None:
    post = published()
    page, button = reverse("post", args=[post.pk]), "I have taken it down there myself"
    assert button not in sian.get(page).content.decode()
    do(sian, post, "take-down", reason="a wrong figure")
    transitions.not_taken_down(post.pk, now=NOW, again_at=None, why="X says no.")
    assert button in sian.get(page).content.decode()
    assert button not in charlie.get(page).content.decode()
    do(charlie, post, "gone")
    post.refresh_from_db()
    assert post.taken_down_at is None
    assert message(sian, do(sian, post, "gone")).startswith("Noted: it is taken down.")
    assert button not in sian.get(page).content.decode()
