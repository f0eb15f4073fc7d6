"""Approving: the slot shown, a chosen time, two people at once, both posts together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from review import transitions
from review.models import Decision
from review.states import UNDO_WITHIN, State
from review.text import Content
from tests.making import (
    BRYN,
    NOW,
    make_account,
    make_announcement,
    make_post,
)
from tests.review.desk import (
    do,
    message,
    parsed,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def test_approve_takes_the_slot_that_the_button_showed(sian: Client) -> None:
    post = make_post()
    assert "Tue 24 Nov, 09:30" in sian.get(reverse("queue")).text
    answer = do(sian, post, "approve", next="/")
    assert answer.headers["Location"] == "/"
    assert message(sian, answer).startswith("Approved for Tue 24 Nov, 09:30 on @cohes3ion")
    post.refresh_from_db()
    assert post.state == State.SCHEDULED
    assert post.due_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    decision = Decision.objects.get()
    assert (decision.by, decision.verb, decision.person and decision.person.name) == (
        "Siân",
        "approve",
        "Siân",
    )


def test_the_message_says_that_it_is_only_a_rehearsal(sian: Client) -> None:
    rehearsing, live = make_post(), make_post(account=make_account(name="real", live=True))
    assert "rehearsal" in message(sian, do(sian, rehearsing, "approve"))
    assert "rehearsal" not in message(sian, do(sian, live, "approve"))


def test_the_next_free_slot_moves_on_as_slots_are_taken(sian: Client) -> None:
    do(sian, make_post(), "approve")
    other = make_post()
    assert "Tue 24 Nov, 14:00" in sian.get(reverse("post", args=[other.pk])).text


def test_approve_now_sends_it_at_once(sian: Client) -> None:
    post = make_post()
    assert "it goes out in a few seconds" in message(
        sian, do(sian, post, "approve", at="now", when="rubbish")
    )
    post.refresh_from_db()
    assert post.due_at == NOW + UNDO_WITHIN  # as long as it can be taken back


def test_a_chosen_time_is_read_in_the_calendars_zone(sian: Client) -> None:
    post = make_post()
    do(sian, post, "approve", at="time", when="2027-06-01T10:15")
    post.refresh_from_db()
    assert post.due_at == datetime(2027, 6, 1, 9, 15, tzinfo=UTC)  # British Summer Time


def test_the_running_minute_is_not_the_past(sian: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(seconds=40))
    post = make_post()
    assert do(sian, post, "approve", at="time", when="2026-11-24T09:00").status_code == 302


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("2026-11-24T08:59", "That time has passed"),
        ("2026-12-03T10:00", "Senedd election"),
        ("tomorrow", "Give a day and a time"),
        ("", "Give the day and time"),
        ("2027-03-28T01:30", "couldn’t be interpreted in time zone Europe/London"),
    ],
)
def test_a_time_that_will_not_do_shows_the_page_again_with_the_mend(
    sian: Client, when: str, sentence: str
) -> None:
    post = make_post()
    page = do(sian, post, "approve", at="time", when=when, next="/?page=2")
    assert page.status_code == 422
    tree = parsed(page.text)
    assert sentence in tree.xpath("string(//*[@role='alert'])")
    assert tree.xpath("string(//title)").startswith("Error:")
    assert tree.xpath(f"//input[@id='approve-when-{post.pk}']/@value") == [
        when or "2026-11-24T09:30"
    ]
    assert "/?page=2" in tree.xpath("//input[@name='next']/@value")
    assert state(post) == State.IN_REVIEW


def test_a_second_click_on_approve_meets_the_conflict_page_and_leaves_one_decision(
    sian: Client,
) -> None:
    post = make_post()
    do(sian, post, "approve")
    page = do(sian, post, "approve", next="/?page=3")
    assert page.status_code == 409
    assert "Siân approved it at 09:00 on 24 November" in page.text
    links = parsed(page.text).xpath("//main//a/@href")
    assert links == [reverse("post", args=[post.pk]), "/?page=3"]
    assert Decision.objects.count() == 1


def test_two_people_at_once_the_second_learns_who_was_first(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "reject", preset="duplicate")
    page = do(bryn, post, "approve")
    assert page.status_code == 409
    assert "Siân rejected it" in page.text
    assert state(post) == State.REJECTED


def test_nobody_approves_words_they_have_not_seen(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Siân's newer words")
    page = do(bryn, post, "approve")
    assert page.status_code == 409
    assert "Siân amended it" in page.text
    assert state(post) == State.IN_REVIEW


def test_words_that_do_not_fit_are_saved_but_cannot_be_approved(sian: Client) -> None:
    post = make_post()
    assert do(sian, post, "amend", text="far too long " * 40).status_code == 302
    post.refresh_from_db()
    page = sian.get(reverse("queue"))
    assert "It can be approved once this is mended." in page.text
    assert f'action="{reverse("verb", args=[post.pk, "approve"])}"' not in page.text
    refused = do(sian, post, "approve")
    assert refused.status_code == 422
    assert state(post) == State.IN_REVIEW


@pytest.mark.parametrize("seen", ["", "newest", "0"])
def test_a_form_that_does_not_say_what_was_seen_changes_nothing(sian: Client, seen: str) -> None:
    post = make_post()
    assert do(sian, post, "approve", seen=seen).status_code == 422
    assert state(post) == State.IN_REVIEW


def test_approve_both_approves_each_for_its_own_slot(sian: Client) -> None:
    announcement = make_announcement()
    both = [make_post(network, announcement=announcement) for network in ("x", "linkedin")]
    assert "Approve both" in sian.get(reverse("queue")).text
    [posts] = parsed(sian.get(reverse("queue")).text).xpath(
        "//header//button[@name='posts']/@value"
    )
    answer = sian.post(reverse("approve-all"), {"posts": posts})
    assert message(sian, answer).startswith("Approved 2 posts: Tue 24 Nov, 09:30 on")
    assert {state(post) for post in both} == {State.SCHEDULED}


def test_approve_both_is_all_or_none(sian: Client) -> None:
    announcement = make_announcement()
    x, linkedin = (make_post(network, announcement=announcement) for network in ("x", "linkedin"))
    address = reverse("approve-all")
    transitions.amend(x.pk, content=Content(text="far too long " * 40), by=BRYN, now=NOW, seen=1)
    page = sian.post(address, {"posts": f"{x.pk}-1.{linkedin.pk}-1"})
    assert page.status_code == 409
    assert "Bryn amended it" in page.text
    page = sian.post(address, {"posts": f"{x.pk}-2.{linkedin.pk}-1"})
    assert page.status_code == 422
    assert "Nothing was approved" in page.text
    assert {state(post) for post in (x, linkedin)} == {State.IN_REVIEW}
    assert not Decision.objects.filter(verb="approve").exists()
