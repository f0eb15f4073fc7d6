"""From a network's answer to a connection that is kept: code → tokens → whose they are → the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from bot.connect import tokens, ways
from bot.networks import wire
from bot.networks.base import Endpoints, Identity, NotOurs, Unauthorised
from config import schema
from review import connections
from review.models import Connection
from review.transitions import Actor

# LinkedIn may refuse a token for some seconds after it gave it.
_NAPS = (1.0, 2.0, 3.0)


def join(
    account: schema.Account,
    row_id: int,
    *,
    code: str,
    verifier: str,
    redirect: str,
    by: Actor,
    endpoints: Endpoints,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    patience: wire.Patience = wire.PATIENCE,
) -> tuple[Connection, Identity]:
    """Exchange the code of a consent, see whose tokens they are, and keep them.

    Raises a `NetworkError`: `NotOurs` when somebody else consented, with the network's word beside ours. Nothing
    is kept then, and a connection that was there stays.
    """
    way = ways.way_of(account, redirect=redirect, endpoints=endpoints, patience=patience)
    token = way.sign_in.exchange(code, verifier=verifier)
    lacking = sorted(way.needs - set(token.scope)) if token.scope else []
    if lacking:
        raise Unauthorised(
            f"The consent does not let Herodr post: it lacks {', '.join(lacking)}.",
            mend="Give the app that permission in the network's developer portal, and connect again.",
        )
    identity = _whose(account, token.access_token, endpoints=endpoints, clock=clock, sleep=sleep)
    granted = tokens.granted_of(token, now=clock())
    who = f"{identity.name} ({identity.id})" if identity.name else identity.id
    kept = connections.keep(row_id, granted, author=identity.id, who=who, by=by, now=clock())
    return kept, identity


def _whose(
    account: schema.Account,
    token: str,
    *,
    endpoints: Endpoints,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Identity:
    for nap in _NAPS:
        try:
            return ways.who(account, token=token, endpoints=endpoints, now=clock)
        except NotOurs:
            raise
        except Unauthorised:
            sleep(nap)
    return ways.who(account, token=token, endpoints=endpoints, now=clock)
