"""Sources through a proxy: the guard against private addresses holds, whoever connects."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from aiohttp.abc import ResolveResult
from yarl import URL

from bot import fetch
from bot.fetch.addresses import Allowed
from bot.fetch.client import Fetcher
from bot.fetch.through import Refused, Way, way_to
from config.outgoing import Proxies, Proxy
from tests.emulators import proxy as proxies
from tests.emulators.authority import certificates, context
from tests.emulators.loopback import served

PUBLIC = "93.184.215.14"
PRIVATE = "10.1.2.3"
NAMES = {"news.example.org": [PUBLIC], "inside.example.org": [PRIVATE], "both.example.org": [PRIVATE, PUBLIC],
         "six.example.org": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", PUBLIC]}  # fmt: skip
THROUGH = Proxies(http=Proxy("http://proxy:3128"), https=Proxy("http://proxy:3128"))


async def look_up(host: str, port: int) -> list[str]:
    if host not in NAMES:
        raise OSError(host)
    found = [one for one in NAMES[host] if Allowed().address(one)]
    if not found:
        raise Refused(host)
    return found


def way(address: str, *, resolves: bool = False, allow: str = "", no_proxy: str = "") -> Way:
    through = Proxies(
        THROUGH.http, THROUGH.https, tuple(part for part in no_proxy.split(",") if part), resolves
    )
    allowed = Allowed.of(fetch.parse_allow_hosts(allow))
    return asyncio.run(way_to(URL(address), proxies=through, allowed=allowed, look_up=look_up))


def test_a_proxy_is_asked_for_the_very_address_that_was_found_good() -> None:
    found = way("https://news.example.org/feed?page=2")
    assert str(found.url) == f"https://{PUBLIC}/feed?page=2"
    assert found.name == "news.example.org"
    assert found.headers == {"Host": "news.example.org"}
    assert str(way("https://both.example.org:8443/").url) == f"https://{PUBLIC}:8443/"
    assert way("https://both.example.org:8443/").headers == {"Host": "both.example.org:8443"}
    assert way("https://six.example.org/").url.host == PUBLIC


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://inside.example.org/", "private network"),
        ("http://news.example.org/", "plain http"),
        ("https://nobody.example.org/", "HERODR_PROXY_RESOLVES=1"),
    ],
)
def test_what_the_guard_cannot_vouch_for_is_not_asked(address: str, words: str) -> None:
    with pytest.raises(fetch.FetchError, match=words):
        way(address)


def test_where_the_proxy_resolves_it_gets_names_but_none_that_only_the_inside_has() -> None:
    for address in ("https://nobody.example.org/", "http://news.example.org/"):
        found = way(address, resolves=True)
        assert (str(found.url), found.name) == (address, None)
        assert found.proxy == THROUGH.https
    for inside in (
        "https://intranet/",
        "https://printer.local/",
        "http://metadata.google.internal/",
    ):
        with pytest.raises(fetch.Forbidden):
            way(inside, resolves=True)


def test_a_host_that_the_operator_allows_goes_by_its_name() -> None:
    found = way("http://inside.example.org/", allow="inside.example.org")
    assert (str(found.url), found.proxy) == ("http://inside.example.org/", THROUGH.http)


@pytest.mark.parametrize(
    "address", ["https://localhost/", "http://127.0.0.1:8000/", "https://[::1]/"]
)
def test_this_machine_is_never_asked_through_a_proxy(address: str) -> None:
    assert way(address).proxy is None


def test_exceptions_are_asked_directly() -> None:
    assert way("https://news.example.org/", no_proxy="example.org").proxy is None
    assert way("https://news.example.org/", no_proxy="ample.org").proxy is not None


# -- a real proxy ----------------------------------------------------------------------------------------------


class Feed(BaseHTTPRequestHandler):
    """Says which host it was asked for; sends on what asks for /moved."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "https://inside.example.org/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = f"for {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(socket_enabled: None) -> Iterator[proxies.Proxy]:
    with proxies.serving() as serving:
        yield serving


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: proxies.Proxy) -> proxies.Proxy:
    """The proxy leads to a server that has a certificate for the name, from an authority that we trust."""
    bundle, _ = certificates(tmp_path, "news.example.org")
    trusting = ssl.create_default_context(cafile=str(bundle))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)

    class Names:
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
            return [
                ResolveResult(hostname=host, host=one, port=port, family=2, proto=0, flags=0)
                for one in NAMES[host]
            ]

        async def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr("aiohttp.ThreadedResolver", Names)
    return proxy


def ask(proxy: proxies.Proxy, *addresses: str, allow: str = "", **settings: str) -> list[str]:
    """Fetch through `proxy`; return the bodies, or what was said instead."""
    through = Proxies.of({"HTTPS_PROXY": proxy.url, "HTTP_PROXY": proxy.url, **settings})

    async def all_of() -> list[str]:
        said = []
        async with Fetcher(allow_hosts=fetch.parse_allow_hosts(allow), proxies=through) as fetcher:
            for address in addresses:
                try:
                    said.append((await fetcher.get(fetch.Request(address))).body.decode())
                except fetch.FetchError as error:
                    said.append(str(error))
        return said

    return asyncio.run(all_of())


def test_a_source_is_fetched_through_the_proxy_and_its_certificate_is_checked_for_its_name(
    secure: proxies.Proxy, tmp_path: Path
) -> None:
    with served(Feed, tls=context(tmp_path / "server.pem")) as port:
        secure.leads_to = {PUBLIC: port}
        assert ask(secure, "https://news.example.org/feed") == ["for news.example.org"]
        assert secure.asked == [f"CONNECT {PUBLIC}:443"]
        # The same server, for a name that its certificate does not hold.
        (said,) = ask(secure, "https://both.example.org/feed")
        assert "no valid certificate" in said


def test_a_redirect_does_not_lead_into_a_private_network_through_the_proxy(
    secure: proxies.Proxy, tmp_path: Path
) -> None:
    with served(Feed, tls=context(tmp_path / "server.pem")) as port:
        secure.leads_to = {PUBLIC: port}
        (said,) = ask(secure, "https://news.example.org/moved")
        assert "inside.example.org lies in a private network" in said
        assert len(secure.asked) == 1


def test_an_address_inside_is_refused_before_the_proxy_hears_of_it(proxy: proxies.Proxy) -> None:
    for said in ask(
        proxy, f"http://{PRIVATE}/", "https://169.254.169.254/latest", "http://127.0.0.1/"
    ):
        assert "private network" in said
    assert proxy.asked == []


def test_plain_http_goes_by_name_where_that_is_allowed(proxy: proxies.Proxy) -> None:
    with served(Feed) as port:
        proxy.leads_to = {"news.example.org": port}
        address = "http://news.example.org/feed"
        assert ask(proxy, address, allow="news.example.org") == ["for news.example.org"]
        assert ask(proxy, address, HERODR_PROXY_RESOLVES="1") == ["for news.example.org"]
        assert proxy.asked == [f"GET {address}"] * 2


def test_a_proxy_that_wants_a_name_and_a_password_gets_them_or_it_is_said(
    secure: proxies.Proxy, tmp_path: Path
) -> None:
    with served(Feed, tls=context(tmp_path / "server.pem")) as port:
        secure.leads_to = {PUBLIC: port}
        secure.credentials = "herodr:a-long-password"
        address = "https://news.example.org/feed"
        assert ask(secure, address) == ["for news.example.org"]
        with served(Feed) as plain:
            secure.leads_to["plain.example.org"] = plain
            assert ask(secure, "http://plain.example.org/", HERODR_PROXY_RESOLVES="1") == [
                "for plain.example.org"
            ]
        bare = f"http://127.0.0.1:{secure.port}"
        (said,) = ask(secure, address, HTTPS_PROXY=bare)
        assert "asks for a name and a password" in said


def test_a_proxy_that_refuses_or_is_not_there_is_named(secure: proxies.Proxy) -> None:
    secure.refuses = 403
    (said,) = ask(secure, "https://news.example.org/feed")
    assert "The proxy lets nothing through to news.example.org (status 403)" in said
    (said,) = ask(secure, "https://news.example.org/feed", HTTPS_PROXY="http://127.0.0.1:9")
    assert "The proxy cannot be reached" in said
