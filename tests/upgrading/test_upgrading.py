"""An upgrade while everything runs: the version before goes on beside the new one, and nothing is lost or doubled."""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from tests import postgres
from tests.emulators import x
from tests.journeys.terminal import ROOT, Terminal

FOLDER = ROOT / "queue" / "review" / "migrations"
FIRST, *LATER = sorted(path.stem for path in FOLDER.glob("0*.py"))
ACCOUNTS = """
[[account]]
name = "ours-x"
network = "x"
handle = "@ours"
live = true
credentials = "X"
"""


# Migrations that also fill the columns they add: of these the version before knows nothing.
FILLS = {"0013_pause_causes"}


def operations(name: str) -> list[Operation]:
    module = importlib.import_module(f"review.migrations.{name}")
    return list(module.Migration.operations)


def added() -> set[tuple[str, str]]:
    """Every column that came after the first migration, by model and name."""
    return {
        (operation.model_name_lower, operation.name)
        for name in LATER
        for operation in operations(name)
        if isinstance(operation, migrations.AddField)
    }


def is_safe_for_the_version_before(operation: Operation) -> bool:
    """Whether a process that does not know of `operation` can go on reading and writing."""
    if isinstance(
        operation,
        migrations.CreateModel
        | migrations.AddIndex
        | migrations.RemoveIndex
        | migrations.RemoveConstraint
        | migrations.AlterModelOptions
        # What it does to rows is tried: the walk below finds what it changes of the version before.
        | migrations.RunPython,
    ):
        return True
    if isinstance(operation, migrations.AddField):
        field = operation.field
        # The version before leaves the column out of its INSERT: the database must know what to put there.
        return (
            isinstance(field, models.ManyToManyField)
            or field.null
            or (hasattr(field, "db_default") and field.db_default is not models.NOT_PROVIDED)
        )
    if isinstance(operation, migrations.AddConstraint):
        # A rule over columns that the version before does not fill must not be able to stop it.
        text = repr(operation.deconstruct())
        return any(
            model == operation.model_name_lower and f"'{name}" in text for model, name in added()
        )
    return False


@pytest.mark.parametrize("name", LATER)
def test_each_migration_is_safe_for_the_version_before(name: str) -> None:
    unsafe = [
        one.describe()
        for one in operations(name)
        if not is_safe_for_the_version_before(one)
        and not (name in FILLS and isinstance(one, migrations.RunPython))
    ]
    assert unsafe == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("post", "url"),
        migrations.RenameField("post", "url", "address"),
        migrations.DeleteModel("Post"),
        migrations.AddField("post", "tone", models.CharField(max_length=5, default="")),
        migrations.AddConstraint(
            "post", models.UniqueConstraint(fields=["account", "due_at"], name="one_at_a_time")
        ),
    ],
)
def test_what_would_stop_the_version_before_is_recognised(operation: Operation) -> None:
    assert not is_safe_for_the_version_before(operation)


def old(terminal: Terminal, *words: str, **given: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.upgrading.old_worker", *words],
        cwd=terminal.folder,
        env={**terminal.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stderr=subprocess.PIPE,
        text=True,
        **given,
    )


def test_no_step_changes_or_refuses_what_the_version_before_it_writes(tmp_path: Path) -> None:
    with old(Terminal(tmp_path), "walk", stdout=subprocess.PIPE) as walking:
        said, trouble = walking.communicate(timeout=120)
    assert (walking.returncode, said) == (0, ""), trouble


@pytest.mark.postgres
@pytest.mark.enable_socket
@pytest.mark.parametrize("version", [FIRST, *LATER[-2:-1]])
def test_an_old_and_a_new_worker_side_by_side_lose_and_double_nothing(
    tmp_path: Path, version: str
) -> None:
    number = 90
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.toml").write_text("")
    (config / "accounts.toml").write_text(ACCOUNTS)
    (config / "calendar.toml").write_text('spacing = "0s"\n')
    with postgres.server() as address, x.XEmulator() as on_x:
        terminal = Terminal(
            tmp_path,
            {
                "HERODR_CONFIG": str(config),
                "DATABASE_URL": address,
                "SECRET_KEY": "only for this test",
                "X_API_URL": on_x.url,
                **{f"X_{name}": value for name, value in x.KEYS.items()},
            },
        )
        migrate = (
            "from django.core.management import call_command as c; c('migrate', {}verbosity=0)"
        )
        terminal.python(migrate.format(f"'review', '{version}', "))
        with old(terminal, "seed", version, str(number)) as seeding:
            assert seeding.wait(60) == 0
        worker = old(terminal, "work", version)
        until = time.monotonic() + 60
        while len(on_x.ledger) < 3:
            assert time.monotonic() < until
            assert worker.poll() is None, worker.communicate()
            time.sleep(0.02)
        # The new version does not touch a database that was not prepared for it.
        assert "run `bot release` first" in terminal.run("queue", "list", code=1).stderr
        # The release runs while the old worker is in the middle of its posts.
        assert "ready" in terminal.run("release").stdout
        before = len(on_x.ledger)
        assert before < number
        # The new version begins while the old one has not ended yet.
        assert "published" in terminal.run("once", "publish").stdout
        _, trouble = worker.communicate(timeout=60)
        assert worker.returncode == 0, trouble
        terminal.run("once", "publish")
        assert len(on_x.ledger) == number
        assert set(on_x.ledger.values()) == {1}
        assert {post["state"] for post in terminal.posts()} == {"published"}
        workers = "from review.models import Attempt; print(*set(Attempt.objects.values_list('worker', flat=True)))"
        who = set(terminal.python(workers).split())
        assert "old" in who
        assert len(who) > 1, "the new worker sent nothing, so nothing was side by side"
        assert "sound" in terminal.run("log", "verify").stdout


def test_rows_of_the_version_before_are_taken_by_the_tables_of_today(tmp_path: Path) -> None:
    """On SQLite too, where an upgrade is a restart: the same writes, after the release."""
    terminal = Terminal(tmp_path)
    terminal.run("release")
    with old(terminal, "seed", FIRST, "3") as seeding:
        assert seeding.wait(60) == 0
    assert len(terminal.posts("scheduled")) == 3
