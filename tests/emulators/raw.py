"""A server that answers with bytes as they are written: for what no proper HTTP server would say."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

RESET = struct.pack(
    "ii", 1, 0
)  # SO_LINGER: closing resets the connection, and what is on its way is lost


@dataclass
class Raw:
    """One answer, again and again. `read`: how much of a request is read before it."""

    port: int
    answer: bytes = b""
    read: str = "all"  # "nothing", "head", "all"
    resets: bool = False
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        """Read as much of a request as `read` says, answer, and end the connection."""
        connection.settimeout(2)
        with connection, contextlib.suppress(OSError):
            if self.read != "nothing":
                self.requests.append(_request(connection, body=self.read == "all"))
            connection.sendall(self.answer)
            if self.resets:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            else:
                connection.shutdown(socket.SHUT_WR)


def _request(connection: socket.socket, *, body: bool) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        part = connection.recv(65_536)
        if not part:
            return found
        found += part
    head, _, rest = found.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while body and len(rest) < sum(lengths):
        rest += connection.recv(65_536)
    return head + b"\r\n\r\n" + rest


@contextlib.contextmanager
def listening() -> Iterator[Raw]:
    """Serve while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        raw = Raw(server.getsockname()[1])
        ending = threading.Event()

        def accept() -> None:
            while not ending.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = server.accept()
                    raw.serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield raw
        finally:
            ending.set()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", raw.port)):
                pass
            thread.join()
