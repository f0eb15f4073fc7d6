"""One-time links: stored as hashes, used once, ended by time, by a newer link and by shutting somebody out."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from review import record, sign_in
from review.models import Event, Person, SignInLink
from tests.making import NOW, make_person, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

PASSWORD = "four quiet herons wade"


def test_a_link_works_once() -> None:
    sian = make_person()
    token = sign_in.make_link(sian, now=NOW, lifetime=timedelta(hours=1))
    assert sign_in.redeem(token, now=NOW + minutes(59)) == sian
    assert sign_in.redeem(token, now=NOW + minutes(59)) is None


def test_only_the_hash_of_a_token_is_stored() -> None:
    token = sign_in.make_link(make_person(), now=NOW, lifetime=timedelta(hours=1))
    stored = SignInLink.objects.get()
    assert stored.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43  # 32 random bytes


def test_a_link_ends_with_its_time() -> None:
    token = sign_in.make_link(make_person(), now=NOW, lifetime=timedelta(hours=1))
    assert sign_in.redeem(token, now=NOW + minutes(60)) is None


def test_an_unknown_token_is_nobody() -> None:
    assert sign_in.redeem("made-up", now=NOW) is None


def test_a_newer_link_ends_the_older_one() -> None:
    sian = make_person()
    older = sign_in.make_link(sian, now=NOW, lifetime=timedelta(hours=1))
    newer = sign_in.make_link(sian, now=NOW, lifetime=timedelta(hours=1))
    assert sign_in.redeem(older, now=NOW) is None
    assert sign_in.redeem(newer, now=NOW) == sian


def test_somebody_who_is_shut_out_has_no_link() -> None:
    sian = make_person()
    token = sign_in.make_link(sian, now=NOW, lifetime=timedelta(hours=1))
    Person.objects.filter(pk=sian.pk).update(is_active=False)
    assert sign_in.redeem(token, now=NOW) is None


def test_the_first_link_makes_one_administrator_however_often_it_is_asked_for() -> None:
    first = sign_in.first_link(now=NOW)
    second = sign_in.first_link(now=NOW)
    assert first is not None
    assert second is not None
    assert first != second
    assert Person.objects.get().is_superuser
    assert sign_in.redeem(first.rstrip("/").rpartition("/")[2], now=NOW) is None
    assert sign_in.redeem(second.rstrip("/").rpartition("/")[2], now=NOW) is not None


def test_an_administrator_who_came_in_but_set_no_password_gets_another_first_link() -> None:
    first = sign_in.first_link(now=NOW)
    assert first
    Client().post(first)
    assert sign_in.first_link(now=NOW) is not None


def test_there_is_no_first_link_once_somebody_has_a_password() -> None:
    make_person("Bryn")
    assert sign_in.first_link(now=NOW) is None


def test_opening_a_link_uses_nothing_up_and_signs_nobody_in() -> None:
    path = sign_in.first_link(now=NOW)
    assert path
    scanner = Client()
    for _ in range(3):
        page = scanner.get(path)
        assert page.status_code == 200
        assert "<form" in page.text
        assert "no-store" in page.headers["Cache-Control"]
    assert scanner.head(path).status_code == 200
    assert "_auth_user_id" not in scanner.session
    assert SignInLink.objects.get().used_at is None


def test_the_road_from_a_first_link_to_the_queue() -> None:
    client = Client()
    path = sign_in.first_link(now=NOW)
    assert path
    assert client.post(path).headers["Location"] == reverse("welcome")
    # Nothing else opens before the password is set.
    assert client.get(reverse("queue")).headers["Location"] == reverse("welcome")
    typed = {"name": "Siân", "username": "sian", "password": PASSWORD, "again": PASSWORD}
    done = client.post(reverse("welcome"), typed, follow=True)
    assert done.status_code == 200
    assert "Welcome, Siân." in done.text
    assert Client().login(username="sian", password=PASSWORD)
    # The welcome page is no back door for a new password.
    assert client.get(reverse("welcome")).headers["Location"] == reverse("queue")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"again": "something else entirely"}, "The two passwords differ"),
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "password1234", "again": "password1234"}, "too common"),
        ({"username": "BRYN"}, "Somebody has this user name already"),
        ({"username": "si ân"}, "Enter a valid username"),
        ({"name": " "}, "Write your name"),
    ],
)
def test_the_welcome_page_says_what_to_mend_and_keeps_what_was_typed(
    typed: dict[str, str], sentence: str
) -> None:
    make_person("Bryn")
    person, token = sign_in.invite("Charlie", may_decide=False, by="Siân", now=NOW)
    client = Client()
    client.post(reverse("sign-in-link", args=[token]))
    good = {"name": "Charlie D", "username": "cd", "password": PASSWORD, "again": PASSWORD}
    page = client.post(reverse("welcome"), {**good, **typed})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert sentence in page.text
    assert PASSWORD not in page.text
    assert typed.get("username", "cd") in page.text
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert person.name == "Charlie"


def test_the_welcome_page_suggests_the_name_of_the_invitation() -> None:
    _, token = sign_in.invite("Charlie Ü", may_decide=False, by="Siân", now=NOW)
    client = Client()
    client.post(reverse("sign-in-link", args=[token]))
    page = client.get(reverse("welcome"))
    assert 'value="Charlie Ü"' in page.text
    assert 'value="charlie-u"' in page.text


def test_a_used_link_says_so_instead_of_failing() -> None:
    token = sign_in.make_link(make_person(), now=NOW, lifetime=timedelta(hours=1))
    path = reverse("sign-in-link", args=[token])
    Client().post(path)
    again = Client().post(path)
    assert again.status_code == 410
    assert "does not work any more" in again.text


def test_signing_in_with_a_password_and_out_again() -> None:
    make_person()
    client = Client()
    wrong = client.post(reverse("sign-in"), {"username": "siân", "password": "wrong"})
    assert wrong.status_code == 422
    assert "not right" in wrong.text
    good = {"username": "siân", "password": "correct horse battery", "next": "/scheduled/"}
    assert client.post(reverse("sign-in"), good).headers["Location"] == "/scheduled/"
    client.post(reverse("sign-out"))
    assert client.get(reverse("queue")).headers["Location"] == "/sign-in/?next=/"


def test_sign_in_leads_to_no_foreign_place() -> None:
    make_person()
    typed = {
        "username": "siân",
        "password": "correct horse battery",
        "next": "https://evil.example/",
    }
    assert Client().post(reverse("sign-in"), typed).headers["Location"] == reverse("queue")


def test_an_administrator_adds_a_colleague_and_sees_the_link_once() -> None:
    client = Client()
    client.force_login(make_person(admin=True))
    page = client.post(reverse("people"), {"name": "Bryn", "may": "decide"})
    assert page.headers["Cache-Control"] == "no-store"
    token = page.text.partition("/sign-in/")[2].partition("/")[0]
    bryn = sign_in.redeem(token, now=NOW)
    assert bryn is not None
    assert bryn.may_decide
    assert token not in client.get(reverse("people")).text
    assert Event.objects.get(verb="add person").actor == "Siân"
    assert record.verify() == ""


def test_a_colleague_who_only_looks_may_not_decide() -> None:
    person, _ = sign_in.invite("Charlie", may_decide=False, by="Siân", now=NOW)
    assert not Person.objects.get(pk=person.pk).may_decide


@pytest.mark.parametrize("typed", [{"name": "", "may": "decide"}, {"name": "B", "may": "rule"}, {}])
def test_an_invitation_that_lacks_something_makes_nobody(typed: dict[str, str]) -> None:
    client = Client()
    client.force_login(make_person(admin=True))
    page = client.post(reverse("people"), typed)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert Person.objects.count() == 1


def test_shutting_a_colleague_out_ends_the_session_and_the_links() -> None:
    admin, colleague = Client(), Client()
    admin.force_login(make_person(admin=True))
    bryn = make_person("Bryn")
    token = sign_in.make_link(bryn, now=NOW)
    colleague.force_login(bryn)
    assert colleague.get(reverse("queue")).status_code == 200
    admin.post(reverse("person", args=[bryn.pk, "deactivate"]))
    assert colleague.get(reverse("queue")).status_code == 302
    assert sign_in.redeem(token, now=NOW) is None
    admin.post(reverse("person", args=[bryn.pk, "activate"]))
    bryn.refresh_from_db()
    assert bryn.is_active
    assert list(Event.objects.values_list("verb", flat=True)) == ["shut out", "let in"]


def test_nobody_shuts_themselves_out() -> None:
    client = Client()
    sian = make_person(admin=True)
    client.force_login(sian)
    page = client.post(reverse("person", args=[sian.pk, "deactivate"]), follow=True)
    assert "You cannot shut yourself out." in page.text
    sian.refresh_from_db()
    assert sian.is_active


def test_a_new_link_lets_somebody_set_a_forgotten_password_anew() -> None:
    admin, colleague = Client(), Client()
    admin.force_login(make_person(admin=True))
    bryn = make_person("Bryn")
    page = admin.post(reverse("person", args=[bryn.pk, "link"]))
    token = page.text.partition("/sign-in/")[2].partition("/")[0]
    colleague.post(reverse("sign-in-link", args=[token]))
    typed = {"name": "Bryn", "username": "bryn", "password": PASSWORD, "again": PASSWORD}
    assert colleague.post(reverse("welcome"), typed).headers["Location"] == reverse("queue")
    assert Client().login(username="bryn", password=PASSWORD)


def test_only_administrators_see_or_change_people() -> None:
    client = Client()
    bryn = make_person("Bryn")
    client.force_login(bryn)
    assert client.get(reverse("people")).status_code == 403
    assert client.post(reverse("people"), {"name": "X", "may": "decide"}).status_code == 403
    assert client.post(reverse("person", args=[bryn.pk, "link"])).status_code == 403
    assert Person.objects.count() == 1
    assert reverse("people") not in client.get(reverse("queue")).text


def _try(password: str, *, name: str = "siân", address: str = "192.0.2.1") -> Any:
    typed = {"username": name, "password": password}
    return Client().post(reverse("sign-in"), typed, REMOTE_ADDR=address)


def test_after_five_wrong_passwords_a_user_name_waits_a_quarter_of_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_person()
    for _ in range(5):
        assert "not right" in _try("wrong").text
    for name in ("siân", "SIÂN"):
        page = _try("correct horse battery", name=name)
        assert page.status_code == 422
        assert "Too many wrong passwords" in page.text
    assert _try("correct horse battery", address="192.0.2.2").status_code == 302
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + minutes(15))
    assert _try("correct horse battery").status_code == 302


def test_the_right_password_forgives_the_wrong_ones_before_it() -> None:
    make_person()
    for _ in range(3):
        for _ in range(4):
            _try("wrong")
        assert _try("correct horse battery").status_code == 302


def test_many_addresses_together_wait_too_and_an_unknown_name_is_told_the_same() -> None:
    for number in range(30):
        assert "not right" in _try("wrong", name="nobody", address=f"192.0.2.{number}").text
    page = _try("wrong", name="nobody", address="198.51.100.1")
    assert "Too many wrong passwords" in page.text
