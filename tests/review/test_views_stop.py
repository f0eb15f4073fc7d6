"""Stop everything, from the desk: a reason, a banner on every page, and the way on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review import halts, queries
from review.models import Event, Halt
from tests.making import NOW, SIAN, make_due_post
from tests.review.desk import browser, message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

PAGES = ["queue", "scheduled", "published", "set-aside", "sources", "keys"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_the_stop_button(sian: Client, name: str) -> None:
    assert f'href="{reverse("stop")}"' in sian.get(reverse(name)).text


def test_everything_is_stopped_with_a_reason_and_every_page_says_so(sian: Client) -> None:
    make_due_post()
    assert "1 post is scheduled" in sian.get(reverse("stop")).text
    answer = sian.post(reverse("stop"), {"reason": "Mourning"})
    assert message(sian, answer) == "Everything is stopped: nothing goes out any more."
    halt = queries.halt()
    assert halt is not None
    assert (halt.by, halt.reason) == ("Siân", "Mourning")
    assert not queries.due(NOW).exists()
    for name in PAGES:
        page = sian.get(reverse(name)).text
        assert "Siân, " in page
        assert "Mourning" in page
    assert Event.objects.filter(verb="stop everything", reason="Mourning").count() == 1


def test_posts_go_on_when_somebody_lets_them(sian: Client) -> None:
    halts.stop(reason="Incident", by=SIAN, now=NOW)
    assert "Let posts go out again" in sian.get(reverse("queue")).text
    answer = sian.post(reverse("go-on"))
    assert message(sian, answer) == "Posts go out again, each at its time."
    assert queries.halt() is None
    page = sian.get(reverse("stop")).text
    assert "Stopped before" in page
    assert "Incident" in page


def test_stopping_needs_a_reason(sian: Client) -> None:
    answer = sian.post(reverse("stop"), {"reason": "  "})
    assert answer.status_code == 422
    assert "Say why everything is stopped" in answer.text
    assert not Halt.objects.exists()


def test_who_may_not_decide_neither_stops_nor_goes_on(charlie: Client) -> None:
    assert reverse("stop") not in charlie.get(reverse("queue")).text
    assert charlie.post(reverse("stop"), {"reason": "Because"}).status_code == 403
    halts.stop(reason="Incident", by=SIAN, now=NOW)
    assert "Incident" in charlie.get(reverse("queue")).text
    assert charlie.post(reverse("go-on")).status_code == 403
    assert queries.halt() is not None


def test_an_editor_does_not_stop_anything() -> None:
    editor = browser("Dai", may_decide=False, may_edit=True)
    assert editor.post(reverse("stop"), {"reason": "Because"}).status_code == 403


def test_the_second_to_stop_everything_hears_who_was_first(sian: Client, bryn: Client) -> None:
    sian.post(reverse("stop"), {"reason": "Mourning"})
    answer = bryn.post(reverse("stop"), {"reason": "Incident"})
    assert answer.status_code == 409
    assert "stopped already by Siân: Mourning." in answer.text


def test_opening_a_link_changes_nothing(sian: Client) -> None:
    halts.stop(reason="Incident", by=SIAN, now=NOW)
    assert sian.get(reverse("go-on")).status_code == 302
    assert queries.halt() is not None


def test_a_stranger_stops_nothing() -> None:
    assert Client().post(reverse("stop"), {"reason": "Fun"}).status_code == 302
    assert not Halt.objects.exists()
