"""Every road out of the house goes through the proxy and trusts the authority that are set: networks, chats, mail,
heartbeat. Sources have a file of their own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage
from pytest_django import Settings

from bot import chat
from bot.networks.base import Endpoints, Temporary
from bot.networks.linkedin import LinkedInClient
from bot.networks.x import XClient
from bot.worker import ping
from config.mail import mail_settings
from tests.bot.networks.conftest import LINKEDIN_CONTENT, PAGE_ACCOUNT, X_ACCOUNT, X_CONTENT
from tests.emulators import proxy as proxies
from tests.emulators.authority import certificates, context
from tests.emulators.linkedin import LinkedInEmulator
from tests.emulators.loopback import served
from tests.emulators.mailbox import Mailbox
from tests.emulators.x import XEmulator

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LINKEDIN = "api.linkedin.example"
X = "api.x.example"
OTHERS = ("chat.example", "beat.example")


@pytest.fixture
def server(tmp_path: Path) -> ssl.SSLContext:
    certificates(tmp_path, LINKEDIN, X, *OTHERS)
    return context(tmp_path / "server.pem")


@pytest.fixture
def proxy(
    tmp_path: Path, server: ssl.SSLContext, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[proxies.Proxy]:
    """A proxy, and an authority of one's own, as an operator sets them."""
    with proxies.serving() as serving:
        monkeypatch.setenv("HTTPS_PROXY", serving.url)
        monkeypatch.setenv("HTTP_PROXY", serving.url)
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(tmp_path / "bundle.pem"))
        yield serving


def linkedin_client() -> LinkedInClient:
    return LinkedInClient(
        PAGE_ACCOUNT, endpoints=Endpoints(linkedin_api=f"https://{LINKEDIN}"), now=lambda: NOW
    )


def test_linkedin_is_reached_through_the_proxy_and_published_on_once(
    proxy: proxies.Proxy, server: ssl.SSLContext
) -> None:
    with LinkedInEmulator(clock=lambda: NOW).under_tls(server) as emulator:
        proxy.leads_to[LINKEDIN] = emulator.port
        assert linkedin_client().deliver(LINKEDIN_CONTENT).network_id
        assert list(emulator.ledger.values()) == [1]
        assert set(proxy.asked) == {f"CONNECT {LINKEDIN}:443"}


def test_x_is_reached_through_the_proxy_and_the_signature_is_for_x_itself(
    proxy: proxies.Proxy, server: ssl.SSLContext
) -> None:
    with XEmulator(clock=lambda: NOW).under_tls(server, name=X) as emulator:
        proxy.leads_to[X] = emulator.port
        client = XClient(
            X_ACCOUNT, endpoints=Endpoints(x_api=f"https://{X}"), now=lambda: datetime.now(UTC)
        )
        assert client.deliver(X_CONTENT).network_id
        assert list(emulator.ledger.values()) == [1]
        assert set(proxy.asked) == {f"CONNECT {X}:443"}


@pytest.mark.parametrize("status", [403, 407, 502])
def test_what_the_proxy_did_not_let_through_was_certainly_not_sent(
    proxy: proxies.Proxy, status: int
) -> None:
    proxy.refuses = status
    with pytest.raises(Temporary, match="the proxy let nothing through"):
        linkedin_client().deliver(LINKEDIN_CONTENT)


def test_a_network_whose_certificate_nobody_here_trusts_gets_nothing(
    proxy: proxies.Proxy, server: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with LinkedInEmulator(clock=lambda: NOW).under_tls(server) as emulator:
        proxy.leads_to[LINKEDIN] = emulator.port
        with pytest.raises(Temporary, match="no secure connection came about"):
            linkedin_client().deliver(LINKEDIN_CONTENT)
        assert emulator.ledger == {}


def test_what_no_proxy_excepts_is_not_asked_through_it(
    proxy: proxies.Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "linkedin.example")
    with pytest.raises(Temporary):
        linkedin_client().deliver(LINKEDIN_CONTENT)
    assert proxy.asked == []


class Receiver(BaseHTTPRequestHandler):
    """Takes what is posted, and says what time it is."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_chats_hear_of_things_through_the_proxy(
    proxy: proxies.Proxy, server: ssl.SSLContext
) -> None:
    with served(Receiver, tls=server) as port:
        proxy.leads_to["chat.example"] = port
        assert chat.send("jsons://chat.example/hook", "Two drafts", "wait for you")
    assert proxy.asked == ["CONNECT chat.example:443"]


def test_the_heartbeat_address_is_asked_through_the_proxy(
    proxy: proxies.Proxy,
    server: ssl.SSLContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is trusted is read once, when the library is loaded.
    trusting = ssl.create_default_context(cafile=str(tmp_path / "bundle.pem"))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    with served(Receiver, tls=server) as port:
        proxy.leads_to["beat.example"] = port
        ahead = ping("https://beat.example/", now=datetime.now(UTC) + timedelta(hours=2))
    assert ahead > timedelta(hours=1)
    assert proxy.asked == ["CONNECT beat.example:443"]


def mail() -> EmailMessage:
    return EmailMessage("Well again", "All is well.", "herodr@example.org", ["sian@e.org"])


def test_mail_goes_straight_to_its_server_and_trusts_the_same_authority(
    proxy: proxies.Proxy,
    server: ssl.SSLContext,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = Mailbox()
    with served(Receiver) as free:
        pass
    mails = Controller(kept, hostname="127.0.0.1", port=free, ssl_context=server)
    mails.start()
    try:
        for name, value in mail_settings(f"smtps://localhost:{free}").items():
            setattr(settings, name, value)
        assert mail().send() == 1
        assert kept.words().strip() == "All is well."
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ssl.SSLCertVerificationError):
            mail().send()
    finally:
        mails.stop()
    assert proxy.asked == []
