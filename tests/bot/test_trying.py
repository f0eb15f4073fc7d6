"""Addresses in posts are tried before anybody approves them, and the desk refuses what would not work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot import trying
from bot.fetch import Blocked, FetchError, Gone, NotFound, Request, TooLarge, Unreachable
from bot.values import Fetched
from review import transitions
from review.models import Address, Post
from review.states import State
from review.text import Content, Picture
from review.transitions import NotFit
from tests.bot.networks.test_images import GIF, WEBP, png
from tests.making import CALENDAR, NOW, SIAN, make_announcement, make_post

pytestmark = pytest.mark.django_db

IMAGE = "https://example.org/map.png"


class Web:
    """What the addresses answer: a body, or an error; a page where nothing is said."""

    def __init__(self, **answers: bytes | FetchError) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, requests: Sequence[Request]) -> Sequence[Fetched | FetchError]:
        self.asked += [request.url for request in requests]
        return [self._answer(request.url) for request in requests]

    def _answer(self, url: str) -> Fetched | FetchError:
        found = self.answers.get("image" if url == IMAGE else "page", b"<html>")
        return found if isinstance(found, FetchError) else Fetched(url, 200, found)


def post(network: str = "x", **content: object) -> Post:
    made = make_post(network)
    newest = made.revisions.get(number=1).content
    changed: Content = replace(newest, **content) if content else newest  # type: ignore[arg-type]
    return transitions.amend(made.pk, content=changed, by=SIAN, now=NOW, seen=1)


def go(web: Web, *, at: datetime = NOW) -> int:
    return trying.try_addresses(now=at, fetch=web)


def approve(one: Post, *, strict: bool = True) -> Post:
    return transitions.approve(
        one.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=None, when=NOW, strict=strict
    )


@pytest.mark.parametrize(
    "error", [Unreachable("It does not answer."), Blocked("It asks for a sign-in.", status=403)]
)
def test_what_only_does_not_answer_us_may_well_answer_people(error: FetchError) -> None:
    one = post()
    go(Web(page=error))
    assert approve(one).state == State.SCHEDULED


@pytest.mark.parametrize(
    ("network", "answer", "said"),
    [
        ("x", b"<svg>", "X takes images as JPEG, PNG, GIF, WEBP, and this is none"),
        ("linkedin", WEBP, "LinkedIn takes images as JPEG, PNG, GIF, and this is none"),
        ("x", png() + bytes(5_000_000), "X takes 5,000,000. Remove the image, or use another"),
        ("linkedin", png(9000, 9000), "LinkedIn takes 36,152,319 in all"),
        ("x", NotFound("It answers 404.", status=404), "The image is not there: It answers 404."),
        ("x", TooLarge("It is too long."), "The image is too large: It is too long. X takes 5,"),
    ],
)
def test_an_image_that_its_network_does_not_take_is_refused_with_the_networks_limit(
    network: str, answer: bytes | FetchError, said: str
) -> None:
    one = post(network, image=IMAGE, image_alt="A map")
    go(Web(image=answer))
    with pytest.raises(NotFit, match=said):
        approve(one)


def test_a_good_image_and_a_good_link_stand_in_nobodys_way() -> None:
    one = post(image=IMAGE, image_alt="A map", more_images=(Picture(IMAGE, "It again"),))
    web = Web(image=GIF)
    assert go(web) == 2
    assert approve(one).state == State.SCHEDULED
    assert go(web) == 0


def test_the_terminal_may_approve_all_the_same() -> None:
    one = post()
    go(Web(page=Gone("It is gone.")))
    assert approve(one, strict=False).state == State.SCHEDULED


def test_a_dead_link_is_tried_again_soon_and_a_living_one_after_a_day() -> None:
    one = post()
    web = Web(page=Gone("It is gone."))
    go(web)
    assert go(web, at=NOW + timedelta(minutes=9)) == 0
    web.answers = {}
    assert go(web, at=NOW + timedelta(minutes=11)) == 1
    assert approve(one).state == State.SCHEDULED


def test_another_link_is_tried_anew() -> None:
    one = post()
    go(Web(page=Gone("It is gone.")))
    newest = one.revisions.get(number=one.revision_number).content
    transitions.amend(
        one.pk,
        content=replace(newest, link="https://example.org/right", text="Words."),
        by=SIAN,
        now=NOW,
        seen=None,
    )
    web = Web()
    assert go(web) == 1
    assert web.asked == ["https://example.org/right"]


def test_a_link_whose_page_was_just_read_for_its_card_is_not_asked_for_again() -> None:
    made = make_announcement(card={"url": "https://example.org/x", "title": "X"})
    make_post(announcement=made)
    assert go(Web()) == 0
    assert go(Web(), at=NOW + timedelta(days=2)) == 1


def test_where_nobody_is_to_read_linked_pages_only_images_are_tried() -> None:
    post(image=IMAGE, image_alt="A map")
    web = Web(image=png())
    trying.try_addresses(now=NOW, fetch=web, without_links={"Bulletins"})
    assert web.asked == [IMAGE]


def test_what_counts_visitors_is_left_out_of_the_question() -> None:
    post(link="https://example.org/a?utm_source=x&id=7")
    web = Web()
    go(web)
    assert web.asked == ["https://example.org/a?id=7"]


def test_what_has_not_been_tried_for_long_is_forgotten() -> None:
    one = post()
    go(Web())
    transitions.reject(one.pk, by=SIAN, now=NOW, seen=None, reason="no")
    post(link="https://example.org/other")
    go(Web(), at=NOW + timedelta(days=31))
    assert [row.url for row in Address.objects.all()] == ["https://example.org/other"]
