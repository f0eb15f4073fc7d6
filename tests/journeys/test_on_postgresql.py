"""The same queue on a real PostgreSQL: the same tests, and several workers at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.journeys.terminal import ROOT, Terminal

pytestmark = pytest.mark.postgres

# What asks the database something that the two engines could answer differently.
SAME_TESTS = (
    "tests/review/test_transitions.py",
    "tests/review/test_intake.py",
    "tests/review/test_record.py",
    "tests/review/test_erasing.py",
    "tests/review/test_pruning.py",
    "tests/review/test_health.py",
    "tests/review/test_views_verbs.py",
    "tests/review/test_sign_in.py",
    "tests/review/test_connections.py",
    "tests/bot/connect/test_tokens.py",
    "tests/review/test_account.py",
    "tests/bot/test_notify.py",
    "tests/bot/test_publish.py",
    "tests/bot/test_watch.py",
    "tests/review/test_batches.py",
    "tests/bot/test_compose.py",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgres.server() as address:
        yield address


def test_the_tests_of_the_queue_pass_on_postgresql_too(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SAME_TESTS],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_three_workers_at_once_publish_each_post_once(address: str, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {"DATABASE_URL": address, "SECRET_KEY": "only for this test"})
    assert "6 posts drafted" in terminal.run("once").stdout
    terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
    workers = [
        terminal.start("once", "publish", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for worker in workers:
        _, trouble = worker.communicate(timeout=60)
        assert worker.returncode == 0, trouble
    published = terminal.posts("published")
    assert len(published) == 6
    assert [post["attempts"] for post in published] == [1] * 6
    assert "sound" in terminal.run("log", "verify").stdout


def test_a_postgresql_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    terminal = Terminal(
        tmp_path, {"DATABASE_URL": "postgresql://herodr:hush@127.0.0.1:9/herodr?connect_timeout=2"}
    )
    said = terminal.run("queue", "list", code=1).stderr
    assert "The database does not answer" in said
    assert "hush" not in said


def test_a_sqlite_deployment_moves_into_postgresql_and_goes_on(tmp_path: Path) -> None:
    with postgres.server() as empty:
        terminal = Terminal(tmp_path)
        terminal.run("once")
        terminal.run("queue", "approve", "1", "2", "--now", "--by", "Siân")
        terminal.run("once", "publish")
        people = (
            "from tests.making import make_person; "
            "bryn = make_person('Bryn'); make_person('Charlie', may_decide=False); "
            "from allauth.account.models import EmailAddress; "
            "EmailAddress.objects.create(user=bryn, email='bryn@example.org', verified=True); "
            "from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes; "
            "RecoveryCodes.activate(bryn)"
        )
        terminal.python(people)
        before = terminal.posts()
        assert "compared" in terminal.run("move", empty).stdout

        terminal.settings["DATABASE_URL"] = empty
        assert terminal.posts() == before
        rights = terminal.python(
            "from review.models import Person; "
            "print([(p.name, p.may_decide) for p in Person.objects.order_by('name')])"
        )
        assert rights == "[('Bryn', True), ('Charlie', False)]\n"
        kept = terminal.python(
            "from allauth.mfa.models import Authenticator; from review import sign_in; "
            "one = Authenticator.objects.get(); print(sign_in.address_of(one.user), one.type)"
        )
        assert kept == "bryn@example.org recovery_codes\n"
        assert "sound" in terminal.run("log", "verify").stdout
        # New rows get new numbers, and nothing is drafted or sent again.
        terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
        assert "4 published" in terminal.run("once").stdout
        assert len(terminal.posts("published")) == 6

        del terminal.settings["DATABASE_URL"]
        assert "holds something already" in terminal.run("move", empty, code=1).stderr
        assert "sqlite or a postgresql" in terminal.run("move", "mysql://h/n", code=1).stderr


def test_three_workers_at_once_draft_each_announcement_once(tmp_path: Path) -> None:
    with postgres.server() as address:
        terminal = Terminal(tmp_path, {"DATABASE_URL": address, "SECRET_KEY": "only for this test"})
        terminal.run("release")
        workers = [
            terminal.start("once", stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)
        ]
        for worker in workers:
            said, trouble = worker.communicate(timeout=60)
            assert worker.returncode == 0, trouble
            assert "Traceback" not in trouble, trouble
            assert "In trouble" not in said
        assert len(terminal.posts()) == 6
