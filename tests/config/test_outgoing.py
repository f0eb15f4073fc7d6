"""Proxies and certificates, as the environment sets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.checks import of_environment
from config.outgoing import Proxies, Proxy, share_certificates


@pytest.mark.parametrize(
    ("text", "url", "user", "password"),
    [
        ("http://proxy.example.org:3128", "http://proxy.example.org:3128", "", ""),
        ("proxy:3128", "http://proxy:3128", "", ""),
        ("https://proxy/", "https://proxy:443", "", ""),
        ("http://a:b%40c@[::1]:8080", "http://[::1]:8080", "a", "b@c"),
    ],
)
def test_a_proxy_is_read_in_each_of_the_ways_people_write_it(
    text: str, url: str, user: str, password: str
) -> None:
    proxy = Proxy.of(text)
    assert (proxy.url, proxy.user, proxy.password) == (url, user, password)
    assert not password or password not in repr(proxy)


@pytest.mark.parametrize(
    "text", ["socks5://proxy:1080", "http://", "http://proxy:port", "http://[::1"]
)
def test_what_is_no_proxy_is_said_with_its_setting_and_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY is no address of a proxy: write a proxy as"):
        Proxies.of({"HTTPS_PROXY": text})
    (finding,) = of_environment({"HTTPS_PROXY": text})
    assert (finding.level, finding.where) == ("error", "HTTPS_PROXY")


@given(st.text())
def test_no_text_at_all_makes_it_stumble(text: str) -> None:
    try:
        Proxies.of({"HTTPS_PROXY": text, "NO_PROXY": text}).lead_to("https://example.org/")
    except ValueError as error:
        assert "HTTPS_PROXY" in str(error)  # noqa: PT017 - either will do


def test_small_letters_win_and_one_setting_does_for_both() -> None:
    found = Proxies.of({"https_proxy": "a:1", "HTTPS_PROXY": "b:1", "ALL_PROXY": "c:1"})
    assert (found.https, found.http) == (Proxy("http://a:1"), Proxy("http://c:1"))


@pytest.mark.parametrize(
    ("exceptions", "host", "directly"),
    [
        ("*", "example.org", True),
        ("example.org", "example.org", True),
        ("example.org", "www.example.org", True),
        (".example.org", "www.example.org", True),
        ("*.example.org", "www.example.org", True),
        ("example.org", "notexample.org", False),
        ("EXAMPLE.org, other", "example.org", True),
        ("example.org:443", "example.org", True),
        ("example.org:8443", "example.org", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("", "localhost", True),
        ("", "127.0.0.9", True),
    ],
)
def test_exceptions_are_names_with_what_is_below_them_addresses_and_networks(
    exceptions: str, host: str, directly: bool
) -> None:
    proxies = Proxies.of({"HTTPS_PROXY": "proxy:3128", "NO_PROXY": exceptions})
    assert (proxies.lead_to(f"https://{host}/feed") is None) == directly


def test_either_setting_for_certificates_does_for_all() -> None:
    for one, other in (
        ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"),
        ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    ):
        environment = {one: "/etc/bundle.pem"}
        share_certificates(environment)
        assert environment[other] == "/etc/bundle.pem"
    kept = {"SSL_CERT_FILE": "/a.pem", "REQUESTS_CA_BUNDLE": "/b.pem"}
    share_certificates(kept)
    assert kept == {"SSL_CERT_FILE": "/a.pem", "REQUESTS_CA_BUNDLE": "/b.pem"}
    nothing: dict[str, str] = {}
    share_certificates(nothing)
    assert nothing == {}


def test_a_bundle_that_is_not_there_is_found(tmp_path: Path) -> None:
    (finding,) = of_environment({"SSL_CERT_FILE": str(tmp_path / "gone.pem")})
    assert (finding.level, finding.where) == ("error", "SSL_CERT_FILE")
    assert list(of_environment({"REQUESTS_CA_BUNDLE": str(tmp_path)})) == []
