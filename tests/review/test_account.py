"""One's own account: a second step, a forgotten password, an address, sessions; and who must have what."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from review import record, sign_in
from review.models import Event, Person
from tests.emulators.mailbox import Mailbox, serving
from tests.making import NOW, make_person, make_post
from tests.review.desk import do, parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

PASSWORD = "correct horse battery"
NEW = "four quiet herons wade"


@pytest.fixture
def mailbox(settings: Settings, socket_enabled: None) -> Iterator[Mailbox]:
    with serving(settings) as box:
        yield box


def come_in(name: str = "siân", password: str = PASSWORD, **given: Any) -> tuple[Client, Any]:
    client = Client()
    typed = {"username": name, "password": password, **given}
    return client, client.post(reverse("sign-in"), typed)


def give_address(person: Person, email: str) -> None:
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)


def set_up_app(client: Client) -> str:
    """Set an authenticator app up, as a person does; return its key."""
    page = client.get(reverse("mfa_activate_totp"))
    key = str(parsed(page.text).xpath("string(//input[@id='key']/@value)"))
    done = client.post(reverse("mfa_activate_totp"), {"code": code(key)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    return key


def code(key: str, *, steps: int = 0) -> str:
    """What the app with this key shows, `steps` half minutes from now."""
    counter = int(time.time()) // 30 + steps
    return str(totp.format_hotp_value(totp.hotp_value(key, counter)))


def wrong_code(key: str) -> str:
    """Six digits that the app shows neither now nor soon."""
    right = {code(key, steps=step) for step in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in right)


def test_a_password_is_kept_as_an_argon2_hash(settings: LazySettings) -> None:
    from config.sign_in import sign_in_settings

    settings.PASSWORD_HASHERS = sign_in_settings({}, https=False)["PASSWORD_HASHERS"]
    assert make_person().password.startswith("argon2$argon2id$")


def test_an_older_hash_becomes_argon2_when_its_owner_comes_in(settings: LazySettings) -> None:
    from config.sign_in import sign_in_settings

    argon2, pbkdf2 = sign_in_settings({}, https=False)["PASSWORD_HASHERS"]
    settings.PASSWORD_HASHERS = [pbkdf2]
    make_person()
    settings.PASSWORD_HASHERS = [argon2, pbkdf2]
    assert come_in()[1].status_code == 302
    assert Person.objects.get().password.startswith("argon2$")


def test_the_road_of_an_authenticator_app() -> None:
    make_person()
    client, _ = come_in()
    key = set_up_app(client)
    codes = re.findall(r"<code>(\d{8})</code>", client.get(reverse("mfa_view_recovery_codes")).text)
    assert len(codes) == 10

    again, answer = come_in(next="/scheduled/")
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    # The password alone opens nothing.
    assert again.get(reverse("queue")).headers["Location"].startswith(reverse("sign-in"))
    wrong = again.post(reverse("mfa_authenticate"), {"code": wrong_code(key)})
    assert wrong.status_code == 422
    assert "The code is not right." in wrong.text
    # The code that set the app up is used; the next one is within the tolerance.
    right = again.post(reverse("mfa_authenticate"), {"code": code(key, steps=1)})
    assert right.headers["Location"] == "/scheduled/"
    assert again.get(reverse("queue")).status_code == 200

    third, _ = come_in()
    assert third.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert third.get(reverse("queue")).status_code == 200
    fourth, _ = come_in()
    assert fourth.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 422


def test_a_code_works_once() -> None:
    make_person()
    client, _ = come_in()
    key = set_up_app(client)
    shown = code(key, steps=1)
    first, _ = come_in()
    assert first.post(reverse("mfa_authenticate"), {"code": shown}).status_code == 302
    second, _ = come_in()
    assert second.post(reverse("mfa_authenticate"), {"code": shown}).status_code == 422


def test_after_five_wrong_codes_the_second_step_waits() -> None:
    make_person()
    client, _ = come_in()
    key = set_up_app(client)
    again, _ = come_in()
    for _number in range(5):
        again.post(reverse("mfa_authenticate"), {"code": wrong_code(key)})
    waits = again.post(reverse("mfa_authenticate"), {"code": code(key, steps=1)})
    assert waits.status_code == 422
    assert "Too many wrong codes." in waits.text


def test_the_secret_of_an_app_is_stored_sealed() -> None:
    make_person()
    client, _ = come_in()
    key = set_up_app(client)
    stored = Authenticator.objects.get(type="totp")
    assert key not in str(stored.data)
    assert key not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_one_time_link_asks_for_the_second_step_too() -> None:
    sian = make_person()
    client, _ = come_in()
    key = set_up_app(client)
    stranger = Client()
    path = reverse("sign-in-link", args=[sign_in.make_link(sian, now=NOW)])
    assert stranger.post(path).headers["Location"] == reverse("mfa_authenticate")
    assert stranger.get(reverse("welcome")).headers["Location"].startswith(reverse("sign-in"))
    done = stranger.post(reverse("mfa_authenticate"), {"code": code(key, steps=1)})
    assert done.headers["Location"] == reverse("welcome")
    assert stranger.get(reverse("welcome")).status_code == 200


def test_an_administrator_forgets_a_lost_second_step() -> None:
    bryn = make_person("Bryn")
    client, _ = come_in("bryn")
    set_up_app(client)
    admin = Client()
    admin.force_login(make_person(admin=True))
    assert "Forget lost second step" in admin.get(reverse("people")).text
    admin.post(reverse("person", args=[bryn.pk, "second-step"]))
    assert not sign_in.has_second_step(bryn)
    assert come_in("bryn")[1].headers["Location"] == reverse("queue")
    event = Event.objects.get(verb="forget second step")
    assert (event.actor, event.details) == ("Siân", {"person": bryn.pk})
    assert record.verify() == ""


def test_nobody_else_forgets_a_second_step() -> None:
    sian = make_person(admin=True)
    client, _ = come_in()
    set_up_app(client)
    bryn = Client()
    bryn.force_login(make_person("Bryn"))
    assert bryn.post(reverse("person", args=[sian.pk, "second-step"])).status_code == 403
    assert sign_in.has_second_step(sian)


def test_what_matters_asks_for_the_password_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_person()
    client, _ = come_in()
    later = time.time() + 3600
    monkeypatch.setattr("time.time", lambda: later)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate")), name
    again = reverse("account_reauthenticate") + "?next=" + reverse("mfa_activate_totp")
    assert client.post(again, {"password": "wrong"}).status_code == 422
    assert client.post(again, {"password": PASSWORD}).headers["Location"] == reverse(
        "mfa_activate_totp"
    )
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


@pytest.mark.parametrize(
    ("rule", "who", "asked"),
    [
        ("", {"may_decide": True}, False),
        ("deciders", {"may_decide": True}, True),
        ("deciders", {"admin": True, "may_decide": False}, True),
        ("deciders", {"may_decide": False, "may_edit": True}, False),
        ("everyone", {"may_decide": False}, True),
    ],
)
def test_the_operator_may_ask_for_a_second_step(
    settings: Settings, rule: str, who: dict[str, Any], asked: bool
) -> None:
    settings.SECOND_STEP = rule
    make_person(**who)
    client, _ = come_in()
    post = make_post()
    page = client.get(reverse("queue"))
    if not asked:
        assert page.status_code == 200
        return
    assert page.headers["Location"] == reverse("mfa_index")
    assert "Set up a second step first" in client.get(reverse("mfa_index")).text
    assert do(client, post, "approve").headers["Location"] == reverse("mfa_index")
    assert not post.decisions.exists()
    set_up_app(client)
    assert client.get(reverse("queue")).status_code == 200


def test_a_forgotten_password_is_replaced_through_a_mail(mailbox: Mailbox) -> None:
    give_address(make_person(), "sian@example.org")
    elsewhere, _ = come_in()
    client = Client()
    sent = client.post(reverse("account_reset_password"), {"email": "Sian@example.org"})
    assert sent.headers["Location"] == reverse("account_reset_password_done")
    (message,) = mailbox.received
    assert message["To"] == "sian@example.org"
    assert message["Subject"] == "A new password for Herodr"
    assert "siân" in mailbox.words()
    path = mailbox.link(containing="/account/forgotten/")
    assert path in mailbox.words(html=True)
    form = client.get(path, follow=True)
    action = str(parsed(form.text).xpath("string(//main//form/@action)"))
    unlike = client.post(action, {"password1": NEW, "password2": "other words here"})
    assert unlike.status_code == 422
    done = client.post(action, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed." in done.text
    assert come_in()[1].status_code == 422
    assert come_in(password=NEW)[1].status_code == 302
    # Whoever was in with the old password is out, and the link is used up.
    assert elsewhere.get(reverse("queue")).status_code == 302
    assert (
        mailbox.received[-1]["Subject"] == "Your password for Herodr was replaced through a mail."
    )
    used = Client().get(path)
    assert "This link does not work any more" in used.text


def test_a_stranger_cannot_tell_who_has_an_account(mailbox: Mailbox) -> None:
    give_address(make_person(), "sian@example.org")
    pages = []
    for email in ("sian@example.org", "nobody@example.org"):
        done = Client().post(reverse("account_reset_password"), {"email": email}, follow=True)
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", done.text))
    assert pages[0] == pages[1]
    assert len(mailbox.received) == 1


def test_a_mail_comes_in_its_readers_language(mailbox: Mailbox) -> None:
    sian = make_person()
    give_address(sian, "sian@example.org")
    Person.objects.update(language="cy")
    Client().post(reverse("account_reset_password"), {"email": "sian@example.org"})
    assert mailbox.received[0]["Subject"] == "Cyfrinair newydd ar gyfer Herodr"
    assert '<html lang="cy">' in mailbox.words(html=True)


def test_a_mail_server_that_is_down_is_no_error_page(
    settings: Settings, caplog: pytest.LogCaptureFixture, socket_enabled: None
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    give_address(make_person(), "sian@example.org")
    sent = Client().post(reverse("account_reset_password"), {"email": "sian@example.org"})
    assert sent.status_code == 302
    assert "could not be sent" in caplog.text
    assert "sian@" not in caplog.text


def test_without_a_mail_server_a_forgotten_password_leads_to_an_administrator(
    settings: Settings,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert "An administrator can make you a one-time link" in Client().get("/sign-in/").text
    page = Client().get(reverse("account_reset_password")).text
    assert "Ask an administrator" in page
    assert 'name="email"' not in page


def test_an_address_counts_once_its_link_was_opened(mailbox: Mailbox) -> None:
    sian = make_person()
    client, _ = come_in()
    typed = {"email": "sian@example.org", "action_add": "yes"}
    assert client.post(reverse("account_email"), typed).status_code == 302
    assert sign_in.address_of(sian) == ""
    path = mailbox.link(containing="/account/address/")
    scanner = Client()
    assert scanner.get(path).status_code == 200
    assert sign_in.address_of(sian) == ""
    done = client.post(path, follow=True)
    assert "sian@example.org is your address now." in done.text
    assert sign_in.address_of(sian) == "sian@example.org"


def test_two_people_cannot_share_an_address(mailbox: Mailbox) -> None:
    give_address(make_person("Bryn"), "press@example.org")
    sian = make_person(admin=True)
    client, _ = come_in()
    typed = {"name": "Charlie", "may": "look", "email": "Press@example.org"}
    refused = client.post(reverse("people"), typed)
    assert refused.status_code == 422
    assert "Somebody here has this address already." in refused.text
    client.post(reverse("account_email"), {"email": "press@example.org", "action_add": "yes"})
    assert not mailbox.received or "/account/address/" in mailbox.words()
    assert sign_in.address_of(sian) == ""


def test_an_invitation_with_an_address_is_mailed_too(mailbox: Mailbox) -> None:
    admin = Client()
    admin.force_login(make_person(admin=True))
    typed = {"name": "Bryn", "may": "decide", "email": "Bryn@example.org"}
    page = admin.post(reverse("people"), typed)
    assert "It is on its way to bryn@example.org as well." in page.text
    (mail,) = mailbox.received
    assert (mail["To"], mail["Subject"]) == ("bryn@example.org", "Your way into Herodr")
    bryn = Client()
    path = mailbox.link(containing="/sign-in/")
    assert bryn.get(path).status_code == 200
    assert bryn.post(path).headers["Location"] == reverse("welcome")
    assert sign_in.address_of(Person.objects.get(name="Bryn")) == "bryn@example.org"


def test_an_invitation_that_cannot_be_mailed_is_shown_all_the_same(
    settings: Settings, socket_enabled: None
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    admin = Client()
    admin.force_login(make_person(admin=True))
    typed = {"name": "Bryn", "may": "decide", "email": "bryn@example.org"}
    page = admin.post(reverse("people"), typed)
    assert page.status_code == 200
    assert "/sign-in/" in page.text
    assert "on its way" not in page.text


def test_what_changes_how_somebody_comes_in_is_written_to_them(
    mailbox: Mailbox, django_capture_on_commit_callbacks: Any
) -> None:
    give_address(make_person(), "sian@example.org")
    client, _ = come_in()
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), typed)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": "yes"})
    client.post(mailbox.link(containing="/account/address/"))
    told = [(mail["To"], mail["Subject"]) for mail in mailbox.received]
    assert ("sian@example.org", "An authenticator app was set up for you at Herodr.") in told
    assert ("sian@example.org", "Your password for Herodr was changed.") in told
    # To the address that was theirs before: whoever took the account over reads the new one.
    assert ("sian@example.org", "Your mail address at Herodr was changed.") in told
    assert "at 09:00, from 127.0.0.1." in mailbox.words(0)


def test_sessions_are_listed_and_ended() -> None:
    make_person()
    here, _ = come_in()
    there, elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (Windows) Firefox/140"}), Client()
    for client in (there, elsewhere):
        client.post(reverse("sign-in"), {"username": "siân", "password": PASSWORD})
    page = here.get(reverse("usersessions_list"))
    assert "Firefox, Windows" in page.text
    keys = parsed(page.text).xpath("//button[@name='session']/@value")
    assert len(keys) == 2
    here.post(reverse("usersessions_list"), {"session": keys[0]})
    assert there.get(reverse("queue")).status_code == 302
    assert elsewhere.get(reverse("queue")).status_code == 200
    here.post(reverse("usersessions_list"))
    assert elsewhere.get(reverse("queue")).status_code == 302
    assert here.get(reverse("queue")).status_code == 200


def test_nobody_ends_the_session_of_somebody_else() -> None:
    make_person()
    make_person("Bryn")
    sian, _ = come_in()
    bryn, _ = come_in("bryn")
    from allauth.usersessions.models import UserSession

    for session in UserSession.objects.all():
        bryn.post(reverse("usersessions_list"), {"session": str(session.pk)})
    bryn.post(reverse("usersessions_list"), {"session": "nonsense"})
    assert sian.get(reverse("queue")).status_code == 200
    assert bryn.get(reverse("queue")).status_code == 200


def test_a_new_password_ends_the_other_sessions() -> None:
    make_person()
    here, _ = come_in()
    there, _ = come_in()
    typed = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), typed).status_code == 422
    typed["oldpassword"] = PASSWORD
    assert here.post(reverse("account_change_password"), typed).headers["Location"] == reverse(
        "account"
    )
    assert here.get(reverse("queue")).status_code == 200
    assert there.get(reverse("queue")).status_code == 302


def test_somebody_changes_their_name_language_and_mails() -> None:
    make_person(may_decide=False)
    client, _ = come_in()
    page = client.get(reverse("account"))
    assert not parsed(page.text).xpath("//input[@id='id_digest']/@checked")
    typed = {"name": "Siân Jones", "language": "cy", "digest": "on"}
    assert client.post(reverse("account"), typed).status_code == 302
    sian = Person.objects.get()
    assert (sian.name, sian.language, sian.gets_digest) == ("Siân Jones", "cy", True)
    assert sian.wants_reminders is None  # as the role says, still
    assert client.post(reverse("account"), {"name": " ", "language": "tlh"}).status_code == 422


def test_there_is_no_signing_up_and_no_service_of_strangers() -> None:
    for path in ("/account/signup/", "/accounts/signup/", "/account/login/", "/account/provider/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path).status_code == 404
