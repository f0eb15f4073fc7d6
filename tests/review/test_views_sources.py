"""Sources, accounts and the pieces that were set aside."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from review import accounts, record
from review.models import Announcement, Event, Source, Worker
from tests.making import (
    NOW,
    make_account,
    make_announcement,
    make_entry,
    make_person,
    make_post,
    minutes,
)
from tests.review.desk import (
    message,
    parsed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def test_the_sources_page_shows_trouble_and_how_things_are(sian: Client) -> None:
    make_entry()
    Source.objects.update(health="broken", trouble="It answers 404. Correct url.", failures=4)
    Worker.objects.create(name="desk-1", started_at=NOW, heartbeat_at=NOW)
    make_account("x", live=True)
    page = sian.get(reverse("sources")).text
    for words in ("It answers 404. Correct url.", "broken", "desk-1", "Live"):
        assert words in page


def test_a_paused_account_says_why_and_can_be_resumed(sian: Client) -> None:
    account = make_account()
    make_post(account=account)
    accounts.pause(account.name, until=None, trouble="Connect it again.", now=NOW)
    assert "Connect it again." in sian.get(reverse("queue")).text
    assert "until somebody resumes it" in sian.get(reverse("sources")).text
    answer = sian.post(reverse("resume", args=[account.pk]))
    assert "its posts go out again" in message(sian, answer)
    account.refresh_from_db()
    assert (account.paused, account.trouble) == (False, "")
    verbs = Event.objects.filter(post_number=None).values_list("verb", "actor")
    assert list(verbs) == [("pause", "herodr"), ("resume", "Siân")]
    assert record.verify() == ""


def test_pausing_again_for_the_same_trouble_is_recorded_once() -> None:
    account = make_account()
    for _ in range(3):
        accounts.pause(account.name, until=NOW + minutes(5), trouble="Wait.", now=NOW)
    assert Event.objects.filter(verb="pause").count() == 1
    accounts.pause(account.name, until=None, trouble="Connect it again.", now=NOW)
    accounts.pause(account.name, until=NOW + minutes(5), trouble="Wait.", now=NOW)
    account.refresh_from_db()
    assert account.paused_until is None  # what needs a person does not end by itself
    accounts.pause("nobody", until=None, trouble="", now=NOW)


def test_an_account_that_does_not_exist_cannot_be_resumed(sian: Client) -> None:
    assert sian.post(reverse("resume", args=[77])).status_code == 404


def test_a_piece_set_aside_can_be_taken_in(sian: Client) -> None:
    entry = make_entry(title="Bulletin of October")
    piece = make_announcement(entry, kind="", set_aside="other", title="A skills plan")
    make_announcement(entry, kind="", set_aside="furniture", title="About us")
    page = parsed(sian.get(reverse("set-aside")).text)
    assert "About us" in page.xpath("string(//details)")
    assert "A skills plan" not in page.xpath("string(//details)")
    answer = sian.post(reverse("take-in", args=[piece.pk]), {"kind": "plan"})
    assert "“A skills plan” is a plan now." in message(sian, answer)
    piece.refresh_from_db()
    assert (piece.kind, piece.set_aside, piece.drafted_at) == ("plan", "", None)


def test_taking_in_needs_a_kind_and_a_piece(sian: Client) -> None:
    piece = make_announcement(kind="", set_aside="other")
    answer = sian.post(reverse("take-in", args=[piece.pk]), {"kind": "poem"})
    assert "Say of what kind it is" in message(sian, answer)
    assert Announcement.objects.get(pk=piece.pk).set_aside == "other"
    assert sian.post(reverse("take-in", args=[999]), {"kind": "plan"}).status_code == 404


def test_a_silent_source_a_gone_one_and_a_moved_one_say_so(sian: Client) -> None:
    make_entry()
    Source.objects.update(health="ok", silent_after=NOW - minutes(1000))
    assert "silent for longer than usual" in sian.get(reverse("sources")).text
    Source.objects.update(health="gone")
    assert "not asked any more" in sian.get(reverse("sources")).text
    Source.objects.update(health="ok", address="https://example.org/new")
    assert "moved for good to https://example.org/new" in sian.get(reverse("sources")).text


@pytest.mark.parametrize(("deed", "announced"), [("release", True), ("dismiss", False)])
def test_held_entries_are_released_or_left_with_one_button(
    sian: Client, deed: str, announced: bool
) -> None:
    entry = make_entry(held=True, announce=False)
    page = sian.get(reverse("sources")).text
    assert "1 entry is held for a person" in page
    address = reverse("held", args=[entry.source_id, deed])
    assert address in page
    answer = sian.post(address)
    assert "Bulletins" in message(sian, answer)
    entry.refresh_from_db()
    assert (entry.held, entry.announce) == (False, announced)
    assert Event.objects.get().actor == "Siân"
    assert sian.get(address).status_code == 302


def test_who_may_only_look_releases_nothing(client: Client) -> None:
    client.force_login(make_person("Guest", may_decide=False))
    entry = make_entry(held=True, announce=False)
    client.post(reverse("held", args=[entry.source_id, "release"]))
    entry.refresh_from_db()
    assert entry.held


def test_a_person_says_of_what_kind_an_announcement_is(sian: Client) -> None:
    post = make_post(announcement=make_announcement(title="Skills outlook", kind="plan"))
    shown = sian.get(reverse("post", args=[post.pk])).text
    assert "It is a report" in shown
    assert "It is a plan" not in shown
    answer = sian.post(reverse("change-kind", args=[post.announcement_id]), {"kind": "report"})
    assert "is a report now" in message(sian, answer)
    post.announcement.refresh_from_db()
    assert (post.announcement.kind, post.announcement.drafted_at) == ("report", None)


def test_a_viewer_may_not_change_a_kind(client: Client) -> None:
    post = make_post(announcement=make_announcement(kind="plan"))
    client.force_login(make_person("gwyn", may_decide=False))
    assert "It is a report" not in client.get(reverse("post", args=[post.pk])).text
    answer = client.post(reverse("change-kind", args=[post.announcement_id]), {"kind": "report"})
    assert answer.status_code == 403
    post.announcement.refresh_from_db()
    assert post.announcement.kind == "plan"
