"""Approving from a mail: opening changes nothing, one press approves, and only what its reader saw and may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from review import notices, queries, transitions
from review.models import MailedLink, Person, Post
from review.states import State
from review.text import Content
from tests.making import BRYN, NOW, SIAN, make_person, make_post, minutes
from tests.review.desk import CONFIGURED, parsed, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def link_for(person: Person, post: Post) -> str:
    """The address that a mail to `person` has for `post`."""
    rows = [(found, queries.newest_revision(found)) for found in queries.posts()]
    token = notices.make_links(person, rows, now=NOW)[post.pk]
    return reverse("approve-from-mail", args=[token])


def words(page: str) -> str:
    return " ".join(parsed(page).xpath("string(//main)").split())


def test_a_mail_scanner_that_opens_every_link_changes_nothing() -> None:
    post = make_post()
    path = link_for(make_person(), post)
    scanner = Client()
    for ask in (scanner.get, scanner.head, scanner.get):
        assert ask(path).status_code == 200
    assert state(post) == State.IN_REVIEW
    assert MailedLink.objects.get().used_at is None
    page = scanner.get(path)
    assert "no-store" in page.headers["Cache-Control"]
    assert "14 regions grew" in page.text
    assert "Approve for Tue 24 Nov, 09:30" in page.text
    assert "_auth_user_id" not in scanner.session


def test_one_press_approves_in_its_readers_name_and_a_second_press_is_no_second_decision() -> None:
    sian = make_person()
    post = make_post()
    path = link_for(sian, post)
    client = Client()
    assert client.post(path).headers["Location"] == path
    assert client.post(path).status_code == 200
    done = client.get(path)
    assert done.status_code == 200
    assert "It goes out Tue 24 Nov, 09:30." in words(done.text)
    post.refresh_from_db()
    assert (post.state, post.approved_number) == (State.SCHEDULED, 1)
    (decision,) = post.decisions.all()
    assert (decision.by, decision.person, decision.verb) == ("Siân", sian, "approve")
    # The link signs nobody in.
    assert client.get(reverse("queue")).status_code == 302


def test_a_link_is_not_good_for_a_second_approval_of_the_same_text() -> None:
    post = make_post()
    path = link_for(make_person(), post)
    Client().post(path)
    transitions.hold(post.pk, by=BRYN, now=NOW + minutes(1))
    Client().post(path)
    assert state(post) == State.IN_REVIEW
    assert "It is now: In review." in words(Client().get(path).text)


def _amended(post: Post) -> None:
    transitions.amend(post.pk, content=Content(text="New words"), by=BRYN, now=NOW, seen=1)


def _rejected(post: Post) -> None:
    transitions.reject(post.pk, by=BRYN, now=NOW, seen=1, reason="duplicate")


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (
            _amended,
            "The text has changed since the mail was sent: Bryn wrote revision 2, Tue 24 Nov, 09:00.",
        ),
        (_rejected, "Too late: Bryn rejected it at 09:00 on 24 November"),
    ],
)
def test_what_happened_since_the_mail_is_said_and_nothing_is_approved(
    happened: Callable[[Post], None], sentence: str
) -> None:
    post = make_post()
    path = link_for(make_person(), post)
    happened(post)
    before = state(post)
    for page in (Client().get(path), Client().post(path)):
        assert page.status_code == 409
        assert sentence in words(page.text)
        assert not parsed(page.text).xpath("//main//button")
    assert state(post) == before


def test_a_link_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    post = make_post()
    path = link_for(make_person(), post)
    later = NOW + notices.LINK_LIFETIME
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for page in (Client().get(path), Client().post(path)):
        assert page.status_code == 410
        assert "expired" in page.text
    assert state(post) == State.IN_REVIEW


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": False}])
def test_whoever_may_not_decide_any_more_may_not_from_a_mail_either(
    change: dict[str, bool],
) -> None:
    sian = make_person(admin=True, may_decide=False)
    post = make_post()
    path = link_for(sian, post)
    Person.objects.filter(pk=sian.pk).update(**change)
    for page in (Client().get(path), Client().post(path)):
        assert page.status_code == 403
        assert "may not decide about posts any more" in page.text
    assert state(post) == State.IN_REVIEW


def test_a_forwarded_link_is_refused_to_a_colleague_who_is_signed_in() -> None:
    post = make_post()
    path = link_for(make_person(), post)
    bryn = Client()
    bryn.force_login(make_person("Bryn"))
    page = bryn.post(path)
    assert page.status_code == 403
    assert "This link was sent to Siân, and you are signed in as Bryn." in words(page.text)
    assert state(post) == State.IN_REVIEW


def test_four_eyes_hold_in_a_mail_too(config: Path) -> None:
    (config / "calendar.toml").write_text(f'approvals = "four eyes"\n{CONFIGURED}')
    sian = make_person()
    post = make_post()
    transitions.amend(post.pk, content=Content(text="Siân's own words"), by=SIAN, now=NOW, seen=1)
    path = link_for(sian, post)
    assert not parsed(Client().get(path).text).xpath("//main//button")
    refused = Client().post(path)
    assert refused.status_code == 403
    assert "four eyes" in refused.text
    assert state(post) == State.IN_REVIEW
    assert MailedLink.objects.get().used_at is None


def test_a_post_that_does_not_fit_says_why_and_keeps_the_link() -> None:
    post = make_post()
    transitions.amend(post.pk, content=Content(text="x" * 300), by=BRYN, now=NOW, seen=1)
    path = link_for(make_person(), post)
    refused = Client().post(path)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert MailedLink.objects.get().used_at is None
    assert state(post) == State.IN_REVIEW


def test_a_broken_configuration_approves_nothing(config: Path) -> None:
    post = make_post()
    path = link_for(make_person(), post)
    (config / "calendar.toml").write_text('slots = ["whenever"]')
    assert "calendar.toml" in Client().post(path).text
    assert state(post) == State.IN_REVIEW


def test_whom_a_second_step_is_asked_of_signs_in_first(settings: Settings) -> None:
    settings.SECOND_STEP = "deciders"
    post = make_post()
    path = link_for(make_person(), post)
    client = Client()
    for answer in (client.get(path), client.post(path)):
        assert answer.headers["Location"].startswith(reverse("sign-in"))
    assert state(post) == State.IN_REVIEW


def test_an_unknown_link_says_so() -> None:
    for ask in (Client().get, Client().post):
        page = ask(reverse("approve-from-mail", args=["made-up"]))
        assert page.status_code == 404
        assert "not complete" in page.text


def test_the_button_needs_our_own_page() -> None:
    post = make_post()
    path = link_for(make_person(), post)
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert state(post) == State.IN_REVIEW
