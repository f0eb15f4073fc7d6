"""What `bot check` finds about connections: tokens that cannot be read, accounts that are others now."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from bot.commands import ready
from config import schema
from config.checks import SECRETS, Finding
from config.env import MissingSecretFile, secret


def names() -> frozenset[str]:
    """Return the accounts that have a connection; none while the database cannot say."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import DatabaseError

    try:
        ready.desk()
        from review.models import Connection

        return frozenset(Connection.objects.values_list("account__name", flat=True))
    except (ready.Trouble, ImproperlyConfigured, DatabaseError):
        return frozenset()


def findings(configuration: schema.Configuration) -> Iterator[Finding]:
    """Yield what is wrong with the connections in the database. Asks no network."""
    from bot.connect import ways
    from review import connections, vault
    from review.models import Connection

    yield from _days_set(configuration)
    rows = list(Connection.objects.select_related("account").order_by("account__name"))
    unreadable = dict(connections.unreadable(rows))
    for row in rows:
        account = configuration.account(row.account.name)
        if account is None:
            continue
        where = f'account "{account.name}"'
        if row in unreadable:
            yield Finding("error", where, unreadable[row], "")
        elif not vault.is_newest(row.sealed):
            yield Finding(
                "warning",
                where,
                "its tokens are still sealed with an older key.",
                "The worker seals them anew within a minute; take the old key away after that.",
            )
        if not ways.is_ours(account, row.author):
            yield Finding(
                "error",
                where,
                f"it was connected as {row.author}, but accounts.toml says that it is {ways.ours(account)}.",
                f"Correct accounts.toml, or run `bot connect {account.network} --account {account.name}`.",
            )
        if row.renewable and not ways.can_connect(account):
            yield Finding(
                "error",
                where,
                f"its token cannot be renewed: {account.credentials or account.network.upper()}_CLIENT_ID is not set.",
                "Set it, and the secret beside it, from the app's page in the network's developer portal.",
            )
        yield from _both(account, where)
    if (
        rows
        and _on_postgresql()
        and not os.environ.keys()
        & {
            "HERODR_TOKEN_KEYS",
            "HERODR_TOKEN_KEYS_FILE",
        }
    ):
        yield Finding(
            "warning",
            "HERODR_TOKEN_KEYS",
            "it is not set, so another machine cannot read the tokens.",
            "Set it to the same on every machine: what herodr-token.key holds.",
        )


def _days_set(configuration: schema.Configuration) -> Iterator[Finding]:
    from bot.connect import keys

    for account in configuration.accounts:
        try:
            keys.day_set(account)
        except ValueError as error:
            yield Finding("error", f"{account.credentials}_{keys.SUFFIX}", str(error), "")


def _both(account: schema.Account, where: str) -> Iterator[Finding]:
    """Say when there are keys in the environment besides: only one of the two is used."""
    try:
        have = [
            name
            for name in SECRETS.get(account.network, ())
            if account.credentials and secret(f"{account.credentials}_{name}")
        ]
    except MissingSecretFile:
        return  # said already, with the file's name
    if len(have) == len(SECRETS.get(account.network, ())) and have:
        yield Finding(
            "warning",
            where,
            f"it is connected, and {account.credentials}_{have[0]} is set too. The connection is used.",
            "Take the variable away, or disconnect the account on the Accounts page to use it.",
        )


def _on_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def ask(configuration: schema.Configuration) -> Iterator[Finding]:
    """Ask the network of each live account whose credentials it has; yields what is wrong. Posts nothing."""
    from bot.connect import tokens, ways
    from bot.networks.base import CannotLook, Endpoints, NetworkError, Temporary, Unauthorised
    from review.health import TOKEN_STAGES

    tools = tokens.Tools(Endpoints.from_environment(os.environ), ready.now)
    for account in configuration.accounts:
        if not account.live:
            continue
        try:
            token = tokens.token_for(account, tools=tools)
            ways.who(account, token=token, endpoints=tools.endpoints, now=tools.clock)
            ends = None if token else ways.end_of_key(account, endpoints=tools.endpoints)
            if ends is not None and ends - ready.now() <= timedelta(days=max(TOKEN_STAGES)):
                days = -((ready.now() - ends) // timedelta(days=1))
                yield Finding(
                    "warning",
                    f'account "{account.name}"',
                    f"{account.credentials}_ACCESS_TOKEN ends in {days} days.",
                    "Make a new one, or connect the account: then Herodr counts the days by itself.",
                )
        except CannotLook:
            continue
        except NetworkError as error:
            mend = error.mend if isinstance(error, Unauthorised) else ""
            yield Finding(
                "warning" if isinstance(error, Temporary) else "error",
                f'account "{account.name}"',
                str(error),
                mend,
            )
