"""`bot backup` and `bot restore`: the database, copied while everything runs, and put back with care."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import dumps, ready
from config.counting import many

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def _sqlite() -> Path | None:
    """Return the file of the SQLite database, None when it is a PostgreSQL."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    return Path(str(database["NAME"])) if "sqlite" in database["ENGINE"] else None


def backup(file: File) -> None:
    """Copy the database to FILE, consistent even while the worker runs."""
    ready.desk()
    from django.conf import settings

    if file.exists():
        raise ready.Trouble(f"{file} exists already: name a new file.")
    source = _sqlite()
    try:
        if source is not None:
            _copy(source, file)
        else:
            dumps.dump(settings.DATABASES["default"], file)
    except ready.Trouble:
        # Half a backup must not be taken for one.
        file.unlink(missing_ok=True)
        raise
    file.chmod(0o600)  # it holds people's names and hashed passwords
    typer.echo(f"Backed up to {file} ({file.stat().st_size} bytes).")


def restore(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A backup made by `bot backup`.")
    ] = None,
    *,
    already: Annotated[
        bool,
        typer.Option(
            "--already",
            help="The database was put back by other means (a snapshot of the machine): only take stock.",
        ),
    ] = False,
) -> None:
    """Put a backup in the database's place, and look for what was published since. Stop Herodr first."""
    if already == (file is not None):
        raise typer.BadParameter("name a backup, or say --already", param_hint="FILE")
    ready.django()
    _refuse_while_running()
    if file is not None:
        target = _sqlite()
        if target is not None:
            _restore_sqlite(file, target)
        else:
            _restore_postgresql(file)
    ready.migrate()
    from review import transitions
    from review.models import Worker

    # Those in the backup are not at work any more.
    now = ready.now()
    Worker.objects.filter(stopped_at__isnull=True).update(stopped_at=now)
    counted = transitions.take_stock(now=now)
    typer.echo(
        f"Restored{f' from {file}' if file else ''}. {many(counted['returned'], 'scheduled post')} went back to "
        f"review, and {many(counted['doubted'], 'post')} will be looked for on the accounts before anything is sent."
    )


def _refuse_while_running() -> None:
    """Raise `Trouble` when a worker has given a sign of life lately: it would go on with what it knows."""
    from django.db.utils import DatabaseError

    from review import health, queries

    now = ready.now()
    try:
        alive = [one.name for one in queries.workers()[:20] if health.is_alive(one, now=now)]
    except DatabaseError:
        return  # there is no database yet, or none that can be read: that is why it is restored
    if alive:
        raise ready.Trouble(
            f"The worker {alive[0]} is at work: stop Herodr first. (One that was killed counts as gone "
            "after two minutes.)"
        )


def _restore_sqlite(file: Path, target: Path) -> None:
    _there(file)
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


def _restore_postgresql(file: Path) -> None:
    from django.conf import settings
    from django.db import connection

    _there(file)
    held = dumps.tables(file)
    database = settings.DATABASES["default"]
    there = set(connection.introspection.table_names())
    if "review_post" in there:
        kept = Path(f"herodr-before-restore-{ready.now():%Y%m%d-%H%M%S}.dump").resolve()
        dumps.dump(database, kept)
        kept.chmod(0o600)
        typer.echo(f"The database as it was is kept in {kept}.")
    with connection.cursor() as cursor:
        # Tables that a newer version has made would stand in the way.
        for name in sorted(there - held):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)} CASCADE")
    connection.close()
    dumps.load(database, file)


def _there(file: Path) -> None:
    if not file.is_file():
        raise ready.Trouble(f"{file} is not there: name a backup made by `bot backup`.")


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
