"""Who may come in: an outsider nowhere, Charlie to look, and nobody without the form's token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLResolver, reverse

from review import account_urls
from review import urls as desk_urls
from review.models import (
    Account,
    Announcement,
    Blackout,
    Decision,
    Event,
    Halt,
    Person,
    Post,
    Revision,
    Source,
)
from review.states import State
from tests.making import (
    make_announcement,
    make_due_post,
    make_person,
    make_post,
)
from tests.review.desk import (
    VERBS,
    browser,
    do,
    parsed,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


OPEN_TO_ALL = {
    "sign-in",
    "sign-in-link",
    # Ways in for those who cannot come in by their password.
    "account_login",
    "account_inactive",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    # What links in mails lead to; each is bound to a person: test_notices.py
    "approve-from-mail",
    "notices-off",
}
ENDS_A_SESSION = {"sign-out", "account_logout", "language"}
FOR_MACHINES = {"healthz", "readyz", "metrics"}  # they guard themselves: test_views_machines.py


def _addresses() -> list[str]:
    values = {"pk": 1, "verb": "approve", "token": "t", "deed": "link", "keys": "1"}
    found = []
    for pattern in (*desk_urls.urlpatterns, *account_urls.urlpatterns):
        if isinstance(pattern, URLResolver):
            continue  # its addresses are the second list
        if pattern.name in OPEN_TO_ALL | ENDS_A_SESSION | FOR_MACHINES:
            continue
        wanted = pattern.pattern.converters
        found.append(reverse(str(pattern.name), kwargs={key: values[key] for key in wanted}))
    return found


@pytest.mark.parametrize("address", _addresses())
def test_an_outsider_is_sent_to_sign_in_from_everywhere(address: str) -> None:
    make_post()
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("verb", VERBS)
def test_charlie_may_not_decide_and_is_told_so(charlie: Client, verb: str) -> None:
    post = make_post()
    answer = do(charlie, post, verb, text="Charlie's own words")
    assert answer.status_code == 403
    assert "Charlie may look, but not decide" in answer.text
    assert "Charlie&#x27;s own words" in answer.text
    assert state(post) == State.IN_REVIEW
    assert not Decision.objects.exists()


def test_charlie_sees_everything_but_no_button(charlie: Client) -> None:
    post = make_post()
    make_due_post("linkedin")
    Account.objects.update(paused=True)
    make_announcement(kind="", set_aside="other")
    for address in ("queue", "scheduled", "sources", "set-aside"):
        page = charlie.get(reverse(address))
        assert page.status_code == 200
        actions = parsed(page.text).xpath("//form/@action")
        assert actions == [reverse("sign-out"), reverse("language")]
    page = charlie.get(reverse("post", args=[post.pk]))
    assert parsed(page.text).xpath("//form/@action") == [
        reverse("sign-out"),
        reverse("language"),
    ]
    assert "The report finds that 14 regions grew." in page.text


def test_charlie_may_neither_take_in_nor_resume_nor_approve_all(charlie: Client) -> None:
    post = make_post()
    piece = make_announcement(kind="", set_aside="other")
    Account.objects.update(paused=True)
    tried = [
        (reverse("take-in", args=[piece.pk]), {"kind": "plan"}),
        (reverse("resume", args=[post.account_id]), {}),
        (reverse("approve-all"), {"posts": f"{post.pk}-1"}),
    ]
    for address, typed in tried:
        answer = charlie.post(address, typed)
        assert answer.status_code == 403
        assert "Charlie may look, but not decide" in answer.text
    piece.refresh_from_db()
    assert piece.set_aside == "other"
    assert state(post) == State.IN_REVIEW


def test_no_verb_works_without_the_forms_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person())
    post = make_post()
    answer = do(strict, post, "approve")
    assert answer.status_code == 403
    assert "The page was too old" in answer.text
    assert state(post) == State.IN_REVIEW


@pytest.mark.parametrize("verb", VERBS)
def test_following_a_verbs_address_shows_the_post_and_changes_nothing(
    sian: Client, verb: str
) -> None:
    post = make_post()
    answer = sian.get(reverse("verb", args=[post.pk, verb]))
    assert answer.headers["Location"] == reverse("post", args=[post.pk])
    assert state(post) == State.IN_REVIEW


def test_pages_keep_the_strict_policy_and_hold_no_inline_script_or_style(sian: Client) -> None:
    post = make_post()
    for address in ("queue", "scheduled", "published", "set-aside", "sources"):
        page = sian.get(reverse(address))
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        tree = parsed(page.text)
        assert not tree.xpath(
            "//script[not(@src) or text()] | //style | //@style | //@*[starts-with(name(), 'on')]"
        )
    page = sian.get(reverse("post", args=[post.pk]))
    assert not parsed(page.text).xpath("//script[not(@src)] | //style | //@style")


def _kept() -> dict[str, list[Any]]:
    """What the desk keeps, besides who looks at what."""
    models = (Post, Revision, Decision, Event, Announcement, Account, Source, Blackout, Halt)
    rows = {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}
    people = Person.objects.order_by("pk")
    rows["Person"] = list(
        people.values_list("name", "password", "is_active", "is_superuser", "email")
    )
    return rows


def test_looking_at_every_address_changes_nothing_and_is_kept_out_of_shared_caches() -> None:
    make_due_post()
    post = make_post("linkedin")
    olwen = browser("Olwen", admin=True)
    before = _kept()
    for address in _addresses():
        for ask in (olwen.get, olwen.head):
            answer = ask(address.replace("/1/", f"/{post.pk}/"))
            assert answer.status_code < 500, address
            headers = answer.headers
            assert "default-src 'none'" in headers["Content-Security-Policy"], address
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
            assert headers["X-Frame-Options"] == "DENY", address
            assert headers["Referrer-Policy"] == "same-origin", address
            assert headers["X-Content-Type-Options"] == "nosniff", address
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address
            assert {"private", "no-store"} & set(re.split(r",\s*", headers["Cache-Control"])), (
                address
            )
    assert _kept() == before


def test_cookies_are_out_of_the_reach_of_scripts_and_of_other_sites() -> None:
    make_person("Siân")
    client = Client()
    client.get(reverse("sign-in"))
    client.post(reverse("sign-in"), {"username": "siân", "password": "correct horse battery"})
    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


@pytest.mark.parametrize("address", ["/posts/999/", "/nowhere/", "/posts/999/approve/"])
def test_what_does_not_exist_says_so_plainly(sian: Client, address: str) -> None:
    page = sian.get(address) if "approve" not in address else sian.post(address, {"seen": 1})
    assert page.status_code == 404
    assert "There is no such page" in page.text


def test_an_unknown_verb_does_not_exist(sian: Client) -> None:
    post = make_post()
    for verb in ("submit", "claim", "miss", "destroy"):
        assert do(sian, post, verb).status_code == 404
    assert state(post) == State.IN_REVIEW


def test_the_page_about_our_own_fault_needs_nothing_to_be_shown() -> None:
    page = render_to_string("500.html")
    assert "The fault is ours" in page
    assert "<form" not in page


def test_words_survive_a_session_that_ended_during_an_edit() -> None:
    post = make_post()
    page = do(Client(), post, "amend", text="An hour of <careful> work")
    assert page.status_code == 401
    assert "You were signed out" in page.text
    assert "An hour of &lt;careful&gt; work" in page.text
    assert f"{reverse('sign-in')}?next={reverse('post', args=[post.pk])}" in page.text
    assert post.revisions.count() == 1
