"""The house keeps its shape."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = [p for part in ("bot", "config", "queue/review") for p in (ROOT / part).rglob("*.py")]


def test_import_queue_gives_the_standard_library_everywhere() -> None:
    stdlib = Path(sysconfig.get_paths()["stdlib"]).resolve()
    assert Path(queue.__file__).resolve().parent == stdlib
    for folder in (ROOT, ROOT / "queue", ROOT / "tests"):
        found = subprocess.run(
            [sys.executable, "-c", "import queue; print(queue.__file__)"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert Path(found.stdout.strip()).resolve().parent == stdlib


def test_queue_is_a_source_root_with_only_review_in_it() -> None:
    inside = {p.name for p in (ROOT / "queue").iterdir() if p.name != "__pycache__"}
    assert inside == {"review"}


@pytest.mark.parametrize("name", ["bot", "config", "queue", "tests"])
def test_the_top_level_the_customer_fixed_is_there(name: str) -> None:
    assert (ROOT / name).is_dir()


def test_the_fixed_files_are_there() -> None:
    assert (ROOT / "pyproject.toml").is_file()
    assert (ROOT / "Procfile").is_file()


def test_no_module_outgrows_what_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in CODE
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_only_transitions_writes_a_state() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in CODE
        if "migrations" not in path.parts
        # An object's own `state` is no post's.
        and re.search(r"update\(state=|(?<!self)\.state = ", path.read_text(encoding="utf-8"))
    }
    assert writers == {"queue/review/transitions/moving.py"}
