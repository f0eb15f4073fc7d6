"""Which networks there are, and the client of an account.

A network is loaded when it is first used: an installation that only rehearses never imports tweepy.
A package of somebody else adds one with an entry point of the group `herodr.networks`, whose name is the
network's and whose value is a `Maker`.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from bot.networks.base import AccountDetails, Client, Endpoints, Unauthorised
from bot.networks.rehearsal import RehearsalClient

log = logging.getLogger(__name__)

GROUP = "herodr.networks"

# Our own networks win over an entry point of the same name.
NETWORKS: dict[str, str] = {
    "x": "bot.networks.x:XClient",
    "linkedin": "bot.networks.linkedin:LinkedInClient",
}


class Maker(Protocol):
    """Makes the client of one live account. Usually the client's class."""

    def __call__(
        self, details: AccountDetails, *, endpoints: Endpoints, now: Callable[[], datetime]
    ) -> Client:
        """Return the client. Raises `Unauthorised` when something it needs is not set."""
        ...


def names() -> frozenset[str]:
    """Return the names of all networks, those that other packages add included."""
    return frozenset(NETWORKS) | entry_points(group=GROUP).names


def client_for(
    details: AccountDetails, *, live: bool, endpoints: Endpoints, now: Callable[[], datetime]
) -> Client:
    """Return the client of an account: of its network when `live`, else the rehearsal.

    Raises `Unauthorised` when there is no such network, when its package cannot be loaded, or when
    something the client needs is not set.
    """
    if details.network not in names():
        raise Unauthorised(
            f'There is no network "{details.network}" for the account {details.name}.',
            mend=f"Write one of {', '.join(sorted(names()))} in accounts.toml.",
        )
    if not live:
        return RehearsalClient(details, now=now)
    return _maker(details.network)(details, endpoints=endpoints, now=now)


def _maker(network: str) -> Maker:
    own = NETWORKS.get(network)
    if own is not None:
        module, _, name = own.partition(":")
        return cast(Maker, getattr(importlib.import_module(module), name))
    entry: EntryPoint = next(iter(entry_points(group=GROUP, name=network)))
    try:
        return cast(Maker, entry.load())
    except Exception:
        log.exception("the package of the network %s cannot be loaded", network)
        raise Unauthorised(
            f'The package that adds the network "{network}" cannot be loaded.',
            mend=f"Install it again, or remove the account ({entry.value}).",
        ) from None
