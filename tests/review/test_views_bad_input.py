"""What people paste and press by mistake does no harm, and costs them no words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review.models import Decision, Post
from review.states import State
from tests.making import make_post
from tests.review.desk import do, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def test_a_hundred_thousand_characters_are_refused_and_kept_on_the_page(sian: Client) -> None:
    post = make_post()
    answer = do(sian, post, "amend", text="long " * 20_000)
    assert answer.status_code == 422
    assert "long long long" in answer.text
    assert Post.objects.get(pk=post.pk).revision_number == 1


def test_pasted_control_characters_do_not_reach_the_text(sian: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="One\x07 two\x1b three\u202e")
    newest = Post.objects.get(pk=post.pk).revisions.order_by("-number")[0].text
    assert not any(ord(letter) < 32 for letter in newest)


def test_approving_twice_makes_one_decision_and_says_who_was_first(sian: Client) -> None:
    post = make_post()
    assert do(sian, post, "approve").status_code == 302
    again = do(sian, post, "approve")
    assert again.status_code == 409
    assert "Siân approved it" in again.text
    assert Decision.objects.count() == 1


def test_a_second_tab_with_the_old_text_overwrites_nothing(sian: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="From the first tab")
    answer = do(sian, post, "amend", text="From the second tab")
    assert answer.status_code == 409
    assert "From the second tab" in answer.text
    assert do(sian, post, "approve").status_code == 409
    assert state(post) == State.IN_REVIEW


def test_words_outlive_a_session_that_ended_meanwhile(sian: Client) -> None:
    post = make_post()
    sian.logout()
    answer = do(sian, post, "amend", text="An hour of thought")
    assert answer.status_code == 401
    assert "An hour of thought" in answer.text
    assert reverse("sign-in") in answer.text
