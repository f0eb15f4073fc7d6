"""Sentences of checks, verbs and the worker are said in Welsh on Welsh pages, those of old rows as they stand."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from review import erasing, silencing, transitions
from review.models import Event, Post
from review.said import told
from review.text import Content, read, say, stored, together
from tests.making import BRYN, CALENDAR, NOW, SIAN, make_person, make_post, minutes
from tests.review.desk import do, message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


@given(st.text(), st.integers(), st.text())
def test_a_sentence_comes_out_of_the_database_as_it_went_in(
    name: str, number: int, more: str
) -> None:
    sentence = together(
        say("Attempt %(number)s was taken to have died: %(first)s.", number=number, first=name),
        more,
        say("Approve it again."),
    )
    kept = json.loads(json.dumps(stored(sentence)))
    again = read(sentence, kept)
    assert again == sentence
    with translation.override("cy"):
        assert told(again) == told(sentence)
        assert told(again).endswith("Cymeradwywch hi eto.")


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        [],
        "text",
        {"en": "Another sentence.", "say": "Approve it again.", "with": {}},
        {"en": "Old words.", "say": 3, "with": {}},
        {"en": "Old words.", "say": "Old", "with": None},
    ],
)
def test_what_does_not_belong_to_the_words_is_passed_over(kept: object) -> None:
    assert told(read("Old words.", kept)) == "Old words."


def test_a_translation_that_wants_other_values_gives_way_to_the_english() -> None:
    kept = {"en": "No post 3.", "say": "There is no post %(number)s.", "with": {"n": 3}}
    with translation.override("cy"):
        assert told(read("No post 3.", kept)) == "No post 3."


def test_a_conflict_is_explained_in_welsh(sian: Client) -> None:
    post = make_post()
    transitions.reject(post.pk, by=BRYN, now=NOW, seen=1, reason="no")
    sian.post(reverse("language"), {"language": "cy"})
    page = do(sian, post, "approve").text
    assert (
        "Rhy hwyr i gymeradwyo: gwrthododd Bryn hi am 09:00 ar 24 Tachwedd; mae hi wedi’i gwrthod nawr."
        in page
    )


def test_checks_and_reasons_are_told_in_welsh_and_old_ones_as_they_stand(sian: Client) -> None:
    post = make_post()
    transitions.amend(post.pk, content=Content(text="x" * 300), by=SIAN, now=NOW, seen=1)
    other = make_post("linkedin")
    transitions.approve(
        other.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW + minutes(30)
    )
    silencing.black_out(
        reason="Galar", starts_at=NOW, ends_at=NOW + minutes(60), account=None, by=BRYN, now=NOW
    )
    sian.post(reverse("language"), {"language": "cy"})
    page = sian.get(reverse("queue")).text
    assert "Mae’r testun yn 300 o hyd ac mae X yn derbyn 280. Byrhewch ef o 20." in page
    assert "Roedd ei hamser yn ystod “Galar”" in sian.get(reverse("post", args=[other.pk])).text
    assert Post.objects.get(pk=other.pk).reason.startswith("Its time fell into")
    Post.objects.filter(pk=other.pk).update(reason="An old reason.")
    assert "An old reason." in sian.get(reverse("queue")).text


def test_a_preset_reason_is_kept_in_english_and_shown_in_welsh(sian: Client) -> None:
    post = make_post()
    sian.post(reverse("language"), {"language": "cy"})
    answer = do(sian, post, "reject", preset="duplicate", words="gweler 12")
    assert "Gwrthodwyd: yr un fath â neges arall: gweler 12." in message(sian, answer)
    assert Post.objects.get(pk=post.pk).reason == "duplicate: gweler 12"
    page = sian.get(reverse("post", args=[post.pk])).text
    assert "yr un fath â neges arall: gweler 12" in page
    assert "duplicate" not in page


def test_an_erased_name_goes_from_what_sentences_are_made_of() -> None:
    alun = transitions.person(make_person("Alun Rees"))
    post = make_post()
    transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW)
    why = say("%(name)s takes it down: %(reason)s", name="Alun Rees", reason="wrong")
    transitions.hold(post.pk, by=alun, now=NOW, reason=why)
    erased = erasing.erase("alun rees", by=BRYN, now=NOW)
    row = Post.objects.get(pk=post.pk)
    assert "Alun" not in json.dumps(row.reason_said)
    with translation.override("en-gb"):
        assert told(row.why) == f"{erased.pseudonym} takes it down: wrong"
    event = Event.objects.get(verb="hold")
    assert event.details["said"]["with"]["name"] == erased.pseudonym
