"""An account and its connection, as the Accounts page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.connect import ways
from bot.networks.base import Unauthorised
from config import schema
from config.checks import SECRETS
from review import connections
from review.models import Account, Connection
from review.shown import network_label

SOON = 14  # days: from here on the end of a token stands out


@dataclass(frozen=True, slots=True)
class Shown:
    """One account. `has_keys`: the environment holds what it needs; `lacks`: what to set to connect it."""

    account: Account
    network: str
    paused: bool
    connection: Connection | None
    days_left: int | None
    soon: bool
    unreadable: str
    has_keys: bool
    can_connect: bool
    lacks: str

    @property
    def can_test(self) -> bool:
        """Whether there is something to ask the network with."""
        return self.has_keys or (self.connection is not None and not self.connection.ended)


def show(row: Account, account: schema.Account | None, *, now: datetime) -> Shown:
    """Gather what the page says of an account; `account` is None when accounts.toml lacks it or is broken."""
    known = Connection.objects.select_related("account").filter(account=row).first()
    left = known.days_left(now) if known else row.key_days_left(now)
    unreadable = connections.unreadable([known] if known else [])
    return Shown(
        account=row,
        network=network_label(row.network),
        paused=row.is_paused(now),
        connection=known,
        days_left=left,
        soon=left is not None and left <= SOON,
        unreadable=unreadable[0][1] if unreadable else "",
        has_keys=account is not None and _has_keys(account),
        can_connect=account is not None and ways.can_connect(account),
        lacks=_lacks(account),
    )


def _has_keys(account: schema.Account) -> bool:
    names = SECRETS.get(account.network, ())
    try:
        return bool(names) and all(ways.secret_of(account, name) for name in names)
    except Unauthorised:
        return False


def _lacks(account: schema.Account | None) -> str:
    """Name what has to be set before the account can be connected; "" where nothing is, or nothing helps."""
    if account is None or account.network not in ways.RENEW_AHEAD_MINUTES:
        return ""
    if ways.can_connect(account):
        return ""
    prefix = account.credentials or account.network.upper()
    return f"{prefix}_CLIENT_ID, {prefix}_CLIENT_SECRET"
