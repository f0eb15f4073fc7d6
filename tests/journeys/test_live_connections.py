"""Connected accounts at work: published, renewed, revoked, connected anew; and no token anywhere it may not be."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.connecting import environment_of, found_in, tokens_of
from tests.emulators import linkedin, x
from tests.journeys.terminal import Terminal
from tests.journeys.test_connecting import connect, everywhere
from tests.journeys.test_live_accounts import BULLETIN, SOURCES

pytestmark = pytest.mark.enable_socket

ACCOUNTS = f"""
[[account]]
name = "ours-x"
network = "x"
handle = "@cohes3ion"
live = true
credentials = "X"

[[account]]
name = "page"
network = "linkedin"
author = "{linkedin.PAGE}"
live = true
credentials = "LINKEDIN"
"""


@pytest.fixture
def on_x() -> Iterator[x.XEmulator]:
    with x.XEmulator() as emulator:
        yield emulator


@pytest.fixture
def on_linkedin() -> Iterator[linkedin.LinkedInEmulator]:
    with linkedin.LinkedInEmulator() as emulator:
        yield emulator


@pytest.fixture
def terminal(tmp_path: Path, on_x: x.XEmulator, on_linkedin: linkedin.LinkedInEmulator) -> Terminal:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text(SOURCES)
    (config / "accounts.toml").write_text(ACCOUNTS)
    (config / "bulletin.html").write_text(BULLETIN)
    return Terminal(
        tmp_path,
        {
            "HERODR_CONFIG": str(config),
            "LOG_LEVEL": "DEBUG",
            **environment_of(on_x, on_linkedin),
        },
    )


def wait_for(done: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_worker_renews_and_publishes_and_no_token_is_anywhere(
    terminal: Terminal, on_x: x.XEmulator, on_linkedin: linkedin.LinkedInEmulator
) -> None:
    # Both tokens end soon: the worker renews them before anything is due.
    on_x.oauth2.access_lives = timedelta(seconds=20)
    on_linkedin.refreshes = True
    said = [
        text for account in ("ours-x", "page") for text in connect(terminal, account=account)[1:]
    ]
    terminal.python(
        "from review.models import Connection; from django.utils import timezone;"
        "Connection.objects.update(expires_at=timezone.now())"
    )
    terminal.run("once", "watch")
    done = terminal.run("once", "compose")
    assert "2 posts drafted" in done.stdout
    said.append(done.stderr)
    worker = terminal.start("worker", stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        wait_for(lambda: on_x.oauth2.refreshed and len(on_linkedin.grants) == 3)
        terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
        wait_for(lambda: on_x.ledger and on_linkedin.ledger)
    finally:
        worker.terminate()
        said += worker.communicate(timeout=60)
    states = {post["state"] for post in terminal.posts()}
    assert states == {"published"}
    assert list(on_x.ledger.values()) + list(on_linkedin.ledger.values()) == [1, 1]
    assert on_x.oauth2.reused == 0
    said += [terminal.run("log", "export", "--format", "json").stdout]
    said += [terminal.run(*words, "--json", code=code).stdout for words, code in (
        (("status",), 0), (("queue", "list"), 0),
    )]  # fmt: skip
    given = tokens_of(on_x, on_linkedin)
    assert len(given) >= 7
    assert found_in(given, *said, everywhere(terminal).decode(errors="ignore")) == set()
    addresses = str([request.url for request in [*on_x.requests, *on_linkedin.requests]])
    assert found_in(given, addresses) == set()


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_dead_token_pauses_its_account_keeps_its_posts_and_reconnecting_sends_them(
    terminal: Terminal, on_x: x.XEmulator, on_linkedin: linkedin.LinkedInEmulator, how: str
) -> None:
    for account in ("ours-x", "page"):
        connect(terminal, account=account)
    assert "2 posts drafted" in terminal.run("once").stdout
    terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
    if how == "revoked":
        on_x.oauth2.revoke_all()
        for token, grant in on_linkedin.grants.items():
            on_linkedin.grants[token] = replace(grant, revoked=True)
    else:
        terminal.python(
            "from review.models import Connection; from django.utils import timezone;"
            "Connection.objects.update(expires_at=timezone.now(), renewable=False)"
        )
    said = terminal.run("once", "publish").stdout
    assert on_x.ledger == on_linkedin.ledger == {}
    accounts = {one["name"]: one for one in terminal.json("status")["accounts"]}
    for name, network in (("ours-x", "x"), ("page", "linkedin")):
        assert accounts[name]["paused"], said
        assert f"`bot connect {network} --account {name}`" in accounts[name]["trouble"]
    assert [post["state"] for post in terminal.posts()] == ["scheduled"] * 2
    findings = terminal.run("check", code=1).stdout
    assert "account paused: ours-x" in findings
    assert "account paused: page" in findings
    # Somebody consents again; what waited goes out, once.
    for account in ("ours-x", "page"):
        code, _, trouble = connect(terminal, account=account)
        assert code == 0, trouble
    accounts = {one["name"]: one for one in terminal.json("status")["accounts"]}
    assert not any(one["paused"] for one in accounts.values())
    for post in terminal.posts():
        terminal.run("queue", "hold", str(post["id"]), "--by", "Siân")
        terminal.run("queue", "approve", str(post["id"]), "--now", "--by", "Siân")
    assert "2 published" in terminal.run("once", "publish").stdout
    assert list(on_x.ledger.values()) == list(on_linkedin.ledger.values()) == [1]


def test_an_account_that_is_another_now_is_refused_and_paused_before_anything_leaves(
    terminal: Terminal, on_x: x.XEmulator
) -> None:
    connect(terminal, account="ours-x")
    connect(terminal, account="page")
    terminal.run("once")
    terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
    accounts = terminal.folder / "config" / "accounts.toml"
    accounts.write_text(accounts.read_text().replace("@cohes3ion", "@another"))
    assert "was connected as @cohes3ion" in terminal.run("once", "publish").stdout
    assert on_x.ledger == {}
    (waiting,) = terminal.posts("scheduled")
    terminal.run("queue", "hold", str(waiting["id"]), "--by", "Siân")
    refusal = terminal.run("queue", "approve", str(waiting["id"]), "--by", "Siân", code=1).stderr
    assert "accounts.toml says that it is @another" in refusal
