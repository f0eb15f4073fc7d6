"""A connection's token, ready for use: renewed ahead of its end, by one process at a time.

X's refresh tokens work once. So the mark that one is in use is committed before it is sent, and the new pair
before its access token is used. When a process dies between the two, or the answer is lost, nobody can tell
whether the token was used up; sending it again could end every token of the account, so its account pauses and
somebody connects it anew (docs/decisions/0012).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db.utils import InterfaceError, OperationalError

from bot.connect import ways
from bot.networks import credentials
from bot.networks.base import (
    Endpoints,
    NetworkError,
    NotOurs,
    OutcomeUnknown,
    Temporary,
    Unauthorised,
)
from bot.networks.oauth import Ended, Token
from config import schema
from review import connections, second_steps, vault
from review.connections import Granted, Renewal
from review.models import Connection

log = logging.getLogger(__name__)

AHEAD = {network: timedelta(minutes=number) for network, number in ways.RENEW_AHEAD_MINUTES.items()}
AGAIN = timedelta(minutes=1)  # after a renewal that did not come about
MARGIN = timedelta(seconds=30)  # a token that ends sooner is not begun with
WAIT = 5.0  # seconds that a delivery waits for a renewal somebody else has in hand
KEEP_TRYING = 90.0  # seconds that new tokens are kept in hand while the database is away
_NAP = 0.25

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Tools:
    """What renewing works with: where the networks are, the wall clock, and a way to wait."""

    endpoints: Endpoints
    clock: Clock
    sleep: Callable[[float], None] = time.sleep


def granted_of(token: Token, *, now: datetime, before: str = "") -> Granted:
    """Return what was given, with ends instead of spans. Without a new refresh token `before` goes on."""
    return Granted(
        access_token=token.access_token,
        refresh_token=token.refresh_token or before,
        scopes=token.scope,
        expires_at=_after(now, token.expires_in),
        renewable_until=_after(now, token.refresh_token_expires_in),
    )


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + min(timedelta(seconds=seconds), timedelta(days=3650))


def token_for(account: schema.Account, *, tools: Tools) -> str:
    """Return the access token of an account's connection, "" where it has none.

    One that has ended is renewed first. Raises `Unauthorised` when somebody has to connect the account again,
    `Temporary` when it cannot be renewed now. Nothing was published by either.
    """
    waited, renewed = 0.0, False
    while True:
        known = connections.of(account.name)
        if known is None:
            return ""
        _refuse_ended(known, account)
        now = tools.clock()
        # What was renewed this moment is used, however short its life is.
        if known.expires_at is None or known.expires_at > now + MARGIN or renewed:
            return _opened(known)
        if known.renewing:
            # Somebody else has it in hand, and the next pass goes on where patience ends here.
            if waited >= WAIT:
                raise Temporary(f"The token of {account.name} is being renewed.")
            tools.sleep(_NAP)
            waited += _NAP
            continue
        if not known.renewable:
            raise Unauthorised(
                f"The token of {account.name} ended on {known.expires_at:%Y-%m-%d}.",
                mend=_reconnect(account.network, account.name),
                connecting=True,
            )
        if known.renew_after is not None and known.renew_after > now:
            raise Temporary(f"The token of {account.name} could not be renewed a moment ago.")
        renewed = renew(known, account, tools=tools)


def _refuse_ended(known: Connection, account: schema.Account) -> None:
    if known.ended:
        raise Unauthorised(known.ended, connecting=True)
    if not ways.is_ours(account, known.author):
        raise NotOurs(
            f"{account.name} was connected as {known.author}, but accounts.toml says that it is "
            f"{ways.ours(account)}.",
            mend=f"Correct accounts.toml. Or: {_reconnect(account.network, account.name)}",
            connecting=True,
        )


def _opened(known: Connection) -> str:
    try:
        return connections.access_token(known)
    except (vault.Unreadable, vault.NoKey) as error:
        raise Unauthorised(str(error), connecting=True) from None


def _reconnect(network: str, name: str) -> str:
    return credentials.RECONNECT.format(network=network, name=name)


def renew(known: Connection, account: schema.Account, *, tools: Tools) -> bool:
    """Renew the tokens of a connection; returns False when somebody else has that in hand.

    Raises `Unauthorised` or `Temporary` when it did not come about; what that means is in the row by then.
    """
    # Before the mark is set: an app whose id is missing uses nothing up.
    way = ways.way_of(account, redirect="", endpoints=tools.endpoints)
    try:
        renewal = connections.begin_renewal(known, now=tools.clock())
    except (vault.Unreadable, vault.NoKey) as error:
        raise Unauthorised(str(error), connecting=True) from None
    if renewal is None:
        return False
    try:
        token = way.sign_in.renew(renewal.refresh_token)
    except NetworkError as error:
        _did_not(renewal, error, account, tools)
        raise
    granted = granted_of(token, now=tools.clock(), before=renewal.refresh_token)
    _insist(lambda: connections.finish_renewal(renewal, granted, now=tools.clock()), tools)
    log.info("the token of %s is renewed", account.name, extra={"account": account.name})
    return True


def _did_not(renewal: Renewal, error: NetworkError, account: schema.Account, tools: Tools) -> None:
    """Note in the row what a renewal that failed leaves behind."""
    now, once = tools.clock(), account.network in ways.REFRESH_WORKS_ONCE
    log.warning(
        "the token of %s was not renewed: %s", account.name, error, extra={"account": account.name}
    )
    if isinstance(error, Ended) and not once:
        _insist(lambda: connections.cannot_renew(renewal), tools)
    elif once and isinstance(error, Ended | OutcomeUnknown):
        said = (
            f"The token of {account.name} could not be renewed. {error}"
            if isinstance(error, Ended)
            else f"The answer with the new token of {account.name} was lost ({error}), and the old one works "
            "only once."
        )
        _end(renewal.connection_id, renewal.number, said, account, now, tools)
    else:
        _insist(lambda: connections.give_back(renewal, until=now + AGAIN), tools)


def _end(
    pk: int, number: int, said: str, account: schema.Account, now: datetime, tools: Tools
) -> None:
    reason = f"{said} {_reconnect(account.network, account.name)}"
    _insist(lambda: connections.end(pk, number=number, reason=reason, now=now), tools)


def _is_young(known: Connection, now: datetime) -> bool:
    """Whether most of a token's life lies ahead: a short one is not renewed at every look."""
    born = known.renewed_at or known.connected_at
    return known.expires_at is not None and known.expires_at - now > (known.expires_at - born) / 2


def revoke(known: Connection, account: schema.Account, *, tools: Tools) -> bool:
    """Ask the network to end the tokens too, where it takes such a wish; returns whether it says it did.

    Whatever it says, we go on.
    """
    try:
        way = ways.way_of(account, redirect="", endpoints=tools.endpoints)
        tokens = (connections.refresh_token(known), connections.access_token(known))
        for token in filter(None, tokens):
            way.sign_in.revoke(token)
    except (NetworkError, vault.Unreadable, vault.NoKey) as error:
        log.warning("the tokens of %s could not be revoked: %s", account.name, error)
        return False
    return True


def tend(configuration: schema.Configuration, *, tools: Tools) -> list[str]:
    """Renew what ends soon, and end what has ended or was left by a process that died.

    Returns what went wrong, a sentence each. Costs a few queries when nothing is due.
    """
    troubles = []
    try:
        resealed = connections.reseal()
        second_steps.reseal()
    except vault.NoKey as error:
        return [str(error)]
    if resealed:
        log.info("%d connections are sealed with the newest key now", resealed)
    for known in connections.lapsed(tools.clock()):
        _after_a_death(known, configuration, tools)
    for known in connections.over(tools.clock()):
        account = configuration.account(known.account.name)
        if account is not None and known.expires_at is not None:
            said = f"The token of {account.name} ended on {known.expires_at:%Y-%m-%d}."
            _end(known.pk, known.number, said, account, tools.clock(), tools)
    for known in connections.to_renew(now=tools.clock(), ahead=AHEAD):
        account = configuration.account(known.account.name)
        if account is None or _is_young(known, tools.clock()):
            continue
        try:
            renew(known, account, tools=tools)
        except NetworkError as error:
            troubles.append(f"The token of {account.name} was not renewed: {error}")
    return troubles


def _after_a_death(known: Connection, configuration: schema.Configuration, tools: Tools) -> None:
    account = configuration.account(known.account.name)
    now = tools.clock()
    if account is None:
        return
    if account.network in ways.REFRESH_WORKS_ONCE:
        said = (
            f"Herodr was stopped while it renewed the token of {account.name}, so the old one may be used up, and "
            "it works only once."
        )
        _end(known.pk, known.number, said, account, now, tools)
    else:
        dead = Renewal(known.pk, account.name, known.number, known.renewing, "")
        connections.give_back(dead, until=now)


def _insist(act: Callable[[], object], tools: Tools) -> None:
    """Store what a network gave, even when the database is locked or away for a while."""
    nap, waited = 0.2, 0.0
    while True:
        try:
            act()
        except (OperationalError, InterfaceError):
            database.close_if_unusable_or_obsolete()
            if waited >= KEEP_TRYING:
                raise
            tools.sleep(nap)
            waited += nap
            nap = min(2 * nap, 5.0)
        else:
            return
