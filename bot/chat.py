"""Messages to Teams, Slack and a hundred others, by one address each (the only importer of apprise).

An address holds a secret, so it never comes into a log or an error: only its service's name does.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][\w+.-]*://)")


def addresses(text: str) -> tuple[str, ...]:
    """Split a setting into addresses: `slack://…, msteams://…`. Commas within one belong to it."""
    return tuple(part.strip().strip(",") for part in _BETWEEN.split(text.strip()) if part.strip())


def name_of(address: str) -> str:
    """Return a name by which rows know an address, and from which nobody can tell it."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def service(address: str) -> str:
    """Return which service an address is of, for people: "slack"."""
    return address.partition("://")[0].lower()


def send(address: str, title: str, words: str) -> bool:
    """Send a message. Returns whether the service took it. Waits for its answer for some seconds at most."""
    messenger = _messenger([address])
    return messenger is not None and bool(messenger.notify(title=title, body=words))


def is_usable(address: str) -> bool:
    """Say whether an address can be understood. Asks nobody."""
    return _messenger([address]) is not None


def _messenger(chats: Sequence[str]):  # type: ignore[no-untyped-def]  # apprise has no types
    import apprise  # most starts never need it, and it is large

    # Its log lines hold addresses, and addresses are secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    messenger = apprise.Apprise(asset=apprise.AppriseAsset(app_id="Herodr", app_url=""))
    return messenger if messenger.add(list(chats)) else None
