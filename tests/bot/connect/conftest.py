"""An account of each network, connected against the emulators at a moment that tests move."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from bot.connect import joining, tokens
from bot.networks.base import Endpoints
from config import schema
from config.timing import Calendar
from review import intake
from review.models import Account, Connection
from review.transitions import operator
from tests.bot.networks.conftest import PATIENCE, Clock
from tests.connecting import consent, x_environment
from tests.emulators.linkedin import CLIENT_ID, CLIENT_SECRET, PAGE, LinkedInEmulator
from tests.emulators.x import XEmulator

X = schema.Account(name="ours-x", network="x", handle="@Cohes3ion", live=True, credentials="X")
PAGE_OF_OURS = schema.Account(
    name="ours-page", network="linkedin", author=PAGE, live=True, credentials="LINKEDIN"
)
REDIRECT = "http://127.0.0.1:8000/accounts/connected/"


@pytest.fixture(autouse=True)
def _secrets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HERODR_TOKEN_KEYS = ("k" * 40,)
    for name in [name for name in os.environ if name.startswith(("X_", "LINKEDIN_"))]:
        monkeypatch.delenv(name)
    for name, value in {
        **x_environment(),
        "LINKEDIN_CLIENT_ID": CLIENT_ID,
        "LINKEDIN_CLIENT_SECRET": CLIENT_SECRET,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def tools(x: XEmulator, linkedin: LinkedInEmulator, clock: Clock) -> tokens.Tools:
    """The emulators, the clock, and waiting that moves it."""
    endpoints = Endpoints(
        x_api=x.url, x_auth=x.url, linkedin_api=linkedin.url, linkedin_auth=linkedin.url
    )
    return tokens.Tools(endpoints, clock, lambda seconds: clock.move(seconds=seconds))


@pytest.fixture
def configuration(tmp_path: Path, db: None, clock: Clock) -> schema.Configuration:
    """Both accounts, with their rows."""
    found = schema.Configuration(tmp_path, (), (X, PAGE_OF_OURS), Calendar())
    intake.sync_accounts(found.accounts, now=clock())
    return found


@pytest.fixture
def connect(configuration: schema.Configuration, tools: tokens.Tools) -> Callable[..., Connection]:
    """Connects an account as somebody at the desk does."""

    def join(account: schema.Account = X, **more: Any) -> Connection:
        code, verifier = consent(account, endpoints=tools.endpoints, redirect=REDIRECT)
        connection, _ = joining.join(
            account,
            Account.objects.get(name=account.name).pk,
            code=code,
            verifier=verifier,
            redirect=REDIRECT,
            by=operator("Siân"),
            endpoints=tools.endpoints,
            clock=tools.clock,
            sleep=tools.sleep,
            patience=PATIENCE,
            **more,
        )
        return connection

    return join
