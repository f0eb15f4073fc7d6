"""The desk refuses a post whose link is known to be dead, and says so before anybody presses anything."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review import addresses
from review.models import Post
from review.states import State
from review.text import Tried
from tests.making import NOW, make_post
from tests.review.desk import do

pytestmark = pytest.mark.django_db


def test_a_link_where_nothing_is_is_refused_at_the_desk_and_the_mend_is_said(sian: Client) -> None:
    one = make_post()
    link = one.revisions.get().link
    addresses.note(link, Tried(gone=True, answer="It answers 404."), now=NOW)
    page = sian.get(reverse("post", args=[one.pk])).content.decode()
    assert "The link is dead: It answers 404. Correct it, or clear it" in page
    assert "It can be approved once this is mended." in page
    for answer in (
        do(sian, one, "approve", at="slot"),
        sian.post(reverse("approve-all"), {"posts": f"{one.pk}-1"}),
    ):
        assert answer.status_code == 422
        assert "The link is dead" in answer.content.decode()
    assert Post.objects.get(pk=one.pk).state == State.IN_REVIEW


def test_an_address_that_was_never_tried_stands_in_nobodys_way(sian: Client) -> None:
    one = make_post()
    assert do(sian, one, "approve", at="slot").status_code == 302


def test_what_is_being_typed_is_checked_too(sian: Client) -> None:
    one = make_post("linkedin")
    wrong = "https://example.org/wrong"
    addresses.note(wrong, Tried(gone=True, answer="It answers 404."), now=NOW)
    typed = {"seen": "1", "text": "Words.", "link": wrong}
    answer = sian.post(reverse("check", args=[one.pk]), typed)
    assert "The link is dead" in answer.content.decode()
