"""Passkeys in a real browser, with an authenticator that the browser plays itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect
from pytest_django import Settings

from review.models import Event
from tests.journeys.browsers import Desk, configure
from tests.making import make_person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(settings, tmp_path, calendar='slots = ["Mon-Sun 09:30"]')


def authenticator(desk: Desk) -> tuple[CDPSession, str]:
    """Put a fingerprint reader into the browser; return what speaks to it, and its name."""
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, str(made["authenticatorId"])


def sign_out(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Sign out").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def password(desk: Desk) -> None:
    desk.page.get_by_label("User name").fill("siân")
    desk.page.get_by_label("Password").fill("correct horse battery")
    desk.page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(desk: Desk, *, alone: bool) -> None:
    desk.open("/account/second-steps/passkeys/new/")
    desk.page.get_by_label("Name").fill("work laptop")
    desk.page.get_by_label("Sign in with it alone").set_checked(alone)
    desk.page.get_by_role("button", name="Add a passkey").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(desk.page.locator("main code")).to_have_count(10)


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Any:
    make_person()
    context = chromium.new_context()
    desk = Desk(context, live_server.url.replace("127.0.0.1", "localhost"))
    yield desk
    context.close()
    # The answers 422 and the like are looked for; scripts and the policy have nothing to complain about.
    assert [line for line in desk.complaints if "422" not in line] == []


def test_a_passkey_alone_lets_somebody_in(desk: Desk) -> None:
    session, name = authenticator(desk)
    desk.open("/sign-in/")
    password(desk)
    add_passkey(desk, alone=True)
    assert (
        len(session.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]) == 1
    )
    sign_out(desk)
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Queue")
    # One step is enough: the reader has seen the finger.
    desk.open("/account/second-steps/")
    expect(desk.page.get_by_text("work laptop").first).to_be_visible()
    expect(desk.page.get_by_text(re.compile("last used"))).to_be_visible()
    desk.page.get_by_role("link", name=re.compile("^Rename")).click()
    desk.page.get_by_label("Name").fill("laptop at home")
    desk.page.get_by_role("button", name="Save").click()
    expect(desk.page.get_by_text("laptop at home").first).to_be_visible()
    expect(desk.page.get_by_text("work laptop")).to_have_count(0)


def test_a_passkey_stands_beside_the_password(desk: Desk) -> None:
    session, name = authenticator(desk)
    desk.open("/sign-in/")
    password(desk)
    add_passkey(desk, alone=False)
    sign_out(desk)
    password(desk)
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Second step")
    # A device that does not hold it opens nothing, and that is said.
    session.send("WebAuthn.clearCredentials", {"authenticatorId": name})
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("The passkey was not used")
    desk.open("/scheduled/")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Second step")
    desk.page.get_by_role("button", name="Start again").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_second_step_by_a_passkey_and_its_removal(desk: Desk) -> None:
    authenticator(desk)
    desk.open("/sign-in/")
    password(desk)
    add_passkey(desk, alone=False)
    sign_out(desk)
    password(desk)
    desk.page.get_by_role("button", name="Use a passkey").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Queue")
    desk.open("/account/second-steps/")
    desk.page.get_by_role("link", name=re.compile("Remove.*work laptop")).click()
    desk.page.get_by_role("button", name="Remove the passkey").click()
    expect(desk.page.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(desk)
    password(desk)
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Queue")
    assert not Event.objects.filter(verb="forget second step").exists()


def test_without_passkeys_the_pages_say_so_and_passwords_still_do(
    chromium: Browser, live_server: Any
) -> None:
    make_person()
    context = chromium.new_context()
    # A number in place of a name: browsers have no passkeys for it.
    desk = Desk(context, live_server.url.replace("localhost", "127.0.0.1"))
    desk.open("/sign-in/")
    expect(desk.page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    password(desk)
    desk.open("/account/second-steps/passkeys/new/")
    expect(desk.page.get_by_text("This browser cannot use passkeys here.")).to_be_visible()
    context.close()
    assert desk.complaints == []
