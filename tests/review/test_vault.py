"""What is sealed can be read with its keys only, in its place only."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from review import vault

OLD, NEW = "an old key of at least 32 characters", "a newer key of at least 32 characters"
TOKENS = {"access": "AQX-secret", "refresh": "AQY-secret"}


@pytest.fixture(autouse=True)
def _key_file(settings: Settings, tmp_path: Path) -> None:
    settings.HERODR_TOKEN_KEYS = ()
    settings.TOKEN_KEY_PATH = tmp_path / "herodr-token.key"


@given(fields=st.dictionaries(st.text(), st.text()), of=st.text())
@hypothesis_settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_whatever_is_sealed_comes_back(fields: dict[str, str], of: str) -> None:
    assert vault.unseal(vault.seal(fields, of=of), of=of) == fields


def test_the_first_sealing_makes_a_key_that_only_we_can_read(tmp_path: Path) -> None:
    sealed = vault.seal(TOKENS, of="ours")
    assert "secret" not in sealed
    path = tmp_path / "herodr-token.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    before = path.read_text()
    assert vault.unseal(vault.seal(TOKENS, of="ours"), of="ours") == TOKENS
    assert path.read_text() == before


def test_of_many_that_make_the_key_at_once_one_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda _: vault.seal(TOKENS, of="ours"), range(32)))
    assert [vault.unseal(one, of="ours") for one in sealed] == [TOKENS] * 32
    assert [path.name for path in tmp_path.iterdir()] == ["herodr-token.key"]


def test_reading_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(vault.Unreadable, match=r"cannot be read .*herodr-token.key, or connect"):
        vault.unseal("nothing", of="ours")
    assert list(tmp_path.iterdir()) == []


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    settings.HERODR_TOKEN_KEYS = (OLD,)
    sealed = vault.seal(TOKENS, of="ours")
    settings.HERODR_TOKEN_KEYS = (NEW, OLD)
    assert not vault.is_newest(sealed)
    assert vault.unseal(sealed, of="ours") == TOKENS
    newer = vault.reseal(sealed, of="ours")
    assert vault.is_newest(newer)
    settings.HERODR_TOKEN_KEYS = (NEW,)
    assert vault.unseal(newer, of="ours") == TOKENS
    with pytest.raises(vault.Unreadable, match="Put the key that sealed them back"):
        vault.unseal(sealed, of="ours")


def test_keys_may_stand_in_the_file_one_a_line(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "herodr-token.key"
    path.write_text("o" * 40 + "\n")
    sealed = vault.seal(TOKENS, of="ours")
    path.write_text("n" * 40 + "\n" + "o" * 40 + "\n")
    assert vault.unseal(sealed, of="ours") == TOKENS
    assert not vault.is_newest(sealed)


def test_what_was_moved_or_changed_in_the_database_is_refused() -> None:
    sealed = vault.seal(TOKENS, of="ours")
    with pytest.raises(vault.Unreadable, match="not its own"):
        vault.unseal(sealed, of="theirs")
    with pytest.raises(vault.Unreadable):
        vault.unseal(sealed[:-4] + "AAA=", of="ours")


@pytest.mark.parametrize("how", ["set", "file"])
def test_a_short_key_is_refused_with_the_way_to_a_good_one(
    settings: Settings, tmp_path: Path, how: str
) -> None:
    if how == "set":
        settings.HERODR_TOKEN_KEYS = ("short",)
    else:
        (tmp_path / "herodr-token.key").write_text("short")
    with pytest.raises(vault.NoKey, match="openssl rand"):
        vault.seal(TOKENS, of="ours")


def test_a_folder_that_takes_no_key_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.TOKEN_KEY_PATH = tmp_path / "not there" / "herodr-token.key"
    with pytest.raises(vault.NoKey, match="set HERODR_TOKEN_KEYS"):
        vault.seal(TOKENS, of="ours")
    settings.TOKEN_KEY_PATH = tmp_path
    with pytest.raises(vault.NoKey, match="mend the file"):
        vault.seal(TOKENS, of="ours")
