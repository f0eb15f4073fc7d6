"""The organisation's own accounts: a real desk, a real browser, a provider on loopback."""

from __future__ import annotations

import json
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.emulators import oidc
from tests.emulators.oidc import CLIENT, SECRET, Provider
from tests.journeys.terminal import Terminal

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SIAN = {"sub": "4711", "email": "Sian@example.org", "email_verified": True, "name": "Siân Jones"}
INVITE = (
    "from review import sign_in; from django.utils import timezone; "
    "sign_in.invite('Siân', may_decide=True, by='test', now=timezone.now(), email='sian@example.org')"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oidc.serving() as one:
        yield one


@pytest.fixture
def desk(provider: Provider, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A desk that knows the provider, and Siân, whom somebody has invited."""
    port = free_port()
    provider.identity, provider.broken = dict(SIAN), ""
    provider.complaints.clear()
    terminal = Terminal(
        tmp_path,
        {
            "PORT": str(port),
            "HOST": "127.0.0.1",
            "BASE_URL": f"http://127.0.0.1:{port}",
            "OIDC_URL": provider.address,
            "OIDC_NAME": "Cyngor Arfon",
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            **getattr(request, "param", {}),
        },
    )
    terminal.run("release")
    terminal.python(INVITE)
    process = terminal.start("web")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{terminal.settings['BASE_URL']}/healthz", timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    yield terminal
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


def come_through(browser: Browser, desk: Terminal, *, path: str = "/sign-in/") -> Page:
    """Press the link to the provider in a browser of one's own."""
    page = browser.new_context().new_page()
    page.set_default_timeout(15_000)
    page.goto(desk.settings["BASE_URL"] + path)
    page.get_by_role("link", name="Sign in through Cyngor Arfon").click()
    return page


def people(desk: Terminal) -> list[list[Any]]:
    code = (
        "from review.models import Person; import json; "
        "print(json.dumps([[p.name, p.may_decide, p.has_usable_password()] "
        "for p in Person.objects.order_by('pk')]))"
    )
    return list(json.loads(desk.python(code)))


def test_whoever_was_invited_comes_in_by_the_organisations_account(
    chromium: Browser, desk: Terminal, provider: Provider
) -> None:
    page = come_through(chromium, desk, path="/sign-in/?next=/scheduled/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Scheduled")
    # Known from now on, by the provider's own number, whatever becomes of the address.
    provider.identity = {**SIAN, "email": "sian.jones@example.org"}
    again = come_through(chromium, desk)
    expect(again.get_by_role("heading", level=1)).to_have_text("Queue")
    assert people(desk) == [["Siân", True, False]]
    assert provider.complaints == []


def test_nobody_else_comes_in(chromium: Browser, desk: Terminal, provider: Provider) -> None:
    for identity in (
        {**SIAN, "email_verified": False},
        {**SIAN, "email": "bryn@example.org"},  # whom nobody has invited
        {"sub": "4711"},
    ):
        provider.identity = identity
        page = come_through(chromium, desk)
        expect(page.get_by_role("heading", level=1)).to_have_text("Nobody has invited you yet")
        page.goto(desk.settings["BASE_URL"] + "/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert people(desk) == [["Siân", True, False]]


@pytest.mark.parametrize("desk", [{"OIDC_NEWCOMERS": "viewers"}], indirect=True)
def test_newcomers_may_be_let_in_to_look(
    chromium: Browser, desk: Terminal, provider: Provider
) -> None:
    provider.identity = {**SIAN, "sub": "12", "email": "bryn@example.org", "name": "Bryn"}
    page = come_through(chromium, desk)
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    assert people(desk) == [["Siân", True, False], ["Bryn", False, False]]
    assert "sound" in desk.run("log", "verify").stdout


@pytest.mark.parametrize("desk", [{"OIDC_EMAIL_DOMAINS": "example.org"}], indirect=True)
def test_a_provider_that_never_says_verified_is_believed_for_named_domains(
    chromium: Browser, desk: Terminal, provider: Provider
) -> None:
    provider.identity = {"sub": "1", "email": "sian@example.org", "name": "Siân"}
    page = come_through(chromium, desk)
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    provider.identity = {"sub": "2", "email": "sian@example.com", "name": "Siân"}
    page = come_through(chromium, desk)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody has invited you yet")


def test_what_goes_wrong_there_is_said_here(
    chromium: Browser, desk: Terminal, provider: Provider
) -> None:
    provider.identity = None
    page = come_through(chromium, desk)
    expect(page.get_by_text("You were not signed in: it was cancelled")).to_be_visible()
    provider.identity, provider.broken = dict(SIAN), "token"
    page = come_through(chromium, desk)
    expect(page.get_by_text("did not answer as it should")).to_be_visible()
    # A code that another browser was given, without this one's state.
    provider.broken = ""
    page.goto(desk.settings["BASE_URL"] + "/account/provider/back/?code=stolen&state=made-up")
    expect(page.get_by_text("did not answer as it should")).to_be_visible()
    page.goto(desk.settings["BASE_URL"] + "/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
