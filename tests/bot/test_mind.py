"""The worker reads rules and wording again when they change, and keeps the last good ones."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from bot import mind
from bot.draft import WordingError
from bot.sort import RulesError
from bot.values import Kind
from bot.worker import Loop
from config import schema

WORDING = Path("wording/en/x/plan.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration of one's own with one wording file in it."""
    for name in ("sources.toml", "accounts.toml", "calendar.toml"):
        shutil.copy(schema.PACKAGED / name, tmp_path / name)
    shutil.copytree(schema.PACKAGED / "samples", tmp_path / "samples")
    (tmp_path / WORDING).parent.mkdir(parents=True)
    (tmp_path / WORDING).write_text("OURS {{ title }}", encoding="utf-8")
    return tmp_path


def written(loop: Loop) -> str:
    wording = loop.one_pass().mind
    assert wording is not None
    template = wording.wording.find(language="en", network="x", kind=Kind.PLAN)
    return template.render(title="plan", sentence="", sentences=(), link="", hashtags="")


def test_a_changed_wording_file_is_used_at_the_next_pass(folder: Path) -> None:
    loop = Loop(folder)
    assert written(loop) == "OURS plan"
    (folder / WORDING).write_text("NEW WORDS {{ title }}", encoding="utf-8")
    assert written(loop) == "NEW WORDS plan"


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        (WORDING, "fine\n{{ titel }}", 'wording/en/x/plan.txt, line 2: there is no "titel"'),
        (WORDING, "{% if title %}", "wording/en/x/plan.txt, line 1: "),
        (Path("rules.toml"), "[en", "rules.toml: it is not valid TOML"),
    ],
)
def test_a_broken_file_is_said_once_by_name_and_place_while_the_last_good_one_stays(
    folder: Path, name: Path, broken: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    loop = Loop(folder)
    (folder / name).write_text(broken, encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert written(loop) == written(loop) == "OURS plan"
    assert [said in message for message in caplog.messages] == [True]
    with pytest.raises((WordingError, RulesError)):
        mind.load(loop.configuration)
    (folder / name).unlink()
    (folder / WORDING).write_text("MENDED {{ title }}", encoding="utf-8")
    assert written(loop) == "MENDED plan"
    assert loop.complaint == ""
