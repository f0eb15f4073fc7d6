"""What `bot check` finds in files and environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import checks
from config.schema import load
from tests.config.test_schema import ACCOUNT, SOURCE, write

LIVE = ACCOUNT + 'live = true\ncredentials = "X"\n'
SECRETS = {
    "X_API_KEY": "a",
    "X_API_SECRET": "b",
    "X_ACCESS_TOKEN": "c",
    "X_ACCESS_TOKEN_SECRET": "d",
}


def found(folder: Path, environment: dict[str, str] | None = None) -> list[str]:
    configuration = load(folder)
    return [
        f"{f.level} {f.where} {f.what} {f.mend}"
        for f in checks.of_configuration(configuration, environment=environment or {})
    ]


def test_a_sound_configuration_has_no_findings(tmp_path: Path) -> None:
    assert found(write(tmp_path, accounts=LIVE), SECRETS) == []


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_a_live_account_without_a_secret_is_an_error_that_names_it(
    tmp_path: Path, missing: str
) -> None:
    given = {name: value for name, value in SECRETS.items() if name != missing}
    (finding,) = found(write(tmp_path, accounts=LIVE), given)
    assert finding.startswith("error")
    assert f"Set {missing}, or {missing}_FILE" in finding


def test_a_rehearsing_account_needs_no_secrets(tmp_path: Path) -> None:
    assert found(write(tmp_path)) == []


@pytest.mark.parametrize(
    ("part", "text", "words"),
    [
        ("accounts", ACCOUNT + "live = true\n", "names no credentials"),
        (
            "accounts",
            '[[account]]\nname = "l"\nnetwork = "linkedin"\nlive = true\ncredentials = "X"\n',
            "needs an author",
        ),
        ("accounts", "", "nobody posts"),
        ("accounts", ACCOUNT + 'languages = ["cy"]\n', "no account announces in its language"),
        ("sources", "", "nothing is watched"),
        ("sources", SOURCE.replace("https://example.org/feed", "file:gone.html"), "no file"),
        ("calendar", "", "there are no slots"),
    ],
)
def test_what_is_missing_is_found(tmp_path: Path, part: str, text: str, words: str) -> None:
    write(tmp_path, **{part: text})
    assert any(words in finding for finding in found(tmp_path, SECRETS))


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"BASE_URL": "desk.example.org"}, "error BASE_URL"),
        ({"BASE_URL": "http://desk.example.org"}, "warning BASE_URL"),
        ({"DATABASE_URL": "postgresql://db/herodr"}, "warning SECRET_KEY"),
        ({"EMAIL_URL": "smtp://mail.example.org"}, "warning BASE_URL"),
    ],
)
def test_the_environment_is_checked(environment: dict[str, str], words: str) -> None:
    (finding,) = checks.of_environment(environment)
    assert words == f"{finding.level} {finding.where}"


def test_a_local_desk_needs_no_encryption() -> None:
    assert list(checks.of_environment({"BASE_URL": "http://127.0.0.1:8000"})) == []
