"""A short run of what `make faults` plays at length; and the proof that such runs catch a broken publisher."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.journeys.terminal import ROOT, Terminal


def play(*words: str) -> subprocess.CompletedProcess[str]:
    """Play runs in a process, and a database, of their own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", *words],
        cwd=ROOT,
        env=Terminal(ROOT).environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.parametrize(
    ("database", "runs", "kills"),
    [
        ("sqlite", 40, 5),
        pytest.param("postgresql", 12, 5, marks=pytest.mark.postgres),
    ],
)
def test_no_fault_publishes_twice_or_loses_a_post(database: str, runs: int, kills: int) -> None:
    done = play("--database", database, "--runs", str(runs), "--kills", str(kills))
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_a_correction_waits_as_many_days_as_its_network_says_that_its_limit_is_reached() -> None:
    # LinkedIn says so twice, of the deletion that the correction waits for: that is two midnights.
    done = play("--seed", "90819", "--runs", "1")
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


@pytest.mark.parametrize(
    ("broken", "seed", "runs"),
    [
        ("retry-on-time-out", 7, 1),
        ("mark-before-send", 1, 10),
        ("forget-the-lease", 45, 1),
        ("dead-is-not-sent", 48, 1),
        ("send-after-the-lease", 35, 1),
        ("trust-a-clock", 388, 1),
    ],
)
def test_a_publisher_that_is_broken_on_purpose_is_caught_by_the_same_runs(
    broken: str, seed: int, runs: int
) -> None:
    done = play("--broken", broken, "--seed", str(seed), "--runs", str(runs))
    assert done.returncode == 1, done.stdout + done.stderr[-2000:]
    assert f"seed {seed}" in done.stdout or runs > 1
    assert "Traceback" not in done.stderr
