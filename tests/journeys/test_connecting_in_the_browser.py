"""Connecting accounts in a real browser: to the network's consent page and back, against both emulators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from review.accounts import CONNECTION as OF_ITS_CONNECTION
from review.models import Account, Connection
from tests.connecting import environment_of, found_in, rows, tokens_of
from tests.emulators import linkedin as linkedins
from tests.emulators import x as xs
from tests.journeys.browsers import Desk
from tests.making import make_person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]

ACCOUNTS = f"""
[[account]]
name = "ours-x"
network = "x"
handle = "@cohes3ion"
live = true
credentials = "X"

[[account]]
name = "ours-page"
network = "linkedin"
author = "{linkedins.PAGE}"
live = true
credentials = "LINKEDIN"
"""
CONNECT = re.compile("^(Connect|Reconnect)")


@pytest.fixture
def x() -> Iterator[xs.XEmulator]:
    with xs.XEmulator() as emulator:
        emulator.oauth2.asks = True
        yield emulator


@pytest.fixture
def linkedin() -> Iterator[linkedins.LinkedInEmulator]:
    with linkedins.LinkedInEmulator() as emulator:
        emulator.asks = True
        yield emulator


@pytest.fixture(autouse=True)
def _configuration(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    x: xs.XEmulator,
    linkedin: linkedins.LinkedInEmulator,
) -> None:
    settings.HERODR_CONFIG = tmp_path
    settings.HERODR_TOKEN_KEYS = ("k" * 40,)
    settings.BASE_URL = ""
    for name, text in {"sources": "", "accounts": ACCOUNTS, "calendar": ""}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    for name, value in {
        **environment_of(x, linkedin),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=[1280, 320], ids=["wide", "narrow"])
def desk(chromium: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A browser without JavaScript, so that nothing depends on it."""
    context = chromium.new_context(
        viewport={"width": request.param, "height": 900}, java_script_enabled=False, locale="en-GB"
    )
    yield Desk(context, live_server.url)
    context.close()


def sign_in(desk: Desk) -> None:
    make_person(admin=True)
    desk.sign_in_anywhere()


def card(page: Page, name: str) -> Any:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=name))


def begin(page: Page, name: str, network: str) -> None:
    card(page, name).get_by_role("button", name=CONNECT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Connect {name}")
    page.get_by_role("link", name=f"Go on to {network}").click()


def test_both_accounts_are_connected_tested_and_disconnected(
    desk: Desk, x: xs.XEmulator, linkedin: linkedins.LinkedInEmulator
) -> None:
    sign_in(desk)
    page = desk.page
    page.get_by_role("link", name="Accounts").click()
    for name, network, yes in (
        ("ours-x", "X", "Authorize app"),
        ("ours-page", "LinkedIn", "Allow"),
    ):
        begin(page, name, network)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("status")).to_contain_text("was not given the consent")
        begin(page, name, network)
        page.get_by_role("button", name=yes).click()
        expect(page.get_by_role("status")).to_contain_text(f"{name} is connected")
        # The address that people see, and send to each other, has no code in it.
        assert page.url == f"{desk.address}/accounts/"
        card(page, name).get_by_role("button", name="Test").click()
        expect(page.get_by_role("status")).to_contain_text("Nothing was posted")
    expect(card(page, "ours-page")).to_contain_text("60 days left")
    expect(card(page, "ours-x")).to_contain_text("it renews itself")
    given = tokens_of(x, linkedin)
    assert found_in(given, page.content(), rows()) == set()
    card(page, "ours-x").get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("status")).to_contain_text("has forgotten its tokens")
    assert list(Connection.objects.values_list("account__name", flat=True)) == ["ours-page"]
    assert desk.complaints == []


def test_a_paused_account_is_reconnected_and_goes_on(desk: Desk, x: xs.XEmulator) -> None:
    sign_in(desk)
    page = desk.page
    desk.open("/accounts/")
    Account.objects.filter(name="ours-x").update(
        paused=True,
        pause_cause=OF_ITS_CONNECTION,
        trouble="X does not accept the keys. Press Reconnect on the Accounts page.",
    )
    desk.open("/accounts/")
    expect(card(page, "ours-x")).to_contain_text("Its posts are kept and wait.")
    begin(page, "ours-x", "X")
    page.get_by_role("button", name="Authorize app").click()
    expect(page.get_by_role("status")).to_contain_text("is connected")
    expect(card(page, "ours-x")).not_to_contain_text("paused")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_everybody_can_use_the_pages(
    chromium: Browser, live_server: Any, x: xs.XEmulator, scheme: Any, width: int
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB"
    )
    desk = Desk(context, live_server.url)
    sign_in(desk)
    page = desk.page
    desk.open("/accounts/")
    Account.objects.filter(name="ours-page").update(paused=True, trouble="Its token has ended.")
    begin(page, "ours-x", "X")
    page.get_by_role("button", name="Authorize app").click()
    for go in (lambda: None, card(page, "ours-page").get_by_role("button", name=CONNECT).click):
        go()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
