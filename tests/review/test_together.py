"""Several people at one desk: naming each other, seeing what changed, seeing who looks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from review import asks, looks, queries, transitions
from review.models import Ask, Comment, Looking, Post, Seen
from tests.making import BRYN, NOW, make_person, make_post, minutes
from tests.review.desk import browser, do, parsed
from tests.review.test_waiting import cards, the

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def words(page: Any) -> str:
    return " ".join(parsed(page.text).text_content().split())


# -- naming somebody ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Siân Jones, is 14 right?", ["Siân Jones"]),
        ("ask @siân JONES.", ["Siân Jones"]),
        ("@Bryn and @catrin: please", ["Bryn Evans", "Catrin"]),
        ("@bryn evans", ["Bryn Evans"]),
        ("@Siân", []),  # there are two
        ("@Siân Rees", ["Siân Rees"]),
        ("@Siân\nJones", ["Siân Jones"]),
        ("bryn@bryn.example", []),
        ("@Brynmor", []),
        ("@@Bryn", []),
        ("@", []),
        ("Bryn", []),
    ],
)
def test_a_comment_names_people_by_their_names(text: str, named: list[str]) -> None:
    people = [make_person(name) for name in ("Siân Jones", "Siân Rees", "Bryn Evans", "Catrin")]
    assert [str(person) for person in asks.named_in(text, people)] == named


def test_a_name_that_no_pattern_can_break(sian: Client) -> None:
    odd = make_person("C++ (a.*b)")
    assert asks.named_in("@C++ (a.*b) look", [odd]) == [odd]
    assert asks.named_in("@x", []) == []


def test_whoever_a_comment_names_is_asked_until_they_do_something(
    sian: Client, bryn: Client
) -> None:
    post = make_post()
    sian.post(reverse("assign", args=[post.pk]), {"take": "yes"})
    assert cards(bryn) == []
    do(sian, post, "comment", text="Is 14 right, @bryn?")
    assert cards(bryn) == [post.pk]
    page = bryn.get(reverse("queue"))
    assert "A comment asks you." in page.text
    assert '<strong class="tag">@bryn</strong>' in page.text
    assert "A comment asks you." not in sian.get(reverse("queue")).text
    do(bryn, post, "comment", text="It is.")
    assert cards(bryn) == []
    assert Ask.objects.get(comment__isnull=False).answered_at == NOW


def test_somebody_is_asked_by_choosing_them_from_a_list(sian: Client, bryn: Client) -> None:
    post = make_post()
    form = sian.get(reverse("queue"), {"open": f"comment-{post.pk}"}).text
    [options] = [
        [" ".join(o.text_content().split()) for o in select.xpath("option")]
        for select in parsed(form).xpath("//select[@name='tell']")
    ]
    assert options == ["Nobody in particular", "Bryn"]
    do(sian, post, "comment", text="Is 14 right?", tell=the("Bryn").pk)
    do(sian, post, "comment", text="And @Bryn, is 15?", tell=the("Bryn").pk)
    assert [comment.text for comment in Comment.objects.order_by("pk")] == [
        "@Bryn Is 14 right?",
        "And @Bryn, is 15?",
    ]
    assert Ask.objects.filter(person=the("Bryn"), answered_at=None).count() == 2
    bryn.post(reverse("noted", args=[post.pk]))
    assert not Ask.objects.filter(answered_at=None).exists()
    assert do(sian, post, "comment", text="What?", tell="999").status_code == 422


def test_what_a_comment_says_of_people_is_still_only_text(sian: Client) -> None:
    make_person("<b>Nia</b>")
    post = make_post()
    do(sian, post, "comment", text="@<b>Nia</b> <script>alert(1)</script>")
    page = sian.get(reverse("queue")).text
    assert "@&lt;b&gt;Nia&lt;/b&gt;" in page
    assert "<b>Nia" not in page
    assert "<script>alert" not in page


def test_nobody_asks_themselves_and_nobody_who_may_only_look_is_asked(
    sian: Client, charlie: Client
) -> None:
    post = make_post()
    do(sian, post, "comment", text="@Siân @Charlie: hm.")
    assert not Ask.objects.exists()


# -- changed since you last looked ----------------------------------------------------------------------


def amend(post: Post, **changed: Any) -> None:
    """Bryn writes another revision."""
    post.refresh_from_db()
    content = post.revisions.get(number=post.revision_number).content
    transitions.amend(
        post.pk, content=replace(content, **changed), by=BRYN, now=NOW, seen=post.revision_number
    )


def test_a_card_shows_word_by_word_what_changed_since_its_reader_saw_it(
    sian: Client, bryn: Client
) -> None:
    post = make_post()
    assert "Changed since" not in sian.get(reverse("queue")).text
    amend(post, text="The report finds that 15 regions grew.")
    amend(post, text="The report finds that 16 regions grew.")
    for _ in range(2):  # reading the queue again does not take the mark away
        page = sian.get(reverse("queue"))
        assert "Changed since you last looked Bryn, Tue 24 Nov, 09:00" in words(page)
        assert "<ins>16</ins>" in page.text
        assert "15 regions" not in parsed(page.text).xpath("string(//*[contains(@class, 'news')])")
    # Who sees it for the first time is told of no change.
    assert "Changed since" not in bryn.get(reverse("queue")).text
    sian.post(reverse("noted", args=[post.pk]))
    assert "Changed since" not in sian.get(reverse("queue")).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"link": "https://example.org/else"}, "The link is another one."),
        ({"card_title": "Else"}, "The link card says something else."),
        ({"image": "https://example.org/i.png", "image_alt": "A"}, "An image or its alt text"),
    ],
)
def test_what_changed_besides_the_words_is_said_too(
    sian: Client, changed: dict[str, str], said: str
) -> None:
    post = make_post()
    sian.get(reverse("queue"))
    amend(post, **changed)
    page = sian.get(reverse("queue"))
    assert said in page.text
    assert "<ins>" not in page.text


def test_the_page_of_a_post_shows_the_change_once(sian: Client) -> None:
    post = make_post()
    address = reverse("post", args=[post.pk])
    sian.get(address)
    amend(post, text="Other words.")
    assert "Changed since you last looked" in sian.get(address).text
    assert "Changed since you last looked" not in sian.get(address).text


def test_ones_own_change_is_no_news_and_what_is_back_as_it_was_is_none(sian: Client) -> None:
    post = make_post()
    before = post.revisions.get().text
    sian.get(reverse("queue"))
    do(sian, post, "amend", text="Mine.")
    assert "Changed since" not in sian.get(reverse("queue")).text
    amend(post, text="Bryn’s")
    amend(post, text="Mine.")
    assert "Changed since" not in sian.get(reverse("queue")).text
    amend(post, text=before)
    assert "Changed since" in sian.get(reverse("queue")).text


def test_a_page_that_shows_nothing_new_writes_nothing(
    sian: Client, django_assert_num_queries: Any
) -> None:
    post = make_post()
    sian.get(reverse("queue"))
    rows, reader = list(queries.posts()), the("Siân")
    with django_assert_num_queries(1):
        assert looks.since(rows, reader) == {}
    assert Seen.objects.get(post=post).number == 1


# -- who is looking -------------------------------------------------------------------------------------


def test_a_card_says_who_is_looking_at_it_and_forgets_it_after_a_while(
    sian: Client, bryn: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, other = make_post(), make_post()
    sian.get(reverse("queue"), {"open": f"amend-{post.pk}"})
    page = parsed(bryn.get(reverse("queue")).text)
    assert "Siân is looking at this." in page.xpath(f"string(//*[@id='post-{post.pk}'])")
    assert "looking" not in page.xpath(f"string(//*[@id='post-{other.pk}'])")
    assert "looking at this" not in sian.get(reverse("queue")).text
    assert "Siân is looking at this." in bryn.get(reverse("post", args=[post.pk])).text
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + looks.LOOKING_FOR)
    assert "looking at this" not in bryn.get(reverse("queue")).text


def test_the_script_learns_who_looks_and_says_where_its_reader_is(
    sian: Client, bryn: Client
) -> None:
    first, second = make_post(), make_post()
    nia = browser("Nia", may_decide=False)
    keys = f"{first.pk}.{second.pk}.x"
    for client in (bryn, nia):
        client.post(reverse("looking"), {"at": second.pk, "posts": keys})
    answer = sian.post(reverse("looking"), {"at": first.pk, "posts": keys})
    assert answer.json() == {str(second.pk): "Bryn, Nia are looking at this."}
    assert bryn.post(reverse("looking"), {"left": second.pk, "posts": ""}).json() == {}
    nia.post(reverse("looking"), {"left": first.pk})  # she has been elsewhere for long
    answer = sian.post(reverse("looking"), {"at": "", "posts": keys})
    assert answer.json() == {str(second.pk): "Nia is looking at this."}
    assert sian.get(reverse("looking")).status_code == 302


def test_looking_on_writes_one_row_a_person_and_not_at_every_look(
    sian: Client, django_assert_num_queries: Any
) -> None:
    first, second = make_post(), make_post()
    reader = the("Siân")
    looks.look(reader, first.pk, now=NOW)
    with django_assert_num_queries(1):
        looks.look(reader, first.pk, now=NOW + minutes(0.1))
    looks.look(reader, second.pk, now=NOW + minutes(0.1))
    looks.look(reader, second.pk, now=NOW + minutes(1))
    assert Looking.objects.get().at == NOW + minutes(1)
    looks.look(reader, 999, now=NOW + minutes(2))
    assert Looking.objects.get().post == second


def test_a_database_that_is_busy_takes_nothing_but_the_look(
    sian: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post()
    reader = the("Siân")
    looks.look(reader, post.pk, now=NOW)

    def busy(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Looking.objects, "update_or_create", busy)
    monkeypatch.setattr(Seen.objects, "bulk_create", busy)
    assert sian.get(reverse("queue"), {"open": f"reject-{post.pk}"}).status_code == 200
    assert sian.post(reverse("looking"), {"at": make_post().pk}).status_code == 200
    monkeypatch.setattr("django.db.models.query.QuerySet.delete", busy)
    looks.leave(reader, post.pk)


@pytest.mark.parametrize("address", ["assign", "noted"])
def test_opening_the_address_of_a_deed_changes_nothing(sian: Client, address: str) -> None:
    post = make_post()
    assert sian.get(reverse(address, args=[post.pk])).status_code == 302
    assert Client().post(reverse(address, args=[post.pk])).status_code == 302
    assert not Seen.objects.exists()
