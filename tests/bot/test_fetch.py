"""Fetching from a real server on this machine: polite, bounded, and never into private networks."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiohttp.abc import ResolveResult
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot import fetch
from bot.fetch.addresses import Allowed
from bot.fetch.body import Unpacker
from bot.fetch.client import _GuardedResolver
from bot.values import Fetched

LOCAL = ("127.0.0.0/8",)
QUICK = fetch.Limits(body=100_000, connect=1.0, total=0.6, redirects=4)
Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A real server: `pages` says what each path does, `seen` what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.open = 0
        self.most_open = 0
        self.lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with site.lock:
                    site.open += 1
                    site.most_open = max(site.most_open, site.open)

            def finish(self) -> None:
                with site.lock:
                    site.open -= 1
                try:
                    super().finish()
                except OSError:
                    self.close_connection = True

            def do_GET(self) -> None:
                site.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                try:
                    site.pages[self.path](self)
                except OSError:
                    # The client hung up, as several tests make it do.
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_about: object) -> None:
                """Keep quiet: the client hangs up in several tests."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.close()


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    """A page that answers so; underscores in header names are dashes."""

    def send(request: BaseHTTPRequestHandler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request.send_response(status)
        for name, value in named.items():
            request.send_header(name, value)
        if "Content-Length" not in named:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        if int(named.get("Content-Length", len(body))) != len(body):
            request.close_connection = True

    return send


def get(
    site: Site,
    path: str = "/",
    *,
    limits: fetch.Limits = QUICK,
    allow: tuple[str, ...] = LOCAL,
    etag: str = "",
    last_modified: str = "",
    agent: str = "",
) -> Fetched | fetch.FetchError:
    request = fetch.Request(site.url + path, etag=etag, last_modified=last_modified)
    return fetch.fetch_all([request], allow_hosts=allow, limits=limits, agent=agent)[0]


def fetched(result: Fetched | fetch.FetchError) -> Fetched:
    assert isinstance(result, Fetched), result
    return result


# Asking


@pytest.mark.enable_socket
def test_a_feed_is_fetched_with_honest_headers(site: Site) -> None:
    site.pages["/"] = answer(
        body=b"<rss/>", Content_Type="text/xml", ETag='W/"1"', Set_Cookie="a=b"
    )
    got = fetched(get(site, agent=fetch.user_agent("https://desk.example")))
    assert (got.status, got.body, got.content_type) == (200, b"<rss/>", "text/xml")
    assert got.headers["etag"] == 'W/"1"'
    assert (got.url, got.permanent_url) == (site.url + "/", None)
    headers = site.seen[0][1]
    assert headers["user-agent"].startswith("Herodr/")
    assert headers["user-agent"].endswith(" (+https://desk.example)")
    assert "aiohttp" not in str(headers).lower()
    assert "rss+xml" in headers["accept"]
    assert headers["accept-encoding"] == "gzip, deflate"
    assert not {"cookie", "referer", "if-none-match", "if-modified-since"} & headers.keys()


def test_the_default_name_is_honest_too() -> None:
    assert fetch.user_agent().startswith("Herodr/")
    assert "aiohttp" not in fetch.user_agent()


@pytest.mark.enable_socket
def test_validators_go_back_byte_for_byte(site: Site) -> None:
    site.pages["/"] = answer(304, ETag='W/"odd \\ tag"')
    got = fetched(get(site, etag='W/"odd \\ tag"', last_modified="Tue,  1 Sep 2026 1:00:00 GMT"))
    assert (got.status, got.body) == (304, b"")
    headers = site.seen[0][1]
    assert headers["if-none-match"] == 'W/"odd \\ tag"'
    assert headers["if-modified-since"] == "Tue,  1 Sep 2026 1:00:00 GMT"


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("sent", "status"),
    [({"ETag": '"1"'}, 304), ({"ETag": '"2"'}, 200), ({"Last_Modified": "then"}, 200), ({}, 200)],
)
def test_an_unchanged_validator_counts_as_unchanged(
    site: Site, sent: dict[str, Any], status: int
) -> None:
    site.pages["/"] = answer(body=b"x", **sent)
    assert fetched(get(site, etag='"1"', last_modified="then")).status == status


@pytest.mark.enable_socket
@pytest.mark.parametrize(("had", "status"), [(b"the same", 304), (b"another", 200)])
def test_a_body_that_is_known_counts_as_unchanged(site: Site, had: bytes, status: int) -> None:
    site.pages["/"] = answer(body=b"the same")
    known = fetch.Request(site.url + "/", digest=hashlib.sha256(had).hexdigest())
    got = fetched(fetch.fetch_all([known], allow_hosts=LOCAL, limits=QUICK)[0])
    assert got.status == status
    assert got.body == (b"" if status == 304 else b"the same")
    assert got.digest == hashlib.sha256(b"the same").hexdigest()


@pytest.mark.enable_socket
def test_bodies_in_memory_together_are_bounded_and_none_is_lost(site: Site) -> None:
    site.pages["/"] = answer(body=bytes(90_000))
    limits = fetch.Limits(body=100_000, held=200_000)
    waiting = [fetch.Request(site.url + "/") for _ in range(9)]
    rounds = 0
    while waiting:
        answers = fetch.fetch_all(waiting, allow_hosts=LOCAL, limits=limits, at_once=2)
        held = sum(len(got.body) for got in answers if isinstance(got, Fetched))
        assert 0 < held <= 2 * limits.held
        waiting = [
            asked
            for asked, got in zip(waiting, answers, strict=True)
            if isinstance(got, fetch.Crowded)
        ]
        rounds += 1
    assert rounds == 3


@pytest.mark.enable_socket
def test_a_large_body_gives_way_to_the_others_and_fits_alone(site: Site) -> None:
    site.pages["/large"] = answer(body=bytes(400_000))
    site.pages["/small"] = answer(body=bytes(40_000))
    limits = fetch.Limits(body=500_000, held=410_000, per_host=4)
    paths = ("/large", "/large", "/small", "/small")
    requests = [fetch.Request(site.url + path) for path in paths]
    answers = fetch.fetch_all(requests, allow_hosts=LOCAL, limits=limits, at_once=4)
    crowded = [answer for answer in answers if isinstance(answer, fetch.Crowded)]
    assert crowded
    assert all(str(answer).endswith(".") for answer in crowded)
    alone = fetch.fetch_all(requests[:1], allow_hosts=LOCAL, limits=limits)[0]
    assert len(fetched(alone).body) == 400_000


@pytest.mark.enable_socket
def test_no_cookie_is_ever_sent_back(site: Site) -> None:
    site.pages["/"] = answer(302, Location="/b", Set_Cookie="id=1; Path=/")
    site.pages["/b"] = answer(body=b"x")
    fetched(get(site))
    assert all("cookie" not in headers for _path, headers in site.seen)


@pytest.mark.enable_socket
def test_answers_come_in_the_order_asked_and_a_failure_is_one_of_them(site: Site) -> None:
    for name in "abc":
        site.pages[f"/{name}"] = answer(body=name.encode())
    site.pages["/b"] = answer(500)
    results = fetch.fetch_all(
        [fetch.Request(site.url + p) for p in ("/c", "/b", "/a")] + [fetch.Request("ftp://x")],
        allow_hosts=LOCAL,
        limits=QUICK,
    )
    assert [r.body if isinstance(r, Fetched) else type(r) for r in results] == [
        b"c",
        fetch.ServerTrouble,
        b"a",
        fetch.BadAddress,
    ]
    assert fetch.fetch_all([]) == []


@pytest.mark.enable_socket
def test_one_host_gets_two_connections_at_most(site: Site) -> None:
    def slow(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.02)
        answer(body=b"x")(request)

    requests = []
    for number in range(10):
        site.pages[f"/{number}"] = slow
        requests.append(fetch.Request(f"{site.url}/{number}"))
    results = fetch.fetch_all(requests, allow_hosts=LOCAL, limits=fetch.Limits(total=0.5))
    assert all(isinstance(r, Fetched) for r in results)
    assert site.most_open <= 2


# Redirects


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("chain", "moved"),
    [
        ((301,), True),
        ((308, 301), True),
        ((302,), False),
        ((301, 302), False),
        ((307, 301), False),
        ((303,), False),
    ],
)
def test_only_an_unbroken_permanent_chain_moves_a_source(
    site: Site, chain: tuple[int, ...], moved: bool
) -> None:
    for step, status in enumerate(chain):
        site.pages[f"/{step}"] = answer(status, Location=f"/{step + 1}")
    end = f"/{len(chain)}"
    site.pages[end] = answer(body=b"x")
    got = fetched(get(site, "/0", etag='"1"'))
    assert (got.url, got.body) == (site.url + end, b"x")
    assert got.permanent_url == (site.url + end if moved else None)
    assert all(headers["if-none-match"] == '"1"' for _path, headers in site.seen)


def test_a_step_down_from_https_moves_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(
        _self: fetch.Fetcher, url: URL, _request: fetch.Request
    ) -> Fetched | tuple[int, URL]:
        if url.scheme == "https":
            return 301, URL("http://e.org/feed")
        return Fetched(url=str(url), status=200, body=b"x")

    monkeypatch.setattr(fetch.Fetcher, "_ask", ask)
    got = fetched(fetch.fetch_all([fetch.Request("https://e.org/feed")])[0])
    assert (got.url, got.permanent_url) == ("http://e.org/feed", None)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/a", "circle"),
        ("http://[", "cannot be used"),
        ("ftp://e.org/", "cannot be used"),
        ("javascript:x", "cannot be used"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_server_trouble(
    site: Site, location: str, words: str
) -> None:
    site.pages["/a"] = answer(302, Location=location)
    result = get(site, "/a")
    assert isinstance(result, fetch.ServerTrouble)
    assert words in str(result)


@pytest.mark.enable_socket
def test_redirects_end(site: Site) -> None:
    for step in range(9):
        site.pages[f"/{step}"] = answer(301, Location=f"/{step + 1}")
    assert "more than 4 times" in str(get(site, "/0"))
    assert len(site.seen) == 5


# Private networks


@pytest.mark.enable_socket
def test_this_machine_is_not_asked_unless_allowed(site: Site) -> None:
    site.pages["/"] = answer(body=b"secret")
    result = get(site, allow=())
    assert isinstance(result, fetch.Forbidden)
    assert "HERODR_ALLOW_HOSTS" in str(result)
    assert site.seen == []
    assert fetched(get(site, allow=("127.0.0.1",))).body == b"secret"


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "name",
    [
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0",
        "017700000001",
    ],
)
def test_other_spellings_of_this_machine_are_refused(site: Site, name: str) -> None:
    site.pages["/"] = answer(body=b"secret")
    url = site.url.replace("127.0.0.1", name)
    (result,) = fetch.fetch_all([fetch.Request(url + "/")], limits=QUICK)
    assert isinstance(result, fetch.Forbidden | fetch.BadAddress | fetch.Unreachable)
    assert site.seen == []


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/", "http://[::1]/", "http://10.0.0.1/"]
)
def test_a_redirect_into_a_private_network_is_refused(site: Site, target: str) -> None:
    site.pages["/"] = answer(301, Location=target)
    assert isinstance(get(site), fetch.Forbidden)


@pytest.mark.enable_socket
def test_a_host_is_allowed_by_name(site: Site) -> None:
    site.pages["/"] = answer(body=b"ours")
    url = site.url.replace("127.0.0.1", "localhost")
    (result,) = fetch.fetch_all([fetch.Request(url)], allow_hosts=["LocalHost"], limits=QUICK)
    assert fetched(result).body == b"ours"


def test_a_name_with_private_addresses_loses_them() -> None:
    class Names:
        """Stands in for the system's resolver."""

        def __init__(self, *addresses: str) -> None:
            self.addresses = addresses

        async def resolve(self, host: str, port: int, family: int) -> list[ResolveResult]:
            return [
                ResolveResult(hostname=host, host=a, port=port, family=family, proto=0, flags=0)
                for a in self.addresses
            ]

        async def close(self) -> None:
            return None

    async def look_up(*addresses: str) -> list[str]:
        resolver = _GuardedResolver(Allowed.of(()))
        resolver._inner = Names(*addresses)  # type: ignore[assignment]
        return [r["host"] for r in await resolver.resolve("mixed.example", 80, socket.AF_INET)]

    assert asyncio.run(look_up("93.184.216.34", "10.0.0.1")) == ["93.184.216.34"]
    with pytest.raises(OSError, match="mixed"):
        asyncio.run(look_up("10.0.0.1", "::1"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", False),  # no publisher is reached like this
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("100.64.0.1", False),  # carrier-grade NAT
        ("100.100.100.200", False),  # metadata at Alibaba
        ("169.254.169.254", False),  # metadata at most clouds
        ("168.63.129.16", False),  # metadata at Azure
        ("192.0.0.192", False),  # metadata at Oracle
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("198.18.0.1", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("64:ff9b::a9fe:a9fe", False),  # NAT64 of 169.254.169.254
        ("127.1", False),
        ("nonsense", False),
    ],
)
def test_only_public_addresses_are_asked(address: str, public: bool) -> None:
    assert Allowed.of(()).address(address) is public


def test_an_allowed_network_is_allowed_whole_and_alone() -> None:
    allowed = Allowed.of(["10.1.0.0/16", "fd00::/8", "intranet.example"])
    assert allowed.address("10.1.200.3")
    assert allowed.address("::ffff:10.1.0.1")
    assert allowed.address("fd12::1")
    assert not allowed.address("10.2.0.1")
    assert allowed.host("Intranet.Example.")
    assert not allowed.host("evil.intranet.example")


def test_the_setting_is_read_or_its_mistake_named() -> None:
    assert fetch.parse_allow_hosts(" Localhost, 10.0.0.0/8\n::1 ") == {
        "localhost",
        "10.0.0.0/8",
        "::1",
    }
    assert fetch.parse_allow_hosts("") == frozenset()
    for wrong in ("10.0.0.0/99", "http://e.org", "a b/c"):
        with pytest.raises(ValueError, match="neither a host name nor"):
            fetch.parse_allow_hosts(wrong)


@given(st.text(max_size=30))
def test_any_text_is_a_private_address_or_none(text: str) -> None:
    assert isinstance(Allowed.of(()).address(text), bool)


# Answers that say no


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (401, {}, fetch.Blocked),
        (403, {}, fetch.Blocked),
        (451, {}, fetch.Blocked),
        (200, {"cf_mitigated": "challenge"}, fetch.Blocked),
        (503, {"cf_mitigated": "challenge"}, fetch.Blocked),
        (404, {}, fetch.NotFound),
        (410, {}, fetch.Gone),
        (429, {}, fetch.Throttled),
        (503, {"Retry_After": "30"}, fetch.Throttled),
        (503, {}, fetch.ServerTrouble),
        (500, {}, fetch.ServerTrouble),
        (406, {}, fetch.ServerTrouble),
        (304, {}, fetch.ServerTrouble),  # nobody sent a validator
        (302, {}, fetch.ServerTrouble),  # leads nowhere
    ],
)
def test_each_refusal_has_its_class_and_its_sentence(
    site: Site, status: int, headers: dict[str, Any], kind: type[fetch.FetchError]
) -> None:
    site.pages["/?token=secret"] = answer(status, **headers)
    result = get(site, "/?token=secret")
    assert type(result) is kind
    assert result.status == status
    assert str(result).endswith(".")
    assert "secret" not in str(result)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("written", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Wed, 02 Sep 2026 10:05:00 GMT", timedelta(minutes=5)),
        ("Wed, 02 Sep 2026 09:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("9" * 40, timedelta(seconds=10**8)),
    ],
)
def test_retry_after_is_read_by_the_servers_own_clock(
    site: Site, written: str, wait: timedelta | None
) -> None:
    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response_only(429)
        request.send_header("Date", "Wed, 02 Sep 2026 10:00:00 GMT")
        request.send_header("Retry-After", written)
        request.send_header("Content-Length", "0")
        request.end_headers()

    site.pages["/"] = send
    result = get(site)
    assert isinstance(result, fetch.Throttled)
    assert result.retry_after == wait


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news",
        "file:///etc/passwd",
        "https://",
        "http://[::1",
        "http://e.org:99999/",
        "javascript:x",
        "http://" + "a" * 9000,
    ],
)
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    (result,) = fetch.fetch_all([fetch.Request(url)])
    assert isinstance(result, fetch.BadAddress)


# Bodies


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]) + b"padding"),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("identity", lambda body: body),
    ],
)
def test_a_packed_body_is_unpacked(
    site: Site, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = b"<rss>" + bytes(range(256)) * 40
    site.pages["/"] = answer(body=pack(body), Content_Encoding=encoding)
    assert fetched(get(site)).body == body


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (b"x" * 200_000, {}, fetch.TooLarge),
        (gzip.compress(b"x" * 50_000_000), {"Content_Encoding": "gzip"}, fetch.TooLarge),
        (
            gzip.compress(bytes(range(256)) * 200)[:-20],
            {"Content_Encoding": "gzip"},
            fetch.Unreachable,
        ),
        (b"plain after all", {"Content_Encoding": "gzip"}, fetch.Unreachable),
        (b"\x8b\x02\x80", {"Content_Encoding": "br"}, fetch.Unreachable),
        (b"short", {"Content_Length": "500"}, fetch.Unreachable),
    ],
)
def test_a_body_too_large_damaged_or_cut_is_no_body(
    site: Site, body: bytes, headers: dict[str, Any], kind: type[fetch.FetchError]
) -> None:
    site.pages["/"] = answer(body=body, **headers)
    result = get(site, limits=fetch.Limits(body=100_000, total=3))
    assert type(result) is kind
    assert str(result).endswith(".")


def test_a_body_that_swells_beyond_reason_is_refused_below_the_limit() -> None:
    packed = gzip.compress(b"\x00" * 5_000_000)
    unpacker = Unpacker("gzip", limit=15 * 1024 * 1024, who="e.org")
    with pytest.raises(fetch.TooLarge, match="swells"):
        unpacker.feed(packed)


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from(("gzip", "deflate", "")))
def test_any_bytes_unpack_or_are_refused(chunks: list[bytes], encoding: str) -> None:
    unpacker = Unpacker(encoding, limit=1000, who="e.org")
    try:
        for chunk in chunks:
            unpacker.feed(chunk)
        assert len(unpacker.finish()) <= 1000
    except fetch.FetchError:
        assert encoding


@given(st.binary(max_size=300), st.integers(1, 50))
def test_how_a_body_is_cut_into_chunks_does_not_matter(body: bytes, size: int) -> None:
    packed = gzip.compress(body)
    unpacker = Unpacker("gzip", limit=1000, who="e.org")
    for start in range(0, len(packed), size):
        unpacker.feed(packed[start : start + size])
    assert unpacker.finish() == body


# Time and broken servers


@pytest.mark.enable_socket
def test_a_server_that_drips_is_left_after_the_total_time(site: Site) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        for _ in range(100):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.03)

    site.pages["/"] = drip
    started = time.perf_counter()
    result = get(site)
    assert time.perf_counter() - started < 2
    assert isinstance(result, fetch.Unreachable)
    assert "0.6 seconds" in str(result)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_server_that_speaks_no_proper_http_is_unreachable(raw: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _peer = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(raw)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        (result,) = fetch.fetch_all([fetch.Request(url)], allow_hosts=LOCAL, limits=QUICK)
        thread.join()
    assert isinstance(result, fetch.Unreachable)
    assert str(result).endswith(".")


@pytest.mark.enable_socket
def test_a_closed_port_and_an_unknown_name_are_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    closed, unknown, unsafe = fetch.fetch_all(
        [
            fetch.Request(f"http://127.0.0.1:{port}/"),
            fetch.Request("http://no-such-host.invalid/"),
            fetch.Request(f"https://127.0.0.1:{port}/"),
        ],
        allow_hosts=LOCAL,
        limits=fetch.Limits(total=5, connect=2),
    )
    assert "No connection" in str(closed)
    assert "not known" in str(unknown)
    assert isinstance(unsafe, fetch.Unreachable)


def test_a_fetcher_outside_its_context_says_so() -> None:
    async def misuse() -> None:
        await fetch.Fetcher(allow_hosts=LOCAL).get(fetch.Request("http://127.0.0.1/"))

    with pytest.raises(RuntimeError, match="context manager"):
        asyncio.run(misuse())


@pytest.mark.enable_socket
def test_a_host_that_asks_for_patience_is_left_alone_for_the_rest_of_the_batch(site: Site) -> None:
    site.pages["/busy"] = answer(429, Retry_After="120")
    site.pages["/news"] = answer(200, b"news")
    requests = [fetch.Request(f"{site.url}/busy"), *[fetch.Request(f"{site.url}/news")] * 6]
    with fetch.Session(allow_hosts=LOCAL, limits=replace(QUICK, per_host=1)) as session:
        first = session(requests)
        later = session(requests[-1:])
    assert all(isinstance(result, fetch.Throttled) for result in (*first, *later))
    assert [path for path, _ in site.seen] == ["/busy"]


@pytest.mark.enable_socket
def test_connections_stay_open_from_one_batch_to_the_next(site: Site) -> None:
    site.pages["/"] = answer(200, b"news")
    opened = 0
    with fetch.Session(allow_hosts=LOCAL, limits=QUICK) as session:
        for _ in range(3):
            results = session([fetch.Request(f"{site.url}/")] * 4)
            assert [fetched(result).body for result in results] == [b"news"] * 4
            opened = max(opened, site.open)
    assert opened <= QUICK.per_host
    assert site.most_open <= QUICK.per_host
    assert len(site.seen) == 12
