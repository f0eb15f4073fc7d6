"""A proxy on loopback: it tunnels (CONNECT), passes plain requests on, and keeps what it was asked for.

Whatever it is asked for leads to the port it was told for that host: the names of the tests are nobody's.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.emulators.loopback import served


class Proxy:
    """What it knows and what it saw. `refuses` is a status for everybody."""

    def __init__(self) -> None:
        self.leads_to: dict[str, int] = {}  # host → port on loopback
        self.asked: list[str] = []  # "CONNECT host:port", "GET http://…"
        self.credentials = ""
        self.refuses = 0
        self.port = 0

    @property
    def url(self) -> str:
        """Its address, as HTTPS_PROXY takes it."""
        return f"http://{self.credentials}{'@' if self.credentials else ''}127.0.0.1:{self.port}"


@contextmanager
def serving() -> Iterator[Proxy]:
    """Serve a proxy."""
    proxy = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def _may(self) -> bool:
            proxy.asked.append(f"{self.command} {self.path}")
            wanted = base64.b64encode(proxy.credentials.encode()).decode()
            status = proxy.refuses
            if proxy.credentials and self.headers.get("Proxy-Authorization") != f"Basic {wanted}":
                status = 407
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            return not status

        def do_CONNECT(self) -> None:
            if not self._may():
                return
            host = self.path.rpartition(":")[0].strip("[]")
            if host not in proxy.leads_to:
                self.send_error(502)
                return
            with socket.create_connection(("127.0.0.1", proxy.leads_to[host])) as there:
                self.send_response(200)
                self.end_headers()
                _pass_on(self.connection, there)
            self.close_connection = True

        def _plain(self) -> None:
            if not self._may():
                return
            host = urlsplit(self.path).hostname or ""
            if host not in proxy.leads_to:
                self.send_error(502)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            there = http.client.HTTPConnection("127.0.0.1", proxy.leads_to[host])
            parts = urlsplit(self.path)
            path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            there.request(self.command, path, body, dict(self.headers.items()))
            answer = there.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.getheader("Content-Type", ""))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            there.close()

        do_GET = do_POST = _plain  # noqa: N815 - the library's names

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with served(Handler) as proxy.port:
        yield proxy


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side has ended."""
    ends = {one: other, other: one}
    with contextlib.suppress(OSError):
        while True:
            for ready in select.select(list(ends), [], [], 30)[0]:
                if not (data := ready.recv(65_536)):
                    return
                ends[ready].sendall(data)
