"""Authorising accounts at the terminal, against the emulators."""

from __future__ import annotations

import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.connecting import environment_of, found_in, tokens_of
from tests.emulators import linkedin, x
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.enable_socket

ACCOUNTS = f"""
[[account]]
name = "page"
network = "linkedin"
author = "{linkedin.PAGE}"
credentials = "LINKEDIN"

[[account]]
name = "ours-x"
network = "x"
handle = "@cohes3ion"
credentials = "X"
"""


@pytest.fixture
def network() -> Iterator[linkedin.LinkedInEmulator]:
    with linkedin.LinkedInEmulator() as emulator:
        yield emulator


@pytest.fixture
def on_x() -> Iterator[x.XEmulator]:
    with x.XEmulator() as emulator:
        yield emulator


@pytest.fixture
def terminal(tmp_path: Path, network: linkedin.LinkedInEmulator, on_x: x.XEmulator) -> Terminal:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text("")
    (config / "accounts.toml").write_text(ACCOUNTS)
    return Terminal(
        tmp_path,
        {
            "HERODR_CONFIG": str(config),
            **environment_of(on_x, network),
        },
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_given: object) -> None:
        return None


def consent(address: str) -> str:
    """Consent in the browser; returns where it ends."""
    try:
        urllib.request.build_opener(_Stay).open(address, timeout=10)
    except HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("the sign-in did not lead back")


def connect(
    terminal: Terminal, *words: str, account: str = "page", forge: bool = False
) -> tuple[int, str, str]:
    network = "linkedin" if account == "page" else "x"
    process = terminal.start(
        "connect", network, "--account", account, *words,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    address = ""
    while not address.startswith("http"):
        assert process.poll() is None, process.communicate()
        address = process.stdout.readline().strip()
    ended = consent(address)
    if forge:
        ended = ended.replace("state=", "state=forged")
    out, err = process.communicate(ended + "\n", timeout=60)
    return process.returncode, out, err


def everywhere(terminal: Terminal) -> bytes:
    """All bytes in the terminal's folder, the database included."""
    return b"".join(path.read_bytes() for path in terminal.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("page", f"page is connected as {linkedin.PAGE}. It lasts 60 days."),
        ("ours-x", "ours-x is connected as Cohes3ion (@cohes3ion). It renews itself."),
    ],
)
def test_a_consent_is_kept_in_the_database_and_its_tokens_are_nowhere(
    terminal: Terminal,
    network: linkedin.LinkedInEmulator,
    on_x: x.XEmulator,
    account: str,
    said: str,
) -> None:
    code, out, trouble = connect(terminal, "--by", "Siân", account=account)
    assert code == 0, trouble
    assert said in out
    given = tokens_of(on_x, network)
    assert len(given) == (1 if account == "page" else 2)
    assert found_in(given, out, trouble, everywhere(terminal).decode(errors="ignore")) == set()
    key = terminal.folder / "herodr-token.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    accounts = {row["name"]: row for row in terminal.json("status")["accounts"]}
    assert accounts[account]["token_days_left"] == (60 if account == "page" else None)
    assert accounts[account]["connected_as"] in said
    record = terminal.run("log", "export", "--format", "json").stdout
    assert '"connect"' in record
    assert "Siân" in record


def test_a_connection_is_all_that_a_live_account_needs(
    terminal: Terminal, network: linkedin.LinkedInEmulator, on_x: x.XEmulator
) -> None:
    accounts = terminal.folder / "config" / "accounts.toml"
    accounts.write_text(accounts.read_text().replace("credentials", "live = true\ncredentials"))
    terminal.run("release")
    before = terminal.run("check", code=1).stdout
    assert "LINKEDIN_ACCESS_TOKEN is not set" in before
    assert "`bot connect linkedin --account page`" in before
    for account in ("page", "ours-x"):
        assert connect(terminal, account=account)[0] == 0
    terminal.run("check")
    # In another name now, it would post for somebody else.
    accounts.write_text(accounts.read_text().replace(linkedin.PAGE, "urn:li:organization:999"))
    said = terminal.run("check", code=1).stdout
    assert f"was connected as {linkedin.PAGE}" in said
    accounts.write_text(accounts.read_text().replace("urn:li:organization:999", linkedin.PAGE))
    (terminal.folder / "herodr-token.key").unlink()
    said = terminal.run("check", code=1).stdout
    assert "The tokens of page cannot be read with the keys given." in said
    assert "The tokens of ours-x cannot be read with the keys given." in said


def test_check_asks_the_networks_when_it_is_told_to(
    terminal: Terminal, network: linkedin.LinkedInEmulator
) -> None:
    accounts = terminal.folder / "config" / "accounts.toml"
    accounts.write_text(accounts.read_text().replace("credentials", "live = true\ncredentials"))
    terminal.settings |= {f"X_{name}": value for name, value in x.KEYS.items()}
    assert connect(terminal)[0] == 0
    asked = len(network.requests)
    terminal.run("check")
    assert len(network.requests) == asked
    terminal.run("check", "--ask")
    assert len(network.requests) > asked
    for token, grant in network.grants.items():
        network.grants[token] = replace(grant, revoked=True)
    terminal.settings["X_ACCESS_TOKEN"] = "1-wrong"
    said = terminal.run("check", "--ask", code=1).stdout
    assert "revoked by the user" in said
    assert "X does not accept the keys" in said


def test_check_counts_the_days_of_a_token_that_the_operator_set(
    terminal: Terminal, network: linkedin.LinkedInEmulator
) -> None:
    accounts = terminal.folder / "config" / "accounts.toml"
    accounts.write_text(accounts.read_text().replace("credentials", "live = true\ncredentials"))
    terminal.settings |= {f"X_{name}": value for name, value in x.KEYS.items()}
    terminal.settings["LINKEDIN_ACCESS_TOKEN"] = linkedin.TOKEN
    terminal.run("release")
    assert "ACCESS_TOKEN ends" not in terminal.run("check", "--ask").stdout
    soon = network.clock() + timedelta(days=13, hours=1)
    network.grant(linkedin.ALL_SCOPES, expires_at=soon)
    assert "LINKEDIN_ACCESS_TOKEN ends in 14 days." in terminal.run("check", "--ask").stdout


def test_a_key_that_is_changed_takes_over_by_itself(terminal: Terminal) -> None:
    terminal.settings["HERODR_TOKEN_KEYS"] = "o" * 40
    assert connect(terminal)[0] == 0
    terminal.settings["HERODR_TOKEN_KEYS"] = "n" * 40 + "," + "o" * 40
    said = terminal.run("check", code=0).stdout
    assert "an older key" in said
    terminal.run("once", "publish")
    assert "an older key" not in terminal.run("check").stdout
    keys = terminal.folder / "keys"
    keys.write_text("n" * 40 + "\n")
    del terminal.settings["HERODR_TOKEN_KEYS"]
    terminal.settings["HERODR_TOKEN_KEYS_FILE"] = str(keys)
    assert "cannot be read" not in terminal.run("check").stdout


def test_a_token_in_a_file_is_kept_for_us_only_and_never_shown(terminal: Terminal) -> None:
    kept = terminal.folder / "page.token"
    code, said, trouble = connect(terminal, "--to", str(kept))
    assert code == 0, trouble
    token = kept.read_text().strip()
    assert token
    assert token not in said + trouble
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "LINKEDIN_ACCESS_TOKEN_FILE=" in said
    assert "60 days" in said


def test_an_answer_to_another_way_in_is_refused(terminal: Terminal) -> None:
    code, _, trouble = connect(terminal, forge=True)
    assert code == 1
    assert "does not belong to this way in" in trouble
    assert terminal.json("status")["accounts"][0]["connected_as"] is None


def test_what_is_disconnected_is_forgotten_here_and_at_x(
    terminal: Terminal, on_x: x.XEmulator
) -> None:
    assert connect(terminal, account="ours-x")[0] == 0
    said = terminal.run("disconnect", "ours-x", "--by", "Siân").stdout
    assert "has forgotten its tokens. Its network has ended them too." in said
    assert on_x.oauth2.revoked == 2
    assert '"disconnect"' in terminal.run("log", "export", "--format", "json").stdout
    assert "is not connected" in terminal.run("disconnect", "ours-x", "--by", "S", code=1).stderr


def test_a_refused_consent_and_somebody_elses_are_said(
    terminal: Terminal, network: linkedin.LinkedInEmulator, on_x: x.XEmulator
) -> None:
    network.denies = True
    code, _, trouble = connect(terminal)
    assert code == 1
    assert "LinkedIn was not given the consent" in trouble
    on_x.oauth2.user = "somebody_else"
    code, _, trouble = connect(terminal, account="ours-x")
    assert code == 1
    assert "X says that this is @somebody_else" in trouble
    assert "Traceback" not in trouble


def test_xs_four_keys_need_no_consent_and_are_tried(terminal: Terminal, on_x: x.XEmulator) -> None:
    terminal.settings |= {f"X_{name}": value for name, value in x.KEYS.items()}
    said = terminal.run("connect", "x", "--account", "ours-x").stdout
    assert "All four keys are set; they do not expire." in said
    assert "X says that they are those of Cohes3ion (@cohes3ion)." in said
    terminal.settings["X_API_SECRET"] = "wrong"
    trouble = terminal.run("connect", "x", "--account", "ours-x", code=1).stderr
    assert "X does not accept the keys" in trouble
    terminal.settings["X_API_URL"] = "http://127.0.0.1:9"
    assert "cannot be reached" in terminal.run("connect", "x", "--account", "ours-x").stdout
    assert on_x.ledger == {}


def test_what_is_missing_is_named(terminal: Terminal) -> None:
    for name in ("X_CLIENT_ID", "X_CLIENT_SECRET"):
        del terminal.settings[name]
    del terminal.settings["LINKEDIN_CLIENT_SECRET"]
    assert (
        "LINKEDIN_CLIENT_SECRET"
        in terminal.run("connect", "linkedin", "--account", "page", code=1).stderr
    )
    assert (
        "X_ACCESS_TOKEN_SECRET"
        in terminal.run("connect", "x", "--account", "ours-x", code=1).stderr
    )
    assert (
        'no account "page" on x' in terminal.run("connect", "x", "--account", "page", code=1).stderr
    )
