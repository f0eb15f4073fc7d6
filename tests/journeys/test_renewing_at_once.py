"""Several processes renew one account's token at once, and some are killed: no refresh token is used twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.connecting import x_environment
from tests.emulators.faults import Fault, Kind
from tests.emulators.x import XEmulator
from tests.journeys.terminal import Terminal

pytestmark = [pytest.mark.enable_socket, pytest.mark.postgres]

ACCOUNTS = """
[[account]]
name = "ours-x"
network = "x"
handle = "@cohes3ion"
live = true
credentials = "X"
"""
# What every process of these tests begins with.
BEGIN = """
import os, sys
from datetime import UTC, datetime, timedelta
import django
django.setup()
from bot.commands import ready
from bot.connect import joining, tokens, ways
from bot.networks.base import Endpoints
from review import connections, intake
from review.models import Account, Connection
configuration = ready.configuration()
account = configuration.account("ours-x")
clock = lambda: datetime.now(UTC)
tools = tokens.Tools(Endpoints.from_environment(os.environ), clock)
"""
CONNECT = """
from review.transitions import operator
from tests.connecting import consent
intake.sync_accounts(configuration.accounts, now=clock())
redirect = "http://127.0.0.1:8000/accounts/connected/"
code, verifier = consent(account, endpoints=tools.endpoints, redirect=redirect)
joining.join(account, Account.objects.get().pk, code=code, verifier=verifier, redirect=redirect,
             by=operator("test"), endpoints=tools.endpoints, clock=clock)
"""
RENEW = """
for _ in range(20):
    Connection.objects.update(expires_at=clock() - timedelta(minutes=1))
    token = tokens.token_for(account, tools=tools)
    print(ways.who(account, token=token, endpoints=tools.endpoints, now=clock).id, flush=True)
"""
LATER = """
tools = tokens.Tools(tools.endpoints, lambda: clock() + timedelta(minutes=10))
print(tokens.tend(configuration, tools=tools))
row = Account.objects.get()
print("paused" if row.paused else "going on", row.trouble)
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with postgres.server() as found:
        yield found


@pytest.fixture
def x() -> Iterator[XEmulator]:
    with XEmulator() as emulator:
        # What these tests are about is not X's limit for questions.
        emulator.limits["GET /2/users/me"].most = 10_000
        yield emulator


@pytest.fixture
def terminal(tmp_path: Path, x: XEmulator, address: str) -> Terminal:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text("")
    (config / "accounts.toml").write_text(ACCOUNTS)
    terminal = Terminal(
        tmp_path,
        {
            "HERODR_CONFIG": str(config),
            "HERODR_TOKEN_KEYS": "k" * 40,
            "X_API_URL": x.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **x_environment(),
            **({"DATABASE_URL": address, "SECRET_KEY": "only for this test"} if address else {}),
        },
    )
    terminal.run("release")
    finish(begin(terminal, CONNECT))
    return terminal


def begin(terminal: Terminal, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + code],
        cwd=terminal.folder,
        env=terminal.environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    return out


def test_processes_that_renew_at_once_use_each_refresh_token_once(
    terminal: Terminal, x: XEmulator
) -> None:
    processes = [begin(terminal, RENEW) for _ in range(3)]
    said = [finish(process) for process in processes]
    assert said == ["@cohes3ion\n" * 20] * 3
    assert x.oauth2.reused == 0
    # Each round of each process found an ended token; those that met shared one renewal.
    assert 20 <= x.oauth2.refreshed <= 60


@pytest.mark.parametrize("seed", range(2))
def test_a_process_killed_while_it_renews_is_noticed_and_nothing_is_used_twice(
    terminal: Terminal, x: XEmulator, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - a seed makes a failure come again
    x.play(Fault(Kind.DELAY, apply=True, on="POST /2/oauth2/token", seconds=3))
    process = begin(terminal, RENEW)
    until = time.monotonic() + 60
    while not x.oauth2.refreshed and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(draw.uniform(0, 1))
    process.kill()
    process.communicate()
    assert x.oauth2.refreshed == 1
    said = finish(begin(terminal, LATER))
    assert "paused Herodr was stopped while it renewed the token of ours-x" in said
    assert "bot connect x --account ours-x" in said
    assert x.oauth2.reused == 0
    # Connected anew, it goes on.
    finish(begin(terminal, CONNECT))
    assert "going on" in finish(begin(terminal, LATER))
