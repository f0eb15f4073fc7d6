"""What commands need before they work: Django set up, the configuration read, the database fit."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from config import schema


class Trouble(Exception):
    """A command cannot go on. The text is one plain sentence with the mend."""


class NotPrepared(Trouble):
    """The database waits for `bot release`, as it does before the first start and after an upgrade."""


def directory() -> Path:
    """Return the configuration directory from `HERODR_CONFIG`, by default the packaged one."""
    return Path(os.environ.get("HERODR_CONFIG") or schema.PACKAGED).resolve()


def configuration() -> schema.Configuration:
    """Read the configuration. Raises `ConfigurationError`."""
    found = schema.load(directory())
    learn_networks(found)
    return found


def learn_networks(found: schema.Configuration) -> None:
    """Load what other packages say about the networks that the accounts use."""
    from bot.networks import registry

    registry.learn(account.network for account in found.accounts)


def now() -> datetime:
    """Return the time (aware, UTC). Commands pass it on; the steps never look at a clock."""
    return datetime.now(UTC)


def keep_secret_key() -> None:
    """Make this deployment's signing key on the first start, where none is set, readable by us only.

    It must be the same in every process and after a restart, or people are signed out.
    """
    path = Path.cwd() / "herodr-secret.key"
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE") or path.exists():
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written ({error.strerror}): start Herodr in a folder it may write to, "
            "or set SECRET_KEY."
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(50))


def django() -> None:
    """Set Django up, once, and show times in the calendar's zone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django as framework
    from django.utils import timezone

    framework.setup()
    try:
        found = schema.current(directory())
        timezone.activate(found.calendar.zone)
        learn_networks(found)
    except schema.ConfigurationError:
        timezone.deactivate()


def database(*, prepared: bool = True) -> None:
    """Check that the database answers and fits this version. Raises `Trouble`.

    With `prepared` it must also be up to date.
    """
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    try:
        executor = MigrationExecutor(connection)
        loader = executor.loader
        applied = {key for key in loader.applied_migrations if key[0] == "review"}
        newer = sorted(name for _, name in applied - set(loader.disk_migrations))
        plan = executor.migration_plan(loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise Trouble(
            f"The database does not answer ({first_line(error)}): check DATABASE_URL and that it runs."
        ) from None
    if newer:
        raise Trouble(
            f"The database was made by a newer Herodr (it holds {newer[-1]}): "
            "install that version again, or restore a backup from before."
        )
    if prepared and plan:
        raise NotPrepared("The database is not prepared for this version: run `bot release` first.")


def migrate() -> None:
    """Bring the database up to date. Raises `Trouble` when it is from a newer version."""
    from django.core.management import call_command

    database(prepared=False)
    call_command("migrate", interactive=False, verbosity=0)


def first_line(error: Exception) -> str:
    """Return the first line of what an error says: drivers add hints and addresses below it."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def desk() -> None:
    """Set Django up and check the database: what most commands begin with."""
    django()
    database()
