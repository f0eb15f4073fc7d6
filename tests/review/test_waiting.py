"""What waits for whom: the queue opens on one's own part of it, the most urgent first."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from review import asks, queries, transitions, waiting
from review.models import Event, Person, Post
from review.states import State
from review.waiting import Wanted, Whose
from tests.making import NOW, SIAN, make_announcement, make_entry, make_person, make_post, minutes
from tests.review.desk import CONFIGURED, browser, do, failed, message, parsed, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def cards(client: Client, **asked: str) -> list[int]:
    """The posts on a page of the queue, in its order."""
    tree = parsed(client.get(reverse("queue"), asked).text)
    return [int(found[5:]) for found in tree.xpath("//section[starts-with(@id, 'post-')]/@id")]


def the(name: str) -> Person:
    return Person.objects.get(name=name)


def hand(client: Client, post: Post, **typed: object) -> object:
    return client.post(reverse("assign", args=[post.pk]), typed)


def test_what_was_handed_to_somebody_waits_for_them_and_not_for_others(
    sian: Client, bryn: Client
) -> None:
    free, taken = make_post(), make_post()
    hand(sian, taken, person=the("Bryn").pk)
    assert cards(sian) == [free.pk]
    assert cards(bryn) == [free.pk, taken.pk]
    assert cards(bryn, whose="mine") == [taken.pk]
    assert cards(sian, whose="all") == [free.pk, taken.pk]
    assert "Bryn sees to it" in sian.get(reverse("queue"), {"whose": "all"}).text
    assert "Yours to see to" in bryn.get(reverse("queue")).text


def test_what_was_handed_to_somebody_who_was_shut_out_waits_for_everybody(
    sian: Client, bryn: Client
) -> None:
    post = make_post()
    hand(sian, post, person=the("Bryn").pk)
    Person.objects.filter(name="Bryn").update(is_active=False)
    assert cards(sian) == [post.pk]


def test_with_four_eyes_ones_own_words_wait_for_others(
    sian: Client, bryn: Client, config: Path
) -> None:
    (config / "calendar.toml").write_text('approvals = "four eyes"\n' + CONFIGURED)
    post = make_post()
    do(sian, post, "amend", text="Siân’s words")
    assert (cards(sian), cards(bryn)) == ([], [post.pk])
    page = sian.get(reverse("queue")).text
    assert "Nothing waits for you" in page
    assert "1 post waits for others." in page
    do(bryn, post, "amend", seen=2, text="Bryn’s words")
    assert (cards(sian), cards(bryn)) == ([post.pk], [])


def test_a_failed_post_comes_first_and_then_what_expires_soonest(sian: Client) -> None:
    entry = make_entry()
    later = make_post(announcement=make_announcement(entry, position=2))
    # A second bulletin that was found earlier, whose draft was taken in only now.
    early = make_post(announcement=make_announcement(make_entry(first_seen_at=NOW - minutes(90))))
    Post.objects.filter(pk=early.pk).update(created_at=NOW + minutes(5))
    sooner = make_post(announcement=make_announcement(entry, position=1))
    broken = failed()
    Post.objects.filter(pk=broken.pk).update(created_at=NOW + minutes(10))
    assert cards(sian) == [broken.pk, sooner.pk, later.pk, early.pk]


def test_the_queue_says_by_when_a_bulletin_is_to_be_decided(sian: Client) -> None:
    make_post()
    assert "decide by Thu 24 Dec, 09:00" in sian.get(reverse("queue")).text


def test_a_search_that_finds_nothing_of_ones_own_leads_to_everything(
    sian: Client, bryn: Client
) -> None:
    post = make_post()
    hand(sian, post, person=the("Bryn").pk)
    page = sian.get(reverse("queue"), {"q": "regional"})
    [address] = parsed(page.text).xpath("//a[.='Look for the same in everything']/@href")
    assert cards(
        sian, **dict(part.split("=") for part in address.partition("?")[2].split("&"))
    ) == [post.pk]


def test_whoever_may_only_look_sees_everything_and_is_asked_for_nothing(
    sian: Client, charlie: Client
) -> None:
    post = make_post()
    hand(sian, post, person=the("Siân").pk)
    assert cards(charlie) == [post.pk]
    assert "Waits for me" not in charlie.get(reverse("queue")).text
    assert "assign-" not in charlie.get(reverse("queue"), {"open": f"assign-{post.pk}"}).text


def test_an_editor_finds_the_drafts_that_nobody_was_given() -> None:
    free, taken, broken = make_post(), make_post(), failed()
    asks.assign([taken.pk], to=make_person("Bryn"), by=SIAN, now=NOW)
    dai = browser("Dai", may_decide=False, may_edit=True)
    assert cards(dai) == [free.pk]
    assert cards(dai, whose="all") == [broken.pk, free.pk, taken.pk]


def test_somebody_takes_a_whole_bulletin_and_the_record_says_so(sian: Client) -> None:
    entry = make_entry()
    posts = [make_post(announcement=make_announcement(entry)) for _ in range(3)]
    other = make_post()
    answer = hand(sian, posts[0], take="yes", all="yes", person="")
    assert "3 posts are yours." in message(sian, answer)
    assert cards(sian, whose="mine") == [post.pk for post in posts]
    assert Post.objects.get(pk=other.pk).assignee is None
    events = Event.objects.filter(verb="assign")
    assert [(event.actor, event.details["to"]) for event in events] == [("Siân", "Siân")] * 3
    assert "handed it on (to Siân)" in " ".join(
        parsed(sian.get(reverse("post", args=[posts[0].pk])).text).text_content().split()
    )


def test_handing_over_is_undone_by_handing_to_nobody(sian: Client, bryn: Client) -> None:
    post = make_post()
    hand(sian, post, person=the("Bryn").pk)
    hand(bryn, post, person="")
    assert cards(sian) == [post.pk]
    hand(bryn, post, person="")  # nothing new, nothing kept
    assert Event.objects.filter(verb="assign").count() == 2


@pytest.mark.parametrize("person", ["99", "x", "-1", "9" * 40, "charlie"])
def test_a_post_is_handed_to_nobody_who_cannot_see_to_it(
    sian: Client, charlie: Client, person: str
) -> None:
    post = make_post()
    key = the("Charlie").pk if person == "charlie" else person
    answer = hand(sian, post, person=key)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert Post.objects.get(pk=post.pk).assignee is None


def test_what_is_decided_is_handed_to_nobody_any_more(sian: Client) -> None:
    post = make_post()
    transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason="duplicate")
    answer = hand(sian, post, take="yes")
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "Siân rejected it at 09:00" in answer.text  # type: ignore[attr-defined]
    assert state(post) == State.REJECTED


def test_whoever_may_only_look_hands_nothing_over(charlie: Client) -> None:
    post = make_post()
    assert hand(charlie, post, take="yes").status_code == 403  # type: ignore[attr-defined]
    assert charlie.get(reverse("assign", args=[post.pk])).status_code == 302
    assert hand(charlie, Post(pk=99), take="yes").status_code == 404  # type: ignore[attr-defined]


@pytest.mark.parametrize("posts", [2, 40])
def test_the_order_of_the_queue_is_worked_out_in_one_query(
    posts: int, django_assert_num_queries: object
) -> None:
    reader = make_person()
    for _ in range(posts):
        make_post()
    condition = waiting.for_whom(Whose.FOR_ME, reader, four_eyes=True)
    with django_assert_num_queries(1):  # type: ignore[operator]
        keys = waiting.announcements(Wanted(), condition)
    assert len(keys) == posts
    found = waiting.posts(Wanted(), condition, keys=keys[:3])
    assert [post.announcement_id for post in found] == keys[:3]
    assert queries.newest_revision(found[0]).number == 1
