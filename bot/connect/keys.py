"""When the tokens end that the operator set in the environment: by what is set beside them, or by their network.

Kept on the account, so that the countdown, the alerts and the pages tell of them as of connections.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from bot.connect import ways
from bot.connect.tokens import Tools
from bot.networks.base import NetworkError, Unauthorised
from bot.networks.oauth import Ended
from config import schema
from review import chores
from review.models import Account, Connection

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
SUFFIX = "ACCESS_TOKEN_ENDS"  # the day on which a token ends, set beside it


def day_set(
    account: schema.Account, *, environment: Mapping[str, str] | None = None
) -> datetime | None:
    """Return the end that is set beside an account's token (the end of a day, UTC); None where none is.

    Raises ValueError, with a sentence, when it is no day.
    """
    name = f"{account.credentials}_{SUFFIX}"
    value = (os.environ if environment is None else environment).get(name, "").strip()
    if not account.credentials or not value:
        return None
    try:
        day = datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007  # a day, of no zone
    except ValueError:
        raise ValueError(f'"{value[:20]}" is no day: write {name} as 2027-01-23.') from None
    return datetime.combine(day, time.max, tzinfo=UTC)


def look(configuration: schema.Configuration, *, tools: Tools) -> None:
    """Keep on each live account when its token of the environment ends, as far as that can be known.

    Asks a network once an hour, by one of all workers.
    """
    now = tools.clock()
    found = [account for account in configuration.accounts if account.live and _has_token(account)]
    known = dict(Account.objects.exclude(key_ends_at=None).values_list("name", "key_ends_at"))
    connected = set(Connection.objects.values_list("account__name", flat=True)) if found else set()
    due = bool(found) and chores.take("ends of keys", every=EVERY, now=now)
    for account in found:
        if account.name in connected:
            continue
        ends = known.pop(account.name, None)
        fresh = _end(account, ends, tools=tools, ask=due)
        if fresh != ends:
            Account.objects.filter(name=account.name).update(key_ends_at=fresh)
    # Whose keys were taken away, or that are connected by now.
    if known:
        Account.objects.filter(name__in=known).update(key_ends_at=None)


def _has_token(account: schema.Account) -> bool:
    try:
        return bool(ways.secret_of(account, "ACCESS_TOKEN"))
    except Unauthorised:
        return False


def _end(
    account: schema.Account, known: datetime | None, *, tools: Tools, ask: bool
) -> datetime | None:
    try:
        set_beside = day_set(account)
    except ValueError:
        set_beside = None  # `bot check` says so
    if set_beside is not None:
        return set_beside
    if not ask:
        return known
    try:
        return ways.end_of_key(account, endpoints=tools.endpoints)
    except Ended:
        return min(known or tools.clock(), tools.clock())
    except NetworkError as error:
        log.info("nobody could say when the token of %s ends: %s", account.name, error)
        return known
