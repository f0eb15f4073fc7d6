"""What the emulators share: a real HTTP server on loopback, faults by script, and a ledger.

A fault is played for the next request it fits. `apply` says whether the network carries the request out
before the fault: *apply, then drop the connection* is the one that tells a safe publisher from the rest.
The ledger says what was really published.

    with XEmulator() as x:
        x.play(Fault(Kind.DROP, apply=True))
        ...
        assert x.ledger == {"the text": 1}

Over HTTP, for an emulator that runs by itself: `GET /_/ledger`, `POST /_/faults` with
`[{"kind": "drop", "apply": true}]`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


class Kind(StrEnum):
    """What goes wrong."""

    DROP = "drop"  # the connection ends without an answer
    STATUS = "status"  # `status` with `body` and `headers` instead of the real answer
    DELAY = "delay"  # the real answer, `seconds` late
    SLOW_BODY = "slow body"  # the real answer, one byte each `seconds`
    CUT = "cut"  # the real answer's head, half its body, then the end
    LAG = "lag"  # published, but not in any list for `seconds`


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, once, with the next request of method and path prefix `on`."""

    kind: Kind
    apply: bool = False
    on: str = "POST"
    status: int = 503
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


# The faults by the names that people use for them.
APPLY_THEN_DROP = Fault(Kind.DROP, apply=True)
APPLY_THEN_503 = Fault(Kind.STATUS, apply=True, status=503, body='{"title":"Service Unavailable"}')
DROP_BEFORE_APPLY = Fault(Kind.DROP)
HTML_502 = Fault(Kind.STATUS, status=502, body="<html><h1>502 Bad Gateway</h1></html>")
APPLY_THEN_HTML_502 = Fault(Kind.STATUS, apply=True, status=502, body="<html>502</html>")
EMPTY_LIST = Fault(Kind.STATUS, apply=True, status=201, body="[]")
NULL = Fault(Kind.STATUS, apply=True, status=201, body="null")
WITHOUT_ID = Fault(Kind.STATUS, apply=True, status=201, body='{"data":{}}')


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in. Header names are in lower case, `query` is decoded."""

    method: str
    url: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the network answers."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body as bytes: text as it is, anything else as JSON, None as nothing."""
        if self.body is None:
            return b""
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()


class Emulator:
    """A network on loopback. Subclasses answer requests; state changes happen under one lock."""

    def __init__(self, *, port: int = 0, clock: Callable[[], datetime] | None = None) -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.requests: list[Request] = []
        self.published: list[str] = []
        self.lag = 0.0
        self._faults: list[Fault] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.emulator = self
        self._url = ""
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The base address."""
        return self._url or f"http://127.0.0.1:{self.port}"

    def under_tls(self, context: ssl.SSLContext, *, name: str = "localhost") -> Self:
        """Answer under TLS only, as the server that callers know by `name`. Before it begins to answer."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._url = f"https://{name}"
        return self

    @property
    def ledger(self) -> dict[str, int]:
        """How often each text was really published, as followers read it."""
        with self._lock:
            return dict(Counter(self.published))

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, and wait until every answer under way has ended."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def forget(self) -> None:
        """Play no fault any more."""
        with self._lock:
            self._faults.clear()

    def play(self, *faults: Fault) -> None:
        """Put `faults` at the end of the script."""
        with self._lock:
            self._faults.extend(faults)

    def answer(self, request: Request) -> Reply:
        """Carry `request` out. Subclasses say how."""
        return Reply(404, {"title": "Not Found", "status": 404, "detail": request.path})

    # -- how a request is served -----------------------------------------------------------------------------

    def serve(self, request: Request) -> tuple[Fault | None, Reply | None]:
        """Record `request`, and return the fault to play for it and the real answer, if it is applied."""
        if request.path.startswith("/_/"):
            return None, self._control(request)
        with self._lock:
            self.requests.append(request)
            fault = next((f for f in self._faults if _fits(f, request)), None)
            if fault is not None:
                self._faults.remove(fault)
                if fault.kind in (Kind.DROP, Kind.STATUS) and not fault.apply:
                    return fault, None
                if fault.kind is Kind.LAG:
                    self.lag = fault.seconds
            return fault, self.answer(request)

    def _control(self, request: Request) -> Reply:
        if request.path == "/_/ledger":
            return Reply(200, self.ledger)
        if request.path == "/_/faults" and request.method == "POST":
            for given in request.json():
                self.play(Fault(**{**given, "kind": Kind(given["kind"])}))
            return Reply(204)
        return Reply(404)

    def wait(self, seconds: float) -> None:
        """Wait, but not after `stop` or `release`."""
        self._stopping.wait(seconds)

    def release(self) -> None:
        """Let every answer that is held back go."""
        self._stopping.set()


def _fits(fault: Fault, request: Request) -> bool:
    method, _, prefix = fault.on.partition(" ")
    return request.method == method and request.path.startswith(prefix)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    emulator: Emulator

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header is by the network's clock."""
        return super().date_time_string(timestamp or self.server.emulator.clock().timestamp())

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            url=f"{self.server.emulator.url}{self.path}",
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        self.close_connection = True
        fault, reply = self.server.emulator.serve(request)
        if fault is not None and fault.kind is Kind.DROP:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault is not None and fault.kind is Kind.STATUS:
            reply = Reply(fault.status, fault.body, dict(fault.headers))
        if reply is None:
            return
        if fault is not None and fault.kind is Kind.DELAY:
            self.server.emulator.wait(fault.seconds)
        with contextlib.suppress(OSError):
            self._send(reply, fault)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # the names are http.server's

    def _send(self, reply: Reply, fault: Fault | None) -> None:
        content = reply.content()
        kind = fault.kind if fault is not None else None
        seconds = fault.seconds if fault is not None else 0.0
        if kind in (Kind.SLOW_BODY, Kind.CUT) and not content:
            content = b" " * 40  # a body that matters to nobody, but has not ended
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if "content-type" not in {name.lower() for name in reply.headers}:
            self.send_header("Content-Type", "application/json")
        if reply.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if kind is Kind.CUT:
            self.wfile.write(content[: len(content) // 2])
        elif kind is Kind.SLOW_BODY:
            for number in range(len(content)):
                if self.server.emulator._stopping.is_set():
                    return
                self.wfile.write(content[number : number + 1])
                self.server.emulator.wait(seconds)
        else:
            self.wfile.write(content)


def stand_alone(make: Callable[[int], Emulator]) -> None:
    """Run an emulator until Ctrl-C: `--port N`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    with make(parser.parse_args().port) as emulator:
        print(emulator.url, flush=True)  # noqa: T201  # whoever started it needs the address
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
