"""Live accounts, from approval to the network and back, against emulators of X and LinkedIn on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulators import faults, linkedin, x
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.enable_socket

SOURCES = """
[[source]]
name = "Bulletin"
url = "file:bulletin.html"
type = "bulletin"
announce = "all"
cards = false
"""
ACCOUNTS = """
[[account]]
name = "ours-x"
network = "x"
handle = "@ours"
live = true
credentials = "X"

[[account]]
name = "ours-linkedin"
network = "linkedin"
author = "{author}"
live = true
credentials = "LINKEDIN"
"""
BULLETIN = """<html lang="en"><head><title>Bulletin</title></head><body>
<h2>Regional skills report published</h2>
<p>The report (140 pages) finds that 14 regions_grew & 3 shrank. <a href="https://example.org/skills">Read it here</a></p>
</body></html>"""


@pytest.fixture
def networks() -> Iterator[tuple[x.XEmulator, linkedin.LinkedInEmulator]]:
    with x.XEmulator() as one, linkedin.LinkedInEmulator() as other:
        yield one, other


@pytest.fixture
def terminal(tmp_path: Path, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]) -> Terminal:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text(SOURCES)
    (config / "accounts.toml").write_text(ACCOUNTS.format(author=linkedin.PAGE))
    (config / "bulletin.html").write_text(BULLETIN)
    on_x, on_linkedin = networks
    return Terminal(
        tmp_path,
        {
            "HERODR_CONFIG": str(config),
            "X_API_URL": on_x.url,
            "LINKEDIN_API_URL": on_linkedin.url,
            "LINKEDIN_AUTH_URL": on_linkedin.url,
            **{f"X_{name}": value for name, value in x.KEYS.items()},
            "LINKEDIN_ACCESS_TOKEN": linkedin.TOKEN,
        },
    )


def approve_all(terminal: Terminal) -> None:
    assert "1 announcement and 2 posts drafted" in terminal.run("once").stdout
    terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")


def test_followers_read_what_was_approved_and_the_links_are_kept(
    terminal: Terminal, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]
) -> None:
    approve_all(terminal)
    approved = {post["network"]: post["text"] for post in terminal.posts()}
    assert "2 published" in terminal.run("once", "publish").stdout
    on_x, on_linkedin = networks
    assert on_x.ledger == {approved["x"]: 1}
    assert on_linkedin.ledger == {approved["linkedin"]: 1}
    urls = {post["network"]: post["url"] for post in terminal.posts("published")}
    assert urls["x"].startswith("https://x.com/ours/status/")
    assert urls["linkedin"].startswith("https://www.linkedin.com/feed/update/urn:li:")


def test_a_post_that_went_out_unseen_is_found_and_never_sent_again(
    terminal: Terminal, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]
) -> None:
    approve_all(terminal)
    for network in networks:
        network.play(faults.APPLY_THEN_DROP)
    assert "2 unconfirmed" in terminal.run("once", "publish").stdout
    assert all(post["reason"] for post in terminal.posts("unconfirmed"))
    time.sleep(16)  # the first look is after 15 seconds, on the real clock
    assert "2 found published" in terminal.run("once", "publish").stdout
    for network in networks:
        assert list(network.ledger.values()) == [1]


def test_a_dead_token_pauses_the_account_and_says_the_mend(
    terminal: Terminal, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]
) -> None:
    approve_all(terminal)
    terminal.settings["X_ACCESS_TOKEN_SECRET"] = "wrong"
    said = terminal.run("once", "publish").stdout
    assert "ours-x is paused" in said
    assert "1 published" in said
    paused = {a["name"]: a for a in terminal.json("status")["accounts"]}
    assert paused["ours-x"]["paused"]
    assert paused["ours-x"]["trouble"]
    assert "wrong" not in str(paused)
    assert terminal.run("check", code=1).stdout.count("account paused: ours-x") == 1
    assert networks[0].ledger == {}

    # Mended and resumed, it publishes what waited.
    terminal.settings["X_ACCESS_TOKEN_SECRET"] = x.KEYS["ACCESS_TOKEN_SECRET"]
    terminal.run("resume", "ours-x", "--by", "Siân")
    (waiting,) = terminal.posts("scheduled")
    terminal.run("queue", "hold", str(waiting["id"]), "--by", "Siân")
    terminal.run("queue", "approve", str(waiting["id"]), "--now", "--by", "Siân")
    assert "1 published" in terminal.run("once", "publish").stdout
    assert list(networks[0].ledger.values()) == [1]


def until(true: Callable[[], object]) -> None:
    """Wait until it is so; the test's own time-out ends it when it never is."""
    while not true():
        time.sleep(0.05)


@pytest.mark.timeout(60)
def test_a_worker_that_is_told_to_stop_finishes_the_posts_in_hand(
    terminal: Terminal, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]
) -> None:
    approve_all(terminal)
    for network in networks:
        network.play(faults.Fault(faults.Kind.DELAY, apply=True, seconds=3))
    worker = terminal.start("worker", stderr=subprocess.PIPE)
    until(lambda: all(network.ledger for network in networks))
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    assert [post["state"] for post in terminal.posts()] == ["published", "published"]
    assert [list(network.ledger.values()) for network in networks] == [[1], [1]]


@pytest.mark.timeout(60)
def test_a_network_that_does_not_answer_holds_up_its_own_account_only(
    terminal: Terminal, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]
) -> None:
    on_x, on_linkedin = networks
    assert "1 announcement and 2 posts drafted" in terminal.run("once").stdout
    posts = {post["network"]: str(post["id"]) for post in terminal.posts()}
    on_x.play(faults.Fault(faults.Kind.DELAY, apply=True, seconds=15))
    terminal.run("queue", "approve", posts["x"], "--now", "--by", "Siân")
    worker = terminal.start("worker", stderr=subprocess.PIPE)
    until(lambda: on_x.ledger)
    terminal.run("queue", "approve", posts["linkedin"], "--now", "--by", "Siân")
    until(lambda: on_linkedin.ledger)
    states = {post["network"]: post["state"] for post in terminal.posts()}
    assert states["x"] == "sending"
    until(lambda: [post["network"] for post in terminal.posts("published")][:1])
    assert [post["network"] for post in terminal.posts("sending")] == ["x"]
    on_x.release()
    until(lambda: len(terminal.posts("published")) == 2)
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=30)


def test_check_names_each_missing_secret(terminal: Terminal) -> None:
    del terminal.settings["LINKEDIN_ACCESS_TOKEN"]
    terminal.run("release")
    assert "LINKEDIN_ACCESS_TOKEN is not set" in terminal.run("check", code=1).stdout


def test_the_log_says_what_each_line_concerns_and_shows_no_secret(
    terminal: Terminal, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]
) -> None:
    secrets = {
        **{f"X_{name}": value for name, value in x.KEYS.items()},
        "LINKEDIN_ACCESS_TOKEN": linkedin.TOKEN,
        "SECRET_KEY": "signs-the-sessions-and-nothing-else-0123456789",
        "METRICS_TOKEN": "opens-the-figures-0123",
    }
    terminal.settings.update(secrets, LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    terminal.settings["EMAIL_URL"] = "smtp://desk:hush-mail-hush@127.0.0.1:9"
    terminal.settings["ALERT_EMAIL"] = "ops@example.org"
    said = [terminal.run("once").stderr]
    terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
    on_x, on_linkedin = networks
    # Errors that repeat what was sent to them, as the careless do.
    echo = f"bad token {linkedin.TOKEN} {x.KEYS['ACCESS_TOKEN_SECRET']}"
    on_linkedin.play(faults.Fault(faults.Kind.STATUS, status=500, body=echo))
    on_x.play(faults.Fault(faults.Kind.STATUS, status=401, body=echo))
    said += [terminal.run("once", "publish").stderr, terminal.run("once", "publish").stderr]
    worker = terminal.start("worker", stderr=subprocess.PIPE)
    time.sleep(4)
    worker.send_signal(signal.SIGTERM)
    said += [worker.communicate(timeout=30)[1], terminal.run("log", "export").stdout]
    whole = "".join(said) + terminal.run("status").stdout + terminal.run("check", code=1).stdout
    for secret in (*secrets.values(), "hush-mail-hush"):
        assert secret not in whole
    rows = [json.loads(line) for text in said[:-1] for line in text.splitlines()]
    about_posts = [row for row in rows if row["message"].startswith("post ")]
    assert len(about_posts) >= 2
    for row in about_posts:
        assert {"post", "attempt", "account"} <= set(row), row
