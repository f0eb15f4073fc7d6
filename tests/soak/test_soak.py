"""Some days of what `make soak` plays for a month."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.journeys.terminal import ROOT, Terminal


@pytest.mark.postgres
def test_some_compressed_days_lose_nothing_double_nothing_and_tell_of_every_trouble() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--days", "2", "--sources", "16", "--rate", "0.5"],
        cwd=ROOT,
        env=Terminal(ROOT).environment,
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
