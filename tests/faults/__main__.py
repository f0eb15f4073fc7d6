"""Everything that can go wrong, as often as you like: `python -m tests.faults --runs 1000`.

Each run is drawn from its seed; `--seed N --runs 1 -v` plays that one again and says what happened. Exit 1 when a
promise was broken. `--kills K` adds K rounds in which real workers are killed with SIGKILL.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests import postgres


def main() -> int:
    """Play the runs; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--broken", default="")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("-v", "--verbose", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="herodr-faults-")))
        address = (
            stack.enter_context(postgres.server())
            if asked.database == "postgresql"
            else f"sqlite:///{folder / 'faults.sqlite3'}"
        )
        _prepare(address, verbose=asked.verbose)
        return _play(asked, folder, address)


def _prepare(address: str, *, verbose: bool) -> None:
    os.environ.update(
        DATABASE_URL=address,
        SECRET_KEY="only for these runs",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    logging.disable(logging.NOTSET if verbose else logging.CRITICAL)
    if connection.vendor == "sqlite":
        # How long a writer waits before SQLite says that it is locked, in seconds.
        connection.settings_dict["OPTIONS"]["timeout"] = 0.02
    call_command("migrate", interactive=False, verbosity=0)


def _play(asked: argparse.Namespace, folder: Path, address: str) -> int:
    from tests.faults import killing
    from tests.faults.broken import publisher
    from tests.faults.plays import Play

    began, bad = time.monotonic(), 0
    with publisher(asked.broken):
        for seed in range(asked.seed, asked.seed + asked.runs):
            play = Play(seed)
            broken = play.run()
            if broken:
                bad += 1
                print(f"seed {seed}: {'; '.join(broken)}", flush=True)
            if asked.verbose:
                print(f"seed {seed}: {vars(play)}", *play.world.said, sep="\n  ", flush=True)
    took = time.monotonic() - began
    print(
        f"{asked.database}: {asked.runs} runs from seed {asked.seed} in {took:.0f} s, "
        f"{bad} with a broken promise.",
        flush=True,
    )
    if asked.kills:
        bad += killing.rounds(asked.kills, seed=asked.seed, folder=folder, address=address)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
