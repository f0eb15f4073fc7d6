"""A mail server on loopback: what a real SMTP conversation delivered, kept."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from pytest_django import Settings

from config.mail import mail_settings


class Mailbox:
    """Keeps every message that arrived; refuses those for an address in `refuse`."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refuse: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take an address, or say that nobody lives there."""
        if address in self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        """Keep a message."""
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 kept"

    def words(self, number: int = -1, *, html: bool = False) -> str:
        """Return the plain, or the HTML, part of a message."""
        part = self.received[number].get_body(("html" if html else "plain",))
        assert part is not None
        return str(part.get_content())

    def link(self, number: int = -1, *, containing: str = "") -> str:
        """Return the first address in a message that contains something, without its host."""
        for address in re.findall(r"https?://[^\s<>\"]+", self.words(number)):
            if containing in address:
                return "/" + str(address).split("/", 3)[3]
        raise AssertionError(f"no link with {containing!r} in {self.words(number)}")


@contextmanager
def serving(settings: Settings) -> Iterator[Mailbox]:
    """Serve a mailbox, and send Django's mail there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = Mailbox()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in mail_settings(f"smtp://127.0.0.1:{port}").items():
        setattr(settings, name, value)
    try:
        yield kept
    finally:
        server.stop()
