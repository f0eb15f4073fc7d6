"""Emulators, accounts and content for the tests of the clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.networks.base import AccountDetails, Endpoints
from bot.networks.linkedin import LinkedInClient
from bot.networks.wire import Patience
from bot.networks.x import XClient
from review.text import Content
from tests.emulators.linkedin import MEMBER, PAGE, TOKEN, LinkedInEmulator
from tests.emulators.x import KEYS, XEmulator

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=1)
# Long enough for loopback, short enough for a test.
PATIENCE = Patience(connect=1, read=0.4, whole=0.8)
LINK = "https://example.org/reports/14?a=1&b=2"
TEXT = "A report on 14 regions is published: growth & cohesion (“the long view”)."
X_CONTENT = Content(text=f"{TEXT}\n\n{LINK}", link=LINK)
LINKEDIN_CONTENT = Content(
    text=f"{TEXT} #Cohes3ion #Cymru_ŵ",
    link=LINK,
    card_title="The long view",
    card_description="A report.",
)
X_ACCOUNT = AccountDetails(
    name="cohes3ion-x", network="x", handle="@cohes3ion", credentials="X", secret=KEYS.__getitem__
)
PAGE_ACCOUNT = AccountDetails(
    name="cohes3ion-page",
    network="linkedin",
    author=PAGE,
    credentials="LINKEDIN",
    secret={"ACCESS_TOKEN": TOKEN}.__getitem__,
)
MEMBER_ACCOUNT = replace(PAGE_ACCOUNT, name="sian", author=MEMBER)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Move on by so many `seconds`, `minutes`, `days`."""
        self.now += timedelta(**by)


@pytest.fixture
def x_client(x: XEmulator, clock: Clock) -> Callable[..., XClient]:
    """Makes a client of X, as the worker does: one for each use."""

    def make(details: AccountDetails = X_ACCOUNT, **more: Any) -> XClient:
        settings: dict[str, Any] = {
            "endpoints": Endpoints(x_api=x.url),
            "now": clock,
            "patience": PATIENCE,
        }
        return XClient(details, **{**settings, **more})

    return make


@pytest.fixture
def linkedin_client(linkedin: LinkedInEmulator, clock: Clock) -> Callable[..., LinkedInClient]:
    """Makes a client of LinkedIn, as the worker does: one for each use."""

    def make(details: AccountDetails = PAGE_ACCOUNT, **more: Any) -> LinkedInClient:
        settings: dict[str, Any] = {
            "endpoints": Endpoints(linkedin_api=linkedin.url, linkedin_version="202609"),
            "now": clock,
            "patience": PATIENCE,
        }
        return LinkedInClient(details, **{**settings, **more})

    return make
