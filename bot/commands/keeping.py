"""`bot backup` and `bot restore`: the SQLite database, copied while everything runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import ready

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def _sqlite() -> Path:
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"]:
        raise ready.Trouble(
            "This deployment is on PostgreSQL: use pg_dump and pg_restore, as docs/operating.md shows."
        )
    return Path(str(database["NAME"]))


def backup(file: File) -> None:
    """Copy the database to FILE, consistent even while the worker runs."""
    ready.desk()
    if file.exists():
        raise ready.Trouble(f"{file} exists already: name a new file.")
    _copy(_sqlite(), file)
    typer.echo(f"Backed up to {file} ({file.stat().st_size} bytes).")


def restore(file: File) -> None:
    """Put a backup in the database's place. Stop `bot run` first; the old database is kept beside it."""
    ready.django()
    target = _sqlite()
    if not file.is_file():
        raise ready.Trouble(f"{file} is not there: name a backup made by `bot backup`.")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
            sound = source.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            source.execute("SELECT 1 FROM review_post LIMIT 1")
    except sqlite3.Error:
        sound = False
    if not sound:
        raise ready.Trouble(f"{file} is not a sound Herodr backup; nothing was changed.")
    if target.exists():
        kept = target.with_name(target.name + ".before-restore")
        kept.unlink(missing_ok=True)
        _copy(target, kept)
        typer.echo(f"The database as it was is kept in {kept}.")
    _copy(file, target)
    ready.migrate()
    typer.echo(f"Restored from {file}.")


def _copy(source: Path, target: Path) -> None:
    # The online backup reads a consistent state whatever other processes write meanwhile.
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise ready.Trouble(f"{target} cannot be written from {source} ({error}).") from None
