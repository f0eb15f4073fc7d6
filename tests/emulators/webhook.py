"""A chat's webhook on loopback: what was posted to it, kept; it can be told to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.emulators.loopback import served


class Webhook:
    """What arrived, and with which status to answer."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.port = 0

    @property
    def address(self) -> str:
        """The address by which apprise posts JSON here, with a secret in its path."""
        return f"json://127.0.0.1:{self.port}/hook-secret-4711"


@contextmanager
def serving() -> Iterator[Webhook]:
    """Serve a webhook."""
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hook.received.append(json.loads(body))
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with served(Handler) as hook.port:
        yield hook
