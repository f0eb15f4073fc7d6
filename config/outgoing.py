"""The way out of this machine: proxies, and the certificates that are trusted, as the environment sets them.

HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read as curl and `requests` read them, so that sources and networks are
reached the same way. This machine itself is never asked through a proxy.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from config.env import hide

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
RESOLVES = "HERODR_PROXY_RESOLVES"


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy: where it is, and the name and password it asks for, if any."""

    url: str  # without name and password
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `http://name:password@proxy:3128`; without a scheme it is http. Raises ValueError, with the mend."""
        said = 'write a proxy as "http://proxy.example.org:3128"'
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(said) from None
        if not host or parts.scheme not in ("http", "https"):
            raise ValueError(said)
        where = f"[{host}]" if ":" in host else host
        return cls(
            f"{parts.scheme}://{where}:{port or (443 if parts.scheme == 'https' else 80)}",
            unquote(parts.username or ""),
            hide(unquote(parts.password or "")),
        )


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which proxy leads where. `resolves`: it is the proxy's business to know names and to refuse private addresses."""

    http: Proxy | None = None
    https: Proxy | None = None
    exceptions: tuple[str, ...] = ()
    resolves: bool = False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read the environment. Raises ValueError, which names the setting, for a proxy that is no address."""
        found: dict[str, Proxy | None] = {}
        for name in PROXIES:
            text = _setting(environment, name)
            try:
                found[name] = Proxy.of(text) if text else None
            except ValueError as error:
                raise ValueError(f"{name} is no address of a proxy: {error}.") from None
        return cls(
            http=found["HTTP_PROXY"] or found["ALL_PROXY"],
            https=found["HTTPS_PROXY"] or found["ALL_PROXY"],
            exceptions=tuple(
                part.lower()
                for part in re.split(r"[\s,]+", _setting(environment, "NO_PROXY"))
                if part
            ),
            resolves=environment.get("HERODR_PROXY_RESOLVES", "").strip().lower()
            in ("1", "true", "yes", "on"),
        )

    def lead_to(self, address: str) -> Proxy | None:
        """Return the proxy for an http(s) `address`, or None where it is asked directly."""
        parts = urlsplit(address)
        proxy = self.https if parts.scheme == "https" else self.http
        return None if proxy is None or self._excepts(parts) else proxy

    def _excepts(self, parts: SplitResult) -> bool:
        host = (parts.hostname or "").rstrip(".")
        if is_this_machine(host):
            return True
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return any(_matches(one, host, port) for one in self.exceptions)


def is_this_machine(host: str) -> bool:
    """Say whether `host` names the machine that asks."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def share_certificates(environment: MutableMapping[str, str]) -> None:
    """Let one setting do for all roads: half the libraries read SSL_CERT_FILE, the others REQUESTS_CA_BUNDLE."""
    set_ones = [environment[name] for name in BUNDLES if environment.get(name)]
    for name in BUNDLES:
        if set_ones and not environment.get(name):
            environment[name] = set_ones[0]


def troubles(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with these settings: which one, what, and the mend."""
    for name in PROXIES:
        if text := _setting(environment, name):
            try:
                Proxy.of(text)
            except ValueError as error:
                said = str(error)
                yield name, "it is no address of a proxy.", f"{said[0].upper()}{said[1:]}."
    for name in BUNDLES:
        path = environment.get(name, "")
        # A folder of certificates will do for REQUESTS_CA_BUNDLE.
        if path and not (
            Path(path).is_file() or (name == "REQUESTS_CA_BUNDLE" and Path(path).is_dir())
        ):
            yield (
                name,
                f"there is no file {path}.",
                "Name the file with the certificates that are trusted; without it no secure connection comes about.",
            )


def _setting(environment: Mapping[str, str], name: str) -> str:
    """Read a setting that may be written either way, as other programs do: small letters win."""
    return (environment.get(name.lower()) or environment.get(name) or "").strip()


def _matches(pattern: str, host: str, port: int) -> bool:
    """Say whether an entry of NO_PROXY means `host`: all, a name with all below it, an address or a network."""
    if pattern == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        pass
    name, colon, only = pattern.rpartition(":")
    if colon and only.isdigit():
        if int(only) != port:
            return False
        pattern = name
    pattern = pattern.strip("[]").lstrip("*").lstrip(".").rstrip(".")
    return bool(pattern) and (host == pattern or host.endswith(f".{pattern}"))
