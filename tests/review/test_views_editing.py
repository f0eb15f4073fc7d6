"""Undo, comments, searching, approving what is clean, and the checks while somebody types."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from review import comments, record, transitions
from review.models import Comment, Event, Person
from review.states import State
from tests.making import (
    BRYN,
    NOW,
    SIAN,
    make_account,
    make_announcement,
    make_post,
    minutes,
)
from tests.review.desk import browser, do, fill, message, parsed, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def _undo_offered(client: Client, answer: object) -> str:
    page = parsed(client.get(answer.headers["Location"]).text)  # type: ignore[attr-defined]
    [address] = page.xpath("//*[@role='status']//button/@formaction")
    return str(address)


def test_an_approval_is_undone(sian: Client) -> None:
    post = make_post()
    address = _undo_offered(sian, do(sian, post, "approve"))
    answer = sian.post(address, {"next": "/?page=1"})
    assert answer.headers["Location"] == f"/?page=1#post-{post.pk}"
    post.refresh_from_db()
    assert (post.state, post.approved_number, post.due_at) == (State.IN_REVIEW, None, None)


def test_a_rejection_is_undone(sian: Client) -> None:
    post = make_post()
    address = _undo_offered(sian, do(sian, post, "reject", preset="duplicate"))
    sian.post(address)
    post.refresh_from_db()
    assert (post.state, post.reason) == (State.IN_REVIEW, "")
    assert "took the rejection back" in sian.get(reverse("post", args=[post.pk])).text
    assert record.verify() == ""


def test_a_rejection_stands_after_its_ten_seconds(
    sian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post()
    do(sian, post, "reject", preset="duplicate")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(seconds=16))
    page = sian.post(reverse("undo", args=[str(post.pk)]))
    assert page.status_code == 409
    assert "can be taken back for 10 seconds" in page.text
    assert state(post) == State.REJECTED


def test_nobody_takes_back_the_rejection_of_another(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "reject", preset="duplicate")
    assert bryn.post(reverse("undo", args=[str(post.pk)])).status_code == 409
    assert state(post) == State.REJECTED


def test_approving_many_is_undone_together(sian: Client) -> None:
    posts = [make_post(), make_post()]
    answer = sian.post(reverse("approve-all"), {"posts": ".".join(f"{p.pk}-1" for p in posts)})
    sian.post(_undo_offered(sian, answer))
    assert {state(post) for post in posts} == {State.IN_REVIEW}


def test_nothing_approved_at_the_desk_goes_out_before_it_can_be_undone(sian: Client) -> None:
    post = make_post()
    do(sian, post, "approve", at="now")
    lease = minutes(2)
    assert transitions.claim(worker="w", now=NOW + timedelta(seconds=9), lease=lease) is None
    assert transitions.claim(worker="w", now=NOW + timedelta(seconds=10), lease=lease)


@pytest.mark.parametrize("keys", ["x", "999", "1" * 40, "."])
def test_undoing_what_is_not_there_is_no_page(sian: Client, keys: str) -> None:
    assert sian.post(reverse("undo", args=[keys])).status_code == 404


def test_a_comment_is_shown_and_kept_in_the_record(sian: Client, bryn: Client) -> None:
    post = make_post()
    answer = do(sian, post, "comment", text="Who is <this> for?", next="/")
    assert message(sian, answer).startswith("Comment kept.")
    page = bryn.get(reverse("queue")).text
    assert "Who is &lt;this&gt; for?" in page
    assert "asks for changes" not in page
    assert "commented" in bryn.get(reverse("post", args=[post.pk])).text
    event = Event.objects.latest("pk")
    assert (event.verb, event.actor, event.reason) == ("comment", "Siân", "Who is <this> for?")
    assert state(post) == State.IN_REVIEW
    assert record.verify() == ""


def test_a_request_for_changes_stands_until_the_text_changes(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(bryn, post, "comment", text="Name the regions", asks="yes")
    assert "asks for changes" in sian.get(reverse("queue")).text
    do(sian, post, "amend", text="Catalonia and Stockholm")
    assert "asked for changes of revision 1" in sian.get(reverse("queue")).text


def test_changes_of_an_older_revision_cannot_be_asked_for(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Newer words")
    assert do(bryn, post, "comment", text="No", asks="yes", seen=1).status_code == 409
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_comment_that_says_nothing_or_too_much_is_asked_for_again(
    sian: Client, text: str
) -> None:
    post = make_post()
    page = do(sian, post, "comment", text=text)
    assert page.status_code == 422
    target = f"comment-text-{post.pk}"
    assert parsed(page.text).xpath("//*[@role='alert']//a/@href") == [f"#{target}"]
    assert parsed(page.text).xpath(f"//textarea[@id='{target}']")


def test_somebody_who_only_looks_does_not_comment(charlie: Client) -> None:
    assert do(charlie, make_post(), "comment", text="Hm").status_code == 403
    with pytest.raises(transitions.NotAllowed):
        comments.add(
            1, text="Hm", asks_for_changes=False, by=transitions.Actor("Charlie"), now=NOW, seen=1
        )


def test_only_what_is_clean_is_offered_for_approval_together(sian: Client, bryn: Client) -> None:
    clean = [make_post(), make_post("linkedin")]
    warned, asked, long = make_post(), make_post(), make_post()
    do(sian, warned, "amend", text=f"#lowercase words {warned.announcement.link}")
    do(sian, long, "amend", text="far too long " * 40)
    do(bryn, asked, "comment", text="Name the regions", asks="yes")
    page = parsed(sian.get(reverse("queue")).text)
    [offered] = page.xpath("//section[@aria-labelledby='together']//button/@value")
    assert offered == ".".join(f"{post.pk}-1" for post in clean)
    answer = sian.post(reverse("approve-all"), {"posts": offered})
    assert message(sian, answer).startswith("Approved 2 posts")


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"q": "stockholm"}, 1),
        ({"q": "STOCKHOLM practice"}, 1),
        ({"q": "stockholm nonsense"}, 0),
        ({"kind": "plan"}, 2),
        ({"kind": "rubbish"}, 3),
        ({"network": "linkedin"}, 1),
        ({"q": "only in the text"}, 1),
        ({"q": "\0"}, 3),
    ],
)
def test_the_address_narrows_the_queue(sian: Client, asked: dict[str, str], count: int) -> None:
    practice = make_announcement(kind="practice", title="A practice of Stockholm")
    plan = make_announcement(kind="plan", title="A plan")
    make_post(announcement=practice)
    post = make_post(announcement=plan)
    make_post("linkedin", announcement=plan)
    do(sian, post, "amend", text="Words that are only in the text")
    page = sian.get(reverse("queue"), asked)
    assert len(parsed(page.text).xpath("//section[@class='post']")) == count
    if not count:
        assert "Nothing in the queue is like that" in page.text


def test_what_was_asked_for_stays_in_every_address_of_the_page(sian: Client) -> None:
    fill(60)
    page = parsed(sian.get("/?kind=report&page=2&open=x").text)
    assert page.xpath("//form[@id='verbs']/input[@name='next']/@value") == ["/?kind=report&page=2"]
    assert page.xpath("//a[@rel='prev']/@href") == ["?kind=report&page=1"]
    assert page.xpath("//a[normalize-space()='Reject']/@href")[0].startswith(
        "?kind=report&page=2&open=reject-"
    )


@pytest.mark.parametrize("verb", ["approve", "amend", "reject", "comment"])
def test_one_form_opens_by_its_address(sian: Client, verb: str) -> None:
    post, other = make_post(), make_post("linkedin")
    page = parsed(sian.get(reverse("queue"), {"open": f"{verb}-{post.pk}"}).text)
    assert page.xpath("//main//form[@method='post']/@action")[0].startswith(
        reverse("verb", args=[post.pk, verb])
    )
    assert len(page.xpath("//main//form[@method='post']")) == 1
    assert state(other) == State.IN_REVIEW


def test_the_checks_follow_the_typing_and_store_nothing(sian: Client) -> None:
    post = make_post()
    address = reverse("check", args=[post.pk])
    page = sian.post(address, {"seen": 1, "text": "Short <words> https://example.org/a/b/c"})
    assert page.status_code == 200
    assert "Short &lt;words&gt;" in page.text
    assert "<strong>37</strong> / 280" in page.text
    assert "<html" not in page.text
    for text in ("", "far too long " * 40, "x" * 100_000):
        page = sian.post(address, {"seen": 1, "text": text})
        assert page.status_code == 200
        assert "Must be mended:" in page.text
    post.refresh_from_db()
    assert post.revision_number == 1


def test_the_checks_are_for_those_who_may_edit(charlie: Client, sian: Client) -> None:
    post = make_post()
    typed = {"seen": 1, "text": "Words"}
    assert charlie.post(reverse("check", args=[post.pk]), typed).status_code == 403
    editor = browser("Dai", may_decide=False, may_edit=True)
    assert editor.post(reverse("check", args=[post.pk]), typed).status_code == 200
    assert sian.post(reverse("check", args=[999]), typed).status_code == 404
    assert sian.post(reverse("check", args=[post.pk]), {"seen": 9, "text": "x"}).status_code == 404
    assert sian.get(reverse("check", args=[post.pk])).status_code == 302


def test_keys_are_off_until_somebody_switches_them_on(sian: Client, bryn: Client) -> None:
    assert "data-keys" not in sian.get(reverse("queue")).text
    sian.post(reverse("keys"), {"keys": "on"})
    assert "<body data-keys>" in sian.get(reverse("queue")).text
    assert "data-keys" not in bryn.get(reverse("queue")).text
    sian.post(reverse("keys"), {"keys": "off"})
    assert not Person.objects.filter(keys=True).exists()


def test_a_page_of_cards_weighs_less_than_a_hundred_kilobytes(sian: Client) -> None:
    fill(200)
    page = sian.get(reverse("queue"))
    assert page.text.count('id="post-') == 40
    assert len(page.content) < 100_000


def test_a_comment_does_not_count_as_a_decision_that_came_first(sian: Client) -> None:
    post = make_post()
    transitions.reject(post.pk, by=BRYN, now=NOW, seen=1, reason="duplicate")
    comments.add(post.pk, text="Why?", asks_for_changes=False, by=SIAN, now=NOW, seen=1)
    page = do(sian, post, "approve")
    assert "Bryn rejected it" in page.text


def test_control_characters_are_cleaned_and_endless_text_is_refused(sian: Client) -> None:
    post = make_post("linkedin")
    do(sian, post, "amend", text="A\x07B")
    assert post.revisions.count() == 2
    assert "\x07" not in post.revisions.get(number=2).text
    assert do(sian, post, "amend", seen=2, text="x" * 100_000).status_code == 422


def test_an_account_that_is_paused_keeps_its_posts_out_of_the_clean_ones(sian: Client) -> None:
    account = make_account()
    make_post(account=account)
    make_post(account=account)
    account.paused = True
    account.save()
    page = parsed(sian.get(reverse("queue")).text)
    assert not page.xpath("//section[@aria-labelledby='together']")


def test_the_figures_and_names_that_the_draft_uses_are_marked_in_the_source(sian: Client) -> None:
    words = "In Catalonia 14 regions grew by 2.5, and 99 did not, says <b>Catalonia</b>."
    announcement = make_announcement(title="A title", paragraphs=[words])
    post = make_post(announcement=announcement)
    do(sian, post, "amend", text="14 regions of Catalonia grew by 2.5.")
    quote = parsed(sian.get(reverse("queue")).text).xpath("//blockquote")[0]
    assert quote.xpath(".//mark/text()") == ["Catalonia", "14", "2.5", "Catalonia"]
    assert " ".join(quote.text_content().split()) == words


def test_a_revision_shows_word_by_word_what_it_changed(sian: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Fourteen regions grew")
    do(sian, post, "amend", seen=2, text="Fourteen <regions> of Europe grew")
    page = parsed(sian.get(reverse("post", args=[post.pk])).text)
    newest = page.xpath("//details[@class='revision']")[0]
    assert newest.xpath(".//del/text()") == ["regions"]
    assert newest.xpath(".//ins/text()") == ["<regions> of Europe"]
