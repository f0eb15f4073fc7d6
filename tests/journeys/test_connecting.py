"""Authorising accounts at the terminal, against LinkedIn's emulator."""

from __future__ import annotations

import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.emulators import linkedin
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
credentials = "X"
"""


@pytest.fixture
def network() -> Iterator[linkedin.LinkedInEmulator]:
    with linkedin.LinkedInEmulator() as emulator:
        yield emulator


@pytest.fixture
def terminal(tmp_path: Path, network: linkedin.LinkedInEmulator) -> Terminal:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text("")
    (config / "accounts.toml").write_text(ACCOUNTS)
    return Terminal(
        tmp_path,
        {
            "HERODR_CONFIG": str(config),
            "LINKEDIN_AUTH_URL": network.url,
            "LINKEDIN_API_URL": network.url,
            "LINKEDIN_CLIENT_ID": linkedin.CLIENT_ID,
            "LINKEDIN_CLIENT_SECRET": linkedin.CLIENT_SECRET,
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


def connect(terminal: Terminal, *, forge: bool = False) -> tuple[int, str, str]:
    process = terminal.start(
        "connect", "linkedin", "--account", "page",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    address = ""
    while not address.startswith("http"):
        address = process.stdout.readline().strip()
    ended = consent(address)
    if forge:
        ended = ended.replace("state=", "state=forged")
    out, err = process.communicate(ended + "\n", timeout=60)
    return process.returncode, out, err


def test_linkedins_token_is_kept_for_us_only_and_never_shown(terminal: Terminal) -> None:
    code, said, trouble = connect(terminal)
    assert code == 0, trouble
    kept = terminal.folder / "herodr-page.token"
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
    assert not (terminal.folder / "herodr-page.token").exists()


def test_what_is_missing_is_named(terminal: Terminal) -> None:
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
