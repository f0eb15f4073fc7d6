"""The Accounts page: connecting, testing and disconnecting, for administrators, in the session that began it."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from pytest_django import Settings

from bot.connect import tokens
from config import schema
from review import connections
from review.models import Account, Connection, Consent, Event
from tests.bot.networks.conftest import Clock
from tests.connecting import came_back, found_in, rows, tokens_of
from tests.emulators.faults import Fault, Kind
from tests.emulators.linkedin import PAGE, LinkedInEmulator
from tests.emulators.x import KEYS, XEmulator
from tests.making import make_person

pytestmark = pytest.mark.django_db

ACCOUNTS = f"""
[[account]]
name = "ours-x"
network = "x"
handle = "@Cohes3ion"
live = true
credentials = "X"

[[account]]
name = "ours-page"
network = "linkedin"
author = "{PAGE}"
live = true
credentials = "LINKEDIN"
"""
BACK = "http://testserver/accounts/connected/"


@pytest.fixture(autouse=True)
def _desk(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    x: XEmulator,
    linkedin: LinkedInEmulator,
    clock: Clock,
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.HERODR_CONFIG = tmp_path
    settings.BASE_URL = ""
    (tmp_path / "sources.toml").touch()
    (tmp_path / "calendar.toml").touch()
    (tmp_path / "accounts.toml").write_text(ACCOUNTS)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    for name, value in {
        "X_API_URL": x.url,
        "LINKEDIN_API_URL": linkedin.url,
        "LINKEDIN_AUTH_URL": linkedin.url,
    }.items():
        monkeypatch.setenv(name, value)


def browser(name: str = "Siân", *, admin: bool = True) -> Client:
    client = Client()
    client.force_login(make_person(name, admin=admin))
    return client


@pytest.fixture
def sian() -> Client:
    return browser()


def tree(text: str) -> Any:
    return html.fromstring(text)


def opened(client: Client) -> Any:
    return tree(client.get(reverse("accounts")).text)


def pk(client: Client, name: str) -> int:
    client.get(reverse("accounts"))
    return Account.objects.get(name=name).pk


def press(client: Client, verb: str, name: str) -> Any:
    return client.post(reverse(verb, args=[pk(client, name)]))


def begin(client: Client, name: str = "ours-x") -> str:
    """Press Connect; returns the address of the network that the page leads to."""
    answer = press(client, "connect", name)
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    (address,) = tree(answer.text).xpath("//a[contains(@class, 'go')]/@href")
    return str(address)


def come_back(client: Client, given: dict[str, str]) -> str:
    """Follow the network's answer; returns what the desk says."""
    answer = client.get("/accounts/connected/", given)
    assert answer.status_code == 302, answer.text
    assert given.get("code", "?") not in answer.headers["Location"]
    page = tree(client.get(answer.headers["Location"]).text)
    return " ".join(str(page.xpath("string(//*[@role='status'])")).split())


@pytest.mark.parametrize(
    ("name", "who"), [("ours-x", "Cohes3ion (@cohes3ion)"), ("ours-page", PAGE)]
)
def test_an_administrator_connects_an_account_and_tests_it(
    sian: Client, name: str, who: str, x: XEmulator, linkedin: LinkedInEmulator
) -> None:
    address = begin(sian, name)
    said = come_back(sian, came_back(address))
    assert f"{name} is connected" in said
    assert f"says that this is {who}." in said
    card = str(opened(sian).xpath(f"string(//article[contains(., '{name}')])"))
    assert "Connected bySiân, Tue 24 Nov" in card
    assert ("60 days left" if name == "ours-page" else "it renews itself") in card
    answer = press(sian, "test-account", name)
    page = sian.get(answer.headers["Location"]).text
    assert "Nothing was posted." in page
    assert (x.ledger, linkedin.ledger) == ({}, {})
    event = Event.objects.get(verb="connect")
    assert (event.actor, event.details["account"]) == ("Siân", name)


def test_the_redirect_address_is_under_the_desks_own(sian: Client, settings: Settings) -> None:
    settings.BASE_URL = "https://desk.example.org"
    for name in ("ours-x", "ours-page"):
        address = begin(sian, name).replace("%2F", "/").replace("%3A", ":")
        assert "redirect_uri=https://desk.example.org/accounts/connected/" in address
    assert "https://desk.example.org/accounts/connected/" in str(
        html.tostring(opened(sian), encoding="unicode")
    )


@pytest.mark.parametrize("admin", [False, None], ids=["approver", "nobody"])
@pytest.mark.parametrize("verb", ["connect", "test-account", "disconnect"])
def test_nobody_else_connects_tests_or_disconnects(
    sian: Client, admin: bool | None, verb: str
) -> None:
    number = pk(sian, "ours-x")
    client = Client() if admin is None else browser("Bryn", admin=False)
    answer = client.post(reverse(verb, args=[number]))
    assert answer.status_code == (302 if admin is None else 403)
    assert "/sign-in/" in answer.headers.get("Location", "/sign-in/")
    assert client.get(reverse("accounts")).status_code == answer.status_code
    assert not Consent.objects.exists()


def test_an_answer_works_once(sian: Client) -> None:
    given = came_back(begin(sian))
    assert "is connected" in come_back(sian, given)
    assert "was used already" in come_back(sian, given)


def test_a_forged_answer_is_refused_and_costs_nothing(sian: Client, x: XEmulator) -> None:
    given = came_back(begin(sian))
    for forged in ({**given, "state": "forged"}, {"code": given["code"]}, {"state": ""}):
        assert "belongs to no connection that you began" in come_back(sian, forged)
    assert not Connection.objects.exists()
    assert not [r for r in x.requests if r.path == "/2/oauth2/token"]
    assert "is connected" in come_back(sian, given)


def test_somebody_elses_answer_is_refused(sian: Client) -> None:
    # An attacker consents as themselves and has Siân's browser bring the answer.
    mallory = browser("Mallory")
    given = came_back(begin(mallory))
    begin(sian)
    assert "belongs to no connection that you began" in come_back(sian, given)
    # The same person in another browser is another session.
    other = Client()
    other.force_login(make_person("Nia", admin=True))
    assert "belongs to no connection" in come_back(other, came_back(begin(sian)))
    assert not Connection.objects.exists()


def test_an_answer_that_comes_too_late_is_refused(sian: Client, clock: Clock) -> None:
    given = came_back(begin(sian))
    clock.now += connections.CONSENT_LIVES
    assert "came too late" in come_back(sian, given)
    assert not Connection.objects.exists()


def test_who_was_signed_out_meanwhile_begins_again(sian: Client) -> None:
    given = came_back(begin(sian))
    sian.logout()
    answer = sian.get("/accounts/connected/", given)
    assert answer.headers["Location"] == "/sign-in/?next=/accounts/"


@pytest.mark.parametrize("name", ["ours-x", "ours-page"])
def test_a_consent_that_was_refused_changes_nothing(
    sian: Client, name: str, x: XEmulator, linkedin: LinkedInEmulator
) -> None:
    assert "is connected" in come_back(sian, came_back(begin(sian, name)))
    before = Connection.objects.values().get()
    x.oauth2.denies = linkedin.denies = True
    assert "was not given the consent" in come_back(sian, came_back(begin(sian, name)))
    assert Connection.objects.values().get() == before


def test_an_app_that_may_not_ask_is_told_from_a_refusal(
    sian: Client, linkedin: LinkedInEmulator
) -> None:
    linkedin.app_scopes = frozenset({"openid", "profile"})
    said = come_back(sian, came_back(begin(sian, "ours-page")))
    assert "does not let this app ask for that permission" in said


def test_an_account_of_somebody_else_is_refused_with_both_words(sian: Client, x: XEmulator) -> None:
    x.oauth2.user = "somebody_else"
    said = come_back(sian, came_back(begin(sian)))
    assert "X says that this is @somebody_else" in said
    assert "ours-x is @Cohes3ion" in said
    assert not Connection.objects.exists()


def test_reconnecting_lets_a_paused_account_go_on(
    sian: Client, clock: Clock, x: XEmulator, configuration: schema.Configuration
) -> None:
    come_back(sian, came_back(begin(sian)))
    known = Connection.objects.get()
    reason = "X gave no token: “no”. Press Reconnect."
    connections.end(known.pk, number=known.number, reason=reason, now=clock())
    page = opened(sian)
    assert reason in page.xpath("string(//article[contains(., 'ours-x')])")
    assert "Reconnect" in page.xpath("string(//article[contains(., 'ours-x')]//button)")
    assert "is connected" in come_back(sian, came_back(begin(sian)))
    assert not Account.objects.get(name="ours-x").paused


def test_disconnecting_forgets_the_tokens_here_and_at_x(sian: Client, x: XEmulator) -> None:
    come_back(sian, came_back(begin(sian)))
    answer = press(sian, "disconnect", "ours-x")
    said = sian.get(answer.headers["Location"]).text
    assert "has forgotten its tokens, and X has ended them" in said
    assert not Connection.objects.exists()
    # The one that renews and the one that posts.
    assert x.oauth2.revoked == 2
    assert all(token.family.dead for token in x.oauth2.access.values())


@pytest.mark.parametrize("fault", [Fault(Kind.STATUS, status=503), Fault(Kind.DROP)])
def test_where_x_does_not_say_that_it_ended_them_the_person_is_told_where_to(
    sian: Client, x: XEmulator, fault: Fault
) -> None:
    come_back(sian, came_back(begin(sian)))
    x.play(fault)
    said = sian.get(press(sian, "disconnect", "ours-x").headers["Location"]).text
    assert "at https://x.com/settings/connected_apps." in said
    assert not Connection.objects.exists()


def test_on_linkedin_the_person_is_told_where_to_end_the_consent(
    sian: Client, linkedin: LinkedInEmulator
) -> None:
    come_back(sian, came_back(begin(sian, "ours-page")))
    said = sian.get(press(sian, "disconnect", "ours-page").headers["Location"]).text
    assert "at https://www.linkedin.com/psettings/permitted-services." in said
    assert not Connection.objects.exists()


def test_a_test_says_what_is_wrong_in_the_networks_words(
    sian: Client, x: XEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**KEYS, "ACCESS_TOKEN_SECRET": "wrong"}.items():
        monkeypatch.setenv(f"X_{name}", value)
    card = str(opened(sian).xpath("string(//article[contains(., 'ours-x')])"))
    assert "the keys that the operator set" in card
    page = sian.get(press(sian, "test-account", "ours-x").headers["Location"]).text
    assert "X does not accept the keys" in page
    assert "wrong" not in page


def test_what_has_to_be_set_is_named(sian: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X_CLIENT_ID")
    card = opened(sian).xpath("//article[contains(., 'ours-x')]")[0]
    assert "X_CLIENT_ID, X_CLIENT_SECRET" in card.text_content()
    assert not card.xpath(".//button[contains(., 'Connect')]")


def test_tokens_that_no_key_opens_are_said(sian: Client, settings: Settings) -> None:
    come_back(sian, came_back(begin(sian)))
    settings.HERODR_TOKEN_KEYS = ("another" * 10,)
    card = str(opened(sian).xpath("string(//article[contains(., 'ours-x')])"))
    assert "cannot be read with the keys given" in card
    settings.HERODR_TOKEN_KEYS = ("short",)
    answer = press(sian, "connect", "ours-x")
    assert "openssl rand" in sian.get(answer.headers["Location"]).text


@pytest.mark.parametrize(("days", "stands_out"), [(15, False), (14, True), (1, True)])
def test_the_last_fortnight_stands_out(
    sian: Client, clock: Clock, days: int, stands_out: bool
) -> None:
    come_back(sian, came_back(begin(sian, "ours-page")))
    clock.now += timedelta(days=60 - days)
    sian = browser("Nia")  # Siân's session is over by then
    text = f"{days} day{'s' if days > 1 else ''} left"
    strong = opened(sian).xpath(f"//article//strong[contains(., '{text}')]")
    assert bool(strong) is stands_out


def test_no_token_is_on_a_page_in_an_address_or_in_the_log(
    sian: Client,
    x: XEmulator,
    linkedin: LinkedInEmulator,
    caplog: pytest.LogCaptureFixture,
    clock: Clock,
    configuration: schema.Configuration,
    tools: tokens.Tools,
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    class Watched(Client):
        def request(self, **request: Any) -> Any:
            answer = super().request(**request)
            seen.append(f"{request} {answer.headers} {answer.content.decode()}")
            return answer

    watched = Watched()
    watched.cookies = sian.cookies
    sian = watched
    for name in ("ours-x", "ours-page"):
        come_back(sian, came_back(begin(sian, name)))
        press(sian, "test-account", name)
        opened(sian)
    sian.get(reverse("sources"))
    press(sian, "disconnect", "ours-x")
    opened(sian)
    given = tokens_of(x, linkedin)
    assert len(given) == 3
    assert found_in(given, *seen, rows(), caplog.text) == set()
