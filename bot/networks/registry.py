"""Which networks there are, and the client of an account.

A network is loaded when it is first used: an installation that only rehearses never imports tweepy.
A package of somebody else adds one with an entry point of the group `herodr.networks`, whose name is the
network's and whose value is a `Maker` with the network's `facts` (a `review.text.NetworkFacts`).
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from bot.networks.base import AccountDetails, Client, Endpoints, Unauthorised
from bot.networks.rehearsal import RehearsalClient
from review import text

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


def learn(networks: Iterable[str]) -> None:
    """Make the facts of `networks` known to the editor and the drafting, where a package adds them.

    Called whenever the configuration is read, with the networks of its accounts, so that a package is only
    loaded when an account uses it. A package that cannot be loaded is logged, and its network stays unknown.
    """
    for network in sorted(set(networks) - text.NETWORKS.keys()):
        if network not in names():
            continue
        try:
            facts = getattr(_maker(network), "facts", None)
        except Unauthorised:
            continue
        # A package may have called `review.text.register` itself.
        if network in text.NETWORKS:
            continue
        if isinstance(facts, text.NetworkFacts) and facts.name == network:
            text.register(facts)
        else:
            log.error("the package of the network %s has no facts for it", network)


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
    except Exception as error:
        log.error(
            "the package of the network %s cannot be loaded (%s: %s)",
            network,
            type(error).__name__,
            error,
        )
        log.debug("in full", exc_info=True)
        raise Unauthorised(
            f'The package that adds the network "{network}" cannot be loaded.',
            mend=f"Install it again, or remove the account ({entry.value}).",
        ) from None
