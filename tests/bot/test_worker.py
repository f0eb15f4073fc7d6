"""The loop survives what goes wrong, and goes on with the last good configuration."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from bot import mind
from bot.worker import Loop, ping
from config import schema
from review.models import Chore, Entry, Worker
from tests.emulators.loopback import served
from tests.making import NOW

LONG_AGO = NOW - timedelta(days=365)
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("sources.toml", "accounts.toml", "calendar.toml", "rules.toml"):
        shutil.copy(schema.PACKAGED / name, tmp_path / name)
    shutil.copytree(schema.PACKAGED / "samples", tmp_path / "samples")
    return tmp_path


@pytest.fixture
def loop(folder: Path) -> Iterator[Loop]:
    made = Loop(folder)
    yield made
    made.readers.close()


def change(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1, 1))


def test_a_file_that_breaks_is_said_once_and_the_last_good_one_goes_on(
    folder: Path, loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    good = loop.configuration
    change(folder / "sources.toml", "[[source]\n")
    for _ in range(3):
        assert loop.one_pass().configuration is good
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == 1
    assert "sources.toml" in said[0]
    change(folder / "sources.toml", '[[source]]\nname = "N"\nurl = "https://example.org"\n')
    os.utime(folder / "sources.toml", (2, 2))
    assert loop.one_pass().configuration.sources[0].name == "N"


@pytest.mark.parametrize(
    ("name", "text"),
    [("rules.toml", "[en"), ("wording/en/x/plan.txt", "{% if %}")],
)
def test_broken_words_are_refused_and_the_last_good_ones_go_on(
    folder: Path, loop: Loop, name: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    good = loop.mind
    change(folder / name, text)
    assert loop.one_pass().mind is good
    assert name.rpartition("/")[2] in caplog.text


def test_words_are_read_again_only_when_they_changed(folder: Path) -> None:
    configuration = schema.load(folder)
    first = mind.current(configuration)
    assert mind.current(configuration) is first
    change(folder / "wording" / "en" / "x" / "plan.txt", "{{ title }} {{ link }}")
    assert mind.current(configuration) is not first


def test_a_tick_that_fails_is_said_and_the_next_one_comes(
    loop: Loop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:

    def broken(*_args: object, **_given: object) -> None:
        raise RuntimeError("unforeseen")

    with monkeypatch.context() as patch:
        patch.setattr("bot.watch.watch", broken)
        loop.look()
    assert "the next one comes" in caplog.text
    loop.look()
    assert Entry.objects.count() == 1


def test_a_worker_shows_that_it_lives_and_that_it_stopped(loop: Loop) -> None:
    loop.heartbeat()
    assert Worker.objects.get().stopped_at is None
    loop.heartbeat(stopped=True)
    assert Worker.objects.get().stopped_at is not None


def test_a_worker_that_is_stopping_takes_nothing_in_hand(loop: Loop) -> None:
    loop.stopping.set()
    loop.look()
    loop.publish()
    assert Entry.objects.count() == 0


def test_the_house_is_kept_once_a_day_whoever_does_it(folder: Path, loop: Loop) -> None:
    other = Loop(folder)
    for number in range(2):
        Worker.objects.create(
            name=f"gone-{number}", started_at=LONG_AGO, heartbeat_at=LONG_AGO, stopped_at=LONG_AGO
        )
        for one in (loop, other):
            one.keep_house()
    other.readers.close()
    # The first look let go of one; the second worker, and both a little later, found the day's work done.
    assert Worker.objects.filter(name__startswith="gone").count() == 1
    Chore.objects.update(next_at=LONG_AGO)
    loop.keep_house()
    assert Worker.objects.filter(name__startswith="gone").count() == 0


class Elsewhere(BaseHTTPRequestHandler):
    """A server whose clock says what the test wants."""

    says = ""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Length", "0")
        if self.says:
            self.send_header("Date", self.says)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("says", "ahead"),
    [
        ("Tue, 24 Nov 2026 08:00:00 GMT", timedelta(hours=1)),
        ("Tue, 24 Nov 2026 09:00:00 GMT", timedelta(0)),
        ("yesterday", timedelta(0)),
        ("", timedelta(0)),
    ],
)
def test_the_heartbeat_address_tells_how_wrong_our_clock_is(
    monkeypatch: pytest.MonkeyPatch, says: str, ahead: timedelta
) -> None:
    monkeypatch.setattr(Elsewhere, "says", says)
    with served(Elsewhere) as port:
        assert ping(f"http://127.0.0.1:{port}/", now=NOW) == ahead


@pytest.mark.enable_socket
def test_a_heartbeat_address_that_does_not_answer_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ping("http://127.0.0.1:9/", now=NOW) == timedelta(0)
    assert "does not answer" in caplog.text
