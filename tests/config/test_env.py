"""Settings and secrets from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.env import MissingSecretFile, secret, words


def test_a_secret_is_read_from_its_variable_or_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from the file\n")
    assert secret("KEY", environment={"KEY": "given"}) == "given"
    assert secret("KEY", environment={"KEY_FILE": str(file)}) == "from the file"
    assert secret("KEY", environment={}) == ""


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSecretFile, match=r"KEY_FILE points at .*nowhere"):
        secret("KEY", environment={"KEY_FILE": str(tmp_path / "nowhere")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ()), ("a, b ,,c", ("a", "b", "c")), (" 10.0.0.0/8 ", ("10.0.0.0/8",))],
)
def test_lists_are_split_at_commas(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected
