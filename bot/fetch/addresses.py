"""Which network addresses may be asked: public ones, and those the operator allows. Pure.

A feed, a bulletin or a redirect can name any address; without this guard it could make the watcher read
the machine's own services or the cloud's metadata.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

# Not marked private by IANA, but never a publisher: protocol assignments (Oracle's metadata service lives
# there) and Azure's metadata service.
_NEVER = tuple(ip_network(n) for n in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))
_NAT64 = IPv6Network("64:ff9b::/96")
_NAME = re.compile(r"(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The hosts and networks that may be asked although they are private."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[_Network, ...] = ()

    @classmethod
    def of(cls, entries: Collection[str]) -> Allowed:
        """Sort `entries` (host names, addresses, CIDR networks). Raises ValueError, naming a bad one."""
        hosts: set[str] = set()
        networks: list[_Network] = []
        for entry in entries:
            text = entry.strip().strip("[]").lower()
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError:
                if not _NAME.fullmatch(text):
                    raise ValueError(
                        f'"{entry}" is neither a host name nor an address nor a network; '
                        'write for example "intranet.example.org" or "10.1.0.0/16".'
                    ) from None
                hosts.add(text.rstrip("."))
        return cls(frozenset(hosts), tuple(networks))

    def host(self, name: str) -> bool:
        """Tell whether every address of the host `name` may be asked."""
        return name.lower().rstrip(".") in self.hosts

    def address(self, text: str) -> bool:
        """Tell whether the address `text` may be asked: it is public, or in an allowed network."""
        try:
            address = ip_address(text.partition("%")[0])
        except ValueError:
            return False
        meant = (address, *_embedded(address))
        if any(
            a in network for a in meant for network in self.networks if a.version == network.version
        ):
            return True
        return all(_is_public(a) for a in meant)


def parse_allow_hosts(text: str) -> frozenset[str]:
    """Read the setting `HERODR_ALLOW_HOSTS`: hosts and networks, separated by commas or spaces.

    Raises ValueError with a sentence that names the entry that is neither.
    """
    entries = frozenset(part.lower() for part in re.split(r"[\s,]+", text) if part)
    Allowed.of(entries)
    return entries


def _is_public(address: _Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in n for n in _NEVER if n.version == address.version)
    )


def _embedded(address: _Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that an IPv6 address wraps: a packet to it may end there."""
    if not isinstance(address, IPv6Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour]
    if address.teredo:
        found.extend(address.teredo)
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(a for a in found if a is not None)
