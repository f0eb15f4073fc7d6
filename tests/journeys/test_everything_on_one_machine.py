"""`bot run`: ready in seconds, used in a browser's way, ended by Ctrl-C, going on where it was."""

from __future__ import annotations

import http.cookiejar
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.terminal import ROOT, Terminal

pytestmark = pytest.mark.enable_socket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(terminal: Terminal) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`bot run` until it says that it is ready; yields the process and what it said."""
    process = terminal.start("run", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.strip())
            if line.startswith("Press Ctrl-C"):
                break
        yield process, said
    finally:
        process.kill()
        process.communicate()  # closes the pipe as well; the children end with their parent


def interrupt(process: subprocess.Popen[str]) -> float:
    """Press Ctrl-C; returns the seconds until it has ended."""
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    return time.monotonic() - started


def wait_for_posts(terminal: Terminal, number: int) -> None:
    until = time.monotonic() + 20
    while len(terminal.posts("in_review")) < number:
        assert time.monotonic() < until, "the sample's announcements did not come into the queue"
        time.sleep(0.3)


def test_a_stranger_starts_it_signs_in_approves_and_finds_it_published(tmp_path: Path) -> None:
    port = free_port()
    terminal = Terminal(tmp_path, {"PORT": str(port)})
    with running(terminal) as (process, said):
        assert said[0] == f"Herodr is ready: http://127.0.0.1:{port}/"
        wait_for_posts(terminal, 6)

        link = re.search(r"http://\S+/sign-in/\S+", said[1])
        assert link is not None
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

        def get(address: str) -> str:
            return str(browser.open(address, timeout=10).read().decode())

        def press(address: str, page: str, **fields: str) -> str:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token is not None
            data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
            return str(browser.open(address, data, timeout=10).read().decode())

        welcome = press(link[0], get(link[0]))
        password = "correct horse battery staple"
        press(
            f"http://127.0.0.1:{port}/welcome/",
            welcome,
            name="Siân",
            username="sian",
            password=password,
            again=password,
        )
        queue = get(f"http://127.0.0.1:{port}/")
        post = terminal.posts()[0]
        press(f"http://127.0.0.1:{port}/posts/{post['id']}/approve/", queue, seen="1", at="now")
        until = time.monotonic() + 15
        while not terminal.posts("published"):
            assert time.monotonic() < until, "the approved post was not published"
            time.sleep(0.3)
        assert interrupt(process) < 5
        assert process.returncode == 0

    # Starting again goes on: nothing is drafted or published a second time, and no new link is given.
    with running(terminal) as (process, said):
        assert not any("/sign-in/" in line for line in said)
        time.sleep(2)
        assert len(terminal.posts()) == 6
        assert len(terminal.posts("published")) == 1
        interrupt(process)


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        terminal = Terminal(tmp_path, {"PORT": str(taken.getsockname()[1])})
        assert "set PORT to another number" in terminal.run("run", code=1).stderr


def test_a_worker_that_is_told_to_stop_says_so_and_ends_well(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.run("release")
    process = terminal.start("worker", stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    while not terminal.json("status")["workers"]:
        assert time.monotonic() < until
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "has stopped" in said
    assert [worker["alive"] for worker in terminal.json("status")["workers"]] == [False]


def test_the_procfile_runs_as_it_stands(tmp_path: Path) -> None:
    port = free_port()
    terminal = Terminal(tmp_path, {"PORT": str(port), "SECRET_KEY": "only for this test"})
    terminal.run("release")
    shutil.copy(ROOT / "Procfile", tmp_path)
    binaries = str(Path(sys.executable).parent)
    environment = {**terminal.environment, "PATH": f"{binaries}:{terminal.environment['PATH']}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start", "-p", str(port), "web", "worker"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_posts(terminal, 6)
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).read()
        assert b"true" in answer
        assert [worker["alive"] for worker in terminal.json("status")["workers"]] == [True]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
