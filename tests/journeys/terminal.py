"""Runs Herodr the way an operator does: as a command, in a folder of its own, with its own settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Terminal:
    """A working directory and its environment; `run` gives back what the command said."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Only what a bare machine has, and this terminal's settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'queue'}", **self.settings}

    def start(self, *words: str, **given: Any) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.environment,
            text=True,
            **given,
        )

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it must end with `code` and never with a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def python(self, code: str) -> str:
        """Run a line of Python with Django set up, in this terminal's folder; returns what it printed."""
        return subprocess.run(
            [sys.executable, "-c", f"import django; django.setup(); {code}"],
            cwd=self.folder,
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
            text=True,
            capture_output=True,
            timeout=60,
            check=True,
        ).stdout

    def json(self, *words: str) -> Any:
        """Run a command with --json and read its answer."""
        return json.loads(self.run(*words, "--json").stdout)

    def posts(self, state: str = "") -> list[dict[str, Any]]:
        """List the queue."""
        return list(self.json("queue", "list", *(["--state", state] if state else [])))
