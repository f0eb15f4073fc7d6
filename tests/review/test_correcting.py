"""A published post is corrected by a new one: the old is taken down, and the record keeps both."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from review import record, transitions
from review.models import Decision, Event, Post
from review.states import State
from review.transitions import Actor, NotAllowed, NotFit, TooLate
from tests.making import CALENDAR, NOW, SIAN, make_due_post, make_post, minutes
from tests.review.desk import do, message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def published() -> Post:
    post = make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(3))
    assert claim is not None
    return transitions.confirm_sent(claim, now=NOW, network_id=str(post.pk), url="https://x.com/1")


def correct(post: Post, *, by: Actor = SIAN, reason: str = "13, not 14", words: str = "") -> Post:
    return transitions.correct(post.pk, by=by, now=NOW, reason=reason, words=words)


def approve(post: Post) -> Post:
    return transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=None, when=NOW)


def test_the_old_post_is_to_go_and_the_new_one_waits_with_the_same_words() -> None:
    old = published()
    new = correct(old)
    old.refresh_from_db()
    assert (old.state, old.take_down_at) == (State.PUBLISHED, NOW)
    assert (new.state, new.corrects_id, new.announcement_id) == (
        State.IN_REVIEW,
        old.pk,
        old.announcement_id,
    )
    assert new.revisions.get().content == old.revisions.get(number=1).content
    assert new.reason == f"It corrects post {old.pk}: 13, not 14"


def test_the_record_says_who_corrected_what_and_why() -> None:
    old = published()
    new = correct(old)
    event = Event.objects.get(post_number=new.pk)
    assert (event.verb, event.actor, event.reason) == ("correct", "Siân", "13, not 14")
    assert event.details["corrects"] == old.pk
    assert event.details["url"] == "https://x.com/1"
    assert Decision.objects.get(post=new).verb == "correct"
    assert Event.objects.filter(post_number=old.pk, verb="take down").exists()
    assert record.verify() == ""


def test_the_corrected_text_can_be_given_at_once() -> None:
    new = correct(published(), words="The report finds that 13 regions grew.\r\n")
    assert new.revisions.get().text == "The report finds that 13 regions grew."
    assert new.revisions.get().by_person


def test_a_correction_is_not_approved_while_the_old_post_is_there() -> None:
    old = published()
    new = correct(old, words="13 regions grew.")
    with pytest.raises(NotFit, match=f"Post {old.pk}, which this one corrects, is still on the"):
        approve(new)
    transitions.taken_down(old.pk, now=NOW)
    assert approve(new).state == State.SCHEDULED


def test_the_same_words_are_not_approved_again() -> None:
    old = published()
    new = correct(old)
    transitions.taken_down(old.pk, now=NOW)
    with pytest.raises(NotFit, match="says exactly the same on this account"):
        approve(new)


def test_there_is_one_open_correction_at_a_time() -> None:
    old = published()
    new = correct(old)
    with pytest.raises(TooLate, match=f"It is being corrected already, by post {new.pk}"):
        correct(old)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            announcement=old.announcement,
            account=old.account,
            corrects=old,
            state=State.IN_REVIEW,
            created_at=NOW,
            changed_at=NOW,
        )
    transitions.reject(new.pk, by=SIAN, now=NOW, seen=1, reason="better not")
    again = correct(old)
    assert again.pk != new.pk
    with pytest.raises(TooLate, match=f"post {again.pk} corrects the same one by now"):
        transitions.undo(new.pk, by=SIAN, now=NOW)


def test_a_correction_can_be_corrected_too() -> None:
    first = published()
    second = correct(first, words="13 regions grew.")
    transitions.taken_down(first.pk, now=NOW)
    approve(second)
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(3))
    assert claim is not None
    transitions.confirm_sent(claim, now=NOW, network_id="2", url="https://x.com/2")
    third = correct(second, words="12 regions grew.")
    assert third.corrects_id == second.pk


def test_what_was_taken_down_already_can_be_corrected() -> None:
    old = published()
    transitions.take_down(old.pk, by=SIAN, now=NOW, reason="wrong")
    transitions.taken_down(old.pk, now=NOW)
    new = correct(old)
    assert Event.objects.filter(post_number=old.pk, verb="take down").count() == 2
    assert new.state == State.IN_REVIEW


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_happens(reason: str) -> None:
    old = published()
    with pytest.raises(NotFit, match="Say what was wrong"):
        correct(old, reason=reason)
    assert Post.objects.count() == 1
    old.refresh_from_db()
    assert old.take_down_at is None


def test_only_what_is_published_is_corrected_and_only_by_who_may_decide() -> None:
    with pytest.raises(TooLate, match="Only a published post can be corrected"):
        correct(make_post())
    with pytest.raises(NotAllowed):
        correct(published(), by=Actor("Charlie", may_edit=True))
    with pytest.raises(NotAllowed):
        correct(published(), by=transitions.BOT)


def test_at_the_desk_one_lands_on_the_correction(sian: Client) -> None:
    old = published()
    page = reverse("post", args=[old.pk])
    opened = sian.get(f"{page}?open=correct-{old.pk}").content.decode()
    assert "What was wrong?" in opened
    answer = do(sian, old, "correct", reason="13, not 14")
    new = Post.objects.get(corrects=old)
    assert answer["Location"] == reverse("post", args=[new.pk]) + "#edit"
    assert message(sian, answer).startswith("It will be taken down in a moment. Here is its")
    assert f"It corrects post {old.pk}" in sian.get(answer["Location"]).content.decode()


def test_who_may_only_look_cannot_correct(charlie: Client) -> None:
    old = published()
    do(charlie, old, "correct", reason="I want to")
    assert Post.objects.count() == 1
