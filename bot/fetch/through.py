"""How a source is asked through a proxy without giving up the guard.

Through a proxy it is the proxy that connects. Were it handed a name, it would look the name up itself, and whoever
owns the name could answer us with a public address and the proxy with one inside. So by default a name is looked up
here, and the proxy is asked for exactly the address that was found good; the certificate is still checked for the name.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from yarl import URL

from bot.fetch.addresses import Allowed
from bot.fetch.asked import is_literal
from bot.fetch.errors import Forbidden, Unreachable
from config.outgoing import RESOLVES, Proxies, Proxy

# Finds the addresses behind a name, for a port; raises `Refused` where they are private, else OSError.
LookUp = Callable[[str, int], Awaitable[Sequence[str]]]

# Ends of names that are nobody's in public (RFC 6761, 6762, 8375, and ICANN's .internal).
_INSIDE = (".local", ".localhost", ".internal", ".home.arpa", ".lan", ".corp", ".intranet")


@dataclass(frozen=True, slots=True)
class Way:
    """What to ask for, and how. `name` is whose certificate it must be, where `url` holds an address instead."""

    url: URL
    proxy: Proxy | None = None
    name: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    for_proxy: Mapping[str, str] = field(
        default_factory=dict
    )  # headers of the request for a tunnel


async def way_to(url: URL, *, proxies: Proxies, allowed: Allowed, look_up: LookUp) -> Way:
    """Find the way to `url`, whose host is no private address. Raises `Forbidden` or `Unreachable`."""
    proxy = proxies.lead_to(str(url))
    if proxy is None:
        return Way(url)
    credentials = _credentials(proxy)
    # Plain http is one request, which the proxy passes on; of a tunnel it sees the opening only.
    by_name = (
        Way(url, proxy, for_proxy=credentials)
        if url.scheme == "https"
        else Way(url, proxy, headers=credentials)
    )
    host = url.host or ""
    if is_literal(host) or allowed.host(host):
        return by_name
    if proxies.resolves:
        if "." not in host.rstrip(".") or host.rstrip(".").lower().endswith(_INSIDE):
            raise forbidden(host)
        return by_name
    if url.scheme == "http":
        # For plain http a proxy makes the Host header from what it is asked for (RFC 9112, 3.2.2), so it needs the name.
        raise Forbidden(
            f"{host} would be asked over plain http through a proxy, and then only the proxy knows to which address "
            f"that leads: write https://, add {host} to HERODR_ALLOW_HOSTS, or set {RESOLVES}=1 if the proxy refuses "
            "private addresses."
        )
    try:
        found = await look_up(url.raw_host or host, url.port or 443)
    except Refused:
        raise forbidden(host) from None
    except OSError:
        found = []
    if not found:
        raise Unreachable(
            f"The name {host} is not known here; check the address. Where only the proxy knows names outside, "
            f"set {RESOLVES}=1."
        )
    # Of several addresses the older sort is the one that a proxy surely reaches.
    address = min(found, key=lambda text: ":" in text)
    return Way(
        url.with_host(address),
        proxy,
        name=url.raw_host,
        headers={"Host": url.host_port_subcomponent or host},
        for_proxy=credentials,
    )


def _credentials(proxy: Proxy) -> dict[str, str]:
    if not proxy.user:
        return {}
    both = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {both}"}


class Refused(OSError):
    """Raised inside a resolver: the name leads into a private network."""


def forbidden(host: str) -> Forbidden:
    """Say that `host` is private."""
    return Forbidden(
        f"{host} lies in a private network; add it to HERODR_ALLOW_HOSTS if it is meant to be read."
    )
