"""Rejecting, editing, holding, withdrawing, and settling what the bot could not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review import transitions
from review.states import State
from review.text import Content
from tests.making import (
    NOW,
    make_account,
    make_announcement,
    make_due_post,
    make_post,
    minutes,
)
from tests.review.desk import (
    do,
    failed,
    message,
    parsed,
    state,
    unconfirmed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"preset": "already covered"}, "already covered"),
        ({"preset": "wrong link", "words": "it is the draft"}, "wrong link: it is the draft"),
        ({"preset": "other", "words": "not ours to say"}, "not ours to say"),
    ],
)
def test_reject_keeps_the_reason(sian: Client, typed: dict[str, str], reason: str) -> None:
    post = make_post()
    assert message(sian, do(sian, post, "reject", **typed)).startswith(f"Rejected: {reason}.")
    post.refresh_from_db()
    assert (post.state, post.reason) == (State.REJECTED, reason)


@pytest.mark.parametrize(
    ("typed", "sentence", "field"),
    [
        ({}, "Choose why it is rejected", "preset"),
        ({"preset": "because"}, "Choose one of the reasons", "preset"),
        ({"preset": "other"}, "Say in your own words", "words"),
    ],
)
def test_reject_without_a_reason_asks_for_one(
    sian: Client, typed: dict[str, str], sentence: str, field: str
) -> None:
    post = make_post()
    page = do(sian, post, "reject", **typed)
    assert page.status_code == 422
    tree = parsed(page.text)
    [target] = tree.xpath("//*[@role='alert']//a/@href")
    assert target == f"#reject-{field}-{post.pk}"
    assert tree.xpath(f"//form//*[@id='{target[1:]}']")  # the error leads to its field
    assert sentence in tree.xpath("string(//*[@role='alert'])")


def test_editing_in_place_changes_the_text_and_keeps_the_rest(sian: Client) -> None:
    post = make_post()
    before = post.revisions.get().content
    answer = do(sian, post, "amend", text="New words\r\n\r\nin two paragraphs", next="/")
    assert message(sian, answer).startswith("Saved as revision 2. It waits for approval.")
    after = post.revisions.get(number=2).content
    assert after.text == "New words\n\nin two paragraphs"
    assert (after.link, after.card_title, after.card_description) == (
        before.link,
        before.card_title,
        before.card_description,
    )


def test_the_whole_of_a_post_can_be_edited_on_its_page(sian: Client) -> None:
    post = make_post("linkedin")
    tree = parsed(sian.get(reverse("post", args=[post.pk])).text)
    form = tree.xpath(f"//form[@action='{reverse('verb', args=[post.pk, 'amend'])}']")[0]
    assert form.fields["text"].strip() == post.revisions.get().text
    typed = {**dict(form.fields), "link": "", "card_title": "A title", "card_description": ""}
    do(sian, post, "amend", **typed)
    after = post.revisions.get(number=2).content
    assert (after.link, after.card_title, after.card_description) == ("", "A title", "")


def test_a_network_that_makes_its_own_card_offers_none_to_edit(sian: Client) -> None:
    post = make_post("x")
    address = reverse("post", args=[post.pk])
    page = parsed(sian.get(address).text)
    assert page.xpath("//*[@name='link']")
    assert not page.xpath("//*[@name='card_title']")
    assert len(page.xpath("//*[@class='link-card']")) == 1
    # Once the text links elsewhere, the card that we know is not the one that followers will see.
    do(sian, post, "amend", text="Look at https://example.org/another/page")
    assert not parsed(sian.get(address).text).xpath("//*[@class='link-card']")


def test_an_image_can_be_given_its_alt_text_or_left_out(sian: Client) -> None:
    announcement = make_announcement()
    content = Content(text="Look", image="https://example.org/map.png")
    post = transitions.submit(announcement, account=make_account(), content=content, now=NOW)
    page = sian.get(reverse("queue")).text
    assert "The image has no alt text." in page
    assert parsed(page).xpath("//img/@src") == ["https://example.org/map.png"]
    do(sian, post, "amend", text="Look", image_alt="Map of the eight regions")
    assert "Map of the eight regions" in sian.get(reverse("queue")).text
    do(sian, post, "amend", seen=2, text="Look", image_alt="Map", no_image="yes")
    assert post.revisions.get(number=3).content == Content(text="Look")


def test_saving_without_a_change_makes_no_revision(sian: Client) -> None:
    post = make_post()
    text = post.revisions.get().text
    assert "Nothing was changed." in message(sian, do(sian, post, "amend", text=text))
    assert post.revisions.count() == 1


def test_an_edit_that_came_second_is_not_lost(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Siân's words")
    page = do(bryn, post, "amend", text="Bryn's <long> work")
    assert page.status_code == 409
    assert "Siân amended it" in page.text
    assert "Bryn&#x27;s &lt;long&gt; work" in page.text
    assert post.revisions.count() == 2


def test_an_edit_that_will_not_do_is_shown_again_as_typed(sian: Client) -> None:
    post = make_post("linkedin")
    page = do(sian, post, "amend", text="Fine words", link="javascript:alert(1)")
    assert page.status_code == 422
    tree = parsed(page.text)
    assert tree.xpath("//*[@role='alert']//a/@href") == [f"#amend-link-{post.pk}"]
    assert "Fine words" in tree.xpath(f"string(//*[@id='amend-text-{post.pk}'])")
    assert post.revisions.count() == 1


def test_editing_a_scheduled_post_takes_the_approval_back(sian: Client) -> None:
    post = make_due_post()
    assert "takes the approval back" in sian.get(reverse("post", args=[post.pk])).text
    do(sian, post, "amend", text="Better words")
    post.refresh_from_db()
    assert (post.state, post.approved_number, post.due_at) == (State.IN_REVIEW, None, None)


def test_hold_brings_a_scheduled_post_back(sian: Client) -> None:
    post = make_due_post()
    assert "back in the queue" in message(sian, do(sian, post, "hold", next="/scheduled/"))
    assert state(post) == State.IN_REVIEW


def test_withdraw_ends_a_scheduled_post_and_keeps_the_reason(sian: Client) -> None:
    post = make_due_post()
    do(sian, post, "withdraw", reason="the minister speaks first")
    post.refresh_from_db()
    assert (post.state, post.reason) == (State.WITHDRAWN, "the minister speaks first")
    assert "the minister speaks first" in sian.get(reverse("published")).text


def test_hold_comes_too_late_once_the_bot_sends(sian: Client) -> None:
    post = make_due_post()
    transitions.claim(worker="w", now=NOW, lease=minutes(2))
    page = sian.get(reverse("scheduled"))
    assert "Sending now" in page.text
    assert reverse("verb", args=[post.pk, "hold"]) not in page.text
    assert do(sian, post, "hold").status_code == 409
    assert state(post) == State.SENDING


def test_an_unconfirmed_post_asks_whether_it_is_there(sian: Client) -> None:
    post = unconfirmed()
    page = sian.get(reverse("queue")).text
    for words in ("1 post could not be settled", "X did not answer.", "It is there", "It is not"):
        assert words in page
    assert reverse("verb", args=[post.pk, "approve"]) not in page
    do(sian, post, "confirm", url="https://x.com/cohes3ion/status/1")
    post.refresh_from_db()
    assert (post.state, post.url) == (State.PUBLISHED, "https://x.com/cohes3ion/status/1")


@pytest.mark.parametrize("url", ["", "it is there, really", "javascript:alert(1)"])
def test_it_is_there_needs_the_link(sian: Client, url: str) -> None:
    post = unconfirmed()
    page = do(sian, post, "confirm", url=url)
    assert page.status_code == 422
    tree = parsed(page.text)
    assert "Paste the link" in tree.xpath("string(//*[@role='alert'])")
    assert tree.xpath(f"//*[@id='confirm-url-{post.pk}']/@value") == [url]
    assert state(post) == State.UNCONFIRMED


def test_it_is_not_there_sends_it_back_to_review(sian: Client) -> None:
    post = unconfirmed()
    do(sian, post, "requeue", reason="not found on the network")
    assert state(post) == State.IN_REVIEW
    page = sian.get(reverse("post", args=[post.pk])).text
    assert "lost track of it" in page
    assert "put it back for review" in page


def test_a_failed_post_says_why_and_goes_back_to_review(sian: Client) -> None:
    post = failed()
    assert "X refused &lt;this&gt; post." in sian.get(reverse("queue")).text
    do(sian, post, "requeue")
    assert state(post) == State.IN_REVIEW


def test_a_post_that_missed_its_time_says_so(sian: Client) -> None:
    post = make_due_post()
    transitions.miss(post.pk, now=NOW, reason="The worker was stopped.")
    page = sian.get(reverse("queue")).text
    assert "Missed its time." in page
    assert "The worker was stopped." in page


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""],
)
def test_a_verb_leads_to_no_foreign_place(sian: Client, wanted: str) -> None:
    post = make_post()
    answer = do(sian, post, "approve", next=wanted)
    assert answer.headers["Location"] == reverse("post", args=[post.pk])
