from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks import answers, credentials, wire
from bot.networks.answers import Answer
from bot.networks.base import OutcomeUnknown, Temporary
from tests.emulators.faults import Emulator, Fault, Kind

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
QUICK = wire.Patience(connect=1, read=0.5, whole=0.4)


@pytest.fixture
def network(socket_enabled: None) -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def drip(socket_enabled: None) -> Iterator[str]:
    """A server whose headers never end: one every 50 ms."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 201 Created\r\n")
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"X-More: 1\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        stop.set()
        thread.join()


def test_a_call_ends_in_time_even_when_bytes_keep_coming(drip: str) -> None:
    session = wire.Session(drip, patience=QUICK)
    began = time.monotonic()
    with pytest.raises(wire.NoAnswer, match="in time") as caught:
        session.request("POST", session.url("/"))
    assert caught.value.sent
    assert time.monotonic() - began < 2


def test_a_redirect_is_an_answer_and_not_followed(network: Emulator) -> None:
    network.play(Fault(Kind.STATUS, on="GET", status=302, headers=(("Location", "/elsewhere"),)))
    session = wire.Session(network.url)
    assert session.request("GET", session.url("/")).status_code == 302
    assert [request.path for request in network.requests] == ["/"]


def test_an_endless_answer_is_given_up(network: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 1000)
    network.play(Fault(Kind.STATUS, status=200, body="x" * 1001))
    session = wire.Session(network.url)
    with pytest.raises(wire.NoAnswer, match="too long"):
        session.request("POST", session.url("/"))


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    network: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    session = wire.Session(network.url)
    assert session.request("GET", session.url("/")).status_code == 404


def test_a_proxy_of_the_environment_is_asked_for_others(
    network: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", network.url)
    monkeypatch.delenv("no_proxy", raising=False)
    session = wire.Session("http://api.example")
    assert session.request("GET", session.url("/2/users/me")).status_code == 404
    assert len(network.requests) == 1


def test_a_proxy_that_lets_nothing_through_means_not_sent(
    network: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", network.url)
    monkeypatch.delenv("no_proxy", raising=False)
    session = wire.Session("https://api.example")
    with pytest.raises(wire.NoAnswer, match="proxy") as caught:
        session.request("POST", session.url("/2/tweets"))
    assert not caught.value.sent


def test_a_netrc_file_adds_no_credentials(
    network: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    file = f"{tmp_path}/netrc"
    with open(file, "w", encoding="ascii") as written:  # noqa: PTH123  # a plain file
        written.write("machine api.example login somebody password hidden\n")
    monkeypatch.setenv("NETRC", file)
    monkeypatch.setenv("http_proxy", network.url)
    monkeypatch.delenv("no_proxy", raising=False)
    session = wire.Session("http://api.example")
    session.request("GET", session.url("/"))
    session.request("GET", session.url("/"), auth=wire.Bearer("token"))
    sent = [request.headers.get("authorization") for request in network.requests]
    assert sent == [None, "Bearer token"]


@pytest.mark.parametrize(
    ("sent", "changes", "expected"),
    [
        (False, True, Temporary),
        (False, False, Temporary),
        (True, True, OutcomeUnknown),
        (True, False, Temporary),
    ],
)
def test_no_answer_means_unknown_only_where_something_may_have_changed(
    sent: bool, changes: bool, expected: type[Exception]
) -> None:
    def call() -> Answer:
        raise wire.NoAnswer("it did not answer", sent=sent)

    with pytest.raises(expected):
        wire.ask("X", "X_API_URL", call, changes=changes)


@pytest.mark.parametrize(
    ("words", "secrets", "quoted"),
    [
        ("Plain words.", (), "Plain words."),
        ("two\r\nlines\tand\x00more", (), "two lines and more"),
        ("right\u202eto left\u2066", (), "right to left"),
        ("the token abc123 is bad", ("abc123", ""), "the token … is bad"),
        (None, (), ""),
        ({"a": 1}, (), ""),
        ("y" * 400, (), "y" * 299 + "…"),
    ],
)
def test_the_words_of_a_network_are_one_bounded_line(
    words: object, secrets: tuple[str, ...], quoted: str
) -> None:
    assert answers.quoted(words, secrets=secrets) == quoted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("60", NOW + timedelta(seconds=60)),
        ("Tue, 24 Nov 2026 09:31:00 GMT", NOW + timedelta(seconds=60)),
        ("", None),
        ("1.5", None),
        ("-1", None),
        ("tomorrow", None),
        ("Tue, 99 Nov 2026 09:31:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: datetime | None) -> None:
    assert answers.wait_of(Answer(429, {"retry-after": value}), now=NOW) == expected


@pytest.mark.parametrize(
    ("names", "written"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_names_are_listed_as_people_do(names: list[str], written: str) -> None:
    assert credentials.listed(names) == written
